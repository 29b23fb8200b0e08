"""Files made on the spot, and the shared corpora where they are at hand."""

import csv
import io
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from core.intake import Mapping, Reading, read
from core.intake.checks import check
from core.settings import Settings

NOW = 1_800_000_000
ROOT = Path(__file__).resolve().parents[2]


class Desk:
    """Writes a file, reads it in this process, checks what must always hold, and shows what was staged."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, content: str | bytes, name: str = "file.csv") -> Path:
        path = self.folder / name
        path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
        return path

    def read(
        self,
        content: str | bytes | Path,
        *,
        name: str = "file.csv",
        settings: Settings | None = None,
        mapping: Mapping | None = None,
        answers: dict[str, str] | None = None,
        remembered: dict[str, dict[str, Any]] | None = None,
        apart: bool = False,
        now: int = NOW,
    ) -> Reading:
        path = content if isinstance(content, Path) else self.write(content, name)
        reading = read(
            path,
            settings=settings or Settings(),
            mapping=mapping,
            answers=answers,
            staging=self.folder / "staging",
            now=now,
            remembered=remembered,
            apart=apart,
        )
        assert check(reading) == []
        return reading

    @staticmethod
    def table(reading: Reading, name: str) -> pd.DataFrame:
        return pd.read_parquet(reading.staged[name], dtype_backend="numpy_nullable")

    def problems(self, reading: Reading) -> list[tuple[int, str]]:
        if "problems" not in reading.staged:
            return []
        found = self.table(reading, "problems")
        assert found["sentence"].str.len().min() > 30
        return list(zip(found["line"].tolist(), found["code"].tolist(), strict=True))


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.fixture
def shared() -> Callable[[str], Path]:
    """A file of the shared corpora; the test is skipped, by name, where it is absent."""

    def find(place: str) -> Path:
        root = Path(os.environ.get("HANDOFF_SHARED", ROOT.parent / "shared"))
        path = root / "data" / place
        if not path.exists():
            pytest.skip(f"{place} is not at hand (set HANDOFF_SHARED to the folder that holds data/)")
        return path

    return find


@pytest.fixture
def as_csv() -> Callable[..., str]:
    """Rows as the text of a file."""

    def write(rows: Iterable[Iterable[str]], **how: Any) -> str:
        out = io.StringIO(newline="")
        csv.writer(out, **how).writerows(rows)
        return out.getvalue()

    return write

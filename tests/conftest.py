"""Published data where they are, workspaces imported once, and the command line as a function."""

import functools
import json
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from core import cli, intake, places
from core.store import Batch
from core.workspace import Workspace

# A loaded machine is no fault of the code, and a test that fails should fail again.
settings.register_profile("steady", deadline=None, derandomize=True)
settings.load_profile("steady")


ROOT = Path(__file__).resolve().parents[1]
SAMPLE = ROOT / "sample_data"
AT = datetime(2026, 7, 15, 12, tzinfo=UTC)
"""When the tests import: after everything that their files tell."""


@dataclass(frozen=True)
class Told:
    """What a command said."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Its standard output as strict JSON: NaN and Infinity are no JSON."""

        def never(word: str) -> float:
            raise AssertionError(f"{word} is no JSON")

        return json.loads(self.out, parse_constant=never)

    @property
    def files(self) -> dict[str, Any]:
        """The results by file name."""
        return {result["file"]: result for result in self.json["files"]}


Handoff = Callable[..., Told]
"""`handoff` as a function: the arguments as they stand on the command line."""


@pytest.fixture(scope="session", autouse=True)
def nobodys_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """No test sees or touches the workspaces of whoever runs it."""
    folder = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(places.HOME, str(folder))
        patch.delenv("DATABASE_URL", raising=False)
        yield folder


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of published data: HANDOFF_SHARED, else `shared` beside the repository."""
    stated = os.environ.get("HANDOFF_SHARED")
    folder = Path(stated).expanduser() if stated else ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip(f"the published data are absent: {folder}")
    return folder


def published(shared: Path, *parts: str) -> tuple[Path, ...]:
    """The CSV files of one published data set, or a skip that names it."""
    folder = shared.joinpath("data", *parts)
    files = tuple(sorted(folder.glob("*.csv")))
    if not files:
        pytest.skip(f"published data are absent: {folder}")
    return files


@pytest.fixture(scope="session")
def olist_files(shared: Path) -> tuple[Path, ...]:
    """Olist's marketing funnel as published."""
    return published(shared, "olist", "original")


@pytest.fixture(scope="session")
def maven_files(shared: Path) -> tuple[Path, ...]:
    """Maven's CRM opportunities as published."""
    return published(shared, "maven_crm")


def imported(folder: Path, *files: Path) -> tuple[Batch, ...]:
    """Import the files into the workspace, as a page would."""
    with Workspace(folder) as here:
        return tuple(here.add(file, at=AT).batch for file in files)


@pytest.fixture(scope="session")
def olist(olist_files: tuple[Path, ...], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with Olist's data. Only for reading: change a `copied` one."""
    folder = tmp_path_factory.mktemp("olist") / "workspace"
    imported(folder, *olist_files)
    return folder


@pytest.fixture(scope="session")
def maven(maven_files: tuple[Path, ...], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with Maven's data. Only for reading."""
    folder = tmp_path_factory.mktemp("maven") / "workspace"
    imported(folder, *maven_files)
    return folder


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample company as `handoff demo` opens it. Only for reading."""
    folder = tmp_path_factory.mktemp("sample") / "workspace"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cli, "serve", lambda served, *, port, browser: int(served != folder or browser))
        assert cli.main(["demo", "--no-browser", "--workspace", str(folder)]) == 0
    return folder


@pytest.fixture
def copied(tmp_path: Path) -> Callable[[Path], Path]:
    """A copy of a workspace, to change at will."""

    def copy(folder: Path) -> Path:
        return Path(shutil.copytree(folder, tmp_path / f"copy-of-{folder.parent.name}"))

    return copy


@pytest.fixture
def reading_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are read in this process, for speed; a process of its own, which is ended when it takes too much, says the
    same."""
    monkeypatch.setattr("core.workspace.read", functools.partial(intake.read, apart=False))


@pytest.fixture
def handoff(capsys: pytest.CaptureFixture[str]) -> Handoff:
    """Run one command in this process."""

    def run(*arguments: object) -> Told:
        capsys.readouterr()
        code = cli.main([str(argument) for argument in arguments])
        said = capsys.readouterr()
        return Told(code, said.out, said.err)

    return run

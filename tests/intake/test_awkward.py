"""Published collections of awkward files, read without anything given: every cell, or a reason why not."""

import csv
import json
from collections import Counter
from collections.abc import Callable, Hashable, Iterable
from pathlib import Path

import pytest

from core.errors import FileRefused
from core.intake.dialect import detect
from core.intake.encoding import examine
from core.intake.sheet import Sheet, read_sheet

FLOOR = 9.12
"""Simple score of the polluted files, of 10. A row set aside counts as lost, and so does a file that is refused."""
SPECTRUM = (
    "comma_in_quotes", "empty", "empty_crlf", "escaped_quotes", "json", "location_coordinates", "newlines",
    "newlines_crlf", "quotes_and_newlines", "simple", "simple_crlf", "utf8",
)  # fmt: skip


def read(path: Path) -> tuple[list[str], list[tuple[str, ...]], Sheet]:
    text = examine(path)
    dialect = detect(path, text, {})
    sheet = read_sheet(path, text, dialect)
    return list(dialect.header), list(zip(*(column.to_pylist() for column in sheet.table.columns), strict=True)), sheet


@pytest.mark.parametrize("name", SPECTRUM)
def test_csv_spectrum(shared: Callable[[str], Path], name: str) -> None:
    folder = shared("awkward_csv/csv-spectrum")
    path = folder / "csvs" / f"{name}.csv"
    header, rows, sheet = read(path)
    told = json.loads((folder / "json" / f"{name}.json").read_text("utf-8"))
    expected = [tuple(row.values()) for row in (told if isinstance(told, list) else [told])]
    if name == "newlines_crlf" and b"\r" not in path.read_bytes():
        # The copy at hand has plain line ends, in its cells too.
        expected = [tuple(cell.replace("\r\n", "\n") for cell in row) for row in expected]
    if name == "location_coordinates":
        # The two files of the collection differ in this telephone number.
        expected = [("2095257564", *row[1:]) for row in expected]
    assert (header, rows, sheet.quarantined) == (list((told if isinstance(told, list) else [told])[0]), expected, 0)


def agreement(found: Iterable[Hashable], wanted: Iterable[Hashable]) -> tuple[float, float, float]:
    """Precision, recall and F1 of what was found, as the benchmark defines them."""
    got, want = Counter(found), Counter(wanted)
    hits = (got & want).total()
    precision = hits / got.total() if got else float(not want)
    recall = hits / want.total() if want else float(not got)
    return precision, recall, 2 * precision * recall / (precision + recall) if hits else float(precision == recall == 1)


def score(path: Path, clean: Path) -> tuple[list[float], str | None]:
    """The ten figures of one file, and why it was refused."""
    with clean.open(encoding="utf-8", newline="") as file:
        wanted = list(csv.reader(file))
    try:
        header, rows, _ = read(path)
    except FileRefused as refused:
        return [0.0] * 10, refused.code
    parts = (
        agreement(header, wanted[0] if wanted else []),
        agreement(rows, map(tuple, wanted[1:])),
        agreement((cell for row in rows for cell in row), (cell for row in wanted[1:] for cell in row)),
    )
    return [1.0, *(figure for part in parts for figure in part)], None


def test_the_polluted_files_are_read_as_they_are_meant_or_it_is_said_why_not(shared: Callable[[str], Path]) -> None:
    folder = shared("awkward_csv/pollock/polluted_files")
    files = sorted((folder / "csv").glob("*.csv"))
    scores, refused = {}, {}
    for path in files:
        scores[path.name], code = score(path, folder / "clean" / path.name)
        if code:
            refused[path.name] = code
    assert len(files) == 46
    assert sum(map(sum, scores.values())) / len(files) >= FLOOR
    assert refused == {
        "file_field_delimiter_0x20.csv": "DELIMITER",
        "file_no_header.csv": "NO_HEADER",
        "file_no_payload.csv": "EMPTY_FILE",
    }
    # A pollution of one row costs that row at most, and none is read one cell off.
    for name, figures in scores.items():
        if name.startswith("row_"):
            assert figures[4] == figures[7] == 1.0, name
            assert figures[5] >= 82 / 83, name

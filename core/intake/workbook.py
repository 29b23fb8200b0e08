"""An Excel workbook → one sheet as text: a line per row, every cell as it shows, dates and numbers in one way each."""

import csv
import re
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from core.errors import FileRefused
from core.intake.breaks import without_breaks
from core.intake.header import NAMES
from core.intake.mapping import Question, nearest
from core.intake.packed import check_packed, damaged
from core.intake.reading import Notice
from core.intake.words import fold

_DAMAGED = (
    zipfile.BadZipFile, InvalidFileException, ParseError, zlib.error, KeyError, ValueError, TypeError, AttributeError,
    IndexError, EOFError, NotImplementedError, OverflowError,
)  # fmt: skip
"""What openpyxl raises for parts that are not as the format says; what defusedxml forbids is a `ValueError`."""
_LOOKED_AT = 300
_TOLD_EVERY = 5_000
_UNCOMPUTED = re.compile(rb"(?:</f>|<f\b[^<>]*/>)\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>")
_HOURS = re.compile(r"[hs]|AM/PM", re.IGNORECASE)
_QUOTED = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.')
Row = Sequence[Any]


@dataclass(frozen=True)
class Unpacked:
    """A sheet that was written down as text in `path`; `notices` and `question` are about the workbook."""

    path: Path
    notices: tuple[Notice, ...]
    question: Question | None


def unpack(path: Path, to: Path, answers: Mapping[str, str], done: Callable[[int], None] | None = None) -> Unpacked:
    """Write one sheet of the workbook to the file `to`, as comma-separated UTF-8; line n is the sheet's row n.

    Which sheet is asked where several could be meant (`answers["sheet"]`). Of a formula its stored value is taken. A
    line break inside a cell is a sign of `breaks`. `done` is told how many rows were written. Raises `FileRefused` for
    what is no workbook or not safe to open.
    """
    check_packed(path)
    with warnings.catch_warnings():
        # About styles and extensions, which say nothing of what a cell holds.
        warnings.simplefilter("ignore", UserWarning)
        try:
            with path.open("rb") as file:  # Opened here, since a broken workbook would be left open.
                return _unpack(path, file, to, answers, done or (lambda _: None))
        except _DAMAGED as error:
            if isinstance(error, DefusedXmlException) or isinstance(error.__cause__, DefusedXmlException):
                raise FileRefused(
                    "The workbook defines entities of its own, which no list needs and which can do harm.",
                    "Open it in Excel and save it again, or save the sheet as CSV (UTF-8).",
                    code="XLSX_FORBIDDEN",
                ) from None
            raise damaged() from None


def _unpack(path: Path, file: BinaryIO, to: Path, answers: Mapping[str, str], done: Callable[[int], None]) -> Unpacked:
    book = load_workbook(file, read_only=True, data_only=True)
    try:
        for sheet in book.worksheets:
            sheet.reset_dimensions()  # What a sheet says of its own size may be wrong.
        filled = {sheet.title: score for sheet in book.worksheets if (score := _score(sheet)) is not None}
        if not filled:
            raise FileRefused("The workbook has nothing but empty sheets.", "Export it again.", code="EMPTY_FILE")
        shown = [name for name in filled if book[name].sheet_state == "visible"] or list(filled)
        wanted, question = _which(shown, filled, answers)
        errors = _write(book[wanted], to, done)
        others = [name for name in book.sheetnames if name != wanted]
    finally:
        book.close()
    return Unpacked(to, tuple(_notices(wanted, others, errors, _uncomputed(path))), question)


def _rows(sheet: Any) -> Iterator[Row]:
    """The rows with trailing empty cells cut off; an empty one is an empty row."""
    for row in sheet.iter_rows():
        last = len(row)
        while last and row[last - 1].value in (None, ""):
            last -= 1
        yield row[:last]


def _score(sheet: Any) -> int | None:
    """How many known column names its first rows have, -1 where no row has two cells; None for an empty sheet."""
    top = [row for row in islice(_rows(sheet), _LOOKED_AT) if row]
    if not top:
        return None
    if max(map(len, top)) < 2:
        return -1
    return max(sum(fold(str(cell.value)) in NAMES for cell in row if cell.value is not None) for row in top[:10])


def _which(shown: list[str], score: Mapping[str, int], answers: Mapping[str, str]) -> tuple[str, Question | None]:
    wanted = answers.get("sheet")
    if wanted is not None and wanted not in score:
        raise FileRefused(f'There is no sheet "{wanted}" with rows.', nearest(wanted, tuple(score)), code="NO_SHEET")
    shown = [name for name in shown if score[name] >= 0] or shown
    if wanted is not None and wanted not in shown:
        shown = [*shown, wanted]
    best = wanted or max(shown, key=lambda name: score[name])
    if len(shown) == 1:
        return best, None
    options = tuple((name, name) for name in shown)
    return best, Question("sheet", "Which sheet of the workbook holds the list?", tuple(shown[:5]), options, best)


def _write(sheet: Any, to: Path, done: Callable[[int], None]) -> int:
    """Write the rows as text; gives the number of cells that show an error instead of a value."""
    rows = _rows(sheet)
    top = list(islice(rows, _LOOKED_AT))
    width, errors, line = _width(top), 0, 0
    with to.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        for part in (top, rows):
            for row in part:
                line += 1
                if not line % _TOLD_EVERY:
                    done(line)
                if not row:
                    file.write("\n")
                    continue
                errors += sum(cell.data_type == "e" for cell in row)
                cells = [as_text(cell) for cell in row]
                writer.writerow(cells + [""] * (width - len(cells)))
    return errors


def _width(top: Sequence[Row]) -> int:
    """How many columns the table has: a single cell far to the right of all others does not widen it."""
    sizes = sorted((len(row) for row in top if row), reverse=True)
    header = next((len(row) for row in top if sum(cell.value not in (None, "") for cell in row) > 1), 0)
    return max(sizes[1] if len(sizes) > 1 else sizes[0], header)


def as_text(cell: Any) -> str:
    """What a cell shows, without the dress: 2026-03-05 for a day, digits without thousands' marks for a number."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return _number(value)
    if isinstance(value, datetime):
        value = (value + timedelta(microseconds=500_000)).replace(microsecond=0)  # A day's fraction is not exact.
        timed = value.time() != time() or _HOURS.search(_QUOTED.sub("", cell.number_format or ""))
        return value.isoformat(" ") if timed else value.date().isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    return without_breaks(str(value))


def _number(value: float) -> str:
    """A number as Excel knows it, to fifteen digits, and never in powers of ten."""
    if isinstance(value, int) or not value.is_integer() or abs(value) >= 1e15:
        return format(Decimal(value) if isinstance(value, int) else Decimal(format(value, ".15g")), "f")
    return str(int(value))


def _uncomputed(path: Path) -> int:
    """Formulas for which the workbook holds no value, so that their cells are empty here."""
    found = 0
    with zipfile.ZipFile(path) as packed:
        for part in packed.namelist():
            if part.startswith("xl/worksheets/") and part.endswith(".xml"):
                with packed.open(part) as file:
                    rest = b""
                    while block := file.read(1 << 20):
                        whole, cut, rest = (rest + block).rpartition(b"</c>")
                        found += len(_UNCOMPUTED.findall(whole + cut))
                        rest = rest[-(1 << 20) :]
    return found


def _notices(sheet: str, others: list[str], errors: int, uncomputed: int) -> Iterator[Notice]:
    if others:
        names = ", ".join(f'"{name}"' for name in others[:5]) + ("…" if len(others) > 5 else "")
        yield Notice("SHEET", f'The sheet "{sheet}" was read. Not read: {names}.')
    if errors:
        yield Notice("CELL_ERRORS", f"{errors:,} cells show an error such as #N/A, and were read as that text.")
    if uncomputed:
        yield Notice(
            "NOT_COMPUTED",
            f"{uncomputed:,} formulas in the workbook have no stored value, so their cells are empty here. Open it in "
            "Excel, save it, and choose it again.",
        )

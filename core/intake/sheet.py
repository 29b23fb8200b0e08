"""A text file → its rows as text, every record accounted for, with physical line numbers.

Rows are kept as Arrow text columns, a batch at a time, so that a file of some hundred megabytes needs little more memory
than its own size. A record is what a spreadsheet shows as a row: a quoted cell may span physical lines. Where a
quotation mark is never closed, only the physical line on which it opens is set aside and reading goes on below it:
that loses one row instead of all that follow.
"""

import csv
from array import array
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from core.errors import FileRefused
from core.intake.dialect import Dialect
from core.intake.encoding import Text
from core.intake.problems import Problems
from core.intake.words import is_footer, is_total

_BATCH = 1 << 12
_MERGED = 16
MAX_CELL = 1 << 20
"""Longest cell in characters; a quotation mark open for longer counts as never closed."""
_MAX_REWOUND = 64 << 20
_TAIL = 40
Progress = Callable[[float, str], None]
Lines = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Sheet:
    """The rows of a file that are as wide as its header, as text, in the order of the file.

    `table` has one text column per header cell, named by position ("0", "1", …); `start` and `end` are the physical
    lines of each row; `hashes` are equal for rows of equal content. The counts are those of all other records, and
    `total` is the number of records including the rows of `table`.
    """

    table: pa.Table
    start: Lines
    end: Lines
    hashes: Lines
    problems: Problems
    total: int
    preamble: int
    repeated: int
    blank: int
    footer: int
    quarantined: int


def read_sheet(path: Path, text: Text, dialect: Dialect, progress: Progress | None = None) -> Sheet:
    """All records of the file, each in exactly one class. Raises `FileRefused` for quotes that never close."""
    csv.field_size_limit(MAX_CELL)
    with path.open(encoding=text.encoding, errors="surrogateescape" if text.mixed else "strict", newline="") as file:
        reader = _Reader(file, dialect, text, progress)
        reader.skip_to_header()
        reader.read_rows()
        reader.close_tail()
        return reader.sheet()


class _Reader:
    """One reading of one file: the lines of the record at hand, lines to be read again, and what was counted so far."""

    def __init__(self, file: TextIO, dialect: Dialect, text: Text, progress: Progress | None) -> None:
        self.file, self.dialect, self.text, self.progress = file, dialect, text, progress
        self.width = len(dialect.header)
        self.header = list(dialect.header)
        self.taken: list[str] = []
        self.back: deque[str] = deque()
        self.at = self.rewound = 0
        self.problems = Problems()
        self.tail: list[tuple[int, list[str], str]] = []
        self.rows: list[list[str]] = []
        self.start, self.end, self.hashes = array("q"), array("q"), array("q")
        self.small: list[pa.RecordBatch] = []
        self.batches: list[pa.RecordBatch] = []
        self.total = self.preamble = self.repeated = self.blank = self.footer = self.quarantined = 0

    def records(self) -> Iterator[list[str]]:
        backslash = self.dialect.backslash
        return csv.reader(
            self.lines(),
            delimiter=self.dialect.delimiter,
            strict=True,
            escapechar="\\" if backslash else None,
            doublequote=not backslash,
        )

    def lines(self) -> Iterator[str]:
        taken, back = self.taken, self.back
        while back:
            line = back.popleft()
            taken.append(line)
            yield line
        for line in self.file:
            taken.append(line)
            yield line

    def skip_to_header(self) -> None:
        """Count what stands above the header, and the header."""
        while self.at + 1 < self.dialect.header_line:
            line = self.file.readline()
            self.at += 1
            self.total += 1
            if line.strip(" \t\r\n,;|"):
                self.preamble += 1
            else:
                self.blank += 1
        next(self.records(), None)
        self.at += len(self.taken)
        self.taken.clear()
        self.total += 1

    def read_rows(self) -> None:
        """Every record below the header. The inner loop is all that a row of an honest file passes through."""
        taken, rows, width, first = self.taken, self.rows, self.width, self.header[0]
        start, end, hashes = self.start, self.end, self.hashes
        mixed, at = self.text.mixed, self.at
        while True:
            try:
                for row in self.records():
                    if len(row) == width and row[0] > " " and row[0] != first and not mixed and not self.tail:
                        start.append(at + 1)
                        at += len(taken)
                        end.append(at)
                        taken.clear()
                        hashes.append(hash(tuple(row)))
                        rows.append(row)
                        if len(rows) >= _BATCH:
                            self.flush()
                    else:
                        self.at = at
                        self.odd_record(row)
                        at = self.at
                break
            except csv.Error as error:
                self.at = at
                self.broken_record(error)
                at = self.at

    def odd_record(self, row: list[str]) -> None:
        """A record that is not at first sight a row: blank, repeated header, footer, ragged, or a row after all."""
        line, lines = self.at + 1, len(self.taken)
        if self.text.mixed and not all(map(_is_clean, self.taken)):
            self.set_aside("ENCODING", line, "".join(self.taken))
        elif not any(cell.strip() for cell in row):
            self.blank += 1
        elif len(row) == self.width:
            if row == self.header:
                self.repeated += 1
            elif is_footer(row):
                self.note_footer(line, "FOOTER", "".join(self.taken))
            else:
                self.flush_tail()
                self.start.append(line)
                self.end.append(self.at + lines)
                self.hashes.append(hash(tuple(row)))
                self.rows.append(row)
                self.taken.clear()
                self.at += lines
                if len(self.rows) >= _BATCH:
                    self.flush()
                return
        elif lines > 1 and self.looks_unclosed():
            self.rewind("UNCLOSED_QUOTE")
            return
        elif is_footer(row):
            self.note_footer(line, "FOOTER", "".join(self.taken))
            self.tail.append((0, row, ""))
        elif is_total(next(cell for cell in row if cell.strip())):
            self.note_footer(line, "TOTALS_ROW", "".join(self.taken))
        else:
            self.tail.append((line, row, "".join(self.taken)))
            if len(self.tail) > _TAIL:
                self.flush_tail(keep=_TAIL)
        self.total += 1
        self.at += lines
        self.taken.clear()

    def looks_unclosed(self) -> bool:
        """Whether the lines of a ragged record hold rows of their own below the first."""
        rest = csv.reader(self.taken[1:], delimiter=self.dialect.delimiter)
        try:
            return any(len(row) == self.width for row in rest)
        except csv.Error:
            return True

    def broken_record(self, error: csv.Error) -> None:
        """A record that the parser gave up: set its first line aside, read the others again."""
        if not self.taken:
            raise error
        if "larger than" in str(error) and len(self.taken) == 1:
            self.rewind("CELL_TOO_LONG")
        elif len(self.taken) == 1 and "unexpected end" not in str(error):
            self.rewind("BAD_QUOTE")
        else:
            self.rewind("UNCLOSED_QUOTE")

    def rewind(self, code: str) -> None:
        first, rest = self.taken[0], self.taken[1:]
        self.flush_tail()
        self.set_aside(code, self.at + 1, first)
        self.rewound += sum(map(len, rest))
        if self.rewound > _MAX_REWOUND:
            raise FileRefused(
                f"Quotation marks open and are never closed, first on line {self.problems.line[0]}.",
                "Export the list again, with quotation marks inside cells doubled.",
                code="UNCLOSED_QUOTE",
            )
        self.back.extendleft(reversed(rest))
        self.taken.clear()
        self.at += 1
        self.total += 1

    def set_aside(self, code: str, line: int, raw: str, **facts: object) -> None:
        self.quarantined += 1
        self.problems.add(code, line, shown(raw), quarantined=True, **facts)

    def note_footer(self, line: int, code: str, raw: str) -> None:
        self.footer += 1
        self.problems.add(code, line, shown(raw))

    def flush_tail(self, keep: int = 0) -> None:
        """Set aside the ragged rows that turned out not to belong to a footer."""
        cut = len(self.tail) - keep
        for line, row, raw in self.tail[:cut]:
            if line:
                self.set_aside("RAGGED_ROW", line, raw, found=len(row), expected=self.width)
        del self.tail[:cut]

    def close_tail(self) -> None:
        """Decide what the last ragged rows are: lines of a footer where one of them is known, else ragged."""
        footer = any(line == 0 for line, _, _ in self.tail)
        for at, (line, row, raw) in enumerate(self.tail):
            if line and footer and sum(bool(cell.strip()) for cell in row) <= min(3, self.width - 1):
                self.note_footer(line, "FOOTER", raw)
            elif line:
                cut = at == len(self.tail) - 1 and not self.text.ends_with_newline and len(row) < self.width
                self.set_aside("TRUNCATED" if cut else "RAGGED_ROW", line, raw, found=len(row), expected=self.width)
        self.tail.clear()

    def flush(self) -> None:
        """Turn the rows at hand into text columns: small batches are quickest to make, larger ones to work with."""
        columns = zip(*self.rows, strict=True) if self.rows else iter([()] * self.width)
        arrays = [pa.array(column, pa.string()) for column in columns]
        self.small.append(pa.RecordBatch.from_arrays(arrays, names=[str(at) for at in range(self.width)]))
        self.total += len(self.rows)
        self.rows.clear()
        if len(self.small) >= _MERGED:
            self.merge()

    def merge(self) -> None:
        """Make one batch of the small ones."""
        self.batches.append(pa.concat_batches(self.small))
        self.small.clear()
        if self.progress:
            self.progress(min(1.0, self.file.buffer.tell() / self.text.size_bytes), "reading rows")

    def sheet(self) -> Sheet:
        self.flush()
        self.merge()
        return Sheet(
            pa.Table.from_batches(self.batches),
            *(np.array(each, np.int64) for each in (self.start, self.end, self.hashes)),
            self.problems,
            *(self.total, self.preamble, self.repeated, self.blank, self.footer, self.quarantined),
        )


def shown(raw: str) -> str:
    """Raw text without its line end; bytes that are no text stand as \\xNN.

    >>> shown("M\\udcfcller\\n")
    'M\\\\xfcller'
    """
    data = raw.rstrip("\r\n").encode("utf-8", "surrogateescape")
    return data.decode("utf-8", "backslashreplace")


def raw_lines(path: Path, text: Text, wanted: dict[int, int]) -> dict[int, str]:
    """The text of records as it stands in the file; `wanted` gives each record's first and last physical line."""
    out: dict[int, str] = {}
    if not wanted:
        return out
    last = max(wanted.values())
    with path.open(encoding=text.encoding, errors="surrogateescape" if text.mixed else "strict", newline="") as file:
        until, begun, parts = 0, 0, []
        for number, line in enumerate(file, 1):
            if number in wanted:
                until, begun, parts = wanted[number], number, []
            if number <= until:
                parts.append(line)
                if number == until:
                    out[begun] = shown("".join(parts))
            if number >= last:
                break
    return out


def _is_clean(line: str) -> bool:
    return line.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in line)

"""The records of a text file below its header, one by one: rows, and everything that is none.

Where a quotation mark is never closed, only the physical line on which it opens is set aside and reading goes on below
it: that loses one row instead of all that follow.
"""

import csv
import re
from array import array
from collections import deque
from collections.abc import Callable, Iterator
from typing import TextIO

from core.errors import FileRefused
from core.intake.batches import Batches
from core.intake.dialect import Dialect, Marks
from core.intake.encoding import Text
from core.intake.problems import Problems
from core.intake.raw import shown
from core.intake.words import is_footer, is_report_line, is_total

_MAX_REWOUND = 64 << 20
_TAIL = 40
Progress = Callable[[float, str], None]


class Reader:
    """One reading of one file: the lines of the record at hand, lines to be read again, and what was counted so far.

    `at` is the last physical line of the records that are done; `others` counts the records that are no rows.
    """

    def __init__(self, file: TextIO, dialect: Dialect, text: Text, progress: Progress | None) -> None:
        self.file, self.dialect, self.text, self.progress = file, dialect, text, progress
        self.width = len(dialect.header)
        self.shifted = _shifted(dialect.marks)
        self.header = list(dialect.header)
        self.taken: list[str] = []
        self.back: deque[str] = deque()
        self.at = self.rewound = 0
        self.problems = Problems()
        self.tail: list[tuple[int, list[str], str]] = []
        self.batches = Batches(self.width)
        self.start, self.end, self.hashes = array("q"), array("q"), array("q")
        self.others = self.preamble = self.repeated = self.blank = self.footer = self.quarantined = 0

    def records(self) -> Iterator[list[str]]:
        """Records from the next line on, as the parser sees them."""
        return self.dialect.marks.records(self.lines(), strict=True)

    def lines(self) -> Iterator[str]:
        """Physical lines, those to be read again first; each is noted as taken."""
        taken, back = self.taken, self.back
        while back:
            line = back.popleft()
            taken.append(line)
            yield line
        for line in self.file:
            taken.append(line)
            yield line

    def skip_to_header(self) -> None:
        """Count what stands above the header, line by line, and the header."""
        while self.at + 1 < self.dialect.header_line:
            if self.file.readline().strip(" \t\r\n,;|"):
                self.preamble += 1
            else:
                self.blank += 1
            self.at += 1
            self.others += 1
        if any("\0" in cell for cell in self.header):
            raise FileRefused(
                "The row of column names has a zero byte, which is no text.", "Export it again.", code="NOT_TABULAR"
            )
        try:
            next(self.records(), None)
        except csv.Error:
            raise FileRefused(
                f"The header on line {self.dialect.header_line} has a quotation mark that is not closed.",
                "Mend the header, or export the list again.",
                code="UNCLOSED_QUOTE",
            ) from None
        self.done(len(self.taken))

    def done(self, lines: int) -> None:
        """The record at hand is dealt with, and is no row."""
        self.at += lines
        self.others += 1
        self.taken.clear()

    def read_rows(self) -> None:
        """Every record below the header. The inner loop is all that a row of an honest file passes through."""
        taken, rows, width, first = self.taken, self.batches.rows, self.width, self.header[0]
        start, end, hashes = self.start, self.end, self.hashes
        plain, at, full = not (self.text.mixed or self.text.nuls), self.at, self.batches.full
        quote, shifted = self.dialect.marks.quote, self.shifted
        between, last = quote + self.dialect.marks.delimiter + quote, -1 if self.dialect.marks.backslash else width - 1
        while True:
            try:
                for row in self.records():
                    honest = len(row) == width and row[0] > " " and row[0] != first and plain and not self.tail
                    line = taken[-1]
                    # Where every cell stands in marks there is nothing to find, and to find that is faster.
                    if honest and (quote not in line or line.count(between) == last or not shifted(line)):
                        start.append(at + 1)
                        at += len(taken)
                        end.append(at)
                        taken.clear()
                        hashes.append(hash(tuple(row)))
                        rows.append(row)
                        if full():
                            self.flush()
                    else:
                        self.at = at
                        self.odd_record(row)
                        at = self.at
                return
            except csv.Error as error:
                self.at = at
                self.broken_record(error)
                at = self.at

    def flush(self) -> None:
        """Make columns of the rows at hand, and say how far the reading is."""
        if self.batches.flush() and self.progress:
            self.progress(min(1.0, self.text.share(self.file)), "reading rows")

    def odd_record(self, row: list[str]) -> None:
        """A record that is not at first sight a row: blank, repeated header, footer, ragged, or a row after all."""
        line, lines = self.at + 1, len(self.taken)
        if self.text.nuls and any("\0" in part for part in self.taken):
            self.flush_tail()
            self.set_aside("ZERO_BYTE", line, "".join(self.taken).replace("\0", "\\x00"))
        elif self.text.mixed and not all(map(_is_clean, self.taken)):
            self.flush_tail()
            self.set_aside("ENCODING", line, "".join(self.taken))
        elif lines == 1 and self.shifted(self.taken[0]):
            self.flush_tail()
            self.set_aside("BAD_QUOTE" if self.dialect.marks.backslash else "SHIFTED", line, self.taken[0])
        elif not any(cell.strip() for cell in row):
            self.blank += 1
        elif len(row) == self.width:
            self.wide_record(row, line, lines)
            return
        elif lines > 1 and self.looks_unclosed():
            self.rewind("UNCLOSED_QUOTE")
            return
        elif is_footer(row) or (is_report_line(row) and not is_total(_first(row))):
            self.note_footer("FOOTER", line, "".join(self.taken))
            self.tail.append((0, row, ""))
        elif is_total(_first(row)):
            self.note_footer("TOTALS_ROW", line, "".join(self.taken))
        else:
            self.tail.append((line, row, "".join(self.taken)))
            if len(self.tail) > _TAIL:
                self.flush_tail(keep=_TAIL)
        self.done(lines)

    def wide_record(self, row: list[str], line: int, lines: int) -> None:
        """A record as wide as the header: the header again, a padded footer, or a row."""
        if row == self.header:
            self.repeated += 1
            self.done(lines)
        elif is_footer(row):
            self.note_footer("FOOTER", line, "".join(self.taken))
            self.done(lines)
        else:
            self.flush_tail()
            self.start.append(line)
            self.end.append(self.at + lines)
            self.hashes.append(hash(tuple(row)))
            self.batches.rows.append(row)
            self.taken.clear()
            self.at += lines
            if self.batches.full():
                self.flush()

    def looks_unclosed(self) -> bool:
        """Whether the lines of a ragged record hold rows of their own below the first."""
        rest = self.dialect.marks.records(self.taken[1:], strict=False)
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
        """Set the first line of the record at hand aside, and put the others back to be read again."""
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
        self.done(1)

    def set_aside(self, code: str, line: int, raw: str, **facts: int) -> None:
        """Count and note a record that is set aside."""
        self.quarantined += 1
        self.problems.add(code, line, shown(raw), quarantined=True, facts=facts)

    def note_footer(self, code: str, line: int, raw: str) -> None:
        """Count and note a line of a footer."""
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
                self.note_footer("FOOTER", line, raw)
            elif line:
                cut = at == len(self.tail) - 1 and not self.text.ends_with_newline and len(row) < self.width
                self.set_aside("TRUNCATED" if cut else "RAGGED_ROW", line, raw, found=len(row), expected=self.width)
        self.tail.clear()


def _shifted(marks: Marks) -> Callable[[str], object]:
    """Finds what the parser would read as other cells than were meant, and says nothing of.

    A cell that begins without a quotation mark, has one before a word, and is closed in a later cell: no honest writer
    makes that; a delimiter is missing before the mark, and one inside it stands for it. (A mark for inches ends its
    word.) And where a backslash goes before a mark inside: text after a closing mark, which the parser joins on.
    """
    mark, quote = re.escape(marks.delimiter), re.escape(marks.quote)
    if marks.backslash:
        return re.compile(rf"(?:^|{mark}){quote}(?:[^{quote}\\]|\\.)*{quote}(?!{mark}|\s*$)", re.DOTALL).search
    if quote != '"':
        return lambda _: None
    # Each part ends at the next quotation mark, so that a line of a million signs is looked through once.
    return re.compile(
        rf'(?:^|{mark})[^"{mark}\r\n]*[^\s"{mark}]"(?=[^\s"{mark}])(?=[^"]*{mark})[^"\r\n]*"(?={mark}|\s*$)'
    ).search


def _first(row: list[str]) -> str:
    return next(cell for cell in row if cell.strip())


def _is_clean(line: str) -> bool:
    return line.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in line)

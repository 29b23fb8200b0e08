"""Text → how it is laid out: delimiter, quotation marks, header row, what stands above it."""

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from core.errors import FileRefused
from core.intake.encoding import Text
from core.intake.header import NAMES, header_score, is_data_row
from core.intake.mapping import Question
from core.intake.raw import shown
from core.intake.words import fold

DELIMITERS = (",", ";", "\t", "|")
_STRANGE = ("^", "~", "\x1f", "\x01", "¦", "§")
_SAID = {",": "comma", ";": "semicolon", "\t": "tab"}
_SAMPLE = 256 << 10
_RECORDS = 300
_LEAST_AGREEMENT = 0.4
_SEP = re.compile(r"sep=([,;\t|])\s*", re.IGNORECASE)


@dataclass(frozen=True)
class Marks:
    """How cells are told apart. `backslash`: a quote inside a cell is written \\" instead of ""; `padded`: spaces after
    a delimiter do not belong to the cell.
    """

    delimiter: str
    quote: str = '"'
    backslash: bool = False
    padded: bool = False

    def records(self, lines: Iterable[str], *, strict: bool) -> Iterator[list[str]]:
        """The records in these lines; with `strict`, `csv.Error` where the quotes do not fit."""
        return csv.reader(
            lines,
            delimiter=self.delimiter,
            quotechar=self.quote,
            escapechar="\\" if self.backslash else None,
            doublequote=not self.backslash,
            skipinitialspace=self.padded,
            strict=strict,
        )


@dataclass(frozen=True)
class Dialect:
    """How a file is laid out. `header_line` counts physical lines from 1; `header` has the cells as they stand."""

    marks: Marks
    header_line: int
    header: tuple[str, ...]
    question: Question | None


@dataclass(frozen=True)
class _Sample:
    """The first records, each with its first line; the width that most of them have, and the share that has it."""

    records: tuple[tuple[int, tuple[str, ...]], ...]
    width: int
    agree: float


def detect(path: Path, text: Text, answers: Mapping[str, str], known: Marks | None = None) -> Dialect:
    """The layout of a text file, from its first records; its marks may be `known`.

    Raises `FileRefused` where there is no table or no header.
    """
    with path.open(encoding=text.encoding, errors="surrogateescape", newline="") as file:
        head = file.read(_SAMPLE)
        if file.read(1):
            head = head[: max(head.rfind("\n"), head.rfind("\r")) + 1] or head
    if known is None:
        _check_signs(head)
    marks, sample = _marks(head) if known is None else (known, _parse(head, known))
    at, question = _header(sample, answers)
    line, cells = sample.records[at]
    return Dialect(marks, line, tuple(map(shown, cells)) + ("",) * _surplus(sample, at), question)


def _marks(head: str) -> tuple[Marks, _Sample]:
    """The delimiter under which the sample looks most like a table, and the quotes that fit it."""
    stated = _SEP.fullmatch(head.split("\n", 1)[0].strip("\r"))
    delimiters = (stated[1],) if stated else DELIMITERS
    samples = {marks: _parse(head, marks) for each in delimiters for marks in _variants(head, each)}
    # Of equally good ones the first: the plain one, and the comma.
    marks, sample = max(samples.items(), key=lambda item: _score(item[1]))
    if sample.width < 2 or sample.agree < _LEAST_AGREEMENT:
        plain = Marks(delimiters[0])
        return plain, _single(head, delimiters, samples[plain])
    slashed = replace(marks, backslash=True)
    if f"\\{marks.quote}" in head and not _parses(head, marks) and _parses(head, slashed):
        return slashed, _parse(head, slashed)
    return marks, sample


def _check_signs(head: str) -> None:
    """Refuse a file whose cells stand apart by a sign that is no delimiter here, or by another than its header's."""
    lines = [line for line in head.splitlines() if line.strip()][:_RECORDS]
    if len(lines) < 2 or _SEP.fullmatch(lines[0]):
        return
    header, rows = lines[0], lines[1:]
    for sign in _STRANGE:
        times = Counter(line.count(sign) for line in lines).most_common(1)[0]
        if times[0] and times[1] * 10 >= 9 * len(lines) and not any(header.count(mark) for mark in DELIMITERS):
            raise FileRefused(
                f'The sign "{sign}" seems to separate the cells, which Handoff does not read.',
                f'Export with a comma or a semicolon, or replace every "{sign}" by a semicolon.',
                code="DELIMITER",
            )
    for above, below in ((",", ";"), (";", ","), (",", "\t"), ("\t", ",")):
        width = header.count(above)
        alike = sum(row.count(below) == width and above not in row for row in rows)
        if width > 1 and below not in header and alike * 10 >= 9 * len(rows):
            raise FileRefused(
                f"The column names are separated by a {_SAID[above]}, the rows by a {_SAID[below]}.",
                f"Write a {_SAID[below]} between the column names too, or export again.",
                code="DELIMITER",
            )


def _variants(head: str, delimiter: str) -> list[Marks]:
    """The ways in which cells may be quoted under this delimiter, as far as the sample has any sign of them."""
    out = [Marks(delimiter)]
    if f'{delimiter} "' in head:
        out.append(Marks(delimiter, padded=True))
    if f"{delimiter}'" in head:
        out.append(Marks(delimiter, quote="'"))
    return out


def _lines(head: str) -> list[str]:
    return re.findall(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+", head)


def _parses(head: str, marks: Marks) -> bool:
    try:
        list(marks.records(_lines(head), strict=True))
    except csv.Error:
        return False
    return True


def _parse(head: str, marks: Marks) -> _Sample:
    lines = iter(_lines(head))
    taken = 0

    def counted() -> Iterator[str]:
        nonlocal taken
        for line in lines:
            taken += 1
            yield line

    records: list[tuple[int, tuple[str, ...]]] = []
    before = 0
    try:
        for cells in islice(marks.records(counted(), strict=False), _RECORDS):
            records.append((before + 1, tuple(cells)))
            before = taken
    except csv.Error:
        pass  # An unclosed quote runs past the limit of a cell: what came before it is sample enough.
    widths = Counter(len(cells) for _, cells in records if any(cell.strip() for cell in cells))
    if not widths:
        return _Sample(tuple(records), 0, 0.0)
    width = max((count for count in widths if count > 1), key=lambda count: (widths[count], count), default=1)
    return _Sample(tuple(records), width, widths[width] / widths.total())


def _score(sample: _Sample) -> float:
    """How much like a table the sample looks under its delimiter: agreement, a header, many columns."""
    if sample.width < 2:
        return 0.0
    first = next(cells for _, cells in sample.records if len(cells) == sample.width)
    return sample.agree**2 * (0.2 + header_score(first)) * (1 - 1 / sample.width)


def _single(head: str, delimiters: Iterable[str], sample: _Sample) -> _Sample:
    """The sample of a file with one column; refused where delimiters are about but make no table."""
    lines = [line for line in head.splitlines() if line.strip()]
    for mark in delimiters:
        if sum(mark in line for line in lines) > len(lines) / 5:
            raise FileRefused(
                "The rows do not fall into columns, whichever delimiter is tried.",
                "Export the list as CSV with a comma or a semicolon between the cells.",
                code="DELIMITER",
            )
    return sample


def _surplus(sample: _Sample, at: int) -> int:
    """How many cells most rows have beyond the header, all empty: every row but the header ends in a delimiter."""
    rows = [cells for _, cells in sample.records[at + 1 :] if any(cells)]
    if not rows:
        return 0
    width = len(sample.records[at][1])
    common, times = Counter(map(len, rows)).most_common(1)[0]
    beyond = [cell for cells in rows if len(cells) == common for cell in cells[width:]]
    return common - width if common > width and times * 2 > len(rows) and not any(map(str.strip, beyond)) else 0


def _header(sample: _Sample, answers: Mapping[str, str]) -> tuple[int, Question | None]:
    """Which record of the sample is the header, and what to ask about it."""
    filled = [at for at, (_, cells) in enumerate(sample.records) if any(cell.strip() for cell in cells)]
    if not filled:
        raise FileRefused("The file has nothing but blank lines.", "Export it again.", code="EMPTY_FILE")
    wanted = answers.get("header-row")
    if wanted is not None:
        for at, (line, _) in enumerate(sample.records):
            if str(line) == wanted.strip():
                return at, None
        raise FileRefused(
            f'There is no header on line "{wanted}".',
            "Answer with the number of a line near the top.",
            code="NO_HEADER",
        )
    found = _find(sample, filled)
    cells = sample.records[found][1]
    if is_data_row(cells) and not any(fold(cell) in NAMES for cell in cells):
        raise FileRefused(
            "The first row looks like data: the file seems to have no header.",
            "Add a first row that names the columns, or export with column names.",
            code="NO_HEADER",
        )
    above = [at for at in filled if at < found]
    if not above or all(_SEP.fullmatch(",".join(sample.records[at][1]).strip()) for at in above):
        return found, None
    return found, _ask(sample, found, above, [at for at in filled if at <= found + 1][-9:])


def _ask(sample: _Sample, found: int, above: list[int], options: list[int]) -> Question:
    line = sample.records[found][0]
    return Question(
        "header-row",
        f"Which line holds the column names? The {len(above)} above line {line} would be left out as a title.",
        tuple(_glance(sample, at) for at in above[:3]),
        tuple((str(sample.records[at][0]), f"line {sample.records[at][0]}: {_glance(sample, at)}") for at in options),
        str(line),
    )


def _find(sample: _Sample, filled: list[int]) -> int:
    """The first record as wide as the table and at least half filled, as a title is not; or the one above it where that
    is the header of a table whose rows are wider.
    """
    wide = [at for at in filled if len(sample.records[at][1]) == sample.width]
    if not wide:
        return filled[0]
    first = next((at for at in wide[:40] if 2 * _filled(sample, at) >= sample.width), wide[0])
    for at in (at for at in filled if at < first):
        cells = sample.records[at][1]
        names = len(cells) > 1 and len(cells) >= sample.width - 1 and _filled(sample, at) == len(cells)
        if names and header_score(cells) > 0.9 and is_data_row(sample.records[first][1]):
            return at
    return first


def _filled(sample: _Sample, at: int) -> int:
    return sum(bool(cell.strip()) for cell in sample.records[at][1])


def _glance(sample: _Sample, at: int) -> str:
    return shown(" | ".join(cell for cell in sample.records[at][1] if cell.strip())[:80])

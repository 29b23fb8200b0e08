"""Text → how it is laid out: delimiter, header row, what stands above it."""

import csv
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from core.errors import FileRefused
from core.intake.encoding import Text
from core.intake.header import NAMES, header_score, is_data_row
from core.intake.mapping import Question
from core.intake.words import fold

DELIMITERS = (",", ";", "\t", "|")
_SAMPLE = 256 << 10
_RECORDS = 300
_SEP = re.compile(r"sep=([,;\t|])\s*", re.IGNORECASE)


@dataclass(frozen=True)
class Dialect:
    """How a file is laid out. `header_line` counts physical lines from 1; `header` has the cells as they stand.

    `backslash`: a quotation mark inside a cell is written \\" instead of "".
    """

    delimiter: str
    backslash: bool
    header_line: int
    header: tuple[str, ...]
    question: Question | None


@dataclass(frozen=True)
class _Sample:
    records: tuple[tuple[int, tuple[str, ...]], ...]
    width: int
    agree: float


def detect(path: Path, text: Text, answers: Mapping[str, str]) -> Dialect:
    """The layout of a text file, from its first records. Raises `FileRefused` where there is no table or no header."""
    with path.open(encoding=text.encoding, errors="surrogateescape", newline="") as file:
        head = file.read(_SAMPLE)
        if file.read(1):
            head = head[: max(head.rfind("\n"), head.rfind("\r")) + 1] or head
    backslash = '\\"' in head and head.count('\\"') > head.count('""')
    stated = _SEP.fullmatch(head.split("\n", 1)[0].strip("\r"))
    marks = (stated[1],) if stated else DELIMITERS
    samples = {mark: _parse(head, mark, backslash) for mark in marks}
    delimiter, sample = max(samples.items(), key=lambda item: _score(item[1]))
    if sample.width < 2:
        sample = _single(head, samples)
    at, question = _header(sample, answers)
    line, cells = sample.records[at]
    widest = len(cells)
    following = [len(record) for _, record in sample.records[at + 1 :] if any(record)]
    if following:
        common, times = Counter(following).most_common(1)[0]
        extra = [record[widest:] for _, record in sample.records[at + 1 :] if len(record) == common]
        # A delimiter at the end of every row but the header's: a column without name and content.
        if (
            common > widest
            and times > len(following) / 2
            and not any(any(cell.strip() for cell in more) for more in extra)
        ):
            cells = (*cells, *[""] * (common - widest))
    return Dialect(delimiter, backslash, line, cells, question)


def _parse(head: str, delimiter: str, backslash: bool) -> _Sample:
    lines = re.findall(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+", head)
    reader = csv.reader(lines, delimiter=delimiter, escapechar="\\" if backslash else None, doublequote=not backslash)
    records, before = [], 0
    try:
        for cells in islice(reader, _RECORDS):
            records.append((before + 1, tuple(cells)))
            before = reader.line_num
    except csv.Error:
        pass  # An unclosed quote runs past the limit of a field: what came before it is sample enough.
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


def _single(head: str, samples: Mapping[str, _Sample]) -> _Sample:
    """The sample of a file with one column; refused where delimiters are about but make no table."""
    lines = [line for line in head.splitlines() if line.strip()]
    for mark in samples:
        if sum(mark in line for line in lines) > len(lines) / 5:
            raise FileRefused(
                "The rows do not fall into columns, whichever delimiter is tried.",
                "Export the list as CSV with a comma or a semicolon between the cells.",
                code="DELIMITER",
            )
    return samples[next(iter(samples))]


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
    above = [at for at in filled if at < found]
    if is_data_row(sample.records[found][1]) and not any(fold(cell) in NAMES for cell in sample.records[found][1]):
        raise FileRefused(
            "The first row looks like data: the file seems to have no header.",
            "Add a first row that names the columns, or export with column names.",
            code="NO_HEADER",
        )
    if not above or all(_SEP.fullmatch(",".join(sample.records[at][1]).strip()) for at in above):
        return found, None
    options = [at for at in filled if at <= found + 1][-9:]
    labels = tuple(
        (str(sample.records[at][0]), f"line {sample.records[at][0]}: " + " | ".join(sample.records[at][1])[:80])
        for at in options
    )
    line = sample.records[found][0]
    return found, Question(
        "header-row",
        f"Which line holds the column names? The {len(above)} above line {line} would be left out as a title.",
        tuple(" | ".join(sample.records[at][1])[:80] for at in above[:3]),
        labels,
        str(line),
    )


def _find(sample: _Sample, filled: list[int]) -> int:
    """The first record as wide as the table; the one above it where that is the header of a ragged table."""
    wide = [at for at in filled if len(sample.records[at][1]) == sample.width]
    if not wide:
        return filled[0]
    first = wide[0]
    # A header shorter than its rows (a delimiter at the end of every row), or one wider than most rows.
    for at in (at for at in filled if at < first):
        cells = sample.records[at][1]
        if (
            len(cells) > 1
            and len(cells) >= sample.width - 1
            and header_score(cells) > 0.9
            and is_data_row(sample.records[first][1])
        ):
            return at
    return first

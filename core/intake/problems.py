"""What was wrong with rows and cells: a code, the raw text and a sentence with a way out, collected while reading."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

import pyarrow as pa

from core.intake.reading import Kind

SENTENCES: dict[str, str] = {
    "RAGGED_ROW": (
        "This row has {found} cells where the header has {expected}. Look for a stray or missing delimiter, "
        "mend the row and send it again."
    ),
    "TRUNCATED": (
        "The file ends inside this row: {found} cells of {expected}. It was probably cut off while it was "
        "saved; export it again."
    ),
    "UNCLOSED_QUOTE": (
        "A quotation mark opens on this line and is not closed properly. The line alone was set aside and "
        "reading went on below it; close or double the mark and send the row again."
    ),
    "BAD_QUOTE": (
        "Text follows a closing quotation mark inside a cell. Double the marks inside the cell and send the row again."
    ),
    "SHIFTED": (
        "A cell begins without a quotation mark, has one inside and is closed in a later cell, so that a delimiter is "
        "missing and the cells would be shifted. Write the delimiter before the mark and send the row again."
    ),
    "CELL_TOO_LONG": "A cell on this line has more than a million signs. Shorten it and send the row again.",
    "ENCODING": "This row has bytes that are no text in the file's encoding. Save the row as UTF-8 and send it again.",
    "ZERO_BYTE": "This row has a zero byte (shown as \\x00), which is no text. Take it out and send the row again.",
    "MISSING_ID": "This row has no id, so nobody can say whom it is about. Fill in the id and send the row again.",
    "CONFLICTING_ID": (
        "Line {first} has the same id with other content and was taken. Decide which of the two is right, and"
        " send this row again alone if it is this one."
    ),
    "BAD_DATE": (
        "This is no date in the column's format {format}. The cell was left empty; mend it and send the row again."
    ),
    "BAD_NUMBER": (
        "This is not a number that can be counted with. The cell was left empty; mend it and send the row again."
    ),
    "BAD_FLAG": "This is neither yes nor no. The cell was left empty; write yes or no and send the row again.",
    "BAD_CURRENCY": "This is no currency code of three letters, so none is stated. Mend it and send the row again.",
    "CONTROL_CHAR": (
        "This cell contains signs that are invisible or change the direction of writing. It was taken as it "
        "is; check that it says what it seems to say."
    ),
    "FUTURE_DATE": "This row is dated after the moment of reading. It was kept; check the date if it is a slip.",
    "FOOTER": (
        "This line was printed below or between the data by a report. It is counted, and is no lead; if it is"
        " one, change its first cell and send it again."
    ),
    "TOTALS_ROW": (
        "This row is a total of others. It is counted, and is no lead; if it is one, change its first cell "
        "and send it again."
    ),
    "NO_STAGE": (
        "This row of the history changes the stage but names no new one. It was taken as a change; fill in "
        "the stage if one is meant."
    ),
}
"""What is said about a row or cell, per code."""


@dataclass
class Problems:
    """A growing list of problems, held by column so that a million of them stay small."""

    line: list[int] = field(default_factory=list)
    column: list[str | None] = field(default_factory=list)
    raw: list[str | None] = field(default_factory=list)
    code: list[str] = field(default_factory=list)
    sentence: list[str] = field(default_factory=list)
    quarantined: list[bool] = field(default_factory=list)

    def add(
        self,
        code: str,
        line: int,
        raw: str | None,
        *,
        column: str | None = None,
        quarantined: bool = False,
        facts: Mapping[str, object] | None = None,
    ) -> None:
        """Note one problem; `facts` fill the blanks of its sentence.

        >>> notes = Problems()
        >>> notes.add("RAGGED_ROW", 3, "a,b", quarantined=True, facts={"found": 2, "expected": 8})
        >>> notes.sentence[0][:47]
        'This row has 2 cells where the header has 8. Lo'
        """
        self.line.append(line)
        self.column.append(column)
        self.raw.append(raw)
        self.code.append(code)
        self.sentence.append(SENTENCES[code].format(**(facts or {})))
        self.quarantined.append(quarantined)

    def __len__(self) -> int:
        """How many there are."""
        return len(self.line)

    def fill_raw(self, texts: dict[int, str]) -> None:
        """Give the problems about a whole row that have no raw text yet the text of their line."""
        for at, (line, raw) in enumerate(zip(self.line, self.raw, strict=True)):
            if raw is None:
                self.raw[at] = texts.get(line)

    def lines_without_raw(self) -> set[int]:
        """Lines whose text is still to be fetched from the file."""
        return {line for line, raw in zip(self.line, self.raw, strict=True) if raw is None}

    def kinds(self) -> tuple[Kind, ...]:
        """Every kind once, with the first of it; what cost rows first, then what came most."""
        first: dict[tuple[str, str | None, bool], int] = {}
        times: Counter[tuple[str, str | None, bool]] = Counter()
        for at, kind in enumerate(zip(self.code, self.column, self.quarantined, strict=True)):
            times[kind] += 1
            if kind not in first or self.line[at] < self.line[first[kind]]:
                first[kind] = at
        found = [Kind(*kind, times[kind], self.line[at], self.raw[at], self.sentence[at]) for kind, at in first.items()]
        return tuple(sorted(found, key=lambda kind: (not kind.set_aside, -kind.times, kind.first_line)))

    def table(self) -> pa.Table:
        """All of them in the order of the file, as the canonical table says; `batch` is 0 until it is stamped."""
        size = len(self)
        out = pa.table(
            {
                "line": pa.array(self.line, pa.int64()),
                "column": pa.array(self.column, pa.string()),
                "raw": pa.array(self.raw, pa.string()),
                "code": pa.array(self.code, pa.string()),
                "sentence": pa.array(self.sentence, pa.string()),
                "quarantined": pa.array(self.quarantined, pa.bool_()),
                "batch": pa.array([0] * size, pa.int64()),
            }
        )
        return out.sort_by([("line", "ascending")]) if size else out

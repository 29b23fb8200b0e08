"""What reading a file gives: what was seen, how it was understood, what was asked and where the rows lie."""

from dataclasses import asdict, dataclass, fields
from typing import Literal

from core.intake.mapping import Mapping, Question

Shape = Literal["leads", "history", "touches", "deals", "people", "campaigns", "lookup"]
"""What the rows of a file are. `history` and `touches` become events; the others also a table of their own."""

WORKBOOK = "xlsx"
"""The `encoding` of a reading that was no text file."""

How = Literal["name", "synonym", "remembered", "by hand", "kept", "none"]


@dataclass(frozen=True)
class Notice:
    """Something about the whole file that its reader should know: a stable code and a sentence."""

    code: str
    sentence: str

    def __str__(self) -> str:
        """The sentence."""
        return self.sentence


@dataclass(frozen=True)
class Kind:
    """One kind of problem, how often it came, and the first: its line, its raw text and what is said about it.

    `column` is None where the whole row is to blame; `set_aside`: these rows were not taken.
    """

    code: str
    column: str | None
    set_aside: bool
    times: int
    first_line: int
    raw: str | None
    sentence: str


@dataclass(frozen=True)
class SeenColumn:
    """One column of the file and what was made of it.

    `name` is the header as it stands (a second one of the same name is called "email (2)"), `position` counts from 1,
    `field` is the target in the mapping (None: ignored), `how` says who decided, `format` is the agreed date or number
    format, `filled` counts the cells that are not empty, `examples` are up to three of them.
    """

    name: str
    position: int
    field: str | None
    how: How
    format: str | None
    filled: int
    examples: tuple[str, ...]


@dataclass(frozen=True)
class Counts:
    """What became of every record of the file; a record is a row as a spreadsheet shows it, so a quoted cell of
    several lines makes one record of several physical lines. `total` was counted apart, and equals the sum.
    """

    header: int = 0
    preamble: int = 0
    repeated_headers: int = 0
    accepted: int = 0
    quarantined: int = 0
    identical: int = 0
    blank: int = 0
    footer: int = 0
    total: int = 0

    @property
    def adds_up(self) -> bool:
        """Whether nothing was lost.

        >>> Counts(header=1, accepted=2, total=3).adds_up
        True
        """
        return bool(self.total == sum(getattr(self, each.name) for each in fields(self) if each.name != "total"))


@dataclass(frozen=True)
class Reading:
    """One file as it was read. `header_line` is a physical line counted from 1.

    `staged` names a Parquet file per canonical table that got rows, and "problems"; the column `batch` in them is 0
    until the store stamps it. It is empty where nothing was to be written. `facts` counts the rows of each of those
    tables. `first_instant` and `last_instant` (seconds since 1970 UTC) span the rows dated up to `now`; `future`
    counts the rows dated after it. `problems` has every kind once, those that cost rows first.
    `undecided`: a question without a proposal is open, so nothing was converted.
    """

    file_name: str
    sha256: str
    size_bytes: int
    encoding: str
    delimiter: str
    header_line: int
    columns: tuple[SeenColumn, ...]
    mapping: Mapping
    fingerprint: str
    shape: Shape
    system: str
    counts: Counts
    notices: tuple[Notice, ...]
    problems: tuple[Kind, ...]
    questions: tuple[Question, ...]
    undecided: bool
    staged: dict[str, str]
    facts: dict[str, int]
    first_instant: int | None
    last_instant: int | None
    future: int

    def numbers(self) -> dict[str, int]:
        """Every count by one name: `rows_…` of the file, `made_…` of the tables, and `future`."""
        rows = {f"rows_{name}": int(number) for name, number in asdict(self.counts).items()}
        return rows | {f"made_{table}": int(number) for table, number in self.facts.items()} | {"future": self.future}

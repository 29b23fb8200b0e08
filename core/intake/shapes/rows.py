"""The rows of a file under its plan, a slice at a time: each field as a typed column."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from core.intake.mapping import KEEP, STAGE
from core.intake.plan import Plan
from core.intake.problems import Problems
from core.intake.sheet import Sheet
from core.intake.typed import Amounts, Dates, Values
from core.intake.zones import Ints
from core.settings import Settings
from core.tables import EXTRA

SLICE = 1 << 16
Bools = npt.NDArray[np.bool_]


@dataclass
class Rows:
    """All rows of a file with what each column means. `keep` says which rows are taken; `typed` holds the columns that
    are more than text, by target. `span` and `late` grow while instants are read: the first and last up to `now`, and
    which rows are dated after it.
    """

    plan: Plan
    sheet: Sheet
    typed: dict[str, "Dates | Values | Amounts"]
    settings: Settings
    now: int
    keep: Bools
    problems: Problems
    span: list[int] = field(default_factory=list)
    late: set[int] = field(default_factory=set)

    def parts(self) -> Iterator["Part"]:
        """The rows that are taken, in slices small enough to convert in one go."""
        for first in range(0, self.sheet.table.num_rows, SLICE):
            rows = np.flatnonzero(self.keep[first : first + SLICE]).astype(np.int64)
            yield Part(self, self.sheet.table.slice(first, SLICE), rows, rows + first)

    def has(self, target: str) -> bool:
        """Whether a column has that target."""
        return self.plan.position(target) is not None

    def stages(self) -> list[tuple[str, str]]:
        """Targets of the date columns that say when a stage was entered, and the stage's label."""
        return [
            (target, target[len(STAGE) :].strip()) for target in self.plan.targets.values() if target.startswith(STAGE)
        ]

    def ids(self, target: str) -> pa.ChunkedArray | None:
        """A column of ids over all rows, without outer spaces; missing where a word says so."""
        at = self.plan.position(target)
        return None if at is None else _ids(self.sheet.table.column(at), self.plan.missing())


@dataclass(frozen=True)
class Instants:
    """When, per row: seconds UTC (missing where unknown), the day, and the precision."""

    at: pa.Array
    day: pa.Array
    precision: pa.Array
    known: Bools


@dataclass(frozen=True)
class Part:
    """A slice of the rows that are taken. `local` are their places in the slice, `rows` in the file."""

    all: Rows
    table: pa.Table
    local: Ints
    rows: Ints

    @property
    def size(self) -> int:
        """How many rows there are."""
        return len(self.rows)

    @property
    def lines(self) -> pa.Array:
        """Physical line of each row."""
        return pa.array(self.all.sheet.start[self.rows], pa.int64())

    def cells(self, at: int) -> pa.Array:
        """A column as it stands in the file, by position from 0."""
        return self.table.column(at).combine_chunks().take(pa.array(self.local)).cast(pa.string())

    def text(self, target: str) -> pa.Array:
        """A field as text; an empty cell is missing, and so is a field that no column has."""
        at = self.all.plan.position(target)
        if at is None:
            return pa.nulls(self.size, pa.string())
        return _filled(self.cells(at))

    def ids(self, target: str) -> pa.Array:
        """A field as id: without outer spaces, missing where a word says so."""
        at = self.all.plan.position(target)
        return pa.nulls(self.size, pa.string()) if at is None else _ids(self.cells(at), self.all.plan.missing())

    def instants(self, target: str) -> Instants:
        """A date field. What is dated after now is noted."""
        found = self.all.typed.get(target)
        if not isinstance(found, Dates):
            none = pa.nulls(self.size, pa.string())
            return Instants(
                pa.nulls(self.size, pa.int64()), pa.nulls(self.size, pa.int32()), none, np.zeros(self.size, np.bool_)
            )
        at, day, timed, ok = found.rows(self.rows)
        precision = np.where(timed, "instant", "day")
        return Instants(
            pa.array(at, pa.int64(), mask=~ok),
            pa.array(day, pa.int32(), mask=~ok),
            pa.array(precision, pa.string(), mask=~ok),
            ok,
        )

    def note(self, when: Instants, which: Bools, target: str) -> None:
        """Count the instants that were used: their span, and the rows dated after now."""
        used = when.known & which
        if not used.any():
            return
        at = np.asarray(when.at.fill_null(0).to_numpy(zero_copy_only=False))
        past = at[used & (at <= self.all.now)]
        if len(past):
            self.all.span += [int(past.min()), int(past.max())]
        place = self.all.plan.position(target)
        for row in np.flatnonzero(used & (at > self.all.now)):
            self.all.late.add(int(self.rows[row]))
            if place is not None:
                raw = self.table.column(place)[int(self.local[row])].as_py()
                line = int(self.all.sheet.start[self.rows[row]])
                self.all.problems.add("FUTURE_DATE", line, raw, column=self.all.plan.names[place])

    def number(self, target: str) -> pa.Array:
        """A number field."""
        return self._values(target, pa.float64())

    def flag(self, target: str) -> pa.Array:
        """A yes-or-no field."""
        return self._values(target, pa.bool_())

    def _values(self, target: str, kind: pa.DataType) -> pa.Array:
        found = self.all.typed.get(target)
        return found.rows(self.rows, kind) if isinstance(found, Values) else pa.nulls(self.size, kind)

    def money(self, target: str) -> tuple[pa.Array, pa.Array]:
        """An amount field in minor units, and the currency of each row: its own, else the stated one, else missing."""
        found = self.all.typed.get(target)
        stated = self.all.settings.currency
        codes = pc.utf8_upper(self.ids("currency"))
        good = pc.fill_null(pc.match_substring_regex(codes, "^[A-Z]{3}$"), False)
        currency = pc.if_else(good, codes, pa.scalar(stated, pa.string()))
        if not isinstance(found, Amounts):
            return pa.nulls(self.size, pa.int64()), currency
        return found.rows(self.rows, currency.to_pylist()), currency

    def extras(self) -> dict[str, pa.Array]:
        """The columns that are kept as text, each under `x:` and its name."""
        out: dict[str, pa.Array] = {}
        for at, name in enumerate(self.all.plan.names):
            if self.all.plan.targets[name] == KEEP:
                out[extra_name(name, out)] = _filled(self.cells(at))
        return out

    def raw(self, place: int) -> str:
        """A row as it would stand in a file."""
        line = io.StringIO()
        csv.writer(line, lineterminator="").writerow([column[place].as_py() for column in self.table.columns])
        return line.getvalue()


def extra_name(name: str, taken: dict[str, pa.Array]) -> str:
    """The name under which a column is kept.

    >>> extra_name(" Landing Page ", {})
    'x:landing page'
    """
    base = EXTRA + name.strip().lower()
    count, out = 1, base
    while out in taken:
        count += 1
        out = f"{base} ({count})"
    return out


def _filled(cells: pa.Array) -> pa.Array:
    return pc.if_else(pc.equal(pc.utf8_trim_whitespace(cells), ""), pa.scalar(None, pa.string()), cells)


def _ids(cells: "pa.Array | pa.ChunkedArray", missing: frozenset[str]) -> "pa.Array | pa.ChunkedArray":
    trimmed = pc.utf8_trim_whitespace(cells)
    return pc.if_else(
        pc.is_in(pc.utf8_lower(trimmed), pa.array(sorted(missing))), pa.scalar(None, pa.string()), trimmed
    )

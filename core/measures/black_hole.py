"""How many hand-offs fell into the black hole, and where? Every hand-off is accounted for (MEASURES 4)."""

from dataclasses import dataclass
from functools import cached_property

import narwhals as nw
import numpy as np
import pandas as pd

from core.definition import Clock, Definition
from core.engine import Engine, Lazy
from core.measures.buckets import BUCKETS, SILENT
from core.measures.cohort import UNKNOWN, Query
from core.stats.intervals import FEW, Rate
from core.stats.outliers import stands_out
from core.tables import Column, Table

_OF = "leads (or hand-offs), of those handed over: "
BLACK_HOLE = Table(
    "black_hole",
    "segment",
    (
        Column("segment", "text", "value of the column that hand-offs are grouped by", required=True),
        Column(
            "handed", "integer", "leads (or hand-offs) put before sales: the sum of all that follows", required=True
        ),
        *(Column(bucket, "integer", _OF + bucket.replace("_", " "), required=True) for bucket in BUCKETS),
        Column(
            "due", "integer", "of those handed over, clock and grace have passed: not part of the sum", required=True
        ),
        Column("answered", "integer", "of those due, answered; the rest is the black hole", required=True),
        Column("gone", "integer", "of the black hole, have left since: nobody has to work them now", required=True),
        Column("dated", "integer", "of those handed over, on a known day: a clock could run", required=True),
    ),
    key=("segment",),
)


@dataclass(frozen=True)
class BlackHole:
    """One answer: what became of every hand-off, per segment, and the clock it was judged by.

    `answers`: is any answer of sales on record but a sale? Without one nobody can tell silence from a record that has
    only sales in it.
    """

    query: Query
    clock: Clock | None
    as_of: int
    segments: pd.DataFrame
    answers: bool = True

    def total(self, segment: str | None = None) -> dict[str, int]:
        """The numbers of one segment, or of all together; zeros for a segment that nothing was handed over in."""
        found = self._numbers.get(segment)
        return dict.fromkeys(self._numbers[None], 0) if found is None else dict(found)

    @cached_property
    def _numbers(self) -> dict[str | None, dict[str, int]]:
        """Sums already made: every rate asks for them."""
        names = [column.name for column in BLACK_HOLE.columns if column.kind == "integer"]
        numbers = self.segments[names].astype("int64")
        every: dict[str | None, dict[str, int]] = {
            str(segment): {str(name): int(n) for name, n in row.items()}
            for segment, row in zip(self.segments["segment"], numbers.to_dict("records"), strict=True)
        }
        return {**every, None: {str(name): int(n) for name, n in numbers.sum().items()}}

    def size(self, segment: str | None = None) -> int:
        """Leads in the black hole."""
        counts = self.total(segment)
        return sum(counts[name] for name in SILENT)

    def share(self, segment: str | None = None) -> Rate:
        """Share of all that were handed over."""
        return Rate(self.size(segment), self.total(segment)["handed"])

    def rate(self, segment: str | None = None) -> Rate:
        """Share of those whose clock and grace have passed: what groups are compared by, since young leads are in no
        black hole yet."""
        return Rate(self.size(segment), self.total(segment)["due"])

    def coverage(self, segment: str | None = None) -> Rate:
        """Disposition coverage: share of those whose clock and grace have passed that are answered."""
        counts = self.total(segment)
        return Rate(counts["answered"], counts["due"])

    @property
    def told(self) -> bool:
        """Can these data tell a lead that fell silent: is a clock agreed, any hand-off dated, any answer on record?"""
        return self.clock is not None and self.answers and self.total()["dated"] > 0

    @property
    def holds(self) -> bool:
        """Is every hand-off in exactly one bucket?"""
        return bool((self.segments["handed"] == self.segments[list(BUCKETS)].sum(axis=1)).all())

    def largest(self) -> tuple[str, ...]:
        """The segments, largest black hole first."""
        size = self.segments[list(SILENT)].sum(axis=1)
        order = self.segments.assign(_size=size).sort_values(
            ["_size", "handed", "segment"], ascending=[False, False, True]
        )
        return tuple(order["segment"])

    def outstanding(self) -> tuple[str, ...]:
        """The segments whose rate is above the others' by more than chance (`stats.outliers.stands_out`), largest
        first.

        A group of unknown value is never named, and neither is an age: the old ones had the longest to be answered in.
        """
        if self.query.by == "age" or not self.answers:
            return ()
        hits = self.segments[list(SILENT)].sum(axis=1).to_numpy(dtype=np.int64)
        n = self.segments["due"].to_numpy(dtype=np.int64)
        if not hits.sum() or len(n) < 2:
            return ()
        named = stands_out(hits, n, few=FEW) & (self.segments["segment"] != UNKNOWN).to_numpy(dtype=np.bool_)
        chosen = set(self.segments.loc[named, "segment"])
        return tuple(segment for segment in self.largest() if segment in chosen)


def black_hole(
    engine: Engine, rows: Lazy, definition: Definition, query: Query, *, as_of: int, answers: bool = True
) -> BlackHole:
    """What became of the hand-offs in `rows` (`buckets.bucketed`, with `segment`): handed over = yes + no + bypassed +
    disposed + in clock + withdrawn + undated + never touched + touched and silent, per segment.
    """
    return told_of(tally(engine, rows, "segment"), definition, query, as_of=as_of, answers=answers)


def told_of(counted: pd.DataFrame, definition: Definition, query: Query, *, as_of: int, answers: bool) -> BlackHole:
    """The answer that these counts per `segment` (`tally`) give."""
    made = BLACK_HOLE.conform(counted[list(BLACK_HOLE.names)]) if len(counted) else BLACK_HOLE.empty()
    return BlackHole(query, definition.silence, as_of, made.sort_values("segment", ignore_index=True), answers)


def tally(engine: Engine, rows: Lazy, *by: str) -> pd.DataFrame:
    """How often each thing became of the hand-offs, per combination of these columns: the integers of BLACK_HOLE."""
    one = nw.lit(1).cast(nw.Int64)

    def number(flag: nw.Expr) -> nw.Expr:
        return nw.when(flag).then(one).otherwise(nw.lit(0).cast(nw.Int64))

    flags = {name: number(nw.col("bucket") == name) for name in BUCKETS}
    silent = nw.col("bucket").is_in(list(SILENT))
    flags |= {"due": number(nw.col("due")), "answered": number(nw.col("due") & nw.col("answered"))}
    flags |= {"gone": number(silent & nw.col("gone")), "dated": number(~nw.col("handed_at").is_null())}
    return engine.collect(
        rows.select(*by, **{f"_{name}": flag for name, flag in flags.items()})
        .group_by(*by)
        .agg(handed=nw.len(), **{name: nw.col(f"_{name}").sum() for name in flags})
    )


def touches_known(engine: Engine, timed: Lazy) -> bool:
    """Is any touch of a lead that was handed over on record? Without one, never touched and silent are one thing."""
    touched = nw.sum_horizontal("attempts", "early_touches", "unborn_touches", "machine_touches")
    return len(engine.collect(timed.filter(touched > 0).select("unit").head(1))) > 0


def answers_known(engine: Engine, timed: Lazy) -> bool:
    """Is any answer of sales on record but a sale?

    Where all that follows hand-offs in these data is deals that were won, a lead that was not won may have been
    answered all the same: the export does not say.
    """
    answered = ~nw.col("verdict").is_null() | ~nw.col("disposed_at").is_null() | nw.col("bypassed")
    return len(engine.collect(timed.filter(answered, ~nw.col("won")).select("unit").head(1))) > 0

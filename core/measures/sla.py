"""Was each clock kept? Five states, and the one rate that is fair to them (MEASURES 3)."""

from dataclasses import dataclass

import narwhals as nw
import numpy as np
import pandas as pd

from core.definition import Clock
from core.engine import Engine, Lazy
from core.journeys.passes import DAY
from core.measures.cohort import UNKNOWN, Query
from core.stats.intervals import FEW, Rate
from core.stats.outliers import stands_out
from core.tables import Column, Table

STATES = ("met", "breached", "running", "withdrawn", "no_clock")
MEANINGS = {
    "met": "reached inside the limit",
    "breached": "reached too late, or not reached and the limit is past",
    "running": "not reached yet, and the limit is not past",
    "withdrawn": "left, was won, began anew or went to another owner first, inside the limit",
    "no_clock": "nobody knows when it was handed over, was answered or left, or sales had answered before",
}

SLA = Table(
    "sla",
    "segment",
    (
        Column("segment", "text", "value of the column that hand-offs are grouped by", required=True),
        Column("handed", "integer", "hand-offs: the sum of the five states", required=True),
        *(Column(state, "integer", MEANINGS[state], required=True) for state in STATES),
        Column("due", "integer", "met or breached, and the deadline lies before as_of", required=True),
        Column("past_due", "integer", "of those breached: not reached to this day, and still waiting", required=True),
        Column("by_day", "integer", "of those handed over: only a day is known of one of both ends", required=True),
        Column("start_by_day", "integer", "of those: only the day of the hand-off is known", required=True),
    ),
    key=("segment",),
)


_FLAGS = ("due", "past_due", "by_day", "start_by_day")


def column(clock: Clock, what: str) -> str:
    """The column with the seconds from the start to `what`, as the clock counts them."""
    return f"{'w' if clock.time == 'working' else 'e'}_{what}"


def clocked(rows: Lazy, clock: Clock) -> Lazy:
    """The rows (`clocks.TIMED` or timed spells) with `state`, `took`, `spent` and `limit`, and the flags `due`,
    `past_due`, `by_day` and `start_by_day`.

    `took`: seconds to the milestone, as the clock counts; `spent`: the same, or to as_of, or to the end of the window,
    where it is not reached; `limit`: the clock's, in whole working days where only the day of the start is known.

    A row may end otherwise than by the milestone: the lead leaves by whatever way (`over_at`), or the window closes (a
    later hand-off, another owner). Inside the limit that is a withdrawal; after it the clock had been breached before.
    `left`: seconds to that end, and `left_first`: it came before the milestone.
    """
    kind, spell = column(clock, ""), "ended_at" in rows.collect_schema().names()
    took, now, as_of = (nw.col(f"{kind}{what}") for what in (clock.milestone, "now", "as_of"))
    gone = nw.col(f"{kind}over")
    if clock.milestone == "verdict":
        gone = nw.min_horizontal(gone, nw.col(f"{kind}bypassed"))
    # On one day the milestone came first, where that is all that is known.
    step = "disposed" if clock.milestone == "disposition" else clock.milestone
    its_day = nw.when(_true(nw.col("over_by_day"))).then(nw.lit(DAY - 1)).otherwise(nw.lit(0)).cast(nw.Int64)
    gone_first = nw.col("over_at") + its_day < nw.col(f"{step}_at")
    closes = ~nw.col("ended_at" if spell else "next_at").is_null()
    start_by_day = _true(nw.col("started_by_day" if spell else "handed_by_day"))
    day = nw.col("day_seconds") if clock.time == "working" else nw.lit(DAY).cast(nw.Int64)
    whole_days = (clock.limit_seconds + day - 1) // day * day
    limit = nw.when(start_by_day).then(whole_days).otherwise(nw.lit(clock.limit_seconds)).cast(nw.Int64)
    ended = nw.min_horizontal(gone, nw.when(closes).then(now))
    rows = rows.with_columns(
        took=took, limit=limit, spent=nw.coalesce(took, now), left=ended, left_first=_true(gone_first)
    )
    reached, within = ~took.is_null(), nw.col("limit")
    # It happened, and nobody knows when: inside the limit only where that is not past yet.
    said = ~nw.col("verdict").is_null() if clock.milestone in ("verdict", "disposition") else nw.lit(False)
    undated = ~reached & (
        (said & nw.col("verdict_at").is_null()) | (_true(nw.col("over")) & nw.col("over_at").is_null())
    )
    left = _true(gone <= within) & (~reached | nw.col("left_first"))
    state = (
        nw.when(now.is_null() | (nw.col("settled") if spell else nw.lit(False)))
        .then(nw.lit("no_clock"))
        .when(left)
        .then(nw.lit("withdrawn"))
        .when(_true(took <= within) | (undated & said & (now <= within)))
        .then(nw.lit("met"))
        .when(undated)
        .then(nw.when(now <= within).then(nw.lit("withdrawn")).otherwise(nw.lit("no_clock")))
        .when(closes & ~reached & (now <= within))
        .then(nw.lit("withdrawn"))
        .when(reached | (now > within))
        .then(nw.lit("breached"))
        .otherwise(nw.lit("running"))
    )
    still = ~closes & ~reached & ~_true(nw.col("over"))
    if clock.milestone == "verdict":
        still = still & nw.col("bypassed_at").is_null()
    return rows.with_columns(state=state).with_columns(
        due=(nw.col("state") == "breached") | ((nw.col("state") == "met") & (as_of > within)),
        past_due=(nw.col("state") == "breached") & still,
        by_day=start_by_day | _true(nw.col(f"{step}_by_day")),
        start_by_day=start_by_day,
    )


@dataclass(frozen=True)
class Sla:
    """One clock's answer: the states of every hand-off, per segment."""

    query: Query
    clock: Clock
    as_of: int
    segments: pd.DataFrame

    def total(self, segment: str | None = None) -> dict[str, int]:
        """The numbers of one segment, or of all together."""
        rows = self.segments if segment is None else self.segments[self.segments["segment"] == segment]
        return {one.name: int(rows[one.name].sum()) for one in SLA.columns if one.kind == "integer"}

    def rate(self, segment: str | None = None) -> Rate:
        """Due-cohort breach rate: breached of those whose deadline has passed; withdrawn and running have no part."""
        found = self.total(segment)
        return Rate(found["breached"], found["due"])

    @property
    def names(self) -> tuple[str, ...]:
        """The segments in the order of the alphabet: never one of merit."""
        return tuple(sorted(self.segments["segment"]))

    def outstanding(self) -> tuple[str, ...]:
        """The segments that miss more clocks than the others' rate and chance explain, the most excess first."""
        known = self.segments[self.segments["segment"] != UNKNOWN]
        hits, due = (known[name].to_numpy(dtype=np.int64) for name in ("breached", "due"))
        if not len(known):
            return ()
        named = known[stands_out(hits, due, few=FEW)]
        others = (hits.sum() - named["breached"]) / (due.sum() - named["due"])
        excess = named["breached"] - named["due"] * others
        return tuple(named.assign(_excess=excess).sort_values("_excess", ascending=False)["segment"])

    def broken(self) -> pd.DataFrame:
        """Segments whose states do not add up to what was handed over: none, ever."""
        return self.segments[self.segments[list(STATES)].sum(axis=1) != self.segments["handed"]]


def sla(engine: Engine, rows: Lazy, clock: Clock, query: Query, *, as_of: int) -> Sla:
    """Count the states of a clock. `rows` have `segment` (`handed.handed`)."""
    one = nw.lit(1).cast(nw.Int64)
    flagged = clocked(rows, clock).with_columns(
        **{state: nw.when(nw.col("state") == state).then(one).otherwise(one - one) for state in STATES},
        **{f"n_{flag}": nw.when(nw.col(flag)).then(one).otherwise(one - one) for flag in _FLAGS},
    )
    grouped = flagged.group_by("segment").agg(
        handed=nw.len(),
        **{state: nw.col(state).sum() for state in STATES},
        **{flag: nw.col(f"n_{flag}").sum() for flag in _FLAGS},
    )
    return Sla(query, clock, as_of, SLA.conform(engine.collect(grouped)).sort_values("segment", ignore_index=True))


def _true(flag: nw.Expr) -> nw.Expr:
    return nw.coalesce(flag, nw.lit(False))

"""Which leads stand behind a state of a clock, and which of those still running are due next?"""

import narwhals as nw
import numpy as np
import numpy.typing as npt
import pandas as pd

from core.definition import Clock
from core.engine import Engine, Lazy
from core.journeys.clocks import Timing
from core.journeys.reduce import Facts
from core.measures.sla import clocked, column
from core.tables import Column, Table
from core.worktime import Hours

CLOCK_LEADS = Table(
    "clock_leads",
    "hand-off",
    (
        Column("lead_id", "text", "the lead, as its system calls it", required=True),
        Column("rep", "text", "who got it"),
        Column("team", "text", "that rep's team"),
        Column("first_name", "text", "given name"),
        Column("last_name", "text", "family name"),
        Column("company", "text", "company"),
        Column("source", "text", "source"),
        Column("handed_at", "instant", "when it was put before sales"),
        Column("state", "text", "state of the clock", required=True),
        Column("took", "integer", "seconds to the milestone, as the clock counts; missing where not reached"),
        Column("left", "integer", "seconds of the limit that are left (below 0: over it), as the clock counts"),
        Column("deadline", "instant", "when the limit is reached"),
        Column("attempts", "integer", "touches by people since the hand-off", required=True),
        Column("verdict", "text", "yes or no; missing where none"),
    ),
)
_LEAD = ("lead_id", "first_name", "last_name", "company", "source")


def clock_leads(
    engine: Engine,
    facts: Facts,
    rows: Lazy,
    clock: Clock,
    timing: Timing,
    *,
    states: tuple[str, ...],
    past_due: bool = False,
    segment: str | None = None,
    limit: int | None = 1000,
) -> pd.DataFrame:
    """The hand-offs in these states (`CLOCK_LEADS`), those with the least time left first; `limit` rows, None for all.

    `past_due`: only those that nobody has reached to this day.
    """
    found = clocked(rows, clock).filter(nw.col("state").is_in(list(states)))
    if past_due:
        found = found.filter(nw.col("past_due"))
    if segment is not None:
        found = found.filter(nw.col("segment") == segment)
    took, now = nw.col(column(clock, clock.milestone)), nw.col(column(clock, "now"))
    sought = found.select(
        "unit",
        "pass",
        "calendar",
        "team",
        "handed_at",
        "state",
        "attempts",
        "verdict",
        rep=nw.col("rep_name"),
        took=took,
        left=nw.lit(clock.limit_seconds).cast(nw.Int64) - nw.coalesce(took, now),
    ).sort("left", "handed_at", "unit", "pass", nulls_last=True)
    page = engine.collect(sought if limit is None else sought.head(limit))
    who = facts.units(engine).select("unit", *_LEAD)
    named = engine.collect(who.join(engine.frame(page[["unit"]].drop_duplicates()), on="unit", how="semi"))
    out = page.merge(named, on="unit", how="left")
    return CLOCK_LEADS.conform(out.assign(deadline=_deadlines(out, clock, timing)))[list(CLOCK_LEADS.names)]


def _deadlines(page: pd.DataFrame, clock: Clock, timing: Timing) -> pd.Series:
    """When the limit of each row is reached, in the calendar that its time was counted in."""
    start = page["handed_at"].astype("Int64")
    if clock.time == "elapsed":
        return start + clock.limit_seconds
    out = pd.Series(pd.NA, index=page.index, dtype="Int64")
    for name, part in start.dropna().groupby(page["calendar"]):
        starts: npt.NDArray[np.int64] = np.asarray(part, dtype=np.int64)
        hours = Hours.of(timing.calendars[str(name)], int(starts.min()), int(starts.max()))
        out[part.index] = hours.deadline(starts, clock.limit_seconds)
    return out

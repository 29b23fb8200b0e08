"""Which leads stand behind a state of a clock, and which of those still running are due next?"""

import narwhals as nw
import numpy as np
import numpy.typing as npt
import pandas as pd

from core.definition import Clock
from core.engine import Engine, Lazy
from core.journeys.clocks import Timing
from core.journeys.passes import DAY
from core.journeys.reduce import Facts
from core.measures.sla import clocked
from core.tables import Column, Table
from core.worktime import Calendar, Hours
from core.worktime.days import Days, day_length

CLOCK_LEADS = Table(
    "clock_leads",
    "hand-off",
    (
        Column("lead_id", "text", "the lead, as its system calls it", required=True),
        Column("rep", "text", "who got it"),
        Column("team", "text", "that rep's team"),
        Column("owner_now", "text", "who owns it at as_of"),
        Column("first_name", "text", "given name"),
        Column("last_name", "text", "family name"),
        Column("company", "text", "company"),
        Column("phone", "text", "phone number as exported"),
        Column("source", "text", "source"),
        Column("handed_at", "instant", "when it was put before sales"),
        Column("state", "text", "state of the clock", required=True),
        Column("took", "integer", "seconds to the milestone, as the clock counts; missing where not reached"),
        Column("left", "integer", "seconds of the limit that are left (below 0: over it), as the clock counts"),
        Column("deadline", "instant", "when the limit is reached; where only its day is known, that day's last second"),
        Column("by_day", "flag", "only the day of one end is known: these times count days", required=True),
        Column("day_seconds", "integer", "seconds of a day, as the clock counts", required=True),
        Column("attempts", "integer", "touches by people since the hand-off", required=True),
        Column("verdict", "text", "yes or no; missing where none"),
    ),
)
_LEAD = ("lead_id", "first_name", "last_name", "company", "phone", "source")


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
    sought = found.select(
        "unit",
        "pass",
        "calendar",
        "team",
        "handed_at",
        "handed_by_day",
        "state",
        "attempts",
        "verdict",
        "took",
        "by_day",
        rep=nw.col("rep_name"),
        owner_now=nw.coalesce("owner_now_name", "owner_now"),
        left=nw.col("limit") - nw.col("spent"),
        day_seconds=nw.col("day_seconds") if clock.time == "working" else nw.lit(DAY).cast(nw.Int64),
    ).sort("left", "handed_at", "unit", "pass", nulls_last=True)
    page = engine.collect(sought if limit is None else sought.head(limit))
    who = facts.units(engine).select("unit", *_LEAD)
    named = engine.collect(who.join(engine.frame(page[["unit"]].drop_duplicates()), on="unit", how="semi"))
    out = page.merge(named, on="unit", how="left")
    return CLOCK_LEADS.conform(out.assign(deadline=_deadlines(out, clock, timing)))[list(CLOCK_LEADS.names)]


def _deadlines(page: pd.DataFrame, clock: Clock, timing: Timing) -> pd.Series:
    """When the limit of each row is reached, in the calendar that its time was counted in."""
    start, by_day = page["handed_at"].astype("Int64"), page["handed_by_day"].fillna(False).astype(bool)
    out = pd.Series(pd.NA, index=page.index, dtype="Int64")
    for (name, days), part in start.dropna().groupby([page["calendar"], by_day]):
        starts: npt.NDArray[np.int64] = np.asarray(part, dtype=np.int64)
        out[part.index] = _ends(timing.calendars[str(name)], starts, clock, by_day=bool(days))
    return out


def _ends(calendar: Calendar, starts: npt.NDArray[np.int64], clock: Clock, *, by_day: bool) -> npt.NDArray[np.int64]:
    if not by_day:
        if clock.time == "elapsed":
            return starts + clock.limit_seconds
        return Hours.of(calendar, int(starts.min()), int(starts.max())).deadline(starts, clock.limit_seconds)
    whole = -(-clock.limit_seconds // (day_length(calendar) if clock.time == "working" else DAY))
    noon = starts + DAY // 2
    # Four weeks of room beyond the plain weeks of the limit, for holidays.
    days = Days.of(calendar, int(noon.min()), int(noon.max()) + (2 * whole + 28) * DAY)
    if clock.time == "working":
        return days.end_of(days.by(noon) + whole) - 1
    return days.begins[days.place(noon) + whole + 1] - 1

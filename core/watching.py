"""Which clocks have been missed since somebody last looked?"""

from dataclasses import dataclass

import narwhals as nw
import pandas as pd

from core.definition import Clock
from core.engine import Lazy
from core.measures.clock_leads import CLOCK_LEADS, clock_leads
from core.measures.cohort import Query
from core.measures.sla import clocked
from core.measures.trust import Trust, trust
from core.report import Report
from core.store.seen import Seen
from core.tables import Column, Table

NEWS = Table(
    "news",
    "hand-off",
    (
        *CLOCK_LEADS.columns,
        Column("owner", "text", "who has the lead now"),
        Column("waiting", "flag", "not reached to this day, and still waiting", required=True),
        Column("late", "integer", "seconds beyond the limit, as the clock counts"),
    ),
)
_HAND_OFF = ["lead_id", "handed_at"]
"""What a hand-off is known by from one import to the next: units and passes are numbered anew."""


@dataclass(frozen=True)
class News:
    """What is new of one clock. `before` is None at a first run, which has nothing to compare with and tells nothing.

    `missed` counts all that were ever missed; `leads` (`NEWS`) are those of which nobody could know before, the latest
    first.
    """

    clock: Clock
    before: Seen | None
    missed: int
    leads: pd.DataFrame
    trust: Trust


def news(report: Report, clock: Clock, before: Seen | None) -> News:
    """The hand-offs that have missed this clock and had not by what was known at `before`.

    Both are asked of today's clock: a new limit is no news. Deadlines since then would not do: what was imported late
    would never be told.
    """
    engine, rows = report.engine, _missed(report, clock)
    missed = engine.number(rows.select(n=nw.len()))
    if before is None or before == seen(report):
        rows = rows.head(0)
    else:
        here = report.workspace
        then = Report(here, here.facts(as_of=before.as_of, live=before.live))
        rows = rows.join(_missed(then, clock).select(*_HAND_OFF), on=_HAND_OFF, how="anti")
    listed = clock_leads(engine, report.facts, rows, clock, report.timing(), states=("breached",), limit=None)
    own = engine.collect(rows.select(*_HAND_OFF, owner=nw.col("owner_now_name"), waiting=nw.col("past_due")))
    own = own.drop_duplicates(_HAND_OFF)
    leads = NEWS.conform(listed.assign(late=-listed["left"]).merge(own, on=_HAND_OFF, how="left"))
    return News(clock, before, missed, leads, trust(engine, report.handed(Query()), clock, every=report.timed()))


def seen(report: Report) -> Seen:
    """What a report knows, to be compared with later."""
    return Seen(report.facts.as_of, tuple(report.facts.live))


def _missed(report: Report, clock: Clock) -> Lazy:
    """The hand-offs that have missed the clock, with `lead_id`."""
    who = report.facts.units(report.engine).select("unit", "lead_id")
    found = clocked(report.handed(Query()), clock).filter(nw.col("state") == "breached")
    return found.join(who, on="unit", how="left")

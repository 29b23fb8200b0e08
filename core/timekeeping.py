"""Every question about one clock, asked of one report: was it kept, how soon, by whom, and what under another limit?"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from core.definition import Clock
from core.engine import Lazy
from core.journeys.clocks import Timing
from core.journeys.passes import DAY
from core.journeys.people import beneath
from core.measures.answer_times import bands, by_month, curve, hours
from core.measures.back_test import moves
from core.measures.clock_leads import clock_leads
from core.measures.cohort import Query
from core.measures.first_by import first_by
from core.measures.fitted_limits import apart, fitted_limits
from core.measures.handed import OWN, had_by, spells_of, values_of
from core.measures.sla import Sla, sla
from core.measures.trust import Trust, trust
from core.once_per_thread import OncePerThread
from core.report import Report
from core.stats.competing import Incidence
from core.stats.intervals import Rate
from core.stats.limits import funnel_limit
from core.worktime import Calendar
from core.worktime.days import day_length

GROUPS = {"team": "Team", "rep": "Rep who got it", "manager": "Manager", "owner_kind": "Kind of owner now"}
"""Groups of hand-offs for people; the columns of the lead come after them."""
BEYOND = 3
"""The curve is drawn to this many times the limit."""


@dataclass(frozen=True)
class Finding:
    """A group that misses more of its clocks than the others and chance explain."""

    column: str
    segment: str
    rate: Rate
    others: Rate


@dataclass(frozen=True)
class Timekeeping:
    """One clock over the hand-offs that a query is about; `manager` narrows it to everybody beneath a manager.

    `hours`: as if everybody had these working hours, instead of each person their own.
    """

    report: Report
    query: Query
    clock: Clock
    manager: str | None = None
    hours: Calendar | None = None

    @cached_property
    def timing(self) -> Timing:
        """Whose working hours count."""
        own = self.hours
        return self.report.timing() if own is None else Timing({own.id: own}, {}, own.id)

    @OncePerThread
    def _rows(self) -> Lazy:
        rows = self.report.handed(self.query, self.timing)
        return rows if self.manager is None else had_by(rows, self._beneath)

    @cached_property
    def _beneath(self) -> frozenset[str]:
        return frozenset() if self.manager is None else beneath(self.report.people(), self.manager) | {self.manager}

    def states(self) -> Sla:
        """The states of every hand-off, per segment."""
        return sla(self.report.engine, self._rows, self.clock, self.query, as_of=self.report.facts.as_of)

    def by(self, column: str) -> Sla:
        """The same by another column."""
        return replace(self, query=self.query.model_copy(update={"by": column})).states()

    def months(self) -> Sla:
        """The same by the month of the hand-off."""
        rows = by_month(self._rows, self.report.engine, self.report.settings.tz)
        return sla(self.report.engine, rows, self.clock, self.query, as_of=self.report.facts.as_of)

    def reps(self) -> Sla:
        """The rep's own clock: it begins anew with each owner. People of sales alone."""
        here = self.report
        others = tuple(pair for pair in self.query.where if pair[0] not in ("rep", "team", "manager"))
        every = here.handed(self.query.model_copy(update={"where": others}), self.timing)
        rows = spells_of(here.timed_spells(self.timing), every, self.query)
        rows = rows if self.manager is None else had_by(rows, self._beneath, owner="owner")
        return sla(here.engine, rows, self.clock, self.query, as_of=here.facts.as_of)

    def shared_team(self, names: tuple[str, ...]) -> str | None:
        """The one team that all of these people are of: then it may be the team, and not they."""
        people = self.report.people()
        teams = people.loc[people["name"].isin(names) | people["person_id"].isin(names), "team"]
        return str(teams.iloc[0]) if len(teams) and teams.notna().all() and teams.nunique() == 1 else None

    def bands(self) -> pd.DataFrame:
        """Hand-offs by time to the milestone (`answer_times.TIMES`)."""
        return bands(self.report.engine, self._rows, self.clock)

    @cached_property
    def day_seconds(self) -> int:
        """How long a day is as the clock counts: the longest of the calendars'."""
        if self.clock.time == "elapsed":
            return DAY
        return max(day_length(calendar) for calendar in self.timing.calendars.values())

    @cached_property
    def by_day(self) -> bool:
        """Are most hand-offs known by the day alone? Then times are told in days."""
        whole = self.states().total()
        return 2 * whole["start_by_day"] > whole["handed"]

    @property
    def limit_seconds(self) -> int:
        """The limit; in whole days, where times are told in days."""
        return (
            -(-self.clock.limit_seconds // self.day_seconds) * self.day_seconds
            if self.by_day
            else (self.clock.limit_seconds)
        )

    def curve(self) -> Incidence:
        """The share reached by each time, up to some times the limit; in days where most is known by the day alone."""
        horizon = BEYOND * self.limit_seconds
        return curve(self.report.engine, self._rows, self.clock, horizon=horizon, by_day=self.by_day)

    def week(self) -> pd.DataFrame:
        """When hand-offs arrive and when they are answered (`answer_times.HOURS`)."""
        return hours(self.report.engine, self._rows)

    def trust(self) -> Trust:
        """What speaks against these times."""
        return trust(self.report.engine, self._rows, self.clock, every=self.report.timed())

    def asked_of(self, tried: Clock, hours: Calendar | None = None) -> "Timekeeping":
        """The same hand-offs, asked of another clock, and as if everybody worked in these hours where told."""
        return replace(self, clock=tried, hours=hours or self.hours)

    def under(self, tried: Clock, hours: Calendar | None = None) -> Sla:
        """The states of the same hand-offs under another clock, or in other hours."""
        return self.asked_of(tried, hours).states()

    def moves(self, tried: Clock, hours: Calendar | None = None) -> pd.DataFrame:
        """How many hand-offs stand where under this clock and another one (`back_test.MOVES`)."""
        return moves(self.report.engine, self._rows, self.clock, self.asked_of(tried, hours)._rows, tried)

    def leads(
        self,
        states: tuple[str, ...],
        *,
        past_due: bool = False,
        segment: str | None = None,
        limit: int | None = 1000,
    ) -> pd.DataFrame:
        """The hand-offs behind a number (`clock_leads.CLOCK_LEADS`), those with the least time left first."""
        here = self.report
        return clock_leads(
            here.engine,
            here.facts,
            self._rows,
            self.clock,
            self.timing,
            states=states,
            past_due=past_due,
            segment=segment,
            limit=limit,
        )

    def first_by(self) -> pd.DataFrame:
        """Who was the first to come to the milestone, and how soon (`first_by.FIRST_BY`)."""
        here = self.report
        return first_by(here.engine, here.facts, here.sources, self._rows, self.clock, here.people())

    def fitted(self, column: str) -> pd.DataFrame:
        """The limit that best explains which hand-offs a column calls kept, per segment (`fitted_limits.FITTED`)."""
        return fitted_limits(self.report.engine, self.report.facts, self._rows, self.clock, column)

    def apart(self, column: str, fitted: pd.DataFrame) -> pd.DataFrame:
        """The hand-offs that those limits do not explain (`fitted_limits.APART`)."""
        return apart(self.report.engine, self.report.facts, self._rows, self.clock, column, fitted)

    def findings(self) -> tuple[Finding, ...]:
        """The months and groups in which the clock is missed more often than elsewhere by more than chance.

        One finding per column at most but for months, of which each that stands out is named: a slow spring is three.
        Nobody is named here: whose clocks stand out is for `reps`, with n, interval and the limits of chance.
        """
        out = []
        useful = self.report.useful_columns()
        for name in ("month", "team", "source", "region"):
            if name not in ("month", *OWN) and name not in useful:
                continue
            found = self.months() if name == "month" else self.by(name)
            standing = found.outstanding()
            whole = found.total()
            for segment in standing if name == "month" else standing[:1]:
                own = found.rate(segment)
                out.append(Finding(name, segment, own, Rate(whole["breached"] - own.hits, whole["due"] - own.n)))
        return tuple(out)


def limits(found: Sla) -> pd.DataFrame:
    """The bounds of chance around the rate of all, for every number of clocks due from the least to the most.

    Columns `n`, `low95`, `high95`, `low998`, `high998`. Exact binomial (Spiegelhalter 2005).
    """
    whole = found.rate()
    most = int(found.segments["due"].max()) if len(found.segments) else 0
    if not whole.n or most < 1:
        return pd.DataFrame({name: [] for name in ("n", "low95", "high95", "low998", "high998")})
    n = np.unique(np.geomspace(1, most, 80).round().astype(np.int64))
    shares = {"low95": 0.025, "high95": 0.975, "low998": 0.001, "high998": 0.999}
    return pd.DataFrame({"n": n, **{name: funnel_limit(n, whole.value, share) for name, share in shares.items()}})


def own_values(report: Report, column: str) -> tuple[str, ...]:
    """Every value of a group of `GROUPS` that any hand-off has."""
    return values_of(report.engine, report.timed(), column)


def groups(report: Report) -> dict[str, str]:
    """What hand-offs can be grouped by, with its name for people."""
    owned = ("owner", "owner_name", "owner_team", "owner_manager")
    lead = {name: report.title(name) for name in report.useful_columns() if name not in owned}
    return {**GROUPS, **{name: title[:1].upper() + title[1:] for name, title in lead.items() if name not in GROUPS}}

"""Every question that can be asked of one workspace at one instant: measures bound to facts."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any, Literal

import narwhals as nw
import pandas as pd

from core.engine import Engine, Lazy
from core.journeys.clocks import Timing, timed, timed_spells
from core.journeys.follow_up import follow_up
from core.journeys.in_order import depths
from core.journeys.labels import stage_labels
from core.journeys.order import coded, placed
from core.journeys.people import everyone, still_there
from core.journeys.reduce import Facts, len_of, timeline, unit_of
from core.journeys.sources import Sources
from core.journeys.units import aliases, unmatched
from core.journeys.visits import kept_visits
from core.measures.anomalies import anomalies
from core.measures.cohort import POLICIES, Policy, Query, base_place, segment_columns, standing
from core.measures.findings import Finding, findings
from core.measures.flow import flow
from core.measures.funnel import Funnel, funnel
from core.measures.handed import handed
from core.measures.leads import leads_behind
from core.measures.money import won_value
from core.measures.moved import moved
from core.measures.staying_leads import staying_leads
from core.measures.velocity import Split, Velocity, split, velocity
from core.settings import Settings
from core.staff import Staff
from core.tables import EXTRA
from core.workspace import Workspace

Earlier = Literal["before", "year"]

TELLING = ("source", "owner_team", "owner_name", "owner", "campaign_id", "region", "country", "industry")
"""Columns in which a leak is looked for unasked."""

TITLES = {
    "owner": "owner",
    "owner_name": "owner",
    "owner_team": "team",
    "owner_manager": "manager",
    "campaign_id": "campaign",
}


@dataclass(frozen=True)
class Report:
    """What one workspace says at one instant."""

    workspace: Workspace
    facts: Facts

    @property
    def engine(self) -> Engine:
        """This thread's engine."""
        return self.workspace.engine

    @property
    def settings(self) -> Settings:
        """The stated settings."""
        return self.workspace.settings

    @property
    def sources(self) -> Sources:
        """The rows that the facts were made of, also while newer imports are being counted."""
        return self.workspace.sources(live=self.facts.live)

    def columns(self) -> tuple[str, ...]:
        """Columns that leads can be grouped and filtered by."""
        return segment_columns(self.engine, self.facts)

    def values(self, column: str, *, most: int = 200) -> tuple[str, ...]:
        """The column's most frequent values."""
        counted = self.facts.units(self.engine).group_by(column).agg(n=nw.len()).sort("n", descending=True)
        found = self.engine.collect(counted.filter(~nw.col(column).is_null()).head(most))
        return tuple(found.sort_values(["n", column], ascending=[False, True])[column].astype(str))

    def types(self, kind: str, *, most: int = 200) -> tuple[str, ...]:
        """The most frequent types of activity or touch, as exported."""
        events = self.sources.events.filter(nw.col("kind") == kind, ~nw.col("name").is_null())
        counted = events.group_by("name").agg(n=nw.len()).sort("n", descending=True)
        found = self.engine.collect(counted.head(most))
        return tuple(found.sort_values(["n", "name"], ascending=[False, True])["name"])

    def useful_columns(self, *, most: int = 60) -> tuple[str, ...]:
        """The columns worth breaking down by: more than one value, and no more than `most`."""
        names = self.columns() if self.facts.n_units else ()
        if not names:
            return ()
        units = self.facts.units(self.engine)
        # Column by column: an export of hundreds of them needs no more memory than its fullest one.
        numbers = {name: self.engine.number(units.select(nw.col(name).n_unique())) for name in names}
        # Codes of countries say more only where they bring spellings of one country together.
        again = {"country_code"} if numbers.get("country") == numbers.get("country_code") else set()
        return tuple(name for name in names if 2 <= numbers[name] <= most and name not in again)

    def funnel(self, query: Query) -> Funnel:
        """The funnel of a cohort."""
        return funnel(self.engine, self.facts, query, self.settings, depths=self._depths(query))

    def leads(self, query: Query, stage: str, **which: Any) -> pd.DataFrame:
        """The leads behind a number (`measures.leads.leads_behind`)."""
        return leads_behind(
            self.engine, self.facts, query, self.settings, stage=stage, depths=self._depths(query), **which
        )

    def matured(self, query: Query) -> Query | None:
        """The same question of those whose day of entry lies `mature_days` before as_of; None where no day does."""
        day = datetime.fromtimestamp(self.facts.as_of, self.settings.tz).date()
        aged = day - timedelta(days=query.mature_days + 1)
        end = aged if query.end is None else min(query.end, aged)
        return None if query.start is not None and end < query.start else query.model_copy(update={"end": end})

    def earlier(self, query: Query, how: Earlier) -> Query | None:
        """The same question of an earlier period; None where the period has no first day, so that nothing is before it.

        `before`: as many days, directly before its first one; `year`: the same days a year before. A period without a
        last day ends with the day of as_of.
        """
        if query.start is None:
            return None
        last = query.end or datetime.fromtimestamp(self.facts.as_of, self.settings.tz).date()
        if how == "year":
            start, end = _year_before(query.start), _year_before(last)
        else:
            start, end = query.start - (last - query.start) - timedelta(days=1), query.start - timedelta(days=1)
        return query.model_copy(update={"start": start, "end": end})

    def undated(self, query: Query) -> int:
        """Leads of this question that are in no period, because no day is known on which they entered."""
        if (query.start is None and query.end is None) or query.policy == "current":
            return 0
        every = self._standing(query.model_copy(update={"start": None, "end": None, "by": None}))
        dateless = every.filter(nw.col("cohort_at").is_null()).select("unit").unique()
        return self.engine.number(dateless.select(n=nw.len()))

    def won_value(self, query: Query) -> pd.DataFrame:
        """Won amounts of the cohort, per currency."""
        return won_value(self.engine, self.facts, self._standing(query))

    def moved(self, query: Query) -> dict[Policy, int]:
        """Policy → leads that it counts elsewhere than `furthest` does. `current` is a stock and has no such number."""
        usual = self._standing(query.model_copy(update={"policy": "furthest", "counting": "leads", "by": None}))
        out: dict[Policy, int] = {"furthest": 0}
        for policy in POLICIES:
            if policy in ("observed", "ordered"):
                other = query.model_copy(update={"policy": policy, "counting": "leads", "by": None})
                out[policy] = moved(self.engine, self._standing(other), usual)
        return out

    def findings(self, query: Query, *, most: int = 3) -> tuple[Finding, ...]:
        """The largest leaks, and the groups in which a leak is larger than chance."""
        useful = self.useful_columns()
        worth = [name for name in TELLING if name in useful]
        whole = query.model_copy(update={"by": None})
        return findings(
            self.funnel(whole), lambda by: self.funnel(whole.model_copy(update={"by": by})), worth, most=most
        )

    def title(self, column: str) -> str:
        """A column's name for people."""
        return TITLES.get(column, column.removeprefix(EXTRA).replace("_", " "))

    def idle_people(self) -> tuple[str, ...]:
        """People who own no lead, by name: they are shown with n = 0, not left out."""
        people = self.engine.collect(self.sources.people.select("person_id", "name"))
        owners = set(self.values("owner", most=100_000))
        named = people["name"].fillna(people["person_id"])
        return tuple(sorted(named[~people["person_id"].isin(owners) & ~people["name"].isin(owners)]))

    def flow(self, query: Query | None = None) -> pd.DataFrame:
        """In, out and balance of each stage by month, of the leads that fit the query's filters."""
        return flow(self.engine, self.facts, self.settings, query)

    def anomalies(self) -> pd.DataFrame:
        """Leads whose data contradict themselves."""
        imported = {batch.id: int(batch.imported_at.timestamp()) for batch in self.workspace.store.batches()}
        imported = {batch: instant for batch, instant in imported.items() if batch in self.facts.live}
        return anomalies(self.engine, self.facts, self.sources, imported)

    def unmatched(self) -> pd.DataFrame:
        """Values that a lookup does not know."""
        return unmatched(self.engine, self.sources, self.facts.units(self.engine))

    def timeline(self, lead_id: str) -> pd.DataFrame:
        """Everything recorded of one lead, in order."""
        return timeline(self.engine, self.sources, self.facts, lead_id)

    def people(self) -> pd.DataFrame:
        """Everybody in these data and in what is stated (`journeys.people.EVERYBODY`), active as of this report."""
        return self._people

    @cached_property
    def _people(self) -> pd.DataFrame:
        every = everyone(self.engine, self.sources, self.facts.definition)
        return still_there(every, as_of=self.facts.as_of, zone=self.settings.tz)

    def timing(self) -> Timing:
        """Whose working hours count."""
        return Staff(self.workspace).timing(self.people())

    def timed(self, hours: Timing | None = None) -> Lazy:
        """One row per hand-off with its times (`journeys.clocks.TIMED`); `hours`: not the people's own."""
        return self._timed("timed", hours)

    def timed_spells(self, hours: Timing | None = None) -> Lazy:
        """One row per owner that a hand-off had, with the times of that owner."""
        return self._timed("timed-spells", hours)

    def handed(self, query: Query, hours: Timing | None = None) -> Lazy:
        """The hand-offs of the query's period that fit its filters (`measures.handed`)."""
        return handed(self.engine, self.facts, self.timed(hours), query, self.settings)

    def _timed(self, name: str, hours: Timing | None) -> Lazy:
        people, hours = self.people(), hours or self.timing()
        file = self.facts.folder / f"{name}-{hours.key(people)}.parquet"
        if not file.exists():
            engine, as_of = self.engine, self.facts.as_of
            handoffs, spells = follow_up(engine, self.sources, self.facts)
            made = (
                timed(engine, handoffs, people, hours, as_of=as_of)
                if name == "timed"
                else timed_spells(engine, spells, people, hours, as_of=as_of)
            )
            engine.keep(made, file)
        return self.engine.read([file])

    def visits(self) -> Lazy:
        """One row per visit of a lead to a stage (`journeys.visits.VISITS`)."""
        return kept_visits(self.engine, self.facts)

    def velocity(self, query: Query) -> Velocity:
        """How long leads stay in each stage."""
        return velocity(self.engine, self.facts, self.visits(), query, self.settings)

    def velocity_by(self, query: Query) -> Split:
        """The same for each value of `query.by`."""
        return split(self.engine, self.facts, self.visits(), query, self.settings)

    def staying(self, query: Query, **which: Any) -> pd.DataFrame:
        """The leads behind a time in stage (`measures.staying_leads`)."""
        return staying_leads(self.engine, self.facts, self.visits(), query, self.settings, **which)

    def unplaced(self) -> int:
        """Leads that were there at as_of and of which no stage is known: counted here, in no funnel."""
        placed_units = self.facts.passes(self.engine).select("unit").unique("unit")
        there = self.facts.units(self.engine).filter(
            nw.coalesce(nw.col("created_at") <= self.facts.as_of, nw.lit(True))
        )
        return len_of(self.engine, there.join(placed_units, on="unit", how="anti"))

    def _standing(self, query: Query) -> Lazy:
        return standing(self.engine, self.facts, query, self.settings, depths=self._depths(query))

    def _depths(self, query: Query) -> Lazy | None:
        if query.policy != "ordered":
            return None
        base, window = base_place(self.facts, query), self.settings.window_days
        file = self.facts.folder / f"ordered-{base}-{window}.parquet"
        if not file.exists():
            sources, engine = self.sources, self.engine
            labels = stage_labels(engine, sources.events, self.facts.definition)
            everyone = self.facts.units(engine).select("unit", "lead_id")
            ids_of = unit_of(everyone, engine.frame(aliases(engine, sources)))
            rows = placed(engine, coded(engine, sources.events, labels, ids_of, as_of=self.facts.as_of))
            stages = range(base, len(self.facts.definition.stages))
            engine.keep(engine.frame(depths(engine, rows, stages, window_days=window)), file)
        return self.engine.read([file])


def _year_before(day: date) -> date:
    return day.replace(year=day.year - 1, day=28 if (day.month, day.day) == (2, 29) else day.day)

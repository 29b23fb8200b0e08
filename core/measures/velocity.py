"""How long do leads stay in each stage, when and where were they slow, and when do they stop moving on?"""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from core.definition import Definition
from core.engine import Engine, Lazy
from core.errors import QueryInvalid
from core.journeys.reduce import Facts
from core.measures.age_profile import age_profile
from core.measures.cohort import Query
from core.measures.slow_stays import by_month, by_segment
from core.measures.stays import chosen, stays
from core.settings import Settings
from core.stats.intervals import FEW


@dataclass(frozen=True)
class Velocity:
    """`stages` (`stays.STAYS`), `months` (`slow_stays.SLOW`) and `profile` (`age_profile.PROFILE`), all together."""

    query: Query
    definition: Definition
    as_of: int
    stages: pd.DataFrame
    months: pd.DataFrame
    profile: pd.DataFrame

    def row(self, stage: str) -> "pd.Series[Any] | None":
        """What is known of one stage; None where nobody entered it at a known time."""
        rows = self.stages[self.stages["stage"] == stage]
        return None if rows.empty else rows.iloc[0]

    def stage(self, stage: str) -> "pd.Series[Any]":
        """The same of a stage that somebody entered; raises `QueryInvalid` where nobody did."""
        row = self.row(stage)
        if row is None:
            name = self.definition.stages[self.definition.place(stage)].name
            raise QueryInvalid(f"Nobody entered {name} at a known time.", "Choose another stage or a longer period.")
        return row

    def slowest(self) -> str | None:
        """Id of the stage with the longest median, of those with at least 20 behind it, else of any; None without."""
        rows = self.stages[(self.stages["n"] > 0) & (self.stages["stage"] != self.definition.stage_ids[-1])]
        firm = rows[rows["n"] >= FEW]
        rows = rows if firm.empty else firm
        return None if rows.empty else str(rows["stage"].iloc[int(rows["median"].to_numpy(float).argmax())])


@dataclass(frozen=True)
class Split:
    """The same for each value of `query.by`: `stages` (`stays.STAYS`) and `groups` (`slow_stays.SLOW`)."""

    query: Query
    definition: Definition
    stages: pd.DataFrame
    groups: pd.DataFrame


def velocity(engine: Engine, facts: Facts, visits: Lazy, query: Query, settings: Settings) -> Velocity:
    """Time in stage, all together. Of `query` count the period (of a trip's latest visit to the stage) and the filters.

    `visits`: `journeys.visits.VISITS`.
    """
    whole = query.model_copy(update={"by": None})
    rows = chosen(engine, facts, visits, whole, settings)
    return Velocity(
        query=whole,
        definition=facts.definition,
        as_of=facts.as_of,
        stages=stays(engine, facts, rows),
        months=by_month(engine, facts, rows),
        profile=age_profile(engine, facts, rows),
    )


def split(engine: Engine, facts: Facts, visits: Lazy, query: Query, settings: Settings) -> Split:
    """Time in stage for each value of `query.by`."""
    rows = chosen(engine, facts, visits, query, settings)
    return Split(query, facts.definition, stays(engine, facts, rows), by_segment(engine, facts, rows))

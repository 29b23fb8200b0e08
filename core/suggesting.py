"""What history suggests for the definition of one report. Suggestions open a draft; nothing changes by itself."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.measures.cohort import Query
from core.measures.outcomes import Target
from core.measures.suggested_points import Suggestion, suggest_points
from core.measures.suggested_uld import Separated, separated
from core.report import Report

USUAL = ("source", "industry", "country", "employees", "title", "region")
"""Columns that say what a lead is, and that are seldom filled because of what became of it."""
LATER = ("owner", "owner_name", "owner_team", "owner_manager", "status", "merged_into", "deal_id")
"""Columns that say what was done with a lead: no ground for points."""


@dataclass(frozen=True)
class Suggesting:
    """Suggestions from the hand-offs that a query is about; of it the period and the filters hold."""

    report: Report
    query: Query

    def columns(self) -> dict[str, str]:
        """Columns that points can be given for → their name for people, the usual ones first."""
        here = self.report
        useful = [name for name in here.useful_columns(most=500) if name not in LATER]
        # Numbers are taken in classes: however many different ones there are.
        sizes = ["employees"] if "employees" in here.columns() and here.values("employees", most=1) else []
        order = [name for name in USUAL if name in (*useful, *sizes)]
        return {name: here.title(name) for name in dict.fromkeys([*order, *useful, *sizes])}

    def usual(self) -> tuple[str, ...]:
        """Those of the columns that are looked at unasked."""
        return tuple(name for name in self.columns() if name in USUAL)

    def points(self, columns: Sequence[str], target: Target, *, doubling: int) -> Suggestion:
        """Whole points for what a lead is (`measures.suggested_points`)."""
        here = self.report
        return suggest_points(
            here.engine,
            here.facts,
            here.handed(self.query),
            columns,
            target,
            doubling=doubling,
            mature_days=here.settings.mature_days,
            titles=self.columns(),
        )

    def uld(self) -> Separated:
        """Criteria and reasons held against the yes and no of sales (`measures.suggested_uld`)."""
        here = self.report
        return separated(here.engine, here.sources, here.facts, here.facts.definition, here.handed(self.query))

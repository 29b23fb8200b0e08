"""Every question about recorded stages, asked of one report: who put which lead where, against what was agreed."""

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from core.definition import Definition
from core.journeys.audited import Audited, audited
from core.measures.audit import Audit, audit
from core.measures.audit_leads import audited_leads
from core.measures.cohort import Query
from core.report import Report


@dataclass(frozen=True)
class Auditing:
    """The recorded stages that a query is about, held against a definition: the one measured by, or any other.

    Of the query the period, the filters and what is counted hold.
    """

    report: Report
    query: Query
    definition: Definition

    @cached_property
    def _audited(self) -> Audited:
        here = self.report
        return audited(here.engine, here.sources, here.facts, self.definition)

    def found(self) -> Audit:
        """Who put how many leads into which stage, and how many of them against the definition."""
        here = self.report
        return audit(here.engine, here.facts, self._audited, self.definition, self.query, here.settings, here.people())

    def leads(
        self,
        *,
        verdict: str | None = None,
        stage: str | None = None,
        setter: str | None = None,
        part: str | None = None,
        limit: int | None = 1000,
    ) -> pd.DataFrame:
        """The leads behind a number (`measures.audit_leads.AUDITED_LEADS`)."""
        here = self.report
        return audited_leads(
            here.engine, here.facts, self._audited, self.query, here.settings, here.people(), verdict=verdict,
            stage=stage, setter=setter, part=part, limit=limit,
        )  # fmt: skip

"""What the agreement says of the leads of a report: judged by one version or by the one in force, and who flips."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd

from core.agreement.agreement import Agreement
from core.definition import Definition
from core.journeys.in_force import Answers, Term, answers, in_force
from core.journeys.judging import Judgement, judge
from core.measures.cohort import Query
from core.measures.flips import flipped, flips
from core.report import Report


@dataclass(frozen=True)
class Judged:
    """The leads of one report, judged by versions, drafts, or what was in force at each hand-off."""

    report: Report

    def judgement(self, definition: Definition) -> Judgement:
        """Every lead by this definition (`journeys.judging.JUDGED`); kept beside the facts."""
        return judge(self.report.engine, self.report.sources, self.report.facts, definition)

    def by(self, definition: Definition, version: int | None = None) -> Answers:
        """What every lead meets under this definition: a version, or a draft that nobody has proposed."""
        return answers(self.judgement(definition), version)

    def in_force(self, definition_id: str, *, at: datetime) -> Answers:
        """What every lead met under the version in force at its hand-off; `NotYet` while none has been.

        `at` is now: what is signed by then counts.
        """
        timeline = Agreement(self.report.workspace).timeline(definition_id, at=at)
        terms = [
            Term(one.number, one.definition, int(one.starts_at.timestamp()), _second(one.until))
            for one in timeline
            if one.starts_at is not None
        ]
        return in_force(self.report.engine, self.report.sources, self.report.facts, terms)

    def flips(self, before: Answers, after: Answers, query: Query, *, handed: bool = False) -> pd.DataFrame:
        """How many leads answered so before and so after (`measures.flips.FLIPS`)."""
        here = self.report
        return flips(here.engine, here.facts, before, after, query, here.settings, handed=handed)

    def flipped(self, before: Answers, after: Answers, query: Query, **which: Any) -> pd.DataFrame:
        """The leads behind a cell (`measures.flips.flipped`)."""
        here = self.report
        return flipped(here.engine, here.facts, before, after, query, here.settings, **which)


def _second(instant: datetime | None) -> int | None:
    return None if instant is None else int(instant.timestamp())

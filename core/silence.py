"""Every question about the black hole, asked of one report: what became of the hand-offs, and what can be done."""

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from core.engine import Lazy
from core.export import csv_bytes
from core.measures.answering import Delay, delay
from core.measures.at_stake import at_stake, currencies, expected
from core.measures.black_hole import BlackHole, black_hole, standing, touches_known
from core.measures.buckets import SILENT
from core.measures.cohort import Query
from core.measures.dispositions import bought
from core.measures.habits import Habits, habits
from core.measures.handed import OWN
from core.measures.holding import GROUPS, grouped
from core.measures.silent_leads import TO_FILL, id_heading, owners, silent_leads
from core.measures.trail import trail
from core.report import Report
from core.words import amount

TITLES = {
    "owner_now": "Owner now",
    "rep": "Rep who got it",
    "team": "Team that got it",
    "manager": "Manager",
    "holder": "Who has it now",
    "age": "Time since the hand-off",
}
"""Groups of hand-offs for people. The rep is who got the lead, whoever has it today."""

_OF_TODAYS_OWNER = ("owner", "owner_name", "owner_team", "owner_manager")
"""Columns of the lead that the groups above say better."""

HEADINGS = {
    "owner": "Owner",
    "first_name": "First name",
    "last_name": "Last name",
    "company": "Company",
    "phone": "Phone",
    "email": "Email",
    "source": "Source",
    "stage": "Last stage",
    "handed_at": "Handed over on",
    "attempts": "Attempts",
    "last_touch_at": "Last touch",
}
FILLED = {"verdict": "Verdict (yes/no)", "reason": "Reason", "next_step": "Next step"}
"""Headings of the columns that the owner fills."""


@dataclass(frozen=True)
class Silence:
    """The black hole of the hand-offs that a query is about. `base`, `policy` and `mature_days` of it do not matter."""

    report: Report
    query: Query

    @cached_property
    def _rows(self) -> Lazy:
        here = self.report
        return grouped(here.engine, here.facts, here.timed(), self.query, here.settings)

    @cached_property
    def _standing(self) -> Lazy:
        return standing(self._rows, self.report.facts.definition, self.query)

    def counts(self) -> BlackHole:
        """What became of every hand-off, per segment."""
        facts = self.report.facts
        return black_hole(self.report.engine, self._rows, facts.definition, self.query, as_of=facts.as_of)

    def touches_known(self) -> bool:
        """Is any call, mail or meeting of a handed-over lead on record?"""
        return touches_known(self.report.engine, self.report.timed())

    @cached_property
    def values(self) -> pd.DataFrame:
        """What a lead of a source is worth at a stage (`at_stake.EXPECTED`)."""
        return expected(self.report.engine, self.report.facts)

    def currencies(self) -> tuple[str | None, ...]:
        """The currencies of the columns `value_0`, `value_1`, … in a list of leads."""
        return currencies(self.values)

    def at_stake(self) -> pd.DataFrame:
        """Expected value of the black hole, per segment and currency (`at_stake.AT_STAKE`)."""
        return at_stake(self.report.engine, self.report.facts, self._standing, self.values)

    def delay(self) -> Delay:
        """How long sales took to record anything."""
        return delay(self.report.engine, self._standing, self.report.facts.definition.silence)

    def trail(self) -> pd.DataFrame:
        """Every won deal of these data, by whether its trail is unbroken: no filter applies (`trail.TRAIL`)."""
        return trail(self.report.engine, self.report.facts, self.report.timed())

    def bought(self) -> pd.DataFrame:
        """What a disposition buys (`dispositions.BOUGHT`)."""
        return bought(self.report.engine, self._standing, self.report.facts.definition)

    def habits(self) -> Habits:
        """What the reps with the best results do differently."""
        days, as_of = self.report.settings.mature_days, self.report.facts.as_of
        return habits(self.report.engine, self._standing, as_of=as_of, mature_days=days)

    def leads(
        self, buckets: tuple[str, ...] = SILENT, *, segment: str | None = None, limit: int | None = 1000
    ) -> pd.DataFrame:
        """The leads behind a number (`silent_leads.SILENT_LEADS`)."""
        here = self.report
        return silent_leads(
            here.engine, here.facts, self._standing, self.values, buckets=buckets, segment=segment, limit=limit
        )

    def owners(self) -> pd.DataFrame:
        """Who has leads in the black hole that can still be worked."""
        return owners(self.report.engine, self._standing)

    def to_work(self, owner: str | None, *, running: bool = False, limit: int | None = 1000) -> pd.DataFrame:
        """An owner's leads in the black hole (`running`: and those in their clock), the dearest and oldest first."""
        here = self.report
        return silent_leads(
            here.engine,
            here.facts,
            self._standing,
            self.values,
            buckets=(*SILENT, "in_clock") if running else SILENT,
            owner=owner,
            open_only=True,
            limit=limit,
        )

    def to_import(self, listed: pd.DataFrame) -> bytes:
        """A working list as a file that the CRM takes back: the id under its own heading, and columns to fill."""
        shown = listed.assign(**dict.fromkeys(TO_FILL, ""))
        money = {}
        for place, code in enumerate(self.currencies()):
            name = f"value_{place}"
            shown[name] = [None if pd.isna(value) else amount(float(value), code) for value in listed[name]]
            money[name] = f"Expected value {code or '(currency not stated)'}"
        heading = id_heading(listed["lead_id"], self._imported_as())
        return csv_bytes(
            shown,
            headings={"lead_id": heading, **HEADINGS, **money, **FILLED},
            instants=("handed_at", "last_touch_at"),
            zone=self.report.settings.tz,
        )

    def _imported_as(self) -> str | None:
        """The heading under which the newest export of leads has their ids."""
        for batch in reversed(self.report.workspace.live_batches()):
            if batch.shape == "leads" and batch.id in self.report.facts.live:
                for heading, target in batch.mapping.get("columns", {}).items():
                    if target == "lead_id":
                        return str(heading)
        return None


def groups(report: Report) -> dict[str, str]:
    """What hand-offs can be grouped by, with its name for people: groups of the hand-off first, then of the lead."""
    lead = {
        name: title[:1].upper() + title[1:]
        for name in report.useful_columns()
        if name not in _OF_TODAYS_OWNER and (title := report.title(name))
    }
    return {**TITLES, **{name: title for name, title in lead.items() if name not in TITLES}}


__all__ = ["FILLED", "GROUPS", "HEADINGS", "OWN", "TITLES", "Silence", "groups"]

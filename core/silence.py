"""Every question about the black hole, asked of one report: what became of the hand-offs, and what can be done."""

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from core.engine import Lazy
from core.measures.answering import Delay, delay
from core.measures.at_stake import at_stake, currencies, expected
from core.measures.black_hole import BlackHole, answers_known, black_hole, told_of, touches_known
from core.measures.buckets import SILENT, bucketed
from core.measures.cohort import Query
from core.measures.dispositions import bought
from core.measures.habits import Habits, habits
from core.measures.handed import OWN
from core.measures.holding import GROUPS, by_groups, grouped
from core.measures.silent_leads import owners, silent_leads
from core.measures.trail import trail
from core.measures.turned_down import turned_down
from core.once_per_thread import OncePerThread
from core.report import Report
from core.stats.intervals import FEW, Rate

TITLES = {
    "owner_now": "Owner now",
    "rep": "Rep who got it",
    "team": "Team that got it",
    "manager": "Manager",
    "holder": "Who has it now",
    "age": "Time since the hand-off",
    "value": "Expected value when handed over",
}
"""Groups of hand-offs for people. The rep is who got the lead, whoever has it today."""

_OF_TODAYS_OWNER = ("owner", "owner_name", "owner_team", "owner_manager")
"""Columns of the lead that the groups above say better."""

SOUGHT = ("team", "rep", "source")
"""Groups in which a black hole is looked for unasked. One that stands out in two of them is one story."""

NOBODY = ("queue", "machine", "person who has left")
"""Holders who answer no lead."""

TOLD_FROM = 0.01
"""A black hole of a smaller share of all hand-offs, with no group standing out, is nothing to look at first."""


@dataclass(frozen=True)
class Finding:
    """A group with more of its hand-offs in the black hole than the others and chance explain; `column` is empty, and
    there are no `others`, where the black hole as a whole is meant. `never` of them were never touched."""

    column: str
    segment: str
    rate: Rate
    others: Rate | None
    never: int

    @property
    def leads(self) -> float:
        """How many are beyond the others' rate."""
        return self.rate.hits - (self.rate.n * self.others.value if self.others is not None and self.others.n else 0.0)


@dataclass(frozen=True)
class Silence:
    """The black hole of the hand-offs that a query is about. `base`, `policy` and `mature_days` of it do not matter."""

    report: Report
    query: Query

    @OncePerThread
    def _rows(self) -> Lazy:
        """The hand-offs that count, each with what became of it."""
        here = self.report
        rows = grouped(here.engine, here.facts, here.timed(), self.query, here.settings)
        return bucketed(rows, here.facts.definition)

    def counts(self) -> BlackHole:
        """What became of every hand-off, per segment."""
        here, facts = self.report, self.report.facts
        known = answers_known(here.engine, here.timed())
        return black_hole(here.engine, self._rows, facts.definition, self.query, as_of=facts.as_of, answers=known)

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
        return at_stake(self.report.engine, self.report.facts, self._rows, self.values)

    def delay(self) -> Delay:
        """How long sales took to record anything."""
        return delay(self.report.engine, self._rows, self.report.facts.definition.silence)

    def trail(self) -> pd.DataFrame:
        """Every won deal of these data, by whether its trail is unbroken: no filter applies (`trail.TRAIL`)."""
        return trail(self.report.engine, self.report.facts, self.report.timed())

    def bought(self) -> pd.DataFrame:
        """What a disposition buys (`dispositions.BOUGHT`)."""
        return bought(self.report.engine, self._rows, self.report.facts.definition)

    def turned_down(self) -> pd.DataFrame:
        """Work on leads that sales turned down, by source (`turned_down.TURNED_DOWN`)."""
        return turned_down(self.report.engine, self.report.facts, self._rows)

    def habits(self) -> Habits:
        """What the reps with the best results do differently."""
        days, as_of = self.report.settings.mature_days, self.report.facts.as_of
        return habits(self.report.engine, self._rows, as_of=as_of, mature_days=days)

    def leads(
        self, buckets: tuple[str, ...] = SILENT, *, segment: str | None = None, limit: int | None = 1000
    ) -> pd.DataFrame:
        """The leads behind a number (`silent_leads.SILENT_LEADS`)."""
        here = self.report
        return silent_leads(
            here.engine, here.facts, self._rows, self.values, buckets=buckets, segment=segment, limit=limit
        )

    def owners(self) -> pd.DataFrame:
        """Who has leads in the black hole that can still be worked (`silent_leads.OWNERS`)."""
        return owners(self.report.engine, self._rows)

    def to_work(self, owner: str | None, *, running: bool = False, limit: int | None = 1000) -> pd.DataFrame:
        """An owner's leads in the black hole (`running`: and those in their clock), the dearest and oldest first."""
        here = self.report
        return silent_leads(
            here.engine,
            here.facts,
            self._rows,
            self.values,
            buckets=(*SILENT, "in_clock") if running else SILENT,
            owner=owner,
            open_only=True,
            limit=limit,
        )

    def findings(self) -> tuple[Finding, ...]:
        """What to say of the black hole unasked: the group that stands out most, and who holds leads that nobody works.

        Where no group stands out the whole is said, if it is large enough to be. Nothing is said where these data
        cannot tell (`BlackHole.told`).
        """
        # Counted once, by all groups together: every one of them is a sum over some of these rows.
        together = by_groups(self.report.engine, self.report.facts, self._rows)
        known = answers_known(self.report.engine, self.report.timed())
        whole = self._split(together.assign(segment=""), None, answers=known)
        if not whole.told or not whole.size():
            return ()
        found = [one for name in SOUGHT for one in self._standing_out(together, name)]
        chosen = sorted(found, key=lambda one: -one.leads)[:1]
        if not chosen and whole.size() >= FEW and whole.share().value >= TOLD_FROM:
            chosen = [Finding("", "", whole.rate(), None, whole.total()["never_touched"])]
        return (*chosen, *(one for one in self._standing_out(together, "holder") if one.segment in NOBODY))

    def _split(self, together: pd.DataFrame, by: str | None, *, answers: bool = True) -> BlackHole:
        facts, query = self.report.facts, self.query.model_copy(update={"by": by})
        counted = together.groupby("segment", as_index=False).sum(numeric_only=True)
        return told_of(counted, facts.definition, query, as_of=facts.as_of, answers=answers)

    def _standing_out(self, together: pd.DataFrame, column: str) -> list[Finding]:
        split = self._split(together.rename(columns={column: "segment"}), column)
        size, due = split.size(), split.total()["due"]
        return [
            Finding(
                column,
                segment,
                split.rate(segment),
                Rate(size - split.size(segment), due - split.total(segment)["due"]),
                split.total(segment)["never_touched"],
            )
            for segment in split.outstanding()
        ]


def groups(report: Report) -> dict[str, str]:
    """What hand-offs can be grouped by, with its name for people: groups of the hand-off first, then of the lead."""
    lead = {
        name: title[:1].upper() + title[1:]
        for name in report.useful_columns()
        if name not in _OF_TODAYS_OWNER and (title := report.title(name))
    }
    return {**TITLES, **{name: title for name, title in lead.items() if name not in TITLES}}


__all__ = ["GROUPS", "NOBODY", "OWN", "SOUGHT", "TITLES", "Finding", "Silence", "groups"]

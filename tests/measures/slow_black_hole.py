"""What became of each hand-off, told a second time: slowly, one lead after the other, in plain Python.

What followed a hand-off is taken from `slow_handoffs`, working time from the minutes of a clock on the wall. Nothing is
shared with `core.measures` but the agreed definition.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from core.definition import Clock
from tests.journeys.slow_handoffs import HandOff, People
from tests.worktime.oracle import Oracle

NOT_STATED = "(not stated)"
Group = tuple[str, str]


@dataclass(frozen=True)
class Fate:
    """One hand-off: whose it was, when, and what became of it."""

    lead: str
    number: int
    at: int | None
    became: str
    due: bool
    groups: Mapping[str, str]


def fates(
    found: Mapping[str, Mapping[int, HandOff]],
    people: People,
    sources: Mapping[str, str | None],
    clock: Clock | None,
    oracle: Oracle,
    *,
    as_of: int,
) -> list[Fate]:
    """Every hand-off with what became of it; `sources`: lead → its source."""
    out = []
    for lead, passes in found.items():
        for number, hand_off in passes.items():
            said = hand_off.said
            at = said["handed_at"]
            assert at is None or isinstance(at, int)
            waited = None if clock is None or at is None else Waited(at, clock, oracle)
            became = _became(said, waited, as_of)
            answered = became in ("yes", "no", "bypassed", "disposed")
            silent = became in ("never_touched", "touched_silent")
            due = waited is not None and waited.too_long(as_of) and (answered or silent)
            groups = {"source": sources.get(lead) or NOT_STATED, **_groups(said, people)}
            out.append(Fate(lead, number, at, became, due, groups))
    return out


@dataclass(frozen=True)
class Waited:
    """A clock that began at a hand-off."""

    at: int
    clock: Clock
    oracle: Oracle

    def too_long(self, until: object) -> bool:
        """Have limit and grace passed by then?"""
        assert isinstance(until, int)
        later = max(until, self.at)
        spent = later - self.at if self.clock.time == "elapsed" else self.oracle.seconds(self.at, later)
        return spent > 60 * (self.clock.limit_minutes + self.clock.grace_minutes)


def _became(said: Mapping[str, object], waited: Waited | None, as_of: int) -> str:
    if said["verdict"] is not None:
        return str(said["verdict"])
    if said["bypassed"]:
        return "bypassed"
    if said["disposed_at"] is not None:
        return "disposed"
    if said["handed_at"] is None:
        return "undated"
    ended = said["next_at"] is not None
    if waited is None:
        return "withdrawn" if ended or said["left_at"] is not None else "in_clock"
    if said["left_at"] is not None and not waited.too_long(said["left_at"]):
        return "withdrawn"
    if not waited.too_long(said["next_at"] if ended else as_of):
        return "withdrawn" if ended else "in_clock"
    return "touched_silent" if said["attempts"] else "never_touched"


def _groups(said: Mapping[str, object], people: People) -> dict[str, str]:
    def row(of: object) -> Mapping[str, str | None]:
        return people.row.get(str(of), {}) if of is not None else {}

    rep, now = said["rep"], said["owner_now"]
    kind = people.kind(str(now)) if now is not None else None
    holder = {None: "not known", "queue": "queue", "machine": "machine", "person": "active person"}[kind]
    if kind == "person" and row(now).get("active") == "no":
        holder = "person who has left"
    return {
        "team": row(rep).get("team") or NOT_STATED,
        "rep": row(rep).get("name") or NOT_STATED,
        "holder": holder,
    }


def counted(
    told: Iterable[Fate],
    *,
    by: str | None,
    where: Iterable[Group],
    counting: str,
    start: date | None,
    end: date | None,
) -> dict[str, Counter[str]]:
    """Segment → how often each fate, `handed` and `due`: the last hand-off of each lead in the period, then filters."""
    chosen = [fate for fate in told if _inside(fate.at, start, end)]
    if counting == "leads":
        last = {fate.lead: fate.number for fate in sorted(chosen, key=lambda fate: fate.number)}
        chosen = [fate for fate in chosen if last[fate.lead] == fate.number]
    wanted: dict[str, set[str]] = {}
    for column, value in where:
        wanted.setdefault(column, set()).add(value)
    out: dict[str, Counter[str]] = {}
    for fate in chosen:
        if all(fate.groups[column] in values for column, values in wanted.items()):
            cell = out.setdefault(fate.groups[by] if by else "", Counter())
            cell.update([fate.became, "handed", *(["due"] if fate.due else [])])
    return out


def _inside(at: int | None, start: date | None, end: date | None) -> bool:
    if start is None and end is None:
        return True
    if at is None:
        return False
    day = datetime.fromtimestamp(at, UTC).date()
    return (start is None or day >= start) and (end is None or day <= end)

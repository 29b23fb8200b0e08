"""The rules of the reduction and the funnel read a second time: slowly, one lead after the other, in plain Python.

It shares nothing with `core.journeys` and `core.measures` but the agreed definition: no frames, no expressions. Where
the two differ on the same rows, one of them has misread the rules.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from core.definition import Definition

DAY = 86_400
FIRST_EXIT = 100
MISSING_DATE = float("inf")
SEGMENT_UNKNOWN = "(not stated)"
EXITS = ("rejected", "recycled", "disqualified", "lost")


class Event(NamedTuple):
    """A row of the events table: what was said of whom, when, and how it was written down."""

    event_id: str
    lead_id: str
    happened_at: int | None
    day: int | None
    precision: str
    name: str
    shape: str
    reason: str | None
    batch: int


class Row(NamedTuple):
    """An event in its place: sorts by time, then by code, then by id."""

    at: float
    code: int
    event_id: str
    event: Event

    @property
    def dated(self) -> bool:
        return self.at != MISSING_DATE

    @property
    def is_stage(self) -> bool:
        return self.code < FIRST_EXIT


@dataclass
class Pass:
    """One trip of one lead through the funnel."""

    number: int
    rows: list[Row] = field(default_factory=list)
    n_passes: int = 0
    furthest: int = 0
    end: str = "waiting"
    end_observed: str = "waiting"
    reason: str | None = None
    reason_observed: str | None = None
    ended_at: int | None = None
    observed: frozenset[int] = frozenset()
    top: int = -1
    current: int = 0
    tied: bool = False
    reversed: bool = False
    no_then_on: bool = False
    firsts: dict[int, int] = field(default_factory=dict)

    def known(self, place: int) -> int | None:
        """When the stage was known to be entered: its own date, else the earliest of a later stage that proves it."""
        if place in self.firsts:
            return self.firsts[place]
        return min((when for later, when in self.firsts.items() if later > place), default=None)


def folded(label: str) -> str:
    return "".join(letter for letter in label.casefold() if letter.isalnum())


def codes(definition: Definition) -> dict[str, int]:
    """What each word stands for: the place of a stage, or 100 and more for a way out."""
    words = {}
    for place, stage in enumerate(definition.stages):
        words.update({folded(word): place for word in (stage.id, stage.name, *stage.synonyms)})
    for place, way in enumerate(definition.exits):
        words.update({folded(word): FIRST_EXIT + place for word in (way.id, way.name, *way.synonyms)})
    return words


def agreed_reason(definition: Definition, said: str | None) -> str | None:
    for reason in definition.reasons:
        if said is not None and folded(said) in {folded(word) for word in (reason.id, reason.name, *reason.synonyms)}:
            return reason.name
    return said


def counted_under(leads: Iterable[Mapping[str, object]], deals: Iterable[Mapping[str, object]]) -> Callable[[str], str]:
    """The id that an id is counted under: the survivor of a merge, the lead of a deal, else itself."""
    targets: dict[str, set[str]] = defaultdict(set)
    for lead in leads:
        if lead.get("merged_into") is not None:
            targets[str(lead["lead_id"])].add(str(lead["merged_into"]))
        if lead.get("deal_id") is not None:
            targets[f"deal:{lead['deal_id']}"].add(str(lead["lead_id"]))
    for deal in deals:
        if deal.get("lead_id") is not None:
            targets[f"deal:{deal['deal_id']}"].add(str(deal["lead_id"]))

    def under(of: str) -> str:
        seen, here = {of}, of
        while here in targets:
            here = min(targets[here])
            if here in seen:
                return of
            seen.add(here)
        return here

    return under


def read(
    events: Iterable[Event],
    definition: Definition,
    *,
    as_of: int,
    zone: str = "UTC",
    leads: Sequence[Mapping[str, object]] = (),
    deals: Sequence[Mapping[str, object]] = (),
    unknown_yet: Collection[int] = (),
) -> dict[str, list[Pass]]:
    """Lead → its passes. Leads of which no stage is known have no entry."""
    under = counted_under(leads, deals)
    merged = {str(lead["lead_id"]) for lead in leads if under(str(lead["lead_id"])) != lead["lead_id"]}
    by_lead: dict[str, list[Event]] = defaultdict(list)
    for event in events:
        by_lead[under(event.lead_id)].append(event)
    found = {}
    for lead, of_lead in by_lead.items():
        rows = in_order(of_lead, definition, as_of=as_of, zone=zone, merged=merged, unknown_yet=unknown_yet)
        if rows:
            found[lead] = judged(split(rows, definition), definition, as_of=as_of)
    return found


def in_order(
    events: Iterable[Event],
    definition: Definition,
    *,
    as_of: int,
    zone: str,
    merged: Collection[str],
    unknown_yet: Collection[int],
) -> list[Row]:
    """The lead's stage events in the order in which they happened."""
    words = codes(definition)
    named = [(words[folded(event.name)], event) for event in events if folded(event.name) in words]
    dated = [(code, e) for code, e in named if e.happened_at is not None and e.happened_at <= as_of]
    by_day = {e.day for _, e in dated if e.precision == "day"}
    rows = []
    for code, event in dated:
        assert event.day is not None
        assert event.happened_at is not None
        at = first_second(event.day, zone) if event.day in by_day else event.happened_at
        rows.append(Row(at, code, event.event_id, event))
    said = [
        (code, e)
        for code, e in named
        if e.happened_at is None and e.lead_id not in merged and e.batch not in unknown_yet
    ]
    newest: dict[str, int] = {}
    for _, event in said:
        newest[event.lead_id] = max(event.batch, newest.get(event.lead_id, event.batch))
    entered = {code for code, _ in dated}
    for code, event in said:
        if event.batch == newest[event.lead_id] and code not in entered:
            rows.append(Row(MISSING_DATE, code, event.event_id, event))
    return sorted(rows, key=lambda row: row[:3])


def first_second(day: int, zone: str) -> int:
    return int(datetime.combine(date(1970, 1, 1) + timedelta(days=day), time(), tzinfo=ZoneInfo(zone)).timestamp())


def split(rows: Sequence[Row], definition: Definition) -> list[Pass]:
    """The rows by trip, each trip marked where two of its entries share an instant."""
    trips = [Pass(0)]
    before: Row | None = None
    for row in rows:
        if before is not None and begins(before, row, definition):
            trips.append(Pass(len(trips)))
        if before is not None and row.dated and _same_moment(before, row) and before.code != row.code:
            trips[-1].tied = True
        trips[-1].rows.append(row)
        before = row
    return trips


def _same_moment(before: Row, row: Row) -> bool:
    """At one instant, or on one day where both are known by the day alone."""
    one, other = before.event, row.event
    return (one.happened_at, one.precision) == (other.happened_at, other.precision)


def begins(before: Row, row: Row, definition: Definition) -> bool:
    if not row.is_stage or not row.dated:
        return False
    if not before.is_stage:
        if definition.exits[before.code - FIRST_EXIT].kind == "rejected":
            return row.code <= definition.hand_off
        return True
    sides = definition.stages[before.code].side, definition.stages[row.code].side
    return sides == ("sales", "marketing") and row.event.shape == "log"


def judged(trips: list[Pass], definition: Definition, *, as_of: int) -> list[Pass]:
    """The trips, with how far each came and how it ended."""
    for trip, after in zip(trips, [*trips[1:], None], strict=True):
        trip.n_passes = len(trips)
        _judge(trip, after, definition, as_of=as_of)
    return trips


def _judge(trip: Pass, after: Pass | None, definition: Definition, *, as_of: int) -> None:
    dated = [row for row in trip.rows if row.is_stage and row.dated]
    for row in dated:
        assert row.event.happened_at is not None
        trip.firsts[row.code] = min(row.event.happened_at, trip.firsts.get(row.code, row.event.happened_at))
    trip.observed = frozenset(row.code for row in dated)
    trip.top = max(trip.observed, default=-1)
    baseline = max((row.code for row in trip.rows if row.is_stage and not row.dated), default=-1)
    seen = 0 if not dated else trip.top if dated[-1].event.shape == "date" else dated[-1].code
    trip.current = baseline if baseline > trip.top else seen
    first_at = {code: min(row.at for row in dated if row.code == code) for code in trip.observed}
    trip.reversed = any(first_at[late] < first_at[early] for late in first_at for early in first_at if early < late)
    kinds = [None if row.is_stage else definition.exits[row.code - FIRST_EXIT].kind for row in trip.rows]
    last_dated = max((i for i, row in enumerate(trip.rows) if row.is_stage and row.dated), default=-1)
    trip.no_then_on = any(kind == "rejected" and i < last_dated for i, kind in enumerate(kinds))
    last_exit = max((i for i, kind in enumerate(kinds) if kind is not None), default=-1)
    ending = trip.rows[last_exit] if last_exit > last_dated else None
    leaves = None
    if ending is not None:
        named = definition.exits[ending.code - FIRST_EXIT].leaves
        leaves = None if named is None else definition.place(named)
    trip.furthest = max(trip.top, baseline, 0 if leaves is None else leaves, 0)

    def end(place: int) -> tuple[str, str | None]:
        if ending is not None and (leaves is None or leaves >= place):
            reason = agreed_reason(definition, ending.event.reason)
            return definition.exits[ending.code - FIRST_EXIT].kind, reason
        if trip.number + 1 < trip.n_passes and trip.furthest < definition.won:
            return "recycled", "not recorded"
        return ("stalled" if _past_due(trip, dated, place, definition, as_of) else "waiting"), None

    trip.end, trip.reason = end(trip.furthest)
    trip.end_observed, trip.reason_observed = end(trip.top)
    if ending is not None and (leaves is None or leaves >= trip.top):
        dates = [row.event.happened_at for row in trip.rows if not row.is_stage]
        trip.ended_at = max(when for when in dates if when is not None) if ending.dated else None
    elif trip.end_observed == "recycled" and after is not None:
        trip.ended_at = min(then.event.happened_at or 0 for then in after.rows if then.is_stage and then.dated)


def _past_due(trip: Pass, dated: Sequence[Row], place: int, definition: Definition, as_of: int) -> bool:
    entries = [row.event.happened_at for row in dated if row.code == place]
    limit = definition.stages[place].clock_days
    if not entries or limit is None:
        return False
    # Where the lead is at that stage now, its last entry counts; where it has gone back from there, its first.
    back = dated[-1].event.shape == "date" and dated[-1].code != trip.top
    since = entries[-1] if trip.current == place and not back else trip.firsts[place]
    assert since is not None
    return since + limit * DAY < as_of


@dataclass
class Counted:
    """The funnel by direct counting: (segment, stage id) → column → number; and the reasons."""

    cells: dict[tuple[str, str], Counter[str]]
    reasons: Counter[tuple[str, str, str, str | None]]


class Stand(NamedTuple):
    """A pass that a lead stands with at one stage."""

    segment: str
    place: int
    trip: Pass
    outcome: str
    reason: str | None
    entered_at: int | None
    dated: bool
    skipped: bool


def counted(
    people: Mapping[str, Sequence[Pass]],
    definition: Definition,
    *,
    policy: str = "furthest",
    counting: str = "leads",
    base: int = 0,
    start: date | None = None,
    end: date | None = None,
    zone: str = "UTC",
    segment: Mapping[str, str | None] | None = None,
    mature_days: int = 90,
    as_of: int = 0,
) -> Counted:
    """Every lead put, at every stage, into the one box that it belongs to."""
    cells: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    reasons: Counter[tuple[str, str, str, str | None]] = Counter()
    for lead, trips in people.items():
        where = "" if segment is None else (segment.get(lead) or SEGMENT_UNKNOWN)
        for stand in stands(trips, definition, policy, counting, base, start, end, zone, where):
            stage = definition.stages[stand.place].id
            cell = cells[where, stage]
            cell["entered"] += 1
            cell[stand.outcome] += 1
            cell["inferred"] += not stand.dated
            cell["skipped"] += stand.skipped
            cell["again"] += stand.trip.number > 0
            if stand.entered_at is not None and stand.entered_at <= as_of - mature_days * DAY:
                cell["matured"] += 1
                cell["matured_advanced"] += stand.outcome == "advanced"
            if stand.outcome in EXITS:
                reasons[where, stage, stand.outcome, stand.reason] += 1
    return Counted(dict(cells), reasons)


def stands(
    trips: Sequence[Pass],
    definition: Definition,
    policy: str,
    counting: str,
    base: int,
    start: date | None,
    end: date | None,
    zone: str,
    segment: str,
) -> list[Stand]:
    """Where one lead stands: one box per stage that it counts for (per pass and stage where passes are counted)."""

    def entered(trip: Pass, place: int) -> bool:
        return place in trip.observed if policy == "observed" else place <= trip.furthest

    def entry(trip: Pass, place: int) -> int | None:
        return trip.firsts.get(place) if policy == "observed" else trip.known(place)

    def in_period(when: int | None) -> bool:
        if start is None and end is None:
            return True
        if when is None:
            return False
        day = datetime.fromtimestamp(when, ZoneInfo(zone)).date()
        return (start is None or day >= start) and (end is None or day <= end)

    into = [trip for trip in trips if entered(trip, base)]
    if counting == "passes":
        into = [trip for trip in into if in_period(entry(trip, base))]
    else:
        first = min((when for trip in into if (when := entry(trip, base)) is not None), default=None)
        into = list(trips) if into and in_period(first) else []
    out = []
    if policy == "current":
        last = trips[-1]
        if any(trip is last for trip in into) and last.end in ("waiting", "stalled") and last.current >= base:
            place = last.current
            out.append(Stand(segment, place, last, last.end, None, last.known(place), True, False))
        return out
    for place in range(base, len(definition.stages)):
        here = [trip for trip in into if entered(trip, place)]
        for trip in here if counting == "passes" else here[-1:]:
            top = trip.top if policy == "observed" else trip.furthest
            outcome, reason = ("advanced", None)
            if top == place:
                outcome = trip.end_observed if policy == "observed" else trip.end
                reason = trip.reason_observed if policy == "observed" else trip.reason
            skipped = top > place + 1 and place + 1 not in trip.observed
            out.append(
                Stand(segment, place, trip, outcome, reason, entry(trip, place), place in trip.observed, skipped)
            )
    return out

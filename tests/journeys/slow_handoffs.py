"""What followed a hand-off, read a second time: slowly, one lead after the other, in plain Python.

It shares nothing with `core.journeys` but the agreed definition and its `reached`, and takes the passes from
`slow_twin`. Where the two differ on the same rows, one of them has misread the rules.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from core.definition import Definition, reached
from tests.journeys import slow_twin
from tests.journeys.slow_twin import FIRST_EXIT, Pass, Row, agreed_reason, folded

MACHINE_WORDS = ("integration", "automated", "automation", "api", "system", "bot", "robot", "workflow", "machine")
OWNER_FIELDS = ("owner", "ownerid", "leadowner")
OPTED_OUT = ("hasoptedoutofemail", "optedout", "donotcall")
EPOCH = date(1970, 1, 1)


class Happening(NamedTuple):
    """A row of the events table with everything that a hand-off asks of it."""

    event_id: str
    lead_id: str
    happened_at: int | None
    day: int | None
    precision: str
    name: str
    shape: str
    reason: str | None
    batch: int
    kind: str = "stage"
    actor: str | None = None
    detail: str | None = None
    before: str | None = None


class Moment(NamedTuple):
    """An instant, or a day of which only the first second is written down. Of equals the day comes first."""

    at: int
    instant: bool
    day: int

    def before(self, other: Moment) -> bool:
        """By day, where one of the two is known by the day alone."""
        return self.at < other.at if self.instant and other.instant else self.day < other.day


class People:
    """Who somebody is, by id or by name."""

    def __init__(self, rows: Iterable[Mapping[str, str | None]], definition: Definition) -> None:
        self.rows = list(rows)
        names = Counter(row["name"] for row in self.rows)
        self.ids: dict[str, str] = {}
        self.row: dict[str, Mapping[str, str | None]] = {}
        for row in self.rows:
            if row["name"] is not None and names[row["name"]] == 1:
                self.ids[row["name"]] = str(row["person_id"])
        for row in self.rows:
            self.ids[str(row["person_id"])] = str(row["person_id"])
            self.row[str(row["person_id"])] = row
        self.machines = {folded(text) for text in definition.machines}

    def named(self, said: str | None) -> str | None:
        return None if said is None else self.ids.get(said, said)

    def kind(self, said: str | None) -> str | None:
        if said is None:
            return None
        row = self.row.get(self.ids.get(said, said), {})
        names = {folded(text) for text in (said, row.get("person_id"), row.get("name")) if text}
        type_ = folded(row.get("x:user type") or "")
        if names & self.machines or any(word in type_ for word in MACHINE_WORDS):
            return "machine"
        return "queue" if any("queue" in text for text in (*names, type_)) else "person"

    def marketing(self, said: str | None) -> bool:
        row = self.row.get(self.ids.get(said, said), {}) if said is not None else {}
        return "marketing" in (folded(row.get("side") or ""), *folded(row.get("team") or "").partition("marketing"))

    def sells(self, said: str | None) -> bool:
        return said is not None and self.kind(said) == "person" and not self.marketing(said)

    def machine(self, said: str | None) -> bool:
        return said is not None and self.kind(said) == "machine"

    def ours(self, said: str | None) -> bool:
        """Somebody of sales, or nobody named: no machine and not marketing."""
        return not self.machine(said) and not self.marketing(said)


@dataclass
class Spell:
    """A time in which one owner had the lead."""

    owner: str | None
    start: Moment
    end: Moment | None = None
    firsts: dict[str, Moment | None] = field(default_factory=dict)
    n: int = 0
    settled: bool = False


@dataclass
class HandOff:
    """What followed one hand-off."""

    said: dict[str, object]
    by: dict[str, frozenset[str | None]]
    """Columns that name who did it, where several did at one instant: any of them may be named."""
    spells: list[Spell]
    moments: dict[str, Moment | None]
    """When it was handed over, when its window closed, and the first of everything."""


@dataclass
class Story:
    """One lead: its passes and everything else recorded of it."""

    trips: list[Pass]
    touches: list[Happening]
    owners: list[Happening]
    changes: list[Happening]
    optings: list[Happening]
    owner: str | None
    created: Moment | None
    people: People
    definition: Definition

    @property
    def h(self) -> int:
        return self.definition.hand_off

    def actor(self, row: Row) -> str | None:
        event = row.event
        assert isinstance(event, Happening)
        return event.actor

    def marks(self) -> list[Row | None]:
        """Of each pass the row that put the lead before sales."""
        return [next((row for row in trip.rows if row.code == self.h and row.dated), None) for trip in self.trips]

    def handed(self) -> list[Moment | None]:
        """When each pass was handed over."""
        entries = [None if row is None else moment(row.event) for row in self.marks()]
        if self.definition.hands_over_by == "stage":
            return entries
        out: list[Moment | None] = []
        for number, entry in enumerate(entries):
            after = following(entries, number)
            taken = [
                moment(change)
                for change in self.owners
                if entry is not None
                and self.people.sells(change.detail)
                and not moment(change).before(entry)
                and (after is None or moment(change).before(after))
            ]
            out.append(min(taken, default=entry))
        return out

    def tell(self) -> dict[int, HandOff]:
        """Every pass that came to the hand-off."""
        handed, marks = self.handed(), self.marks()
        first = next((number for number, when in enumerate(handed) if when is not None), None)
        return {
            trip.number: self._one(trip, marks[trip.number], handed, first == trip.number)
            for trip in self.trips
            if trip.furthest >= self.h
        }

    def _one(self, trip: Pass, mark: Row | None, handed: Sequence[Moment | None], first: bool) -> HandOff:
        people, definition = self.people, self.definition
        start, after = handed[trip.number], following(handed, trip.number)

        def inside(event: Happening) -> bool:
            when = moment(event)
            return start is not None and not when.before(start) and (after is None or when.before(after))

        born = [t for t in self.touches if self.created is None or not moment(t).before(self.created)]
        tries = sorted((t for t in born if people.ours(t.actor) and inside(t)), key=moment)
        said_words = definition.contact_words
        met = [t for t in tries if any(text and reached(text, said_words) for text in (t.name, t.detail))]
        early = [t for t in born if people.ours(t.actor) and start is not None and moment(t).before(start)]
        unborn = [t for t in self.touches if people.ours(t.actor) and t not in born]

        at = -1 if mark is None else trip.rows.index(mark)
        rows = trip.rows[at + 1 :] if mark is not None else [row for row in trip.rows if row.code > self.h]
        verdicts = [row for row in rows if row.code == self.h + 1 or self._kind(row) == "rejected"]
        verdict = verdicts[0] if verdicts else None
        no = verdict is not None and not verdict.is_stage
        done = [row for row in rows if row.dated and self._by_sales(row)]
        written = [c for c in self.changes if people.sells(c.actor) and inside(c)]
        recorded = [*(moment(row.event) for row in done), *map(moment, written)]
        disposed = min(recorded, default=None)
        disposers = [*((self.actor(row), moment(row.event)) for row in done), *((c.actor, moment(c)) for c in written)]

        owned = self._owned(start)
        spells = self._spells(owned, start, inside)
        reps = [spell for spell in spells if people.sells(spell.owner)]
        opted = min((moment(event) for event in self.optings if inside(event)), default=None)
        left_at, left_how = self._left(trip, rows, opted)
        over, over_at = self._over(trip, rows, opted)
        beyond = [row for row in rows if row.dated and row.is_stage and row.code > self.h + 1]
        bypassed = moment(beyond[0].event) if beyond and verdict is None else None
        said: dict[str, object] = {
            **dated("handed", start),
            "next_at": None if start is None or after is None else after.at,
            "owner": people.named(owned),
            "rep": people.named(reps[0].owner) if reps else None,
            "rep_at": reps[0].start.at if reps else None,
            "owner_now": people.named(self.owners[-1].detail if self.owners else self.owner),
            "attempts": len(tries),
            "attempt_days": len({t.day for t in tries}),
            **dated("attempt", moment(tries[0]) if tries else None),
            **dated("contact", moment(met[0]) if met else None),
            "last_touch_at": max((t.happened_at or 0 for t in tries), default=None),
            "early_touches": len(early) if first else 0,
            "unborn_touches": len(unborn) if all(other.furthest < self.h for other in self.trips[: trip.number]) else 0,
            "machine_touches": sum(people.machine(t.actor) and inside(t) for t in born),
            "verdict": None if verdict is None else "no" if no else "yes",
            **dated("verdict", None if verdict is None or not verdict.dated else moment(verdict.event)),
            "reason": agreed_reason(definition, verdict.event.reason) if no and verdict is not None else None,
            "bypassed": verdict is None and trip.furthest > self.h + 1,
            **dated("bypassed", bypassed),
            **dated("disposed", disposed),
            "over": over,
            **dated("over", over_at),
            "left_at": left_at,
            "left_how": left_how,
            "created_at": None if self.created is None else self.created.at,
            "before_created": start is not None and self.created is not None and start.before(self.created),
            "furthest": trip.furthest,
            "won": trip.furthest >= definition.won,
        }
        by = {
            "attempt_by": frozenset(people.named(t.actor) for t in tries if moment(t) == moment(tries[0])),
            "verdict_by": frozenset([None if verdict is None else people.named(self.actor(verdict))]),
            "disposed_by": frozenset(people.named(who) for who, when in disposers if when == disposed),
        }
        firsts = {
            "attempt": list(map(moment, tries)),
            "contact": list(map(moment, met)),
            "verdict": [moment(verdict.event)] if verdict is not None and verdict.dated else [],
            "disposed": [] if disposed is None else [disposed],
            "bypassed": [] if bypassed is None else [bypassed],
            "over": [] if over_at is None else [over_at],
        }
        self._fill(spells, firsts)
        moments = {name: min(when, default=None) for name, when in firsts.items()}
        return HandOff(
            said,
            {name: who or frozenset([None]) for name, who in by.items()},
            spells,
            {**moments, "handed": start, "next": None if start is None else after},
        )

    def _by_sales(self, row: Row) -> bool:
        """Did sales move it? Where nobody is named, only what is beyond the hand-off is the business of sales."""
        who = self.actor(row)
        return row.code != self.h and self.people.ours(who) and (who is not None or row.code > self.h)

    def _kind(self, row: Row) -> str | None:
        return None if row.is_stage else self.definition.exits[row.code - FIRST_EXIT].kind

    def _owned(self, start: Moment | None) -> str | None:
        """The owner at the hand-off, as recorded; nobody knows whose a hand-off without a date was."""
        if start is None:
            return None
        if not self.owners:
            return self.owner
        # On the hand-off's own day, where that is all that is known of it, a change comes before it.
        until = [c for c in self.owners if not start.before(moment(c))]
        if start.instant:
            until = [c for c in self.owners if (c.happened_at or 0) <= start.at]
        return until[-1].detail if until else self.owners[0].before

    def _spells(self, owned: str | None, start: Moment | None, inside: object) -> list[Spell]:
        if start is None:
            return []
        assert callable(inside)
        spells = [Spell(owned, start)]
        for change in self.owners:
            when = moment(change)
            later = when.at > start.at if start.instant else start.before(when)
            if later and inside(change):
                spells[-1].end = when
                spells.append(Spell(change.detail, when))
        return spells

    def _fill(self, spells: Sequence[Spell], firsts: Mapping[str, Sequence[Moment]]) -> None:
        """What happened in which spell: what is known by its day belongs to the spell that has the day's end."""

        def place(when: Moment) -> int:
            found = 0
            for number, spell in enumerate(spells[1:], start=1):
                begun = spell.start.at <= when.at if when.instant else spell.start.day <= when.day
                found = number if begun else found
            return found

        for number, spell in enumerate(spells):
            for name, moments in firsts.items():
                spell.firsts[name] = min((when for when in moments if place(when) == number), default=None)
            spell.n = sum(place(when) == number for when in firsts["attempt"])
            answers = [*firsts["verdict"], *firsts["disposed"], *firsts["over"]]
            spell.settled = number > 0 and any(place(when) < number for when in answers)

    def _left(self, trip: Pass, rows: Sequence[Row], opted: Moment | None) -> tuple[int | None, str | None]:
        """When the lead left without sales, and how."""
        ways = [row for row in rows if row.dated and not row.is_stage and not self.people.ours(self.actor(row))]
        taken = min((row.event.happened_at or 0 for row in ways), default=None)
        if opted is not None and (taken is None or opted.at <= taken):
            return opted.at, "opted_out"
        if taken is not None:
            return taken, "exit"
        if trip.end == "recycled" and trip.reason == "not recorded" and trip.ended_at is not None:
            return trip.ended_at, "returned"
        return None, None

    def _over(self, trip: Pass, rows: Sequence[Row], opted: Moment | None) -> tuple[bool, Moment | None]:
        """Is nothing waited for any more, and since when?"""
        stages = [place for place, row in enumerate(rows) if row.is_stage and row.dated]
        out = [row for row in rows[max(stages, default=-1) + 1 :] if not row.is_stage]
        won = [row for row in rows if row.dated and row.code == self.definition.won]
        ended = trip.end in slow_twin.EXITS
        when = None
        if ended and out and out[0].dated:
            when = moment(out[0].event)
        elif ended and trip.ended_at is not None:
            when = Moment(trip.ended_at, True, 0)
        elif not ended and won:
            when = moment(won[0].event)
        if opted is not None and (when is None or opted.at <= when.at):
            when = opted
        return ended or trip.furthest >= self.definition.won or opted is not None, when


def following(handed: Sequence[Moment | None], number: int) -> Moment | None:
    """The hand-off of the next pass that has one."""
    return next((when for when in handed[number + 1 :] if when is not None), None)


def moment(event: slow_twin.Event | Happening) -> Moment:
    assert event.happened_at is not None
    assert event.day is not None
    return Moment(event.happened_at, event.precision == "instant", event.day)


def dated(name: str, when: Moment | None) -> dict[str, object]:
    return {f"{name}_at": None if when is None else when.at, f"{name}_by_day": when is not None and not when.instant}


def read(
    events: Sequence[Happening],
    definition: Definition,
    people: People,
    *,
    as_of: int,
    zone: str,
    leads: Sequence[Mapping[str, object]],
    deals: Sequence[Mapping[str, object]] = (),
) -> dict[str, dict[int, HandOff]]:
    """Lead → pass → what followed its hand-off. Leads that were never handed over have no entry."""
    under = slow_twin.counted_under(leads, deals)
    row_of = {str(lead["lead_id"]): lead for lead in leads}
    stages = [event for event in events if event.kind == "stage"]
    trips = slow_twin.read(stages, definition, as_of=as_of, zone=zone, leads=leads, deals=deals)  # type: ignore[arg-type]
    rest: dict[str, list[Happening]] = defaultdict(list)
    for event in events:
        if event.kind != "stage" and event.happened_at is not None and event.happened_at <= as_of:
            rest[under(event.lead_id)].append(event)
    found = {}
    for lead, of_lead in trips.items():
        row = row_of.get(lead, {})
        mine = sorted(rest[lead], key=lambda event: (event.happened_at or 0, event.event_id))
        owners = [e for e in mine if e.kind == "change" and folded(e.name) in OWNER_FIELDS]
        story = Story(
            of_lead,
            touches=[e for e in mine if e.kind == "touch"],
            owners=owners,
            changes=[e for e in mine if e.kind == "change" and e not in owners],
            optings=[e for e in mine if opts_out(e)],
            owner=None if row.get("owner") is None else str(row["owner"]),
            created=_created(row.get("created_at"), zone),
            people=people,
            definition=definition,
        )
        if told := story.tell():
            found[lead] = told
    return found


def opts_out(event: Happening) -> bool:
    if event.kind == "activity":
        return "unsubscribe" in folded(event.name)
    return event.kind == "change" and folded(event.name) in OPTED_OUT and folded(event.detail or "") == "true"


def _created(at: object, zone: str) -> Moment | None:
    if not isinstance(at, int):
        return None
    return Moment(at, True, (datetime.fromtimestamp(at, UTC).astimezone(ZoneInfo(zone)).date() - EPOCH).days)

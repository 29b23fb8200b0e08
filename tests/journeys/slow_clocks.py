"""Whether a clock was kept, read a second time: one hand-off after the other, minute by minute, in plain Python.

It shares nothing with `core.journeys.durations` and `core.measures.sla`: working time is counted by the minute, and
working days by asking of each day whether anybody works on it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from core.definition import Clock
from core.worktime import Calendar
from tests.journeys.slow_handoffs import EPOCH, HandOff, Moment, Spell
from tests.worktime.oracle import Oracle

DAY = 86_400
STEP = {"attempt": "attempt", "contact": "contact", "verdict": "verdict", "disposition": "disposed"}


@dataclass
class Office:
    """A calendar, minute by minute."""

    calendar: Calendar
    oracle: Oracle = field(init=False)
    works_on: dict[date, bool] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.oracle = Oracle(self.calendar)

    @property
    def day_seconds(self) -> int:
        """The length of a usual day."""
        return (
            60 * sum(shift.minutes for shift in self.calendar.week) // len({shift.day for shift in self.calendar.week})
        )

    def local(self, when: Moment) -> date:
        """Its date: as stated, or what the calendar on the wall shows."""
        if not when.instant:
            return EPOCH + timedelta(when.day)
        return datetime.fromtimestamp(when.at, UTC).astimezone(ZoneInfo(self.calendar.zone)).date()

    def open_on(self, day: date) -> bool:
        """Is there any working minute on that date?"""
        if day not in self.works_on:
            zone = ZoneInfo(self.calendar.zone)
            first, last = (datetime(d.year, d.month, d.day, tzinfo=zone) for d in (day, day + timedelta(1)))
            minutes = range(int(first.timestamp()) // 60, int(last.timestamp()) // 60)
            self.works_on[day] = any(self.oracle.works(minute) for minute in minutes)
        return self.works_on[day]

    def took(self, start: Moment, end: Moment, clock: Clock) -> int:
        """Seconds, as the clock counts; days, where only the day of the start is known."""
        if start.instant:
            if clock.time == "elapsed":
                return max(end.at - start.at, 0)
            return self.oracle.seconds(start.at, max(start.at, end.at))
        first, last = self.local(start), self.local(end)
        days = [first + timedelta(n) for n in range(1, (last - first).days + 1)]
        if clock.time == "elapsed":
            return len(days) * DAY
        return sum(map(self.open_on, days)) * self.day_seconds

    def limit(self, start: Moment, clock: Clock) -> int:
        """The limit; in whole days, where only the day of the start is known."""
        day = DAY if clock.time == "elapsed" else self.day_seconds
        return clock.limit_seconds if start.instant else -(-clock.limit_seconds // day) * day


@dataclass(frozen=True)
class Kept:
    """What became of one clock."""

    state: str
    took: int | None = None
    due: bool = False
    past_due: bool = False
    by_day: bool = False


@dataclass(frozen=True)
class Waiting:
    """What a clock asks of a hand-off, or of one owner's time with it."""

    start: Moment | None
    firsts: Mapping[str, Moment | None]
    closed: Moment | None
    """When the window closed: a later hand-off, or another owner."""
    over: bool
    undated_verdict: bool
    settled: bool = False


def of_handoff(told: HandOff) -> Waiting:
    moments, said = told.moments, told.said
    undated = said["verdict"] is not None and said["verdict_at"] is None
    return Waiting(moments["handed"], moments, moments["next"], bool(said["over"]), undated)


def of_spell(told: HandOff, spell: Spell) -> Waiting:
    said = told.said
    undated = said["verdict"] is not None and said["verdict_at"] is None
    over = bool(said["over"]) and (said["over_at"] is None or spell.firsts["over"] is not None)
    return Waiting(spell.start, spell.firsts, spell.end, over, undated, spell.settled)


def kept(waiting: Waiting, clock: Clock, office: Office, *, as_of: int) -> Kept:
    """The state of the clock."""
    start, over_at = waiting.start, waiting.firsts["over"]
    reached = waiting.firsts[STEP[clock.milestone]]
    by_day = any(when is not None and not when.instant for when in (start, reached))
    if start is None or waiting.settled:
        return Kept("no_clock", by_day=by_day)
    limit = office.limit(start, clock)

    def spent(when: Moment) -> int:
        assert start is not None
        return office.took(start, when, clock)

    now = Moment(as_of, True, 0)
    waited = spent(waiting.closed or now)
    took = None if reached is None else spent(reached)
    ways = [over_at] if over_at is not None else []
    if clock.milestone == "verdict" and (bypassed := waiting.firsts["bypassed"]) is not None:
        ways.append(bypassed)
    gone = any(spent(way) <= limit for way in ways)
    if gone and reached is not None:
        gone = over_at is not None and over_at.before(reached)
    said = waiting.undated_verdict and clock.milestone in ("verdict", "disposition") and reached is None
    vanished = waiting.over and over_at is None and reached is None

    if gone:
        state = "withdrawn"
    elif took is not None:
        state = "met" if took <= limit else "breached"
    elif said or vanished:
        state = "no_clock" if waited > limit else "met" if said else "withdrawn"
    elif waited > limit:
        state = "breached"
    else:
        state = "running" if waiting.closed is None else "withdrawn"
    waits = reached is None and waiting.closed is None and not waiting.over
    if clock.milestone == "verdict":
        waits = waits and waiting.firsts["bypassed"] is None
    due = state == "breached" or (state == "met" and spent(now) > limit)
    return Kept(state, took, due, state == "breached" and waits, by_day)

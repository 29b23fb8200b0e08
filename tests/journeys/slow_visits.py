"""The rules of time in stage read a second time: slowly, one lead after the other, in plain Python.

It shares nothing with `core.journeys.visits` but the agreed definition.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from core.definition import Definition
from tests.journeys.slow_twin import DAY, FIRST_EXIT, Pass, Row


class Visit(NamedTuple):
    """One time in one stage."""

    trip: int
    stage: int
    number: int
    entered_at: int
    day: int
    by_day: bool
    left_at: int | None
    left_to: int | None
    left_by_day: bool | None
    seconds: int | None
    open: bool
    misdated: bool


class Place(NamedTuple):
    """A dated row and the trip that it belongs to."""

    trip: int
    row: Row


def visits(trips: Sequence[Pass], definition: Definition) -> list[Visit]:
    """Every visit of one lead, in the order in which they began."""
    line = [Place(trip.number, row) for trip in trips for row in trip.rows if row.dated]
    spans = [*_in_history(line, definition), *_backwards(line)]
    spans.sort(key=lambda span: line.index(span[0]))
    odd = {trip.number: _contradicting(line, trip.number) for trip in trips}
    gone = _is_elsewhere(trips, definition)
    counted: dict[tuple[int, int], int] = defaultdict(int)
    out = []
    for here, there in spans:
        seconds = None if there is None else _between(line, here, there)
        misdated = here.row.code in odd[here.trip] or (seconds is not None and seconds < 0)
        if there is not None and there.trip == here.trip and there.row.code in odd[here.trip]:
            misdated = True
        key = here.trip, here.row.code
        entered, by_day = _known(line, here)
        assert here.row.event.day is not None
        out.append(
            Visit(
                trip=here.trip,
                stage=here.row.code,
                number=counted[key],
                entered_at=entered,
                day=here.row.event.day,
                by_day=by_day,
                left_at=None if there is None else _known(line, there)[0],
                left_to=None if there is None else there.row.code,
                left_by_day=None if there is None else _known(line, there)[1],
                seconds=seconds,
                open=there is None and not gone,
                misdated=misdated,
            )
        )
        counted[key] += 1
    false = {(visit.trip, visit.stage) for visit in out if visit.misdated}
    return [visit._replace(misdated=(visit.trip, visit.stage) in false) for visit in out]


def _in_history(line: Sequence[Place], definition: Definition) -> list[tuple[Place, Place | None]]:
    """Each stretch of one stage, and what ended it."""
    telling = [p for p in line if not _goes_back_by_date(line, p) and not _of_another_deal(line, p, definition)]
    stretches: list[Place] = []
    for place in telling:
        if not stretches or (stretches[-1].trip, stretches[-1].row.code) != (place.trip, place.row.code):
            stretches.append(place)
    ends: list[Place | None] = [*stretches, None]
    return [(begin, end) for begin, end in zip(stretches, ends[1:], strict=True) if begin.row.is_stage]


def _backwards(line: Sequence[Place]) -> list[tuple[Place, Place | None]]:
    """Date columns that put a stage after a later one: each ends with the next later stage, before it began."""
    out: list[tuple[Place, Place | None]] = []
    for place in line:
        first = _firsts(line, place.trip)
        if place.row.is_stage and first[place.row.code] is place and _goes_back_by_date(line, place):
            at = line.index(place)
            beyond = min(code for code, one in first.items() if code > place.row.code and line.index(one) < at)
            out.append((place, first[beyond]))
    return out


def _firsts(line: Sequence[Place], trip: int) -> dict[int, Place]:
    out: dict[int, Place] = {}
    for place in line:
        if place.trip == trip and place.row.is_stage:
            out.setdefault(place.row.code, place)
    return out


def _furthest_until(line: Sequence[Place], place: Place) -> int:
    before = line[: line.index(place)]
    return max((one.row.code for one in before if one.trip == place.trip and one.row.is_stage), default=-1)


def _goes_back_by_date(line: Sequence[Place], place: Place) -> bool:
    return place.row.is_stage and place.row.event.shape == "date" and _furthest_until(line, place) > place.row.code


def _of_another_deal(line: Sequence[Place], place: Place, definition: Definition) -> bool:
    if place.row.is_stage:
        return False
    leaves = definition.exits[place.row.code - FIRST_EXIT].leaves
    return leaves is not None and definition.place(leaves) < _furthest_until(line, place)


def _contradicting(line: Sequence[Place], trip: int) -> set[int]:
    first = {code: line.index(place) for code, place in _firsts(line, trip).items()}
    return {
        code for code in first for other in first if other != code and (code < other) != (first[code] < first[other])
    }


def _is_elsewhere(trips: Sequence[Pass], definition: Definition) -> bool:
    for trip in trips:
        top = max((row.code for row in trip.rows if row.is_stage and row.dated), default=-1)
        for row in trip.rows:
            if row.dated:
                continue
            if row.is_stage:
                if row.code > top:
                    return True
                continue
            leaves = definition.exits[row.code - FIRST_EXIT].leaves
            if leaves is None or definition.place(leaves) >= top:
                return True
    return False


def _known(line: Sequence[Place], place: Place) -> tuple[int, bool]:
    """When, and whether only the day is known: another row of the same entry may know the time."""
    same = [one for one in line if one.trip == place.trip and one.row[:2] == place.row[:2]]
    times = [one.row.event.happened_at for one in same if one.row.event.precision == "instant"]
    exact = min((time for time in times if time is not None), default=None)
    if exact is not None:
        return exact, False
    assert place.row.event.happened_at is not None
    return place.row.event.happened_at, True


def _between(line: Sequence[Place], here: Place, there: Place) -> int:
    (begin, by_day), (end, left_by_day) = _known(line, here), _known(line, there)
    if by_day or left_by_day:
        assert here.row.event.day is not None
        assert there.row.event.day is not None
        return (there.row.event.day - here.row.event.day) * DAY
    return end - begin

"""Time in stage counted a second time, one lead after the other, from the second reading of the visits."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

from tests.journeys.conftest import EPOCH, World
from tests.journeys.slow_twin import DAY, FIRST_EXIT, SEGMENT_UNKNOWN
from tests.journeys.slow_visits import Visit, visits


class Stay(NamedTuple):
    """What one trip of a lead did in one stage."""

    lead: str
    stage: int
    latest: Visit
    all: tuple[Visit, ...]
    age: int | None
    """Seconds that it has been there, whole days where only its day is known; None where it has left."""

    @property
    def kind(self) -> str:
        if any(visit.misdated for visit in self.all):
            return "misdated"
        return "open" if self.latest.open else "unknown" if self.latest.seconds is None else "ended"

    @property
    def total(self) -> int:
        return sum(visit.seconds or 0 for visit in self.all)


def stays(world: World, *, start: date | None = None, end: date | None = None) -> Iterator[Stay]:
    """Every trip and stage whose latest visit began in the period."""
    zone = ZoneInfo(world.zone)
    today = (datetime.fromtimestamp(world.as_of, zone).date() - EPOCH).days
    for lead, trips in world.twin().items():
        grouped: dict[tuple[int, int], list[Visit]] = defaultdict(list)
        for visit in visits(trips, world.definition):
            grouped[visit.trip, visit.stage].append(visit)
        for (_, stage), every in grouped.items():
            last = every[-1]
            began = datetime.fromtimestamp(last.entered_at, zone).date()
            if (start is None or began >= start) and (end is None or began <= end):
                age = (today - last.day) * DAY if last.by_day else world.as_of - last.entered_at
                yield Stay(lead, stage, last, tuple(every), age if last.open else None)


def told(
    world: World, segment: Mapping[str, str | None] | None, **period: date | None
) -> dict[tuple[str, str], dict[str, float]]:
    """(segment, stage id) → the numbers of `stays.STAYS`."""
    groups: dict[tuple[str, str], list[Stay]] = defaultdict(list)
    for stay in stays(world, **period):
        where = "" if segment is None else (segment.get(stay.lead) or SEGMENT_UNKNOWN)
        groups[where, world.definition.stage_ids[stay.stage]].append(stay)
    return {key: _numbers(each, arrived=key[1] == world.definition.stage_ids[-1]) for key, each in groups.items()}


def _numbers(each: list[Stay], *, arrived: bool) -> dict[str, float]:
    of = {kind: [stay for stay in each if stay.kind == kind] for kind in ("ended", "open", "unknown", "misdated")}
    took = [stay.latest.seconds or 0 for stay in of["ended"]]
    total = [stay.total for stay in of["ended"]]
    ages = [] if arrived else [stay.age or 0 for stay in of["open"]]
    by_day = [
        stay
        for stay in of["ended"] + of["open"]
        if stay.latest.by_day or (stay.latest.left_at is not None and stay.latest.left_by_day)
    ]
    outstayed: float = float("nan")
    if len(took) >= 20 and not arrived:
        outstayed = sum(age > float(np.quantile(took, 0.9)) for age in ages)
    return {
        "trips": len(each),
        "n": len(of["ended"]),
        **{name: _days(took, q) for name, q in (("median", 0.5), ("p75", 0.75), ("p90", 0.9))},
        **{name: _days(total, q) for name, q in (("sum_median", 0.5), ("sum_p75", 0.75), ("sum_p90", 0.9))},
        "again": sum(len(stay.all) > 1 for stay in of["ended"]),
        "open": len(of["open"]),
        "age_median": _days(ages, 0.5),
        "age_p90": _days(ages, 0.9),
        "outstayed": outstayed,
        "unknown": len(of["unknown"]),
        "misdated": len(of["misdated"]),
        "negative": sum(any((visit.seconds or 0) < 0 for visit in stay.all) for stay in each),
        "by_day": len(by_day),
    }


def _days(seconds: list[int], q: float) -> float:
    return float(np.quantile(seconds, q)) / DAY if seconds else float("nan")


def profile(world: World, stage: int, width: int) -> list[tuple[int, int, int, int]]:
    """Per bucket of so many days: still there and seen to its end, moved on, left otherwise, open that old."""
    every = [
        (visit, stay.age if visit.open else None)
        for stay in stays(world)
        if stay.stage == stage and stay.kind != "misdated"
        for visit in stay.all
    ]
    zone = ZoneInfo(world.zone)
    today = (datetime.fromtimestamp(world.as_of, zone).date() - EPOCH).days
    out = []
    for bucket in range(12):
        begin, end = bucket * width * DAY, (bucket + 1) * width * DAY
        n = moved = left = old = 0
        for visit, age in every:
            since = (today - visit.day) * DAY if visit.by_day else world.as_of - visit.entered_at
            old += age is not None and age >= begin
            if since < end or (visit.seconds is None and not visit.open):
                continue
            if visit.seconds is not None and visit.seconds < begin:
                continue
            n += 1
            if visit.seconds is not None and visit.seconds < end:
                on = visit.left_to is not None and stage < visit.left_to < FIRST_EXIT
                moved, left = moved + on, left + (not on)
        out.append((n, moved, left, old))
    return out

"""How long does working time take beside `numpy.busday_count`? Run: `python tests/benchmarks/working_time.py 1000000`.

Ten calendars with one stretch of hours a day and no nights, so that both ways are right; answers must be equal.
The other way gets its holidays and the hours of the clock changes for nothing; ours builds its table within the time.
"""

import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

import numpy as np
import numpy.typing as npt

from core.worktime import Calendar, Shift, between_each
from core.worktime.hours import _closed
from core.worktime.walls import DAY, Wall, wall
from tests.benchmarks.reduce import peak

Ints = npt.NDArray[np.int64]
FIRST, LAST = 1_735_689_600, 1_798_761_600
PLACES = {
    "Europe/Berlin": ("DE", "09:00", "17:00"),
    "America/New_York": ("US", "08:00", "17:00"),
    "Asia/Kolkata": ("IN", "10:00", "19:00"),
    "Australia/Adelaide": ("AU", "08:30", "16:30"),
    "Asia/Tokyo": ("JP", "09:00", "18:00"),
    "Europe/London": ("GB", "09:00", "17:30"),
    "America/Los_Angeles": ("US", "08:00", "16:00"),
    "America/Sao_Paulo": ("BR", "09:00", "18:00"),
    "Asia/Singapore": ("SG", "09:15", "18:00"),
    "Africa/Johannesburg": ("ZA", "08:00", "17:00"),
}
CALENDARS = [
    Calendar(id=zone, name=zone, zone=zone, country=country, week=[Shift(day=d, opens=o, closes=c) for d in range(5)])
    for zone, (country, o, c) in PLACES.items()
]


class ByDays:
    """Working days between the two days, times a day's hours, and the rest by hand on local time."""

    def __init__(self, calendar: Calendar) -> None:
        shift = calendar.week[0]
        self.opens, self.day = 60 * shift.opens_at, 60 * shift.minutes
        self.clock: Wall = wall(calendar.zone, FIRST, LAST + 40 * DAY)
        free = _closed(calendar, FIRST // DAY, LAST // DAY + 60)
        self.days = np.busdaycalendar(holidays=np.array(free, "datetime64[D]"))

    def until(self, local: Ints) -> tuple[npt.NDArray[np.datetime64], Ints]:
        day = (local // DAY).astype("datetime64[D]")
        inside = np.clip(local % DAY - self.opens, 0, self.day)
        return day, np.where(np.is_busday(day, busdaycal=self.days), inside, 0)

    def between(self, starts: Ints, ends: Ints) -> Ints:
        begun, first = self.until(self.clock.local(starts))
        ended, last = self.until(self.clock.local(ends))
        days = np.busday_count(begun, ended, busdaycal=self.days)
        return np.asarray(np.where(ends < starts, 0, days * self.day + last - first))


def by_days(codes: Ints, starts: Ints, ends: Ints, made: list[ByDays]) -> Ints:
    """The reference, calendar by calendar."""
    found = np.empty(len(codes), np.int64)
    for code, each in enumerate(made):
        mine = codes == code
        found[mine] = each.between(starts[mine], ends[mine])
    return found


def timed(work: Callable[[], Ints]) -> tuple[float, Ints]:
    """Seconds of the fastest of three, and the answer."""
    taken = []
    for _ in range(3):
        begun = time.perf_counter()
        answer = work()
        taken.append(time.perf_counter() - begun)
    return min(taken), answer


def main(pairs: int) -> None:
    """Print seconds and the ratio."""
    rng = np.random.default_rng(1)
    codes = rng.integers(0, len(CALENDARS), pairs)
    starts = rng.integers(FIRST, LAST, pairs)
    ends = starts + rng.exponential(4 * DAY, pairs).astype(np.int64).clip(-DAY, 30 * DAY) - DAY // 2
    made = [ByDays(calendar) for calendar in CALENDARS]
    between_each(CALENDARS, codes[:9], starts[:9], ends[:9])  # Both know the holidays before the time is taken.
    ours, left = timed(lambda: between_each(CALENDARS, codes, starts, ends))
    theirs, right = timed(lambda: by_days(codes, starts, ends, made))
    assert (left == right).all(), np.flatnonzero(left != right)[:5]
    print(f"{pairs:>11,} pairs  slots {ours:6.3f} s  busday_count {theirs:6.3f} s  ratio {ours / theirs:5.2f}")
    print(f"{pairs:>11,} pairs  peak {peak():.2f} GB, both ways together")


if __name__ == "__main__":
    for size in map(int, sys.argv[1:] or ["1000000", "10000000"]):
        main(size)

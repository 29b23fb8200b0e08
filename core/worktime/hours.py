"""How much working time of one calendar lies between two instants, and when will a limit have passed?

The exact way, to the second: every opening and closing of the calendar in UTC with the working seconds before it, and a
search among them. `slots` answers faster for many calendars at once.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from core.worktime.calendars import Calendar
from core.worktime.places import public_holidays
from core.worktime.walls import DAY, MONDAY, Ints, Wall, wall

Flags = npt.NDArray[np.bool_]
_EPOCH = date(1970, 1, 1)
_WEEK_HOURS = 168
FIRST, LAST = -(70 * 366 * DAY), 330 * 365 * DAY
"""Instants from 1900 to about 2300 have working time; what lies outside is a broken date."""


def backwards(starts: Ints, ends: Ints) -> Flags:
    """Where the end lies before its start: `between` says 0 there, and that is no quick answer.

    >>> backwards(np.array([5, 5]), np.array([4, 5])).tolist()
    [True, False]
    """
    return np.asarray(ends) < np.asarray(starts)


@dataclass(frozen=True)
class Hours:
    """The working hours of `calendar`: from `opens[i]` to `closes[i]`, with `before[i]` working seconds before them.

    All in seconds UTC. `first` and `last` only say which time is tabulated at once; an instant outside widens the
    table for the question, so no answer depends on them. Instants before 1900 or after 2299 raise `ValueError`.
    """

    calendar: Calendar
    first: int
    last: int
    opens: Ints
    closes: Ints
    before: Ints

    @classmethod
    def of(cls, calendar: Calendar, first: int, last: int) -> "Hours":
        """The hours of a calendar from `first` to `last`, seconds UTC."""
        if not FIRST <= first <= last <= LAST:
            raise ValueError(f"working time is told between {FIRST} and {LAST}, not from {first} to {last}")
        opens, closes = _openings(calendar, first, last)
        before = np.concatenate([np.zeros(1, np.int64), np.cumsum(closes - opens)[:-1]]) if len(opens) else opens
        return cls(calendar, first, last, opens, closes, before)

    def between(self, starts: Ints, ends: Ints) -> Ints:
        """Working seconds from each start to its end. 0 where the end comes before the start (see `backwards`).

        A hand-off on Friday 16:30, touched on Monday 09:31, at hours 09–17:

        >>> from core.worktime import default_calendar
        >>> hours = Hours.of(default_calendar("UTC"), 1_767_571_200, 1_798_761_600)
        >>> friday, monday = 1_767_976_200, 1_768_210_260
        >>> (hours.between(np.array([friday]), np.array([monday])) // 60).tolist()
        [61]
        """
        starts, ends = np.asarray(starts, np.int64), np.asarray(ends, np.int64)
        table = self._over(starts, ends)
        return np.asarray(np.maximum(table.until(ends) - table.until(starts), 0))

    def deadline(self, starts: Ints, seconds: Ints | int) -> Ints:
        """The first instant at which so much working time has passed since each start.

        A start outside the hours begins at the next opening; what comes due exactly at closing time is due then, not
        at the next opening. After 0 seconds nothing has to pass: the deadline is the start itself.

        Friday 15:00 and 4 hours at 09–17 is Monday 11:00:

        >>> from core.worktime import default_calendar
        >>> hours = Hours.of(default_calendar("UTC"), 1_767_571_200, 1_798_761_600)
        >>> hours.deadline(np.array([1_767_970_800]), 4 * 3600).tolist() == [1_768_215_600]
        True
        """
        starts = np.asarray(starts, np.int64)
        wanted = np.broadcast_to(np.asarray(seconds, np.int64), starts.shape)
        if (wanted < 0).any():
            raise ValueError("a limit is not negative")
        if not len(starts):
            return starts
        table = self._over(starts)
        due = table.until(starts) + wanted
        while not len(table.opens) or due.max() > table._total:
            table = table._longer()
            due = table.until(starts) + wanted
        place = np.searchsorted(table.before + (table.closes - table.opens), due, side="left")
        place = np.minimum(place, len(table.opens) - 1)
        return np.where(wanted == 0, starts, table.opens[place] + due - table.before[place])

    def opens_at(self, starts: Ints) -> Ints:
        """The first working instant at or after each start: the start itself inside the hours."""
        starts = np.asarray(starts, np.int64)
        if not len(starts):
            return starts
        table = self._over(starts)
        while not len(table.closes) or starts.max() >= table.closes[-1]:
            table = table._longer()
        return np.maximum(table.opens[np.searchsorted(table.closes, starts, side="right")], starts)

    def hour_of_week(self, instants: Ints) -> Ints:
        """Local hour of the week of each instant: 0 from Monday 00:00, 167 the last of Sunday."""
        instants = np.asarray(instants, np.int64)
        table = self._over(instants)
        return (table._wall.local(instants) - MONDAY) // 3600 % _WEEK_HOURS

    @property
    def _wall(self) -> Wall:
        return wall(self.calendar.zone, self.first, self.last)

    @property
    def _total(self) -> int:
        return int(self.before[-1] + self.closes[-1] - self.opens[-1])

    def until(self, instants: Ints) -> Ints:
        """Working seconds from the beginning of the table to each instant, all of them inside [`first`, `last`]."""
        if not len(self.opens):
            return np.zeros(len(instants), np.int64)
        place = np.maximum(np.searchsorted(self.opens, instants, side="right") - 1, 0)
        inside = np.clip(instants - self.opens[place], 0, self.closes[place] - self.opens[place])
        return np.asarray(self.before[place] + inside)

    def _over(self, *instants: Ints) -> "Hours":
        """A table over all of these."""
        some = [each for each in instants if len(each)]
        first = min([self.first, *(int(each.min()) for each in some)])
        last = max([self.last, *(int(each.max()) for each in some)])
        return self if (first, last) == (self.first, self.last) else Hours.of(self.calendar, first, last)

    def _longer(self) -> "Hours":
        """A table that goes on: twice as long, and at least a month."""
        if self.last == LAST:
            raise ValueError("the limit never passes before 2300")
        return Hours.of(self.calendar, self.first, min(self.last + max(self.last - self.first, 31 * DAY), LAST))


def _openings(calendar: Calendar, first: int, last: int) -> tuple[Ints, Ints]:
    """Openings and closings in UTC, touching ones made one.

    Between two changes of the clock local time and UTC run side by side: the local hours are cut at the changes and
    moved. So an hour that is repeated counts twice, one that is skipped not at all, and a day's hours may come apart.
    """
    clock = wall(calendar.zone, first, last)
    opens, closes = _local(calendar, first, last)
    found = []
    borders = [*clock.since[1:].tolist(), last]
    for start, end, ahead in zip([first, *clock.since[1:].tolist()], borders, clock.ahead.tolist(), strict=True):
        low = np.searchsorted(closes, start + ahead, side="right")
        high = np.searchsorted(opens, end + ahead, side="left")
        found.append(np.clip(np.stack([opens[low:high], closes[low:high]]) - ahead, start, end))
    both = np.concatenate(found, axis=1)
    both = both[:, both[1] > both[0]]
    if not both.shape[1]:
        return both[0], both[1]
    apart = both[0, 1:] > both[1, :-1]
    return both[0, np.concatenate([[True], apart])], both[1, np.concatenate([apart, [True]])]


def _local(calendar: Calendar, first: int, last: int) -> tuple[Ints, Ints]:
    """Openings and closings on the clock on the wall, in order, with room at both ends."""
    days = np.arange(first // DAY - 3, last // DAY + 3)
    days = days[~np.isin(days, _closed(calendar, int(days[0]), int(days[-1])))]
    weekday = (days - MONDAY // DAY) % 7
    shifts = sorted(calendar.week, key=lambda shift: shift.opens_at)
    opens = np.concatenate([days[weekday == shift.day] * DAY + 60 * shift.opens_at for shift in shifts])
    lasts = np.concatenate([np.full(int((weekday == shift.day).sum()), 60 * shift.minutes) for shift in shifts])
    order = np.argsort(opens, kind="stable")
    return opens[order], (opens + lasts)[order]


def _closed(calendar: Calendar, first: int, last: int) -> list[int]:
    """Days since 1970 on which no shift begins."""
    closed = set(calendar.closed)
    if calendar.country is not None:
        years = range((_EPOCH + timedelta(first)).year, (_EPOCH + timedelta(last)).year + 1)
        closed.update(*(public_holidays(calendar.country, calendar.subdivision, year) for year in years))
    return sorted((day - _EPOCH).days for day in closed)

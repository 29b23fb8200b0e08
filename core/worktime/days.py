"""On which day of a calendar does an instant lie, and how many working days have begun by then?

For what is known by its day alone: hours cannot be said of it, working days can.
"""

from dataclasses import dataclass

import numpy as np

from core.worktime.calendars import Calendar
from core.worktime.hours import Hours
from core.worktime.walls import DAY, Ints, wall

_ROOM = 3
"""Days tabulated beyond both ends, so that the local day of any instant inside is there."""


@dataclass(frozen=True)
class Days:
    """The local days of a calendar: day `i` begins at `begins[i]` (UTC), and `worked[i]` working days have begun by its
    end. A working day is one with working time in it."""

    begins: Ints
    worked: Ints

    @classmethod
    def of(cls, calendar: Calendar, first: int, last: int) -> "Days":
        """The days of a calendar over [`first`, `last`], seconds UTC.

        From a Friday, Sunday is no working day away and Monday one:

        >>> from core.worktime import default_calendar
        >>> week = Days.of(default_calendar("UTC"), 1_767_571_200, 1_768_176_000)
        >>> friday, sunday, monday = week.by(np.array([1_767_976_200, 1_768_132_800, 1_768_210_260])).tolist()
        >>> sunday - friday, monday - friday
        (0, 1)
        """
        clock = wall(calendar.zone, first - _ROOM * DAY, last + _ROOM * DAY)
        midnights = np.arange(first // DAY - _ROOM, last // DAY + _ROOM + 1) * DAY
        # A day begins when the clock on the wall shows its midnight, or, where that hour is skipped, what follows.
        begins = midnights - clock.ahead[0]
        for since, before, ahead in zip(clock.since[1:], clock.ahead, clock.ahead[1:], strict=False):
            begins = np.where(midnights - before < since, begins, np.maximum(midnights - ahead, since))
        hours = Hours.of(calendar, int(begins[0]), int(begins[-1]) + DAY)
        worked = np.diff(hours.until(begins), append=hours.until(begins[-1:] + DAY)) > 0
        return cls(begins, np.cumsum(worked))

    def place(self, instants: Ints) -> Ints:
        """Which of the days each instant lies on."""
        return np.asarray(np.searchsorted(self.begins, instants, side="right") - 1)

    def by(self, instants: Ints) -> Ints:
        """How many working days have begun by the day of each instant, that day included."""
        return np.asarray(self.worked[self.place(instants)])

    def end_of(self, number: Ints) -> Ints:
        """The first second after each day that is the `number`-th working one."""
        return np.asarray(self.begins[np.searchsorted(self.worked, number, side="left") + 1])


def day_length(calendar: Calendar) -> int:
    """Working seconds of a usual working day: those of a week by the days that have any.

    >>> from core.worktime import default_calendar, round_the_clock
    >>> day_length(default_calendar("UTC")), day_length(round_the_clock("UTC"))
    (28800, 86400)
    """
    return 60 * sum(shift.minutes for shift in calendar.week) // len({shift.day for shift in calendar.week})

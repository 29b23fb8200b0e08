"""What a calendar comes to, to be checked at a glance: hours per day, the next days off, and a worked example."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from core.staff.hours import LONG_MINUTES, written
from core.tables import Column, Table
from core.worktime import DAYS, Calendar, Hours, Shift
from core.worktime.places import holiday_names

WEEK = Table(
    "week",
    "day of the week",
    (
        Column("day", "text", "Monday to Sunday", required=True),
        Column("hours", "text", "its shifts; missing where none begins on it"),
        Column(
            "minutes", "integer", "how long they last together, the part after midnight counted here", required=True
        ),
    ),
    key=("day",),
)
OFF = Table(
    "days_off",
    "day on which no shift begins, though the week has one",
    (
        Column("day", "text", "the day, as in 2026-12-24", required=True),
        Column("weekday", "text", "Monday to Sunday", required=True),
        Column("what", "text", "the holiday's name, or closing day", required=True),
    ),
    key=("day",),
)
CLOSING_DAY = "closing day"
_DAY_S = 86_400
_AHEAD_S = 21 * _DAY_S
_EARLIER_S = 2 * 3600


def hours_per_day(calendar: Calendar) -> pd.DataFrame:
    """One row per day of the week (`WEEK`).

    >>> from core.worktime import default_calendar
    >>> hours_per_day(default_calendar("UTC"))["minutes"].tolist()
    [480, 480, 480, 480, 480, 0, 0]
    """
    shifts = [[shift for shift in calendar.week if shift.day == day] for day in range(7)]
    rows = {
        "day": list(DAYS),
        "hours": [written(own) or None for own in shifts],
        "minutes": [sum(shift.minutes for shift in own) for own in shifts],
    }
    return WEEK.conform(pd.DataFrame(rows))


def days_off(calendar: Calendar, *, after: date, most: int = 6) -> pd.DataFrame:
    """The next holidays and closing days on which somebody would work (`OFF`), from `after` on, within two years."""
    works = {shift.day for shift in calendar.week}
    named: dict[date, str] = {}
    if calendar.country is not None:
        for year in range(after.year, after.year + 3):
            named |= holiday_names(calendar.country, calendar.subdivision, year)
    named |= {day: named.get(day, CLOSING_DAY) for day in calendar.closed}
    until = after + timedelta(731)
    days = [day for day in sorted(named) if after <= day <= until and day.weekday() in works][:most]
    rows = [{"day": str(day), "weekday": DAYS[day.weekday()], "what": named[day]} for day in days]
    return OFF.conform(pd.DataFrame(rows, columns=list(OFF.names)))


def long_shifts(calendar: Calendar) -> tuple[Shift, ...]:
    """Shifts so long that another one was probably meant; round the clock is no such shift."""
    return tuple(shift for shift in calendar.week if LONG_MINUTES < shift.minutes < 24 * 60)


@dataclass(frozen=True)
class Example:
    """A clock of `seconds` that starts at `start` is due at `due`, on the clock on the wall."""

    start: datetime
    seconds: int
    due: datetime

    def __str__(self) -> str:
        """The words of the page."""
        hours, minutes = divmod(self.seconds // 60, 60)
        lasting = " ".join(
            part for part in (f"{hours} h" if hours else "", f"{minutes} min" if minutes else "") if part
        )
        return f"{_moment(self.start)} + {lasting or '0 h'} is {_moment(self.due)}"


def example(calendar: Calendar, *, as_of: int, seconds: int) -> Example:
    """How the calendar counts over the longest pause of the three weeks after `as_of`: it starts two hours before it.

    >>> from core.worktime import default_calendar
    >>> str(example(default_calendar("UTC"), as_of=1_767_571_200, seconds=4 * 3600))
    'Fri 9 Jan 15:00 + 4 h is Mon 12 Jan 11:00'
    """
    hours = Hours.of(calendar, as_of, as_of + _AHEAD_S)
    pauses = hours.opens[1:] - hours.closes[:-1]
    if len(pauses):
        # The first of the longest ones; one that began before as_of is cut short and no example.
        place = int(np.argmax(pauses))
        lasts = int(hours.closes[place] - hours.opens[place])
        start = int(hours.closes[place]) - min(_EARLIER_S, lasts // 2)
    else:
        start = -(-as_of // 3600) * 3600
    due = int(hours.deadline(np.array([start]), seconds)[0])
    zone = ZoneInfo(calendar.zone)
    return Example(
        datetime.fromtimestamp(start, UTC).astimezone(zone), seconds, datetime.fromtimestamp(due, UTC).astimezone(zone)
    )


def _moment(when: datetime) -> str:
    return f"{when:%a} {when.day} {when:%b} {when:%H:%M}"

"""Calendars of five zones, and an oracle that looks at the clock on the wall minute by minute."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import holidays
import numpy as np
import numpy.typing as npt

from core.worktime import Calendar, Shift

Minutes = npt.NDArray[np.bool_]


def at(text: str, zone: str = "UTC") -> int:
    """Seconds UTC of a local time such as `2026-01-09 16:30`."""
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp())


def weekdays(*hours: tuple[str, str], days: range = range(5)) -> list[Shift]:
    return [Shift(day=day, opens=opens, closes=closes) for day in days for opens, closes in hours]


CALENDARS = [
    Calendar(
        id="berlin", name="Berlin", zone="Europe/Berlin", country="DE", subdivision="BE",
        week=weekdays(("09:00", "12:30"), ("13:15", "17:00")), closed=(date(2026, 3, 30), date(2025, 10, 27)),
    ),
    Calendar(
        id="new_york", name="New York", zone="America/New_York", country="US",
        week=weekdays(("22:00", "05:07"), days=range(7)),
    ),
    Calendar(id="kolkata", name="Kolkata", zone="Asia/Kolkata", country="IN", week=weekdays(("10:00", "19:00"))),
    Calendar(
        id="adelaide", name="Adelaide", zone="Australia/Adelaide", country="AU", subdivision="SA",
        week=[*weekdays(("08:30", "16:45")), Shift(day=5, opens="22:00", closes="02:30"),
              Shift(day=6, opens="02:30", closes="04:00")],
    ),
    Calendar(
        id="tokyo", name="Tokyo", zone="Asia/Tokyo", country="JP",
        week=[*weekdays(("09:00", "24:00")), Shift(day=6, opens="23:30", closes="08:15")],
    ),
]  # fmt: skip
"""A lunch break, a night shift on every day, half-hour zones, shifts through both clock changes."""

CHANGES = [
    at(text)
    for text in (
        "2025-03-09 07:00", "2025-11-02 06:00", "2026-03-08 07:00",  # New York
        "2025-03-30 01:00", "2025-10-26 01:00", "2026-03-29 01:00",  # Berlin
        "2025-04-05 16:30", "2025-10-04 16:30", "2026-04-04 16:30",  # Adelaide
    )
]  # fmt: skip
"""Instants at which a clock of one of the zones was changed."""


class Oracle:
    """Counts the minutes at whose beginning the clock on the wall shows a time inside a shift."""

    def __init__(self, calendar: Calendar) -> None:
        self.calendar = calendar
        self.zone = ZoneInfo(calendar.zone)
        self.shifts = [(shift.day, _minute(shift.opens), _minute(shift.closes)) for shift in calendar.week]
        self.days: dict[int, Minutes] = {}
        country = calendar.country
        self.holidays = holidays.country_holidays(country, subdiv=calendar.subdivision) if country else {}

    def works(self, minute: int) -> bool:
        local = datetime.fromtimestamp(60 * minute, UTC).astimezone(self.zone)
        today, shown = local.date(), 60 * local.hour + local.minute
        return self._on(today, shown) or self._on(today - timedelta(1), shown + 1440)

    def _on(self, day: date, shown: int) -> bool:
        if day in self.holidays or day in self.calendar.closed:
            return False
        return any(
            opens <= shown < (closes if closes > opens else closes + 1440)
            for weekday, opens, closes in self.shifts
            if weekday == day.weekday()
        )

    def seconds(self, start: int, end: int) -> int:
        """Working seconds between instants, which may lie inside a minute."""
        if end <= start:
            return 0
        worked = np.concatenate([self._day(day) for day in range(start // 86_400, (end - 1) // 86_400 + 1)])
        minutes = np.arange(len(worked)) * 60 + start // 86_400 * 86_400
        return int((np.clip(end - minutes, 0, 60) - np.clip(start - minutes, 0, 60))[worked].sum())

    def _day(self, day: int) -> Minutes:
        if day not in self.days:
            self.days[day] = np.array([self.works(1440 * day + minute) for minute in range(1440)])
        return self.days[day]


def _minute(time: str) -> int:
    return 60 * int(time[:2]) + int(time[3:])

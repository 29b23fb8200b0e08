"""A calendar as a person fills it in, and everything that is wrong with it, each beside its place."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any

from core.errors import CalendarInvalid
from core.staff.hours import shifts_of, written
from core.worktime import Calendar, Shift, country_names, parse_calendar
from core.worktime.places import subdivision_names

DAY_PLACES = tuple(f"day{day}" for day in range(7))
PLACES = ("name", "zone", *DAY_PLACES, "week", "country", "subdivision", "closed")
"""Where something can be wrong: a field of the form, or `week` for the days together."""

_SPAN = re.compile(r"(\d{4}-\d{2}-\d{2})(?:\s*(?:to|until|–|—|\.\.)\s*(\d{4}-\d{2}-\d{2}))?")
_MOST_DAYS = 366
_HARMLESS: Mapping[str, Any] = {"name": "x", "zone": "UTC", "week": [{"day": 0, "opens": "09:00", "closes": "17:00"}]}

Wrong = dict[str, CalendarInvalid]
"""Place → what is wrong there."""


@dataclass(frozen=True)
class Form:
    """What stands in the fields: `hours` of Monday to Sunday, `closed` as days and spans of days."""

    name: str
    zone: str
    hours: tuple[str, ...]
    country: str = ""
    subdivision: str = ""
    closed: str = ""

    @classmethod
    def of(cls, calendar: Calendar) -> "Form":
        """The fields that make this calendar."""
        return cls(
            calendar.name,
            calendar.zone,
            tuple(written(shift for shift in calendar.week if shift.day == day) for day in range(7)),
            calendar.country or "",
            calendar.subdivision or "",
            days_written(calendar.closed),
        )

    def read(self, calendar_id: str, taken: Mapping[str, str]) -> tuple[Calendar | None, Wrong]:
        """The calendar, or None with everything that is wrong. `taken`: id → name of the calendars that there are.

        >>> form = Form("Berlin", "Europe/Berln", ("9-17", "9-17, 16-20", "", "", "", "", ""))
        >>> {place: error.message for place, error in form.read("berlin", {})[1].items()}["zone"]
        'There is no time zone "Europe/Berln".'
        """
        wrong: Wrong = {}
        week = [shift for day, text in enumerate(self.hours) for shift in _try(partial(_day, day, text), wrong, ())]
        closed = _try(partial(days_of, self.closed), wrong, ())
        country = code_of(self.country, country_names())
        region = code_of(self.subdivision, subdivision_names(country))
        parts: dict[str, Mapping[str, Any]] = {
            "zone": {"zone": self.zone.strip()},
            "week": {"week": [shift.model_dump() for shift in week]},
            "country": {"country": country, "subdivision": region},
        }
        _try(partial(_named, self.name, calendar_id, taken), wrong, None)
        for place, part in parts.items():
            # Hours that could not be taken are no missing hours.
            if place != "week" or not set(DAY_PLACES) & set(wrong):
                _try(partial(parse_calendar, {"id": "x", **_HARMLESS, **part}), wrong, None)
        if wrong:
            return None, {place: wrong[place] for place in PLACES if place in wrong}
        said = {"id": calendar_id, "name": self.name.strip(), "closed": closed}
        return parse_calendar({**said, **{name: value for part in parts.values() for name, value in part.items()}}), {}


def _day(day: int, text: str) -> tuple[Shift, ...]:
    """The shifts of a day; those that overlap each other are said there, not of the whole week."""
    shifts = shifts_of(day, text)
    if len(shifts) > 1:
        try:
            parse_calendar({"id": "x", **_HARMLESS, "week": [shift.model_dump() for shift in shifts]})
        except CalendarInvalid as error:
            raise CalendarInvalid(error.message, error.hint, place=f"day{day}") from error
    return shifts


def _try(ask: Callable[[], Any], wrong: Wrong, otherwise: Any) -> Any:
    try:
        return ask()
    except CalendarInvalid as error:
        wrong.setdefault(error.place, error)
        return otherwise


def code_of(said: str, names: Mapping[str, str]) -> str:
    """The code of what is called by its name; else what was said.

    >>> code_of(" bayern", subdivision_names("DE")), code_of("DE", country_names())
    ('BY', 'DE')
    """
    by_name = {name.casefold(): code for code, name in names.items()}
    return by_name.get(said.strip().casefold(), said.strip())


def _named(name: str, calendar_id: str, taken: Mapping[str, str]) -> None:
    if not name.strip():
        raise CalendarInvalid("The calendar has no name.", "Call it by a place or a team.", place="name")
    if any(name.strip().casefold() == other.casefold() for known, other in taken.items() if known != calendar_id):
        raise CalendarInvalid(f'There is a calendar "{name.strip()}" already.', "Give it another name.", place="name")


def days_of(text: str) -> tuple[date, ...]:
    """The days in a list like `2026-12-24, 2026-12-27 to 2026-12-31`; raises `CalendarInvalid` at `closed`.

    >>> [str(day) for day in days_of("2026-12-30 to 2027-01-01")]
    ['2026-12-30', '2026-12-31', '2027-01-01']
    """
    days: set[date] = set()
    for part in filter(None, (part.strip() for part in re.split(r"[,;\n]", text))):
        found = _SPAN.fullmatch(part)
        try:
            first, last = (date.fromisoformat(day or found[1]) for day in found.groups()) if found else (None, None)
        except ValueError:
            first = last = None
        if first is None or last is None:
            raise CalendarInvalid(
                f'"{part[:40]}" is no day.', "Write it like 2026-12-24, or 2026-12-24 to 2026-12-31.", place="closed"
            )
        if not 0 <= (last - first).days < _MOST_DAYS:
            raise CalendarInvalid(
                f'"{part[:40]}" is no span of days.', "The first day comes first, and a year at most.", place="closed"
            )
        days.update(first + timedelta(place) for place in range((last - first).days + 1))
    return tuple(sorted(days))


def days_written(days: tuple[date, ...]) -> str:
    """The days as `days_of` reads them.

    >>> days_written(days_of("2026-12-24, 2026-12-29, 2026-12-30, 2026-12-31"))
    '2026-12-24, 2026-12-29 to 2026-12-31'
    """
    runs: list[list[date]] = []
    for day in sorted(days):
        if runs and day - runs[-1][-1] == timedelta(1):
            runs[-1].append(day)
        else:
            runs.append([day])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]} to {run[-1]}" for run in runs)


def new_id(name: str, taken: Mapping[str, str]) -> str:
    """An id for a new calendar, from its name; `default` and `always` are the program's own.

    >>> new_id("Büro Berlin", {"büro-berlin": "Büro Berlin"}), new_id("Default", {})
    ('büro-berlin-2', 'default-2')
    """
    plain = re.sub(r"[\W_]+", "-", name.casefold()).strip("-") or "calendar"
    used = {*taken, "default", "always"}
    return next(one for one in (plain, *(f"{plain}-{n}" for n in range(2, len(used) + 3))) if one not in used)

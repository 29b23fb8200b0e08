"""The hours of a day as people write them: `09:00–12:30, 13:30–17:00`."""

import re
from collections.abc import Iterable

from core.errors import CalendarInvalid
from core.worktime import DAYS, Shift

_TIME = r"(\d{1,2})(?:[:.h](\d{2})?)?\s*(am|pm|a\.m\.|p\.m\.)?"
_SPAN = re.compile(rf"{_TIME}\s*(?:-|–|—|to|until)\s*{_TIME}", re.IGNORECASE)
_CLOSED = frozenset(("", "-", "–", "closed", "off", "free", "none"))
LONG_MINUTES = 16 * 60
"""A longer shift is asked about: 9-5 is twenty hours, and was most likely meant as 9 to 17."""


def shifts_of(day: int, text: str) -> tuple[Shift, ...]:
    """The shifts of one day of the week (0: Monday). Raises `CalendarInvalid` with the place `day0` to `day6`.

    >>> [str(shift) for shift in shifts_of(0, "9-12.30, 1:30pm to 5pm")]
    ['Monday 09:00–12:30', 'Monday 13:30–17:00']
    >>> [shift.minutes for shift in shifts_of(4, "22-6")], shifts_of(6, "closed")
    ([480], ())
    >>> shifts_of(0, "early")
    Traceback (most recent call last):
    core.errors.CalendarInvalid: "early" is no span of hours. Write it like 09:00–17:00, several with commas between.
    """
    if text.strip().casefold() in _CLOSED:
        return ()
    return tuple(_shift(day, part.strip()) for part in re.split(r"[,;&+]|\band\b", text))


def _shift(day: int, span: str) -> Shift:
    found = _SPAN.fullmatch(span)
    if found is None:
        raise CalendarInvalid(
            f'"{span[:40]}" is no span of hours.',
            "Write it like 09:00–17:00, several with commas between.",
            place=f"day{day}",
        )
    try:
        return Shift(day=day, opens=_time(*found.group(1, 2, 3)), closes=_time(*found.group(4, 5, 6)))
    except CalendarInvalid as error:
        raise CalendarInvalid(error.message, error.hint, place=f"day{day}") from error


def _time(hours: str, minutes: str | None, half: str | None) -> str:
    number = int(hours)
    if half is not None and 1 <= number <= 12:
        number = number % 12 + (12 if half[0] in "pP" else 0)
    return f"{number:02}:{minutes or '00'}"


def written(shifts: Iterable[Shift]) -> str:
    """The shifts of one day as `shifts_of` reads them; empty where there are none.

    >>> written(shifts_of(2, "13-17, 9-12"))
    '09:00–12:00, 13:00–17:00'
    """
    return ", ".join(
        f"{shift.opens}–{shift.closes}" for shift in sorted(shifts, key=lambda shift: (shift.day, shift.opens_at))
    )


def week_told(week: Iterable[Shift]) -> str:
    """The hours of a week in a few words.

    >>> from core.worktime import default_calendar
    >>> week_told(default_calendar("UTC").week)
    'Monday to Friday 09–17'
    """
    week = tuple(week)
    by_day = [_short(written(shift for shift in week if shift.day == day)) for day in range(7)]
    runs: list[tuple[int, int, str]] = []
    for day, hours in enumerate(by_day):
        if not hours:
            continue
        if runs and runs[-1][1] == day - 1 and runs[-1][2] == hours:
            runs[-1] = (runs[-1][0], day, hours)
        else:
            runs.append((day, day, hours))
    return ", ".join(f"{_days(first, last)} {hours}" for first, last, hours in runs)


def _short(hours: str) -> str:
    return re.sub(r"(\d\d):00", r"\1", hours).replace(", ", " and ")


def _days(first: int, last: int) -> str:
    return DAYS[first] if first == last else f"{DAYS[first]} to {DAYS[last]}"


__all__ = ["LONG_MINUTES", "shifts_of", "week_told", "written"]

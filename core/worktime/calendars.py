"""Whose hours count? A zone, the hours of a week, public holidays and own closing days."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from core.errors import CalendarInvalid
from core.worktime.places import agreed_country, agreed_subdivision, agreed_zone

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
"""Day of a shift, 0 to 6."""

DEFAULT_ID = "default"
_DAY = 24 * 60
_WEEK = 7 * _DAY
_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)|24:00")


def _minutes(time: str) -> int:
    hours, _, minutes = time.partition(":")
    return 60 * int(hours) + int(minutes)


def _time(value: object) -> object:
    text = str(value).strip()
    text = f"0{text}" if re.fullmatch(r"\d:\d\d", text) else text
    if not _TIME.fullmatch(text):
        raise CalendarInvalid(f'"{text[:20]}" is no time of day.', "Write it like 09:00 or 17:30.", place="week")
    return text


def _day(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 6:
        raise CalendarInvalid(
            f'"{str(value)[:20]}" is no day of the week.', "Days go from 0, Monday, to 6, Sunday.", place="week"
        )
    return value


class Shift(BaseModel):
    """Hours on one day of the week. A shift that closes at or before it opens ends on the next day.

    >>> Shift(day=4, opens="22:00", closes="06:00").minutes
    480
    >>> str(Shift(day=0, opens="9:00", closes="17:00"))
    'Monday 09:00–17:00'
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    day: Annotated[int, BeforeValidator(_day)]
    opens: Annotated[str, BeforeValidator(_time)]
    closes: Annotated[str, BeforeValidator(_time)]

    @model_validator(mode="after")
    def _opens_within_its_day(self) -> Self:
        if self.opens == "24:00":
            raise CalendarInvalid(
                f"{DAYS[self.day]} cannot open at 24:00.", "Give the next day hours from 00:00.", place="week"
            )
        return self

    @property
    def opens_at(self) -> int:
        """Minutes from the beginning of its day."""
        return _minutes(self.opens)

    @property
    def minutes(self) -> int:
        """How long it lasts on the clock on the wall; 24 hours where it closes as it opens."""
        return (_minutes(self.closes) - self.opens_at - 1) % _DAY + 1

    @property
    def closes_at(self) -> int:
        """Minutes from the beginning of the day that it opens on; beyond 1440 on the next one."""
        return self.opens_at + self.minutes

    def __str__(self) -> str:
        """The words of the page."""
        return f"{DAYS[self.day]} {self.opens}–{self.closes}"


class Calendar(BaseModel):
    """When somebody works: `week` in the local time of `zone`, less public holidays and the days in `closed`.

    A holiday or closing day closes the local day on which a shift *begins*: the night shift that began the evening
    before goes on into the holiday, and the one that would begin on it falls away, next morning's hours included.
    That is how rosters are written, and keeps every shift in one piece.

    Every minute counts during which the clock on the wall shows a time inside a shift. So a night shift over the hour
    that a clock change repeats is an hour longer, and one over the hour that it skips is an hour shorter.

    Raises `CalendarInvalid`, with the place, when it cannot be used.

    >>> week = [Shift(day=day, opens="09:00", closes="17:00") for day in range(5)]
    >>> Calendar(id="berlin", name="Berlin", zone="Europe/Berlin", week=week, country="DE", subdivision="BE").zone
    'Europe/Berlin'
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(min_length=1)
    name: str = Field(min_length=1)
    zone: Annotated[str, BeforeValidator(lambda said: agreed_zone(str(said).strip()))]
    week: tuple[Shift, ...]
    country: str | None = None
    subdivision: str | None = None
    closed: tuple[date, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _empty_is_none(cls, value: Any) -> Any:
        if isinstance(value, Mapping):
            return {**value, **{name: value.get(name) or None for name in ("country", "subdivision")}}
        return value

    @model_validator(mode="after")
    def _can_be_used(self) -> Self:
        _never_twice(self.week)
        if self.country is not None:
            agreed_country(self.country)
        if self.subdivision is not None:
            if self.country is None:
                raise CalendarInvalid(
                    f'A state or region "{self.subdivision}" needs its country.', "Choose the country.", place="country"
                )
            agreed_subdivision(self.country, self.subdivision)
        return self


def _never_twice(week: tuple[Shift, ...]) -> None:
    """Nobody works two shifts at once, across midnight and from Sunday to Monday too."""
    if not week:
        raise CalendarInvalid(
            "There is no working hour in the whole week.", "Give at least one day its hours.", place="week"
        )
    ordered = sorted(week, key=lambda shift: (shift.day, shift.opens_at))
    for shift, following in zip(ordered, [*ordered[1:], ordered[0]], strict=True):
        ahead = (following.day - shift.day) * _DAY + following.opens_at - shift.opens_at
        until_next = ahead + (_WEEK if following is ordered[0] else 0)
        if shift.minutes > until_next:
            raise CalendarInvalid(
                f"{shift} and {following} overlap.",
                "Let the first one close before the second one opens, or make one of the two.",
                place="week",
            )


def parse_calendar(value: Mapping[str, Any]) -> Calendar:
    """The calendar in a mapping, as a form or a file has it; raises `CalendarInvalid` naming the place.

    >>> parse_calendar({"id": "x", "name": "X", "zone": "Berlin", "week": []})
    Traceback (most recent call last):
    core.errors.CalendarInvalid: There is no time zone "Berlin". Did you mean "Europe/Berlin"?
    """
    try:
        return Calendar.model_validate(value)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise CalendarInvalid(
            f"The calendar cannot be read at {place}: {first['msg']}.", "Mend it there.", place=place
        ) from error


def default_calendar(zone: str) -> Calendar:
    """Hours of somebody of whom none are known: Monday to Friday 09–17 in the data's zone, no holidays.

    >>> [str(shift) for shift in default_calendar("UTC").week][-1]
    'Friday 09:00–17:00'
    """
    week = tuple(Shift(day=day, opens="09:00", closes="17:00") for day in range(5))
    return Calendar(id=DEFAULT_ID, name="Monday to Friday, 09–17", zone=zone, week=week)


def round_the_clock(zone: str) -> Calendar:
    """Every hour of every day: working time is elapsed time.

    >>> sum(shift.minutes for shift in round_the_clock("UTC").week) == 7 * 24 * 60
    True
    """
    week = tuple(Shift(day=day, opens="00:00", closes="24:00") for day in range(7))
    return Calendar(id="always", name="Round the clock", zone=zone, week=week)

"""What may be stated of a person."""

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from core.errors import CalendarInvalid, PersonInvalid
from core.journeys.stated import CELLS
from core.worktime.places import agreed_zone

KINDS = ("person", "queue", "machine")
SIDES = ("marketing", "sales")
_CHOICES = {"kind": KINDS, "side": SIDES}
_TEXTS = ("name", "team", "manager", "zone", "calendar")
_LONGEST = 200


def agreed_cells(person_id: str, cells: Mapping[str, Any]) -> dict[str, Any]:
    """The cells without outer spaces, an empty one as None; raises `PersonInvalid` for what cannot be.

    >>> agreed_cells("p1", {"team": " North ", "zone": ""})
    {'team': 'North', 'zone': None}
    >>> agreed_cells("p1", {"zone": "Europe/Berln"})
    Traceback (most recent call last):
    core.errors.PersonInvalid: There is no time zone "Europe/Berln". Did you mean "Europe/Berlin"?
    """
    return {name: _agreed(person_id, name, value) for name, value in cells.items()}


def _agreed(person_id: str, name: str, value: Any) -> Any:
    if name not in CELLS:
        raise ValueError(f"nothing is stated under {name}")
    if name in _TEXTS and isinstance(value, str):
        value = value.strip()
    if value is None or value == "":
        return None
    if name in _CHOICES and value not in _CHOICES[name]:
        raise _wrong(f'"{value}" is no {name}.', f"Choose one of {', '.join(_CHOICES[name])}.", person_id, name)
    if name == "capacity" and not (math.isfinite(value) and value >= 0):
        raise _wrong(f"{value} leads a week cannot be.", "Write a number from 0 on.", person_id, name)
    if name in _TEXTS and len(value) > _LONGEST:
        raise _wrong(f'"{value[:40]}…" is too long.', f"Use at most {_LONGEST} signs.", person_id, name)
    if name == "zone":
        try:
            agreed_zone(value)
        except CalendarInvalid as error:
            raise _wrong(error.message, error.hint, person_id, name) from error
    return float(value) if name == "capacity" else value


def agreed_days(people: pd.DataFrame) -> None:
    """Raises `PersonInvalid` where somebody's last day lies before the first one. `people`: `people.EVERYBODY`."""
    backwards = people[(people["active_to"] < people["active_from"]).fillna(False)]
    if len(backwards):
        raise _wrong(
            "The last day lies before the first one.",
            "Correct one of the two, or leave it empty.",
            str(backwards["person_id"].iloc[0]),
            "active_to",
        )


def _wrong(message: str, hint: str, person_id: str, place: str) -> PersonInvalid:
    return PersonInvalid(message, hint, person_id=person_id, place=place)

"""What is stated here of people, over what the files say of them."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import pandas as pd

from core.engine import Engine, Lazy
from core.tables import PEOPLE, Column, Table

STATED = Table(
    "stated_people",
    "person of whom something is stated here",
    (
        Column("person_id", "text", "as in the files; the name of somebody whom no file knows", required=True),
        Column("name", "text", "display name, of somebody who has none in the data"),
        Column("kind", "text", "person, queue or machine"),
        Column("side", "text", "marketing or sales"),
        Column("team", "text", "team"),
        Column("manager", "text", "the manager's person_id, or the name of a manager whom the data do not know"),
        Column("zone", "text", "time zone"),
        Column("capacity", "number", "leads that this person can work in a week"),
        Column("active_from", "day", "first day at work"),
        Column("active_to", "day", "last day at work"),
        Column("calendar", "text", "id of the calendar that this person works by"),
    ),
    key=("person_id",),
)
"""A missing cell says nothing: what the files say of it holds."""

CELLS = STATED.names[1:]
"""What can be stated of a person."""

_OF_LEADS = ("name", "team", "manager")
"""What the facts of a lead say of its owner."""

_EPOCH = date(1970, 1, 1)


def stated_people(rows: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """The statements as a table (`STATED`): one mapping per person, days as dates.

    >>> int(stated_people([{"person_id": "p1", "active_from": date(1970, 1, 3)}]).loc[0, "active_from"])
    2
    """
    made = pd.DataFrame(list(rows), columns=list(STATED.names), dtype=object)
    days = {name: made[name].map(day_number, na_action="ignore") for name in ("active_from", "active_to")}
    return STATED.conform(made.assign(**days))


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return (day - _EPOCH).days


def with_stated(engine: Engine, people: Lazy, stated: pd.DataFrame) -> Lazy:
    """The people of the files (`tables.PEOPLE`) with what is stated here, which wins; further people after them.

    Beside the columns of the files: `kind` and `calendar`, as stated.
    """
    if stated.empty:
        return people
    found = engine.collect(people).drop_duplicates("person_id")
    found = PEOPLE.conform(found.assign(kind=None, calendar=None)).set_index("person_id")
    given = stated.set_index("person_id")
    both = found.reindex(found.index.union(given.index, sort=False))
    for name in CELLS:
        both[name] = given[name].reindex(both.index).astype(both[name].dtype).fillna(both[name])
    both[["batch", "line"]] = both[["batch", "line"]].fillna(0)
    return engine.frame(both.reset_index(), _KNOWN)


def of_facts(rows: Iterable[Mapping[str, Any]]) -> str:
    """The version of what facts of leads depend on: whose names, teams and managers are stated. Empty where none are.

    >>> of_facts([{"person_id": "p1", "zone": "Europe/Berlin"}])
    ''
    """
    told = sorted((row["person_id"], *(row.get(name) for name in _OF_LEADS)) for row in rows if _tells(row))
    return hashlib.blake2b(json.dumps(told).encode(), digest_size=8).hexdigest() if told else ""


def _tells(row: Mapping[str, Any]) -> bool:
    return any(row.get(name) is not None for name in _OF_LEADS)


_KNOWN = Table("people", "person_id", (*PEOPLE.columns, STATED["kind"], STATED["calendar"]), key=("person_id",))

__all__ = ["CELLS", "STATED", "day_number", "of_facts", "stated_people", "with_stated"]

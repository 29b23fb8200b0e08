"""Who is who in these data: people of sales and of marketing, queues, and machines?"""

from collections.abc import Iterable
from datetime import UTC, datetime, tzinfo

import narwhals as nw
import pandas as pd

from core.definition import Definition, fold
from core.engine import Engine, Lazy
from core.journeys.owner_fields import owner_fields
from core.journeys.sources import Sources
from core.journeys.stated import day_number
from core.tables import EXTRA, Column, Table

EVERYBODY = Table(
    "everybody",
    "person, queue or machine that owns leads or does something in the data",
    (
        Column("person_id", "text", "id, or the name where there is no id", required=True),
        Column("name", "text", "display name", required=True),
        Column("kind", "text", "person, queue or machine", required=True),
        Column("side", "text", "marketing or sales; missing where nothing tells"),
        Column("team", "text", "team, office or role"),
        Column("manager", "text", "the manager's person_id, or the name where it is none of these"),
        Column("zone", "text", "time zone as stated"),
        Column("active", "flag", "still there; missing where not stated"),
        Column("capacity", "number", "leads that this person can work in a week; missing where not stated"),
        Column("active_from", "day", "first day at work; missing where not stated"),
        Column("active_to", "day", "last day at work; missing where not stated"),
        Column("calendar", "text", "id of the calendar of this person alone"),
        Column("stated", "flag", "a file or a person says who this is; false: known from what it does", required=True),
    ),
    key=("person_id",),
)

_USER_TYPES = ("usertype", "type", "licensetype", "kind")
"""Folded names of the columns in which an export of users says what kind of user it is."""
_MACHINES = ("integration", "automated", "automation", "api", "system", "bot", "robot", "workflow", "machine")
_QUEUES = ("queue", "roundrobin", "unassigned")


def everyone(engine: Engine, sources: Sources, definition: Definition) -> pd.DataFrame:
    """Everybody (`EVERYBODY`): the people of the files and of whom something is stated, then owners and actors that
    none of these know.

    Where no kind is stated, a machine is what the definition lists or the file calls one; a queue is called so. Where
    no side is stated, marketing is who is in a team of marketing; whoever is in another team sells. Of somebody whom
    nothing names but the data, nothing but the name is known.
    """
    stated = engine.collect(sources.people)
    known = {fold(text) for column in ("person_id", "name") for text in stated[column].dropna()}
    unknown = sorted(text for text in _seen(engine, sources) if fold(text) not in known)
    derived = pd.DataFrame({"person_id": unknown, "name": unknown}, dtype="str")
    every = pd.concat([stated.assign(stated=True), derived.assign(stated=False)], ignore_index=True)
    every = every.assign(name=every["name"].fillna(every["person_id"]))
    types = type_columns(every)
    machines = {fold(text) for text in definition.machines}
    kinds = [
        _kind([row["person_id"], row["name"]], [row[name] for name in types], machines)
        for row in every.to_dict("records")
    ]
    derived_kind = pd.Series(kinds, index=every.index, dtype="str")
    every = every.assign(kind=every["kind"].fillna(derived_kind) if "kind" in every.columns else derived_kind)
    side = pd.Series([_side(*row) for row in zip(every["side"], every["team"], strict=True)], dtype="str")
    managers = {fold(name): person for name, person in zip(every["name"], every["person_id"], strict=True)}
    above = every["manager"].map(lambda name: managers.get(fold(name), name), na_action="ignore")
    out = EVERYBODY.conform(every.assign(side=side, manager=above))[list(EVERYBODY.names)]
    return out.drop_duplicates("person_id").sort_values("person_id", ignore_index=True)


def type_columns(people: pd.DataFrame) -> list[str]:
    """The columns of an export of users that say what kind of user each is."""
    return [name for name in people.columns if fold(name.removeprefix(EXTRA)) in _USER_TYPES and name != "kind"]


def still_there(people: pd.DataFrame, *, as_of: int, zone: tzinfo) -> pd.DataFrame:
    """The people with `active` as of an instant: by their first and last day where stated, else as the file says.

    >>> days = pd.DataFrame({"active": [None], "active_from": [None], "active_to": [19_000]})
    >>> bool(still_there(days, as_of=19_001 * 86_400, zone=UTC)["active"].iloc[0])
    False
    """
    today = day_number(datetime.fromtimestamp(as_of, UTC).astimezone(zone).date())
    first, last = people["active_from"].astype("Int32"), people["active_to"].astype("Int32")
    outside = (first > today).fillna(False) | (last < today).fillna(False)
    active = people["active"].astype("boolean").mask(last.notna(), True).mask(outside, False)
    return people.assign(active=active)


def spellings(people: pd.DataFrame) -> dict[str, str]:
    """Every id, and every name that only one of them has → person_id.

    >>> spellings(pd.DataFrame({"person_id": ["1", "2", "3"], "name": ["Ada", "Ben", "Ben"]}))
    {'Ada': '1', '1': '1', '2': '2', '3': '3'}
    """
    alone = people[~people["name"].duplicated(keep=False)]
    return dict(zip(alone["name"], alone["person_id"], strict=True)) | {one: one for one in people["person_id"]}


def beneath(people: pd.DataFrame, manager: str) -> frozenset[str]:
    """Everybody at any level beneath a manager (person_id, or the name as written), the manager left out.

    >>> chart = pd.DataFrame({"person_id": ["a", "b", "c"], "manager": [None, "a", "b"]})
    >>> sorted(beneath(chart, "a"))
    ['b', 'c']
    """
    found: set[str] = set()
    level = {manager}
    while level:
        level = set(people.loc[people["manager"].isin(level), "person_id"]) - found - {manager}
        found |= level
    return frozenset(found)


def _seen(engine: Engine, sources: Sources) -> set[str]:
    """Owners of leads and deals, today or once, and whoever did something."""
    changes = nw.col("kind") == "change", nw.col("name").is_in(owner_fields(engine, sources.events) or [""])
    given = sources.events.filter(*changes)
    columns = (
        *((sources.leads, "owner"), (sources.deals, "owner"), (sources.events, "actor")),
        *((given, "detail"), (given, "before")),
    )
    return {text for rows, column in columns for text in _distinct(engine, rows, column)}


def _distinct(engine: Engine, rows: Lazy, column: str) -> Iterable[str]:
    found: Iterable[str] = engine.collect(rows.select(column).unique(column))[column].dropna()
    return found


def _kind(called: list[str], types: list[object], machines: set[str]) -> str:
    words = [fold(text) for text in types if isinstance(text, str)]
    names = [fold(text) for text in called]
    if machines & set(names) or any(sign in word for word in words for sign in _MACHINES):
        return "machine"
    return "queue" if any(sign in text for text in (*words, *names) for sign in _QUEUES) else "person"


def _side(stated: object, team: object) -> str | None:
    if isinstance(stated, str) and fold(stated) in ("marketing", "sales"):
        return fold(stated)
    if not isinstance(team, str):
        return None
    return "marketing" if "marketing" in fold(team) else "sales"


__all__ = ["EVERYBODY", "beneath", "everyone", "spellings", "still_there", "type_columns"]

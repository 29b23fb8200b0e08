"""Who signs and who speaks: is somebody of that name known, and on which side?"""

from dataclasses import dataclass, replace
from typing import Literal

import pandas as pd

from core.definition import Definition, fold
from core.engine import Engine
from core.errors import AgreementRefused
from core.journeys.people import everyone
from core.journeys.sources import Sources
from core.store import Who
from core.tables import Column, Table

Side = Literal["marketing", "sales"]
SIDES: tuple[Side, ...] = ("marketing", "sales")
LONGEST_NAME = 200

SIGNERS = Table(
    "signers",
    "person, queue or machine that the data know",
    (
        Column("person_id", "text", "id, or the name where there is no id", required=True),
        Column("name", "text", "display name", required=True),
        Column("kind", "text", "person, queue or machine: only a person signs", required=True),
        Column("side", "text", "the side that is stated of it, itself or by the name of its team; missing where none"),
    ),
    key=("person_id",),
)


@dataclass(frozen=True)
class Person:
    """Somebody who proposes, signs or speaks for one side.

    `account` is the login by which we know who it is; None: nobody was asked, and the record says "not authenticated".
    """

    name: str
    side: Side
    person_id: str | None = None
    account: str | None = None

    @property
    def who(self) -> Who:
        """As it is written down."""
        return {"side": self.side, "name": self.name, "person_id": self.person_id, "account": self.account}


def signers(engine: Engine, sources: Sources, definition: Definition) -> pd.DataFrame:
    """Everybody who could sign (`SIGNERS`). Who is only believed to sell, because of an office's name, has no side."""
    every = everyone(engine, sources, definition)
    listed = engine.collect(sources.people.select("person_id", "side"))
    stated = dict(zip(listed["person_id"], listed["side"], strict=True))
    side = [_side(stated.get(person), team) for person, team in zip(every["person_id"], every["team"], strict=True)]
    return SIGNERS.conform(every[["person_id", "name", "kind"]].assign(side=pd.Series(side, dtype="str")))


def _side(stated: object, team: object) -> str | None:
    if isinstance(stated, str) and fold(stated) in SIDES:
        return fold(stated)
    named = [side for side in SIDES if isinstance(team, str) and side in fold(team)]
    return named[0] if len(named) == 1 else None


def recognised(person: Person, people: pd.DataFrame) -> Person:
    """The person as the data know it, by id or by a name that only one of them has; as typed where nobody is known.

    `AgreementRefused` for a name that says nothing, a queue, a machine, and somebody whose stated side is the other.
    """
    name = " ".join(person.name.split())
    if not fold(name) or len(name) > LONGEST_NAME:
        raise AgreementRefused("A name is missing.", "Say who you are, in at most 200 characters.", code="nameless")
    row = _row(replace(person, name=name), people)
    if row is None:
        return replace(person, name=name, person_id=None)
    if row["kind"] != "person":
        raise AgreementRefused(
            f"{row['name']} is a {row['kind']} in these data, and only people sign and speak.",
            "Use the name of a person.",
            code="no_person",
        )
    known = row["side"]
    if isinstance(known, str) and known != person.side:
        raise AgreementRefused(
            f"{row['name']} is on the {known} side, and cannot speak for {person.side}.",
            f"Let somebody of {person.side} do it, or correct the side among the people.",
            code="other_side",
        )
    return replace(person, name=str(row["name"]), person_id=str(row["person_id"]))


def _row(person: Person, people: pd.DataFrame) -> pd.Series | None:
    if person.person_id is not None:
        found = people[people["person_id"] == person.person_id]
    else:
        called = people["person_id"].map(fold).eq(fold(person.name)) | people["name"].map(fold).eq(fold(person.name))
        found = people[called]
    return found.iloc[0] if len(found) == 1 else None


def same(one: Who, other: Who) -> bool:
    """Are they one person? By id where both are known, else by name, whatever its case and spaces.

    >>> same(Person("Ada Reid", "sales").who, Person("ada  reid", "marketing").who)
    True
    """
    if one["person_id"] is not None and other["person_id"] is not None:
        return one["person_id"] == other["person_id"]
    return fold(one["name"]) == fold(other["name"])

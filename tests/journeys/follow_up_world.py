"""Random leads with everything that can follow a hand-off: touches, changes of owner and of fields, opting out."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import timedelta

import pandas as pd

from core.definition import Definition
from core.journeys.sources import Sources
from core.tables import DEALS, EVENTS, LEADS, LOOKUPS, PEOPLE
from tests.journeys.conftest import EPOCH, FIRST_DAY, Ground, Rows, instant, random_world
from tests.journeys.slow_handoffs import Happening, People
from tests.journeys.slow_twin import Event

WHO: tuple[dict[str, str | None], ...] = (
    {"person_id": "p1", "name": "Ada", "team": "North"},
    {"person_id": "p2", "name": "Ben", "team": "South"},
    {"person_id": "p3", "name": "Cleo", "team": None},
    {"person_id": "m1", "name": "Mia", "team": "Marketing"},
    {"person_id": "bot", "name": "Nurture Robot", "team": "Marketing", "x:UserType": "Integration"},
    {"person_id": "q1", "name": "Lead Queue", "team": "North", "x:UserType": "Queue"},
)
ACTORS = ("p1", "p2", "Ada", "Cleo", "m1", "bot", "Nurture Robot", None, "somebody else")
OWNERS = ("p1", "p2", "p3", "Ben", "q1", "Lead Queue", "m1", "bot", "a leaver")
SAID = ("Connected", "Not connected", "No answer", None, "Call: spoke with the boss")


@dataclass(frozen=True)
class Followed:
    """Rows of every kind, and what they are true of."""

    definition: Definition
    zone: str
    as_of: int
    happenings: list[Happening]
    leads: Rows
    deals: Rows

    def people(self) -> People:
        """Who is who, for the slow reading."""
        return People([{"x:user type": row.get("x:UserType"), **row} for row in WHO], self.definition)

    def sources(self, ground: Ground) -> Sources:
        """The same as a reduction reads it."""
        frame = ground.engine.frame
        events = pd.DataFrame(self.happenings, columns=list(Happening._fields))
        leads = pd.DataFrame([{"batch": 1, "line": line, **row} for line, row in enumerate(self.leads)])
        deals = pd.DataFrame(
            [{"batch": 1, "line": line, "outcome": "open", **row} for line, row in enumerate(self.deals)]
        )
        people = pd.DataFrame([{"batch": 1, "line": line, **row} for line, row in enumerate(WHO)])
        return Sources(
            events=frame(EVENTS.conform(events.assign(line=range(len(events)))), EVENTS),
            leads=frame(LEADS.conform(leads), LEADS),
            deals=frame(DEALS.conform(deals) if len(deals) else DEALS.empty(), DEALS),
            people=frame(PEOPLE.conform(people), PEOPLE),
            lookups=frame(LOOKUPS.empty(), LOOKUPS),
        )


def followed(seed: int, definition: Definition, n: int = 120) -> Followed:
    """The leads of `random_world`, with what happened besides."""
    world, chance = random_world(seed, definition, n), random.Random(seed + 1)
    told = [_told(chance, event) for event in world.events]
    leads = []
    for lead in world.leads:
        born = FIRST_DAY + timedelta(days=chance.randint(-3, 25))
        created = instant(f"{born} {chance.choice(('08:00', '12:00'))}", world.zone) if chance.random() < 0.6 else None
        leads.append({**lead, "owner": chance.choice((*OWNERS, None)), "created_at": created})
        told += _rest(chance, str(lead["lead_id"]), world.zone)
    return Followed(definition, world.zone, world.as_of, told, leads, world.deals)


def _told(chance: random.Random, event: Event) -> Happening:
    return Happening(**event._asdict(), kind="stage", actor=chance.choice(ACTORS))


def _rest(chance: random.Random, lead: str, zone: str) -> list[Happening]:
    out = []
    for place in range(chance.randint(0, 7)):
        day = FIRST_DAY + timedelta(days=chance.randint(0, 60))
        precision = chance.choices(("instant", "day"), (4, 1))[0]
        clock = chance.choice(("08:10", "09:30", "09:31", "17:00", "23:30")) if precision == "instant" else "00:00"
        kind = chance.choices(("touch", "owner", "field", "opt"), (5, 3, 1, 0.3))[0]
        if kind == "owner" and precision == "instant":
            # Of two owners at one instant nobody can say who came first.
            clock = f"{chance.randrange(24):02}:{chance.randrange(60):02}"
        name, before, detail, actor = "Call", None, chance.choice(SAID), chance.choice(ACTORS)
        if kind == "owner":
            name, before, detail = (
                chance.choice(("Owner", "Lead Owner")),
                chance.choice((*OWNERS, None)),
                chance.choice(OWNERS),
            )
        elif kind == "field":
            name, before, detail = "Rating", "Cold", "Hot"
        elif kind == "opt":
            name, detail = chance.choice(
                (("HasOptedOutOfEmail", "true"), ("Opted Out", "false"), ("Do Not Call", "TRUE"))
            )
        out.append(
            Happening(
                event_id=f"{chance.random():.9f}/{lead}/{place}",
                lead_id=lead,
                happened_at=instant(f"{day} {clock}", zone),
                day=(day - EPOCH).days,
                precision=precision,
                name=name,
                shape="log",
                reason=None,
                batch=1,
                kind="touch" if kind == "touch" else "change",
                actor=actor,
                detail=detail,
                before=before,
            )
        )  # fmt: skip
    return out

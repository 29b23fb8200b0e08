"""Histories at random for the judging: what leads are and did, who touched them, what changed, and what they bought."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from core.definition import Definition
from core.journeys.sources import Sources
from core.tables import DEALS, EVENTS, LEADS, LOOKUPS, PEOPLE, Table
from tests.definition.random_definitions import TYPES, WORDS
from tests.journeys.conftest import EPOCH, FIRST_DAY, Ground, random_world
from tests.journeys.slow_judge import Row, World
from tests.journeys.slow_twin import DAY

PEOPLE_ROWS: Sequence[Row] = (
    {"person_id": "p1", "name": "Ada", "side": None, "team": "North"},
    {"person_id": "p2", "name": "Mara", "side": None, "team": "Marketing"},
    {"person_id": "p3", "name": "Sync", "side": None, "team": None, "x:usertype": "Integration user"},
    {"person_id": "p4", "name": "Inbound queue", "side": "sales", "team": None},
    {"person_id": "p5", "name": "Mo", "side": "marketing", "team": "North"},
)
ACTORS = ("p1", "Ada", "p2", "Mara", "Sync", "p4", "Mo", "Robo", "Somebody", None)
OUTCOMES = ("Connected", "Not connected", "No answer", None)
CHANGED = {
    "Budget__c": WORDS, "Plan": WORDS, "Owner": ("p1", "Mara", "Inbound queue", "Sync", "Somebody"), "Rating__c": WORDS,
    "Fit_Score": ("10", "55.5", "n/a"), "Email": ("a@firm.example", "b@firm.example"), "Whatever": WORDS,
    "OptedOut": ("true", "0"), "opted_out": ("true", "0", "perhaps"),
}  # fmt: skip


def random_judging(
    seed: int, definition: Definition, *, facts_definition: Definition | None = None, n: int = 120
) -> World:
    """A world of `n` leads and more: stage histories as the reduction's are, and everything else about their times."""
    by = facts_definition or definition
    ground, chance = random_world(seed, by, n), random.Random(seed + 1)
    events: list[dict[str, Any]] = [
        {**event._asdict(), "kind": "stage", "actor": chance.choice(ACTORS), "detail": None, "before": None}
        for event in ground.events
    ]
    tracked = chance.sample(list(CHANGED), chance.randint(0, 5))
    kinds = chance.choice((("activity",), ("touch",), ("activity", "touch"), ("activity", "touch"), ()))
    names = [lead["lead_id"] for lead in ground.leads] + [f"deal:{deal['deal_id']}" for deal in ground.deals]
    for name in names:
        near = [event for event in events if event["lead_id"] == name and event["happened_at"] is not None]
        for number in range(chance.randint(0, 7)):
            kind = chance.choice((*kinds, *(("change",) if tracked else ())) or ("",))
            if kind:
                events.append(_happening(chance, str(name), number, kind, tracked, near, ground.zone))
    leads = [{**lead, **_attributes(chance, ground.as_of)} for lead in ground.leads]
    deals = [{"outcome": "open", **deal, **_bought(chance, ground.as_of)} for deal in ground.deals]
    return World(
        definition, by, ground.zone, ground.as_of, leads, deals if chance.random() < 0.8 else _unsold(leads), events,
        PEOPLE_ROWS,
    )  # fmt: skip


def _unsold(leads: Sequence[dict[str, Any]]) -> list[Row]:
    """Data without deals."""
    for lead in leads:
        lead["deal_id"] = None
    return []


def _happening(
    chance: random.Random, lead: str, number: int, kind: str, tracked: Sequence[str], near: Sequence[Row], zone: str
) -> dict[str, Any]:
    """Something about the times of the lead's stages: at one of them, a second beside it, or just days from it."""
    if near and chance.random() < 0.8:
        base = chance.choice(near)["happened_at"]
        at = base + chance.choice((0, 0, 1, -1, 3_600)) + DAY * chance.choice((0, 0, -1, -7, -30, -3, 2))
    else:
        at = int(datetime(FIRST_DAY.year, FIRST_DAY.month, FIRST_DAY.day, tzinfo=UTC).timestamp())
        at += chance.randrange(60 * DAY)
    precision = chance.choices(("instant", "day", "unknown"), (6, 3, 1))[0]
    local = datetime.fromtimestamp(at, ZoneInfo(zone))
    if precision == "day":
        local = local.replace(hour=0, minute=0, second=0)
        at = int(local.timestamp())
    dated = precision != "unknown"
    name = chance.choice(tracked) if kind == "change" else chance.choice((*TYPES, None))
    words = CHANGED[str(name)] if kind == "change" else OUTCOMES
    return {
        "event_id": f"{chance.random():.6f}/{kind}/{lead}/{number}",
        "lead_id": lead,
        "happened_at": at if dated else None,
        "day": (local.date() - EPOCH).days if dated else None,
        "precision": precision,
        "kind": kind,
        "name": name,
        "shape": "log",
        "reason": None,
        "batch": 1,
        "actor": chance.choice(ACTORS),
        "detail": chance.choice((*words, None)),
        "before": chance.choice((*words, None)) if kind == "change" else None,
    }


def _attributes(chance: random.Random, as_of: int) -> dict[str, Any]:
    def perhaps(*of: Any) -> Any:
        return chance.choice((None, *of))

    mail = perhaps("a@firm.example", "b@firm.example", "n/a", "x")
    return {
        "created_at": perhaps(as_of - chance.randrange(90) * DAY, as_of + 5, as_of),
        **{name: perhaps(*WORDS) for name in ("title", "industry", "budget", "authority", "x:plan")},
        "x:seats": perhaps("12", "12.50", " 50 ", "1e3", "-3", "1,200", "many", ".5", "5."),
        "email": mail,
        "email_ok": None if mail is None else perhaps(True, False),
        "email_free": None if mail is None else perhaps(True, False),
        "email_disposable": None if mail is None else perhaps(True, False),
        "phone": perhaps("+46 8 465 004 13", "unknown"),
        "phone_ok": perhaps(True, False),
        "employees": perhaps(0.0, 12.0, 12.5, 50.0, 1000.0, 1e9),
        "fit_score": perhaps(0.0, 5.0, 12.3, 40.0),
        "behaviour_score": perhaps(0.0, 2.5, 40.0),
        "opted_out": perhaps(True, False),
        "owner": perhaps("p1", "Mara"),
    }


def _bought(chance: random.Random, as_of: int) -> dict[str, Any]:
    opened = chance.choice((None, *(as_of - day * DAY for day in range(0, 60, 7)), as_of + DAY))
    return {
        "opened_at": opened,
        "closed_at": chance.choice((None, as_of)),
        "amount_minor": chance.choice((None, 100)),
        "source": chance.choice((None, "CEO")),
        "x:plan": chance.choice((None, *WORDS)),
        "stage": None,
    }


def sources_of(ground: Ground, world: World, *, shuffled: int | None = None) -> Sources:
    """The rows as a reduction reads them; `shuffled`: in another order."""

    def table(rows: Sequence[Row], of: Table) -> Any:
        rows = list(rows)
        if shuffled is not None:
            random.Random(shuffled).shuffle(rows)
        if not rows:
            return ground.engine.frame(of.empty(), of)
        frame = pd.DataFrame([{"batch": 1, "line": line, **row} for line, row in enumerate(rows)])
        return ground.engine.frame(of.conform(frame), of)

    return Sources(
        events=table(world.events, EVENTS),
        leads=table(world.leads, LEADS),
        deals=table(world.deals, DEALS),
        people=table(world.people, PEOPLE),
        lookups=table((), LOOKUPS),
    )


__all__ = ["random_judging", "sources_of"]

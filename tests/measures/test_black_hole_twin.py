"""The black hole against an independent reading of the rules, from random histories, under every filter and segment."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from core.definition import Clock
from core.definition.templates import CLASSIC
from core.journeys.clocks import timed, usual_timing
from core.journeys.follow_up import follow_up
from core.journeys.people import everyone
from core.journeys.sources import Sources
from core.measures.black_hole import black_hole
from core.measures.buckets import BUCKETS, bucketed
from core.measures.cohort import Query
from core.measures.holding import grouped
from core.settings import Settings
from core.tables import DEALS, EVENTS, LEADS, LOOKUPS, PEOPLE
from core.worktime import default_calendar
from tests.journeys import slow_handoffs
from tests.journeys.conftest import EPOCH, FIRST_DAY, SOURCES, Ground, instant
from tests.journeys.slow_handoffs import Happening, People
from tests.measures.slow_black_hole import counted, fates
from tests.worktime.oracle import Oracle

STAFF: list[dict[str, str | None]] = [
    {"person_id": "p1", "name": "Ada", "team": "North", "x:user type": "Standard", "active": "yes"},
    {"person_id": "p2", "name": "Ben", "team": "South", "x:user type": "Standard", "active": "no"},
    {"person_id": "p3", "name": "Cia", "team": None, "x:user type": "Standard", "active": None},
    {"person_id": "m1", "name": "Mia", "team": "Marketing", "x:user type": "Standard", "active": "yes"},
    {"person_id": "bot", "name": "Robo", "team": None, "x:user type": "Integration", "active": "yes"},
    {"person_id": "q1", "name": "Lead Queue", "team": None, "x:user type": "Queue", "active": "yes"},
]
ACTORS = (None, "p1", "p1", "p2", "Ben", "p3", "m1", "bot")
OWNERS = ("p1", "p2", "p3", "q1", "bot")
CLOCK = Clock(id="any", name="Anything", milestone="disposition", limit_minutes=16 * 60, grace_minutes=8 * 60)
CLOCKS = (CLOCK, CLOCK.model_copy(update={"time": "elapsed", "limit_minutes": 72 * 60}), None)
WORDS = ("MQL", "MQL", "MQL", "Raw", "Viable", "SAL", "SQL", "Rejected by sales", "Recycled", "Disqualified", "Won")


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    with Ground(tmp_path_factory.mktemp("hole")) as made:
        yield made


def happenings(chance: random.Random, lead: str) -> list[Happening]:
    """What is recorded of a lead: anything at all, or that marketing soon took back what it had handed over."""
    out = []
    if chance.random() < 0.1:
        day = FIRST_DAY + timedelta(days=chance.randint(0, 12))
        steps = ((day, "MQL", "bot"), (day + timedelta(days=1), "Recycled", "m1"))
        return [
            Happening(f"{lead}/{name}", lead, instant(f"{when} 10:00"), (when - EPOCH).days, "instant", name, "log",
                      None, 1, actor=actor)
            for when, name, actor in steps
        ]  # fmt: skip
    for place in range(chance.randint(0, 6)):
        kind = chance.choices(("stage", "touch", "change"), (6, 3, 2))[0]
        name = {"stage": chance.choice(WORDS), "touch": chance.choice(("Call", "Mail")),
                "change": chance.choice(("Owner", "Owner", "Rating"))}[kind]  # fmt: skip
        status = kind == "stage" and chance.random() < 0.1
        by_day = kind == "touch" and chance.random() < 0.4
        day = FIRST_DAY + timedelta(days=chance.randint(0, 25))
        clock = "00:00" if by_day else chance.choice(("00:00", "08:59", "09:00", "12:34", "16:59", "21:00"))
        detail = {"Owner": chance.choice(OWNERS), "Rating": "Hot"}.get(name)
        out.append(
            Happening(
                event_id=f"{chance.random():.6f}/{lead}/{place}", lead_id=lead,
                happened_at=None if status else instant(f"{day} {clock}"),
                day=None if status else (day - EPOCH).days,
                precision="unknown" if status else "day" if by_day else "instant",
                name=name, shape="status" if status else "log", reason=None, batch=1, kind=kind,
                actor=chance.choice(ACTORS), detail=detail,
                before=chance.choice(OWNERS) if name == "Owner" else None,
            )
        )  # fmt: skip
    return out


def tables(ground: Ground, events: list[Happening], leads: list[dict[str, object]]) -> Sources:
    frame = ground.engine.frame
    told = pd.DataFrame(events, columns=list(Happening._fields)).assign(line=range(len(events)))
    active = {"yes": True, "no": False, None: None}
    people = [{**one, "active": active[one["active"]], "batch": 1, "line": line} for line, one in enumerate(STAFF)]
    return Sources(
        events=frame(EVENTS.conform(told), EVENTS),
        leads=frame(LEADS.conform(pd.DataFrame(leads)), LEADS),
        deals=frame(DEALS.empty(), DEALS),
        people=frame(PEOPLE.conform(pd.DataFrame(people)), PEOPLE),
        lookups=frame(LOOKUPS.empty(), LOOKUPS),
    )


def questions(chance: random.Random) -> Iterator[Query]:
    """Every group, filter and period, some together."""
    first = FIRST_DAY + timedelta(days=chance.randint(0, 20))
    periods: list[dict[str, date]] = [{}, {"start": first}, {"start": first, "end": first + timedelta(days=4)}]
    values = {"team": "North", "rep": "Ben", "source": "web", "holder": "queue"}
    for counting in ("leads", "passes"):
        for by in (None, "team", "rep", "source", "holder"):
            where = chance.sample(sorted(values.items()), chance.randint(0, 2))
            where += [("team", "(not stated)")] if dict(where).get("team") else []
            stated = {"counting": counting, "by": by, "where": tuple(where), **chance.choice(periods)}
            yield Query.model_validate(stated)


@pytest.mark.slow
@settings(max_examples=2, phases=[Phase.generate])
@given(seed=st.integers(0, 1 << 32))
def test_every_hand_off_is_in_the_bucket_that_a_second_reading_puts_it_in(ground: Ground, seed: int) -> None:
    chance = random.Random(seed)
    leads: list[dict[str, object]] = [
        {"lead_id": f"L{n:03}", "source": chance.choice(SOURCES), "owner": chance.choice([*OWNERS, None]),
         "created_at": instant(str(FIRST_DAY - timedelta(days=1))), "batch": 1, "line": n}
        for n in range(200)
    ]  # fmt: skip
    events = [event for lead in leads for event in happenings(chance, str(lead["lead_id"]))]
    as_of = instant((FIRST_DAY + timedelta(days=chance.randint(12, 24))).isoformat()) + chance.choice((0, 52_000))
    people, oracle = People(STAFF, CLASSIC), Oracle(default_calendar("UTC"))
    twin = slow_handoffs.read(events, CLASSIC, people, as_of=as_of, zone="UTC", leads=leads)
    here = tables(ground, events, leads)
    facts = ground.reduce(here, CLASSIC, as_of)
    staff = everyone(ground.engine, here, CLASSIC)
    handoffs, _ = follow_up(ground.engine, here, facts)
    rows = timed(ground.engine, handoffs, staff, usual_timing(staff, "UTC"), as_of=as_of)
    sources = {str(lead["lead_id"]): lead["source"] for lead in leads}
    for clock in CLOCKS:
        definition = CLASSIC.model_copy(update={"clocks": () if clock is None else (clock,)})
        told = fates(twin, people, sources, clock, oracle, as_of=as_of)  # type: ignore[arg-type]
        assert clock is None or {fate.became for fate in told} == set(BUCKETS)  # None of them is left out by chance.
        for query in chance.sample(list(questions(chance)), 6 if clock is CLOCK else 2):
            of_query = bucketed(grouped(ground.engine, facts, rows, query, Settings()), definition)
            found = black_hole(ground.engine, of_query, definition, query, as_of=as_of)
            expected = counted(
                told, by=query.by, where=query.where, counting=query.counting, start=query.start, end=query.end
            )
            assert found.holds
            cells = {name: found.total(name) for name in found.segments["segment"]}
            names = ("handed", *BUCKETS, "due")
            assert {name: {one: cell[one] for one in names} for name, cell in cells.items()} == {
                name: {one: cell[one] for one in names} for name, cell in expected.items()
            }, (query, clock, as_of)

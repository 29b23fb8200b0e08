"""What followed each hand-off against an independent reading of the rules, on random histories."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from core.definition import Clock, Definition
from core.definition.templates import CLASSIC, VALIDATED
from core.engine import Lazy
from core.journeys.clocks import Timing, timed, timed_spells
from core.journeys.follow_up import follow_up
from core.journeys.people import everyone
from core.journeys.reduce import Facts
from core.measures.sla import clocked
from core.worktime import default_calendar
from tests.journeys import slow_handoffs
from tests.journeys.conftest import Ground
from tests.journeys.follow_up_world import Followed, followed
from tests.journeys.slow_clocks import Kept, Office, kept, of_handoff, of_spell
from tests.journeys.slow_handoffs import Spell
from tests.worktime.oracle import CALENDARS

pytestmark = pytest.mark.slow

Table = pd.DataFrame
DEFINITIONS = (CLASSIC, VALIDATED.model_copy(update={"hands_over_by": "assignment"}))
OF_SPELL = ("attempt", "contact", "verdict", "disposed", "bypassed", "over")
USUAL, BERLIN, KOLKATA = default_calendar("America/New_York"), CALENDARS[0], CALENDARS[2]
TIMING = Timing({one.id: one for one in (USUAL, BERLIN, KOLKATA)}, {"p1": "berlin", "p2": "kolkata"}, USUAL.id)
OFFICES = {calendar.id: Office(calendar) for calendar in TIMING.calendars.values()}
CLOCKS = (
    Clock(id="four_hours", name="Four hours", milestone="attempt", limit_minutes=240),
    Clock(id="a_day", name="A day", milestone="contact", limit_minutes=24 * 60, time="elapsed"),
    Clock(id="a_week", name="A week", milestone="verdict", limit_minutes=40 * 60),
    Clock(id="two_days", name="Two days", milestone="disposition", limit_minutes=16 * 60),
)


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    with Ground(tmp_path_factory.mktemp("followed")) as made:
        yield made


def plain(value: Any) -> Any:
    return None if pd.isna(value) else value


def lead_names(ground: Ground, facts: Facts) -> dict[int, str]:
    units = ground.engine.collect(facts.units(ground.engine).select("unit", "lead_id"))
    return dict(zip(units["unit"], units["lead_id"], strict=True))


def by_key(rows: Table, name: dict[int, str]) -> dict[tuple[str, int], list[Any]]:
    """By lead and pass: its rows, the owners in order."""
    out: dict[tuple[str, int], list[Any]] = defaultdict(list)
    ordered = rows.sort_values("spell") if "spell" in rows.columns else rows
    for row in ordered.to_dict("records"):
        out[name[row["unit"]], row["pass"]].append(row)
    return out


def flags(row: dict[str, Any]) -> Kept:
    took = plain(row["took"])
    return Kept(
        row["state"],
        None if took is None or row["state"] == "no_clock" else int(took),
        bool(row["due"]),
        bool(row["past_due"]),
        bool(row["by_day"]),
    )


def spell_of(spell: Spell, world: Followed) -> dict[str, Any]:
    out: dict[str, Any] = {
        "owner": world.people().named(spell.owner),
        "started_at": spell.start.at,
        "ended_at": None if spell.end is None else spell.end.at,
        "settled": spell.settled,
        "n": spell.n,
    }
    for step in OF_SPELL:
        when = spell.firsts[step]
        out[f"{step}_at"] = None if when is None else when.at
        out[f"{step}_by_day"] = when is not None and not when.instant
    return out


def compared(row: dict[str, Any], told: dict[str, Any]) -> list[str]:
    """Where the two differ."""
    wrong = []
    for column, expected in told.items():
        found = plain(row[column])
        if column.endswith("_by_day"):
            found = bool(found) if found is not None else False
        if found != expected:
            wrong.append(f"{column}: {found!r}, not {expected!r}")
    return wrong


def times(ground: Ground, world: Followed, handoffs: Lazy, spells: Lazy) -> tuple[Lazy, Lazy]:
    """The hand-offs and their owners with their times."""
    engine, people = ground.engine, everyone(ground.engine, world.sources(ground), world.definition)
    of_leads = timed(engine, handoffs, people, TIMING, as_of=world.as_of)
    of_owners = timed_spells(engine, spells, people, TIMING, as_of=world.as_of)
    return engine.frame(engine.collect(of_leads)), engine.frame(engine.collect(of_owners))


@settings(max_examples=3, phases=(Phase.explicit, Phase.generate), database=None)
@given(st.integers(0, 1 << 30), st.sampled_from(DEFINITIONS))
def test_every_hand_off_and_every_clock_reads_as_one_lead_after_the_other(
    ground: Ground, seed: int, definition: Definition
) -> None:
    world = followed(seed, definition)
    slow = {
        (lead, number): told
        for lead, passes in slow_handoffs.read(
            world.happenings, definition, world.people(),
            as_of=world.as_of, zone=world.zone, leads=world.leads, deals=world.deals,
        ).items()
        for number, told in passes.items()
    }  # fmt: skip
    sources = world.sources(ground)
    facts = ground.reduce(sources, definition, world.as_of)
    name = lead_names(ground, facts)
    handoffs, spells = follow_up(ground.engine, sources, facts)
    fast = by_key(ground.engine.collect(handoffs), name)
    owners = by_key(ground.engine.collect(spells), name)
    assert set(fast) == set(slow)
    assert len(slow) > 20
    for key, told in slow.items():
        (row,) = fast[key]
        differ = compared(row, told.said)
        assert not differ, (key, differ)
        for column in ("verdict_by", "disposed_by"):
            assert plain(row[column]) in told.by[column], (key, column)
        spells_told = [spell_of(spell, world) for spell in told.spells]
        assert len(owners.get(key, [])) == len(spells_told), key
        for each, spell in zip(owners.get(key, []), spells_told, strict=True):
            differ = compared(each, spell)
            assert not differ, (key, spell["started_at"], differ)

    timed_leads, timed_owners = times(ground, world, handoffs, spells)
    for clock in CLOCKS:
        of_leads, of_owners = (ground.engine.collect(clocked(rows, clock)) for rows in (timed_leads, timed_owners))
        whose = by_key(of_owners, name)
        for key, rows in by_key(of_leads, name).items():
            told = slow[key]
            office = OFFICES[TIMING.of_person.get(str(told.said["rep"]), TIMING.default)]
            wanted = kept(of_handoff(told), clock, office, as_of=world.as_of)
            assert flags(rows[0]) == wanted, (clock.id, key)
            for each, owner in zip(whose.get(key, []), told.spells, strict=True):
                office = OFFICES[TIMING.of_person.get(str(plain(each["owner"])), TIMING.default)]
                wanted = kept(of_spell(told, owner), clock, office, as_of=world.as_of)
                assert flags(each) == wanted, (clock.id, key, each["spell"])

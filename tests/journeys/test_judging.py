"""Every lead judged by random agreements on random histories, against an independent reading of the rules.

Leads do not touch each other, so one example holds many of them, and what is printed is the one that disagrees.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from core.definition import Definition
from core.definition.templates import CLASSIC, PIPELINE, VALIDATED
from core.journeys.judging import judge
from core.journeys.reduce import Facts
from core.journeys.sources import Sources
from tests.definition.random_definitions import random_definition
from tests.journeys import slow_judge
from tests.journeys.conftest import Ground
from tests.journeys.judged_worlds import random_judging, sources_of
from tests.journeys.slow_judge import Verdict, World
from tests.journeys.test_twin import UNUSUAL

GROUNDS = (VALIDATED, PIPELINE, CLASSIC, UNUSUAL)


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    with Ground(tmp_path_factory.mktemp("judging")) as made:
        yield made


def plain(value: Any) -> Any:
    return None if value is None or pd.isna(value) else value


def said(definition: Definition, row: dict[Any, Any]) -> Verdict:
    """A row of the table as the twin says it."""

    def of(mask: int, other: int, place: int, *, one: bool | None, two: bool | None, else_: bool | None) -> bool | None:
        return one if mask >> place & 1 else two if other >> place & 1 else else_

    met, untold, backed, unbacked = (int(row[name]) for name in ("met", "untold", "backed", "unbacked"))
    assert met & untold == backed & unbacked == 0
    worth = {rule.id: row[f"w_{rule.id}"] for rule in definition.rules if f"w_{rule.id}" in row}
    return Verdict(
        int(row["judged_at"]),
        str(row["judged_kind"]),
        {c.id: of(met, untold, k, one=True, two=None, else_=False) for k, c in enumerate(definition.criteria)},
        {r.id: of(backed, unbacked, k, one=True, two=False, else_=None) for k, r in enumerate(definition.reasons)},
        {rule.id: int(row[f"k_{rule.id}"]) for rule in definition.rules},
        {name: pytest.approx(number, rel=1e-9, abs=1e-12) for name, number in worth.items()},
        None if plain(row["fit"]) is None else pytest.approx(row["fit"], rel=1e-9, abs=1e-6),
        None if plain(row["behaviour"]) is None else pytest.approx(row["behaviour"], rel=1e-9, abs=1e-6),
        plain(row["qualified"]),
    )


Key = tuple[str, int]


def judged(
    ground: Ground, world: World, *, sources: Sources | None = None, shard_units: int = 1_000_000
) -> tuple[Facts, Sources, dict[Key, Verdict]]:
    """What the product says of each lead and trip."""
    rows = sources_of(ground, world) if sources is None else sources
    facts = ground.reduce(rows, world.facts_definition, world.as_of, shard_units=shard_units)
    judgement = judge(ground.engine, rows, facts, world.definition)
    units = facts.units(ground.engine).select("unit", "lead_id")
    found = ground.engine.collect(judgement.rows.join(units, on="unit", how="inner"))
    keys = zip(found["lead_id"], found["pass"], strict=True)
    return (
        facts,
        rows,
        {
            (str(lead), int(trip)): said(world.definition, row)
            for (lead, trip), row in zip(keys, found.to_dict("records"), strict=True)
        },
    )


def check(world: World, found: dict[Key, Verdict], expected: dict[Key, Verdict]) -> None:
    """The product and the twin say the same of everybody; else the shortest history that they disagree about."""
    assert found.keys() == expected.keys()
    wrong = [key for key, verdict in expected.items() if found[key] != verdict]
    if wrong:
        key = min(wrong, key=lambda each: len(world.of_lead[each[0]]))
        raise AssertionError(
            f"{len(wrong)} of {len(expected)} differ\n{difference(world, key, found[key], expected[key])}"
        )


def difference(world: World, key: Key, found: Verdict, expected: Verdict) -> str:
    lines = [f"{key}, as of {world.as_of}, zone {world.zone}, row {world.rows.get(key[0])}"]
    lines += [str(dict(event)) for event in sorted(world.of_lead[key[0]], key=lambda e: e["happened_at"] or 0)]
    for name, other in vars(expected).items():
        mine = getattr(found, name)
        if isinstance(other, dict):
            for each, value in other.items():
                if mine[each] != value:
                    parts = {
                        c.id: c
                        for c in (*world.definition.criteria, *world.definition.rules, *world.definition.reasons)
                    }
                    lines.append(f"{name} {each}: product {mine[each]}, twin {value}: {parts[each]!r}")
        elif mine != other:
            lines.append(f"{name}: product {mine}, twin {other}")
    return "\n".join(lines)


@settings(max_examples=12, deadline=None, derandomize=True, database=None, phases=[Phase.generate])
@given(seed=st.integers(0, 1 << 32))
def test_every_lead_is_judged_as_a_second_reading_of_the_rules_judges_it(ground: Ground, seed: int) -> None:
    chance = random.Random(seed)
    base = chance.choice(GROUNDS)
    how = chance.choice(("stage", "assignment"))
    definition = random_definition(chance, base.model_copy(update={"hands_over_by": how}))
    other = chance.choice((None, None, VALIDATED))
    world = random_judging(seed, definition, facts_definition=other)
    check(world, judged(ground, world)[2], slow_judge.judge(world))

"""Every recorded stage held against random agreements on random histories, against a second reading of the rules."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from core.definition.templates import CLASSIC, VALIDATED
from core.journeys.audited import AUDITED, VERDICTS, Audited, audited
from core.journeys.reduce import Facts
from tests.definition.random_definitions import random_definition
from tests.journeys.conftest import Ground
from tests.journeys.judged_worlds import random_judging, sources_of
from tests.journeys.slow_audit import Key, Said, audit
from tests.journeys.slow_judge import World
from tests.journeys.test_twin import UNUSUAL

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    with Ground(tmp_path_factory.mktemp("audited")) as made:
        yield made


def told(ground: Ground, world: World, *, shard_units: int = 1_000_000) -> tuple[Facts, dict[Key, Said]]:
    """What the product says."""
    sources = sources_of(ground, world)
    facts = ground.reduce(sources, world.facts_definition, world.as_of, shard_units=shard_units)
    found = audited(ground.engine, sources, facts, world.definition)
    units = facts.units(ground.engine).select("unit", "lead_id")
    rows = ground.engine.collect(found.rows.join(units, on="unit", how="inner"))
    assert AUDITED.check(rows) == []
    assert not rows.duplicated(list(AUDITED.key)).any()
    return facts, {
        (row["lead_id"], int(row["pass"]), int(row["stage"])): _said(found, row) for row in rows.to_dict("records")
    }


def _said(found: Audited, row: dict[Any, Any]) -> Said:
    def whole(name: str) -> int | None:
        return None if pd.isna(row[name]) else int(row[name])

    def parts(name: str) -> frozenset[str]:
        return frozenset(part for place, part in enumerate(found.parts) if int(row[name]) >> place & 1)

    return Said(
        whole("set_at"),
        None if pd.isna(row["set_by"]) else str(row["set_by"]),
        bool(row["still"]),
        VERDICTS[int(row["verdict"])],
        whole("given"),
        parts("fails"),
        parts("untold"),
    )


@settings(max_examples=6, deadline=None, derandomize=True, database=None, phases=[Phase.generate])
@given(seed=st.integers(0, 1 << 32))
def test_every_recorded_stage_is_held_against_what_it_asks(ground: Ground, seed: int) -> None:
    chance = random.Random(seed)
    base = chance.choice((VALIDATED, CLASSIC, UNUSUAL))
    definition = random_definition(chance, base, criteria=6, rules=3)
    other = chance.choice((None, None, CLASSIC))
    world = random_judging(seed, definition, facts_definition=other, n=150)
    found, expected = told(ground, world)[1], audit(world)
    assert found.keys() == expected.keys()
    wrong = {key: (found[key], expected[key]) for key in expected if found[key] != expected[key]}
    assert not wrong, next(iter(wrong.items()))


def test_random_worlds_have_every_verdict_and_neither_shards_nor_versions_change_one(ground: Ground) -> None:
    definition = random_definition(random.Random(2), CLASSIC, criteria=6, rules=3)
    world = random_judging(2, definition, n=150)
    _, whole = told(ground, world)
    assert {one.verdict for one in whole.values()} == set(VERDICTS)
    facts, parts = told(ground, world, shard_units=80)
    assert len(list(facts.folder.glob("audit-*.parquet"))) == 2
    assert parts == whole

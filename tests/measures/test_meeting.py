"""How many leads meet what is asked, and one lead explained, against an independent reading of the rules."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator

import pytest

from core.definition import All, AnyOf, Definition, Has, Holds, Meets, Not, Scored, Stated, parse
from core.definition.alone import WHOLE, alone, parts_of
from core.definition.templates import VALIDATED
from core.errors import QueryInvalid
from core.journeys.in_force import answers
from core.journeys.judging import judge
from core.journeys.reduce import Facts
from core.journeys.sources import Sources
from core.measures.explained import ANSWERS, BACKED, explained
from core.measures.meeting import meeting, meets
from tests.definition.random_definitions import random_definition
from tests.journeys import slow_judge
from tests.journeys.conftest import Ground
from tests.journeys.judged_worlds import random_judging, sources_of
from tests.journeys.slow_judge import Verdict
from tests.journeys.test_twin import UNUSUAL

pytestmark = pytest.mark.slow

Told = dict[tuple[str, int], Verdict]
CODES = (True, False, None)


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    with Ground(tmp_path_factory.mktemp("meeting")) as made:
        yield made


def made(ground: Ground, definition: Definition, seed: int) -> tuple[Sources, Facts, Told]:
    world = random_judging(seed, definition)
    sources = sources_of(ground, world)
    return sources, ground.reduce(sources, world.facts_definition, world.as_of), slow_judge.judge(world)


def last(told: Told) -> list[Verdict]:
    """Each lead's last trip."""
    newest = {lead: max(trip for other, trip in told if other == lead) for lead, _ in told}
    return [told[lead, trip] for lead, trip in newest.items()]


def counted(said: list[bool | None]) -> tuple[int, ...]:
    found = Counter(said)
    return tuple(found[code] for code in CODES)


def with_conditions() -> Definition:
    """What sales validates, and a criterion that asks for another."""
    content = VALIDATED.model_dump(mode="json")
    asked = All(of=(Meets(criterion="budget"), Not(of=Stated(field="title"))))
    content["criteria"].append({"id": "both", "name": "Both", "condition": asked.model_dump(mode="json")})
    return parse(content)


@pytest.mark.parametrize("seed", [1, 2])
def test_everybody_is_counted_once_at_each_criterion(ground: Ground, seed: int) -> None:
    definition = random_definition(random.Random(seed), UNUSUAL)
    sources, facts, told = made(ground, definition, seed)
    found = meeting(ground.engine, answers(judge(ground.engine, sources, facts, definition)))
    rows = {(row["about"], row["id"]): (row["met"], row["not_met"], row["untold"]) for row in found.to_dict("records")}
    verdicts = last(told)
    assert len(verdicts) > 20
    for one in definition.criteria:
        assert rows["criterion", one.id] == counted([verdict.met[one.id] for verdict in verdicts])
    if definition.qualification is not None:
        assert rows["qualification", ""] == counted([verdict.qualified for verdict in verdicts])
    assert ("uld", "") in rows or not definition.validated


def test_one_condition_is_counted_as_it_is_in_the_whole(ground: Ground) -> None:
    definition = with_conditions()
    sources, facts, told = made(ground, definition, 3)
    for one in definition.criteria:
        found = meets(ground.engine, sources, facts, definition, one.condition)
        assert (found.met, found.not_met, found.untold) == counted([v.met[one.id] for v in last(told)]), one.id
        assert found.n == len(last(told))
        assert bool(found.missing) == bool(found.untold)


def test_what_is_missing_is_named_with_how_often_it_is(ground: Ground) -> None:
    definition = with_conditions()
    sources, facts, told = made(ground, definition, 3)
    budget, need = Has(field="budget"), Has(field="need")
    found = meets(ground.engine, sources, facts, definition, AnyOf(of=(budget, need)))
    neither = Counter(
        (verdict.met["budget"] is None, verdict.met["need"] is None)
        for verdict in last(told)
        if None in (verdict.met["budget"], verdict.met["need"])
        and True not in (verdict.met["budget"], verdict.met["need"])
    )
    expected = {
        "budget": neither[True, True] + neither[True, False],
        "need": neither[True, True] + neither[False, True],
    }
    assert {name.partition(":")[0]: n for name, n in found.missing.items()} == {n: c for n, c in expected.items() if c}
    assert sum(neither.values()) == found.untold > 0
    assert list(found.missing.values()) == sorted(found.missing.values(), reverse=True)
    points = meets(ground.engine, sources, facts, definition, Scored(side="sum", at_least=5))
    assert points.missing == {"its points": points.n}


def test_a_condition_alone_brings_what_it_asks_for_and_no_more() -> None:
    definition = with_conditions()
    both = definition.criterion("both").condition
    asked = alone(definition, both)
    assert [one.id for one in asked.criteria] == ["budget", WHOLE, "_0", "_1"]
    assert [one.condition for one in asked.criteria[2:]] == list(parts_of(both))
    assert not asked.validated
    assert not any(stage.criteria for stage in asked.stages)
    assert asked.structure_hash() == definition.structure_hash(), "no lead moves by it"
    assert asked.judging_hash() != definition.judging_hash()


@pytest.mark.parametrize("seed", [4, 6])
def test_a_lead_is_explained_as_it_is_judged(ground: Ground, seed: int) -> None:
    definition = random_definition(random.Random(seed), UNUSUAL)
    sources, facts, told = made(ground, definition, seed)
    lead = max(told, key=lambda key: key[1])[0]
    found = explained(ground.engine, sources, facts, definition, lead)
    assert [one.trip for one in found] == sorted(trip + 1 for other, trip in told if other == lead)
    for one in found:
        verdict = told[lead, one.trip - 1]
        said = dict(zip(one.criteria["id"], one.criteria["answer"], strict=True))
        assert said == {name: ANSWERS[answer] for name, answer in verdict.met.items()}
        behind = {r.id for r in definition.reasons if isinstance(r.facts, Holds)}
        reasons = dict(zip(one.reasons["id"], one.reasons["answer"], strict=True))
        assert reasons == {name: BACKED[answer] for name, answer in verdict.behind.items() if name in behind}
        assert dict(zip(one.rules["id"], one.rules["counted"], strict=True)) == verdict.times
        own = definition.qualification is None or definition.qualification.points == "rules"
        if own and definition.rules:
            for side, points in (("fit", verdict.fit), ("behaviour", verdict.behaviour)):
                given = one.rules[one.rules["side"] == side]["points"].sum()
                assert given == pytest.approx((points or 0) / 10, abs=1e-6)
        assert one.qualified == verdict.qualified
        assert all(one.criteria["saw"])


def test_nobody_of_that_id_is_said_in_words(ground: Ground) -> None:
    sources, facts, _ = made(ground, VALIDATED, 3)
    with pytest.raises(QueryInvalid, match='no lead "nobody"'):
        explained(ground.engine, sources, facts, VALIDATED, "nobody")

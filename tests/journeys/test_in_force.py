"""Every lead by the version in force when it was handed over, against a second reading of the rules."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace

import pandas as pd
import pytest

from core.definition import Definition, parse
from core.definition.templates import CLASSIC, VALIDATED
from core.errors import NotYet
from core.journeys.in_force import ANSWERS, MET, NOT_MET, UNTOLD, Answers, Term, answers, column, in_force
from core.journeys.judging import judge
from core.journeys.reduce import Facts
from core.journeys.sources import Sources
from tests.definition.random_definitions import random_definition
from tests.journeys import slow_judge
from tests.journeys.conftest import Ground
from tests.journeys.judged_worlds import random_judging, sources_of
from tests.journeys.slow_judge import Told, Verdict, World, every

CODES: dict[Told, int] = {True: MET, False: NOT_MET, None: UNTOLD}
Key = tuple[str, int]


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    with Ground(tmp_path_factory.mktemp("in-force")) as made:
        yield made


def without(definition: Definition, *gone: str) -> Definition:
    """The definition without these criteria; whoever asked for one of them asks for another."""
    content = definition.model_dump(mode="json")
    text = parse(content).model_dump_json()
    for name in gone:
        text = text.replace(f'"criterion":"{name}"', '"criterion":"criterion_free"')
    written = parse(text.replace('"criteria":[{', '"criteria":[{"id":"criterion_free","name":"Free","condition":'
                                 '{"kind":"stated","field":"title"}},{', 1)).model_dump(mode="json")  # fmt: skip
    written["criteria"] = [one for one in written["criteria"] if one["id"] not in gone]
    written["validated"] = [one for one in written["validated"] if one not in gone]
    for stage in written["stages"]:
        stage["criteria"] = [one for one in stage["criteria"] if one not in gone]
    return parse(written)


def versions(seed: int) -> tuple[Definition, Definition, Definition]:
    """Three that ask different things: of the third one criterion is gone, another is new, and stages differ."""
    chance = random.Random(seed)
    first, second = (random_definition(chance, VALIDATED, criteria=7, rules=4) for _ in range(2))
    third = without(random_definition(chance, CLASSIC, criteria=7, rules=4), "criterion_3")
    return first, second, third.model_copy(update={"qualification": None, "validated": ()})


def slowly(world: World, definition: Definition) -> dict[Key, Verdict]:
    return slow_judge.judge(replace(world, definition=definition))


def uld(definition: Definition, verdict: Verdict) -> int | None:
    """All that sales validates, by the tables of three-valued logic."""
    return CODES[every([verdict.met[one] for one in definition.validated])] if definition.validated else None


def told(definition: Definition, verdict: Verdict, names: list[str]) -> dict[str, int | None]:
    """One lead as the table says it."""
    return {
        "uld": uld(definition, verdict),
        "qualified": CODES[verdict.qualified] if definition.qualification is not None else None,
        **{column(one): CODES[verdict.met[one]] if one in verdict.met else None for one in names},
    }


def rows_of(ground: Ground, facts: Facts, found: Answers) -> dict[Key, dict[str, object]]:
    units = facts.units(ground.engine).select("unit", "lead_id")
    frame = ground.engine.collect(found.rows.join(units, on="unit", how="inner"))
    assert ANSWERS.check(frame) == []
    assert not frame.duplicated(["unit", "pass"]).any()
    frame = frame.astype(object).where(frame.notna(), None)
    return {
        (str(row["lead_id"]), int(row["pass"])): {str(k): v for k, v in row.items()} for row in frame.to_dict("records")
    }


def reduced(ground: Ground, seed: int, definition: Definition, n: int = 60) -> tuple[World, Sources, Facts]:
    world = random_judging(seed, definition, facts_definition=VALIDATED, n=n)
    sources = sources_of(ground, world)
    return world, sources, ground.reduce(sources, VALIDATED, world.as_of)


@pytest.mark.parametrize("seed", [1, 2])
def test_each_lead_is_judged_by_the_version_of_its_time(ground: Ground, seed: int) -> None:
    three = versions(seed)
    world, sources, facts = reduced(ground, seed, three[0])
    slow = [slowly(world, definition) for definition in three]
    instants = sorted(verdict.judged_at for verdict in slow[0].values())
    starts = [instants[len(instants) * share // 10] for share in (1, 4, 7)]
    ends: list[int | None] = [*starts[1:], None]
    terms = [Term(k + 1, three[k], starts[k], ends[k]) for k in range(3)]
    found = in_force(ground.engine, sources, facts, terms)
    names = list(found.criteria)
    assert set(names) == {one.id for definition in three for one in definition.criteria}
    rows = rows_of(ground, facts, found)
    assert rows.keys() == slow[0].keys(), "everybody who is judged, once"
    seen = set()
    for key, row in rows.items():
        at = slow[0][key].judged_at
        place = sum(start <= at for start in starts) - 1
        assert (row["judged_at"], row["version"]) == (at, None if place < 0 else place + 1)
        nothing = dict.fromkeys(("uld", "qualified", *map(column, names)))
        expected = nothing if place < 0 else told(three[place], slow[place][key], names)
        assert {name: row[name] for name in expected} == expected, key
        seen.add(row["version"])
    assert seen == {None, 1, 2, 3}


def test_one_version_answers_for_everybody(ground: Ground) -> None:
    definition = versions(3)[1]
    world, sources, facts = reduced(ground, 3, definition)
    found = answers(judge(ground.engine, sources, facts, definition), 7)
    names = list(found.criteria)
    assert names == [one.id for one in definition.criteria]
    rows, slow = rows_of(ground, facts, found), slowly(world, definition)
    for key, verdict in slow.items():
        expected = told(definition, verdict, names)
        assert {name: rows[key][name] for name in expected} == expected
        assert rows[key]["version"] == 7
    counted = pd.Series([row["uld"] for row in rows.values()]).value_counts()
    assert len(counted) > 1, "the world tells more than one answer"


def test_a_version_in_whose_time_nobody_was_handed_over_is_not_judged_by(ground: Ground) -> None:
    first, second, third = versions(4)
    _, sources, facts = reduced(ground, 4, first, n=30)
    terms = [Term(1, first, 0, 10), Term(2, second, 10, 20), Term(3, third, 20)]
    assert {
        row["version"] for row in rows_of(ground, facts, in_force(ground.engine, sources, facts, terms)).values()
    } == {3}
    kept = {folder.name for folder in facts.folder.glob("judged-*")}
    assert f"judged-{third.judging_hash()}" in kept
    assert f"judged-{second.judging_hash()}" not in kept


def test_before_anything_was_in_force_nothing_is_answered(ground: Ground) -> None:
    first = versions(5)[0]
    _, sources, facts = reduced(ground, 5, first, n=30)
    found = rows_of(ground, facts, in_force(ground.engine, sources, facts, [Term(1, first, facts.as_of * 2)]))
    assert len(found) > 20
    assert all(row["version"] is None and row["uld"] is None for row in found.values())
    with pytest.raises(NotYet, match="No version has been in force"):
        in_force(ground.engine, sources, facts, [])

"""The reduction and the funnel against an independent reading of the rules, on random histories.

Leads do not touch each other, so one example holds many of them, and what is printed is the one that disagrees.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from core.definition import Definition, Exit, Reason, Stage, with_post_sale
from core.definition.templates import CLASSIC, PIPELINE, VALIDATED
from core.journeys.passes import ENDS
from core.journeys.reduce import Facts
from core.measures.cohort import Query
from core.measures.funnel import FUNNEL, Funnel, funnel
from core.settings import Settings
from tests.journeys import slow_twin
from tests.journeys.conftest import FIRST_DAY, Ground, World, random_world
from tests.journeys.slow_twin import Event, Pass

UNUSUAL = Definition(
    id="unusual",
    name="A way out that leaves an early stage, two of one kind, and stages without a clock",
    stages=(
        Stage(id="name", name="Name", side="marketing"),
        Stage(id="lead", name="Lead", side="marketing", clock_days=7),
        Stage(id="handed", name="Handed", side="sales", hands_over=True, clock_days=5),
        Stage(id="taken", name="Taken", side="sales"),
        Stage(id="offer", name="Offer", side="sales", clock_days=10),
        Stage(id="won", name="Won", side="sales", won=True),
        Stage(id="live", name="Live", side="sales", clock_days=3),
    ),
    exits=(
        Exit(id="no", name="No", kind="rejected"),
        Exit(id="returned", name="Returned", kind="recycled", leaves="lead"),
        Exit(id="cooled", name="Cooled", kind="recycled"),
        Exit(id="junk", name="Junk", kind="disqualified", leaves="taken"),
        Exit(id="lost", name="Lost", kind="lost", leaves="offer"),
        Exit(id="refused", name="Refused", kind="rejected", leaves="handed"),
    ),
    reasons=(Reason(id="price", name="Price", route="recycle", synonyms=("too dear",)),),
)
DEFINITIONS = (VALIDATED, PIPELINE, with_post_sale(CLASSIC), UNUSUAL)
FACTS = (
    "n_passes",
    "furthest",
    "end",
    "reason",
    "observed",
    "top",
    "current",
    "ended_at",
    "tied",
    "reversed",
    "no_then_on",
)


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    with Ground(tmp_path_factory.mktemp("twin")) as made:
        yield made


def plain(value: object) -> object:
    return None if pd.isna(value) else value  # type: ignore[call-overload]


def facts_of(ground: Ground, facts: Facts) -> dict[str, list[dict[str, object]]]:
    """What the reduction says of each lead, pass by pass."""
    found: dict[str, list[dict[str, object]]] = {}
    for row in ground.passes(facts).to_dict("records"):
        said = {str(name): plain(row[name]) for name in FACTS}
        said["end"] = ENDS[int(row["end"])]
        said["end_observed"] = ENDS[int(row["end_observed"])] if row["top"] >= 0 else None
        said["firsts"] = {k: row[f"at_{k}"] for k in range(len(facts.definition.stages)) if not pd.isna(row[f"at_{k}"])}
        found.setdefault(str(row["lead_id"]), []).append(said)
    return found


def facts_of_twin(twin: dict[str, list[Pass]]) -> dict[str, list[dict[str, object]]]:
    def said(trip: Pass) -> dict[str, object]:
        return {
            **{name: getattr(trip, name) for name in FACTS},
            "reason": trip.reason_observed,
            "observed": sum(1 << place for place in trip.observed),
            "end_observed": trip.end_observed if trip.top >= 0 else None,
            "firsts": trip.firsts,
        }

    return {lead: [said(trip) for trip in trips] for lead, trips in twin.items()}


def told(world: World, lead: str) -> str:
    """The rows of one lead, for the reader of a failure."""
    under = slow_twin.counted_under(world.leads, world.deals)
    rows = sorted((e for e in world.events if under(e.lead_id) == lead), key=lambda e: e.happened_at or 1 << 60)
    return "\n".join(map(repr, [f"as of {world.as_of}, unknown yet {world.unknown_yet}", *rows]))


def check_facts(world: World, told_by: dict[str, list[dict[str, object]]], twin: dict[str, list[Pass]]) -> None:
    expected = facts_of_twin(twin)
    wrong = sorted(
        (lead for lead in {*told_by, *expected} if told_by.get(lead) != expected.get(lead)),
        key=lambda lead: len(told(world, lead)),
    )
    if wrong:
        lead = wrong[0]
        both = f"reduced {told_by.get(lead)}\ntwin    {expected.get(lead)}"
        raise AssertionError(f"{len(wrong)} leads differ; {lead}:\n{both}\n{told(world, lead)}")


def check_funnel(answer: Funnel, expected: slow_twin.Counted) -> None:
    counts = [column.name for column in FUNNEL.columns if column.kind == "integer"]
    cells = {
        (row["segment"], row["stage"]): {name: int(row[name]) for name in counts}
        for row in answer.stages.to_dict("records")
        if row["entered"]
    }
    assert cells == {key: {name: cell[name] for name in counts} for key, cell in expected.cells.items()}, answer.query
    reasons = {
        (row["segment"], row["stage"], row["outcome"], plain(row["reason"])): int(row["n"])
        for row in answer.reasons.to_dict("records")
    }
    assert reasons == dict(expected.reasons), answer.query
    assert answer.broken().empty


def random_query(chance: random.Random, definition: Definition, policy: str, counting: str) -> Query:
    stages = definition.stage_ids
    start = FIRST_DAY + timedelta(days=chance.randint(-2, 50))
    length = timedelta(days=chance.randint(0, 30))
    period = chance.choice(({}, {"start": start}, {"end": start}, {"start": start, "end": start + length}))
    written = {
        "policy": policy,
        "counting": counting,
        "base": chance.choice([None, *stages[:-1], stages[0]]),
        "by": chance.choice([None, "source"]),
        "mature_days": chance.choice([1, 10, 30]),
        **period,
    }
    return Query.model_validate(written)


@pytest.mark.parametrize("definition", DEFINITIONS, ids=lambda definition: definition.id)
@settings(
    max_examples=2,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
)
@given(seed=st.integers(0, 1 << 32))
def test_every_lead_and_every_number_of_the_funnel_agree_with_a_second_reading_of_the_rules(
    ground: Ground, definition: Definition, seed: int
) -> None:
    world = random_world(seed, definition, 300)
    twin = world.twin()
    facts = world.reduced(ground)
    check_facts(world, facts_of(ground, facts), twin)
    chance = random.Random(seed)
    for policy in ("furthest", "observed", "current"):
        for counting in ("leads", "passes"):
            query = random_query(chance, definition, policy, counting)
            answer = funnel(ground.engine, facts, query, Settings(zone=world.zone))
            expected = slow_twin.counted(
                twin, definition, policy=policy, counting=counting,
                base=0 if query.base is None else definition.place(query.base),
                start=query.start, end=query.end, zone=world.zone, segment=world.segment if query.by else None,
                mature_days=query.mature_days, as_of=world.as_of,
            )  # fmt: skip
            check_funnel(answer, expected)


def test_the_order_of_rows_never_changes_the_answer(ground: Ground) -> None:
    seed = 2
    world = random_world(seed, UNUSUAL)
    shuffled = list(world.events)
    random.Random(seed).shuffle(shuffled)
    other = replace(
        world,
        events=shuffled,
        leads=random.Random(seed).sample(world.leads, len(world.leads)),
        deals=random.Random(seed).sample(world.deals, len(world.deals)),
    )
    assert facts_of(ground, other.reduced(ground)) == facts_of(ground, world.reduced(ground))


def test_the_number_of_shards_never_changes_the_answer(ground: Ground) -> None:
    world = random_world(7, with_post_sale(CLASSIC))
    sources = ground.sources(world.events, world.leads, world.deals)
    whole = ground.reduce(sources, world.definition, world.as_of)
    query = Query(by="source", mature_days=10)
    parts = ground.reduce(sources, world.definition, world.as_of, shard_units=60)
    assert len(list(parts.folder.glob("passes-*.parquet"))) == 3
    assert facts_of(ground, parts) == facts_of(ground, whole)
    split, one = (funnel(ground.engine, facts, query, Settings()) for facts in (parts, whole))
    pd.testing.assert_frame_equal(split.stages, one.stages)
    pd.testing.assert_frame_equal(split.reasons, one.reasons)


def test_importing_the_same_rows_in_several_files_or_twice_never_changes_the_answer(ground: Ground) -> None:
    # A status tells of its own export, and only the newest counts: dated rows alone may be split at will.
    world = random_world(11, VALIDATED)
    dated = [event for event in world.events if event.shape != "status"]
    once = ground.reduce(ground.from_batches([dated]), VALIDATED, world.as_of)
    chance = random.Random(11)
    halves: list[list[Event]] = [[], [], []]
    for event in dated:
        for part in chance.sample(halves, chance.randint(1, 3)):
            part.append(event)
    split = ground.reduce(ground.from_batches(halves), VALIDATED, world.as_of)
    assert facts_of(ground, split) == facts_of(ground, once)
    twin = slow_twin.read(dated, VALIDATED, as_of=world.as_of, zone=world.zone)
    check_facts(world, facts_of(ground, split), twin)


def test_a_report_at_an_earlier_instant_equals_one_over_only_the_rows_up_to_it(ground: Ground) -> None:
    world = random_world(5, VALIDATED)
    until = [e for e in world.events if e.happened_at is None or e.happened_at <= world.as_of]
    assert len(until) < len(world.events)
    cut = replace(world, events=until)
    assert facts_of(ground, cut.reduced(ground)) == facts_of(ground, world.reduced(ground))

"""What came into each stage and went out of it, month by month, and what was in it at the end of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from core.definition.templates import CLASSIC, VALIDATED
from core.journeys.reduce import Facts
from core.measures.flow import FLOW, flow
from core.settings import Settings
from tests.journeys.conftest import Ground, random_world, story
from tests.journeys.slow_twin import EXITS, Pass


@pytest.fixture
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    with Ground(tmp_path_factory.mktemp("flow")) as made:
        yield made


def of(ground: Ground, facts: Facts, zone: str = "UTC") -> pd.DataFrame:
    return flow(ground.engine, facts, Settings(zone=zone))


def by_month(rows: pd.DataFrame, stage: str) -> dict[str, list[int]]:
    """Month → entered, advanced, left, balance."""
    chosen = rows[rows["stage"] == stage]
    return {str(row["month"]): [int(row[c]) for c in FLOW.names[2:]] for row in chosen.to_dict("records")}


def test_a_month_is_a_month_in_the_zone_of_the_data(ground: Ground) -> None:
    late = story("a", ("MQL", "2026-03-31 23:30"), zone="America/New_York")
    facts = ground.reduce(late, VALIDATED, "2026-06-01")
    assert by_month(of(ground, facts, "America/New_York"), "mql") == {"2026-03": [1, 0, 0, 1]}
    assert by_month(of(ground, facts), "mql") == {"2026-04": [1, 0, 0, 1]}
    assert by_month(of(ground, facts, "Asia/Kathmandu"), "mql") == {"2026-04": [1, 0, 0, 1]}
    early = story("a", ("MQL", "2026-04-01 00:00"), zone="Asia/Kathmandu")
    there = ground.reduce(early, VALIDATED, "2026-06-01")
    assert by_month(of(ground, there, "Asia/Kathmandu"), "mql") == {"2026-04": [1, 0, 0, 1]}


def test_what_came_in_and_went_on_and_left_gives_what_is_there_at_the_end_of_each_month(ground: Ground) -> None:
    rows = [
        *story("on", ("MQL", "2026-01-10"), ("SAL", "2026-03-02")),
        *story("out", ("MQL", "2026-01-20"), ("Rejected", "2026-02-02")),
        *story("here", ("MQL", "2026-03-20")),
    ]
    found = of(ground, ground.reduce(rows, VALIDATED, "2026-06-01"))
    assert by_month(found, "mql") == {"2026-01": [2, 0, 0, 2], "2026-02": [0, 0, 1, 1], "2026-03": [1, 1, 0, 1]}
    assert by_month(found, "validated") == {"2026-01": [0, 0, 0, 0], "2026-02": [0, 0, 0, 0], "2026-03": [1, 0, 0, 1]}
    assert list(found["stage"].head(4)) == list(VALIDATED.stage_ids)


def test_a_month_in_which_nothing_happened_is_listed_with_its_balance(ground: Ground) -> None:
    rows = [*story("a", ("MQL", "2025-11-10")), *story("b", ("MQL", "2026-02-10"))]
    found = by_month(of(ground, ground.reduce(rows, VALIDATED, "2026-06-01")), "mql")
    assert {month: numbers[3] for month, numbers in found.items()} == {
        "2025-11": 1,
        "2025-12": 1,
        "2026-01": 1,
        "2026-02": 2,
    }


def test_a_stage_passed_over_is_neither_entered_nor_left(ground: Ground) -> None:
    found = of(ground, ground.reduce(story("a", ("MQL", "2026-01-10"), ("Won", "2026-01-20")), VALIDATED, "2026-06-01"))
    assert by_month(found, "mql") == {"2026-01": [1, 1, 0, 0]}
    assert by_month(found, "validated") == {"2026-01": [0, 0, 0, 0]}
    assert by_month(found, "won") == {"2026-01": [1, 0, 0, 1]}


def test_a_later_stage_dated_before_an_earlier_one_leaves_it_when_it_came(ground: Ground) -> None:
    told = story("a", ("SAL", "2026-01-10", None, "date"), ("MQL", "2026-02-20", None, "date"))
    found = by_month(of(ground, ground.reduce(told, VALIDATED, "2026-06-01")), "mql")
    assert found == {"2026-01": [0, 0, 0, 0], "2026-02": [1, 1, 0, 0]}


def test_a_lead_lost_before_it_was_seen_as_an_opportunity_leaves_the_stage_that_it_was_seen_in(ground: Ground) -> None:
    found = of(
        ground, ground.reduce(story("a", ("SAL", "2026-01-10"), ("Lost", "2026-02-20")), VALIDATED, "2026-06-01")
    )
    assert by_month(found, "validated") == {"2026-01": [1, 0, 0, 1], "2026-02": [0, 0, 1, 0]}


def test_a_pass_without_a_recorded_end_leaves_when_the_next_one_begins(ground: Ground) -> None:
    told = story("a", ("MQL", "2026-01-10"), ("SAL", "2026-01-20"), ("MQL", "2026-03-01"))
    found = of(ground, ground.reduce(told, VALIDATED, "2026-06-01"))
    assert by_month(found, "validated") == {"2026-01": [1, 0, 0, 1], "2026-02": [0, 0, 0, 1], "2026-03": [0, 0, 1, 0]}
    assert by_month(found, "mql") == {"2026-01": [1, 1, 0, 0], "2026-02": [0, 0, 0, 0], "2026-03": [1, 0, 0, 1]}


def test_in_one_month_more_can_go_on_than_came_in(ground: Ground) -> None:
    rows = [e for n in range(3) for e in story(f"L{n}", ("MQL", "2026-01-10"), ("SAL", "2026-02-10"))]
    rows += story("new", ("MQL", "2026-02-11"), ("SAL", "2026-02-12"))
    found = by_month(of(ground, ground.reduce(rows, VALIDATED, "2026-06-01")), "mql")
    assert found["2026-02"] == [1, 4, 0, 0]


@pytest.mark.parametrize("rows", [[], story("a", ("MQL", None))], ids=["no rows", "no dates"])
def test_without_any_dated_entry_there_is_no_flow(ground: Ground, rows: list) -> None:  # type: ignore[type-arg]
    found = of(ground, ground.reduce(rows, VALIDATED, "2026-06-01"))
    assert found.empty
    assert tuple(found.columns) == FLOW.names


@pytest.mark.parametrize("seed", [1, 2])
def test_every_month_of_random_histories_agrees_with_counting_pass_by_pass(ground: Ground, seed: int) -> None:
    world = random_world(seed, CLASSIC, 150)
    found = of(ground, world.reduced(ground), world.zone)
    trips = [trip for of_lead in world.twin().values() for trip in of_lead]
    counted: dict[tuple[str, str, str], int] = Counter()
    for trip in trips:
        for what, place, when in moves(trip):
            month = datetime.fromtimestamp(when, ZoneInfo(world.zone)).strftime("%Y-%m")
            counted[month, CLASSIC.stage_ids[place], what] += 1
    said = {
        (row["month"], row["stage"], what): row[what]
        for row in found.to_dict("records")
        for what in ("entered", "advanced", "left")
        if row[what]
    }
    assert said == counted
    change = found["entered"] - found["advanced"] - found["left"]
    pd.testing.assert_series_equal(change.groupby(found["stage"]).cumsum(), found["balance"], check_names=False)
    assert (found["balance"] >= 0).all()
    last = found[found["month"] == found["month"].max()].set_index("stage")["balance"]
    still_there = Counter(CLASSIC.stage_ids[trip.top] for trip in trips if trip.top >= 0 and trip.ended_at is None)
    assert {stage: n for stage, n in last.items() if n} == still_there


def moves(trip: Pass) -> Iterator[tuple[str, int, int]]:
    """What one trip adds to the flow: a stage entered, gone on from, or left, and when."""
    for place, entered in trip.firsts.items():
        yield "entered", place, entered
        later = [when for other, when in trip.firsts.items() if other > place]
        if later:
            yield "advanced", place, max(entered, min(later))
        elif trip.end_observed in EXITS and trip.ended_at is not None:
            yield "left", place, max(entered, trip.ended_at)

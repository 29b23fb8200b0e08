"""After how long leads stop moving on: told of those seen long enough, and only where it is sure."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from core.definition.templates import CLASSIC
from core.journeys.reduce import Facts
from core.journeys.visits import kept_visits
from core.measures.age_profile import BUCKETS, PROFILE, bend_of, yet_to_move
from core.measures.cohort import Query
from core.measures.velocity import velocity
from core.report import Report
from core.settings import Settings
from core.workspace import Workspace
from tests.journeys.conftest import Ground, random_world, story
from tests.journeys.slow_twin import Event
from tests.measures.slow_stays_twin import profile as slow_profile
from tests.measures.test_velocity import after, owned

MONTHS = ("2026-01-05", "2026-02-05")


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    with Ground(tmp_path_factory.mktemp("profile")) as made:
        yield made


def leaving(days: Sequence[tuple[float, int]], *, to: str = "SAL", begins: str = "2026-03-02") -> list[list[Event]]:
    """So many leads that stay so many days."""
    return [after(long, name=f"{to}{long}-{n}", begins=begins, to=to) for long, number in days for n in range(number)]


def waiting(number: int, since: str) -> list[list[Event]]:
    return [story(f"O{since}-{n}", ("MQL", f"{since} 00:00")) for n in range(number)]


COMPANY: dict[str, list[list[Event]]] = {
    "four in ten a day, then nobody": [
        *leaving([(0.5, 40), (1.5, 24), (2.5, 14), (3.5, 8)]), *waiting(60, "2026-03-02"),
    ],
    "others left otherwise": [
        *leaving([(0.5, 40), (1.5, 24)]), *leaving([(1.5, 30)], to="Rejected"), *waiting(30, "2026-03-02"),
    ],
    "many came yesterday": [*leaving([(0.5, 40), (1.5, 24), (2.5, 14)]), *waiting(40, "2026-03-02"),
                            *waiting(500, "2026-05-31")],
    "slow": [*leaving([(10.5, 30), (40.5, 30), (80.5, 3)]), *waiting(40, "2026-03-02")],
    "nineteen": leaving([(0.5, 19)]),
}  # fmt: skip


@pytest.fixture(scope="module")
def company(ground: Ground) -> Facts:
    told_of = [(segment, owned(segment, events)) for segment, stories in COMPANY.items() for events in stories]
    leads = [{"lead_id": events[0].lead_id, "source": segment} for segment, events in told_of]
    return ground.reduce([event for _, events in told_of for event in events], CLASSIC, "2026-06-01", leads=leads)


def ask(ground: Ground, facts: Facts, segment: str | None = None, zone: str = "UTC") -> pd.DataFrame:
    query = Query(where=(("source", segment),)) if segment else Query()
    visits = kept_visits(ground.engine, facts)
    found = velocity(ground.engine, facts, visits, query, Settings(zone=zone)).profile
    assert PROFILE.check(found) == []
    return found


def counts(found: pd.DataFrame, stage: str = "mql") -> list[tuple[int, int, int, int]]:
    rows = found[found["stage"] == stage]
    return [
        (int(n), int(on), int(off), int(old)) for n, on, off, old in rows[["n", "moved", "left", "open"]].to_numpy()
    ]


def test_the_share_is_of_those_still_there_and_the_bend_is_where_it_falls_off(ground: Ground, company: Facts) -> None:
    rows = ask(ground, company, "four in ten a day, then nobody")
    assert counts(rows)[:5] == [(146, 40, 0, 60), (106, 24, 0, 60), (82, 14, 0, 60), (68, 8, 0, 60), (60, 0, 0, 60)]
    assert len(rows) == BUCKETS
    assert rows.loc[rows["bend"], ["from_day", "days"]].to_numpy().tolist() == [[4, 1]]


def test_who_left_otherwise_moves_on_no_more_and_is_not_counted_as_still_there(ground: Ground, company: Facts) -> None:
    assert counts(ask(ground, company, "others left otherwise"))[:3] == [
        (124, 40, 0, 30), (84, 24, 30, 30), (30, 0, 0, 30),
    ]  # fmt: skip


def test_those_too_young_to_be_seen_to_the_end_make_no_share_low(ground: Ground, company: Facts) -> None:
    found = counts(ask(ground, company, "many came yesterday"))
    # Of those who came a day before as_of one bucket has been seen, and no more.
    assert found[:3] == [(618, 40, 0, 540), (78, 24, 0, 540), (54, 14, 0, 40)]


def test_the_buckets_are_as_wide_as_the_stage_is_slow(ground: Ground, company: Facts) -> None:
    rows = ask(ground, company, "slow")
    assert rows["days"].unique().tolist() == [7]
    assert rows["from_day"].tolist() == [7 * place for place in range(BUCKETS)]
    assert counts(rows)[1] == (103, 30, 0, 40)


def test_of_fewer_than_twenty_nothing_is_told(ground: Ground, company: Facts) -> None:
    assert ask(ground, company, "nineteen").empty


# The bend


@pytest.mark.parametrize(
    ("buckets", "bend"),
    [
        ([(30, 100), (20, 70), (14, 50)], None),  # Each day the same share.
        ([(30, 100), (20, 70), (2, 50), (1, 48)], 2),
        ([(0, 200), (10, 200), (60, 190), (36, 120), (4, 84), (0, 80)], 4),  # It rises first: held against the best.
        ([(30, 100), (2, 70), (1, 68), (30, 67)], None),  # It comes back: no bend.
        ([(300, 1000), (20, 700), (10, 680), (10, 670), (40, 150), (0, 110)], 5),  # Few come back to it, but surely.
        ([(30, 100), (2, 70), (30, 68), (1, 67), (0, 66)], 3),  # It bends after it has come back.
        ([(30, 100), (2, 20)], None),  # 2 of 20 may be chance.
        ([(30, 100)], None),
        ([], None),
    ],
)
def test_the_bend_is_where_surely_fewer_than_half_as_many_move_on_for_good(
    buckets: list[tuple[int, int]], bend: int | None
) -> None:
    assert bend_of(buckets) == bend


def test_of_those_still_there_as_many_will_move_on_as_is_left_after_other_ends() -> None:
    rows = pd.DataFrame({"n": [100, 50], "moved": [20, 25], "left": [30, 0]})
    assert yet_to_move(rows) == 0.2 + 0.5 * 0.5
    assert yet_to_move(rows.iloc[1:]) == 0.5
    assert math.isnan(yet_to_move(rows.iloc[:0]))


@settings(max_examples=2, deadline=None, derandomize=True, database=None, phases=[Phase.generate])
@given(seed=st.integers(0, 1 << 32))
def test_every_bucket_agrees_with_a_second_reading_of_the_rules(ground: Ground, seed: int) -> None:
    world = random_world(seed, CLASSIC, 200)
    found = ask(ground, world.reduced(ground), zone=world.zone)
    assert not found.empty
    for name in found["stage"].unique():
        rows = counts(found, name)
        width = int(found.loc[found["stage"] == name, "days"].iloc[0])
        expected = slow_profile(world, CLASSIC.place(name), width)
        assert rows == expected[: len(rows)], name
        assert len(rows) == BUCKETS or expected[len(rows)][0] < 20


def test_at_the_sample_company_a_lead_that_sales_has_not_accepted_after_eight_days_rarely_is(sample: Path) -> None:
    with Workspace(sample) as here:
        report = Report(here, here.facts())
        rows = report.velocity(Query()).profile
    mql = rows[rows["stage"] == "mql"].reset_index(drop=True)
    assert mql.loc[mql["bend"], "from_day"].tolist() == [8]
    assert yet_to_move(mql[mql["from_day"] >= 8]) < 0.1
    # Deals are won after seven weeks as well as after four.
    assert not rows.loc[rows["stage"] == "opportunity", "bend"].any()

"""Time in stage: what is over has a length, what is open has an age, and what contradicts itself has neither."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from core.definition import Definition
from core.definition.templates import CLASSIC
from core.journeys.reduce import Facts
from core.journeys.visits import kept_visits
from core.measures.cohort import UNKNOWN, Query
from core.measures.slow_stays import SLOW
from core.measures.stays import STAYS
from core.measures.velocity import Split, Velocity, split, velocity
from core.report import Report
from core.settings import Settings
from core.workspace import Workspace
from tests.journeys.conftest import FIRST_DAY, Ground, Rows, instant, random_world, story
from tests.journeys.slow_twin import Event
from tests.journeys.test_twin import UNUSUAL
from tests.measures.slow_stays_twin import told

NEW_YORK = Settings(zone="America/New_York")


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    with Ground(tmp_path_factory.mktemp("velocity")) as made:
        yield made


def after(days: float, *, name: str, begins: str = "2026-03-02", to: str = "SAL") -> list[Event]:
    """A lead that was an MQL for so many days."""
    left = date.fromisoformat(begins) + timedelta(days=int(days))
    return story(name, ("MQL", f"{begins} 00:00"), (to, f"{left} {round(24 * (days % 1)):02}:00"))


def reduced(ground: Ground, *stories: Sequence[Event], as_of: str = "2026-06-01", leads: Rows = ()) -> Facts:
    return ground.reduce([event for one in stories for event in one], CLASSIC, as_of, leads=leads)


def ask(ground: Ground, facts: Facts, stated: Settings | None = None, **asked: object) -> Velocity:
    query = Query.model_validate(asked)
    return velocity(ground.engine, facts, kept_visits(ground.engine, facts), query, stated or Settings())


def by(ground: Ground, facts: Facts, column: str, **asked: object) -> Split:
    query = Query.model_validate({"by": column, **asked})
    return split(ground.engine, facts, kept_visits(ground.engine, facts), query, Settings())


def stage(found: Velocity, name: str) -> pd.Series[Any]:
    row = found.row(name)
    assert row is not None
    return row


BACKWARDS = story(
    "back", ("MQL", "2026-03-10", None, "date"), ("SAL", "2026-03-04", None, "date"),
    ("SQL", "2026-03-20", None, "date"), ("Opportunity", "2026-03-30", None, "date"),
)  # fmt: skip
STORIES: dict[str, tuple[list[list[Event]], dict[str, dict[str, float]]]] = {
    "half, three quarters and nine of ten of those who left": (
        [after(days, name=f"a{days}") for days in (1, 2, 3, 10)],
        {"mql": {"n": 4, "median": 2.5, "p75": 4.75, "p90": 7.9}},
    ),
    "a way out ends a stay as well": (
        [after(4, name="b1"), after(8, name="b2", to="Rejected")],
        {"mql": {"n": 2, "median": 6}},
    ),
    "those still there are ages, and make no stay longer": (
        [after(4, name="c1"), story("c2", ("MQL", "2026-05-02 00:00")), story("c3", ("MQL", "2026-05-22 00:00"))],
        {"mql": {"n": 1, "median": 4, "p90": 4, "open": 2, "age_median": 20, "age_p90": 28}},
    ),
    "who arrived at the last stage is no longer waiting": (
        [story("d1", ("MQL", "2026-05-02"), ("Won", "2026-05-09"))],
        {"won": {"open": 1, "n": 0, "age_median": math.nan}},
    ),
    "golden case 1: a stage that only a later one proves has no time": (
        [story("e1", ("MQL", "2026-03-01"), ("SQL", "2026-03-05"))],
        {"mql": {"n": 1, "median": 4}, "sal": {}, "sql": {"open": 1}},
    ),
    "golden case 2: the latest visit and the sum over visits are both kept": (
        [story("f1", ("Raw", "2026-03-01 00:00"), ("Viable", "2026-03-02 00:00"), ("Raw", "2026-03-03 00:00"),
               ("Viable", "2026-03-08 00:00"), ("MQL", "2026-03-10 00:00"))],
        {
            "raw": {"trips": 1, "n": 1, "median": 5, "sum_median": 6, "again": 1},
            "viable": {"trips": 1, "n": 1, "median": 2, "sum_median": 3, "again": 1},
        },
    ),
    "golden case 3: each trip stays for itself": (
        [story("g1", ("MQL", "2026-01-01 00:00"), ("SAL", "2026-01-03 00:00"), ("Recycled", "2026-01-09 00:00"),
               ("MQL", "2026-03-01 00:00"), ("SAL", "2026-03-05 00:00"), ("Won", "2026-04-01 00:00"))],
        {"mql": {"trips": 2, "n": 2, "median": 3, "again": 0}},
    ),
    "golden case 8: two stages in one second take no time": (
        [story("h1", ("SAL", "2026-05-20 10:00"), ("MQL", "2026-05-20 10:00"))],
        {"mql": {"n": 1, "median": 0, "negative": 0, "misdated": 0}, "sal": {"open": 1}},
    ),
    "what left at an unknown time is counted and has no length": (
        [story("i1", ("MQL", "2026-03-01"), ("SQL", None))],
        {"mql": {"trips": 1, "unknown": 1, "n": 0, "open": 0, "median": math.nan}, "sql": {}},
    ),
    "a negative duration is counted, and never clipped into the others": (
        [BACKWARDS[:2], after(4, name="j2")],
        {"mql": {"trips": 2, "misdated": 1, "negative": 1, "n": 1, "median": 4, "p90": 4}},
    ),
    "neither date of a contradiction makes a duration, those after it do": (
        [BACKWARDS],
        {
            "mql": {"misdated": 1, "negative": 1, "n": 0},
            "sal": {"misdated": 1, "negative": 0, "n": 0},
            "sql": {"misdated": 0, "n": 1, "median": 10},
        },
    ),
    "a trip that was there twice, once until a date that contradicts another, is in no duration": (
        [
            story(
                "m1", ("Raw", "2026-03-01 00:00"), ("MQL", "2026-03-05 00:00"), ("Viable", "2026-03-06 00:00"),
                ("Raw", "2026-03-07 00:00"), ("SAL", "2026-03-09 00:00"),
            )
        ],
        {"raw": {"trips": 1, "misdated": 1, "negative": 0, "n": 0}, "sal": {"open": 1}},
    ),
    "days alone are measured in days, and marked": (
        [story("l1", ("MQL", "2026-03-02"), ("SAL", "2026-03-05 09:00")), after(4, name="l2")],
        {"mql": {"n": 2, "median": 3.5, "by_day": 1}},
    ),
}  # fmt: skip


LEAVERS = [after(days, name=f"L{days}") for days in range(1, 21)]
OPEN = [story(f"O{day}", ("MQL", f"2026-05-{day:02} 00:00")) for day in (10, 14, 15, 30)]
ALONE = story("S", ("SQL", "2026-03-01"), ("Opportunity", "2026-05-01"))
USUAL = [1 + 0.25 * (place % 16) for place in range(40)]


def spread(month: str, days: Sequence[float]) -> list[list[Event]]:
    return [after(each, name=f"{month}-{place}", begins=f"{month}-02") for place, each in enumerate(days)]


USUALLY = [*spread("2026-01", USUAL), *spread("2026-02", USUAL)]
COMPANY: dict[str, list[list[Event]]] = {
    "twenty left": [*LEAVERS, *OPEN],
    "nineteen left": [*LEAVERS[:19], *OPEN],
    "twenty, and one elsewhere": [*LEAVERS, ALONE],
    "nineteen, and one elsewhere": [*LEAVERS[:19], ALONE],
    "two days": [after(2, name="a"), after(6, name="b", begins="2026-04-01")],
    "a slow March": [*USUALLY, *spread("2026-03", [4 + each for each in USUAL])],
    "nineteen slow ones": [*USUALLY, *spread("2026-03", 19 * [30.0])],
    "twenty slow ones": [*USUALLY, *spread("2026-03", 20 * [30.0])],
    "a young May": [
        *spread("2026-03", 40 * [4.0]), *spread("2026-05", 5 * [1.0]),
        *(story(f"O{number}", ("MQL", "2026-05-20 00:00")) for number in range(35)),
    ],
    "a status alone": [story("a", ("MQL", None))],
}  # fmt: skip


def owned(segment: str, events: Sequence[Event]) -> list[Event]:
    """The story told of a lead of this segment alone."""
    return [
        event._replace(lead_id=f"{segment}: {event.lead_id}", event_id=f"{segment}: {event.event_id}")
        for event in events
    ]


@pytest.fixture(scope="module")
def company(ground: Ground) -> Facts:
    """Every story as a segment of one company: reduced once."""
    every = {sentence: stories for sentence, (stories, _) in STORIES.items()} | COMPANY
    told_of = [(segment, owned(segment, events)) for segment, stories in every.items() for events in stories]
    leads = [{"lead_id": events[0].lead_id, "source": segment} for segment, events in told_of]
    return reduced(ground, *(events for _, events in told_of), leads=leads)


@pytest.fixture(scope="module")
def read_together(ground: Ground, company: Facts) -> Any:
    return by(ground, company, "source").stages.set_index(["segment", "stage"])


@pytest.mark.parametrize("sentence", STORIES)
def test_the_stays_of_a_few_leads_are_counted_as_a_person_would(read_together: Any, sentence: str) -> None:
    for stage_id, numbers in STORIES[sentence][1].items():
        if not numbers:
            assert (sentence, stage_id) not in read_together.index
        for name, value in numbers.items():
            found = read_together.loc[(sentence, stage_id), name]
            assert (math.nan if pd.isna(found) else found) == pytest.approx(value, nan_ok=True), (stage_id, name)


def test_a_status_alone_is_in_no_duration_and_no_age(ground: Ground, company: Facts) -> None:
    found = ask(ground, company, where=(("source", "a status alone"),))
    assert found.stages.empty
    assert found.months.empty
    assert found.profile.empty
    assert found.slowest() is None


def test_the_period_is_that_of_the_latest_visit(ground: Ground, company: Facts) -> None:
    only = (("source", "two days"),)
    assert stage(ask(ground, company, where=only, start="2026-03-02", end="2026-03-02"), "mql")["median"] == 2
    assert stage(ask(ground, company, where=only, start="2026-03-03"), "mql")["median"] == 6
    assert ask(ground, company, where=only, end="2026-03-01").row("mql") is None


def test_who_has_outstayed_has_been_there_longer_than_nine_of_ten_stayed(read_together: Any) -> None:
    mql = read_together.loc[("twenty left", "mql")]
    assert mql["p90"] == pytest.approx(18.1)
    assert mql["outstayed"] == 1  # 22 days; the others have been there for 18, 17 and 2.
    assert pd.isna(read_together.loc[("nineteen left", "mql"), "outstayed"])


def test_the_slowest_stage_is_one_with_enough_behind_it_where_there_is_one(ground: Ground, company: Facts) -> None:
    for name, expected in (("twenty", "mql"), ("nineteen", "sql")):
        assert ask(ground, company, where=(("source", f"{name}, and one elsewhere"),)).slowest() == expected


@pytest.mark.parametrize("time", ["00:00", "23:59"])
def test_a_day_grows_older_at_midnight_of_the_datas_zone_also_where_the_clocks_change(
    ground: Ground, time: str
) -> None:
    facts = ground.reduce(
        story("L1", ("MQL", "2026-03-07"), zone="America/New_York"),
        CLASSIC,
        instant(f"2026-03-09 {time}", "America/New_York"),
    )
    assert stage(ask(ground, facts, NEW_YORK), "mql")["age_median"] == 2


# Slow months and groups


def months(ground: Ground, company: Facts, segment: str) -> Any:
    found = ask(ground, company, where=(("source", segment),)).months
    assert SLOW.check(found) == []
    return found[found["stage"] == "mql"].set_index("group")


def test_a_month_that_was_slower_than_chance_explains_is_named_and_no_other(ground: Ground, company: Facts) -> None:
    rows = months(ground, company, "a slow March")
    assert rows.index[rows["slow"]].tolist() == ["2026-03"]
    assert rows.loc["2026-03", "others"] < rows.loc["2026-03", "low"] <= rows.loc["2026-03", "median"]


def test_a_handful_is_never_called_slow(ground: Ground, company: Facts) -> None:
    assert not months(ground, company, "nineteen slow ones")["slow"].any()
    rows = months(ground, company, "twenty slow ones")
    assert rows.index[rows["slow"]].tolist() == ["2026-03"]


def test_a_young_month_is_not_made_fast_by_those_who_left_already(ground: Ground, company: Facts) -> None:
    rows = months(ground, company, "a young May")
    assert rows.loc["2026-03", "median"] == 4
    assert (rows.loc["2026-05", "n"], rows.loc["2026-05", "ended"]) == (40, 5)
    assert pd.isna(rows.loc["2026-05", "median"])
    assert rows["ripe"].to_dict() == {"2026-03": True, "2026-05": False}


def test_months_are_those_of_the_datas_zone(ground: Ground) -> None:
    rows = story("L1", ("MQL", "2026-02-28 23:30"), ("SAL", "2026-03-04 00:00"), zone="America/New_York")
    facts = ground.reduce(rows, CLASSIC, "2026-06-01")
    assert ask(ground, facts, NEW_YORK).months["group"].tolist()[0] == "2026-02"


def test_each_segment_has_its_own_and_is_compared_with_the_others_but_a_missing_value_never_stands_out(
    ground: Ground,
) -> None:
    leads = [{"lead_id": f"F{n}", "source": "web"} for n in range(30)]
    leads += [{"lead_id": f"S{n}", "source": "fair"} for n in range(30)] + [{"lead_id": f"N{n}"} for n in range(30)]
    stories = [after(2 + n % 3, name=f"F{n}") for n in range(30)] + [after(9, name=f"S{n}") for n in range(30)]
    stories += [after(30, name=f"N{n}") for n in range(30)]
    found = by(ground, reduced(ground, *stories, leads=leads), "source")
    stays = found.stages[found.stages["stage"] == "mql"].set_index("segment")
    assert stays["median"].to_dict() == {"web": 3, "fair": 9, UNKNOWN: 30}
    groups = found.groups[found.groups["stage"] == "mql"].set_index("group")
    assert groups["median"].to_dict() == {"web": 3, "fair": 9, UNKNOWN: 30}
    assert groups["others"].to_dict() == {"web": 9, "fair": 4, UNKNOWN: 4}
    assert groups["slow"].to_dict() == {"web": False, "fair": True, UNKNOWN: False}


# Against a second reading


def check(found: pd.DataFrame, expected: dict[tuple[str, str], dict[str, float]]) -> None:
    assert STAYS.check(found) == []
    rows = {(row["segment"], row["stage"]): row for row in found.to_dict("records")}
    assert set(rows) == set(expected)
    for key, numbers in expected.items():
        assert rows[key]["trips"] == sum(rows[key][name] for name in ("n", "open", "unknown", "misdated")), key
        for name, value in numbers.items():
            said = math.nan if pd.isna(rows[key][name]) else float(rows[key][name])
            assert said == pytest.approx(value, nan_ok=True), (key, name)


@pytest.mark.parametrize("definition", [CLASSIC, UNUSUAL], ids=lambda one: one.id)
@settings(max_examples=2, deadline=None, derandomize=True, database=None, phases=[Phase.generate])
@given(seed=st.integers(0, 1 << 32))
def test_every_number_agrees_with_a_second_reading_of_the_rules(
    ground: Ground, definition: Definition, seed: int
) -> None:
    world = random_world(seed, definition, 150)
    facts = world.reduced(ground)
    stated = Settings(zone=world.zone)
    whole = ask(ground, facts, stated)
    check(whole.stages, told(world, None))
    chance = random.Random(seed)
    period = {"start": FIRST_DAY + timedelta(days=chance.randint(0, 20)), "end": FIRST_DAY + timedelta(days=40)}
    query = Query.model_validate({"by": "source", **period})
    parts = split(ground.engine, facts, kept_visits(ground.engine, facts), query, stated)
    check(parts.stages, told(world, world.segment, **period))
    # Every trip that ended or is open stands in one month and in one group.
    inner = definition.stage_ids[:-1]
    counted = whole.stages.set_index("stage")[["n", "open"]].sum(axis=1)
    by_month = whole.months.groupby("stage")["n"].sum()
    assert {name: int(by_month.get(name, 0)) for name in inner} == {name: int(counted.get(name, 0)) for name in inner}


# The sample company


@pytest.fixture(scope="module")
def report(sample: Path) -> Iterator[Report]:
    with Workspace(sample) as here:
        yield Report(here, here.facts())


def test_the_slow_spring_of_the_sample_company_is_found_at_the_hand_off_and_nowhere_else(report: Report) -> None:
    found = report.velocity(Query()).months
    slow = found[found["slow"]]
    assert list(zip(slow["stage"], slow["group"], strict=True)) == [
        ("mql", month) for month in ("2026-03", "2026-04", "2026-05")
    ]


def test_every_trip_of_the_sample_company_is_accounted_for(report: Report) -> None:
    rows = report.velocity(Query()).stages
    assert (rows["trips"] == rows[["n", "open", "unknown", "misdated"]].sum(axis=1)).all()
    for name, trips in zip(rows["stage"], rows["trips"], strict=True):
        entered = report.funnel(Query(base=name, counting="passes", policy="observed")).total()["entered"]
        assert trips == entered.iloc[0], name

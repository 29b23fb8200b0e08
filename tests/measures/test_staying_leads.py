"""The leads behind a time in stage: as many as the number says, in the order in which to look at them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.definition.templates import CLASSIC
from core.errors import DefinitionInvalid, QueryInvalid
from core.journeys.reduce import Facts
from core.journeys.visits import kept_visits
from core.measures.cohort import Query
from core.measures.staying_leads import STAYING_LEADS, Which, staying_leads
from core.measures.stays import chosen, stays
from core.report import Report
from core.settings import Settings
from core.workspace import Workspace
from tests.journeys.conftest import Ground, random_world, story
from tests.journeys.test_twin import UNUSUAL
from tests.measures.slow_stays_twin import stays as slow_stays
from tests.measures.test_velocity import BACKWARDS, after

NUMBER: dict[Which, str] = {"open": "open", "ended": "n", "unknown": "unknown", "misdated": "misdated"}


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    with Ground(tmp_path_factory.mktemp("staying")) as made:
        yield made


@pytest.fixture(scope="module")
def report(sample: Path) -> Iterator[Report]:
    with Workspace(sample) as here:
        yield Report(here, here.facts())


@pytest.fixture(scope="module")
def facts(ground: Ground) -> Facts:
    """A few leads."""
    twice = story(
        "twice", ("MQL", "2026-01-01 00:00"), ("SAL", "2026-01-03 00:00"), ("SQL", "2026-01-05 00:00"),
        ("SAL", "2026-01-06 00:00"), ("SQL", "2026-01-16 00:00"),
    )  # fmt: skip
    rows = [
        *twice, *BACKWARDS, *after(4, name="short"), *after(40, name="long", to="Rejected"),
        *story("old", ("MQL", "2026-02-01")), *story("young", ("MQL", "2026-05-30 12:00")),
        *story("gone", ("MQL", "2026-02-01"), ("SQL", None)),
    ]  # fmt: skip
    return ground.reduce(rows, CLASSIC, "2026-06-01")


def listed(ground: Ground, facts: Facts, which: Which, *, stage: str = "mql", longer_than: float | None = None) -> Any:
    visits = kept_visits(ground.engine, facts)
    found = staying_leads(
        ground.engine, facts, visits, Query(), Settings(), stage=stage, which=which, longer_than=longer_than
    )
    assert STAYING_LEADS.check(found) == []
    return found.set_index("lead_id")


def test_those_still_there_stand_longest_first(ground: Ground, facts: Facts) -> None:
    assert listed(ground, facts, "open")["days"].to_dict() == {"old": 120, "young": 1.5}
    assert list(listed(ground, facts, "open").index) == ["old", "young"]


def test_only_those_beyond_a_length_can_be_asked_for(ground: Ground, facts: Facts) -> None:
    assert list(listed(ground, facts, "open", longer_than=1.5).index) == ["old"]
    assert list(listed(ground, facts, "open", longer_than=1.4).index) == ["old", "young"]


def test_those_who_left_say_where_to(ground: Ground, facts: Facts) -> None:
    rows = listed(ground, facts, "ended")
    assert rows["days"].to_dict() == {"long": 40, "short": 4, "twice": 2}
    assert rows["left_to"].to_dict() == {"long": "Rejected by sales", "short": "SAL", "twice": "SAL"}


def test_the_last_visit_and_all_of_them_are_both_told(ground: Ground, facts: Facts) -> None:
    row = listed(ground, facts, "ended", stage="sal").loc["twice"]
    assert (row["visits"], row["days"], row["days_in_all"]) == (2, 10, 12)


def test_what_left_at_an_unknown_time_has_no_length(ground: Ground, facts: Facts) -> None:
    rows = listed(ground, facts, "unknown")
    assert list(rows.index) == ["gone"]
    assert rows[["days", "left_at"]].isna().all(axis=None)


def test_what_is_misdated_is_listed_with_its_negative_length(ground: Ground, facts: Facts) -> None:
    rows = listed(ground, facts, "misdated")
    assert rows[["days", "left_to"]].to_numpy().tolist() == [[-6, "SAL"]]


def test_a_list_that_there_is_not_is_answered_in_words(report: Report) -> None:
    with pytest.raises(QueryInvalid, match='There is no list "lost"'):
        report.staying(Query(), stage="mql", which="lost")
    with pytest.raises(DefinitionInvalid, match='There is no stage "moon"'):
        report.staying(Query(), stage="moon")


def test_each_list_has_as_many_leads_as_the_number_says_and_the_lengths_of_a_second_reading(ground: Ground) -> None:
    world = random_world(random.Random(3).randrange(1 << 32), UNUSUAL, 150)
    facts = world.reduced(ground)
    visits, stated = kept_visits(ground.engine, facts), Settings(zone=world.zone)
    numbers: Any = stays(ground.engine, facts, chosen(ground.engine, facts, visits, Query(), stated)).set_index("stage")
    every = list(slow_stays(world))
    for place, stage in enumerate(UNUSUAL.stage_ids):
        for which, name in NUMBER.items():
            rows = staying_leads(
                ground.engine, facts, visits, Query(), stated, stage=stage, which=which, limit=None
            )  # fmt: skip
            assert len(rows) == numbers.loc[stage, name], (stage, which)
            expected = {
                (stay.lead, stay.latest.trip + 1): (stay.age if which == "open" else stay.latest.seconds) or 0
                for stay in every
                if (stay.stage, stay.kind) == (place, which)
            }
            found = dict(zip(zip(rows["lead_id"], rows["trip"], strict=True), rows["days"], strict=True))
            assert set(found) == set(expected)
            if which in ("open", "ended"):
                assert found == {key: pytest.approx(seconds / 86_400) for key, seconds in expected.items()}


def test_the_outstayed_of_the_sample_company_are_those_listed(report: Report) -> None:
    query = Query(where=(("source", "Webinar"),))
    rows: Any = report.velocity(query).stages.set_index("stage")
    for stage in ("raw", "mql", "sal"):
        late = report.staying(query, stage=stage, longer_than=float(rows.loc[stage, "p90"]), limit=None)
        assert len(late) == rows.loc[stage, "outstayed"] > 0
        assert set(late["source"]) == {"Webinar"}

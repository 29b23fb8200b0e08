"""Behind every number stand the leads that it counts: exactly as many, and the right ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pandas as pd
import pytest

from core.definition.templates import VALIDATED
from core.errors import DefinitionInvalid, QueryInvalid
from core.journeys.reduce import Facts
from core.measures.cohort import UNKNOWN, Query
from core.measures.funnel import OUTCOMES, funnel
from core.measures.leads import LEADS_BEHIND, MISSING_REASON, leads_behind
from core.settings import Settings
from tests.journeys import slow_twin
from tests.journeys.conftest import FIRST_DAY, Ground, World, instant, random_world, story


@dataclass(frozen=True)
class Company:
    """Random histories, reduced once."""

    ground: Ground
    world: World
    facts: Facts
    settings: Settings

    def behind(self, query: Query, stage: str, **which: object) -> pd.DataFrame:
        return leads_behind(self.ground.engine, self.facts, query, self.settings, stage=stage, **which)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    world = random_world(21, VALIDATED, 200)
    with Ground(tmp_path_factory.mktemp("leads")) as ground:
        yield Company(ground, world, world.reduced(ground), Settings(zone=world.zone))


QUERIES = {
    "leads": Query(),
    "passes of a period": Query(counting="passes", start=FIRST_DAY, end=FIRST_DAY + timedelta(days=25)),
    "observed from a later stage": Query(policy="observed", base="validated"),
    "where they are now": Query(policy="current"),
}


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_every_bar_of_every_stage_has_exactly_its_leads_behind_it(company: Company, query: Query) -> None:
    answer = funnel(company.ground.engine, company.facts, query, company.settings)
    assert int(answer.stages["entered"].sum()) > 50
    for row in answer.total().to_dict("records"):
        stage = str(row["stage"])
        everybody = company.behind(query, stage)
        assert len(everybody) == row["entered"], stage
        assert everybody["outcome"].value_counts().to_dict() == {name: row[name] for name in OUTCOMES if row[name]}
        for outcome in OUTCOMES:
            if not row[outcome] and query != Query():
                continue
            listed = company.behind(query, stage, outcome=outcome)
            assert len(listed) == row[outcome], (stage, outcome)
            assert set(listed["outcome"]) <= {outcome}


def test_every_reason_has_exactly_its_leads_behind_it(company: Company) -> None:
    query = QUERIES["leads"]
    answer = funnel(company.ground.engine, company.facts, query, company.settings)
    assert len(answer.reasons) > 10
    assert bool(answer.reasons["reason"].isna().any())
    for row in answer.reasons.to_dict("records"):
        reason = MISSING_REASON if pd.isna(row["reason"]) else row["reason"]
        listed = company.behind(query, row["stage"], outcome=row["outcome"], reason=reason)
        assert len(listed) == row["n"], row
        assert set(listed["reason"].fillna(MISSING_REASON)) == {reason}


def test_a_reason_asked_of_a_whole_stage_finds_those_who_left_from_it_and_not_those_who_left_later(
    company: Company,
) -> None:
    answer = funnel(company.ground.engine, company.facts, Query(), company.settings)
    for reason, name in (("No budget", "No budget"), (None, MISSING_REASON)):
        said = answer.reasons[answer.reasons["stage"] == "mql"]
        said = said[said["reason"].isna() if reason is None else said["reason"] == reason]
        assert len(company.behind(Query(), "mql", reason=name)) == said["n"].sum() > 0


def test_a_segment_of_a_bar_has_its_own_leads_and_only_those(company: Company) -> None:
    query = Query(by="source")
    answer = funnel(company.ground.engine, company.facts, query, company.settings)
    assert set(answer.segments) == {"web", "fair", UNKNOWN}
    for segment in answer.segments:
        row = answer.total(segment).set_index("stage").loc["validated"]
        for outcome in OUTCOMES:
            listed = company.behind(query, "validated", outcome=outcome, segment=segment)
            assert len(listed) == row[outcome]
            assert set(listed["source"].fillna(UNKNOWN)) <= {segment}
    filtered = Query(where=(("source", "web"),))
    assert len(company.behind(filtered, "mql")) == answer.rate("mql", "web").n


def test_the_leads_named_are_those_that_a_reading_by_hand_names(company: Company) -> None:
    world = company.world
    for stage in VALIDATED.stage_ids:
        place = VALIDATED.place(stage)
        listed = company.behind(Query(), stage)
        by_hand = {
            lead: next(trip for trip in reversed(trips) if trip.furthest >= place)
            for lead, trips in world.twin().items()
            if any(trip.furthest >= place for trip in trips)
        }
        assert sorted(listed["lead_id"]) == sorted(by_hand)
        for row in listed.to_dict("records"):
            trip: slow_twin.Pass = by_hand[row["lead_id"]]
            assert row["trip"] == trip.number + 1
            assert row["furthest"] == VALIDATED.stages[trip.furthest].name
            assert (None if pd.isna(row["entered_at"]) else row["entered_at"]) == trip.known(place)


def test_leads_are_listed_oldest_entry_first_with_the_undated_last(company: Company) -> None:
    listed = company.behind(Query(), "validated")["entered_at"]
    dated = listed.dropna()
    assert 0 < len(dated) < len(listed)
    assert dated.is_monotonic_increasing
    assert listed.tail(len(listed) - len(dated)).isna().all()


def test_a_long_list_is_cut_where_asked_and_whole_where_not(company: Company) -> None:
    assert len(company.behind(Query(), "mql", limit=7)) == 7
    whole = company.behind(Query(), "mql", limit=None)
    assert len(whole) > 100
    pd.testing.assert_frame_equal(company.behind(Query(), "mql", limit=7), whole.head(7))


def test_a_number_that_is_zero_has_an_empty_list_with_all_its_columns(company: Company) -> None:
    nobody = company.behind(Query(by="source"), "mql", segment="a source of nobody")
    assert nobody.empty
    assert LEADS_BEHIND.check(nobody) == []


def test_an_outcome_or_a_stage_that_is_not_there_is_refused(company: Company) -> None:
    with pytest.raises(QueryInvalid, match='no outcome "gone"'):
        company.behind(Query(), "mql", outcome="gone")
    with pytest.raises(DefinitionInvalid, match='no stage "sql"'):
        company.behind(Query(), "sql")


def test_a_lead_is_shown_with_what_its_row_says_of_it(tmp_path_factory: pytest.TempPathFactory) -> None:
    lead = {
        "lead_id": "a", "first_name": "Ada", "company": "Ada & Co", "owner": "Kim", "email": "ada@example.com",
        "x:landing page": "/prices",
    }  # fmt: skip
    told = story(
        "a", ("MQL", "2026-03-01"), ("Rejected", "2026-03-02", "timing"), ("MQL", "2026-04-01"), ("SAL", "2026-04-03")
    )
    with Ground(tmp_path_factory.mktemp("one")) as ground:
        facts = ground.reduce(told, VALIDATED, "2026-04-05", leads=[lead])
        row = leads_behind(ground.engine, facts, Query(), Settings(), stage="mql").loc[0]
        first = leads_behind(
            ground.engine, facts, Query(counting="passes"), Settings(), stage="mql", outcome="rejected"
        )
    shown = list(row[["first_name", "company", "owner", "email", "x:landing page", "outcome", "trip", "furthest"]])
    assert shown == ["Ada", "Ada & Co", "Kim", "ada@example.com", "/prices", "advanced", 2, "Sales-validated lead"]
    assert row["entered_at"] == instant("2026-04-01")
    assert pd.isna(row["reason"])
    assert first[["trip", "reason"]].to_numpy().tolist() == [[1, "Bad timing"]]

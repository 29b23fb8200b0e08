"""The funnel: who is in the cohort, what became of everybody, and which share may be printed."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import pandas as pd
import pytest

from core.definition.templates import CLASSIC, VALIDATED
from core.errors import DefinitionInvalid, QueryInvalid
from core.journeys.in_order import depths
from core.journeys.labels import stage_labels
from core.journeys.order import coded, placed
from core.journeys.reduce import Facts
from core.measures.cohort import UNKNOWN, Query, segment_columns
from core.measures.funnel import OUTCOMES, Funnel, funnel
from core.settings import Settings
from core.stats.intervals import Rate
from tests.journeys.conftest import Ground, Rows, Told, random_world, story
from tests.journeys.slow_twin import Event

NEW_YORK = Settings(zone="America/New_York")


@pytest.fixture
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    with Ground(tmp_path_factory.mktemp("funnel")) as made:
        yield made


def many(count: int, *told: Told, name: str = "L") -> list[Event]:
    """The same story of several leads."""
    return [event for number in range(count) for event in story(f"{name}{number}", *told)]


def reduced(ground: Ground, *stories: Sequence[Event], as_of: str = "2026-06-01", leads: Rows = ()) -> Facts:
    return ground.reduce([event for one in stories for event in one], VALIDATED, as_of, leads=leads)


def ask(ground: Ground, facts: Facts, settings: Settings | None = None, **asked: object) -> Funnel:
    answer = funnel(ground.engine, facts, Query.model_validate(asked), settings or Settings())
    assert answer.broken().empty
    return answer


def column(answer: Funnel, name: str = "entered", segment: str | None = None) -> dict[str, int]:
    rows = answer.total(segment)
    return {stage: int(n) for stage, n in zip(rows["stage"], rows[name], strict=True) if n}


# Shares


def test_a_stage_that_nobody_entered_has_no_rate_rather_than_zero(ground: Ground) -> None:
    answer = ask(ground, reduced(ground, many(3, ("MQL", "2026-05-30"))))
    assert math.isnan(answer.rate("opportunity").value)
    assert answer.rate("opportunity").as_json()["value"] is None
    assert answer.rate("mql").value == 0
    nobody = ask(ground, reduced(ground, []))
    assert nobody.rate("mql").as_json() == {
        "value": None, "hits": 0, "n": 0, "few": True, "low": None, "high": None,
    }  # fmt: skip
    assert nobody.reached("won").n == 0
    assert not nobody.headline_matured("mql")


def test_a_rate_is_those_who_advanced_of_those_who_entered_and_says_where_they_are_few(ground: Ground) -> None:
    facts = reduced(
        ground,
        many(12, ("MQL", "2026-03-01"), ("SAL", "2026-03-05")),
        many(8, ("MQL", "2026-03-01"), ("Rejected", "2026-03-05"), name="R"),
    )
    answer = ask(ground, facts)
    assert (answer.rate("mql").hits, answer.rate("mql").n, answer.rate("mql").few) == (12, 20, False)
    assert answer.rate("validated").few
    assert answer.reached("validated").value == 12 / 20
    leak = answer.leak()
    assert leak is not None
    assert (leak.stage, leak.outcome, leak.most, leak.lost) == ("validated", "stalled", 12, Rate(12, 12))


def test_from_the_last_stage_nobody_can_advance_and_so_it_has_no_rate(ground: Ground) -> None:
    answer = ask(ground, reduced(ground, many(3, ("Won", "2026-03-01"))))
    assert column(answer)["won"] == 3
    assert math.isnan(answer.rate("won").value)


def test_a_rate_of_a_stage_that_is_not_agreed_is_refused(ground: Ground) -> None:
    with pytest.raises(DefinitionInvalid):
        ask(ground, reduced(ground, many(1, ("MQL", "2026-03-01")))).rate("sql")


# Matured: golden case 4


def test_golden_case_4_a_lead_of_ten_days_is_in_neither_side_of_the_matured_rate(ground: Ground) -> None:
    facts = reduced(
        ground,
        many(1, ("MQL", "2026-05-22"), ("SAL", "2026-05-23"), name="young"),
        many(3, ("MQL", "2026-04-01"), ("SAL", "2026-04-05"), name="old"),
        many(1, ("MQL", "2026-05-02"), name="of exactly thirty days"),
    )
    answer = ask(ground, facts, mature_days=30)
    assert (answer.rate("mql").hits, answer.rate("mql").n) == (4, 5)
    assert (answer.rate("mql", matured=True).hits, answer.rate("mql", matured=True).n) == (3, 4)


def test_a_lead_matures_at_each_stage_by_its_own_entry_to_that_stage(ground: Ground) -> None:
    answer = ask(ground, reduced(ground, many(1, ("MQL", "2026-03-01"), ("SAL", "2026-05-25"))), mature_days=30)
    assert column(answer, "matured") == {"mql": 1}


def test_the_matured_rate_is_the_headline_where_more_than_a_tenth_has_not_matured(ground: Ground) -> None:
    old, young = ("MQL", "2026-03-01"), ("MQL", "2026-05-30")
    a_tenth = ask(ground, reduced(ground, many(9, old), many(1, young, name="Y")), mature_days=30)
    more = ask(ground, reduced(ground, many(8, old), many(1, young, name="Y")), mature_days=30)
    assert not a_tenth.headline_matured("mql")
    assert more.headline_matured("mql")


# The cohort


def test_the_days_of_a_period_are_whole_days_in_the_zone_of_the_data(ground: Ground) -> None:
    facts = reduced(
        ground,
        story("last second before", ("MQL", "2026-03-31 23:59"), zone="America/New_York"),
        story("first day", ("MQL", "2026-04-01 00:00"), zone="America/New_York"),
        story("last day", ("MQL", "2026-04-30 23:59"), zone="America/New_York"),
        story("day after", ("MQL", "2026-05-01 00:00"), zone="America/New_York"),
    )
    april: dict[str, Any] = {"start": date(2026, 4, 1), "end": date(2026, 4, 30)}
    assert column(ask(ground, facts, NEW_YORK, **april)) == {"mql": 2}
    assert column(ask(ground, facts, NEW_YORK, end=april["start"])) == {"mql": 2}
    assert column(ask(ground, facts, NEW_YORK, start=april["end"])) == {"mql": 2}
    # The same instants in Greenwich: four hours later.
    assert column(ask(ground, facts, **april)) == {"mql": 2}
    assert column(ask(ground, facts, start=date(2026, 4, 1), end=date(2026, 4, 1))) == {"mql": 2}


def test_a_day_on_which_the_clocks_change_is_a_whole_day(ground: Ground) -> None:
    facts = reduced(
        ground,
        story("a", ("MQL", "2026-03-08 00:00"), zone="America/New_York"),
        story("b", ("MQL", "2026-03-08 23:59"), zone="America/New_York"),
    )
    assert column(ask(ground, facts, NEW_YORK, start=date(2026, 3, 8), end=date(2026, 3, 8))) == {"mql": 2}


def test_a_lead_belongs_to_the_period_of_its_first_entry_and_a_pass_to_that_of_its_own(ground: Ground) -> None:
    told: list[Told] = [("MQL", "2026-03-05"), ("Recycled", "2026-03-09"), ("MQL", "2026-05-05"), ("SAL", "2026-05-20")]
    facts = reduced(ground, story("a", *told))
    march: dict[str, Any] = {"start": date(2026, 3, 1), "end": date(2026, 3, 31)}
    may: dict[str, Any] = {"start": date(2026, 5, 1), "end": date(2026, 5, 31)}
    assert column(ask(ground, facts, **march)) == {"mql": 1, "validated": 1}
    assert column(ask(ground, facts, **may)) == {}
    assert column(ask(ground, facts, counting="passes", **march)) == {"mql": 1}
    assert column(ask(ground, facts, counting="passes", **may)) == {"mql": 1, "validated": 1}


def test_where_a_lead_is_now_is_asked_of_the_same_cohort(ground: Ground) -> None:
    told: list[Told] = [("MQL", "2026-03-05"), ("Recycled", "2026-03-09"), ("MQL", "2026-05-05"), ("SAL", "2026-05-20")]
    facts = reduced(ground, story("a", *told), story("gone", ("MQL", "2026-03-05"), ("Lost", "2026-03-09")))
    march: dict[str, Any] = {"start": date(2026, 3, 1), "end": date(2026, 3, 31)}
    now = ask(ground, facts, policy="current", **march)
    assert column(now) == {"validated": 1}
    assert column(now, "waiting") == {"validated": 1}
    assert column(ask(ground, facts, policy="current", start=date(2026, 5, 1))) == {}


def test_an_entry_that_a_later_stage_proves_is_dated_by_the_earliest_proof(ground: Ground) -> None:
    facts = reduced(ground, story("a", ("SAL", "2026-03-20"), ("Opportunity", "2026-04-05")))
    march: dict[str, Any] = {"start": date(2026, 3, 1), "end": date(2026, 3, 31)}
    assert column(ask(ground, facts, **march)) == {"mql": 1, "validated": 1, "opportunity": 1}
    assert column(ask(ground, facts, policy="observed", **march)) == {}


def test_an_entry_without_any_date_is_in_the_whole_cohort_and_in_no_period(ground: Ground) -> None:
    facts = reduced(ground, story("a", ("SAL", None)))
    assert column(ask(ground, facts)) == {"mql": 1, "validated": 1}
    assert column(ask(ground, facts, start=date(2000, 1, 1))) == {}


def test_a_lead_that_never_came_to_the_base_is_in_no_cohort_of_it(ground: Ground) -> None:
    facts = reduced(ground, story("a", ("MQL", "2026-03-01")), story("b", ("Opportunity", "2026-03-01")))
    answer = ask(ground, facts, base="validated")
    assert list(answer.total()["stage"]) == ["validated", "opportunity", "won"]
    assert column(answer) == {"validated": 1, "opportunity": 1}


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"base": "sql"}, 'no stage "sql"'),
        ({"start": date(2026, 3, 2), "end": date(2026, 3, 1)}, "ends .* before it begins"),
        ({"by": "shoe size"}, 'no column "shoe size"'),
        ({"where": (("email", "a@b"),)}, 'no column "email"'),
        ({"policy": "ordered"}, "ordered reading"),
    ],
)
def test_a_question_to_something_that_is_not_there_is_refused_in_words(
    ground: Ground, asked: dict[str, Any], words: str
) -> None:
    facts = reduced(ground, [])
    with pytest.raises(QueryInvalid, match=words):
        ask(ground, facts, **asked)


# Segments

LEADS: list[dict[str, object]] = [
    {"lead_id": "a", "source": "web", "country": "DE", "email": "a@example.com"},
    {"lead_id": "b", "source": "web", "country": "FR"},
    {"lead_id": "c", "source": None, "country": "DE"},
    {"lead_id": "d", "source": "unknown", "country": "DE"},
]


def test_a_breakdown_keeps_leads_of_no_stated_source_apart_from_a_source_called_unknown(ground: Ground) -> None:
    facts = reduced(ground, *(story(str(lead["lead_id"]), ("MQL", "2026-03-01")) for lead in LEADS), leads=LEADS)
    answer = ask(ground, facts, by="source")
    assert answer.segments == ("web", UNKNOWN, "unknown")
    assert [column(answer, segment=segment)["mql"] for segment in answer.segments] == [2, 1, 1]
    assert answer.rate("mql", "web").n == 2
    assert column(answer) == column(ask(ground, facts))
    assert column(ask(ground, facts, by="source", where=(("country", "DE"),)), segment="web") == {"mql": 1}
    assert column(ask(ground, facts, where=(("source", UNKNOWN),))) == {"mql": 1}
    assert column(ask(ground, facts, where=(("source", "web"), ("country", "IT")))) == {}
    assert column(ask(ground, facts, where=(("source", "web"), ("source", "unknown")))) == {"mql": 3}


def test_what_names_a_person_is_no_column_to_group_by(ground: Ground) -> None:
    columns = segment_columns(ground.engine, reduced(ground, story("a", ("MQL", "2026-03-01")), leads=LEADS))
    assert {"source", "country", "industry", "owner"} <= set(columns)
    assert not {"lead_id", "email", "phone", "first_name", "last_name", "unit"} & set(columns)


# Every policy


def test_where_leads_are_now_is_a_stock_in_which_nobody_advances(ground: Ground) -> None:
    facts = reduced(
        ground,
        story("stalled", ("MQL", "2026-03-01")),
        story("waiting", ("MQL", "2026-03-01"), ("SAL", "2026-05-30")),
        story("back", ("Opportunity", "2026-05-20"), ("SAL", "2026-05-30")),
        story("left", ("MQL", "2026-03-01"), ("Rejected", "2026-03-09")),
        story("customer", ("Opportunity", "2026-03-01"), ("Won", "2026-04-01")),
    )
    answer = ask(ground, facts, policy="current")
    assert column(answer) == {"mql": 1, "validated": 2, "won": 1}
    assert column(answer, "advanced") == {}
    assert (column(answer, "stalled"), column(answer, "waiting")) == ({"mql": 1}, {"validated": 2, "won": 1})
    assert answer.reasons.empty


def test_golden_case_1_in_strict_order_a_lead_that_skips_a_stage_stops_before_it(ground: Ground) -> None:
    straight = story(
        "a", ("MQL", "2026-03-01"), ("SAL", "2026-03-05"), ("Opportunity", "2026-03-09"), ("Won", "2026-03-20")
    )
    skips = story("b", ("MQL", "2026-03-01"), ("SAL", "2026-03-05"), ("Won", "2026-03-20"))
    assert column(in_order(ground, [*straight, *skips])) == {"mql": 2, "validated": 2, "opportunity": 1, "won": 1}


@pytest.mark.parametrize("base", ["mql", "validated"])
def test_the_strict_order_too_accounts_for_everybody(ground: Ground, base: str) -> None:
    world = random_world(3, VALIDATED, 120)
    answer = in_order(ground, world.events, base=base, by="source", leads=world.leads)
    assert column(answer)
    everybody = answer.stages[list(OUTCOMES)].sum(axis=1)
    pd.testing.assert_series_equal(everybody, answer.stages["entered"], check_names=False)


def in_order(
    ground: Ground, events: Sequence[Event], *, base: str = "mql", by: str | None = None, leads: Rows = ()
) -> Funnel:
    engine, sources = ground.engine, ground.sources(events, leads)
    facts = ground.reduce(sources, VALIDATED, "2026-06-01")
    labels = stage_labels(engine, sources.events, VALIDATED)
    units = engine.collect(facts.units(engine).select("unit", "lead_id")).assign(merged=False)
    rows = placed(engine, coded(engine, sources.events, labels, engine.frame(units), as_of=facts.as_of))
    stages = range(VALIDATED.place(base), len(VALIDATED.stages))
    done = engine.frame(depths(engine, rows, stages, window_days=180))
    answer = funnel(engine, facts, Query(base=base, policy="ordered", by=by), Settings(), depths=done)
    assert answer.broken().empty
    return answer


def test_a_broken_account_would_be_shown(ground: Ground) -> None:
    answer = ask(ground, reduced(ground, many(3, ("MQL", "2026-05-30"))))
    lost_one = answer.stages.assign(waiting=answer.stages["waiting"] - (answer.stages["stage"] == "mql"))
    spoilt = Funnel(answer.query, answer.definition, answer.as_of, lost_one, answer.reasons)
    assert spoilt.broken()["stage"].tolist() == ["mql"]


def test_the_reasons_of_a_stage_add_up_to_its_ways_out(ground: Ground) -> None:
    world = random_world(9, CLASSIC, 120)
    answer = funnel(ground.engine, world.reduced(ground), Query(by="source"), Settings())
    ways = answer.stages.set_index(["segment", "stage"])[["rejected", "recycled", "disqualified", "lost"]].stack()
    said = answer.reasons.groupby(["segment", "stage", "outcome"])["n"].sum()
    assert said.to_dict() == {place: n for place, n in ways.items() if n}

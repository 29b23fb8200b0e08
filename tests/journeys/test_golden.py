"""The cases that settle an argument: told in a few rows, with the answer that a person would give."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import pytest

from core.definition import with_post_sale
from core.definition.templates import CLASSIC, PIPELINE, VALIDATED
from core.journeys.labels import stage_labels, unanswered
from core.journeys.passes import ENDS
from core.journeys.reduce import Facts, key, timeline
from core.measures.cohort import Policy, Query
from core.measures.funnel import Funnel, funnel
from core.settings import Settings
from tests.journeys.conftest import Ground, Rows, Told, instant, story
from tests.journeys.slow_twin import Event

STAGES = {stage: place for place, stage in enumerate(CLASSIC.stage_ids)}


def ends(passes: pd.DataFrame) -> list[str]:
    return [ENDS[code] for code in passes["end"]]


def furthest(passes: pd.DataFrame) -> list[str]:
    return [CLASSIC.stage_ids[place] for place in passes["furthest"]]


def observed(passes: pd.DataFrame) -> list[set[str]]:
    return [{s for k, s in enumerate(CLASSIC.stage_ids) if mask >> k & 1} for mask in passes["observed"]]


def ask(
    ground: Ground, facts: Facts, policy: Policy = "furthest", *, base: str | None = None, passes: bool = False
) -> Funnel:
    query = Query(policy=policy, base=base, counting="passes" if passes else "leads")
    answer = funnel(ground.engine, facts, query, Settings())
    assert answer.broken().empty
    return answer


def cell(answer: Funnel, stage: str, column: str = "entered") -> int:
    rows = answer.total()
    found = rows.loc[rows["stage"] == stage, column]
    return int(found.iloc[0]) if len(found) else 0


def facts_of(
    ground: Ground, *stories: Sequence[Event], as_of: str = "2026-06-01", leads: Rows = (), deals: Rows = ()
) -> Facts:
    return ground.reduce([event for one in stories for event in one], CLASSIC, as_of, leads=leads, deals=deals)


# Stories of one lead, read at the first of June: each trip as "stage and how it stands there: why (what is odd)"

STORIES: dict[str, tuple[Sequence[Told], list[str]]] = {
    "going back across the hand-off ends the pass as recycled, not recorded": (
        [("MQL", "2026-03-01"), ("SAL", "2026-03-02"), ("Viable", "2026-05-20")],
        ["sal recycled: not recorded", "viable waiting"],
    ),
    "a date column cannot say that a lead went back": (
        [("SAL", "2026-05-20", None, "date"), ("MQL", "2026-05-25", None, "date")],
        ["sal waiting (reversed)"],
    ),
    "coming back from recycled opens the next pass at whatever stage": (
        [("MQL", "2026-03-01"), ("Recycled", "2026-03-09"), ("SQL", "2026-05-20", None, "date")],
        ["mql recycled", "sql waiting"],
    ),
    "coming back from disqualified opens the next pass at whatever stage": (
        [("MQL", "2026-03-01"), ("Disqualified", "2026-03-09"), ("SQL", "2026-05-20", None, "date")],
        ["mql disqualified", "sql waiting"],
    ),
    "coming back from lost opens the next pass at whatever stage": (
        [("MQL", "2026-03-01"), ("Lost", "2026-03-09"), ("SQL", "2026-05-20", None, "date")],
        ["opportunity lost", "sql waiting"],
    ),
    "golden case 8: two stages in the same second are ordered by stage and flagged": (
        [("SAL", "2026-05-20 10:00"), ("MQL", "2026-05-20 10:00")],
        ["sal waiting (tied)"],
    ),
    "the same stage twice in one second is one entry said twice, not a tie": (
        [("SAL", "2026-05-20 10:00"), ("SAL", "2026-05-20 10:00", None, "date")],
        ["sal waiting"],
    ),
    "a day without a time and an instant of that day are ordered by stage": (
        [("MQL", "2026-05-20 17:00"), ("SAL", "2026-05-20")],
        ["sal waiting"],
    ),
    "two stages known by one day alone are ordered by stage and flagged": (
        [("SAL", "2026-05-20"), ("MQL", "2026-05-20")],
        ["sal waiting (tied)"],
    ),
    "an instant and the next day are no tie": (
        [("MQL", "2026-05-20 17:00"), ("SAL", "2026-05-21")],
        ["sal waiting"],
    ),
    "instants of one day keep their own order when all of them have a time": (
        [("SAL", "2026-05-20 10:00"), ("MQL", "2026-05-20 17:00")],
        ["sal recycled: not recorded", "mql waiting"],
    ),
    "a way out on the day of an entry comes after it": (
        [("Disqualified", "2026-05-20"), ("MQL", "2026-05-20 17:00")],
        ["mql disqualified"],
    ),
    "golden case 12: a no, then a later stage, is one pass, listed": (
        [("MQL", "2026-03-01"), ("Rejected", "2026-03-02", "budget"), ("SAL", "2026-05-20")],
        ["sal waiting (no, then moved on)"],
    ),
    "a first no that was overruled stays listed when a second no ends the pass": (
        [
            ("MQL", "2026-03-01"),
            ("Rejected", "2026-03-02"),
            ("SAL", "2026-03-09"),
            ("Rejected", "2026-03-20", "timing"),
        ],
        ["sal rejected: Bad timing (no, then moved on)"],
    ),
    "a no, then the hand-off again, is a second pass": (
        [("MQL", "2026-03-01"), ("Rejected", "2026-03-02"), ("MQL", "2026-05-30")],
        ["mql rejected", "mql waiting"],
    ),
    "only the last way out counts": (
        [("MQL", "2026-03-01"), ("Rejected", "2026-03-02", "budget"), ("Disqualified", "2026-03-05", "no fit")],
        ["mql disqualified: Not a fit"],
    ),
    "a reason that nobody agreed on keeps its own words": (
        [("MQL", "2026-03-01"), ("Disqualified", "2026-03-05", "moved to Mars")],
        ["mql disqualified: moved to Mars"],
    ),
    "a customer that loses another deal stays a customer": (
        [("Opportunity", "2026-03-01"), ("Won", "2026-03-20"), ("Lost", "2026-05-01")],
        ["won waiting"],
    ),
    "a way out alone stands at the first stage": (
        [("Disqualified", "2026-03-05", "no fit")],
        ["raw disqualified: Not a fit"],
    ),
    "an open lead waits to the last second of the days agreed for its stage": (
        [("SAL", "2026-05-02 00:00")],
        ["sal waiting"],
    ),
    "an open lead has stalled a second after that": (
        [("SAL", "2026-05-01 23:59")],
        ["sal stalled"],
    ),
    "a return to the stage starts its clock anew": (
        [("SQL", "2026-04-01"), ("SAL", "2026-04-02"), ("SQL", "2026-05-20")],
        ["sql waiting (reversed)"],
    ),
    "a lead that went back on its own side keeps the clock of the stage that it reached": (
        [("SQL", "2026-04-01"), ("SAL", "2026-05-20")],
        ["sql stalled (reversed)"],
    ),
    "a stage without a clock never stalls": ([("Won", "2020-01-01")], ["won waiting"]),
    "a stage without a date never stalls": ([("SAL", None)], ["sal waiting"]),
    "a stage without a date never stalls by the date of an earlier one": (
        [("MQL", "2020-01-01"), ("SAL", None)],
        ["sal waiting"],
    ),
    "a current status beyond the history says how far the lead came": (
        [("MQL", "2026-03-01"), ("SQL", None)],
        ["sql waiting"],
    ),
    "a current status behind the history takes nothing back": (
        [("SQL", "2026-05-20"), ("MQL", None)],
        ["sql waiting"],
    ),
    "a current status never begins a pass": (
        [("MQL", "2026-03-01"), ("Recycled", "2026-03-09"), ("MQL", None)],
        ["mql recycled"],
    ),
    "a current way out that the history knows does not end a later pass": (
        [("MQL", "2026-03-01"), ("Recycled", "2026-03-09"), ("MQL", "2026-05-30"), ("Recycled", None)],
        ["mql recycled", "mql waiting"],
    ),
    "a way out known only as current status ends the pass": (
        [("MQL", "2026-03-01"), ("Rejected", "2026-03-02"), ("SAL", "2026-03-09"), ("Disqualified", None, "no fit")],
        ["sal disqualified: Not a fit (no, then moved on)"],
    ),
}
ENDED_AT = {
    "going back across the hand-off ends the pass as recycled, not recorded": instant("2026-05-20"),
    "only the last way out counts": instant("2026-03-05"),
    "a way out known only as current status ends the pass": None,
    "a customer that loses another deal stays a customer": None,
    "a current status never begins a pass": instant("2026-03-09"),
}
ODD = {"tied": "tied", "reversed": "reversed", "no_then_on": "no, then moved on"}


@pytest.fixture(scope="module")
def read_together(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    with Ground(tmp_path_factory.mktemp("stories")) as made:
        rows = [event for sentence, (told, _) in STORIES.items() for event in story(sentence, *told)]
        return made.passes(made.reduce(rows, CLASSIC, "2026-06-01"))


@pytest.mark.parametrize("sentence", STORIES)
def test_the_story_of_one_lead_is_read_as_a_person_would(read_together: pd.DataFrame, sentence: str) -> None:
    passes = read_together[read_together["lead_id"] == sentence]
    said = []
    for row in passes.to_dict("records"):
        why = "" if pd.isna(row["reason"]) else f": {row['reason']}"
        odd = ", ".join(words for name, words in ODD.items() if row[name])
        said.append(f"{CLASSIC.stage_ids[row['furthest']]} {ENDS[row['end']]}{why}" + (f" ({odd})" if odd else ""))
    assert said == STORIES[sentence][1]


@pytest.mark.parametrize("sentence", ENDED_AT)
def test_a_pass_ended_when_its_way_out_is_dated_or_when_the_next_pass_began(
    read_together: pd.DataFrame, sentence: str
) -> None:
    ended = read_together[read_together["lead_id"] == sentence]["ended_at"].iloc[0]
    assert (None if pd.isna(ended) else ended) == ENDED_AT[sentence]


def test_a_status_alone_leaves_no_dated_entry_and_its_stage_is_where_the_lead_is_now(
    read_together: pd.DataFrame,
) -> None:
    row = read_together.set_index("lead_id").loc["a current status beyond the history says how far the lead came"]
    assert (row["observed"], row["baseline"], row["current"]) == (1 << STAGES["mql"], STAGES["sql"], STAGES["sql"])
    assert pd.isna(row["current_since"])


def test_where_every_stage_is_on_the_sales_side_going_back_opens_no_new_pass(ground: Ground) -> None:
    told: list[Told] = [("Engaging", "2026-03-01"), ("Prospecting", "2026-03-02"), ("Won", "2026-03-09")]
    passes = ground.passes(ground.reduce(story("a", *told), PIPELINE, "2026-06-01"))
    assert (len(passes), bool(passes.loc[0, "reversed"])) == (1, True)


def test_in_a_history_that_loses_and_returns_before_it_had_won_the_pass_is_recycled_not_recorded(
    ground: Ground,
) -> None:
    early = CLASSIC.model_copy(
        update={
            "exits": tuple(e.model_copy(update={"leaves": "sal" if e.id == "lost" else None}) for e in CLASSIC.exits)
        }
    )
    told: list[Told] = [("SQL", "2026-03-01"), ("Lost", "2026-03-02", "price"), ("MQL", "2026-05-30")]
    passes = ground.passes(ground.reduce(story("a", *told), early, "2026-06-01"))
    assert ends(passes) == ["recycled", "waiting"]
    assert passes.loc[0, "reason"] == "not recorded"


# Golden case 1


def test_a_skipped_stage_is_reached_because_a_later_one_proves_it_but_has_no_time_of_its_own(ground: Ground) -> None:
    told: list[Told] = [
        ("MQL", "2026-03-01"),
        ("SAL", "2026-03-02"),
        ("Opportunity", "2026-03-09"),
        ("Won", "2026-04-01"),
    ]
    facts = facts_of(ground, story("a", *told))
    one = ground.passes(facts).loc[0]
    assert one["furthest"] == STAGES["won"]
    assert pd.isna(one[f"at_{STAGES['sql']}"])
    answer = ask(ground, facts)
    assert [cell(answer, stage) for stage in ("mql", "sal", "sql", "opportunity", "won")] == [1, 1, 1, 1, 1]
    assert cell(answer, "sql", "inferred") == 1
    assert cell(answer, "sal", "skipped") == 1


def test_under_observed_a_skipped_stage_was_not_entered_and_the_stage_before_it_still_counts_as_advanced(
    ground: Ground,
) -> None:
    told: list[Told] = [
        ("MQL", "2026-03-01"),
        ("SAL", "2026-03-02"),
        ("Opportunity", "2026-03-09"),
        ("Won", "2026-04-01"),
    ]
    answer = ask(ground, facts_of(ground, story("a", *told)), "observed", base="mql")
    assert cell(answer, "sql") == 0
    assert cell(answer, "sal", "advanced") == 1
    assert cell(answer, "sal", "skipped") == 1
    assert cell(answer, "opportunity", "advanced") == 1


def test_under_observed_a_lead_that_was_never_seen_at_the_base_is_in_no_cohort_of_it(ground: Ground) -> None:
    seen = story("seen", ("SQL", "2026-03-01"), ("Won", "2026-03-20"))
    unseen = story("unseen", ("SAL", "2026-03-01"), ("Won", "2026-03-20"))
    facts = facts_of(ground, seen, unseen)
    assert cell(ask(ground, facts, "observed", base="sql"), "won") == 1
    assert cell(ask(ground, facts, "observed", base="sql", passes=True), "won") == 1
    assert cell(ask(ground, facts, "furthest", base="sql"), "won") == 2


def test_the_next_stage_known_only_from_a_current_status_is_not_called_skipped(ground: Ground) -> None:
    answer = ask(ground, facts_of(ground, story("a", ("MQL", "2026-03-01"), ("SAL", None))), base="mql")
    assert cell(answer, "mql", "advanced") == 1
    assert cell(answer, "mql", "skipped") == 0
    assert cell(answer, "sal", "inferred") == 1


# Golden case 2


def test_going_back_and_forth_on_one_side_is_one_pass_with_revisits_and_counts_once(ground: Ground) -> None:
    told: list[Told] = [
        ("Viable", "2026-03-01"),
        ("MQL", "2026-03-02"),
        ("Viable", "2026-03-05"),
        ("MQL", "2026-03-08"),
    ]
    facts = facts_of(ground, story("a", *told), as_of="2026-03-09")
    passes = ground.passes(facts)
    assert len(passes) == 1
    assert passes.loc[0, "visits"] == 4
    assert passes.loc[0, f"at_{STAGES['mql']}"] == instant("2026-03-02")
    answer = ask(ground, facts, base="viable")
    assert (cell(answer, "viable"), cell(answer, "viable", "advanced"), cell(answer, "mql")) == (1, 1, 1)


# Golden case 3


def test_a_recycled_lead_that_is_won_on_its_second_pass_is_one_lead_of_which_one_was_won(ground: Ground) -> None:
    told: list[Told] = [
        ("MQL", "2026-01-01"), ("SAL", "2026-01-02"), ("Recycled", "2026-01-09", "timing"),
        ("MQL", "2026-03-01"), ("SAL", "2026-03-02"), ("Won", "2026-04-01"),
    ]  # fmt: skip
    facts = facts_of(ground, story("a", *told))
    passes = ground.passes(facts)
    assert ends(passes) == ["recycled", "waiting"]
    assert passes.loc[0, "reason"] == "Bad timing"
    assert list(passes["n_passes"]) == [2, 2]
    answer = ask(ground, facts, base="mql")
    assert [(cell(answer, stage), cell(answer, stage, "again")) for stage in ("mql", "sal", "won")] == [(1, 1)] * 3
    assert cell(answer, "sal", "recycled") == 0
    both = ask(ground, facts, base="mql", passes=True)
    assert [(cell(both, stage), cell(both, stage, "again")) for stage in ("mql", "sal", "won")] == [
        (2, 1),
        (2, 1),
        (1, 1),
    ]
    assert cell(both, "sal", "recycled") == 1


def test_a_lead_stands_at_each_stage_with_the_last_pass_that_entered_it(ground: Ground) -> None:
    told: list[Told] = [
        ("MQL", "2026-01-01"), ("SAL", "2026-01-02"), ("Disqualified", "2026-01-09", "no fit"),
        ("MQL", "2026-05-30"),
    ]  # fmt: skip
    answer = ask(ground, facts_of(ground, story("a", *told)), base="mql")
    assert (cell(answer, "mql", "waiting"), cell(answer, "mql", "advanced")) == (1, 0)
    assert (cell(answer, "sal", "disqualified"), cell(answer, "sal", "again")) == (1, 0)
    assert answer.reasons[["stage", "reason", "n"]].to_numpy().tolist() == [["sal", "Not a fit", 1]]


# Golden case 11


def test_one_row_dated_2062_moves_nobody_elses_clock(ground: Ground) -> None:
    others = [*story("a", ("MQL", "2026-03-01")), *story("b", ("SAL", "2026-05-30"))]
    stray = story("c", ("MQL", "2026-03-05"), ("SAL", "2062-01-01"))
    plain = ground.passes(ground.reduce(others, CLASSIC, "2026-06-01"))
    found = ground.passes(ground.reduce([*others, *stray], CLASSIC, "2026-06-01"))
    columns = [name for name in plain.columns if name != "unit"]
    with_stray = found[found["lead_id"] != "c"][columns].reset_index(drop=True)
    pd.testing.assert_frame_equal(with_stray, plain[columns])
    assert ends(found) == ["stalled", "waiting", "stalled"]
    assert observed(found)[2] == {"mql"}


# Golden case 12


def test_a_no_and_then_a_later_stage_is_advanced_and_listed_as_no_then_moved_on(ground: Ground) -> None:
    told: list[Told] = [("MQL", "2026-03-01"), ("Rejected", "2026-03-02", "budget"), ("SAL", "2026-03-09")]
    facts = facts_of(ground, story("a", *told), as_of="2026-03-10")
    passes = ground.passes(facts)
    assert (len(passes), bool(passes.loc[0, "no_then_on"]), ends(passes)) == (1, True, ["waiting"])
    answer = ask(ground, facts, base="mql")
    assert (cell(answer, "mql", "advanced"), cell(answer, "mql", "rejected")) == (1, 0)
    no = timeline(ground.engine, ground.sources(story("a", *told)), facts, "a")
    assert list(no["stage"]) == ["MQL", "Rejected by sales", "SAL"]
    assert no.loc[1, "reason"] == "budget"


# How a pass ends


def test_lost_leaves_the_opportunity_which_proves_it(ground: Ground) -> None:
    answer = ask(
        ground, facts_of(ground, story("a", ("SAL", "2026-03-01"), ("Lost", "2026-03-20", "price"))), base="sal"
    )
    assert cell(answer, "opportunity", "lost") == 1
    assert (cell(answer, "sal", "advanced"), cell(answer, "sql", "inferred")) == (1, 1)
    assert answer.reasons["reason"].tolist() == ["price"]


def test_a_loss_that_only_a_current_status_contradicts_keeps_its_reason_under_observed(ground: Ground) -> None:
    facts = facts_of(ground, story("a", ("MQL", "2026-03-01"), ("Lost", "2026-03-20", "price"), ("Won", None)))
    assert cell(ask(ground, facts), "won", "waiting") == 1
    assert ask(ground, facts).reasons.empty
    seen = ask(ground, facts, "observed", base="mql")
    assert cell(seen, "mql", "lost") == 1
    assert seen.reasons["reason"].tolist() == ["price"]


# Two exports


def test_of_two_exports_only_the_newer_current_status_counts(ground: Ground) -> None:
    rows = [*story("a", ("SQL", None), batch=1), *story("a", ("MQL", None), batch=2)]
    assert furthest(ground.passes(ground.reduce(rows, CLASSIC, "2026-06-01"))) == ["mql"]
    before = ground.reduce(rows, CLASSIC, "2026-06-01", unknown_yet=(2,))
    assert furthest(ground.passes(before)) == ["sql"]


# Who is counted


def test_merged_leads_are_counted_once_under_the_survivor_and_their_statuses_ignored(ground: Ground) -> None:
    rows = [
        *story("old", ("MQL", "2026-03-01"), ("SAL", "2026-03-02"), ("Won", None)),
        *story("older", ("Viable", "2026-02-01")),
        *story("kept", ("Opportunity", "2026-05-20")),
    ]
    leads: list[dict[str, object]] = [
        {"lead_id": "older", "merged_into": "old"},
        {"lead_id": "old", "merged_into": "kept"},
        {"lead_id": "kept", "merged_into": None},
    ]
    passes = ground.passes(ground.reduce(rows, CLASSIC, "2026-06-01", leads=leads))
    assert list(passes["lead_id"]) == ["kept"]
    assert (furthest(passes), observed(passes)) == (["opportunity"], [{"viable", "mql", "sal", "opportunity"}])


def test_leads_merged_into_each_other_in_a_circle_stay_two_leads(ground: Ground) -> None:
    rows = [*story("a", ("MQL", "2026-03-01")), *story("b", ("SAL", "2026-03-01"))]
    leads: list[dict[str, object]] = [{"lead_id": "a", "merged_into": "b"}, {"lead_id": "b", "merged_into": "a"}]
    assert list(ground.passes(ground.reduce(rows, CLASSIC, "2026-06-01", leads=leads))["lead_id"]) == ["a", "b"]


def test_a_survivor_that_no_file_holds_stands_for_those_merged_into_it(ground: Ground) -> None:
    leads: list[dict[str, object]] = [{"lead_id": "a", "merged_into": "gone"}, {"lead_id": "b", "merged_into": "gone"}]
    facts = ground.reduce([], CLASSIC, "2026-06-01", leads=leads)
    assert list(ground.engine.collect(facts.units(ground.engine))["lead_id"]) == ["gone"]


def test_a_deal_without_a_lead_is_counted_as_its_own_lead(ground: Ground) -> None:
    rows = story("deal:D1", ("Opportunity", "2026-03-01"), ("Won", "2026-04-01"))
    facts = ground.reduce(
        rows, CLASSIC, "2026-06-01", deals=[{"deal_id": "D1", "company": "Ada & Co", "outcome": "won"}]
    )
    units = ground.engine.collect(facts.units(ground.engine))
    assert units[["lead_id", "company"]].to_numpy().tolist() == [["deal:D1", "Ada & Co"]]
    assert cell(ask(ground, facts), "won") == 1


@pytest.mark.parametrize("who_says", ["lead", "deal"])
def test_a_deal_stands_under_the_lead_that_either_of_them_names(ground: Ground, who_says: str) -> None:
    rows = [*story("a", ("MQL", "2026-03-01")), *story("deal:D1", ("Won", "2026-04-01"))]
    leads: list[dict[str, object]] = [{"lead_id": "a", "deal_id": "D1" if who_says == "lead" else None}]
    deals = [{"deal_id": "D1", "lead_id": "a" if who_says == "deal" else None, "outcome": "won", "amount_minor": 500}]
    facts = ground.reduce(rows, CLASSIC, "2026-06-01", leads=leads, deals=deals)
    passes = ground.passes(facts)
    assert list(passes["lead_id"]) == ["a"]
    assert (furthest(passes), observed(passes)) == (["won"], [{"mql", "won"}])
    sold = ground.engine.collect(facts.deals(ground.engine))
    assert sold[["unit", "deal_id", "amount_minor"]].to_numpy().tolist() == [[0, "D1", 500]]


def test_one_deal_of_two_leads_is_counted_once(ground: Ground) -> None:
    rows = [
        *story("a", ("MQL", "2026-03-01")),
        *story("b", ("MQL", "2026-03-02")),
        *story("deal:D1", ("Opportunity", "2026-03-20"), ("Won", "2026-04-01")),
    ]
    leads: list[dict[str, object]] = [{"lead_id": "b", "deal_id": "D1"}, {"lead_id": "a", "deal_id": "D1"}]
    facts = ground.reduce(rows, CLASSIC, "2026-06-01", leads=leads, deals=[{"deal_id": "D1", "outcome": "won"}])
    answer = ask(ground, facts, base="mql")
    assert (cell(answer, "mql"), cell(answer, "won")) == (2, 1)
    assert len(ground.engine.collect(facts.deals(ground.engine))) == 1
    passes = ground.passes(facts)
    assert furthest(passes[passes["lead_id"] == "a"]) == ["won"]


def test_a_deal_that_closes_after_the_report_is_still_open_in_it(ground: Ground) -> None:
    deals = [{"deal_id": "D1", "outcome": "won", "closed_at": instant("2026-07-01")}]
    facts = ground.reduce(story("deal:D1", ("Opportunity", "2026-03-01")), CLASSIC, "2026-06-01", deals=deals)
    assert list(ground.engine.collect(facts.deals(ground.engine))["outcome"]) == ["open"]


def test_a_word_that_no_stage_has_is_asked_about_and_counted_and_its_lead_is_not_dropped(ground: Ground) -> None:
    rows = [
        *story("a", ("MQL", "2026-03-01"), ("Zebra", "2026-03-02"), ("zebra", "2026-03-03")),
        *story("b", ("Zebra", "2026-03-02")),
        *story("c", ("Lead Created", "2026-03-02")),
    ]
    sources = ground.sources(rows)
    asked = unanswered(stage_labels(ground.engine, sources.events, VALIDATED))
    assert list(zip(asked["name"], asked["rows"], strict=True)) == [("Zebra", 3)], "one word, one question"
    facts = ground.reduce(sources, VALIDATED, "2026-06-01")
    assert facts.n_units == 3
    assert list(ground.passes(facts)["lead_id"]) == ["a"]
    answered = VALIDATED.with_labels({"Zebra": "validated"})
    assert unanswered(stage_labels(ground.engine, sources.events, answered)).empty
    assert list(ground.passes(ground.reduce(sources, answered, "2026-06-01"))["lead_id"]) == ["a", "b"]


def test_an_ignored_word_is_neither_asked_about_nor_counted(ground: Ground) -> None:
    rows = story("a", ("MQL", "2026-03-01"), ("Zebra", "2026-03-02"))
    sources = ground.sources(rows)
    answered = VALIDATED.with_labels({"Zebra": "ignore"})
    assert unanswered(stage_labels(ground.engine, sources.events, answered)).empty
    assert list(ground.passes(ground.reduce(sources, answered, "2026-06-01"))["visits"]) == [1]


def test_no_rows_at_all_give_no_passes_and_an_empty_funnel(ground: Ground) -> None:
    facts = ground.reduce([], with_post_sale(CLASSIC), "2026-06-01")
    assert (facts.n_units, len(ground.passes(facts))) == (0, 0)
    answer = funnel(ground.engine, facts, Query(), Settings())
    assert answer.stages.empty
    assert answer.leak() is None


def test_leads_without_any_stage_are_counted_and_a_shard_of_only_such_leads_is_no_obstacle(ground: Ground) -> None:
    leads: list[dict[str, object]] = [{"lead_id": f"L{number}"} for number in range(4)]
    facts = ground.reduce(story("L2", ("MQL", "2026-05-30")), CLASSIC, "2026-06-01", leads=leads, shard_units=1)
    assert (facts.n_units, list(ground.passes(facts)["lead_id"])) == (4, ["L2"])
    assert cell(ask(ground, facts), "mql", "waiting") == 1


def test_a_timeline_tells_the_passes_that_the_count_is_made_of(ground: Ground) -> None:
    told: list[Told] = [
        ("MQL", "2026-03-01"),
        ("SAL", "2026-03-01"),
        ("Recycled", "2026-03-09", "timing"),
        ("MQL", "2026-05-01"),
    ]
    facts = facts_of(ground, story("a", *told), story("b", ("MQL", "2026-03-01")))
    rows = timeline(ground.engine, ground.sources(story("a", *told)), facts, "a")
    assert rows[["pass", "stage", "tie"]].to_numpy().tolist() == [
        [0, "MQL", False], [0, "SAL", True], [0, "Recycled", False], [1, "MQL", False],
    ]  # fmt: skip


def test_facts_are_kept_apart_by_live_imports_structure_and_instant() -> None:
    usual = key([1, 2], CLASSIC, as_of=5)
    assert key([2, 1], CLASSIC, as_of=5) == usual
    assert len({usual, key([1], CLASSIC, as_of=5), key([1, 2], VALIDATED, as_of=5), key([1, 2], CLASSIC, as_of=6)}) == 4

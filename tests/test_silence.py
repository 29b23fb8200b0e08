"""The black hole of a workspace: what is said of it in words and as JSON, and what is not, where nobody can know."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from core.definition import Clock
from core.errors import QueryInvalid
from core.measures.black_hole import BLACK_HOLE, BlackHole
from core.measures.buckets import BUCKETS, MEANINGS, SILENT
from core.measures.cohort import UNKNOWN, Query
from core.measures.holding import AGE_ORDER, HOLDERS
from core.measures.trail import BREAKS
from core.report import Report
from core.silence import Finding, Silence, groups
from core.silence_json import black_hole_json
from core.silence_words import NAMES, doubts, headline, identity, names, sentence, told, worth_of
from core.stats.intervals import Rate
from core.workspace import Workspace
from tests.conftest import Handoff

CLOCK = Clock(id="d", name="Disposition", milestone="disposition", limit_minutes=40 * 60, grace_minutes=40 * 60)
NO_STAKE = pd.DataFrame({"segment": [], "currency": [], "expected_minor": [], "valued": [], "leads": []})


@pytest.fixture(scope="module")
def report(sample: Path) -> Iterator[Report]:
    with Workspace(sample) as here:
        yield Report(here, here.facts())


def hole(*rows: dict[str, Any], clock: Clock | None = CLOCK, answers: bool = True, **asked: Any) -> BlackHole:
    """An answer with these numbers, one row per segment; what is not told is 0, and every hand-off dated."""
    made = []
    for row in rows or ({},):
        numbers = {column.name: 0 for column in BLACK_HOLE.columns if column.kind == "integer"} | row
        handed = sum(numbers[name] for name in BUCKETS)
        made.append({"segment": "", **numbers, "handed": handed, "dated": row.get("dated", handed)})
    return BlackHole(Query(**asked), clock, 0, BLACK_HOLE.conform(pd.DataFrame(made)), answers)


# --- in words ---------------------------------------------------------------------------------------------------------


def test_the_title_is_the_finding_with_its_number_its_share_and_what_it_may_be_worth() -> None:
    stake = pd.DataFrame({"segment": [""], "currency": ["EUR"], "expected_minor": [5e8], "valued": [30], "leads": [30]})
    found = hole({"yes": 70, "never_touched": 20, "touched_silent": 10, "due": 100})
    assert headline(found, stake, touches=True) == (
        "30 of 100 handed-over leads fell into the black hole, 30 %: 20 never touched, EUR 5 M at stake"
    )
    assert headline(found, NO_STAKE, touches=False) == "30 of 100 handed-over leads fell into the black hole, 30 %"


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (hole({"yes": 3, "never_touched": 2}), "2 of 5 handed-over leads fell into the black hole: 2 never touched"),
        (hole({"yes": 3, "touched_silent": 2}), "black hole: all of them touched, and nothing recorded"),
        (hole({"yes": 1}), "No lead is in the black hole: 1 handed-over lead, each answered, in its clock or taken"),
        (hole(), "No lead fits this question"),
        (hole(counting="passes"), "No hand-off fits this question"),
        (hole({"in_clock": 4}, clock=None), "no clock is agreed: none of them can be said to have been forgotten"),
        (hole({"bypassed": 9, "dated": 0}), "none on a known day: whether any was forgotten, nobody can say"),
        (hole({"bypassed": 1, "never_touched": 9}, answers=False), "9 of 10 handed-over leads were not won, and"),
        (hole({"yes": 1, "never_touched": 2}, counting="passes"), "2 of 3 hand-offs fell into the black hole"),
    ],
)
def test_the_title_says_no_more_than_the_data_do(found: BlackHole, words: str) -> None:
    said = headline(found, NO_STAKE, touches=True)
    assert words in said
    assert "%" not in said  # Nothing here has twenty behind it.


def test_currencies_stand_side_by_side_the_one_of_most_leads_first() -> None:
    stake = pd.DataFrame(
        {"segment": ["a", "a", "b"], "currency": ["USD", "EUR", "EUR"], "expected_minor": [1e6, 2e6, 3e6],
         "valued": [2, 3, 4], "leads": [9, 9, 9]}
    )  # fmt: skip
    assert worth_of(stake) == "EUR 50 k + USD 10 k"
    assert worth_of(stake.assign(valued=0)) == ""


def test_each_bucket_has_a_name_and_a_meaning() -> None:
    assert list(NAMES) == list(MEANINGS) == list(BUCKETS)
    assert names(None, touches=False) == {**NAMES, "never_touched": "Nothing recorded", "in_clock": "No clock agreed"}


def test_the_identity_is_said_and_a_broken_one_is_not_hidden() -> None:
    found = hole({"yes": 1200, "never_touched": 34})
    assert identity(found) == "every lead accounted for: 1,234 = 1,234"
    broken = replace(found, segments=found.segments.assign(handed=1300))
    assert not broken.holds
    assert identity(broken).startswith("not every lead is accounted for: 1,300 handed over, 1,234 explained")


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (hole({"yes": 5, "undated": 1}), "Nobody knows when 1 lead was handed over: no clock ran."),
        (hole({"yes": 5, "dated": 3}), "2 leads have no day of the hand-off: no clock ran."),
        (hole({"bypassed": 5, "dated": 0}), "No hand-off has a day in these data"),
        (hole({"never_touched": 5, "gone": 2}), "2 of the 5 left only after clock and grace had passed in silence"),
        (hole({"never_touched": 5}, answers=False), "no answer of sales but deals that were won"),
    ],
)
def test_what_speaks_against_the_numbers_is_said_with_its_size(found: BlackHole, words: str) -> None:
    (said,) = doubts(found, touches=True, chosen=True)
    assert words in said
    assert doubts(hole({"yes": 5}), touches=True, chosen=True) == []
    assert len(doubts(hole({"yes": 5}), touches=False, chosen=False)) == 2


def test_groups_that_stand_out_are_named_and_nothing_is_said_of_the_others() -> None:
    rows = ({"segment": name, "yes": 100 - n, "never_touched": n, "due": 100} for name, n in (("N", 5), ("S", 40)))
    found = hole(*rows, by="team")
    assert found.outstanding() == ("S",)
    assert told(found, found.outstanding(), "Team", {}) == "Team: S 40 of 100 (40 %); all others 5.0 %"
    assert told(found, ("S",), "Rep", {"S": "Person 1"}).startswith("Rep: Person 1 40 of 100")
    assert told(found, (), "Team", {}) == "Team: no group has more than chance explains"


@pytest.mark.parametrize("changed", [{"query": Query(by="age")}, {"answers": False}])
def test_old_leads_and_data_without_answers_let_no_group_stand_out(changed: dict[str, Any]) -> None:
    rows = ({"segment": name, "yes": 100 - n, "never_touched": n, "due": 100} for name, n in (("N", 5), ("S", 40)))
    assert replace(hole(*rows), **changed).outstanding() == ()


def test_a_finding_under_twenty_has_no_percentage() -> None:
    few = Finding("team", "South", Rate(7, 9), Rate(3, 12), 7)
    assert sentence(few, "team") == (
        'With team "South", 7 of 9 leads past their clock fell into the black hole, 7 never touched.'
    )


# --- of the sample company --------------------------------------------------------------------------------------------


def test_every_number_opens_as_many_leads(report: Report) -> None:
    asked = Silence(report, Query(by="team"))
    found = asked.counts()
    listed = asked.leads(BUCKETS, limit=None)["bucket"].value_counts()
    assert {name: int(listed.get(name, 0)) for name in BUCKETS} == {name: found.total()[name] for name in BUCKETS}
    assert len(asked.leads(SILENT, segment="Emerging", limit=None)) == found.size("Emerging")


def test_a_part_of_the_page_may_ask_later_in_a_thread_of_its_own(report: Report) -> None:
    asked = Silence(report, Query(by="team"))
    n = asked.counts().size("Emerging")
    with ThreadPoolExecutor(1) as other:
        assert other.submit(lambda: len(asked.leads(SILENT, segment="Emerging", limit=None))).result() == n


@pytest.fixture(scope="module")
def whole(report: Report) -> dict[str, dict[str, int]]:
    return {
        counting: Silence(report, Query.model_validate({"counting": counting})).counts().total()
        for counting in ("leads", "passes")
    }


@pytest.mark.parametrize(
    ("column", "counting"),
    [("team", "leads"), ("rep", "passes"), ("owner_now", "leads"), ("holder", "leads"), ("source", "leads"),
     ("value", "leads"), ("age", "passes")],
)  # fmt: skip
def test_a_group_counts_the_same_in_a_breakdown_and_under_a_filter(
    report: Report, whole: dict[str, dict[str, int]], column: str, counting: Any
) -> None:
    split = Silence(report, Query(by=column, counting=counting)).counts()
    assert split.holds
    assert split.total() == whole[counting]
    segment = split.largest()[0]
    alone = Silence(report, Query(where=((column, segment),), counting=counting)).counts()
    assert alone.total() == split.total(segment)


def test_groups_are_named_for_people_and_every_one_of_them_can_be_asked(report: Report) -> None:
    titles = groups(report)
    assert list(titles)[:7] == ["owner_now", "rep", "team", "manager", "holder", "age", "value"]
    assert not {"owner", "owner_name", "owner_team"} & set(titles)
    assert set(Silence(report, Query(by="age")).counts().segments["segment"]) <= set(AGE_ORDER)
    assert set(Silence(report, Query(by="holder")).counts().segments["segment"]) <= set(HOLDERS)


def test_expected_value_is_in_round_bands_of_what_the_lead_was_worth_when_handed_over(report: Report) -> None:
    asked = Silence(report, Query(by="value"))
    found, values = asked.counts(), asked.values
    hand_off = report.facts.definition.hand_off
    at_hand_off = values[values["furthest"] == hand_off].set_index("source")["expected_minor"].astype("float64")
    listed = asked.leads(limit=None)
    dear = {source for source, value in at_hand_off.items() if 500_000 <= value < 1_000_000}
    assert found.size("EUR 5,000 to 10,000") == listed["source"].isin(dear).sum() > 100
    assert found.size(UNKNOWN) == listed["source"].map(at_hand_off).isna().sum()


def test_the_working_list_of_everybody_is_the_black_hole_that_can_still_be_worked(report: Report) -> None:
    asked = Silence(report, Query())
    owners = asked.owners()
    whole = asked.counts().total()
    assert owners["leads"].sum() == asked.counts().size() - whole["gone"]
    assert owners["never_touched"].sum() <= whole["never_touched"]
    leads = owners.set_index("owner")["leads"]
    mine = asked.to_work("Emma Falk", limit=None)
    assert len(mine) == leads["Emma Falk"] > 50
    assert set(mine["owner"]) == {"Emma Falk"}
    assert set(mine["lead_id"]) < set(asked.leads(limit=None)["lead_id"])
    running = asked.to_work("Emma Falk", running=True, limit=None)
    assert set(running["bucket"]) > set(mine["bucket"])


def test_work_on_leads_turned_down_adds_up_to_what_was_spent_on_every_no(report: Report) -> None:
    asked = Silence(report, Query())
    bought = asked.bought().set_index("kind")
    found = asked.turned_down()
    noes = bought.loc[["no_in_time", "no_late"]]
    assert found["spent"].sum() == noes["attempts"].sum() > 0
    assert found["noes"].sum() == noes["n"].sum()
    assert found["n"].sum() == asked.counts().total()["due"] == bought["n"].sum()
    assert (found["spent"] <= found["attempts"]).all()


def test_a_period_beyond_the_data_says_so_and_one_that_runs_backwards_is_refused(report: Report) -> None:
    nobody = Silence(report, Query(start=date(2020, 1, 1), end=date(2020, 2, 1)))
    assert nobody.counts().total()["handed"] == 0
    assert nobody.findings() == ()
    with pytest.raises(QueryInvalid, match="ends"):
        Silence(report, Query(start=date(2026, 2, 1), end=date(2026, 1, 1))).counts()


# --- where nobody can know --------------------------------------------------------------------------------------------


def test_where_the_data_hold_nothing_but_wins_nothing_is_called_a_black_hole(olist: Path) -> None:
    with Workspace(olist) as here:
        asked = Silence(Report(here, here.facts()), Query(by="source"))
        found = asked.counts()
        assert not found.answers
        assert not found.told
        assert not asked.touches_known()
        assert found.outstanding() == ()
        assert asked.findings() == ()
        assert "fell into" not in headline(found, asked.at_stake(), touches=False)
        answer = black_hole_json(asked)
        assert answer["answers_known"] is answer["touches_known"] is False
        assert not any(row["stands_out"] for row in answer["segments"])


# --- as JSON ----------------------------------------------------------------------------------------------------------


def test_json_says_the_same_numbers_and_what_they_are_true_of(report: Report, handoff: Handoff, sample: Path) -> None:
    asked = Silence(report, Query(by="team"))
    found = asked.counts()
    answer = handoff("black-hole", "--workspace", sample, "--by", "team", "--json").json
    assert answer == json.loads(json.dumps(black_hole_json(asked)))
    assert answer["identity_holds"] is answer["touches_known"] is answer["answers_known"] is True
    assert answer["handed"] == sum(answer["buckets"].values()) == found.total()["handed"]
    assert answer["black_hole"]["of_due"] == found.rate().as_json()
    assert answer["coverage"]["hits"] + answer["black_hole"]["leads"] == answer["due"]
    assert {row["segment"]: row["stands_out"] for row in answer["segments"]} == {
        "Emerging": True, UNKNOWN: False, "Mid-Market": False, "Enterprise": False,
    }  # fmt: skip
    assert sum(row["handed"] for row in answer["segments"]) == answer["handed"]
    assert sum(row["expected_value"][0]["expected_minor"] for row in answer["segments"]) == pytest.approx(
        answer["expected_value"][0]["expected_minor"], abs=3
    )
    assert set(answer["closed_loop"][0]["won"]) <= set(BREAKS)
    assert (answer["definition"]["chosen"], answer["doubts"]) == (True, [])
    assert datetime.fromtimestamp(answer["as_of"], UTC).date() == date(2026, 6, 30)


def test_json_over_nobody_is_null_and_no_number(report: Report) -> None:
    answer = black_hole_json(Silence(report, Query(start=date(2020, 1, 1), end=date(2020, 2, 1))))
    assert answer["black_hole"]["of_due"]["value"] is None
    assert answer["delay"] == {"n": 0, "median_hours": None, "p90_hours": None, "by_day": 0}
    assert answer["expected_value"] == []
    json.dumps(answer, allow_nan=False)

"""The funnel page: the answer, where its numbers come from, and links that show what their sender saw."""

import re
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core.measures.cohort import Query
from core.report import Report
from core.words import count, headline
from core.workspace import Workspace
from pages._funnel_picture import picked
from tests.conftest import AT

FRAME = Path(__file__).resolve().parents[2] / "pages" / "_frame.py"
Open = Callable[..., AppTest]
EVIL = "<b>R&D</b> $x$ *y* [z](http://w)"


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    def open_page(folder: Path, **asked: str | list[str]) -> AppTest:
        monkeypatch.setenv("HANDOFF_WORKSPACE", str(folder))
        with Workspace(folder) as here:
            here.facts()
        at = AppTest.from_file(FRAME, default_timeout=60)
        at.switch_page("funnel.py")
        for name, value in asked.items():
            at.query_params[name] = value
        return ran(at)

    yield open_page
    st.cache_data.clear()
    st.cache_resource.clear()


@pytest.fixture
def report(sample: Path) -> Iterator[Report]:
    with Workspace(sample) as here:
        yield Report(here, here.facts())


def ran(at: AppTest) -> AppTest:
    at.run()
    assert not at.exception, at.exception
    return at


def unescaped(text: str) -> str:
    return text.replace("\\", "")


def cards(at: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in at.metric}


def headers(at: AppTest) -> list[str]:
    return [unescaped(header.value) for header in at.header]


def number(report: Report, stage: str, outcome: str) -> int:
    rows = report.funnel(Query()).total()
    return int(rows.loc[rows["stage"] == stage, outcome].sum())


def test_the_answer_comes_first_and_every_lead_is_accounted_for(opened: Open, sample: Path, report: Report) -> None:
    found = report.funnel(Query())
    at = opened(sample)
    assert unescaped(at.title[0].value) == headline(found)
    said = unescaped(at.caption[0].value)
    assert "every lead accounted for: 5,950 = 5,950" in said
    assert report.facts.definition.content_hash()[:8] in said


def test_five_cards_in_their_order(opened: Open, sample: Path, report: Report) -> None:
    at = opened(sample)
    rows = report.funnel(Query()).total().set_index("stage")["entered"]
    assert list(cards(at)) == ["Entered", "Handed over", "SAL", "Won", "Won value"]
    assert [cards(at)[name] for name in ("Entered", "Handed over", "SAL", "Won")] == [
        count(int(rows[stage])) for stage in ("raw", "mql", "sal", "won")
    ]
    assert cards(at)["Won value"].startswith("EUR ")


def test_a_link_may_name_things_by_id_and_opens_the_leads(opened: Open, sample: Path, report: Report) -> None:
    rejected = number(report, "mql", "rejected")
    at = opened(sample, stage="mql", outcome="rejected", by="source")
    assert f"MQL, rejected: {count(rejected)} leads" in headers(at)
    assert len(at.dataframe[-1].value) == rejected
    assert at.selectbox(key="by").value == "source"


def test_the_number_is_exact_where_only_a_page_is_shown(opened: Open, sample: Path, report: Report) -> None:
    entered = number(report, "raw", "entered")
    at = opened(sample, stage="raw", outcome="entered")
    assert headers(at)[0] == f"Raw, entered: {count(entered)} leads, first 1,000 shown"
    assert len(at.dataframe[0].value) == 1000


def test_reasons_narrow_the_list(opened: Open, sample: Path, report: Report) -> None:
    reasons = report.funnel(Query()).reasons
    known = reasons[(reasons["stage"] == "mql") & (reasons["outcome"] == "rejected")].set_index("reason")["n"]
    at = opened(sample, stage="mql", outcome="rejected", reason="No budget")
    assert f"MQL, rejected: No budget: {known['No budget']} leads" in headers(at)
    assert len(at.dataframe[0].value) == known["No budget"]


def test_the_link_says_what_it_is_true_of(opened: Open, sample: Path, report: Report) -> None:
    at = opened(sample)
    assert at.query_params["definition"] == report.facts.definition.content_hash()
    assert at.query_params["as_of"].startswith("2026-06-30T")


def test_a_link_to_an_earlier_instant_shows_it_and_offers_the_newest(opened: Open, sample: Path) -> None:
    with Workspace(sample) as here:
        here.facts(as_of=1_767_139_200)
    at = opened(sample, as_of="2025-12-31T00:00:00+00:00")
    assert "31 Dec 2025" in unescaped(at.caption[0].value)
    assert at.query_params["as_of"] == "2025-12-31T00:00:00+00:00"
    next(button for button in at.button if button.label == "Show the newest").click()
    assert "30 Jun 2026" in unescaped(ran(at).caption[0].value)


@pytest.mark.parametrize(("name", "value"), [("stage", "nonsense"), ("by", "x:none"), ("only", "source=Mars")])
def test_a_link_that_asks_for_what_is_not_there_says_so(opened: Open, sample: Path, name: str, value: str) -> None:
    at = opened(sample, **{name: value})
    assert value in unescaped(at.warning[0].value)
    assert at.metric


def test_a_broken_instant_in_a_link_is_explained(opened: Open, sample: Path) -> None:
    at = opened(sample, as_of="yesterday")
    assert "yesterday" in unescaped(at.error[0].value)


def test_the_day_that_the_page_is_true_at_can_be_chosen(opened: Open, sample: Path) -> None:
    with Workspace(sample) as here:
        here.facts(as_of=1_767_225_599)
    at = opened(sample)
    next(one for one in at.date_input if one.label == "True at").set_value(date(2025, 12, 31))
    assert "31 Dec 2025" in unescaped(ran(at).caption[0].value)
    assert at.query_params["as_of"] == "2025-12-31T23:59:59+00:00"
    assert "leads without a known stage" not in unescaped(at.caption[0].value)


def test_a_period_that_ends_before_it_begins_is_explained(opened: Open, sample: Path) -> None:
    at = opened(sample, start="2026-03-01", end="2026-02-01")
    assert "ends" in unescaped(at.error[0].value)


def test_filtered_to_nothing_offers_the_way_back(opened: Open, sample: Path) -> None:
    at = opened(sample, start="2020-01-01", end="2020-02-01")
    assert at.title[0].value == "No lead fits this question"
    next(button for button in at.button if button.label == "Show all leads").click()
    assert ran(at).metric


def test_two_values_of_one_column_are_alternatives(opened: Open, sample: Path, report: Report) -> None:
    sources = report.values("source")[:2]
    at = opened(sample, only=[f"source={value}" for value in sources])
    apart = [report.funnel(Query(where=(("source", value),))).total()["entered"].iloc[0] for value in sources]
    assert cards(at)["Entered"] == count(sum(apart))


def test_the_breakdown_shows_people_without_leads_as_no_data(opened: Open, sample: Path, report: Report) -> None:
    at = opened(sample, by="owner_name")
    table = at.dataframe[0].value.set_index("Owner")
    idle = report.idle_people()
    assert idle
    assert set(table.loc[list(idle)].filter(like="Went on").iloc[:, 0]) == {"no data"}


def test_presenting_hides_names(opened: Open, sample: Path) -> None:
    at = opened(sample, by="owner_name", stage="mql", outcome="rejected", present="true")
    assert not {"First name", "Last name", "Mail", "Phone", "Owner"} & set(at.dataframe[-1].value.columns)
    assert all(name.startswith("Person ") for name in at.dataframe[0].value["Owner"])


def test_a_breakdown_says_which_group_goes_on_least_and_what_became_of_it(opened: Open, sample: Path) -> None:
    at = opened(sample, by="source", stage="mql")
    assert unescaped(at.header[0].value).startswith("From MQL, Purchased List goes on least: ")
    table = at.dataframe[0].value.set_index("Source")
    whole = table.loc["Purchased List"].to_dict()
    ways = [name for name in table.columns if name in ("Rejected", "Recycled", "Disqualified", "Stalled", "Waiting")]
    said = re.search(r"goes on least: ([\d,]+) of", unescaped(at.header[0].value))
    assert said is not None
    assert whole["Entered MQL"] == int(said[1].replace(",", "")) + sum(int(whole[name]) for name in ways)


def test_a_segment_narrows_the_picture(opened: Open, sample: Path, report: Report) -> None:
    one = report.values("source")[0]
    at = opened(sample, by="source", segment=one)
    assert unescaped(at.title[0].value) == headline(report.funnel(Query(where=(("source", one),))))


@pytest.mark.parametrize("policy", ["observed", "ordered", "current"])
def test_every_reading_can_be_shown(opened: Open, sample: Path, report: Report, policy: Any) -> None:
    at = opened(sample, policy=policy, view="table")
    assert unescaped(at.title[0].value) == headline(report.funnel(Query(policy=policy)))


def test_two_periods_side_by_side(opened: Open, sample: Path) -> None:
    at = opened(
        sample, start="2026-01-01", end="2026-03-31", compare="own", start2="2025-07-01", end2="2025-12-31"
    )  # fmt: skip
    table = at.dataframe[-1].value.set_index("Stage")
    assert table.loc["Raw", "Entered"] == 1578
    assert str(table.loc["Raw", "Difference"]).endswith("points")


def test_the_days_before_and_the_year_before_are_found_for_the_period(opened: Open, sample: Path) -> None:
    at = opened(sample, start="2026-01-01", end="2026-03-31", compare="before")
    assert any("compared with 2025-10-03 to 2025-12-31" in unescaped(caption.value) for caption in at.caption)
    then = opened(sample, start="2025-10-03", end="2025-12-31", view="table").dataframe[0].value.set_index("Stage")
    assert list(at.dataframe[-1].value["Entered then"]) == list(then["Entered"])

    year = opened(sample, start="2026-07-01", compare="year", as_of="2026-06-30")
    assert any("compared with 2025-07-01" in unescaped(caption.value) for caption in year.caption)


def test_nothing_comes_before_all_leads_and_the_page_says_what_to_choose(opened: Open, sample: Path) -> None:
    at = opened(sample, compare="before")
    assert any("To compare, choose a first day" in caption.value for caption in at.caption)
    assert not any("Compared with" in header.value for header in at.header), "never with itself"


def test_leads_of_unknown_day_are_in_no_period_and_it_is_said(opened: Open, maven: Path) -> None:
    at = opened(maven, start="2016-10-01")
    assert any("500 leads more, of unknown day, are in no period" in unescaped(c.value) for c in at.caption)
    assert not any("of unknown day" in caption.value for caption in opened(maven).caption)


def test_a_list_below_the_fold_is_pointed_at(opened: Open, sample: Path) -> None:
    at = opened(sample, stage="sal", outcome="stalled")
    assert any(unescaped(c.value) == "SAL, stalled: 142 leads: [listed below](#leads-behind)" for c in at.caption)


def test_the_flow_says_that_it_is_no_conversion(opened: Open, sample: Path) -> None:
    at = opened(sample, view="flow", stage="sal")
    assert any("can pass 100" in caption.value for caption in at.caption)


def test_a_lead_opens_its_timeline(opened: Open, sample: Path, report: Report) -> None:
    lead = report.leads(Query(), "mql", outcome="rejected", limit=1)["lead_id"].iloc[0]
    at = opened(sample, stage="mql", outcome="rejected", lead=lead)
    assert "MQL" in set(at.dataframe[1].value["Stage or way out"])


def test_amounts_that_nobody_states_are_not_stated(opened: Open, olist: Path) -> None:
    assert opened(olist, by="source").metric[4].value == "not stated"


def test_text_from_the_data_is_never_markup(opened: Open, tmp_path: Path) -> None:
    file = tmp_path / "leads.csv"
    rows = [f'L{n},"{EVIL}",MQL,2026-01-{n % 28 + 1:02}' for n in range(30)]
    rows += [f"M{n},web,Sales Accepted,2026-01-{n % 28 + 1:02}" for n in range(30)]
    file.write_text("Lead ID,Lead Source,Lead Status,Create Date\n" + "\n".join(rows), encoding="utf-8")
    folder = tmp_path / "workspace"
    with Workspace(folder) as here:
        here.add(file, at=AT)
    at = opened(folder, by="source", segment=EVIL)
    for text in (*(c.value for c in at.caption), *(t.value for t in at.title), *(h.value for h in at.header)):
        assert "<b>" not in text
        assert "$x$" not in text


def test_a_click_is_read_from_the_first_point_that_says_what_it_is() -> None:
    event = {"selection": {"points": [{"x": 1}, {"customdata": ["mql", "stalled"]}]}}
    assert picked(event) == ["mql", "stalled"]
    assert picked({"selection": {"points": []}}) is None
    assert picked(None) is None

"""The velocity page: the answer, the leads behind it, links that show what their sender saw, and what is missing."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core.measures.cohort import Query
from core.measures.velocity import Velocity
from core.report import Report
from core.velocity_words import bend_told, headline, stay
from core.words import count
from core.workspace import Workspace
from tests.conftest import AT

pytestmark = pytest.mark.slow

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
        at.switch_page("velocity.py")
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


@pytest.fixture
def found(report: Report) -> Velocity:
    return report.velocity(Query())


def ran(at: AppTest) -> AppTest:
    at.run()
    assert not at.exception, at.exception
    return at


def unescaped(text: str) -> str:
    return text.replace("\\", "")


def title(at: AppTest) -> str:
    return unescaped(at.title[0].value)


def said(at: AppTest) -> str:
    """The small print of the page."""
    return "\n".join(unescaped(text.value) for text in (*at.caption, *at.info, *at.markdown))


def list_heading(at: AppTest) -> str:
    return unescaped(at.header[-1].value)


def listed(at: AppTest) -> int:
    return len(at.dataframe[-1].value)


def cards(at: AppTest) -> dict[str, str]:
    return {metric.label: unescaped(metric.value) for metric in at.metric}


def imported(tmp_path: Path, text: str) -> Path:
    folder, file = tmp_path / "workspace", tmp_path / "leads.csv"
    file.write_text(text, encoding="utf-8")
    with Workspace(folder) as here:
        here.add(file, at=AT)
    return folder


def test_the_answer_comes_first_with_five_cards_and_every_trip_accounted_for(
    opened: Open, sample: Path, found: Velocity
) -> None:
    at = opened(sample)
    assert title(at) == headline(found)
    assert title(at).startswith("Leads wait longest in Opportunity: half stay over 41 days, one in ten over 74 days")
    row = found.stage("opportunity")
    assert list(cards(at)) == ["Median", "P75", "P90", "All visits", "Still there"]
    assert [cards(at)[name] for name in ("Median", "P75", "P90")] == [stay(row[q]) for q in ("median", "p75", "p90")]
    assert f"{count(row['trips'])} trips to Opportunity = {count(row['n'])} left + {count(row['open'])} still" in said(
        at
    )


def test_the_overview_says_the_same_and_leads_here(opened: Open, sample: Path, found: Velocity) -> None:
    at = opened(sample)
    at.switch_page("overview.py")
    assert f"{headline(found)}." in said(ran(at))


def test_every_number_opens_as_many_leads_as_it_says(opened: Open, sample: Path, found: Velocity) -> None:
    at, row = opened(sample, stay_stage="mql", staying="open"), found.stage("mql")
    assert cards(at)["Median"] == stay(row["median"])
    for name, words, column in (
        ("open", "still there", "open"),
        ("outstayed", "longer than nine in ten", "outstayed"),
        ("ended", "have left", "n"),
        ("misdated", "misdated", "misdated"),
    ):
        at.session_state["staying"] = name
        ran(at)
        number = int(row[column])
        more = ", first 1,000 shown" if number > 1000 else ""
        assert list_heading(at) == f"MQL, {words}: {count(number)} trips{more}"
        assert listed(at) == min(number, 1000)


def test_the_age_view_says_where_it_bends_and_lists_who_is_beyond(opened: Open, sample: Path, found: Velocity) -> None:
    mql = found.profile[found.profile["stage"] == "mql"]
    at = opened(sample, stay_view="age", stay_stage="mql", staying="bend")
    assert title(at) == bend_told(mql, "MQL")
    assert title(at).startswith("After day 8 a lead still in MQL rarely moves on: ")
    beyond = int(mql.loc[mql["bend"], "open"].iloc[0])
    assert list_heading(at) == f"MQL, beyond the bend: {beyond} trips"
    assert listed(at) == beyond
    assert min(at.dataframe[-1].value["Days"]) >= 8
    at.selectbox(key="stay_stage").set_value("opportunity")
    assert title(ran(at)).startswith("Up to day 84 leads in Opportunity do not stop moving on")


def test_the_slow_spring_is_the_title_over_time(opened: Open, sample: Path) -> None:
    at = opened(sample, stay_view="months")
    assert title(at).startswith("MQL was slow in 2026-03 to 2026-05: half stayed over 5.2 to 5.9 days, in other months")
    table = at.dataframe[0].value.set_index("Month")
    assert table.index[table["Stands out"] != ""].tolist() == ["2026-03", "2026-04", "2026-05"]
    assert (table["Trips"] >= table["Over"]).all()
    at.selectbox(key="stay_stage").set_value("sql")
    assert title(ran(at)) == "No month was slower at SQL than chance explains"


def test_the_team_that_leaves_leads_lying_is_slow_at_the_hand_off(opened: Open, sample: Path, report: Report) -> None:
    at = opened(sample, stay_view="groups", stay_stage="mql", stay_by="owner_team")
    assert title(at).startswith("Slow at MQL, by team: Emerging 4.9 days")
    table = at.dataframe[0].value.set_index("Team")
    assert table.loc["Emerging", "Stands out"] == "more than chance"
    at.selectbox(key="stay_in").set_value("Emerging")
    narrowed = report.velocity(Query(where=(("owner_team", "Emerging"),))).stage("mql")
    assert cards(ran(at))["Still there"] == count(narrowed["open"])


def test_filters_and_the_period_narrow_every_number_and_the_way_back_is_one_step(
    opened: Open, sample: Path, report: Report
) -> None:
    asked = {"start": "2026-01-01", "end": "2026-03-31"}
    row = report.velocity(Query.model_validate({"where": (("source", "Webinar"),), **asked})).stage("mql")
    at = opened(sample, stay_only="source=Webinar", stay_stage="mql", **asked)
    assert cards(at)["Median"] == stay(row["median"])
    assert "2026-01-01 to 2026-03-31 · only Webinar" in said(at)
    at.date_input(key="start").set_value(date(2020, 1, 1))
    at.date_input(key="end").set_value(date(2020, 2, 1))
    assert title(ran(at)) == "No lead fits this question"
    next(button for button in at.button if button.label == "Show all leads").click()
    assert title(ran(at)).startswith("Leads wait longest in Opportunity")


def test_presenting_hides_names(opened: Open, sample: Path, report: Report) -> None:
    names = set(report.values("owner_name"))
    at = opened(sample, stay_view="groups", stay_by="owner_name", stay_stage="mql", staying="open", present="true")
    assert all(name.startswith("Person ") for name in at.dataframe[0].value["Owner"])
    assert not {"First name", "Last name", "Mail", "Phone", "Owner"} & set(at.dataframe[-1].value.columns)
    for text in (title(at), said(at)):
        assert not any(name in text for name in names)
    at.selectbox(key="stay_in").set_value("Emma Falk")
    assert "only Person " in said(ran(at))
    assert "Emma Falk" not in title(at) + said(at)


def test_the_table_has_every_stage_and_a_link_to_what_is_not_there_says_so(
    opened: Open, sample: Path, found: Velocity
) -> None:
    at = opened(sample, stay_view="table", stay_stage="moon")
    assert "moon" in unescaped(at.warning[0].value)
    table = at.dataframe[0].value
    assert table["Stage"].tolist() == [stage.name for stage in found.definition.stages]
    assert table["Trips"].sum() == found.stages["trips"].sum()


def test_days_alone_and_many_still_there_are_said(opened: Open, olist: Path) -> None:
    at = opened(olist)
    assert "of those who left, half stayed over 14 days" in title(at)
    assert "Measured in whole days: no time of day is known." in said(at)
    assert "More are still there than have left" in said(at)
    assert "1 trip is dated against the order of the stages, 1 of them negative" in said(at)
    at.session_state["stay_view"] = "months"
    assert title(ran(at)).startswith("Which months were slow cannot be told")


def test_a_current_status_alone_says_what_is_missing_and_where_it_is_to_be_had(opened: Open, tmp_path: Path) -> None:
    folder = imported(tmp_path, "Lead ID,Email,Lead Status\n1,a@x.example,MQL\n2,b@x.example,Sales Accepted\n")
    at = opened(folder)
    assert title(at) == "Nobody knows how long leads stay: no entry to a stage is dated"
    assert "2 leads" in said(at)
    assert 'HubSpot: an export of contacts with the columns "Date entered' in said(at)
    assert not at.metric


def test_where_only_the_last_stage_is_dated_that_is_said(opened: Open, tmp_path: Path) -> None:
    rows = "\n".join(f"L{n},a{n}@x.example,2026-01-{n + 1:02}" for n in range(20))
    at = opened(imported(tmp_path, "Record ID,Email,Became a customer date\n" + rows))
    assert title(at) == "Nobody knows how long leads stay: only the entry to Won is dated"
    assert not at.metric


def test_where_no_visit_is_over_the_ages_are_told(opened: Open, tmp_path: Path) -> None:
    rows = [f"L{n},MQL,2026-01-{n % 28 + 1:02}" for n in range(40)]
    at = opened(imported(tmp_path, "Lead ID,Source,Became a marketing qualified lead date\n" + "\n".join(rows)))
    assert title(at).startswith("No stay is over yet: 40 leads in MQL, half of them for over")
    assert cards(at)["Median"] == "not known"


def test_text_from_the_data_is_never_markup(opened: Open, tmp_path: Path) -> None:
    head = "Lead ID,Lead Source,Became a marketing qualified lead date,Became an opportunity date\n"
    rows = [f'L{n},"{EVIL}",2026-01-{n % 28 + 1:02},2026-04-01' for n in range(30)]
    rows += [f"M{n},web,2026-03-{n % 28 + 1:02},2026-04-02" for n in range(30)]
    folder = imported(tmp_path, head + "\n".join(rows))
    at = opened(folder, stay_view="groups")
    for value in (None, EVIL):
        at.selectbox(key="stay_in").set_value(value)
        ran(at)
        for text in (*(each.value for each in at.caption), *(each.value for each in at.title)):
            assert "<b>" not in text
            assert "$x$" not in text

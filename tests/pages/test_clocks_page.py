"""The clocks page: the answer, the call list, the same history under another clock, and what cannot be told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core.clock_words import headline, identity
from core.measures.cohort import Query
from core.report import Report
from core.staff import Staff
from core.timekeeping import Timekeeping
from core.words import count
from core.workspace import Workspace
from core.worktime import Calendar, Shift
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
        at.switch_page("clocks.py")
        for name, value in asked.items():
            at.query_params[name] = value
        return ran(at)

    yield open_page
    st.cache_data.clear()
    st.cache_resource.clear()


@pytest.fixture(scope="module")
def report(sample: Path) -> Iterator[Report]:
    with Workspace(sample) as here:
        yield Report(here, here.facts())


def keeping(report: Report, name: str = "first_attempt", **query: Any) -> Timekeeping:
    return Timekeeping(report, Query(**query), report.facts.definition.clock(name))


def ran(at: AppTest) -> AppTest:
    at.run()
    assert not at.exception, at.exception
    return at


def unescaped(text: str) -> str:
    return text.replace("\\", "")


def title(at: AppTest) -> str:
    return unescaped(at.title[0].value)


def cards(at: AppTest) -> dict[str, str]:
    return {unescaped(metric.label): metric.value for metric in at.metric}


def headers(at: AppTest) -> list[str]:
    return [unescaped(header.value) for header in at.header]


def said(at: AppTest) -> str:
    shown = [*at.caption, *at.markdown, *at.info, *at.warning]
    return unescaped(" ".join([*(each.value for each in shown), *(button.label for button in at.button)]))


def list_of(at: AppTest, column: str = "Deadline") -> Any:
    (table,) = (each.value for each in at.dataframe if column in each.value.columns)
    return table


def test_the_answer_first_then_the_call_list_then_the_same_under_another_clock(
    opened: Open, sample: Path, report: Report
) -> None:
    asked = keeping(report)
    found, whole = asked.states(), asked.states().total()
    at = opened(sample)
    assert title(at) == headline(found, asked.trust())
    assert title(at) == "First attempt: 1,549 of 2,827 clocks that were due were missed, 55 %; 383 still wait"
    assert list(cards(at))[:5] == ["Missed", "Past due now", "Kept", "Running", "Half within"]
    assert list(cards(at).values())[:5] == ["55 %", "383", count(whole["met"]), count(whole["running"]), "4 h 30 min"]
    assert identity(found) in said(at)
    assert "Slow in March to May 2026: 703 of 708 missed" in said(at)
    assert "Team Emerging: 483 of 742" in said(at)
    running = list_of(at)
    assert f"Running: {whole['running']} leads" in headers(at)
    assert len(running) == whole["running"]
    assert running["Deadline"].is_monotonic_increasing
    assert list(running.columns)[:3] == ["Lead", "Time left", "Deadline"]


@pytest.mark.parametrize("state", ["past_due", "breached", "met"])
def test_each_state_opens_its_leads(opened: Open, sample: Path, report: Report, state: str) -> None:
    number = keeping(report).states().total()[state]
    at = opened(sample, state=state)
    shown = min(number, 1000)
    assert len(list_of(at)) == shown
    more = ", first 1,000 shown" if number > 1000 else ""
    assert any(head.endswith(f": {count(number)} leads{more}") for head in headers(at))
    labels = [getattr(button, "label", "") for button in at.get("download_button")]
    assert f"Download all {number:,}" in labels


def test_the_back_test_shows_both_rates_and_who_stands_elsewhere(opened: Open, sample: Path, report: Report) -> None:
    asked = keeping(report)
    tried = asked.clock.model_copy(update={"limit_minutes": 480})
    at = opened(sample)
    assert "Move the limit" in said(at)
    at.number_input(key="limit_first_attempt").set_value(8.0)
    ran(at)
    rate = asked.under(tried).rate()
    assert cards(at)["In force: 4 h of working time"] == "55 %"
    assert cards(at)["Tried: 8 h of working time"] == f"{100 * rate.value:.0f} %"
    assert "The share missed moves by −19.6 points" in said(at)
    moves = list_of(at, "Tried")
    assert int(moves["Hand-offs"].sum()) == asked.states().total()["handed"]
    assert title(at).startswith("First attempt: 1,549 of 2,827"), "nothing is agreed by trying"


def test_around_the_clock_and_another_milestone_can_be_tried(opened: Open, sample: Path, report: Report) -> None:
    at = opened(sample, time_first_attempt="Around the clock", mile_first_attempt="Contact")
    tried = keeping(report).clock.model_copy(update={"time": "elapsed", "milestone": "contact"})
    rate = keeping(report).under(tried).rate()
    assert cards(at)["Tried: 4 h around the clock"] == f"{100 * rate.value:.0f} %"


def test_the_same_history_as_if_everybody_worked_in_a_calendar_that_is_stated(
    opened: Open, sample: Path, copied: Callable[[Path], Path]
) -> None:
    folder = copied(sample)
    long_days = Calendar(
        id="long",
        name="Long days",
        zone="UTC",
        week=[Shift(day=day, opens="06:00", closes="22:00") for day in range(7)],
    )
    with Workspace(folder) as here:
        Staff(here).state_calendar(long_days, seen=None, at=AT)
        asked = keeping(Report(here, here.facts()))
        in_force, rate = asked.states().rate(), asked.under(asked.clock, long_days).rate()
    at = opened(folder)
    at.selectbox(key="time_first_attempt").set_value("long")
    ran(at)
    assert cards(at)["Tried: 4 h of working time, all in Long days"] == f"{100 * rate.value:.0f} %"
    assert rate.value > in_force.value
    assert "Use this clock from now on" not in [button.label for button in at.button], (
        "whose hours is no part of a clock"
    )


def test_a_clock_that_was_tried_can_be_agreed_on(opened: Open, sample: Path, copied: Callable[[Path], Path]) -> None:
    folder = copied(sample)
    at = opened(folder, limit_first_attempt="8")
    next(button for button in at.button if button.label == "Use this clock from now on").click()
    ran(at)
    with Workspace(folder) as here:
        assert here.definition().clock("first_attempt").limit_minutes == 480
        assert here.definition_chosen()
    assert title(ran(at)).startswith("First attempt: 992 of 2,822")


@pytest.mark.parametrize(
    ("view", "clock"),
    [("when", "verdict"), ("bands", "first_contact"), ("hours", "disposition"), ("months", "verdict")],
)
def test_every_picture_is_drawn_with_its_table(opened: Open, sample: Path, view: str, clock: str) -> None:
    at = opened(sample, clock_view=view, clock=clock)
    assert at.get("plotly_chart")
    if view != "when":
        assert len(at.dataframe) >= 2, "the picture's own table beside the list"


def test_months_groups_and_reps_have_the_numbers_of_the_core(opened: Open, sample: Path, report: Report) -> None:
    for view, column, split in (
        ("months", "Month", keeping(report).months()),
        ("groups", "Team", keeping(report).by("team")),
        ("reps", "Rep", keeping(report).reps()),
    ):
        at = opened(sample, clock_view=view)
        table = list_of(at, "Missed of due").set_index(column)
        assert list(table.index) == list(split.names), "in the order of the alphabet"
        for name in split.names:
            whole = split.total(name)
            assert (table.loc[name, "Due"], table.loc[name, "Missed"]) == (whole["due"], whole["breached"])
        assert set(table.index[table["Stands out"] != ""]) == set(split.outstanding())


def test_few_have_no_percentage_and_no_interval(opened: Open, sample: Path) -> None:
    table = list_of(opened(sample, clock_view="reps"), "Missed of due").set_index("Rep")
    assert table.loc["Noor Haddad", ["Missed of due", "95 % interval", "Stands out"]].tolist() == ["3 of 10", "", ""]


def test_a_finding_narrows_the_page_by_a_control_in_sight(opened: Open, sample: Path) -> None:
    at = opened(sample)
    at.button(key="found_team").click()
    ran(at)
    assert at.multiselect(key="clock_only").value == ["team=Emerging"]
    assert title(at).startswith("First attempt: 483 of 742")
    at.button(key="found_month").click()
    ran(at)
    assert [str(at.date_input(key=key).value) for key in ("start", "end")] == ["2026-03-01", "2026-05-31"]
    next(button for button in at.button if button.label == "Reset").click()
    assert title(ran(at)).startswith("First attempt: 1,549 of 2,827")


def test_a_link_may_name_things_by_id_and_bad_names_are_said(opened: Open, sample: Path, report: Report) -> None:
    at = opened(sample, clock="verdict", clock_only=["team=Emerging"], clock_view="groups", clock_by="source")
    found = keeping(report, "verdict", where=(("team", "Emerging"),))
    assert title(at) == headline(found.states(), found.trust())
    assert list(list_of(at, "Missed of due")["Source"]) == list(found.by("source").names)
    bad = opened(sample, clock="nirvana", clock_only=["team=Mars"], clock_view="upside", state="asleep")
    assert [name in said(bad) for name in ("nirvana", "team=Mars", "upside", "asleep")] == [True] * 4
    assert cards(bad)


def test_beneath_a_manager(opened: Open, sample: Path, report: Report) -> None:
    people = report.people()
    manager = str(people["manager"].dropna().iloc[0])
    at = opened(sample, beneath=manager)
    asked = Timekeeping(report, Query(), keeping(report).clock, manager)
    assert title(at) == headline(asked.states(), asked.trust())
    assert asked.states().total()["handed"] < keeping(report).states().total()["handed"]


def test_presenting_shows_no_name_of_anybody(opened: Open, sample: Path, report: Report) -> None:
    names = set(report.people().query("kind == 'person'")["name"])
    for view in ("reps", "groups"):
        at = opened(sample, present="true", clock_view=view, clock_by="rep", clock_only=["rep=Emma Falk"])
        assert not any(name in said(at) + title(at) for name in names)
        assert not {"Owner now", "First name", "Last name", "Phone"} & set(list_of(at).columns)
        table = list_of(at, "Missed of due")
        assert not names & set(table.iloc[:, 0])


def test_filtered_to_nothing_offers_the_way_back(opened: Open, sample: Path) -> None:
    at = opened(sample, start="2020-01-01", end="2020-02-01")
    assert title(at) == "No lead was handed over in this question"
    next(button for button in at.button if button.label == "Show all leads").click()
    assert cards(ran(at))


def test_without_touches_nobody_is_late_and_what_can_be_told_is_one_step_away(opened: Open, olist: Path) -> None:
    at = opened(olist)
    assert title(at).startswith("First attempt cannot be told: no call, mail or meeting by a person is recorded")
    assert not at.metric
    assert "so no lead is called late" in said(at)
    at.button(key="tell_disposition").click()
    ran(at)
    assert title(at).startswith("Disposition: 7,716 of 7,999")
    assert cards(at)["Half within"] == "over 15 days", "known by the day alone"
    assert "8,000 are known by the day alone" in said(at)
    assert "No lead is on record as turned down" in said(at)


def test_without_a_hand_off_the_page_says_what_one_is(opened: Open, tmp_path: Path) -> None:
    file = tmp_path / "leads.csv"
    file.write_text("Lead ID,Lead Status,Create Date\nL1,Raw,2026-01-02\nL2,Viable,2026-01-03\n", encoding="utf-8")
    with Workspace(tmp_path / "workspace") as here:
        here.add(file, at=AT)
    at = opened(tmp_path / "workspace")
    assert "No lead came that far" in said(at)
    assert not at.metric


def test_without_an_agreed_clock_the_usual_ones_are_one_click_away(
    opened: Open, sample: Path, copied: Callable[[Path], Path]
) -> None:
    folder = copied(sample)
    with Workspace(folder) as here:
        here.choose(here.definition().model_copy(update={"clocks": ()}), at=datetime.now(UTC))
    at = opened(folder)
    assert title(at) == "No clock is agreed: nobody can say what is late"
    next(button for button in at.button if button.label == "Begin with these clocks").click()
    assert title(ran(at)).startswith("First attempt: 1,549 of 2,827")


def test_text_from_the_data_is_never_markup(opened: Open, tmp_path: Path) -> None:
    leads = "".join(f'L{n},"{EVIL}",2025-12-05T09:00:00Z,"{EVIL}"\n' for n in range(30))
    history = "".join(f"h{n},L{n},u,2026-01-{n % 28 + 1:02}T09:00:00.000+0000,Status,Raw,MQL\n" for n in range(30))
    tasks = f'WhoId,OwnerId,Subject,Type,CreatedDate\nL1,"{EVIL}",x,Call,2026-02-05T09:00:00.000+0000\n'
    for name, text in (
        ("leads.csv", "Id,LeadSource,CreatedDate,OwnerId\n" + leads),
        ("history.csv", "Id,LeadId,CreatedById,CreatedDate,Field,OldValue,NewValue\n" + history),
        ("tasks.csv", tasks),
    ):
        (tmp_path / name).write_text(text, encoding="utf-8")
        with Workspace(tmp_path / "workspace") as here:
            here.add(tmp_path / name, at=AT)
    for view in ("when", "groups", "reps"):
        at = opened(tmp_path / "workspace", clock_view=view, clock_by="source", clock_only=[f"source={EVIL}"])
        assert at.metric
        for each in (*at.caption, *at.title, *at.header, *at.markdown):
            assert "<b>" not in each.value
            assert "$x$" not in each.value

"""The stage audit page: the automation named, every number opening its leads, links, and what is missing said."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core.audit_words import headline
from core.auditing import Auditing
from core.measures.audit import PEOPLE, Audit
from core.measures.cohort import Query
from core.report import Report
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
        at = AppTest.from_file(FRAME, default_timeout=90)
        at.switch_page("audit.py")
        for name, value in asked.items():
            at.query_params[name] = value
        return ran(at)

    yield open_page
    st.cache_data.clear()
    st.cache_resource.clear()


@pytest.fixture(scope="module")
def found(sample: Path) -> Audit:
    with Workspace(sample) as here:
        report = Report(here, here.facts())
        return Auditing(report, Query(), report.facts.definition).found()


def ran(at: AppTest) -> AppTest:
    at.run()
    assert not at.exception, at.exception
    return at


def unescaped(text: str) -> str:
    return text.replace("\\", "")


def title(at: AppTest) -> str:
    return unescaped(at.title[0].value)


def said(at: AppTest) -> str:
    return "\n".join(unescaped(text.value) for text in (*at.caption, *at.info, *at.markdown))


def cards(at: AppTest) -> dict[str, str]:
    return {metric.label: unescaped(metric.value) for metric in at.metric}


def heading(at: AppTest) -> str:
    return unescaped(at.header[0].value)


def listed(at: AppTest) -> int:
    """Rows of the list of leads: the table with the recorded stage."""
    (table,) = (each.value for each in at.dataframe if "Recorded stage" in each.value.columns)
    return len(table)


def test_the_automation_is_the_title_and_each_recorded_stage_is_accounted_for(
    opened: Open, sample: Path, found: Audit
) -> None:
    at = opened(sample)
    assert title(at) == headline(found) == "List Import put 101 of 156 leads, 65 %, into MQL against the definition"
    assert '"A real mail address or phone number" fails in 100, since 10 Sep 2025' in said(at)
    whole = found.total()
    assert list(cards(at)) == ["Stages recorded", "Too high", "Still too high", "Too low", "Cannot tell"]
    assert cards(at)["Too high"] == count(whole["too_high"])
    assert f"{count(whole['n'])} recorded = {count(whole['too_high'])} too high + " in said(at)
    assert "No history is in the data of mail address" in said(at)


def test_every_number_opens_as_many_leads_as_it_says(opened: Open, sample: Path, found: Audit) -> None:
    (setter,) = (one.setter for one in found.findings() if one.stage == "viable")
    at = opened(sample, audit_leads="too_high", audit_stage="viable", audit_setter=setter)
    assert heading(at) == "Too high at Viable: 91 leads"
    assert listed(at) == 91
    people = found.total(stage="mql", setter=PEOPLE)["too_high"]
    at.selectbox(key="audit_stage").set_value("mql")
    at.selectbox(key="audit_setter").set_value(PEOPLE)
    assert heading(ran(at)) == f"Too high at MQL: {people} leads"
    assert listed(at) == people
    reachable = {row["part"]: row["fails"] for row in found.reasons("mql", PEOPLE).to_dict("records")}["reachable"]
    at.selectbox(key="audit_part").set_value("reachable")
    assert heading(ran(at)) == f"Too high at MQL: A real mail address or phone number: {reachable} leads"
    assert listed(at) == reachable


def test_the_period_narrows_every_number_and_the_way_back_is_one_step(opened: Open, sample: Path) -> None:
    at = opened(sample, start="2025-07-01", end="2025-08-31")
    assert not title(at).startswith("List Import")  # The first list was put up in September.
    at.date_input(key="start").set_value(date(2020, 1, 1))
    at.date_input(key="end").set_value(date(2020, 2, 1))
    assert title(ran(at)) == "No recorded stage fits this question"
    next(button for button in at.button if button.label == "Show all leads").click()
    assert title(ran(at)).startswith("List Import")


def test_any_version_can_be_held_against(opened: Open, sample: Path, copied: Callable[[Path], Path]) -> None:
    folder = copied(sample)
    with Workspace(folder) as here:
        used = here.definition()
        bare = tuple(one.model_copy(update={"criteria": ("named",) * (one.id == "mql")}) for one in used.stages)
        here.choose(used.model_copy(update={"stages": bare}), at=datetime.now(UTC))
    at = opened(folder)
    assert title(at).startswith("No stage is recorded too high; ")  # Everybody has a name and a title.
    assert "held against the version in use" in said(at)
    at.selectbox(key="audit_by").set_value("1")
    assert title(ran(at)).startswith("List Import put 101 of 156 leads")
    assert "held against version 1" in said(at)


def test_the_table_has_every_stage_and_setter(opened: Open, sample: Path, found: Audit) -> None:
    table = opened(sample, audit_view="table").dataframe[0].value
    assert len(table) == len(found.cells)
    assert table["Put there"].sum() == found.total()["n"]
    named = table[(table["Stands out"] != "") & (table["Who that is"] == "automation")]
    assert set(named["Put there by"]) == {"List Import"}


def test_presenting_names_automations_and_no_person(opened: Open, sample: Path, found: Audit) -> None:
    names = set(found.cells.loc[found.cells["kind"] == "person", "name"])
    at = opened(sample, present="true", audit_view="table", audit_leads="too_high", audit_stage="sal")
    assert title(at).startswith("List Import")
    for frame in at.dataframe:
        assert not {"First name", "Last name", "Put there by"} & set(frame.value.columns) or not names & set(
            frame.value.get("Put there by", ())
        )
    assert not any(name in said(at) + title(at) for name in names)


def test_a_definition_that_asks_nothing_says_so_and_leads_on(opened: Open, tmp_path: Path) -> None:
    folder, file = tmp_path / "workspace", tmp_path / "leads.csv"
    rows = [f'L{n},"{EVIL}",2026-01-{n % 28 + 1:02},a@x.example' for n in range(30)]
    file.write_text("Lead ID,Lead Source,Became a marketing qualified lead date,Email\n" + "\n".join(rows), "utf-8")
    with Workspace(folder) as here:
        here.add(file, at=AT)
        used = here.definition()
        bare = tuple(stage.model_copy(update={"criteria": ()}) for stage in used.stages)
        here.choose(used.model_copy(update={"stages": bare}), at=AT)
    at = opened(folder, audit_only=f"source={EVIL}")
    assert title(at) == "No stage asks for anything yet, so that none can be held against it"
    assert not at.metric
    assert all("<b>" not in text.value for text in at.caption)
    with Workspace(folder) as here:
        here.choose(used, at=AT)
    at = opened(folder, audit_leads="cannot_tell")
    # Nothing says who put them there, and of the permission nothing is known.
    assert title(at) == "Nobody can tell whether 30 recorded stages met what was agreed"
    assert "These data have no phone number, first name, last name, job title, opted out" in said(at)
    assert listed(at) == 30

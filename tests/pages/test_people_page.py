"""The page of people and calendars: the finding first, every mistake answered beside its place, nothing overwritten."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core import intake
from core.staff import Staff
from core.store import EVERYBODY_ELSE
from core.workspace import Workspace
from pages._people_cells import Edit, changed, quarrels, table, where_from
from pages._people_known import Known, known
from tests.conftest import AT

pytestmark = pytest.mark.slow

FRAME = Path(__file__).resolve().parents[2] / "pages" / "_frame.py"
Open = Callable[..., AppTest]
EVIL = "<b>R&D</b> $x$ *y* [z](http://w)"
USERS = (
    "Id,Name,UserRole,ManagerName,TimeZoneSidKey,Weekly capacity,UserType\n"
    f'u1,Ada,North,Cem,Europe/Berlin,20,Standard\nu2,"{EVIL}",North,Ada,,,Standard\nu3,Cem,South,,Mars/Base,,Standard\n'
    "u4,Web queue,,,,,Queue\n"
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("people")
    (folder / "users.csv").write_text(USERS, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch, Workspace(folder / "workspace") as here:
        patch.setattr("core.workspace.read", functools.partial(intake.read, apart=False))
        here.add(folder / "users.csv", at=AT)
    return folder / "workspace"


@pytest.fixture
def folder(made: Path, copied: Callable[[Path], Path]) -> Path:
    return copied(made)


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    def open_page(folder: Path, **asked: str) -> AppTest:
        monkeypatch.setenv("HANDOFF_WORKSPACE", str(folder))
        at = AppTest.from_file(FRAME, default_timeout=60)
        at.run()
        at.switch_page("people.py")
        for name, value in asked.items():
            at.query_params[name] = value
        return ran(at)

    yield open_page
    st.cache_data.clear()
    st.cache_resource.clear()


@pytest.fixture
def staff(folder: Path) -> Iterator[Staff]:
    """Somebody else on the same workspace."""
    with Workspace(folder) as here:
        yield Staff(here)


def ran(at: AppTest) -> AppTest:
    at.run()
    assert not at.exception, at.exception
    return at


def unescaped(text: str) -> str:
    return text.replace("\\", "")


def title(at: AppTest) -> str:
    return unescaped(at.title[0].value)


def told(at: AppTest) -> list[str]:
    return [unescaped(error.value) for error in at.error]


def texts(at: AppTest) -> str:
    every = [*at.title, *at.caption, *at.markdown, *at.warning, *at.info, *at.error]
    return unescaped("\n".join(str(element.value) for element in every))


def field(at: AppTest, name: str) -> Any:
    boxes = [*at.text_input, *at.selectbox]
    return next(box for box in boxes if box.label == name)


def filled(at: AppTest, **values: str) -> AppTest:
    """Fill fields one after the other; a list takes what is typed as well as what it offers."""
    for name, value in values.items():
        box = field(at, name.replace("_", " "))
        if box in at.selectbox and value not in box.options:
            box.options.append(value)
        box.set_value(value)
        at = ran(at)
    return at


def pressed(at: AppTest, label: str) -> AppTest:
    next(button for button in at.button if button.label == label).click()
    return ran(at)


def test_an_empty_workspace_says_what_to_bring(opened: Open, tmp_path: Path) -> None:
    at = opened(tmp_path / "empty")
    assert title(at) == "Nobody is known here yet"
    assert "An export of your users says who is who" in texts(at)
    assert "every clock counts Monday to Friday 09–17 UTC" in texts(at)


def test_the_finding_is_who_is_here_and_whose_hours_count(opened: Open, folder: Path, staff: Staff) -> None:
    assert (
        title(opened(folder)) == "3 people in 2 teams: their clocks count Monday to Friday 09–17 in each one's own zone"
    )
    staff.state_people({"u1": {"zone": "UTC"}, "Dan": {"kind": "person"}}, seen={}, at=AT)
    at = opened(folder)
    assert title(at) == "4 people, 1 without a team: their clocks count Monday to Friday 09–17 UTC"
    assert "1 queue · something is stated here of 2 people" in texts(at)


def test_what_is_wrong_in_the_files_is_said(opened: Open, folder: Path, staff: Staff) -> None:
    assert 'There is no time zone "Mars/Base".' in texts(opened(folder))
    staff.workspace.store.state_people({"u3": {"manager": "u1", "zone": "UTC"}}, seen={}, at=AT)
    said = texts(opened(folder))
    assert "Ada reports to Cem, and Cem to Ada: that is a circle." in said
    assert "Mars/Base" not in said


def test_every_mistake_in_a_calendar_is_answered_beside_its_place(opened: Open, folder: Path, staff: Staff) -> None:
    at = opened(folder, staff="Calendars")
    assert told(at) == []
    at = filled(
        at, Time_zone="Europe/Berln", Monday="9-17, 16-20", Sunday="22-6", Tuesday="early", Closed_on="tomorrow"
    )
    at = filled(at, Holidays_of="DE", Region="XY")
    assert [error.split(".")[0] for error in told(at)] == [
        'There is no time zone "Europe/Berln"',
        "Monday 09:00–17:00 and Monday 16:00–20:00 overlap",
        '"early" is no span of hours',
        'DE has no state or region "XY"',
        '"tomorrow" is no day',
    ]
    assert '"Europe/Berlin"' in told(at)[0]
    at = filled(at, Time_zone="Europe/Berlin", Monday="5-9", Tuesday="", Region="Bayern", Closed_on="")
    assert [error.split(".")[0] for error in told(at)] == ["Sunday 22:00–06:00 and Monday 05:00–09:00 overlap"]
    for day in ("Monday", "Wednesday", "Thursday", "Friday", "Sunday"):
        at = filled(at, **{day: ""})
    assert told(at) == ["There is no working hour in the whole week. Give at least one day its hours."]
    at = filled(at, Monday="9-17")
    assert told(at) == []
    at = pressed(at, "Save calendar")
    assert told(at) == ["The calendar has no name. Call it by a place or a team."]
    at = pressed(filled(at, Name="Munich"), "Save calendar")
    assert told(at) == []
    saved = staff.calendars()["munich"]
    assert (saved.name, saved.zone, saved.country, saved.subdivision) == ("Munich", "Europe/Berlin", "DE", "BY")
    assert [str(shift) for shift in saved.week] == ["Monday 09:00–17:00"]
    assert at.selectbox(key="calendar").value == "munich"
    assert field(at, "Monday").value == "09:00–17:00"


def test_a_week_is_shown_before_it_is_saved(opened: Open, folder: Path) -> None:
    at = filled(opened(folder, staff="Calendars"), Friday="22-6", Holidays_of="Germany", Closed_on="2099-01-01")
    shown = texts(at)
    assert "40 h a week in UTC" in shown
    assert "A limit: " in shown or "First attempt: " in shown
    off = next(frame.value for frame in at.dataframe if "Why" in frame.value.columns)
    assert len(off) == 5
    week = next(frame.value for frame in at.dataframe if "Together" in frame.value.columns)
    assert week.query("Day == 'Friday'").values.tolist() == [["Friday", "22:00–06:00", "8 h"]]
    assert "Was another hour meant?" in texts(filled(at, Monday="9-5"))
    assert not texts(filled(at, Monday="9-17")).count("Was another hour meant?")


def test_two_people_may_change_one_calendar_and_nothing_is_lost(opened: Open, folder: Path, staff: Staff) -> None:
    at = pressed(filled(opened(folder, staff="Calendars"), Name="Munich"), "Save calendar")
    at = filled(at, Monday="8-16")
    saved = staff.calendars()["munich"]
    theirs = saved.model_copy(update={"zone": "Asia/Tokyo"})
    staff.state_calendar(theirs, seen=saved, at=AT)
    at = pressed(at, "Save calendar")
    assert "Somebody else has changed this calendar since you began: Monday to Friday 09–17 Asia/Tokyo." in texts(at)
    assert staff.calendars()["munich"] == theirs
    assert field(at, "Monday").value == "8-16"
    pressed(at, "Save calendar")
    assert staff.calendars()["munich"].zone == "UTC"
    assert str(staff.calendars()["munich"].week[0]) == "Monday 08:00–16:00"


def test_a_calendar_in_use_is_not_taken_away(opened: Open, folder: Path, staff: Staff) -> None:
    at = pressed(filled(opened(folder, staff="Calendars"), Name="Munich"), "Save calendar")
    staff.use_calendars({"North": "munich"}, seen={}, at=AT)
    assert title(ran(at)).startswith("3 people in 2 teams: 2 work by stated hours, the others' clocks count Monday")
    hours = next(frame.value for frame in at.dataframe if "called" in frame.value.columns)
    north = hours.query("called == 'North'")[["people", "hours", "counts"]]
    assert north.values.tolist() == [[2, "munich", "Munich"]]
    assert hours.query("called == 'Everybody else'")["people"].item() == 1
    at = pressed(at, "Take it away")
    assert "This calendar is in use by North. Give them another one first." in told(at)
    staff.use_calendars({"North": None}, seen={"North": "munich"}, at=AT)
    at = pressed(at, "Take it away")
    assert staff.calendars() == {}
    assert at.selectbox(key="calendar").value == "new"


def test_a_link_to_a_calendar_opens_it(opened: Open, folder: Path, staff: Staff) -> None:
    pressed(filled(opened(folder, staff="Calendars"), Name="Munich"), "Save calendar")
    staff.use_calendars({EVERYBODY_ELSE: "munich"}, seen={}, at=AT)
    at = opened(folder, staff="Calendars", calendar="munich")
    assert field(at, "Name").value == "Munich"
    assert 'asks for calendar "atlantis"' in texts(opened(folder, calendar="atlantis"))


def test_somebody_is_added_and_taken_back(opened: Open, folder: Path, staff: Staff) -> None:
    at = opened(folder)
    at.text_input(key="new_person").set_value("ada")
    at = pressed(ran(at), "Add")
    assert "Ada is here already." in told(at)
    at.text_input(key="new_person").set_value("Ingrid")
    at = pressed(ran(at), "Add")
    assert [one.person_id for one in staff.stated()] == ["Ingrid"]
    assert title(at).startswith("4 people, 1 without a team")
    at.multiselect(key="taken_back").set_value(["Ingrid"])
    at = pressed(ran(at), "Take it back")
    assert staff.stated() == ()
    assert title(at).startswith("3 people in 2 teams")


def people(at: AppTest) -> list[str]:
    return list(next(frame.value for frame in at.dataframe if "manager" in frame.value.columns)["name"])


def test_a_manager_sees_everybody_beneath(opened: Open, folder: Path) -> None:
    assert len(people(opened(folder))) == 4
    at = opened(folder, under="u3")
    assert people(at) == ["Ada", EVIL]
    assert people(opened(folder, under="u1")) == [EVIL]


def test_nobody_is_named_while_presenting(opened: Open, folder: Path) -> None:
    at = opened(folder, present="true")
    assert not any("manager" in frame.value.columns for frame in at.dataframe)
    shown = texts(at) + "".join(str(frame.value) for frame in at.dataframe)
    assert "North" in shown
    assert "Everybody else" not in shown, "nobody is counted twice"
    for name in ("Ada", "Cem", "R&D"):
        assert name not in shown


def test_text_from_the_data_is_never_markup(opened: Open, folder: Path, staff: Staff) -> None:
    staff.workspace.store.state_people({"u2": {"zone": "<i>Mars</i> $x$", "manager": "u2"}}, seen={}, at=AT)
    at = opened(folder)
    for element in (*at.title, *at.caption, *at.markdown, *at.warning, *at.info, *at.error):
        assert "<b>" not in str(element.value)
        assert "<i>" not in str(element.value)
        assert "$x$" not in str(element.value)


@pytest.fixture
def here(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Known]:
    monkeypatch.setenv("HANDOFF_WORKSPACE", str(folder))
    with Workspace(folder) as opened:
        Staff(opened).state_people({"u1": {"team": "West", "capacity": 8}}, seen={}, at=AT)
        yield known(opened)
    st.cache_data.clear()
    st.cache_resource.clear()


def begun(here: Known) -> Edit:
    return Edit(here.version, "", table(here, here.people), {one: dict(own) for one, own in here.seen.items()})


def test_only_what_was_changed_is_stated(here: Known) -> None:
    edit = begun(here)
    assert changed(edit, edit.rows.copy()) == ({}, [])
    after = edit.rows.copy()
    for person, name, value in (
        ("u1", "team", " East "),
        ("u1", "capacity", float("nan")),
        ("u2", "active_to", pd.Timestamp("2026-03-31")),
        ("u3", "kind", "machine"),
        ("u3", "zone", None),
    ):
        after.at[person, name] = value
    cells, only_files = changed(edit, after)
    assert cells == {
        "u1": {"team": "East", "capacity": None},
        "u2": {"active_to": date(2026, 3, 31)},
        "u3": {"kind": "machine"},
    }
    assert only_files == [("u3", "zone")], "what a file says can be corrected, not emptied"


def test_each_cell_says_where_it_comes_from(here: Known) -> None:
    shown = where_from(here, here.people).set_axis(here.people["person_id"])
    assert shown.loc["u1", "Team"] == "West · stated here, else North"
    assert shown.loc["u1", "Leads a week"] == "8 · stated here, else 20"
    assert shown.loc["u1", "Reports to"] == "Cem · file"
    assert shown.loc["u1", "Side"] == "sales · derived"
    assert shown["Leads a week"].isna()["u3"]
    assert table(here, here.people).loc["u1", "stated"] == "team, leads a week"


def test_a_quarrel_shows_both(here: Known) -> None:
    assert quarrels(
        here, {("u1", "manager"): "u2", ("u1", "team"): None}, {"u1": {"manager": "u3", "team": "East"}}
    ) == [
        f"Ada, reports to: somebody else says {EVIL} since you began, you say Cem.",
        "Ada, team: somebody else says nothing since you began, you say East.",
    ]

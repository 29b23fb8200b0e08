"""What is stated of people wins, is taken back without a trace, and moves every figure that depends on it."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core import intake
from core.definition.clocks import USUAL_CLOCKS
from core.errors import ChangedMeanwhile, PersonInvalid, StoreError
from core.journeys.people import beneath
from core.journeys.stated import CELLS
from core.measures.cohort import UNKNOWN, Query
from core.report import Report
from core.staff import Staff
from core.staff.origins import DERIVED, FILE, STATED
from core.staff.timing import whose
from core.staff.told import headline, leaders_unknown
from core.store import EVERYBODY_ELSE
from core.timekeeping import Timekeeping
from core.workspace import Workspace
from core.worktime import parse_calendar
from tests.conftest import AT

pytestmark = pytest.mark.slow

NOTHING: dict[str, dict[str, Any]] = {}
USERS = "Id,Name,UserRole,ManagerName,TimeZoneSidKey,IsActive,Weekly capacity,Active from,UserType\n"
PEOPLE = (
    "u1,Ada,North,Cem,Europe/Berlin,true,20,2025-03-01,Standard\n"
    "u2,Ben,North,Ada,Asia/Tokyo,true,12.5,,Standard\n"
    "u3,Cem,South,,Mars/Base,false,,,Standard\n"
    "u4,Web queue,,,,true,,,Queue\n"
)
OWNERS = {5: "u1", 6: "u2", 7: "u3", 8: "u9", 9: "Ada"}
"""Lead and day of January 2026 → who owns it: handed over at 10:00, called at 15:30."""
FILES = {
    "users.csv": USERS + PEOPLE,
    "leads.csv": "Id,LastName,OwnerId,Status,CreatedDate\n"
    + "".join(f"L{n},X,{owner},MQL,2026-01-{n:02}T08:00:00.000+0000\n" for n, owner in OWNERS.items()),
    "history.csv": "Id,LeadId,CreatedById,CreatedDate,Field,OldValue,NewValue\n"
    + "".join(f"H{n},L{n},u4,2026-01-{n:02}T10:00:00.000+0000,Status,Raw,MQL\n" for n in OWNERS),
    "tasks.csv": "Id,WhoId,OwnerId,Subject,Type,Status,ActivityDate,CreatedDate\n"
    + "".join(
        f"T{n},L{n},{owner},Call,Call,Completed,2026-01-{n:02},2026-01-{n:02}T15:30:00.000+0000\n"
        for n, owner in OWNERS.items()
    ),
}


def calendar(name: str, zone: str, hours: str = "09:00-17:00", days: range = range(5), **more: Any) -> Any:
    opens, closes = hours.split("-")
    week = [{"day": day, "opens": opens, "closes": closes} for day in days]
    return parse_calendar({"id": name, "name": name.title(), "zone": zone, "week": week, **more})


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """A small company; whoever states something takes it back."""
    folder = tmp_path_factory.mktemp("company")
    with pytest.MonkeyPatch.context() as patch, Workspace(folder / "workspace") as here:
        patch.setattr("core.workspace.read", functools.partial(intake.read, apart=False))
        for name, text in FILES.items():
            (folder / name).write_text(text, encoding="utf-8")
            here.add(folder / name, at=AT)
        yield here


@pytest.fixture
def staff(company: Workspace) -> Iterator[Staff]:
    here, before = Staff(company), company.store.version()
    yield here
    here.take_back(*(one.person_id for one in here.stated()), at=AT)
    here.use_calendars(dict.fromkeys(here.uses()), seen=here.uses(), at=AT)
    for one in here.calendars().values():
        here.take_calendar_away(one, at=AT)
    assert company.store.version() == before


def row(people: pd.DataFrame, person: str) -> dict[str, Any]:
    found = people.set_index("person_id").loc[person].to_dict()
    return {str(name): None if pd.isna(value) else value for name, value in found.items()}


def days(day: date) -> int:
    return (day - date(1970, 1, 1)).days


def test_an_export_of_users_says_zone_manager_capacity_and_days(staff: Staff) -> None:
    ada, ben = row(staff.people(), "u1"), row(staff.people(), "u2")
    assert (ada["zone"], ada["manager"], ada["capacity"]) == ("Europe/Berlin", "u3", 20)
    assert (ada["active_from"], ada["active_to"], ada["active"]) == (days(date(2025, 3, 1)), None, True)
    assert (ben["manager"], ben["capacity"], ben["kind"]) == ("u1", 12.5, "person")
    assert (row(staff.people(), "u3")["active"], row(staff.people(), "u4")["kind"]) == (False, "queue")
    assert row(staff.people(), "u9")["stated"] is False


def test_each_cell_says_where_it_comes_from(staff: Staff) -> None:
    staff.state_people({"u1": {"team": "West"}, "u9": {"name": "Dan", "side": "marketing"}}, seen=NOTHING, at=AT)
    found = staff.origins(staff.people())
    assert row(found, "u1") == {
        "name": FILE, "kind": FILE, "side": DERIVED, "team": STATED, "manager": FILE, "zone": FILE,
        "capacity": FILE, "active_from": FILE, "active_to": None, "calendar": None,
    }  # fmt: skip
    dan = row(found, "u9")
    assert (dan["name"], dan["kind"], dan["side"], dan["team"]) == (STATED, DERIVED, STATED, None)


def test_what_is_stated_wins_and_taking_it_back_returns_to_the_files(staff: Staff) -> None:
    files = staff.people()
    pd.testing.assert_frame_equal(files, staff.by_files())
    said = {"kind": "machine", "side": "marketing", "team": "West", "manager": "u4", "zone": "Asia/Kolkata"}
    more = {"capacity": 3, "active_from": date(2026, 1, 1), "active_to": date(2026, 6, 30)}
    staff.state_people({"u3": {**said, **more}, "Eve": {"team": "East"}}, seen=NOTHING, at=AT)
    cem = row(staff.people(), "u3")
    assert {name: cem[name] for name in said} == said
    assert (cem["capacity"], cem["active_to"], cem["name"]) == (3, days(date(2026, 6, 30)), "Cem")
    assert row(staff.people(), "Eve")["name"] == "Eve"
    pd.testing.assert_frame_equal(files, staff.by_files())
    staff.take_back("u3", "Eve", "never", at=AT)
    pd.testing.assert_frame_equal(files, staff.people())


VALUES = {
    "name": st.none(),
    "kind": st.sampled_from(["person", "queue", "machine", None]),
    "side": st.sampled_from(["marketing", "sales", None]),
    "team": st.sampled_from(["North", "Marketing", "Zürich 1", " ", None]),
    "manager": st.sampled_from(["u1", "u2", "Ingrid", None]),
    "zone": st.sampled_from(["UTC", "Asia/Tokyo", None]),
    "capacity": st.one_of(st.none(), st.floats(0, 1e6)),
    "active_from": st.dates(date(2020, 1, 1), date(2021, 1, 1)),
    "active_to": st.dates(date(2022, 1, 1), date(2023, 1, 1)),
    "calendar": st.none(),
}
EDITS = st.dictionaries(
    st.sampled_from(["u1", "u2", "u4", "u9", "New one"]), st.fixed_dictionaries({}, optional=VALUES), max_size=4
)


@given(edits=st.lists(EDITS, max_size=2))
@settings(max_examples=5)
def test_whatever_is_stated_and_taken_back_leaves_no_trace(company: Workspace, edits: list[dict[str, Any]]) -> None:
    staff, version = Staff(company), company.store.version()
    before = staff.people()
    told: dict[str, dict[str, Any]] = {}
    for cells in edits:
        seen = {one.person_id: one.model_dump(exclude={"person_id"}) for one in staff.stated()}
        try:
            staff.state_people(cells, seen=seen, at=AT)
        except PersonInvalid:  # A circle, or a last day before the first one of the file.
            continue
        for person, own in cells.items():
            told.setdefault(person, {}).update({k: v.strip() if isinstance(v, str) else v for k, v in own.items()})
    people = staff.people()
    pd.testing.assert_frame_equal(before, staff.by_files())
    for person, own in told.items():
        for name in ("kind", "side", "team", "zone", "capacity"):
            if own.get(name) not in (None, ""):
                assert row(people, person)[name] == own[name]
    staff.take_back(*told, at=AT)
    pd.testing.assert_frame_equal(before, staff.people())
    assert company.store.version() == version


@pytest.mark.parametrize(
    ("person", "cells", "place", "words"),
    [
        ("u1", {"zone": "Europe/Berln"}, "zone", '"Europe/Berlin"'),
        ("u1", {"kind": "ghost"}, "kind", "person, queue, machine"),
        ("u1", {"side": "support"}, "side", "marketing, sales"),
        ("u1", {"capacity": -1}, "capacity", "from 0 on"),
        ("u1", {"capacity": float("inf")}, "capacity", "from 0 on"),
        ("u1", {"team": "x" * 201}, "team", "too long"),
        ("u1", {"active_to": date(2025, 2, 28)}, "active_to", "before the first"),
        ("u1", {"name": "Adele"}, "name", 'call this person "Ada"'),
        ("u1", {"manager": "u1"}, "manager", "Ada reports to Ada: that is a circle"),
        ("u3", {"manager": "u2"}, "manager", "Ada reports to Cem, Cem to Ben, and Ben to Ada: that is a circle"),
        ("u3", {"manager": "ben"}, "manager", "circle"),
    ],
)
def test_what_cannot_be_is_answered_in_words(
    staff: Staff, person: str, cells: dict[str, Any], place: str, words: str
) -> None:
    with pytest.raises(PersonInvalid) as refused:
        staff.state_people({"u2": {"team": "East"}, person: cells}, seen=NOTHING, at=AT)
    assert (refused.value.person_id, refused.value.place) == (person, place)
    assert words in str(refused.value)
    assert staff.stated() == ()


def test_a_manager_at_any_level_sees_the_whole_team(staff: Staff) -> None:
    assert beneath(staff.people(), "u3") == {"u1", "u2"}
    staff.state_people({"u4": {"manager": "u2"}, "u3": {"manager": "Ingrid"}}, seen=NOTHING, at=AT)
    people = staff.people()
    assert beneath(people, "Ingrid") == {"u1", "u2", "u3", "u4"}
    assert beneath(people, "u1") == {"u2", "u4"}


def test_the_second_of_two_editors_is_told(staff: Staff) -> None:
    staff.state_people({"u1": {"team": "West"}}, seen=NOTHING, at=AT)
    with pytest.raises(ChangedMeanwhile) as told:
        staff.state_people({"u1": {"team": "East"}}, seen=NOTHING, at=AT)
    assert told.value.now == {("u1", "team"): "West"}
    first, second = calendar("berlin", "Europe/Berlin"), calendar("berlin", "Europe/Berlin", "08:00-16:00")
    staff.state_calendar(first, seen=None, at=AT)
    with pytest.raises(ChangedMeanwhile):
        staff.state_calendar(second, seen=None, at=AT)
    assert staff.calendars() == {"berlin": first}


def test_hours_are_ones_own_then_the_teams_then_the_usual_ones(staff: Staff) -> None:
    def why() -> dict[str, tuple[str, str]]:
        found = whose(staff.people(), staff.uses(), "UTC")
        return {one["person_id"]: (one["calendar"], one["why"]) for one in found.to_dict("records")}

    assert why()["u1"] == ("default:Europe/Berlin", "zone")
    assert (why()["u3"], why()["u9"]) == (("default", "default"), ("default", "default"))
    for name, zone in (("day", "UTC"), ("night", "Europe/Berlin"), ("rest", "Asia/Tokyo")):
        staff.state_calendar(calendar(name, zone), seen=None, at=AT)
    staff.use_calendars({"North": "night"}, seen={}, at=AT)
    staff.state_people({"u2": {"calendar": "day"}, "u9": {"team": "North"}}, seen=NOTHING, at=AT)
    assert {one: why()[one] for one in ("u1", "u2", "u3", "u9")} == {
        "u1": ("night", "team"), "u2": ("day", "own"), "u3": ("default", "default"), "u9": ("night", "team"),
    }  # fmt: skip
    staff.use_calendars({EVERYBODY_ELSE: "rest"}, seen=staff.uses() | {"": None}, at=AT)
    timing = staff.timing(staff.people())
    assert (timing.default, why()["u3"], why()["u4"]) == ("rest", ("rest", "usual"), ("rest", "usual"))
    assert timing.of_person == {"u1": "night", "u2": "day", "u9": "night"}
    assert set(timing.calendars) == {"rest", "night", "day"}
    with pytest.raises(StoreError, match="in use by North"):
        staff.take_calendar_away(staff.calendars()["night"], at=AT)


def sla(here: Workspace) -> tuple[int, int]:
    report = Report(here, here.facts())
    rate = Timekeeping(report, Query(), USUAL_CLOCKS[0]).states().rate()
    return rate.hits, rate.n


def attempts(here: Workspace) -> int:
    report = Report(here, here.facts())
    return int(report.engine.collect(report.timed())["attempts"].sum())


def by_team(here: Workspace) -> dict[str, int]:
    report = Report(here, here.facts())
    found = report.funnel(Query(by="owner_team")).stages
    return dict(found[found["stage"] == "mql"].groupby("segment")["entered"].sum())


def test_every_figure_moves_with_what_is_stated_and_returns_with_it(staff: Staff, company: Workspace) -> None:
    key, before = company.facts().key, (sla(company), attempts(company), by_team(company))
    assert before == ((4, 5), 5, {"North": 3, "South": 1, UNKNOWN: 1}), "in Tokyo it was evening: Ben had the next day"

    # A calendar for a team: only times move.
    staff.state_calendar(calendar("late", "UTC", "12:00-20:00"), seen=None, at=AT)
    staff.use_calendars({"North": "late"}, seen={}, at=AT)
    assert company.facts().key == key
    assert (sla(company), attempts(company), by_team(company)) == ((2, 4), *before[1:])
    staff.use_calendars({"North": None}, seen={"North": "late"}, at=AT)
    assert sla(company) == before[0]

    # A kind, then a side: what followed each hand-off is read anew, how far leads came is not.
    for cell, value in (("kind", "machine"), ("side", "marketing")):
        staff.state_people({"u1": {cell: value}}, seen=NOTHING, at=AT)
        assert company.facts().key == key
        assert attempts(company) == 3, "neither of Ada's calls counts"
        staff.take_back("u1", at=AT)
        assert (sla(company), attempts(company)) == before[:2]

    # A team is what leads are grouped by.
    staff.state_people({"u2": {"team": "Atlantis"}}, seen=NOTHING, at=AT)
    assert by_team(company) == {"Atlantis": 1, "North": 2, "South": 1, UNKNOWN: 1}
    staff.take_back("u2", at=AT)
    assert company.facts().key == key
    assert (sla(company), attempts(company), by_team(company)) == before


def test_who_left_is_told_by_the_day_of_the_report(staff: Staff, company: Workspace) -> None:
    now = company.as_of()
    today = datetime.fromtimestamp(now, UTC).date()
    staff.state_people(
        {"u1": {"active_to": today}, "u2": {"active_from": date(2026, 1, 2), "active_to": date(2026, 1, 8)}},
        seen=NOTHING,
        at=AT,
    )
    report = Report(company, company.facts())
    active = dict(zip(report.people()["person_id"], report.people()["active"], strict=True))
    assert (active["u1"], active["u2"], active["u3"]) == (True, False, False)
    earlier = Report(company, company.facts(as_of=now - 2 * 86_400)).people()
    assert bool(earlier.set_index("person_id").loc["u2", "active"])


def test_people_of_a_second_file_and_of_none_are_completed_alike(staff: Staff, company: Workspace) -> None:
    assert set(CELLS) <= set(staff.people().columns)
    staff.state_people({"u9": {"team": "North", "zone": "UTC"}}, seen=NOTHING, at=AT)
    report = Report(company, company.facts())
    units = report.engine.collect(report.facts.units(report.engine)).set_index("owner")
    assert units["owner_team"].to_dict() == {"u1": "North", "u2": "North", "u3": "South", "u9": "North", "Ada": "North"}
    assert [units["owner_manager"][one] for one in ("u1", "Ada", "u2")] == ["Cem", "Cem", "Ada"]


def test_maven_says_who_leads_whom(maven: Path) -> None:
    with Workspace(maven) as here:
        staff = Staff(here)
        people = staff.people()
        told = headline(people, whose(people, staff.uses(), "UTC"), staff.timing(people).calendars)
        origin = staff.origins(people)
    assert told == "35 people in 3 teams: their clocks count Monday to Friday 09–17 UTC"
    assert len(leaders_unknown(people)) == 6
    assert sum(len(beneath(people, chief)) for chief in leaders_unknown(people)) == 35
    assert (set(origin["team"]), set(origin["side"])) == ({FILE}, {DERIVED})
    assert not origin["zone"].notna().any()

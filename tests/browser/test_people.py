"""Hours are stated, mended, given to a team, and move its clocks; two people at one table lose nothing."""

import re
import shutil
from pathlib import Path

import pytest

from core.report import Report
from core.staff import Staff
from core.workspace import Workspace
from tests.browser.conftest import Open, Serve
from tests.browser.driving import Tab
from tests.conftest import AT

pytestmark = [pytest.mark.browser, pytest.mark.slow]
ROW = 35
"""Pixels of a table's row."""
TEAM, HOURS = 240, 480
"""Pixels from the left to a column: of the team in the table of people, of the hours in that of teams."""


@pytest.fixture(scope="module")
def company(sample: Path, serve: Serve, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A copy of the sample company that may be changed, and the address of the app on it."""
    folder = Path(shutil.copytree(sample, tmp_path_factory.mktemp("people") / "sample"))
    with Workspace(folder) as here:  # What takes long is counted before anybody waits for it.
        Report(here, here.facts()).timed()
    return folder, serve(folder)


def write(tab: Tab, field: str, text: str) -> None:
    """Type into a field of the calendar, and leave it by Enter."""
    tab.settled()
    box = tab.page.get_by_label(field, exact=True)
    box.click()
    box.fill(text)
    if box.get_attribute("role") == "combobox":
        tab.page.get_by_role("option").filter(has_text=text).first.wait_for()
    box.press("Enter")
    tab.settled()


def cell(tab: Tab, table: str, row: int, across: int, text: str) -> None:
    """Open a cell of an editable table, `across` pixels from its left, and type in it or choose from its list."""
    tab.settled()
    grid = tab.page.locator(f"[class*='st-key-{table}_']").get_by_test_id("stDataFrame")
    grid.scroll_into_view_if_needed()
    box = grid.bounding_box()
    assert box is not None, "it is drawn"
    tab.page.mouse.dblclick(box["x"] + across, box["y"] + ROW * row + ROW / 2)
    field = tab.page.locator("#portal").locator("textarea, input").first
    field.wait_for()
    field.fill(text)
    field.press("Enter")


def press(tab: Tab, name: str) -> None:
    """Press a button by its words."""
    tab.page.get_by_role("button", name=name, exact=True).click()
    tab.settled()


def test_a_calendar_is_mended_given_to_a_team_and_moves_its_clocks(opened: Open, company: tuple[Path, str]) -> None:
    folder, address = company
    tab = opened(address).open("/clocks")
    missed = tab.title
    assert "clocks that were due were missed" in missed

    tab.open("/people?staff=Calendars")
    tab.titled("15 people in 4 teams: their clocks count Monday to Friday 09–17 GMT")
    write(tab, "Time zone", "Asia/Tokio")
    tab.sees('There is no time zone "Asia/Tokio". Did you mean "Asia/Tokyo"?')
    write(tab, "Monday", "9-17, 16-20")
    tab.sees(re.compile("Monday 09:00–17:00 and Monday 16:00–20:00 overlap"))
    tab.sees("The week is shown here once this is mended: Time zone, Monday.")
    write(tab, "Time zone", "Asia/Tokyo")
    write(tab, "Monday", "10-12, 13-15")
    write(tab, "Name", "Far East")
    write(tab, "Holidays of", "Japan")
    tab.sees("36 h a week in Asia/Tokyo")
    tab.sees("First attempt: Fri 17 Jul 15:00 + 4 h is Tue 21 Jul 11:00")  # Over Marine Day.
    tab.sees("Next 5 days off from 01 Jul 2026 on")
    press(tab, "Save calendar")
    tab.asks(calendar="Far East", staff="Calendars")

    cell(tab, "hours", 3, HOURS, "Far East")
    press(tab, "Save 1 choice")
    tab.titled(re.compile("^15 people in 4 teams: 4 work by stated hours, the others' clocks count Monday to Friday"))
    with Workspace(folder) as here:
        assert Staff(here).uses() == {"Enterprise": "far-east"}

    other = opened(tab.address).open("/clocks")
    assert other.title != missed
    with Workspace(folder) as here:
        Staff(here).use_calendars({"Enterprise": None}, seen={"Enterprise": "far-east"}, at=AT)
    other.open("/clocks").titled(missed)


def test_people_are_completed_in_a_table_and_two_who_do_so_lose_nothing(
    opened: Open, company: tuple[Path, str]
) -> None:
    folder, address = company
    tab = opened(address).open("/people")
    tab.titled(re.compile("^15 people in 4 teams"))
    cell(tab, "people", 4, TEAM, "Atlantis")
    press(tab, "Save 1 change")
    tab.titled(re.compile("^15 people in 5 teams"))
    tab.sees("1 queue · 2 machines · something is stated here of 1 person")

    cell(tab, "people", 5, TEAM, "Bergen")
    tab.page.get_by_role("button", name="Save 1 change", exact=True).wait_for()
    with Workspace(folder) as here:
        staff = Staff(here)
        aisha = staff.people().query("name == 'Aisha Karim'")["person_id"].item()
        staff.state_people({aisha: {"team": "Oslo", "capacity": 12}}, seen={}, at=AT)
    press(tab, "Save 1 change")
    tab.sees("Aisha Karim, team: somebody else says Oslo since you began, you say Bergen.")
    press(tab, "Save 1 change")
    tab.page.get_by_text("somebody else says").wait_for(state="detached")
    tab.titled(re.compile("^15 people in 6 teams"))
    with Workspace(folder) as here:
        stated = {one.person_id: one for one in Staff(here).stated()}
    assert (stated[aisha].team, stated[aisha].capacity) == ("Bergen", 12)

    tab.page.get_by_role("button", name="Take back what is stated").click()
    tab.pick("taken_back", "Aisha Karim")
    press(tab, "Take it back")
    tab.titled(re.compile("^15 people in 5 teams"))

    tab.at("under").get_by_role("combobox").click()
    tab.page.get_by_role("option", name="Ingrid Vallon").click()  # Escape would empty the list again.
    tab.asks(under="Ingrid Vallon")
    tab.page.get_by_role("tab", name="Calendars").click()
    tab.asks(staff="Calendars", under="Ingrid Vallon")

"""From the overview into the black hole of one rep, and out again with a file that a CRM takes."""

import csv
import re
from pathlib import Path

import pytest

from core.measures.cohort import Query
from core.report import Report
from core.silence import Silence
from core.workspace import Workspace
from tests.browser.conftest import Open
from tests.browser.driving import Tab, bottom, middle

pytestmark = [pytest.mark.browser, pytest.mark.slow]
REP = "Emma Falk"


def rows_of(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def choose(tab: Tab, key: str, typed: str) -> None:
    """Choose from a list that can be emptied: Escape would empty it."""
    box = tab.settled().at(key).get_by_role("combobox")
    box.click()
    box.fill(typed)
    tab.page.get_by_role("option").filter(has_text=typed).first.wait_for()
    box.press("Enter")


def test_from_the_finding_to_one_reps_leads_their_file_and_back_by_the_link(
    opened: Open, sample_app: str, sample: Path, tmp_path: Path
) -> None:
    with Workspace(sample) as here:
        mine = Silence(Report(here, here.facts()), Query(where=(("rep", REP),)))
        size, ids = mine.counts().size(), set(mine.leads(limit=None)["lead_id"])
    tab = opened(sample_app).open()
    tab.at("finding_1").get_by_role("link", name="Open the leads").click()
    tab.titled(re.compile("^259 of 714 handed-over leads fell into the black hole, 36 %"))
    tab.asks(hole_by=None, hole_in="Emerging", bucket="Black hole")  # Teams are what it is broken down by anyway.
    tab.sees("Black hole: 259 leads")

    tab.pick("hole_by", "Rep who got it")
    tab.asks(hole_by="Rep who got it", hole_in=None)
    tab.titled(re.compile("^386 of 2,726 handed-over leads"))
    choose(tab, "hole_in", REP)
    tab.titled(re.compile(f"^{size} of 136 handed-over leads fell into the black hole"))
    tab.asks(hole_in=REP)
    tab.sees(f"Black hole: {size} leads")

    file = tab.download(tab.at("download_bucket").get_by_role("button"), tmp_path)
    listed = rows_of(file)
    assert (file.name, len(listed)) == ("black-hole.csv", size)
    assert {row["Lead"] for row in listed} == ids

    choose(tab, "owner", REP)
    tab.asks(owner=REP)
    work = rows_of(tab.download(tab.at("download_working_list").get_by_role("button"), tmp_path))
    assert {row["Id"] for row in work} == ids
    assert {row["Status"] for row in work} == {""}

    tab.page.reload()
    tab.titled(re.compile(f"^{size} of 136"))
    other = opened(sample_app).open(tab.link)
    assert other.title == tab.title
    other.sees(f"Black hole: {size} leads")


def test_a_click_opens_the_leads_and_presenting_hides_names_on_one_screen(opened: Open, sample_app: str) -> None:
    tab = opened(sample_app, dark=True).open("/black-hole?hole_by=rep")
    assert bottom(tab.at("picture")) < 720
    largest = max(tab.bars("picture")[-2:], key=lambda bar: (bar.bounding_box() or {"width": 0.0})["width"])
    tab.page.mouse.click(*middle(largest))
    tab.asks(bucket="Never touched")
    tab.sees(re.compile("^Never touched: 358 leads$"))
    assert REP in tab.text

    tab.at("present").get_by_text("Present").click()
    tab.asks(present="true")
    tab.sees("Person 1")
    assert (tab.at("picture").bounding_box() or {"width": 0})["width"] > 1000, "a room gets the width of the sidebar"
    assert REP not in tab.text
    assert not tab.at("groups").get_by_text(REP).count()
    assert bottom(tab.at("picture")) < 720

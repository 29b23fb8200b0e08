"""How long leads stay, as a leader walks through it: from the picture to the leads, and by link to somebody else."""

import csv
import re
from pathlib import Path

import pytest

from tests.browser.conftest import Open
from tests.browser.driving import bottom, middle
from tests.browser.test_looks import FOLD, cut_off, names_everything

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_from_the_picture_to_the_leads_their_file_and_a_link_that_shows_the_same(
    opened: Open, sample_app: str, tmp_path: Path
) -> None:
    tab = opened(sample_app).open("/velocity")
    tab.titled(re.compile("^Leads wait longest in Opportunity: half stay over 41 days, one in ten over 74 days"))
    names_everything(tab)
    reach = [bottom(part) for part in (tab.at("cards"), tab.page.get_by_test_id("stPlotlyChart").first)]
    assert max(reach) <= FOLD
    assert not cut_off(tab)

    # The last trace is who has outstayed, stage by stage: the third is the hand-off.
    bars = tab.bars("picture")
    tab.page.mouse.click(*middle(bars[-6 + 2]))
    tab.asks(stay_stage="MQL", staying="Longer than nine in ten")
    tab.sees(re.compile("^MQL, longer than nine in ten: 399 trips$"))
    assert "426" in tab.at("cards").inner_text()
    file = tab.download(tab.page.get_by_role("button", name="Download all 399"), tmp_path)
    with file.open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert (file.name, len(rows)) == ("mql-outstayed.csv", 399)
    assert {row["Stage"] for row in rows} == {"MQL"}
    assert min(float(row["Days"]) for row in rows) > 6

    tab.pill("stay_view", "Age").click()
    tab.titled(re.compile("^After day 8 a lead still in MQL rarely moves on"))
    tab.pill("staying", "Beyond the bend").click()
    tab.sees(re.compile("^MQL, beyond the bend: 393 trips$"))
    names_everything(tab)

    other = opened(sample_app, dark=True).open(tab.link)
    other.titled(tab.title)
    other.sees(re.compile("^MQL, beyond the bend: 393 trips$"))
    for view in ("Over time", "Groups", "Table"):
        other.pill("stay_view", view).click()
        other.asks(stay_view=view)
        names_everything(other)
    other.at("present").get_by_text("Present").click()
    other.asks(present="true")
    other.pill("stay_view", "Stages").click()
    other.asks(stay_view=None)
    assert bottom(other.page.get_by_test_id("stPlotlyChart").first) <= FOLD
    assert not cut_off(other)


def test_a_slow_month_is_clicked_and_becomes_the_period(opened: Open, sample_app: str) -> None:
    tab = opened(sample_app).open("/velocity?stay_view=months")
    tab.titled(re.compile("^MQL was slow in 2026-03 to 2026-05"))
    tab.page.mouse.click(*middle(tab.bars("months")[8]))
    tab.asks(start="2026-03-01", end="2026-03-31", stay_stage="MQL")
    tab.sees("2026-03-01 to 2026-03-31 · true at 30 Jun 2026 · 238 trips to MQL = 202 left + 35 still there")

"""The clocks page as a sales leader drives it: the answer in sight, a link, another limit, and a list that leaves."""

import csv
import re
from pathlib import Path

import pytest

from pages._clocks_controls import VIEWS
from tests.browser.conftest import Open
from tests.browser.driving import bottom, middle
from tests.browser.test_looks import names_everything

pytestmark = [pytest.mark.browser, pytest.mark.slow]
WHOLE = re.compile("^First attempt: 1,549 of 2,827 clocks that were due were missed, 55 %; 383 still wait")
EMERGING = re.compile("^First attempt: 483 of 742 clocks that were due were missed")
KEPT = ("clock", "clock_only", "clock_view", "state", "limit_first_attempt")


def test_from_the_answer_to_a_filter_a_link_another_limit_and_the_list(
    opened: Open, sample_app: str, tmp_path: Path
) -> None:
    tab = opened(sample_app).open("/clocks")
    tab.titled(WHOLE)
    assert bottom(tab.at("cards")) < bottom(tab.at("curve")) < 720, "the answer is above the fold"

    # A finding sets a filter that everybody sees, and the link says so.
    tab.at("found_team").get_by_role("button").click()
    tab.titled(EMERGING)
    tab.asks(clock_only="Team: Emerging")
    tab.page.get_by_role("radio", name="Months").click()
    tab.asks(clock_view="Months")
    tab.pill("state", "Past due now").click()
    tab.asks(state="Past due now")
    tab.sees(re.compile("^Past due now: .* leads"))

    # Another limit: both rates side by side, and the page still speaks of the clock in force.
    limit = tab.at("limit_first_attempt").get_by_role("spinbutton")
    limit.fill("8")
    limit.press("Enter")
    tab.asks(limit_first_attempt="8")
    tab.sees("In force: 4 h of working time")
    tab.sees("Tried: 8 h of working time")
    tab.sees(re.compile("The share missed moves by −"))
    tab.titled(EMERGING)
    asked = {name: tab.asked[name] for name in KEPT if name in tab.asked}
    assert len(asked) == 4

    tab.page.reload()
    tab.titled(EMERGING)
    tab.sees("Tried: 8 h of working time")
    assert {name: tab.asked[name] for name in asked} == asked
    assert tab.chosen("state") == ["Past due now"]
    other = opened(sample_app).open(tab.link)
    other.titled(EMERGING)
    other.sees("Tried: 8 h of working time")

    # The leads behind the state leave as a file, all of them.
    heading = tab.page.get_by_role("heading", level=2).filter(has_text="Past due now").inner_text()
    number = int(re.sub(r"\D", "", heading.split(":")[1]))
    file = tab.download(tab.at("download_state").get_by_role("button"), tmp_path)
    with file.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert file.name == "past-due.csv"
    assert len(rows) == number
    assert {row["Team"] for row in rows} == {"Emerging"}
    deadlines = [row["Deadline"] for row in rows]
    assert all(re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", deadline) for deadline in deadlines)


def test_a_month_that_is_clicked_becomes_the_period_and_presenting_names_nobody_and_everything_drawn(
    opened: Open, sample_app: str
) -> None:
    tab = opened(sample_app, dark=True).open("/clocks?clock_view=months&present=true")
    tab.sees("Slow in March to May 2026: 703 of 708 missed, 99 %, in the other months 40 %")
    tab.page.mouse.click(*middle(tab.bars("months")[8]))
    tab.asks(start="2026-03-01", end="2026-03-31")
    tab.titled(re.compile("^First attempt: 237 of 238 clocks"))
    for name in list(VIEWS.values())[1:]:
        tab.page.get_by_role("radio", name=name, exact=True).click()
        tab.asks(clock_view=name)
        names_everything(tab)
        assert "Emma Falk" not in tab.text

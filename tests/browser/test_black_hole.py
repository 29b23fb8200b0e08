"""The black hole in a browser: a click opens its leads, and nobody is named in front of a room."""

import re

import pytest

from tests.browser.conftest import Open
from tests.browser.driving import bottom, middle

pytestmark = pytest.mark.browser
REP = "Emma Falk"


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
    assert REP not in tab.text
    assert not tab.at("groups").get_by_text(REP).count()
    assert bottom(tab.at("picture")) < 720

"""What is looked at stands in the address, and every way to a list of leads leads to the same list."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.browser.conftest import Open, Serve
from tests.browser.driving import Tab, middle

pytestmark = pytest.mark.browser
LIST = "MQL, stalled: 7,158 leads, first 1,000 shown"
ROW = 35
"""Pixels that a row of a table is high."""
CONTROLS = ("only", "start", "end", "policy", "stage", "outcome")


def shown(tab: Tab) -> tuple[str, str, list[str], list[str]]:
    """What somebody sees who is sent a link: the finding, the cards, and which leads are listed."""
    tab.settled()
    return tab.title, tab.at("cards").inner_text(), tab.chosen("stage"), tab.chosen("outcome")


def heading(tab: Tab) -> str:
    """The title over the list of leads."""
    found = tab.page.get_by_role("heading", level=2).filter(has_text=re.compile(r"\blead"))
    return found.first.inner_text()


def test_filter_period_reading_and_list_are_in_the_address_and_survive_reload_and_a_new_window(
    opened: Open, olist_app: str
) -> None:
    tab = opened(olist_app).open("/funnel")
    everything = shown(tab)

    tab.pick("only", "Source: social")
    tab.asks(only="Source: social")
    tab.titled(re.compile("1,275 stalled, 94 % of the 1,350 that entered"))
    tab.date("start", "2018-01-01")
    tab.date("end", "2018-03-31")
    tab.asks(start="2018-01-01", end="2018-03-31")
    tab.page.get_by_text("How it is counted").click()
    tab.sees(re.compile("^Leads that another reading counts elsewhere"))  # Drawn again by then.
    tab.pick("policy", "Dated entries only")
    tab.asks(policy="Dated entries only")
    tab.pill("stage", "MQL").click()
    tab.asks(stage="MQL")
    tab.pill("outcome", "Stalled").click()
    tab.asks(outcome="Stalled")
    tab.sees(re.compile("^MQL, stalled: .* leads"))
    asked, seen = {name: tab.asked[name] for name in CONTROLS}, shown(tab)
    assert seen != everything

    tab.page.reload()
    assert shown(tab) == seen
    assert {name: tab.asked[name] for name in CONTROLS} == asked

    other = opened(olist_app).open(tab.link)
    assert shown(other) == seen
    assert heading(other) == heading(tab)
    assert "2018-01-01 to 2018-03-31 · only social" in other.text


def test_a_link_may_name_things_by_their_ids(opened: Open, olist_app: str) -> None:
    tab = opened(olist_app).open("/funnel?only=source=social&policy=observed&stage=mql&outcome=stalled")

    tab.asks(only="Source: social", policy="Dated entries only", stage="MQL", outcome="Stalled")
    assert (tab.chosen("stage"), tab.chosen("outcome")) == (["MQL"], ["Stalled"])
    tab.titled(re.compile("of the 1,350 that entered"))


def test_a_link_to_things_that_do_not_exist_says_which_and_shows_the_rest(opened: Open, olist_app: str) -> None:
    wrong = "only=source=carrier pigeon&stage=nirvana&policy=wishful&by=shoe size&definition=0123456789abcdef"
    tab = opened(olist_app).open("/funnel?" + wrong)

    tab.sees('This link asks for only "source=carrier pigeon", which these data do not have. It is left out.')
    for says in ('asks for stage "nirvana"', 'asks for policy "wishful"', 'asks for by "shoe size"'):
        tab.sees(says)
    tab.sees("This link was made under definition 01234567")
    tab.titled(re.compile("of the 8,000 that entered"))


def test_from_a_link_to_no_instant_it_is_one_step_to_the_newest_figures(opened: Open, olist_app: str) -> None:
    tab = opened(olist_app)
    tab.page.goto(tab.address + "/funnel?as_of=yesterday")
    tab.sees('"yesterday" in the link is no instant.')

    tab.page.get_by_role("button", name="Show the newest").click()
    tab.titled(re.compile("of the 8,000 that entered"))
    tab.asks(as_of="2018-11-14T18:04:19+00:00")


def test_a_bad_day_in_a_link_is_no_error(opened: Open, olist_app: str) -> None:
    tab = opened(olist_app).open("/funnel?start=never&end=2018-02-30&mature_days=-7&segment=x&lead=nobody&view=upside")

    tab.titled(re.compile("of the 8,000 that entered"))


def test_a_deep_link_on_a_server_that_nobody_has_visited_shows_the_page_in_its_frame(
    opened: Open, serve: Serve, olist: Path, copied: Callable[[Path], Path]
) -> None:
    address = serve(copied(olist))
    for _visit in ("cold", "warm"):
        tab = opened(address).open("/funnel")
        names = tab.page.get_by_test_id("stTopNav").get_by_role("link").all_inner_texts()
        assert [name.splitlines()[-1] for name in names[:2]] == ["Overview", "Funnel"]
        assert "that entered" in tab.title
        assert not tab.page.get_by_role("dialog").count()


def test_the_pills_open_the_same_list_as_a_click_on_the_bar(opened: Open, olist_app: str) -> None:
    by_mouse = opened(olist_app).open("/funnel")
    by_mouse.page.mouse.click(*middle(by_mouse.bars("picture")[3]))
    by_mouse.sees(LIST)

    by_keys = opened(olist_app).open("/funnel")
    by_keys.pill("stage", "MQL").focus()
    by_keys.page.keyboard.press("Enter")
    by_keys.sees("MQL, entered: 8,000 leads")
    by_keys.pill("outcome", "Stalled").focus()
    by_keys.page.keyboard.press("Enter")
    by_keys.sees(LIST)

    assert by_mouse.chosen("stage") == by_keys.chosen("stage") == ["MQL"]
    assert by_mouse.chosen("outcome") == by_keys.chosen("outcome") == ["Stalled"]
    assert by_keys.asked == by_mouse.asked

    in_table = opened(olist_app).open("/funnel?view=table")
    grid = in_table.at("stages").get_by_test_id("stDataFrame").bounding_box()
    assert grid is not None
    in_table.page.mouse.click(grid["x"] + 130, grid["y"] + 1.5 * ROW)
    in_table.sees("MQL, entered: 8,000 leads, first 1,000 shown")
    in_table.asks(stage="MQL", outcome="Entered")

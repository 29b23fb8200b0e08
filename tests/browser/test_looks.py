"""What every page owes whoever opens it: no error, the answer above the fold, both themes, keys and names."""

import re

import pytest

from pages._funnel_controls import VIEWS
from tests.browser.conftest import Open, Serve
from tests.browser.driving import Tab, bottom

pytestmark = pytest.mark.browser
FOLD = 720
PERIODS = "compare=own&start=2026-01-01&end=2026-03-31&start2=2025-10-01&end2=2025-12-31"
FUNNEL = f"/funnel?stage=mql&outcome=rejected&by=source&{PERIODS}"
DATA = ("Import", "Words", "Problems", "Imports", "What these data can answer", "Settings")
NAMELESS = re.compile(r"^ *- '?(?:button|link|radio|tab|combobox|checkbox|switch|slider)\b(?! \".*\w).*$", re.MULTILINE)
"""A control in the accessibility tree that has no name in it."""
GROUND = {"light": "rgb(255, 255, 255)", "dark": "rgb(16, 20, 24)"}
STAGE = {"light": "rgb(11, 99, 165)", "dark": "rgb(86, 180, 233)"}
"""Colours of the page and of a stage's bar in each theme."""


def names_everything(tab: Tab) -> None:
    """One title; every picture and table says what it shows; every button and link says what it does."""
    page = tab.page
    assert page.get_by_role("heading", level=1).count() == 1, tab.page.url
    for drawn in page.locator("[data-testid=stPlotlyChart], canvas[data-testid=data-grid-canvas]").all():
        words = drawn.evaluate("part => part.closest('[aria-label]')?.getAttribute('aria-label') ?? ''")
        assert len(words.split()) >= 3, f"something drawn on {page.url} is called {words!r}"
    nameless = NAMELESS.findall(page.locator("body").aria_snapshot())
    assert not nameless, f"without a name on {page.url}: {nameless}"


def in_theme(tab: Tab, theme: str) -> None:
    """The page and its picture are drawn for the same theme."""
    ground = tab.page.get_by_test_id("stApp").evaluate("app => getComputedStyle(app).backgroundColor")
    bars = {bar.evaluate("bar => getComputedStyle(bar).fill") for bar in tab.bars("picture")}
    assert ground == GROUND[theme]
    assert STAGE[theme] in bars


@pytest.mark.slow
def test_no_page_shows_an_error_and_everything_has_a_name(opened: Open, sample_app: str) -> None:
    tab = opened(sample_app).open()
    names_everything(tab)
    tab.open(FUNNEL)
    in_theme(tab, "light")
    for view in reversed(VIEWS.values()):  # The first is where it begins, and is asked for by not being asked for.
        tab.pill("view", view).click()
        tab.asks(view=None if view == next(iter(VIEWS.values())) else view)
        names_everything(tab)
    tab.at("present").get_by_text("Present").click()
    tab.asks(present="true")
    names_everything(tab)
    tab.open("/people?staff=Calendars")
    names_everything(tab)
    for asked in ("/audit?audit_leads=too_high&audit_stage=mql", "/audit?audit_view=table"):
        tab.open(asked)
        names_everything(tab)
    for part in ("uld", "points"):
        tab.open(f"/definition?definition_view=suggestions&suggested={part}")
        names_everything(tab)
    tab.go("Data")
    for part in DATA:
        tab.part(part)
        names_everything(tab)


@pytest.mark.slow
def test_no_page_shows_an_error_in_the_dark(opened: Open, sample_app: str) -> None:
    tab = opened(sample_app, dark=True).open(FUNNEL)
    in_theme(tab, "dark")
    tab.go("Overview")
    tab.page.get_by_test_id("stPlotlyChart").first.wait_for()
    tab.settled()


@pytest.mark.slow
def test_an_empty_workspace_has_a_page_for_everything(
    opened: Open, serve: Serve, tmp_path_factory: pytest.TempPathFactory
) -> None:
    tab = opened(serve(tmp_path_factory.mktemp("empty") / "workspace"))
    for path in ("/", "/funnel", "/people", "/data"):
        tab.open(path)
        names_everything(tab)
    for part in DATA[1:]:
        tab.part(part)
        names_everything(tab)


def cut_off(tab: Tab) -> list[str]:
    """Words of the cards that do not fit."""
    cut = """cards => [...cards.querySelectorAll("[data-testid=stMetric] *")]
        .filter(part => part.scrollWidth > part.clientWidth + 1 && getComputedStyle(part).overflow !== "visible")
        .map(part => part.innerText)"""
    found: list[str] = tab.at("cards").evaluate(cut)
    return found


@pytest.mark.parametrize("data", ["sample", "olist"])
def test_the_answer_the_five_cards_and_the_picture_are_above_the_fold_and_uncut(
    opened: Open, sample_app: str, olist_app: str, data: str
) -> None:
    tab = opened({"sample": sample_app, "olist": olist_app}[data]).open()
    for page in ("Overview", "Funnel", "Present"):
        if page == "Present":
            tab.at("present").get_by_text("Present").click()
            tab.asks(present="true")
        elif page == "Funnel":
            tab.go("Funnel")
            tab.bars("picture")
        tab.settled()
        cards = tab.at("cards").get_by_test_id("stMetric").all()
        charts = tab.page.get_by_test_id("stPlotlyChart").all()
        assert len(cards) == 5
        assert charts
        reach = [bottom(part) for part in (tab.page.locator("h1"), *cards, *charts)]
        assert max(reach) <= FOLD, f"{page} reaches down to {max(reach):.0f}: {reach}"
        assert not cut_off(tab)


def test_a_small_share_with_a_decimal_fits_into_its_card(opened: Open, olist_app: str) -> None:
    assert not cut_off(opened(olist_app).open("/funnel?only=source=social"))


def test_the_tab_key_passes_the_controls_in_reading_order_and_reaches_the_pills(opened: Open, olist_app: str) -> None:
    tab, reached = opened(olist_app).open("/funnel"), list[str]()
    where = r"""() => {
        const part = document.activeElement?.closest("[class*=st-key-]");
        return part?.className.match(/st-key-(\w+)/)?.[1] ?? "";
    }"""
    for _ in range(60):
        tab.page.keyboard.press("Tab")
        place = tab.page.evaluate(where)
        if not reached or reached[-1] != place:
            reached.append(place)
        if place == "outcome":
            break
    wanted = ["start", "by", "only", "view", "stage", "outcome"]
    assert [place for place in reached if place in wanted] == wanted

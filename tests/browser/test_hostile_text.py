"""Formulas, markup and scripts in the data are text: on every page, in every picture and in every file."""

import csv
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest

from core.export import safe
from core.workspace import Workspace
from pages._data_upload import file_name
from tests.browser.conftest import Open, Serve
from tests.browser.driving import Tab

pytestmark = [pytest.mark.browser, pytest.mark.slow]
AT = datetime(2026, 7, 15, 12, tzinfo=UTC)
FORMULA = "=cmd|' /C calc'!A0"
SCRIPT = "<img src=x onerror=alert(1)>"
MARKUP = "**bold** $x$ :red[hi]"
HOSTILE = (FORMULA, SCRIPT, MARKUP)
COLUMN = "**Kind** <i>$a$"
WORD = f"{MARKUP} {SCRIPT}"
"""A stage that nobody knows."""
FILE = "leads **x** $y$ :red[z] <b>.csv"


def write(folder: Path) -> tuple[Path, Path]:
    """Leads whose every text is hostile, three in four by source, and what became of them."""
    leads, history = folder / FILE, folder / "history.csv"
    with leads.open("w", encoding="utf-8", newline="") as one, history.open("w", encoding="utf-8", newline="") as two:
        lead, change = csv.writer(one), csv.writer(two)
        lead.writerow(["Lead ID", "Company", "Lead Source", "Created Date", COLUMN])
        change.writerow(["Lead ID", "Field", "Old Value", "New Value", "Edit Date", "Reason"])
        for n in range(240):
            text, reason = (*HOSTILE, "web")[n % 4], HOSTILE[n // 4 % 3]
            lead_id, day = f"{text} {n}", datetime(2026, 1, 1 + n % 28, 9, tzinfo=UTC)
            lead.writerow([lead_id, f"{text} Ltd", text, day.date(), reason])
            change.writerow([lead_id, "Lead Status", "", "MQL", day.isoformat(), ""])
            refused = n % 4 == 0 or n % 8 == 1
            stage = ("Rejected by sales", reason) if refused else ("SAL", "")
            change.writerow([lead_id, "Lead Status", "MQL", stage[0], (day + timedelta(days=2)).isoformat(), stage[1]])
        change.writerow([lead_id, "Lead Status", "SAL", WORD, (day + timedelta(days=3)).isoformat(), ""])
    return leads, history


@pytest.fixture(scope="module")
def app(serve: Serve, tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("hostile")
    with Workspace(folder / "workspace") as here:
        for file in write(folder):
            here.add(file, at=AT)
        here.state("company", f"{MARKUP} {SCRIPT}", at=AT)
    return serve(folder / "workspace")


def nothing_ran(tab: Tab) -> None:
    """No part of the data has become a picture, a formula, bold or coloured text; the tab notices dialogs."""
    tab.settled()
    for made in ("img[src=x]", ".katex", "strong:text-is('bold')", "strong:text-is('Kind')", "span:text-is('hi')"):
        assert not tab.page.locator(made).count(), f"{made} on {tab.page.url}"


def test_the_overview_shows_hostile_text_as_it_is_written(opened: Open, app: str) -> None:
    tab = opened(app).open()

    nothing_ran(tab)
    assert f'with source "{FORMULA}", 60 of 60 leads' in tab.text
    assert f"{MARKUP} {SCRIPT} · 240 leads" in tab.text
    assert tab.at("pair_1").locator("text").filter(has_text="=cmd").count()


@pytest.mark.parametrize("by", ["source", f"x:{COLUMN.lower()}"])
def test_a_breakdown_shows_hostile_text_as_it_is_written(opened: Open, app: str, by: str) -> None:
    tab = opened(app).open("/funnel?" + urlencode({"by": by}))
    nothing_ran(tab)
    for text in HOSTILE:
        assert tab.at("rates").locator("text").filter(has_text=text).count()

    tab.open("/funnel?" + urlencode({"by": by, "segment": MARKUP, "only": f"{by}={MARKUP}"}))
    nothing_ran(tab)
    assert f"only {MARKUP}" in tab.text
    assert tab.at("only").get_by_text(MARKUP).is_visible()


def test_a_list_of_leads_shows_hostile_text_as_it_is_written_and_its_file_runs_nothing(
    opened: Open, app: str, tmp_path: Path
) -> None:
    tab = opened(app).open("/funnel?stage=mql&outcome=rejected&" + urlencode({"lead": f"{MARKUP} 2"}))
    nothing_ran(tab)
    for text in HOSTILE:
        assert tab.pill("reason", text).is_visible()

    # The framework's own export of a table would let formulas run.
    assert not tab.page.get_by_role("button", name=re.compile("CSV")).count()
    file = tab.download(tab.at("download_leads").get_by_role("button"), tmp_path)
    with file.open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert len(rows) == 90
    assert {row["Source"] for row in rows} == {safe(FORMULA), SCRIPT}
    assert {row["Reason"] for row in rows} == {safe(FORMULA), SCRIPT, MARKUP}
    assert not [cell for row in rows for cell in row.values() if cell.startswith(("=", "+", "-", "@"))]

    for text in HOSTILE:
        tab.pill("reason", text).click()
        tab.sees(f"MQL, rejected: {text}: 30 leads")
        nothing_ran(tab)
        tab.pill("reason", text).click()


def test_the_data_page_shows_hostile_text_as_it_is_written(opened: Open, app: str, tmp_path: Path) -> None:
    tab = opened(app).open("/data")
    tab.upload(write(tmp_path)[0])
    tab.sees(f"{file_name(FILE)}: 240 leads")
    tab.page.get_by_text("What its 5 columns mean").click()
    nothing_ran(tab)

    for part, choose, says in (
        ("Words", "", f"{WORD} in 1 row"),
        ("Problems", "problems_of", f"No problem in {FILE}"),
        ("Imports", "batch", f"Undo: the rows of {FILE} no longer count"),
        ("What these data can answer", "", "questions can be answered"),
        ("Settings", "", "Time zone of the data"),
    ):
        tab.part(part)
        if choose:
            tab.pick(choose, FILE)
        tab.sees(says)
        nothing_ran(tab)

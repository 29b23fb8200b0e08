"""From an empty folder to the leads behind a number, and back."""

import csv
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.workspace import Workspace
from tests.browser.conftest import Open, Serve
from tests.browser.driving import middle

pytestmark = pytest.mark.browser
Copied = Callable[[Path], Path]
AT = datetime(2026, 7, 15, 12, tzinfo=UTC)


def rows_of(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def test_a_new_user_comes_from_nothing_to_the_leads_behind_the_largest_leak(
    opened: Open, serve: Serve, olist_files: tuple[Path, ...], tmp_path: Path
) -> None:
    tab = opened(serve(tmp_path / "workspace")).open()
    assert tab.title == "There are no leads here yet."
    tab.page.get_by_role("link", name="Import your data").click()
    tab.titled("No data yet: drop your CRM export here")

    tab.upload(*olist_files)
    tab.titled("Ready to import: 11,937 rows in 3 files")
    tab.page.get_by_role("button", name="Import 3 files").click()
    tab.titled(re.compile("11,937 rows from 3 files, newest 14 Nov 2018"))
    tab.sees(re.compile("8,000 leads from olist_marketing_qualified_leads_dataset.csv: 8,000 rows taken; 0 set aside"))

    tab.go("Funnel")
    tab.titled(re.compile("7,158 stalled, 89 % of the 8,000 that entered"))
    assert "842" in tab.at("cards").inner_text()

    leak = max(tab.bars("picture")[3:], key=lambda bar: (bar.bounding_box() or {"height": 0.0})["height"])
    tab.page.mouse.click(*middle(leak))
    tab.asks(stage="MQL", outcome="Stalled")
    assert (tab.chosen("stage"), tab.chosen("outcome")) == (["MQL"], ["Stalled"])
    tab.sees(re.compile("^MQL, stalled: 7,158 leads, first 1,000 shown$"))

    file = tab.download(tab.page.get_by_role("button", name="Download all 7,158"), tmp_path)
    rows = rows_of(file)
    assert (file.name, len(rows)) == ("leads-mql-stalled.csv", 7158)
    assert {row["Outcome"] for row in rows} == {"Stalled"}


def test_a_web_page_named_csv_is_refused_with_a_sentence_and_the_page_goes_on(
    opened: Open, olist_app: str, olist_files: tuple[Path, ...], tmp_path: Path
) -> None:
    bad = tmp_path / "report.csv"
    bad.write_text("<!DOCTYPE html><html><body><p>Please log in</p></body></html>\n", encoding="utf-8")
    tab = opened(olist_app).open("/data")

    tab.upload(bad)
    tab.titled("This file cannot be read as it is")
    tab.sees(re.compile(r"report\.csv: This is a web page, not a CSV file"))
    assert tab.page.get_by_role("button", name="Import 0 files").is_disabled()

    tab.upload(*olist_files[:1])
    tab.titled(re.compile("Ready to import: 842 rows in 1 file"))
    tab.sees(re.compile("Already imported on 15 Jul 2026"))


def test_a_file_above_the_limit_is_not_even_sent_and_the_command_for_it_is_shown(
    opened: Open, olist_app: str, tmp_path: Path
) -> None:
    tab, sent = opened(olist_app).open("/data"), list[str]()
    tab.page.on("request", lambda request: sent.append(request.url) if request.method == "PUT" else None)
    assert re.search(r"200 ?MB per file", tab.text)
    assert re.search(r"handoff import FILE --workspace \S+/olist", tab.text)

    large = tmp_path / "large.csv"
    with large.open("wb") as file:
        file.truncate(201 * 1024 * 1024)  # A hole: it takes no space.
    tab.upload(large)
    tab.sees(re.compile("must be 200.*MB or smaller"))
    assert not sent


@pytest.mark.slow
def test_undoing_an_import_changes_the_funnel_and_redoing_it_brings_the_same_back(
    opened: Open, serve: Serve, olist: Path, copied: Copied
) -> None:
    tab = opened(serve(copied(olist))).open("/funnel")
    before = tab.title
    assert "842" in tab.at("cards").inner_text()

    tab.go("Data")
    tab.part("Imports")
    tab.pick("batch", "closed_deals")
    tab.page.get_by_role("button", name="Undo import").click()
    tab.titled(re.compile("11,095 rows from 2 files"))
    tab.go("Funnel")
    tab.titled(re.compile("7,419 stalled, 93 % of the 8,000 that entered"))
    assert "842" not in tab.text

    tab.go("Data")
    tab.part("Imports")
    tab.pick("batch", "closed_deals")
    tab.page.get_by_role("button", name="Redo import").click()
    tab.titled(re.compile("11,937 rows from 3 files"))
    tab.go("Funnel")
    tab.titled(before)
    assert "842" in tab.at("cards").inner_text()


@pytest.mark.slow
def test_while_new_figures_are_made_the_old_ones_stay_and_say_so(
    opened: Open, serve: Serve, olist: Path, copied: Copied, tmp_path: Path
) -> None:
    folder, more = copied(olist), tmp_path / "more.csv"
    tab = opened(serve(folder)).open("/funnel")
    before, first = tab.title, datetime(2018, 7, 1, tzinfo=UTC)
    days = ((first + timedelta(days=n % 300)).date().isoformat() for n in range(30_000))
    rows = "".join(f"new{n:029d},{day},{n % 9:032d},organic_search\n" for n, day in enumerate(days))
    more.write_text("mql_id,first_contact_date,landing_page_id,origin\n" + rows, encoding="utf-8")
    with Workspace(folder) as here:
        here.add(more, at=AT)

    marked = tab.page.get_by_text(re.compile("These figures are of 14 Nov 2018; those of 26 Apr 2019 are being made"))
    tab.page.goto(tab.address + "/funnel", wait_until="commit")
    marked.wait_for()
    assert tab.title == before
    tab.titled(re.compile("of the 38,000 that entered"))
    assert not marked.count()
    assert tab.asked["as_of"].startswith("2019-04-26")

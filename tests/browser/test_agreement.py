"""The agreement as two leaders make it: a draft from a template, signed by both, and whose leads flip."""

import csv
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from core.agreement import Agreement, Judged, Person
from core.definition import Definition, parse
from core.measures.cohort import Query
from core.report import Report
from core.workspace import Workspace
from tests.browser.conftest import Open, Serve
from tests.browser.driving import Tab, bottom
from tests.browser.test_looks import names_everything

if TYPE_CHECKING:
    from playwright.sync_api import Locator

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def folder(sample: Path, copied: Callable[[Path], Path]) -> Path:
    """The sample company, whose marketing and sales have signed version 1; counted before anybody waits."""
    made = copied(sample)
    with Workspace(made) as here:
        Judged(Report(here, here.facts())).by(here.definition())
    return made


def choose(tab: Tab, key: str, typed: str) -> None:
    """Choose from a list, or type what it does not have."""
    choose_in(tab, tab.at(key).get_by_role("combobox"), typed)


def choose_in(tab: Tab, box: "Locator", typed: str) -> None:
    tab.settled()  # A page that is redrawn meanwhile closes the list.
    box.click()
    box.fill(typed)
    tab.page.get_by_role("option").filter(has_text=typed).first.click()


def press(tab: Tab, name: str | re.Pattern[str]) -> None:
    tab.settled()
    tab.page.get_by_role("button", name=name).filter(visible=True).first.click()


def sign(tab: Tab, side: str, name: str, number: int = 2) -> None:
    choose(tab, f"sign_{side}_{number}_who", name)
    press(tab, f"Sign for {side}")


def asking(definition: Definition, employees: int) -> Definition:
    content = definition.model_dump(mode="json")
    condition = {"kind": "compare", "field": "employees", "op": ">=", "value": employees}
    content["criteria"].append({"id": "large", "name": "Large enough", "condition": condition})
    return parse(content)


def test_two_leaders_draft_sign_and_see_whose_leads_flip(
    opened: Open, serve: Serve, folder: Path, tmp_path: Path
) -> None:
    tab = opened(serve(folder)).open("/definition?definition_view=edit")
    tab.titled("No draft is begun: nothing changes until both sides have signed one")
    tab.page.get_by_text("A template", exact=True).click()
    choose_in(tab, tab.page.get_by_role("combobox", name="Template"), "Raw, Viable, MQL")
    tab.page.get_by_label("Your name").fill("Agnes Holm")
    press(tab, "Begin a draft")
    tab.titled(re.compile(r"^Draft \d+ is saved"))

    # A criterion is changed, and the number of leads that meet it moves.
    tab.page.get_by_text("Has a budget", exact=True).click()
    tab.sees(re.compile(r"^3,413\s\(57"))
    choose_in(tab, tab.page.get_by_role("combobox", name=re.compile("Field")), "Timeline")
    tab.sees(re.compile(r"^3,567\s\(60"))
    tab.sees(re.compile(r"^\+154$"))
    press(tab, "Save draft")
    tab.titled(re.compile(r"^Draft \d+ is saved"))

    tab.page.get_by_role("radio", name="Versions").click()
    tab.titled("Version 1 is in force since 1 Jul 2025, signed by Agnes Holm and Ingrid Vallon")
    draft = int(re.sub(r"\D", "", tab.asked["after"]))
    choose(tab, f"propose_{draft}_who", "Agnes Holm")
    press(tab, "Propose it to both sides")
    tab.titled("Version 2 waits for marketing and sales; version 1 is in force")
    assert bottom(tab.at("side_sales").get_by_role("button", name="Sign for sales")) < 720, "both sign above the fold"

    # One person signs for one side: what is refused is said, and nothing is lost.
    sign(tab, "marketing", "Emma Falk")
    tab.titled("Version 2 waits for sales; version 1 is in force")
    tab.sees(re.compile("not authenticated"))
    sign(tab, "sales", "Emma Falk")
    tab.sees("Emma Falk has signed for marketing: one person cannot sign for both sides.")
    sign(tab, "sales", "Ingrid Vallon")
    tab.titled(re.compile("^Version 2 is in force since .* signed by Emma Falk and Ingrid Vallon$"))

    # With the version before: what changed, who flips, and the list of them, on a link and as a file.
    other = opened(tab.address).open("/definition?definition_view=versions&before=v1&after=v2")
    other.sees(re.compile('^Criterion "Has a budget": what it asks from "Budget is there" to "Timeline is there"'))
    other.sees(re.compile(r"^[\d,]+ of 5,950 leads flip: "))
    choose(other, "flip", "Has a budget: met → cannot tell")
    other.asks(flip="Has a budget: met → cannot tell")
    with Workspace(folder) as here:
        judged = Judged(Report(here, here.facts()))
        old, new = (Agreement(here).version("classic", n, at=datetime.now(UTC)).definition for n in (1, 2))
        which = {"about": "criterion", "criterion": "budget", "was": "met", "now": "cannot tell", "limit": None}
        expected = set(judged.flipped(judged.by(old), judged.by(new), Query(), **which)["lead_id"])
    other.sees(f"Has a budget: met → cannot tell: {len(expected):,} leads")
    file = other.download(other.page.get_by_role("button", name="Download all"), tmp_path)
    with file.open(encoding="utf-8-sig", newline="") as lines:
        assert {row["Lead"] for row in csv.DictReader(lines)} == expected

    names_everything(other)
    names_everything(other.open("/definition?definition_view=voices"))

    # Who reads it later is measured by it.
    other.open("/definition").titled(re.compile("^Version 2 is in force since"))


def test_two_editors_and_two_signers_at_once_lose_nothing(opened: Open, serve: Serve, folder: Path) -> None:
    now = datetime.now(UTC)
    with Workspace(folder) as here:
        draft = Agreement(here).begin_from_version("classic", 1, at=now, by="Agnes Holm")
    tab = opened(serve(folder)).open("/definition?definition_view=edit")
    tab.page.get_by_text("Has a budget", exact=True).click()
    choose_in(tab, tab.page.get_by_role("combobox", name=re.compile("Field")), "Timeline")
    tab.titled(f"Draft {draft.id}: 1 change not saved yet")
    with Workspace(folder) as here:
        Agreement(here).save(draft.id, asking(draft.definition, 50), seen=draft.revision, at=now, by="Ingrid Vallon")
    press(tab, "Save draft")
    tab.titled("Somebody else saved this draft first: nothing is lost")
    tab.sees(re.compile("Ingrid Vallon changed"))
    tab.sees(re.compile('Criterion "Large enough" is new'))
    press(tab, "Put both together")
    tab.titled(f"Draft {draft.id} is saved: choose a part and change it")

    with Workspace(folder) as here:
        agreement = Agreement(here)
        saved = agreement.draft(draft.id)
        assert saved.definition.criterion("large").name == "Large enough"
        assert saved.definition.criterion("budget").condition.field == "timeline"  # type: ignore[union-attr]
        first = agreement.propose(draft.id, seen=saved.revision, by=Person("Agnes Holm", "marketing"), at=now)
    tab.page.get_by_role("radio", name="Versions").click()
    tab.titled("Version 2 waits for marketing and sales; version 1 is in force")
    with Workspace(folder) as here:
        agreement = Agreement(here)
        later = agreement.save(draft.id, asking(draft.definition, 99), seen=saved.revision, at=now, by="Ingrid Vallon")
        agreement.propose(draft.id, seen=later.revision, by=Person("Ingrid Vallon", "sales"), at=now)
    sign(tab, "marketing", "Agnes Holm", first.number)
    tab.sees("Version 2 was superseded: a later version has been proposed or signed.")
    tab.titled("Version 3 waits for marketing and sales; version 1 is in force")
    with Workspace(folder) as here:
        assert not any(one.signatures for one in Agreement(here).versions("classic", at=now) if one.number > 1)

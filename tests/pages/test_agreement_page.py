"""Versions and voices: signed as it was shown, refused in words, compared with the leads behind, and asked about."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core import intake
from core.agreement import Agreement, Draft, Judged, Person
from core.definition import Definition, parse
from core.definition.comparing import Part
from core.definition.templates import CLASSIC
from core.measures.cohort import Query
from core.report import Report
from core.workspace import Workspace
from tests.agreement.told import ADA, BEN, DAY, NOW, PEOPLE, agreed, begun, bigger, proposed, signed
from tests.conftest import imported
from tests.test_cli_definition import exports

pytestmark = pytest.mark.slow

FRAME = Path(__file__).resolve().parents[2] / "pages" / "_frame.py"
Open = Callable[..., AppTest]
EVIL = "<b>R&D</b> $x$ *y*"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Some people, measured by the classic stages."""
    return _made(tmp_path_factory.mktemp("people"))


@pytest.fixture(scope="module")
def leads(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with forty leads."""
    folder = tmp_path_factory.mktemp("leads")
    return _made(folder, *exports(folder))


def _made(folder: Path, *files: Path) -> Path:
    (folder / "users.csv").write_text(PEOPLE)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("core.workspace.read", functools.partial(intake.read, apart=False))
        imported(folder / "workspace", folder / "users.csv", *files)
    with Workspace(folder / "workspace") as here:
        here.choose(CLASSIC, at=NOW - DAY)
        if files:
            here.facts()
    return folder / "workspace"


@pytest.fixture
def folder(request: pytest.FixtureRequest, copied: Callable[[Path], Path]) -> Path:
    return copied(request.getfixturevalue("leads" if "with_leads" in request.fixturenames else "made"))


@pytest.fixture
def with_leads() -> None:
    """Asks for the workspace with leads."""


@pytest.fixture
def agreement(folder: Path) -> Iterator[Agreement]:
    """Somebody else on the same workspace."""
    with Workspace(folder) as here:
        yield Agreement(here)


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch, folder: Path) -> Iterator[Open]:
    def open_page(view: str = "versions", *, at: Path = folder, **asked: str) -> AppTest:
        monkeypatch.setenv("HANDOFF_WORKSPACE", str(at))
        page = AppTest.from_file(FRAME, default_timeout=60)
        page.run()
        page.switch_page("definition.py")
        for name, value in {"definition_view": view, **asked}.items():
            page.query_params[name] = value
        return ran(page)

    yield open_page
    st.cache_data.clear()
    st.cache_resource.clear()


def ran(page: AppTest) -> AppTest:
    for box in page.selectbox:
        if (
            box.key
            and box.key.endswith("_who")
            and box.value is not None
            and box.format_func(box.value) not in box.options
        ):
            box.options.append(box.value)  # A name that was typed stays in its field.
    page.run()
    assert not page.exception, page.exception
    return page


def unescaped(text: str) -> str:
    return text.replace("\\", "")


def title(page: AppTest) -> str:
    return unescaped(page.title[0].value)


def texts(page: AppTest) -> str:
    every = [*page.title, *page.header, *page.subheader, *page.caption, *page.markdown, *page.warning, *page.error]
    return unescaped("\n".join(str(element.value) for element in every))


def told(page: AppTest) -> str:
    return unescaped(" ".join(error.value.replace("**", "").replace("\n\n", " ") for error in page.error))


def fill(page: AppTest, key: str, **values: Any) -> None:
    """Fill fields."""
    for name, value in values.items():
        boxes = [*page.selectbox, *page.text_input, *page.text_area, *page.button_group, *page.date_input]
        boxes += [*page.radio, *page.multiselect]
        box = next(one for one in boxes if one.key == f"{key}_{name}")
        box.set_value(value)


def pressed(page: AppTest, label: str) -> AppTest:
    next(button for button in page.button if button.label == label).click()
    return ran(page)


def sign(page: AppTest, side: str, name: str, number: int = 2) -> AppTest:
    fill(page, f"sign_{side}_{number}", who=name)
    return pressed(page, f"Sign for {side}")


def validating(definition: Definition, employees: int = 200) -> Definition:
    """Sales validates nothing but the number of employees."""
    content = json.loads(bigger(definition, employees).model_dump_json())
    return parse({**content, "validated": ["big"]})


def drafted(agreement: Agreement, employees: int = 200) -> Draft:
    draft = agreement.begin_from_version("classic", 1, at=NOW, by="Ada Reid")
    return agreement.save(draft.id, validating(draft.definition, employees), seen=1, at=NOW, by="Ada Reid")


# From a draft to what is in force


def test_a_draft_is_proposed_signed_by_two_people_and_in_force(opened: Open, agreement: Agreement) -> None:
    draft = drafted(agreement)
    page = opened()
    assert title(page) == "Nothing is signed by both sides yet"
    fill(page, f"propose_{draft.id}", who="Ada Reid", side="marketing", note="Small firms rarely buy")
    page = pressed(page, "Propose it to both sides")
    assert title(page) == "Version 2 waits for marketing and sales; nothing is in force yet"
    assert "“Small firms rarely buy”" in texts(page)

    page = sign(page, "marketing", "Cleo Hahn")
    assert title(page) == "Version 2 waits for sales; nothing is in force yet"
    assert "Cleo Hahn" in texts(page)
    assert "· not authenticated" in texts(page)
    page = sign(page, "sales", "cleo  hahn")
    assert "Cleo Hahn has signed for marketing: one person cannot sign for both sides." in told(page)
    assert title(page) == "Version 2 waits for sales; nothing is in force yet"
    page = sign(page, "sales", "Ben Okoye")
    assert title(page).startswith("Version 2 is in force since ")
    assert title(page).endswith("signed by Cleo Hahn and Ben Okoye")
    assert agreement.workspace.definition().validated == ("big",)
    assert [one.content_hash for one in agreement.version("classic", 2, at=NOW + 999 * DAY).signatures] == [
        draft.content_hash,
        draft.content_hash,
    ]
    assert "Signatures not authenticated: 2 of 2." in texts(page)


def test_whoever_is_known_is_offered_where_they_may_sign(opened: Open, agreement: Agreement) -> None:
    proposed(agreement)
    page = opened()
    offered = {side: page.selectbox(key=f"sign_{side}_2_who").options for side in ("marketing", "sales")}
    twice = ["Dan Cox (0055g000000k9b4AAA)", "Dan Cox (0055g000000k9b5AAA)"]
    assert offered == {
        "marketing": ["Ada Reid", "Cleo Hahn", *twice],
        "sales": ["Ben Okoye", "Cleo Hahn", *twice],
    }
    page = sign(page, "marketing", "Ben Okoye")
    assert "Ben Okoye is on the sales side, and cannot speak for marketing." in told(page)
    page = sign(page, "marketing", "Lead Robot")
    assert "Lead Robot is a machine in these data, and only people sign and speak." in told(page)
    page = pressed(page, "Sign for sales")
    assert "A name is missing." in told(page)
    sign(page, "sales", "0055g000000k9b5AAA")
    signer = agreement.version("classic", 2, at=NOW).signatures[0]
    assert (signer.name, signer.person_id, signer.account) == ("Dan Cox", "0055g000000k9b5AAA", None)


def test_a_signature_goes_to_what_was_shown_and_to_nothing_else(opened: Open, agreement: Agreement) -> None:
    proposed(agreement, 50)
    page = opened()
    read = pressed(page, "Read it in full")
    assert any("Number of employees is at least 50" in unescaped(table.value.to_string()) for table in read.table)
    page = opened()
    proposed(agreement, 99)
    page = sign(page, "sales", "Ben Okoye")
    assert "Version 2 was superseded: a later version has been proposed or signed." in told(page)
    assert title(page) == "Version 3 waits for marketing and sales; nothing is in force yet"
    assert all(not one.signatures for one in agreement.versions("classic", at=NOW))


def test_a_draft_that_somebody_has_changed_is_not_proposed_unseen(opened: Open, agreement: Agreement) -> None:
    draft = begun(agreement, 50)
    page = opened()
    agreement.save(draft.id, bigger(draft.definition, 99), seen=draft.revision, at=NOW, by="Cleo Hahn")
    fill(page, f"propose_{draft.id}", who="Ada Reid", side="marketing")
    page = pressed(page, "Propose it to both sides")
    assert f"Cleo Hahn has saved this draft since you began (revision {draft.revision + 1})." in told(page)
    assert 'from "Number of employees is at least 50" to "Number of employees is at least 99".' in texts(page)
    assert len(agreement.versions("classic", at=NOW)) == 1
    fill(page, f"propose_{draft.id}", who="Ada Reid", side="marketing")
    page = pressed(page, "Propose it to both sides")
    assert agreement.version("classic", 2, at=NOW).definition.criterion("big").condition.value == 99  # type: ignore[union-attr]


def test_a_proposal_says_by_whom_and_from_when(opened: Open, agreement: Agreement) -> None:
    agreed(agreement, 10)
    draft = begun(agreement, 50)
    page = opened()
    page = pressed(page, "Propose it to both sides")
    assert "Nobody has said for which side. Choose marketing or sales." in told(page)
    fill(page, f"propose_{draft.id}", who="Ada Reid", starts=date(2020, 1, 1))
    page = pressed(page, "Propose it to both sides")
    assert "The day lies in the past, and another version was agreed for it" in told(page)
    fill(page, f"propose_{draft.id}", who="Ada Reid", starts=date(2090, 1, 1))
    page = pressed(page, "Propose it to both sides")
    assert title(page) == "Version 3 waits for marketing and sales; version 2 is in force"
    assert "from 1 Jan 2090, once both have signed" in texts(page)
    page = sign(sign(page, "marketing", "Ada Reid", 3), "sales", "Ben Okoye", 3)
    assert title(page) == "Version 3 is signed by both sides and begins on 1 Jan 2090; version 2 is in force until then"


def test_a_signature_is_taken_back_by_its_signer_and_a_proposal_by_anybody(opened: Open, agreement: Agreement) -> None:
    version = signed(agreement, proposed(agreement), ADA)
    key = f"unsign_marketing_{version.signatures[0].id}"
    page = opened()
    fill(page, key, who="Cleo Hahn")
    page = pressed(page, "Take it back")
    assert "Cleo Hahn has not signed version 2 for marketing." in told(page)
    fill(page, key, who="Ada Reid", why="Read it again")
    page = pressed(page, "Take it back")
    assert title(page).startswith("Version 2 waits for marketing and sales")
    fill(page, "withdraw_2", who="Cleo Hahn", side="sales", why="Not now")
    page = pressed(page, "Withdraw the proposal")
    assert title(page) == "Nothing is signed by both sides yet"
    table = page.table[0].value
    assert list(table["How it stands"]) == ["taken off the table", "kept\\, proposed by nobody".replace("\\,", ",")]
    assert "withdrawn by Cleo Hahn" in unescaped(table["Proposed"][0])


def test_a_version_signed_for_a_later_day_takes_effect_when_a_page_is_opened(
    opened: Open, agreement: Agreement
) -> None:
    agreed(agreement, 10)
    agreed(agreement, 50, starts=NOW.date() + timedelta(days=7))
    assert agreement.workspace.store.in_use().version == 2  # type: ignore[union-attr]
    page = opened("read")
    assert agreement.workspace.store.in_use().version == 3  # type: ignore[union-attr]
    assert "Version 3 is in force" in title(page)


def test_what_is_measured_by_is_said_where_it_is_not_in_force(opened: Open, agreement: Agreement) -> None:
    assert "Every figure goes by version 1, which no two sides have signed." in texts(opened())
    agreed(agreement)
    assert "Every figure goes by" not in texts(opened())
    agreement.workspace.store.use_definition("classic", 1, at=NOW + DAY, chosen_by="person")
    assert "Every figure goes by version 1, which somebody has chosen since" in texts(opened())


def test_an_empty_workspace_says_so(opened: Open, tmp_path: Path) -> None:
    page = opened(at=tmp_path / "empty")
    assert title(page) == "Nothing has been agreed yet"
    assert title(opened("voices", at=tmp_path / "empty")) == "Nobody has asked anything yet"


# Two versions beside each other


def flips(agreement: Agreement, draft: Draft) -> dict[tuple[str, str], int]:
    here = agreement.workspace
    judged = Judged(Report(here, here.facts()))
    before, after = (judged.by(one) for one in (CLASSIC, draft.definition))
    cells = judged.flips(before, after, Query()).query("about == 'uld' and was != now")
    return {(row["was"], row["now"]): int(row["n"]) for row in cells.to_dict("records")}


@pytest.mark.usefixtures("with_leads")
def test_whose_leads_flip_is_counted_and_listed(opened: Open, agreement: Agreement) -> None:
    draft = drafted(agreement)
    expected = flips(agreement, draft)
    assert sum(expected.values()) >= 20
    page = opened(before="v1", after=f"draft-{draft.id}")
    assert page.query_params["before"] == "Version 1"
    assert "What sales validates: new Criterion big" in texts(page)
    assert f"{sum(expected.values())} of 40 leads flip" in texts(page)
    table = page.dataframe[0].value
    rows = table[table["Asked"] == "All that sales validates"]
    assert {(row[1], row[2]): row[3] for row in rows.itertuples(index=False)} == expected
    for (was, now), number in expected.items():
        page.selectbox(key="flip").set_value(f"uld::{was}:{now}")
        page = ran(page)
        assert f"All that sales validates: {was} → {now}: {number} lead" in texts(page)
        listed = page.dataframe[1].value
        assert (len(listed), set(listed["Before"]), set(listed["After"])) == (number, {was}, {now})
        assert "Last name" in listed
    page.toggle(key="present").set_value(True)
    shown = ran(page).dataframe[1].value
    assert "Lead" in shown
    assert not {"First name", "Last name", "Owner"} & set(shown)


@pytest.mark.usefixtures("with_leads")
def test_history_by_what_was_in_force_or_by_one_version(opened: Open, agreement: Agreement) -> None:
    """Half the leads were handed over before the first agreement, and were judged by none."""
    draft = drafted(agreement)
    made = agreement.propose(draft.id, seen=2, by=ADA, at=NOW, starts=date(2026, 1, 22))
    for who in (ADA, BEN):
        signed(agreement, made, who)
    page = opened(before="in-force", after="v2")
    cards = {unescaped(metric.label): metric.value for metric in page.metric}
    assert cards["Met: version 2"] == "20"
    assert cards["Met: in force at each hand-off"] == "10"
    assert "10 come to meet what is agreed" in texts(page)
    assert "History as it was lived" in texts(page)


def test_the_first_pair_stands_in_the_link_and_a_wrong_one_is_said(opened: Open, agreement: Agreement) -> None:
    agreed(agreement)
    proposed(agreement, 99)
    page = opened()
    asked = {name: page.query_params[name] for name in ("before", "after")}
    assert asked == {"before": "Version 2", "after": "Version 3"}
    assert 'asks for after "v9", which these data do not have' in texts(opened(before="v1", after="v9"))


# Voices


def test_a_question_waits_until_a_signed_version_answers_it(opened: Open, agreement: Agreement) -> None:
    agreed(agreement, 10)
    page = opened("voices")
    assert title(page) == "Nobody has asked anything yet"
    key = "voice_on_2"
    fill(page, key, about="criterion:big", kind="objection", text=EVIL, leads="00Q1, 00Q2", who="Ben Okoye")
    page = pressed(page, "Leave it")
    assert title(page).startswith("1 objection is open, since ")
    assert 'Objection: Criterion "Criterion big"' in texts(page)
    assert "For example: 00Q1, 00Q2" in texts(page)
    assert "Ben Okoye, sales" in texts(page)
    assert not any(sign in element.value for element in page.markdown for sign in ("<b>", "$x$", "*y*"))
    page.toggle(key="present").set_value(True)
    assert "Ben Okoye" not in texts(ran(page))

    voice = agreement.voices("classic", at=NOW)[0].voice.id
    draft = begun(agreement, 50)
    page = opened()
    fill(page, f"propose_{draft.id}", who="Ada Reid", closes=[voice])
    page = pressed(page, "Propose it to both sides")
    assert "Version 3 answers it, once both sides have signed it" in texts(opened("voices"))
    for who in (ADA, BEN):
        signed(agreement, agreement.version("classic", 3, at=NOW), who, NOW + 999 * DAY)
    assert title(opened("voices")) == "No question and no objection is open"
    assert "Version 3 changed it" in texts(opened("voices", voices="closed"))


def test_why_not_is_said_and_can_be_asked_again(opened: Open, agreement: Agreement) -> None:
    agreed(agreement, 10)
    left = agreement.leave_voice(
        "classic", 2, kind="question", text="Why 10?", by=Person("Cleo", "sales"), at=NOW, about=Part("stage", "mql")
    )
    key = f"answer_{left.voice.id}_0"
    page = opened("voices")
    fill(page, key, who="Ada Reid")
    page = pressed(page, "Say so")
    assert "The reason is empty. Whoever asked wants to know why." in told(page)
    fill(page, key, who="Ada Reid", why="They answer first")
    page = pressed(page, "Say so")
    assert title(page) == "No question and no objection is open"
    page = opened("voices", voices="closed")
    assert "It stays as it is: They answer first (Ada Reid" in texts(page)
    fill(page, f"answer_{left.voice.id}_1", who="Cleo", side="sales", why="They do not")
    page = pressed(page, "Say so")
    assert title(page).startswith("1 question is open")
    assert "Asked again: They do not" in texts(opened("voices"))


@pytest.mark.usefixtures("with_leads")
def test_very_many_leads_are_judged_when_somebody_asks(
    opened: Open, agreement: Agreement, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = drafted(agreement)
    monkeypatch.setattr("pages._definition_data.AT_ONCE", 39)
    page = opened(before="v1", after=f"draft-{draft.id}")
    assert "leads flip" not in texts(page)
    page.toggle(key="definition_count").set_value(True)
    assert "of 40 leads flip" in texts(ran(page))

"""The definition page: read with its leads beside it, written in forms, saved by two people, explained for one lead."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core import intake
from core.agreement import Agreement, Draft
from core.definition import Compare, Definition, Grid, written
from core.definition.templates import CLASSIC
from core.workspace import Workspace
from tests.agreement.told import DAY, NOW, agreed, bigger
from tests.conftest import imported
from tests.test_cli_definition import exports

pytestmark = pytest.mark.slow

FRAME = Path(__file__).resolve().parents[2] / "pages" / "_frame.py"
Open = Callable[..., AppTest]
EVIL = "<b>R&D</b> $x$ *y* [z](http://w)"
LEAD = "00Q000000000001AAA"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Forty leads, twenty of 300 people and twenty of 20, measured by the classic stages."""
    folder = tmp_path_factory.mktemp("definition")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("core.workspace.read", functools.partial(intake.read, apart=False))
        imported(folder / "workspace", *exports(folder))
    with Workspace(folder / "workspace") as here:
        here.choose(bigger(CLASSIC, 200), at=NOW - DAY)
        here.facts()
    return folder / "workspace"


@pytest.fixture
def folder(made: Path, copied: Callable[[Path], Path]) -> Path:
    return copied(made)


@pytest.fixture
def agreement(folder: Path) -> Iterator[Agreement]:
    """Somebody else on the same workspace."""
    with Workspace(folder) as here:
        yield Agreement(here)


@pytest.fixture
def draft(agreement: Agreement) -> Draft:
    return agreement.begin(agreement.workspace.definition(), at=NOW, by="Ada", origin="version 1", base_version=1)


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch, folder: Path) -> Iterator[Open]:
    def open_page(view: str = "read", *, at: Path = folder, **asked: str) -> AppTest:
        monkeypatch.setenv("HANDOFF_WORKSPACE", str(at))
        app = AppTest.from_file(FRAME, default_timeout=60)
        app.run()
        app.switch_page("definition.py")
        for name, value in {"definition_view": view, **asked}.items():
            app.query_params[name] = value
        return ran(app)

    yield open_page
    st.cache_data.clear()
    st.cache_resource.clear()


def ran(at: AppTest) -> AppTest:
    at.run()
    assert not at.exception, at.exception
    return at


def unescaped(text: str) -> str:
    return text.replace("\\", "").replace("\N{NO-BREAK SPACE}", " ")


def title(at: AppTest) -> str:
    return unescaped(at.title[0].value)


def texts(at: AppTest) -> str:
    every = [*at.title, *at.caption, *at.markdown, *at.warning, *at.info, *at.error, *at.subheader]
    return unescaped("\n".join(str(element.value) for element in every))


def table(at: AppTest, column: str) -> list[dict[str, str]]:
    """The first table that has such a column."""
    found = next(one.value for one in at.table if column in one.value.columns)
    return [{str(name): unescaped(str(said)) for name, said in row.items()} for row in found.to_dict("records")]


def field(at: AppTest, name: str) -> Any:
    every = [*at.text_input, *at.selectbox, *at.number_input, *at.multiselect, *at.toggle, *at.radio]
    found = [box for box in every if box.label == name]
    assert found, f"no field {name!r} among {[box.label for box in every]}"
    return found[-1]


def filled(at: AppTest, name: str, value: Any) -> AppTest:
    field(at, name).set_value(value)
    return ran(at)


def pressed(at: AppTest, label: str) -> AppTest:
    next(button for button in at.button if label in (button.label, button.key)).click()
    return ran(at)


def numbers(at: AppTest) -> list[str]:
    """What the three cards say, with how they moved."""
    return [" ".join(filter(None, [unescaped(one.value), one.delta])) for one in at.metric]


def edited(at: AppTest, part: str, item: str) -> AppTest:
    at.session_state["part"] = part
    ran(at)
    at.session_state[f"edit_{part}"] = item
    return ran(at)


def test_without_data_the_template_is_read_and_nothing_is_pretended(opened: Open, tmp_path: Path) -> None:
    at = opened(at=tmp_path / "empty")
    assert title(at) == "Nothing is agreed yet: this is a template that nobody has signed"
    assert "no leads are loaded" in texts(at)
    assert [row["Stage"] for row in table(at, "Stage")] == ["MQL", "Opportunity", "Won"]
    assert "Meet it" not in table(at, "What it asks")[0]


def test_everything_agreed_stands_on_one_page_with_its_leads(opened: Open) -> None:
    at = opened()
    assert title(at) == "Version 1 is used, but nobody has signed it"
    stages = {row["Stage"]: row for row in table(at, "Stage")}
    assert list(stages) == [stage.name for stage in CLASSIC.stages]
    assert stages["MQL"]["Leads"] == "40"
    assert stages["MQL"]["Marks"] == "Hand-off to sales"
    assert stages["SAL"]["Moves on when"] == "A need worth pursuing is found."
    asked = {row["Criterion"]: row for row in table(at, "What it asks")}
    assert asked["Criterion big"]["Meet it"] == "20 (50 %)"
    assert asked["Criterion big"]["Do not"] == "20 (50 %)"
    assert asked["Has a budget"]["Cannot tell"] == "40 (100 %)"
    sales = table(at, "Asked on the first call")
    assert [row["Criterion"] for row in sales[:-1]] == [CLASSIC.criterion(one).name for one in CLASSIC.validated]
    assert sales[-1]["Criterion"] == "All of them"
    assert "Did the mail address or the number reach this person?" in sales[0]["Asked on the first call"]
    assert len(table(at, "Reason")) == len(CLASSIC.reasons)
    assert "Within 4 working hours of the hand-off" in table(at, "Clock")[0]["What must have happened"]


def test_a_version_that_is_signed_says_by_whom(opened: Open, agreement: Agreement) -> None:
    agreed(agreement)
    at = opened()
    assert title(at).startswith("Version 2 is in force since 2 Mar 2026")
    assert "signed by Ada Reid for marketing on 2 Mar 2026 (not authenticated)" in texts(at)
    old = opened(which="v1")
    assert title(old) == "Version 1 was signed by nobody"
    assert "Leads" not in table(old, "Stage")[0], "stages were counted by what is used, not by this one"


def test_names_that_look_like_markup_are_shown_as_they_are(opened: Open, agreement: Agreement) -> None:
    content = agreement.workspace.definition().model_dump(mode="json")
    content["name"] = content["stages"][0]["meaning"] = content["criteria"][0]["name"] = EVIL
    draft = agreement.begin(content, at=NOW, by=EVIL)
    at = opened(which=f"draft-{draft.id}")
    for shown in at.table:
        for said in shown.value.to_numpy().ravel():
            assert "<b>" not in str(said)
            assert "$x$" not in str(said)
    assert EVIL in {row["What it means"] for row in table(at, "Stage")}
    edit = opened("edit")
    for element in [*edit.title, *edit.caption, *edit.markdown]:
        assert "<b>" not in str(element.value)
        assert "$x$" not in str(element.value)


def test_a_criterion_is_changed_counted_and_saved(opened: Open, agreement: Agreement) -> None:
    at = opened("edit")
    assert "No draft is begun" in title(at)
    field(at, "Your name").set_value("Mia")
    at = pressed(at, "Begin a draft")
    assert title(at) == "Draft 1 is saved: choose a part and change it"
    at = edited(at, "criterion", "big")
    assert numbers(at) == ["20 (50 %)", "20 (50 %)", "0 (0 %)"]
    at = filled(at, "Number", 10)
    assert "Number of employees is at least 10." in texts(at)
    assert numbers(at) == ["40 (100 %) +20", "0 (0 %) -20", "0 (0 %)"]
    assert title(at) == "Draft 1: 1 change not saved yet"
    assert 'Criterion "Criterion big": what it asks from' in texts(at)
    assert agreement.draft(1).revision == 1, "nothing is saved by writing"
    at = pressed(at, "Save draft")
    assert title(at) == "Draft 1 is saved: choose a part and change it"
    saved = agreement.draft(1)
    assert (saved.revision, saved.saved_by) == (2, "Mia")
    condition = saved.definition.criterion("big").condition
    assert isinstance(condition, Compare)
    assert condition.value == 10
    assert numbers(at) == ["40 (100 %) +20", "0 (0 %) -20", "0 (0 %)"]


def test_what_is_not_known_is_named(opened: Open, draft: Draft) -> None:
    at = edited(opened("edit"), "criterion", "budget")
    assert numbers(at) == ["0 (0 %)", "0 (0 %)", "40 (100 %)"]
    assert "Not known where it cannot be told: budget: no lead of these data has it (40)." in texts(at)
    at = edited(at, "validated", "")
    assert numbers(at) == ["0 (0 %)", "0 (0 %)", "40 (100 %)"]
    assert 'whether it meets "Has a budget" (40)' in texts(at)


def test_conditions_are_built_of_parts(opened: Open, agreement: Agreement, draft: Draft) -> None:
    at = edited(opened("edit"), "criterion", "big")
    at = filled(at, "What is asked", "at_least")
    assert "at least 1 of these 1: number of employees is at least 200" in texts(at).lower()
    at = pressed(at, "Add a part")
    at = filled(at, "Part 2", "one_of")
    assert "a list needs at least one value" in texts(at), "said where it is, until there is one"
    assert "cannot be saved yet" in title(at)
    assert next(one for one in at.button if one.label == "Save draft").disabled
    at = filled(filled(at, "Field", "source"), "One of", ["Fair"])
    assert numbers(at)[0] == "30 (75 %) +10"
    at = filled(at, "At least so many", 2)
    assert numbers(at)[0] == "0 (0 %) -20"
    at = filled(at, "At least so many", 3)
    assert "at least 3 of 2 can never be met" in texts(at)
    at = filled(at, "What is asked", "all")
    at = filled(at, "Part 2", "not")
    assert "and source is not Fair" in texts(at)
    assert numbers(at)[0] == "20 (50 %)"
    gone = next(button for button in at.button if (button.key or "").endswith(".0x"))
    gone.click()
    at = pressed(ran(at), "Save draft")
    assert agreement.draft(draft.id).definition.criterion("big").condition.model_dump() == {
        "kind": "all",
        "of": ({"kind": "not", "of": {"kind": "one_of", "field": "source", "values": ("Fair",)}},),
    }


def test_mistakes_are_answered_in_words_and_nothing_is_saved(opened: Open, agreement: Agreement, draft: Draft) -> None:
    at = filled(edited(opened("edit"), "criterion", "big"), "Name", "")
    assert "cannot be saved yet" in title(at)
    assert "it must not be empty" in texts(at)
    at = edited(filled(at, "Name", "Big"), "stage", "won")
    at = filled(at, "Means won", value=False)
    assert "exactly one stage must mean won" in texts(at)
    at = pressed(at, "Discard")
    assert title(at) == "Draft 1 is saved: choose a part and change it"
    assert agreement.draft(draft.id).revision == 1


@pytest.mark.parametrize(
    ("part", "name"), [("criterion", "Fits"), ("stage", "Trial"), ("reason", "Too small"), ("clock", "Demo")]
)
def test_parts_are_added_moved_and_taken_out(
    opened: Open, agreement: Agreement, draft: Draft, part: str, name: str
) -> None:
    at = opened("edit", part=part)
    before = list(
        field(
            at, {"criterion": "Criteria", "stage": "Stages", "reason": "Reasons for a no"}.get(part, "Clocks")
        ).options
    )
    adding = [box for box in at.text_input if box.label == "Name"]
    adding[0].set_value(name)
    at = pressed(at, "Add it")
    listed = next(one for one in at.radio if one.key == f"edit_{part}")
    assert len(listed.options) == len(before) + 1
    assert listed.value == name.lower().replace(" ", "_"), "what is new is open"
    at = pressed(pressed(at, "move_up"), "Save draft")
    kept = agreement.draft(draft.id)
    fields = {"criterion": "criteria", "stage": "stages", "reason": "reasons", "clock": "clocks"}
    names = [one.name for one in getattr(kept.definition, fields[part])]
    assert names.index(name) == len(names) - (3 if part == "stage" else 2)
    at = pressed(pressed(at, "take_out"), "Save draft")
    assert agreement.draft(draft.id).content_hash == draft.content_hash


def test_points_are_agreed_in_forms(opened: Open, agreement: Agreement, draft: Draft) -> None:
    at = opened("edit", part="rule")
    assert "Nothing here yet" in texts(at)
    next(box for box in at.text_input if box.label == "Name").set_value("Large")
    at = pressed(at, "Add it")
    at = filled(at, "Where", "compare")
    assert "10 points where number of employees is at least 50." in texts(at)
    assert [one.label for one in at.metric] == ["Get points", "Get none", "Cannot tell"]
    assert numbers(at) == ["20 (50 %)", "20 (50 %)", "0 (0 %)"]
    at = edited(at, "qualification", "")
    at = filled(at, "Leads are put before sales by their points", value=True)
    at = filled(at, "Points in all, at least", 10)
    assert "A lead qualifies with at least 10 points in all." in texts(at)
    assert numbers(at) == ["20 (50 %)", "20 (50 %)", "0 (0 %)"]
    at = filled(at, "Qualifies by", "grid")
    at = filled(at, "Behaviour that each band needs", "0, some")
    assert "it must be a number" in texts(at)
    at = filled(filled(at, "Bands of fit, from", "20, 10"), "Behaviour that each band needs", "never")
    assert "every band of fit needs its bound of behaviour" in texts(at)
    at = pressed(filled(at, "Behaviour that each band needs", "0, never"), "Save draft")
    kept = agreement.draft(draft.id).definition.qualification
    assert kept is not None
    assert kept.policy == Grid(fit_from=(20, 10), behaviour_from=(0, None))


def test_the_second_of_two_editors_sees_both_and_loses_nothing(
    opened: Open, agreement: Agreement, draft: Draft
) -> None:
    at = filled(filled(edited(opened("edit"), "criterion", "big"), "Number", 10), "Your name", "Mia")
    theirs = draft.definition.model_dump(mode="json")
    theirs["criteria"][-1]["condition"]["value"] = 250
    theirs["name"] = "Ours"
    agreement.save(draft.id, theirs, seen=1, at=NOW, by="Ada")
    at = ran(at)
    assert "you began on revision 1: when you save, you see both" in texts(at)
    at = pressed(edited(at, "clock", "verdict"), "Save draft")
    assert title(at) == "Somebody else saved this draft first: nothing is lost"
    said = texts(at)
    assert "Ada has saved this draft since you began" in said
    assert "is at least 250" in said
    assert "is at least 10" in said
    assert "Both of you changed 1 part: whose is right?" in said
    at.session_state["whose_criterion_big"] = "Mine"
    at = pressed(ran(at), "Put both together")
    kept = agreement.draft(draft.id)
    assert (kept.revision, kept.saved_by, kept.definition.name) == (3, "Mia", "Ours")
    condition = kept.definition.criterion("big").condition
    assert isinstance(condition, Compare)
    assert condition.value == 10
    assert title(at) == "Draft 1 is saved: choose a part and change it"


def test_what_is_written_just_after_somebody_saved_is_not_lost(
    opened: Open, agreement: Agreement, draft: Draft
) -> None:
    at = edited(opened("edit"), "criterion", "big")
    agreement.save(draft.id, bigger(draft.definition, 250), seen=1, at=NOW, by="Ada")
    at = filled(at, "Number", 10)
    assert "is at least 10" in texts(at)
    assert "Both of you changed 1 part" in texts(pressed(at, "Save draft"))
    at = pressed(at, "Take theirs and drop mine")
    assert field(at, "Number").value == 250
    agreement.save(draft.id, bigger(draft.definition, 99), seen=2, at=NOW, by="Ada")
    assert field(ran(at), "Number").value == 99, "who has written nothing sees what is saved"


def test_mine_can_be_kept_as_a_draft_of_its_own(opened: Open, agreement: Agreement, draft: Draft) -> None:
    at = filled(edited(opened("edit"), "criterion", "big"), "Number", 10)
    agreement.save(draft.id, bigger(draft.definition, 250), seen=1, at=NOW, by="Ada")
    at = pressed(pressed(at, "Save draft"), "Keep mine as a draft of its own")
    assert [one.definition == bigger(draft.definition, 10) for one in agreement.drafts()] == [True, False]
    assert agreement.draft(draft.id).definition == bigger(draft.definition, 250)
    assert at.selectbox(key="draft").value == "2"


def test_a_draft_begins_with_a_file_and_a_wrong_one_is_answered(opened: Open, agreement: Agreement) -> None:
    at = filled(opened("edit"), "Begin with", "A file")
    at = pressed(at, "Begin a draft")
    assert "Choose a file first." in texts(at)
    other = written(bigger(CLASSIC, 33))
    wrong = json.loads(other)
    wrong["criteria"][-1]["condition"]["field"] = "emplyees"
    at.file_uploader[0].set_value([("wrong.json", json.dumps(wrong).encode(), "application/json")])
    at = pressed(at, "Begin a draft")
    assert 'asks for a field that no lead has: "emplyees"' in texts(at)
    assert 'Did you mean "employees"?' in texts(at)
    at = filled(opened("edit"), "Begin with", "A file")
    at.file_uploader[0].set_value([("ours.json", other.encode(), "application/json")])
    at = pressed(at, "Begin a draft")
    assert 'begun by somebody with the file "ours.json"' in texts(at)
    assert agreement.draft(1).definition == bigger(CLASSIC, 33)


def test_a_draft_begins_with_a_template_as_the_next_of_what_is_there(opened: Open, agreement: Agreement) -> None:
    at = filled(opened("edit"), "Begin with", "A template")
    field(at, "Template").set_value("validated")
    at = pressed(at, "Begin a draft")
    begun: Definition = agreement.draft(1).definition
    assert (begun.id, len(begun.stages)) == ("classic", 4)
    rows = {row["Stage"]: row for row in table(at, "Under this draft")}
    assert (rows["MQL"]["Used now"], rows["MQL"]["Under this draft"], rows["MQL"]["Moves by"]) == ("40", "40", "+0")
    assert (rows["Raw"]["Used now"], rows["Raw"]["Under this draft"]) == ("40", "no such stage")
    other = opened("edit", draft="2")
    assert title(other).startswith("Draft 1 is saved"), "a link to a draft that is not there opens another"


def test_a_draft_is_put_aside(opened: Open, agreement: Agreement, draft: Draft) -> None:
    at = pressed(opened("edit"), "Put aside")
    assert "No draft is begun" in title(at)
    assert [one.id for one in agreement.drafts(discarded=True)] == [draft.id]


def test_one_lead_is_explained(opened: Open) -> None:
    at = opened("lead", lead=LEAD)
    assert title(at) == f"Lead {LEAD} may meet all that sales says yes to: 4 cannot tell"
    rows = {row["Criterion"]: row for row in table(at, "What was seen")}
    assert rows["Criterion big"]["Answer"] == "met"
    assert rows["Criterion big"]["What was seen"] == "number of employees: 300"
    assert rows["Has a budget"]["Answer"] == "cannot tell"
    assert rows["Has a budget"]["What was seen"] == "budget: not in these data"
    assert "as it was known at its hand-off on 03 Jan 2026" in texts(at)
    hidden = opened("lead", lead=LEAD, present="true")
    assert all("What was seen" not in one.value.columns for one in hidden.table)


def test_a_link_to_a_lead_is_enough(opened: Open) -> None:
    at = opened("", lead=LEAD)
    assert LEAD in title(at)


def test_a_lead_that_is_not_there_is_said(opened: Open) -> None:
    assert 'There is no lead "nobody" in these data.' in texts(opened("lead", lead="nobody"))

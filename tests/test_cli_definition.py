"""`handoff definition`: read, taken to a file and back, compared, and whose answers flip."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from core import intake
from core.agreement import Agreement
from core.definition import parse, written
from core.definition.templates import CLASSIC
from core.workspace import Workspace
from tests.agreement.told import ADA, BEN, DAY, NOW, bigger, signed
from tests.conftest import Handoff, imported


def exports(folder: Path) -> tuple[Path, Path]:
    """Forty leads, every second with 300 people; each was handed over on its own day of January and February."""
    leads, history = folder / "leads.csv", folder / "lead_history.csv"
    created = "2026-01-01T08:00:00.000+0000"
    rows = [
        f"00Q{n:012}AAA,Lead{n},Firm {n},{'Webinar' if n % 4 else 'Fair'},MQL,{created},{300 if n % 2 else 20}"
        for n in range(40)
    ]
    leads.write_text("\n".join(["Id,LastName,Company,LeadSource,Status,CreatedDate,NumberOfEmployees", *rows]) + "\n")
    first = datetime(2026, 1, 2, 9, tzinfo=UTC)
    days = [f"{first + timedelta(days=n):%Y-%m-%dT%H:%M:%S.000+0000}" for n in range(40)]
    moves = [f"017{n:012}AAA,00Q{n:012}AAA,0055g000000k9bVAAQ,{day},Status,Raw,MQL" for n, day in enumerate(days)]
    history.write_text("\n".join(["Id,LeadId,CreatedById,CreatedDate,Field,OldValue,NewValue", *moves]) + "\n")
    return leads, history


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with forty leads, measured by the classic stages. Only for reading."""
    folder = tmp_path_factory.mktemp("small")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("core.workspace.read", functools.partial(intake.read, apart=False))
        imported(folder / "workspace", *exports(folder))
    with Workspace(folder / "workspace") as here:
        here.choose(CLASSIC, at=NOW - DAY)
    return folder / "workspace"


@pytest.fixture
def folder(small: Path, copied: Callable[[Path], Path]) -> Path:
    return copied(small)


@pytest.fixture
def draft(folder: Path) -> int:
    """A draft that asks for 200 employees, and has sales validate that too."""
    with Workspace(folder) as here:
        content = json.loads(bigger(here.definition(), 200).model_dump_json())
        content["validated"] = ["big"]
        return Agreement(here).begin(content, at=NOW, by="Ada").id


def test_what_was_agreed_is_shown_in_words_and_as_json(small: Path, handoff: Handoff) -> None:
    words = handoff("definition", "show", "--workspace", small).out
    for part in (
        "3. MQL: Meets what we agreed",
        "Has a budget: Budget is there.",
        "Version 1: kept, proposed by nobody",
    ):
        assert part in words
    assert max(map(len, words.splitlines())) <= 120
    told = handoff("definition", "show", "1", "--json", "--workspace", small).json
    assert (told["definition"], told["version"], told["state"], told["signatures"]) == ("classic", 1, "saved", [])
    assert [version["version"] for version in told["versions"]] == [1]


def test_a_version_goes_to_a_file_and_comes_back_as_a_draft(folder: Path, handoff: Handoff, tmp_path: Path) -> None:
    file = tmp_path / "ours.json"
    out = handoff("definition", "export", file, "--json", "--workspace", folder).json
    kept = parse(file.read_text())
    assert (kept.id, kept.content_hash()) == ("classic", out["hash"])
    file.write_text(written(bigger(kept, 70)))
    begun = handoff("definition", "import", file, "--by", "Ada", "--json", "--workspace", folder).json
    assert (begun["definition"], begun["revision"], begun["saved_by"]) == ("classic", 1, "Ada")
    compared = handoff("definition", "compare", "1", f"draft:{begun['draft']}", "--json", "--workspace", folder).json
    (change,) = compared["changes"]
    assert (change["part"], change["id"], change["what"]) == ("criterion", "big", "added")
    assert (compared["moves_leads"], compared["judges_otherwise"]) == (False, True)
    words = handoff("definition", "compare", "1", f"draft:{begun['draft']}", "--workspace", folder).out
    assert change["sentence"] in words
    with Workspace(folder) as here:
        assert here.definition() == kept, "a draft is measured by by nobody"


def test_flips_say_how_many_and_who(folder: Path, draft: int, handoff: Handoff) -> None:
    arguments = ("definition", "flips", "1", f"draft:{draft}", "--workspace", folder)
    told = handoff(*arguments, "--leads", "uld", "--json").json
    cells = {(cell["about"], cell["id"], cell["was"], cell["now"]): cell["n"] for cell in told["flips"]}
    assert cells["criterion", "big", "not asked", "met"] == cells["criterion", "big", "not asked", "not met"] == 20
    changed = {(was, now): n for (about, _, was, now), n in cells.items() if about == "uld"}
    assert sum(changed.values()) == 40
    assert sum(n for (was, now), n in changed.items() if was != now) == len(told["leads"]) > 0
    assert {(lead["was"], lead["now"]) for lead in told["leads"]} == {pair for pair in changed if len(set(pair)) > 1}
    assert "Criterion big: not asked → met: 20" in handoff(*arguments).out
    assert handoff("definition", "flips", "1", "1", "--workspace", folder).out.strip() == "Nobody's answer changes."
    fair = handoff(*arguments, "--by", "source", "--where", "source=Fair", "--handed", "--json").json["flips"]
    assert {(cell["segment"], cell["now"]) for cell in fair if cell["id"] == "big"} == {("Fair", "not met")}
    assert handoff(*arguments, "--leads", "colour").code == 2


def test_what_was_in_force_is_asked_once_something_was(folder: Path, draft: int, handoff: Handoff) -> None:
    arguments = ("definition", "flips", "1", "in-force", "--json", "--workspace", folder)
    refused = handoff(*arguments)
    assert (refused.code, refused.json["code"]) == (2, "NotYet")
    with Workspace(folder) as here:
        agreement = Agreement(here)
        version = agreement.propose(draft, seen=1, by=ADA, at=NOW, starts=date(2026, 1, 11))
        signed(agreement, version, ADA)
        signed(agreement, version, BEN)
    told = handoff(*arguments).json["flips"]
    answers = {cell["now"]: cell["n"] for cell in told if cell["id"] == "big"}
    assert answers == {"not asked": 9, "met": 16, "not met": 15}, "before its first day nothing was in force"
    shown = handoff("definition", "show", "--json", "--workspace", folder).json
    assert (shown["version"], shown["state"]) == (2, "in_force")
    assert [(one["name"], one["authenticated"]) for one in shown["signatures"]] == [
        ("Ada Reid", False),
        ("Ben Okoye", False),
    ]
    assert (
        "signed by Ada Reid for marketing (not authenticated)"
        in handoff("definition", "show", "--workspace", folder).out
    )


def test_a_day_to_come_begins_when_a_command_is_run_on_it(folder: Path, draft: int, handoff: Handoff) -> None:
    with Workspace(folder) as here:
        agreement = Agreement(here)
        version = agreement.propose(draft, seen=1, by=ADA, at=NOW, starts=date(2026, 3, 3))
        signed(agreement, version, ADA)
        signed(agreement, version, BEN)
        assert here.definition() != version.definition
    assert handoff("funnel", "--json", "--workspace", folder).json["definition"]["hash"] == version.content_hash
    with Workspace(folder) as here:
        assert here.definition() == version.definition


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("show", "9"), "There is no version 9"),
        (("show", "nine"), '"nine" is no version.'),
        (("show", "draft:9"), "There is no draft number 9"),
        (("show", "--definition", "nobody"), 'Nothing is kept of "nobody" yet.'),
        (("import", "/nowhere/ours.json"), "cannot be read"),
        (("export", "/nowhere/ours.json"), "cannot be written"),
        (("flips", "1", "1", "--where", "colour"), "--where needs NAME=VALUE"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_said(small: Path, handoff: Handoff, arguments: tuple[str, ...], words: str) -> None:
    told = handoff("definition", *arguments, "--workspace", small)
    assert told.code == 2
    assert words in told.out


def test_a_question_makes_no_workspace(tmp_path: Path, handoff: Handoff) -> None:
    told = handoff("definition", "show", "--workspace", tmp_path / "none")
    assert (told.code, (tmp_path / "none").exists()) == (2, False)
    file = tmp_path / "ours.json"
    file.write_text('{"id": "ours"}')
    assert handoff("definition", "import", file, "--workspace", tmp_path / "none").code == 2

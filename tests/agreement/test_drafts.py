"""A working copy is always a definition, and two people who edit one lose nothing."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from core.agreement import Agreement
from core.definition import parse, written
from core.definition.comparing import Part
from core.definition.templates import CLASSIC, THREE_STAGES
from core.errors import DefinitionInvalid, DraftMoved, StoreError
from core.workspace import Workspace
from tests.agreement.told import DAY, NOW, agreed, begun, bigger


def test_a_draft_begins_from_a_template_a_version_or_a_file(agreement: Agreement) -> None:
    of_template = agreement.begin_from_template("three_stages", at=NOW, by="Ada")
    assert (of_template.definition, of_template.revision, of_template.base_version) == (THREE_STAGES, 1, None)
    assert of_template.origin == f'the template "{THREE_STAGES.name}"'
    next_one = agreement.begin_from_template("classic", definition_id="three_stages", at=NOW, by="Ada")
    assert (next_one.definition_id, next_one.definition.stages) == ("three_stages", CLASSIC.stages)
    version = agreed(agreement, 50)
    of_version = agreement.begin_from_version("classic", 1, at=NOW, by="Ben")
    assert (of_version.definition, of_version.base_version) == (version.definition, 1)
    of_file = agreement.begin_from_file(written(version.definition), "ours.json", at=NOW + DAY, by="Ben")
    assert (of_file.definition, of_file.content_hash) == (version.definition, version.content_hash)
    assert agreement.drafts("classic")[0] == of_file
    assert {draft.begun_by for draft in agreement.drafts()} == {"Ada", "Ada Reid", "Ben"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "no JSON text"),
        ('{"id": "ours"}', '"name" is missing'),
        (json.dumps({**CLASSIC.model_dump(mode="json"), "stagess": []}), 'Did you mean "stages"'),
    ],
)
def test_a_file_that_is_no_definition_begins_no_draft(agreement: Agreement, text: str, words: str) -> None:
    with pytest.raises(DefinitionInvalid) as told:
        agreement.begin_from_file(text, "ours.json", at=NOW, by="Ada")
    assert words in str(told.value)
    assert agreement.drafts() == ()
    with pytest.raises(DefinitionInvalid, match="no template"):
        agreement.begin_from_template("nobody's", at=NOW, by="Ada")


def test_what_contradicts_itself_is_not_saved_even_if_it_was_made_in_hand(agreement: Agreement) -> None:
    draft = begun(agreement)
    for broken in (
        draft.definition.model_copy(update={"validated": ("bigg",)}),
        {**draft.definition.model_dump(mode="json"), "validated": ["bigg"]},
    ):
        with pytest.raises(DefinitionInvalid, match=r'not there: "bigg"\. Did you mean "big"'):
            agreement.save(draft.id, broken, seen=draft.revision, at=NOW, by="Ada")
    assert agreement.draft(draft.id) == draft
    with pytest.raises(DefinitionInvalid, match='draft of "classic"'):
        agreement.save(draft.id, THREE_STAGES, seen=draft.revision, at=NOW, by="Ada")


def test_every_revision_stays_and_saving_the_same_makes_none(agreement: Agreement) -> None:
    draft = begun(agreement, 50)
    same = agreement.save(draft.id, draft.definition, seen=1, at=NOW + DAY, by="Ben")
    assert same == draft
    later = agreement.save(draft.id, bigger(draft.definition, 60), seen=draft.revision, at=NOW + DAY, by="Ben")
    assert (later.revision, later.saved_by, later.begun_by) == (3, "Ben", "Ada Reid")
    assert agreement.draft(draft.id, 1).definition == CLASSIC
    assert agreement.draft(draft.id, 2) == draft
    with pytest.raises(StoreError, match="no revision 9"):
        agreement.draft(draft.id, 9)
    put_aside = agreement.discard(draft.id, at=NOW)
    assert put_aside.discarded_at == NOW
    assert (agreement.drafts(), agreement.drafts(discarded=True)) == ((), (put_aside,))
    assert agreement.take_up(draft.id).definition == later.definition


# Two people


def test_the_second_editor_sees_both_versions_and_what_lies_between(agreement: Agreement) -> None:
    draft = begun(agreement, 50)
    theirs = bigger(draft.definition, 60)
    mine = parse({**bigger(draft.definition, 70).model_dump(mode="json"), "name": "Ours"})
    agreement.save(draft.id, theirs, seen=draft.revision, at=NOW, by="Ben")
    with pytest.raises(DraftMoved) as told:
        agreement.save(draft.id, mine, seen=draft.revision, at=NOW, by="Ada")
    moved = told.value
    assert (moved.base, moved.theirs, moved.mine) == (draft.definition, theirs, mine)
    assert (moved.revision, moved.by) == (draft.revision + 1, "Ben")
    assert "Ben has saved this draft since" in moved.message
    assert [change.sentence for change in moved.changes] == [
        f'Name from "{CLASSIC.name}" to Ours.',
        'Criterion "Criterion big": what it asks from "Number of employees is at least 60" to '
        '"Number of employees is at least 70".',
    ]
    assert agreement.draft(draft.id).definition == theirs

    own = agreement.begin(moved.mine, origin=f"draft {draft.id}", at=NOW, by="Ada")
    assert own.definition == mine, "mine can be kept as a draft of its own"

    big, since, onto = Part("criterion", "big"), draft.revision, moved.revision
    assert agreement.quarrels(draft.id, mine, since=since, onto=onto) == (big,)
    rebased = agreement.rebase(draft.id, mine, since=since, onto=onto, at=NOW, by="Ada")
    assert rebased.definition == parse({**theirs.model_dump(mode="json"), "name": "Ours"})
    with pytest.raises(DraftMoved):
        agreement.rebase(draft.id, mine, since=since, onto=onto, take=[big], at=NOW, by="Ada")
    taken = agreement.rebase(draft.id, mine, since=since, onto=rebased.revision, take=[big], at=NOW, by="Ada")
    assert taken.definition == mine


def test_of_many_who_save_at_once_one_saves_and_the_others_are_told(agreement: Agreement) -> None:
    draft = begun(agreement, 50)

    def one(employees: int) -> int | None:
        mine = bigger(draft.definition, employees)
        try:
            return agreement.save(draft.id, mine, seen=draft.revision, at=NOW, by=f"{employees}").revision
        except DraftMoved as moved:
            return None if moved.mine == mine else -1

    with ThreadPoolExecutor(6) as pool:
        told = list(pool.map(one, range(60, 66)))
    assert [number for number in told if number is not None] == [draft.revision + 1]
    saved = agreement.draft(draft.id)
    assert saved.saved_by == str(60 + told.index(saved.revision))


def test_two_who_edit_one_draft_through_workspaces_of_their_own_lose_nothing(agreement: Agreement) -> None:
    draft = begun(agreement, 50)
    together = Barrier(2)

    def edit(who: str) -> None:
        """Six criteria, one a save; where the other saved first, both are put together."""
        with Workspace(agreement.workspace.folder) as here:
            own = Agreement(here)
            together.wait(30)
            for number in range(6):
                seen = own.draft(draft.id)
                mine, onto = bigger(seen.definition, 100 + number, f"{who}_{number}"), seen.revision
                while onto:
                    try:
                        own.rebase(draft.id, mine, since=seen.revision, onto=onto, at=NOW, by=who)
                        onto = 0
                    except DraftMoved as moved:
                        onto = moved.revision

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(edit, ("ada", "ben")))
    saved = agreement.draft(draft.id)
    added = {criterion.id for criterion in saved.definition.criteria} - {one.id for one in draft.definition.criteria}
    assert added == {f"{who}_{number}" for who in ("ada", "ben") for number in range(6)}
    assert saved.revision == draft.revision + 12, "every save is one revision"


def test_a_draft_outlives_the_workspace_being_closed(agreement: Agreement) -> None:
    draft = begun(agreement, 50)
    folder: Path = agreement.workspace.folder
    with Workspace(folder) as again:
        assert Agreement(again).draft(draft.id) == draft

"""What is kept of agreements: added to a register of the first version, whole or not at all, and held to its rules."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from sqlalchemy import create_engine, text
from sqlalchemy.exc import IntegrityError

from core.errors import StoreError
from core.store import Book, Store, Who, migrating
from core.store.register import FILE
from tests.store.imports import AT, import_leads

ADA: Who = {"side": "marketing", "name": "Ada", "person_id": None, "account": None}
BEN: Who = {"side": "sales", "name": "Ben", "person_id": "p2", "account": "ben@example.com"}
DAY = timedelta(days=1)


def ask(file: Path, query: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(file)) as connection:
        return connection.execute(query).fetchall()


def remembered(store: Store) -> list[Any]:
    """Everything that a workspace of the first version knows."""
    known: list[Any] = [store.version(), store.batches(), store.state_settings(), store.definitions(), store.in_use()]
    return [*known, store.chosen_by(), store.label_answers()]


@pytest.fixture
def first(tmp_path: Path) -> tuple[Path, list[Any]]:
    """A workspace as the first version of the register left it, and what it knows."""
    folder = tmp_path / "first"
    with Store.open(folder) as store:
        import_leads(store, ["a", "b"])
        store.put_setting("zone", "Europe/Berlin", at=AT)
        store.save_definition({"a": 1}, definition_id="main", content_hash="h", at=AT)
        store.save_definition({"a": 2}, definition_id="main", content_hash="i", at=AT)
        store.use_definition("main", 2, at=AT, chosen_by="import")
        store.use_definition("main", 1, at=AT, chosen_by="person")
        store.answer_label("SAL", "accepted", at=AT)
        known = remembered(store)
    now = folder / FILE
    now.rename(later := folder / "later.sqlite")
    engine = create_engine(f"sqlite:///{now}")
    with engine.begin() as connection:
        command.upgrade(migrating._config(connection), "0001")
    engine.dispose()
    tables = [name for (name,) in ask(now, "select name from sqlite_master where type = 'table'")]
    with closing(sqlite3.connect(now)) as raw, raw:
        raw.execute("attach ? as later", (str(later),))
        for table in set(tables) - {"alembic_version", "sqlite_sequence"}:
            columns = ", ".join(name for _, name, *_ in ask(now, f"pragma table_info({table})"))
            raw.execute(f"delete from {table}")
            raw.execute(f"insert into {table} ({columns}) select {columns} from later.{table}")
    later.unlink()
    return folder, known


def test_a_workspace_of_the_first_version_opens_and_keeps_everything(first: tuple[Path, list[Any]]) -> None:
    folder, known = first
    with pytest.raises(sqlite3.IntegrityError, match="chosen_by"):
        ask(folder / FILE, "update definition_use set chosen_by = 'agreement'")
    with Store.open(folder) as store:
        assert remembered(store) == known
        with store.agreeing() as book:
            book.use("main", 2, at=AT)
        assert (store.chosen_by(), store.version() == known[0]) == ("agreement", False)
        with pytest.raises(IntegrityError), store._register.writing() as session:
            session.connection().execute(text("update definition_use set chosen_by = 'ghost'"))
        with pytest.raises(IntegrityError), store._register.writing() as session:
            session.connection().execute(text("update definition_use set version = 9"))
    assert [number for (number,) in ask(folder / FILE, "select id from definition_use")] == [1, 2, 3]
    copy = folder / "register.0001.backup.sqlite"
    assert ask(copy, "select version_num from alembic_version") == [("0001",)]
    assert ask(copy, "select count(*) from definition_use") == [(2,)]


@pytest.mark.parametrize("when", ["first", "last"])
def test_a_way_up_that_fails_leaves_the_first_version_whole(
    first: tuple[Path, list[Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    folder, known = first
    before = sorted(ask(folder / FILE, "select name, sql from sqlite_master"), key=str)
    scripts = tmp_path / "scripts"
    shutil.copytree(migrating._SCRIPTS, scripts, ignore=shutil.ignore_patterns("__pycache__"))
    script = scripts / "versions" / "r0003_agreements.py"
    told = script.read_text()
    early = told.replace('    op.create_table(\n        "voice"', '    1 / 0\n    op.create_table(\n        "voice"')
    script.write_text(early if when == "first" else f"{told}    1 / 0\n")
    with monkeypatch.context() as patch:
        patch.setattr(migrating, "_SCRIPTS", scripts)
        with pytest.raises(ZeroDivisionError):
            Store.open(folder)
    assert sorted(ask(folder / FILE, "select name, sql from sqlite_master"), key=str) == before
    assert ask(folder / FILE, "select version_num from alembic_version") == [("0001",)]
    with Store.open(folder) as store:
        assert remembered(store) == known


def life(store: Store) -> tuple[int, int]:
    """A version that both sides signed, and a voice on it: the ids of its proposal and its voice."""
    with store.agreeing() as book:
        return life_in(book)


def life_in(book: Book) -> tuple[int, int]:
    draft = book.begin_draft(
        {"a": 1}, definition_id="ours", content_hash="h1", origin="x", base_version=None, at=AT, by="Ada"
    )
    number = book.save_version(draft.definition, definition_id="ours", content_hash="h1", at=AT, note="")
    proposal = book.propose("ours", number, starts_at=None, at=AT, by="Ada", note="Why")
    book.sign(proposal.id, content_hash="h1", note="", at=AT, **ADA)
    book.sign(proposal.id, content_hash="h1", note="Fine.", at=AT + DAY, **BEN)
    voice = book.leave_voice(
        "ours", 1, part="whole", part_id="", kind="question", text="?", lead_ids=["L1"], at=AT, **BEN
    )
    book.answer(voice.id, outcome="kept", version=None, why="So.", name="Ada", account=None, at=AT)
    return proposal.id, voice.id


def test_what_is_written_is_read_as_it_was(store: Store) -> None:
    life(store)
    with store.book() as book:
        assert book.definition_ids() == ("ours",)
        (draft,) = book.drafts()
        assert (draft.revision, draft.definition, draft.saved_at, draft.saved_by) == (1, {"a": 1}, AT, "Ada")
        (proposal,) = book.proposals("ours")
        assert (proposal.version, proposal.proposed_at, proposal.note, proposal.starts_at) == (1, AT, "Why", None)
        marketing, sales = book.signatures("ours")
        assert (marketing.name, marketing.account, sales.account, sales.signed_at) == (
            "Ada",
            None,
            "ben@example.com",
            AT + DAY,
        )
        assert book.voices("ours")[0].lead_ids == ["L1"]
        assert book.answers("ours")[0].why == "So."
        for of_another in (book.proposals, book.signatures, book.voices, book.answers, book.versions, book.drafts):
            assert of_another("other") == ()


def test_a_draft_keeps_every_revision(store: Store) -> None:
    life(store)
    with store.agreeing() as book:
        number = book.drafts()[0].id
        later = book.save_draft(number, {"a": 2}, content_hash="h2", at=AT + DAY, by="Ben")
    assert (later.revision, later.definition, later.begun_by, later.saved_by) == (2, {"a": 2}, "Ada", "Ben")
    with store.book() as book:
        assert [book.draft(number, revision).definition for revision in (1, 2)] == [{"a": 1}, {"a": 2}]
        assert book.draft(number) == later


def test_the_version_moves_with_what_is_agreed_and_only_with_that(store: Store) -> None:
    store.put_setting("zone", "UTC", at=AT)
    before = store.version()
    with store.agreeing() as book:
        book.save_version({"a": 1}, definition_id="ours", content_hash="h1", at=AT, note="")
        proposal = book.propose("ours", 1, starts_at=AT + 9 * DAY, at=AT, by="Ada", note="")
        book.sign(proposal.id, content_hash="h1", note="", at=AT, **ADA)
    assert store.version() == before
    with store.agreeing() as book:
        second = book.sign(proposal.id, content_hash="h1", note="", at=AT, **BEN)
    both = store.version()
    assert both != before, "judged by what is in force, leads are now judged otherwise"
    with store.agreeing() as book:
        book.leave_voice("ours", 1, part="whole", part_id="", kind="question", text="?", lead_ids=[], at=AT, **BEN)
    assert store.version() == both
    with store.agreeing() as book:
        book.withdraw_signature(second.id, at=AT, why="")
    assert store.version() == before
    with store.agreeing() as book:
        book.sign(proposal.id, content_hash="h1", note="", at=AT, **BEN)
        book.withdraw_proposal(proposal.id, at=AT, by="Ada", why="")
    assert store.version() == before


def test_a_block_that_raises_writes_nothing(store: Store) -> None:
    def half() -> None:
        with store.agreeing() as book:
            life_in(book)
            raise KeyError

    with pytest.raises(KeyError):
        half()
    with store.book() as book:
        assert (book.drafts(), book.versions("ours"), book.proposals("ours")) == ((), (), ())


@pytest.mark.parametrize(
    "statement",
    [
        "update signature set side = 'support'",
        "update signature set proposal_id = 99",
        "update voice set kind = 'praise'",
        "update voice set side = 'support'",
        "update voice set version = 99",
        "update voice_answer set outcome = 'ignored'",
        "update voice_answer set voice_id = 99",
        "update proposal set version = 99",
        "update draft set revision = 0",
        "update draft_revision set draft_id = 99",
    ],
)
def test_the_database_holds_to_the_rules_as_well(store: Store, statement: str) -> None:
    life(store)
    with pytest.raises(IntegrityError), store._register.writing() as session:
        session.execute(text(statement))


def test_what_is_not_there_is_said(store: Store) -> None:
    with store.book() as book:
        for asked in (lambda: book.draft(9), lambda: book.version("ours", 1), lambda: book.voice(9)):
            with pytest.raises(StoreError, match="There is no"):
                asked()

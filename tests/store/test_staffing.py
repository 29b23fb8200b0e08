"""What is stated of people and their hours is kept, taken back without a trace, and never overwritten unseen."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from sqlalchemy import create_engine
from sqlalchemy.exc import IntegrityError

from core.errors import ChangedMeanwhile, StoreError
from core.store import EVERYBODY_ELSE, StatedPerson, Store, migrating
from core.store.register import FILE
from tests.store.imports import AT, import_leads

BERLIN: dict[str, Any] = {"id": "berlin", "zone": "Europe/Berlin", "week": [{"day": 0}]}
TOKYO: dict[str, Any] = {**BERLIN, "id": "tokyo", "zone": "Asia/Tokyo"}
NOTHING: dict[str, dict[str, Any]] = {}


def ask(file: Path, query: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(file)) as connection:
        return connection.execute(query).fetchall()


def remembered(store: Store) -> list[Any]:
    """Everything that a workspace of the first version knows."""
    return [
        store.version(),
        store.batches(),
        store.state_settings(),
        store.mappings(),
        store.definitions(),
        store.in_use(),
        store.label_answers(),
    ]


@pytest.fixture
def first(tmp_path: Path) -> tuple[Path, list[Any]]:
    """A workspace as the first version of the register left it, and what it knows."""
    folder = tmp_path / "first"
    with Store.open(folder) as store:
        import_leads(store, ["a", "b"])
        store.put_setting("zone", "Europe/Berlin", at=AT)
        store.remember_mapping("abc", {"Email": "email"}, at=AT)
        store.save_definition({"a": 1}, definition_id="main", content_hash="h", at=AT)
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
    with closing(sqlite3.connect(now)) as plain, plain:
        plain.execute("attach ? as later", (str(later),))
        for table in set(tables) - {"alembic_version", "sqlite_sequence"}:
            columns = ", ".join(name for _, name, *_ in ask(now, f"pragma table_info({table})"))
            plain.execute(f"delete from {table}")
            plain.execute(f"insert into {table} ({columns}) select {columns} from later.{table}")
    later.unlink()
    return folder, known


def test_a_workspace_of_the_first_version_opens_and_keeps_everything(first: tuple[Path, list[Any]]) -> None:
    folder, known = first
    with Store.open(folder) as store:
        assert remembered(store) == known
        assert (store.stated_people(), store.calendars(), store.calendar_uses()) == ((), {}, {})
        store.state_people({"p1": {"team": "North"}}, seen=NOTHING, at=AT)
        assert store.version() != known[0]
        store.state_people({"p1": {"team": None}}, seen={"p1": {"team": "North"}}, at=AT)
        assert remembered(store) == known, "what was stated and taken back leaves no trace"
        assert len(store.batches()) == 1
        import_leads(store, ["c"])
    copy = folder / "register.0001.backup.sqlite"
    assert ask(copy, "select version_num from alembic_version") == [("0001",)]
    assert ask(copy, "select count(*) from batch") == [(1,)]


def test_a_way_up_that_fails_leaves_the_first_version_whole(
    first: tuple[Path, list[Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, known = first
    before = sorted(ask(folder / FILE, "select name, sql from sqlite_master"), key=str)
    scripts = tmp_path / "scripts"
    shutil.copytree(migrating._SCRIPTS, scripts, ignore=shutil.ignore_patterns("__pycache__"))
    script = scripts / "versions" / "r0002_people_and_calendars.py"
    with monkeypatch.context() as patch:
        script.write_text(script.read_text() + "    1 / 0\n")
        patch.setattr(migrating, "_SCRIPTS", scripts)
        with pytest.raises(ZeroDivisionError):
            Store.open(folder)
    assert sorted(ask(folder / FILE, "select name, sql from sqlite_master"), key=str) == before
    assert ask(folder / FILE, "select version_num from alembic_version") == [("0001",)]
    with Store.open(folder) as store:
        assert remembered(store) == known


def test_cells_are_stated_one_by_one_and_taken_back(store: Store) -> None:
    begun = store.version()
    import_leads(store, ["a"])
    before = store.version()
    assert before != begun
    stated = {"team": "North", "capacity": 12.5, "active_from": date(2026, 1, 5), "kind": "person"}
    store.state_people({"p1": stated, "p2": {"side": "marketing"}}, seen=NOTHING, at=AT)
    assert store.stated_people() == (
        StatedPerson.model_validate({"person_id": "p1", **stated}),
        StatedPerson.model_validate({"person_id": "p2", "side": "marketing"}),
    )
    store.state_people({"p1": {"team": None}}, seen={"p1": {"team": "North"}}, at=AT)
    assert store.stated_people()[0] == StatedPerson.model_validate({"person_id": "p1", **stated, "team": None})
    assert store.snapshot().people == tuple(person.model_dump() for person in store.stated_people())
    rest = {"p1": dict.fromkeys(stated), "p2": {"side": None}, "never": {"team": None}}
    store.state_people(rest, seen={"p1": {**stated, "team": None}, "p2": {"side": "marketing"}}, at=AT)
    assert store.stated_people() == ()
    assert store.version() == before


@pytest.mark.parametrize("cells", [{"kind": "ghost"}, {"side": "support"}, {"capacity": -1}, {"colour": "red"}])
def test_what_cannot_be_is_refused_whole(store: Store, cells: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        store.state_people({"p1": {"team": "North"}, "p2": cells}, seen=NOTHING, at=AT)
    assert store.stated_people() == ()


@pytest.mark.parametrize(
    "statement",
    [
        "insert into person (person_id, kind, stated_at) values ('p', 'ghost', '')",
        "insert into person (person_id, side, stated_at) values ('p', 'support', '')",
        "insert into person (person_id, capacity, stated_at) values ('p', -1, '')",
        "insert into person (person_id, calendar, stated_at) values ('p', 'nobody''s', '')",
        "insert into calendar_use (team, calendar_id, stated_at) values ('North', 'nobody''s', '')",
    ],
)
def test_the_database_holds_to_the_rules_as_well(store: Store, statement: str) -> None:
    from sqlalchemy import text

    with pytest.raises(IntegrityError), store._register.writing() as session:
        session.connection().execute(text(statement))


def test_the_second_of_two_editors_is_told_and_nothing_is_lost(store: Store) -> None:
    store.state_people({"p1": {"team": "North", "zone": "UTC"}}, seen=NOTHING, at=AT)
    seen = {"p1": {"team": "North", "zone": "UTC"}}
    store.state_people({"p1": {"team": "South"}}, seen=seen, at=AT)
    with pytest.raises(ChangedMeanwhile) as told:
        store.state_people({"p1": {"team": "West"}, "p2": {"team": "West"}}, seen=seen, at=AT)
    assert told.value.now == {("p1", "team"): "South"}
    assert [(one.person_id, one.team) for one in store.stated_people()] == [("p1", "South")], "all or none"
    store.state_people({"p1": {"zone": "Asia/Tokyo"}}, seen=seen, at=AT)  # Another cell is no quarrel,
    store.state_people({"p1": {"team": "South"}}, seen=seen, at=AT)  # and neither is the same answer.
    assert store.stated_people() == (
        StatedPerson.model_validate({"person_id": "p1", "team": "South", "zone": "Asia/Tokyo"}),
    )
    with pytest.raises(ChangedMeanwhile):
        store.state_people({"p1": {"team": None}}, seen=seen, at=AT)


def test_a_calendar_is_stated_changed_and_taken_away(store: Store) -> None:
    store.state_calendar("berlin", BERLIN, seen=None, at=AT)
    assert store.calendars() == {"berlin": BERLIN}
    longer = {**BERLIN, "week": [{"day": 0}, {"day": 1}]}
    store.state_calendar("berlin", longer, seen=BERLIN, at=AT)
    for wanted in (TOKYO, None):
        with pytest.raises(ChangedMeanwhile) as told:
            store.state_calendar("berlin", wanted, seen=BERLIN, at=AT)
        assert told.value.now == {("berlin", "calendar"): longer}
    with pytest.raises(ChangedMeanwhile):
        store.state_calendar("berlin", TOKYO, seen=None, at=AT)
    store.state_calendar("berlin", None, seen=longer, at=AT)
    store.state_calendar("berlin", None, seen=longer, at=AT)
    assert store.calendars() == {}


def test_teams_and_everybody_else_work_by_calendars(store: Store) -> None:
    with pytest.raises(StoreError, match='no calendar "berlin"'):
        store.use_calendars({"North": "berlin"}, seen={}, at=AT)
    with pytest.raises(StoreError, match='no calendar "berlin"'):
        store.state_people({"p1": {"calendar": "berlin"}}, seen=NOTHING, at=AT)
    store.state_calendar("berlin", BERLIN, seen=None, at=AT)
    store.state_calendar("tokyo", TOKYO, seen=None, at=AT)
    before = store.version()
    store.use_calendars({"North": "berlin", EVERYBODY_ELSE: "tokyo"}, seen={}, at=AT)
    store.state_people({"p1": {"calendar": "berlin"}}, seen=NOTHING, at=AT)
    assert store.calendar_uses() == {"": "tokyo", "North": "berlin"}
    assert store.version() != before
    with pytest.raises(ChangedMeanwhile) as told:
        store.use_calendars({"North": "tokyo"}, seen={}, at=AT)
    assert told.value.now == {("North", "calendar"): "berlin"}
    with pytest.raises(StoreError, match="in use by North, 1 person"):
        store.state_calendar("berlin", None, seen=BERLIN, at=AT)
    with pytest.raises(StoreError, match="in use by everybody else"):
        store.state_calendar("tokyo", None, seen=TOKYO, at=AT)
    uses = {"North": None, EVERYBODY_ELSE: None, "never": None}
    store.use_calendars(uses, seen={"North": "berlin", EVERYBODY_ELSE: "tokyo"}, at=AT)
    store.state_people({"p1": {"calendar": None}}, seen={"p1": {"calendar": "berlin"}}, at=AT)
    assert (store.calendar_uses(), store.version()) == ({}, before)

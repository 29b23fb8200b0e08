import logging
import shutil
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine, text
from sqlalchemy.exc import IntegrityError

from core.errors import StoreError
from core.store import Store, migrating
from core.store.register import FILE, Register
from core.store.rows import Base, SettingRow
from tests.store.imports import AT, import_leads

LATER = """
from alembic import op
import sqlalchemy as sa
revision = "9998"
down_revision = "{head}"
def upgrade():
    with op.batch_alter_table("setting") as table:
        table.add_column(sa.Column("colour", sa.String(), nullable=True))
    {after}
"""


@pytest.fixture
def register(tmp_path: Path) -> Iterator[Register]:
    opened = Register(tmp_path)
    yield opened
    opened.close()


def ask(file: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(file)) as connection:
        return connection.execute(query).fetchall()


def shape(file: Path) -> dict[object, str]:
    """Every table's and index's own text, parts of a table in one order."""
    found = ask(file, "select name, sql from sqlite_master where sql is not null and name not like 'sqlite_%'")
    return {
        name: " ".join(sorted(part.strip(" ,)") for part in unquoted(sql).splitlines())).replace("\t", "")
        for name, sql in found
        if name != "alembic_version"
    }


def unquoted(sql: object) -> str:
    """A table's text without the quotes that SQLite puts around a name once the table was made anew."""
    return str(sql).replace('"', "")


def test_the_migrations_make_what_the_rows_declare(register: Register, tmp_path: Path) -> None:
    with register.reading() as session:
        assert compare_metadata(MigrationContext.configure(session.connection()), Base.metadata) == []
    declared = create_engine(f"sqlite:///{tmp_path / 'declared.sqlite'}")
    Base.metadata.create_all(declared)
    declared.dispose()
    assert shape(tmp_path / FILE) == shape(tmp_path / "declared.sqlite")


def later_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: str = "pass") -> None:
    """Let the program know one revision more."""
    scripts = tmp_path / "scripts"
    shutil.copytree(migrating._SCRIPTS, scripts, ignore=shutil.ignore_patterns("__pycache__"))
    (scripts / "versions" / "r9998_later.py").write_text(LATER.format(head=migrating.head(), after=after))
    monkeypatch.setattr(migrating, "_SCRIPTS", scripts)


def test_an_older_register_is_copied_and_brought_up_to_date(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "workspace"
    with Store.open(folder) as store:
        batch = import_leads(store, ["a"])
        store.put_setting("zone", "Europe/Berlin", at=AT)
    assert list(folder.glob("*.backup.*")) == [], "there was nothing to bring up to date"
    before = migrating.head()
    later_version(tmp_path, monkeypatch)
    with Store.open(folder) as store:
        assert store.batches() == (batch,)
    assert ask(folder / FILE, "select version_num from alembic_version") == [("9998",)]
    assert ask(folder / FILE, "select name, value, colour from setting") == [("zone", '"Europe/Berlin"', None)]
    copy = folder / f"register.{before}.backup.sqlite"
    assert ask(copy, "select version_num from alembic_version") == [(before,)]
    assert ask(copy, "select count(*) from batch") == [(1,)]
    assert ask(copy, "pragma integrity_check") == [("ok",)]


def test_a_migration_that_fails_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "workspace"
    Store.open(folder).close()
    before = shape(folder / FILE), ask(folder / FILE, "select version_num from alembic_version")
    later_version(tmp_path, monkeypatch, after="1 / 0")
    with pytest.raises(ZeroDivisionError):
        Store.open(folder)
    assert (shape(folder / FILE), ask(folder / FILE, "select version_num from alembic_version")) == before


def test_a_register_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    Store.open(tmp_path).close()
    with closing(sqlite3.connect(tmp_path / FILE)) as connection, connection:
        connection.execute("update alembic_version set version_num = '9999'")
    with pytest.raises(StoreError, match="newer version"):
        Store.open(tmp_path)


def test_a_new_workspace_may_be_opened_by_many_at_once(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        stores = list(pool.map(Store.open, [tmp_path] * 8))
    assert {store.version() for store in stores} == {"new"}
    for store in stores:
        store.close()


def test_migrating_leaves_logging_alone(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    before = (list(logging.getLogger().handlers), logging.getLogger().level, logging.getLogger("core").disabled)
    Register(tmp_path).close()
    assert before == (list(logging.getLogger().handlers), logging.getLogger().level, logging.getLogger("core").disabled)


def test_what_is_no_register_is_said(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("not a database, and long enough to be looked at as one" * 20)
    with pytest.raises(StoreError, match="register cannot be read"):
        Register(tmp_path)


@pytest.mark.parametrize(
    "address",
    ["postgresql+nodriver://ada:secret@host/db", "mysql://ada:secret@host/db", "ada:secret", "sqlite:///secret"],
)
def test_an_address_that_cannot_be_used_is_not_repeated(tmp_path: Path, address: str) -> None:
    with pytest.raises(StoreError, match="DATABASE_URL") as refused:
        Register(tmp_path, address)
    assert "secret" not in str(refused.value)
    assert refused.value.__cause__ is None


def test_sqlite_is_set_up(register: Register) -> None:
    with register.reading() as session:

        def pragma(name: str) -> object:
            return session.connection().execute(text(f"pragma {name}")).scalar()

        assert pragma("foreign_keys") == 1
        assert pragma("secure_delete") == 1
        assert pragma("busy_timeout") == 10_000
        assert pragma("journal_mode") in ("truncate", "wal")


def test_a_reader_does_not_hold_up_a_writer(register: Register) -> None:
    with register.reading() as reader:
        assert reader.connection().execute(text("select count(*) from setting")).scalar() == 0
        with register.changing() as writer:
            writer.add(SettingRow.model_validate({"name": "a", "value": 1, "stated_at": AT}))
        assert reader.connection().execute(text("select count(*) from setting")).scalar() == 1


def test_a_block_that_raises_writes_nothing(register: Register) -> None:
    def stumble() -> None:
        with register.changing() as session:
            session.add(SettingRow.model_validate({"name": "a", "value": 1, "stated_at": AT}))
            session.flush()
            raise KeyError

    version = register.version()
    with pytest.raises(KeyError):
        stumble()
    with register.reading() as session:
        assert session.get(SettingRow, "a") is None
    assert register.version() == version


@pytest.mark.parametrize(
    "statement",
    [
        "insert into definition_use (definition_id, version, chosen_at, chosen_by) values ('x', 1, '', 'person')",
        "update lease set id = 2",
        "insert into definition values ('x', 0, '{}', '', '', '')",
    ],
)
def test_the_database_holds_to_the_rules_as_well(register: Register, statement: str) -> None:
    with pytest.raises(IntegrityError), register.writing() as session:
        session.connection().execute(text(statement))


def test_instants_keep_their_zone_and_naive_ones_stay_out(register: Register) -> None:
    east = datetime(2026, 3, 1, 9, tzinfo=timezone(timedelta(hours=2)))
    with register.writing() as session:
        session.add(SettingRow.model_validate({"name": "a", "value": 1, "stated_at": east}))
    with register.reading() as session:
        kept = session.get_one(SettingRow, "a").stated_at
    assert (kept, kept.tzinfo) == (datetime(2026, 3, 1, 7, tzinfo=UTC), UTC)
    with pytest.raises(ValueError):
        SettingRow.model_validate({"name": "b", "value": 1, "stated_at": datetime(2026, 3, 1)})  # noqa: DTZ001

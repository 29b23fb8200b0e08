"""Bringing a register to the shape that this version of the program knows."""

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from core.errors import StoreError

_SCRIPTS = Path(__file__).parent / "migrations"
# Alembic keeps the migration under way in a global; processes wait for each other in the database.
_ONE_AT_A_TIME = threading.Lock()


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    # Alembic reads a percent sign in an option as the start of a placeholder.
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def head() -> str:
    """The newest revision that this version of the program knows."""
    newest = ScriptDirectory.from_config(_config()).get_current_head()
    assert newest is not None
    return newest


def revision(connection: Connection) -> str | None:
    """The revision a register has; None for an empty one."""
    return MigrationContext.configure(connection).get_current_revision()


def migrate(reader: Engine, writer: Engine) -> None:
    """Bring the register up to date: whole or not at all, with a copy beside it where it held anything.

    `StoreError` for a register of a newer version. The copy is `register.<revision>.backup.sqlite`; PostgreSQL's
    copies are its owner's.
    """
    with _ONE_AT_A_TIME:
        _migrate(reader, writer)


def _migrate(reader: Engine, writer: Engine) -> None:
    with reader.connect() as connection:
        found = revision(connection)
    if found == head():
        return
    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    if found is not None and found not in known:
        raise StoreError(
            "This workspace was last used by a newer version of Handoff.",
            "Install that version, or put back the copy of register.sqlite made before its update.",
        )
    if found is not None and reader.dialect.name == "sqlite":
        _back_up(Path(str(reader.url.database)), found)
    with writer.begin() as connection:
        command.upgrade(_config(connection), "head")


def _back_up(register: Path, found: str) -> None:
    copy = register.with_name(f"{register.stem}.{found}.backup{register.suffix}")
    unfinished = copy.with_name(f"{copy.name}.part")
    unfinished.unlink(missing_ok=True)
    with closing(sqlite3.connect(register)) as source, closing(sqlite3.connect(unfinished)) as target:
        source.backup(target)
    unfinished.replace(copy)

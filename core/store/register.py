"""The register: one small database beside the ledger that says what counts.

SQLite in the workspace's folder, or PostgreSQL where an address is given (one database for one workspace).
Reads take no lock and are short; writes begin by taking the lock they will need (`BEGIN IMMEDIATE`), since SQLite
refuses at once, whatever its patience, to turn a reading transaction into a writing one.
"""

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, NoSuchModuleError, ProgrammingError
from sqlmodel import Session, col, select

from core.errors import StoreError
from core.store.agreed_rows import ProposalRow, SignatureRow
from core.store.migrating import migrate
from core.store.rows import (
    BatchRow,
    CalendarRow,
    CalendarUseRow,
    DefinitionRow,
    DefinitionUseRow,
    LabelAnswerRow,
    PersonRow,
    SettingRow,
    StateRow,
)

FILE = "register.sqlite"
_BUSY_MS = 10_000
_WRITING = "writing"


def wal_is_safe(version: tuple[int, ...]) -> bool:
    """Whether this SQLite's write-ahead log is free of the fault that could corrupt a file (fixed in 3.51.3).

    >>> wal_is_safe((3, 40, 1)), wal_is_safe((3, 50, 7)), wal_is_safe((3, 51, 2)), wal_is_safe((3, 52, 0))
    (False, True, False, True)
    """
    return version >= (3, 51, 3) or (3, 50, 7) <= version < (3, 51) or (3, 44, 6) <= version < (3, 45)


class Register:
    """Sessions on the register. Opening brings it up to date."""

    def __init__(self, folder: Path, database_url: str | None = None) -> None:
        self._engine = _postgres(database_url) if database_url else _sqlite(folder / FILE)
        self._writer = self._engine.execution_options(**{_WRITING: True})
        with ExitStack() as undo:
            undo.callback(self.close)
            with _in_words():
                migrate(self._engine, self._writer)
            undo.pop_all()

    def close(self) -> None:
        """Let go of every connection."""
        self._engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that only reads; what it gave stays usable afterwards."""
        with _in_words(), Session(self._engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session that writes: everything when the block ends, nothing when it raises."""
        with _in_words(), self._writer.connect() as connection:
            connection.begin()
            with Session(connection, expire_on_commit=False) as session:
                yield session
                session.flush()
                _commit(connection)

    @contextmanager
    def changing(self) -> Iterator[Session]:
        """As `writing`, for what answers depend on: the state's version moves with it. One change at a time."""
        with self.writing() as session:
            # Else two at once would each write a version that does not know of the other.
            session.get_one(StateRow, 1, with_for_update=True)
            yield session
            session.flush()
            session.merge(StateRow.model_validate({"id": 1, "version": _state(session)}))

    def version(self) -> str:
        """The state's version: equal versions mean equal answers within a workspace, also after undo and redo."""
        with self.reading() as session:
            return session.exec(select(StateRow.version)).one()


def _commit(connection: Connection) -> None:
    try:
        connection.commit()
    except DBAPIError:
        # SQLite leaves the transaction open when its commit fails: the next user of the connection would be in it.
        connection.invalidate()
        raise


def _state(session: Session) -> str:
    batches = select(BatchRow.id, BatchRow.sha256, BatchRow.imported_at).where(BatchRow.state == "live")
    used = (
        select(DefinitionRow.definition_id, DefinitionRow.version, DefinitionRow.content_hash)
        .join(DefinitionUseRow, _same_version())
        .order_by(col(DefinitionUseRow.id).desc())
        .limit(1)
    )
    parts: list[Any] = [
        [(number, sha256, at.isoformat()) for number, sha256, at in session.exec(batches.order_by(col(BatchRow.id)))],
        [tuple(row) for row in session.exec(used)],
        [tuple(row) for row in session.exec(select(SettingRow.name, SettingRow.value).order_by(SettingRow.name))],
        [
            tuple(row)
            for row in session.exec(select(LabelAnswerRow.label, LabelAnswerRow.target).order_by(LabelAnswerRow.label))
        ],
    ]
    # Nothing where nothing is stated: a workspace keeps the version that it had before there were any.
    parts += _staff(session)
    parts += _signed(session)
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]


def _staff(session: Session) -> list[dict[str, Any]]:
    """Calendars, whose they are, and what is stated of people."""
    hours = {row.id: row.calendar for row in session.exec(select(CalendarRow))}
    uses = {row.team: row.calendar_id for row in session.exec(select(CalendarUseRow))}
    kept = {"stated_at"}
    people = {row.person_id: row.model_dump(mode="json", exclude=kept) for row in session.exec(select(PersonRow))}
    return [{name: part} for name, part in (("calendars", hours), ("uses", uses), ("people", people)) if part]


def _signed(session: Session) -> list[dict[str, Any]]:
    """What says which version is in force when: proposals that both sides have signed, and their signatures."""
    standing = select(ProposalRow, SignatureRow).join(SignatureRow, col(SignatureRow.proposal_id) == ProposalRow.id)
    standing = standing.where(col(ProposalRow.withdrawn_at).is_(None), col(SignatureRow.withdrawn_at).is_(None))
    signed: dict[tuple[Any, ...], list[tuple[int, str]]] = {}
    for one, signature in session.exec(standing.order_by(col(ProposalRow.id), col(SignatureRow.id))):
        key = (one.id, one.definition_id, one.version, str(one.starts_at))
        signed.setdefault(key, []).append((signature.id, str(signature.signed_at)))
    found = [(key, own) for key, own in signed.items() if len(own) > 1]
    return [{"signed": found}] if found else []


def _same_version() -> Any:
    return (col(DefinitionUseRow.definition_id) == DefinitionRow.definition_id) & (
        col(DefinitionUseRow.version) == DefinitionRow.version
    )


def _sqlite(file: Path) -> Engine:
    # No pool: a connection per session costs a fraction of a millisecond and nothing stays open behind a user's back.
    engine = create_engine(URL.create("sqlite", database=str(file)), poolclass=NullPool, hide_parameters=True)
    journal = "WAL" if wal_is_safe(sqlite3.sqlite_version_info) else "TRUNCATE"

    @event.listens_for(engine, "connect")
    def _prepare(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None
        for pragma in (
            f"busy_timeout={_BUSY_MS}",
            f"journal_mode={journal}",
            "foreign_keys=ON",
            "secure_delete=ON",
            "trusted_schema=OFF",
        ):
            connection.execute(f"PRAGMA {pragma}").close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        if connection.get_execution_options().get(_WRITING):
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def _postgres(address: str) -> Engine:
    # Nothing of the address is repeated: it may hold a password.
    try:
        url = make_url(address.replace("postgres://", "postgresql://", 1))
        if url.get_backend_name() == "postgresql":
            return create_engine(url, pool_pre_ping=True, hide_parameters=True)
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError):
        pass
    raise StoreError(
        "The address in DATABASE_URL cannot be used.",
        "It has the form postgresql://user:password@host/database, and needs the driver psycopg installed.",
    )


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except (IntegrityError, ProgrammingError):
        raise
    except DBAPIError as error:
        if "locked" in str(error.orig):
            raise StoreError("The workspace's register is in use.", "Try again in a moment.") from error
        raise StoreError(
            f"The workspace's register cannot be read or written ({error.orig}).",
            "Check that its folder is there, may be written and has space left.",
        ) from error

"""A workspace's store: imports that happen whole or not at all, and that can be taken back in any order.

A batch's rows are appended to the ledger while its state is `writing`; turning that one row of the register to `live`
makes them exist for every reader, in all tables at once. Rows of an import that died belong to no live batch: nobody
sees them, and the next write removes them.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, TypedDict, Unpack

import pandas as pd
from sqlmodel import col, select

from core.errors import StoreError
from core.store.agreeing import Agreements
from core.store.columns import Source
from core.store.instants import utc
from core.store.lease import Lease, lease, who
from core.store.ledger import Ledger
from core.store.memory import Memory
from core.store.register import Register
from core.store.rows import Batch, BatchRow, NewBatch, State
from core.store.staffing import Staffing
from core.tables import LEDGER

# In a folder's name the ledger's library decodes %XX and stops at []^|; readers take *, ? and [] as patterns.
_UNUSABLE = frozenset("*?[]^|%\x7f") | frozenset(map(chr, range(32))) | ({"\\"} if os.sep == "/" else set())


class Learned(TypedDict, total=False):
    """What an import knows only after reading: fields of `NewBatch` that replace those given at the start."""

    shape: str
    mapping: dict[str, Any]
    counts: dict[str, int]
    first_instant: int | None
    last_instant: int | None
    fingerprint: str
    exported_at: int | None


@dataclass(frozen=True)
class Snapshot:
    """What a reader needs, from one moment: a row counts when its `batch` is among `live`."""

    version: str
    live: tuple[int, ...]
    files: Mapping[str, tuple[str, ...]]
    people: tuple[Mapping[str, Any], ...] = ()
    """What is stated of people: it wins over the rows."""


class Writing:
    """An import under way: `append` as often as needed, then `commit` once."""

    def __init__(self, register: Register, ledger: Ledger, held: Lease, batch_id: int) -> None:
        self.batch_id = batch_id
        self.committed: Batch | None = None
        self._register = register
        self._ledger = ledger
        self._lease = held

    def append(self, table: str, source: Source) -> int:
        """Add rows to a table of `core.tables.LEDGER`, stamped with this batch; gives their number.

        `source` is a Parquet file's path, a DataFrame, or anything Arrow reads as a stream. `StoreError` when it
        cannot be written or somebody took over; `ValueError` when columns or types are not the table's.
        """
        self._still_open()
        with self._register.writing() as session:
            self._lease.kept(session)
        return self._ledger.append(table, source, batch=self.batch_id)

    def commit(self, *, at: datetime | None = None, **learned: Unpack[Learned]) -> Batch:
        """Make the rows visible, with what was learned in reading; `at` is now where it is not given."""
        self._still_open()
        with self._register.changing() as session:
            self._lease.kept(session)
            row = session.get_one(BatchRow, self.batch_id)
            moment = datetime.now(UTC) if at is None else utc(at)
            facts = {**row.model_dump(), **learned, "state": "live", "committed_at": moment}
            batch = Batch.model_validate(facts)
            row.sqlmodel_update(batch.model_dump())
            session.add(row)
        self.committed = batch
        return batch

    def _still_open(self) -> None:
        if self.committed is not None:
            raise ValueError("this import was committed: its rows are visible and no more can be added")


class Store(Memory, Staffing, Agreements):
    """The open store of one workspace. It may be used from several threads; `close` it, or use it in a `with`."""

    def __init__(self, folder: Path, register: Register) -> None:
        super().__init__(register)
        self.folder = folder
        self._ledger = Ledger(folder / "ledger")

    @classmethod
    def open(cls, folder: Path, *, database_url: str | None = None) -> "Store":
        """Open the workspace in this folder, made where it is not there, and bring its register up to date.

        `database_url` moves the register to PostgreSQL. `StoreError` for a folder that cannot be used and for a
        register of a newer version.
        """
        folder = folder.absolute()
        unusable = sorted(_UNUSABLE.intersection(str(folder)))
        if unusable:
            raise StoreError(
                f"A workspace cannot lie in {str(folder)!r}: its name contains {' '.join(map(repr, unusable))}.",
                "Choose a folder whose whole path does without these characters.",
            )
        try:
            (folder / "staging").mkdir(parents=True, exist_ok=True)
            (folder / "ledger").mkdir(exist_ok=True)
        except OSError as error:
            raise StoreError(
                f"The folder {folder} cannot be made or written ({error.strerror}).", "Choose another folder."
            ) from error
        return cls(folder, Register(folder, database_url))

    def close(self) -> None:
        """Let go of the register."""
        self._register.close()

    def __enter__(self) -> "Store":
        """Use the store in a `with`."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()

    @property
    def staging(self) -> Path:
        """Where an import puts Parquet files before it appends them; nobody counts on what lies there."""
        return self.folder / "staging"

    @contextmanager
    def begin(self, batch: NewBatch, *, at: datetime, by: str | None = None) -> Iterator[Writing]:
        """Import a file: rows appended in the block are visible once it commits, and gone when it ends without.

        `WorkspaceBusy` when somebody else writes. `by` is who imports; the system's user where it is not given.
        """
        moment = utc(at)
        with lease(self._register) as held:
            self._sweep(held)
            self._ledger.tidy()
            with self._register.writing() as session:
                held.kept(session)
                facts = {"state": "writing", "imported_at": moment, "imported_by": by or who()}
                row = BatchRow.model_validate({**batch.model_dump(), **facts})
                session.add(row)
                session.flush()
                writing = Writing(self._register, self._ledger, held, row.id)
            try:
                yield writing
            finally:
                if writing.committed is None:
                    # What could not be removed now is removed by the next write; nobody sees it until then.
                    with suppress(StoreError):
                        self._sweep(held)

    def batches(self) -> tuple[Batch, ...]:
        """Every completed import, live or undone, newest first."""
        wanted = select(BatchRow).where(col(BatchRow.state).in_(["live", "undone"])).order_by(col(BatchRow.id).desc())
        with self._register.reading() as session:
            return tuple(Batch.model_validate(row.model_dump()) for row in session.exec(wanted))

    def live(self) -> tuple[int, ...]:
        """The ids of the imports whose rows count, oldest first."""
        with self._register.reading() as session:
            return tuple(session.exec(select(BatchRow.id).where(BatchRow.state == "live").order_by(col(BatchRow.id))))

    def find(self, sha256: str, mapping: Mapping[str, Any] | None = None) -> Batch | None:
        """The import of exactly these bytes, read by this mapping where one is given: a live one before an undone one.

        None when these bytes were never imported to the end.
        """
        same = [
            batch
            for batch in self.batches()
            if batch.sha256 == sha256 and (mapping is None or batch.mapping == dict(mapping))
        ]
        return next((batch for batch in same if batch.state == "live"), same[0] if same else None)

    def undo(self, batch_id: int) -> Batch:
        """Take an import back, whichever it was: as if it had never been. `StoreError` for an id that is none."""
        return self._turn(batch_id, "undone")

    def redo(self, batch_id: int) -> Batch:
        """Let an import count again. `StoreError` for an id that is none."""
        return self._turn(batch_id, "live")

    def files(self, table: str) -> tuple[str, ...]:
        """Absolute Parquet paths of a table of the ledger; none before its first row. See `snapshot`."""
        return self._ledger.files(table)

    def snapshot(self) -> Snapshot:
        """One moment of the workspace, such that every row of a live import is in the files.

        The order matters: rows are in the files before their import is live, never the other way round.
        """
        version, live, people = self.version(), self.live(), self.stated_people()
        while (later := self.version()) != version:
            version, live, people = later, self.live(), self.stated_people()
        files = {table.name: self.files(table.name) for table in LEDGER}
        return Snapshot(version, live, files, tuple(person.model_dump() for person in people))

    def problems(self, batch_id: int) -> pd.DataFrame:
        """An import's rows set aside and remarks, as `core.tables.PROBLEMS`; `StoreError` for an id that is none."""
        with self._register.reading() as session:
            _completed(session.get(BatchRow, batch_id), batch_id)
        return self._ledger.rows_of("problems", batch_id).sort_values("line", kind="stable", ignore_index=True)

    def version(self) -> str:
        """A short text that is equal when live imports, settings, definition in use and label answers are.

        It knows nothing of other workspaces: a cache shared by several needs the folder in its key as well.
        """
        return self._register.version()

    def _turn(self, batch_id: int, state: Literal["live", "undone"]) -> Batch:
        with self._register.changing() as session:
            row = _completed(session.get(BatchRow, batch_id, with_for_update=True), batch_id)
            row.state = state
            session.add(row)
            return Batch.model_validate(row.model_dump())

    def _sweep(self, held: Lease) -> None:
        completed: tuple[State, ...] = ("live", "undone")
        with self._register.reading() as session:
            known = set(session.exec(select(BatchRow.id).where(col(BatchRow.state).in_(completed))))
        self._ledger.sweep(known)
        with self._register.writing() as session:
            held.kept(session)
            for row in session.exec(select(BatchRow).where(BatchRow.state == "writing")):
                row.state = "failed"
                session.add(row)


def _completed(row: BatchRow | None, batch_id: int) -> BatchRow:
    if row is None or row.state not in ("live", "undone"):
        raise StoreError(f"There is no import number {batch_id}.", "Choose one from the list of imports.")
    return row

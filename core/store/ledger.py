"""The ledger: one Delta table per canonical table, to which rows are only ever appended.

Nothing here knows which rows count: that is the register's to say. Rows leave only when they belong to an import
that never completed. Files are given to readers by list, which is right only for plain tables: one that asks its
readers for more (deletion vectors, renamed columns) is refused.
"""

import os
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from deltalake import DeltaTable, WriterProperties, write_deltalake
from deltalake.exceptions import DeltaError

from core.errors import StoreError
from core.store.columns import NotAsDeclared, Source, decode_column, on_disk, stamped
from core.tables import LEDGER, Table

COMPACT_AT = 32
"""So many small files a table are written together into few."""
_SMALL = 64 * 1024 * 1024
_KEEP_HOURS = 24
"""Files that compaction or sweeping replaced stay so long, for readers who still hold their list."""

# Minima and maxima of any other column would write mail addresses into the log, where erasing rows leaves them.
_CONFIGURATION: dict[str, str | None] = {"delta.dataSkippingStatsColumns": "batch"}
_ZSTD = WriterProperties(compression="ZSTD")
_TABLES = {table.name: table for table in LEDGER}


@dataclass(frozen=True)
class Part:
    """One Parquet file of a table: where it lies, its bytes, and the lowest and highest batch in it."""

    path: str
    size: int
    lowest: int
    highest: int


class Ledger:
    """The Delta tables below one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def append(self, table: str, source: Source, *, batch: int) -> int:
        """Append rows stamped with the batch; gives their number. On return they are on the disk, not only on its way.

        Raises `StoreError` when they cannot be written, `NotAsDeclared` when they are not the table's.
        """
        declared = _declared(table)
        with stamped(declared, batch, source) as rows:
            if rows.empty:
                return 0
            with _in_words(table):
                delta = self._open(table) or self._create(declared)
                version, before = delta.version(), {part.path for part in self._parts(table, delta)}
                try:
                    write_deltalake(delta, rows.reader(), mode="append", schema_mode="merge", writer_properties=_ZSTD)
                except DeltaError:
                    if rows.wrong is not None:
                        raise rows.wrong from None
                    raise
                delta.update_incremental()
                after = {part.path for part in self._parts(table, delta)}
                log = Path(self._path(table)) / "_delta_log"
                written = [Path(path) for path in after - before]
                _settle([*written, *(log / f"{number:020}.json" for number in range(version + 1, delta.version() + 1))])
            return rows.rows

    def files(self, table: str) -> tuple[str, ...]:
        """Absolute paths of the Parquet files that make up the table now; none before its first row."""
        return tuple(part.path for part in self.parts(table))

    def parts(self, table: str) -> tuple[Part, ...]:
        """The files with their size and range of batches, oldest batches first."""
        _declared(table)
        with _in_words(table):
            delta = self._open(table)
            return () if delta is None else self._parts(table, delta)

    def rows_of(self, table: str, batch: int) -> pd.DataFrame:
        """The rows of one batch, whether it is live or not, with column names as imported."""
        paths = [part.path for part in self.parts(table) if part.lowest <= batch <= part.highest]
        with _in_words(table):
            found = [_plain(pq.read_table(path, filters=[("batch", "=", batch)], partitioning=None)) for path in paths]
        if not found:
            return _declared(table).empty()
        rows = pa.concat_tables(found, promote_options="default")
        frame: pd.DataFrame = rows.rename_columns([decode_column(name) for name in rows.column_names]).to_pandas()
        return _declared(table).conform(frame)

    def sweep(self, known: Collection[int]) -> None:
        """Remove the rows of every batch that is not among the `known` ones. Only the holder of the lease may ask."""
        newest = max(known, default=0)
        for table in _TABLES:
            with _in_words(table):
                delta, doomed = self._open(table), set[int]()
                for part in () if delta is None else self._parts(table, delta):
                    # An append writes files of a single batch and compaction follows a sweep: in a file of several
                    # batches only those after the newest known one (of a register put back from a copy) are strange.
                    first = part.lowest if part.lowest == part.highest else max(part.lowest, newest + 1)
                    doomed.update(range(first, part.highest + 1))
                doomed.difference_update(known)
                if delta is not None and doomed:
                    delta.delete(f"batch in ({', '.join(map(str, sorted(doomed)))})", writer_properties=_ZSTD)

    def tidy(self) -> None:
        """Write many small files of a table together into few, and delete files that left it long ago.

        Only the holder of the lease may ask.
        """
        for table in _TABLES:
            with _in_words(table):
                delta = self._open(table)
                if delta is None:
                    continue
                parts = self._parts(table, delta)
                if sum(part.size < _SMALL for part in parts) >= COMPACT_AT:
                    delta.optimize.compact(writer_properties=_ZSTD)
                    delta.create_checkpoint()
                elif not self._left_over(table, parts):
                    continue
                delta.vacuum(retention_hours=_KEEP_HOURS, dry_run=False, enforce_retention_duration=False, full=True)

    def _left_over(self, table: str, parts: tuple[Part, ...]) -> bool:
        listed, limit = {part.path for part in parts}, time.time() - _KEEP_HOURS * 3600
        lying = Path(self._path(table)).absolute().glob("*.parquet")
        return any(path.stat().st_mtime < limit for path in lying if str(path) not in listed)

    def _path(self, table: str) -> str:
        return str(self._folder / table)

    def _open(self, table: str) -> DeltaTable | None:
        if not DeltaTable.is_deltatable(self._path(table)):
            return None
        delta = DeltaTable(self._path(table))
        asks = delta.protocol()
        if asks.min_reader_version > 1 or asks.reader_features:
            features = ", ".join(sorted(asks.reader_features or ())) or f"reader version {asks.min_reader_version}"
            raise StoreError(
                f'The ledger table "{table}" was changed by another program and now needs {features}.',
                "Its rows would be read wrongly. Drop that feature in the other program, or put back a copy.",
            )
        return delta

    def _create(self, table: Table) -> DeltaTable:
        Path(self._path(table.name)).mkdir(parents=True, exist_ok=True)
        return DeltaTable.create(
            self._path(table.name), schema=on_disk(table), mode="ignore", configuration=_CONFIGURATION
        )

    def _parts(self, table: str, delta: DeltaTable) -> tuple[Part, ...]:
        # The table's own list of addresses is escaped and cannot be opened as it stands: only file names are taken.
        added = pa.table(delta.get_add_actions(flatten=True))
        if not added.num_rows:
            return ()
        columns = (added.column(name).to_pylist() for name in ("path", "size_bytes", "min.batch", "max.batch"))
        root = Path(self._path(table)).absolute()
        parts = (
            Part(str(root / unquote(name)), size, low, high) for name, size, low, high in zip(*columns, strict=True)
        )
        return tuple(sorted(parts, key=lambda part: (part.lowest, part.highest, part.path)))


def _declared(table: str) -> Table:
    if table not in _TABLES:
        raise NotAsDeclared(f"the ledger has no table {table}")
    return _TABLES[table]


def _plain(rows: pa.Table) -> pa.Table:
    # Files that were written together again say `string_view` where others say `string`; on the disk they are the same.
    views = [field.with_type(pa.string()) if field.type == pa.string_view() else field for field in rows.schema]
    return rows.cast(pa.schema(views))


def _settle(paths: list[Path]) -> None:
    # Without this a power cut could keep the register's "live" and lose the rows.
    for path in paths:
        with path.open("rb+") as file:
            os.fsync(file.fileno())
    if os.name == "posix":
        for folder in {path.parent for path in paths}:
            handle = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)


@contextmanager
def _in_words(table: str) -> Iterator[None]:
    try:
        yield
    except (DeltaError, OSError) as error:
        raise StoreError(
            f'The ledger table "{table}" cannot be read or written.',
            "Check that the workspace's folder is there, may be written and has space left.",
        ) from error

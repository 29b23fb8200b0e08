"""The only door to DuckDB: reads Parquet by file list, keeps results as Parquet, and lets nothing else be touched.

The connection may read and write only below the folders that it was opened with, runs no user text and cannot be
reconfigured. One `Engine` belongs to one thread: DuckDB keeps one unfinished result per connection.
"""

import uuid
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import duckdb
import narwhals as nw
import pandas as pd
import pyarrow as pa

from core.tables import Table

Lazy = nw.LazyFrame[duckdb.DuckDBPyRelation]

_ARROW = {
    "text": pa.string(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "flag": pa.bool_(),
    "instant": pa.int64(),
    "day": pa.int32(),
}


class Engine:
    """Lazy frames over files, results as frames or files.

    `folder` is the only place that may be read or written; `memory` is DuckDB's own limit ("1GB"), beyond which it
    spills into `folder`.
    """

    def __init__(self, folder: Path, *, memory: str = "1GB", threads: int | None = None) -> None:
        place = folder.resolve()
        spill = place / "facts" / ".spill"
        spill.mkdir(parents=True, exist_ok=True)
        self._connection = duckdb.connect(":memory:", config={"python_enable_replacements": "false"})
        settings: dict[str, str | int | list[str]] = {
            "TimeZone": "UTC",
            "memory_limit": memory,
            "temp_directory": str(spill),
            "preserve_insertion_order": "false",
            "enable_progress_bar": "false",
            "allowed_directories": [str(place)],
            "enable_external_access": "false",
            **({"threads": threads} if threads else {}),
        }
        for name, value in settings.items():
            self._connection.execute(f"SET {name} = {_literal(value)}")
        self._connection.execute("SET lock_configuration = true")

    def beside(self) -> "Engine":
        """The same engine for another thread: shares the limits, not the unfinished results."""
        other = object.__new__(Engine)
        other._connection = self._connection.cursor()
        return other

    def scan(self, files: Sequence[str], table: Table, *, rename: Callable[[str], str] = str) -> Lazy:
        """The rows of these files as one lazy frame; every column of `table` is there, further ones keep their name.

        `rename` turns a column's name on disk into its real one. Without files the frame is empty, and typed.
        """
        if not files:
            return self.frame(table.empty(), table)
        relation = self._connection.read_parquet(list(files), union_by_name=True)
        lazy = nw.from_native(relation)
        names = {name: rename(name) for name in relation.columns}
        lazy = lazy.rename({old: new for old, new in names.items() if old != new})
        missing = [column for column in table.columns if column.name not in names.values()]
        return (
            lazy.with_columns(**{column.name: nw.lit(None).cast(_NARWHALS[column.kind]) for column in missing})
            if missing
            else lazy
        )

    def read(self, files: Sequence[Path]) -> Lazy:
        """The rows of files that `keep` wrote."""
        return nw.from_native(self._connection.read_parquet([str(file) for file in files], union_by_name=True))

    def frame(self, frame: pd.DataFrame, table: Table | None = None) -> Lazy:
        """A small frame as a lazy one; `table` gives the types where the frame may be empty."""
        if table is None:
            return self.arrow(pa.Table.from_pandas(frame, preserve_index=False))
        known = {column.name: _ARROW[column.kind] for column in table.columns}
        schema = pa.schema([(name, known.get(name, pa.string())) for name in frame.columns])
        return self.arrow(pa.Table.from_pandas(frame, schema=schema, preserve_index=False))

    def arrow(self, table: pa.Table) -> Lazy:
        """An Arrow table as a lazy frame."""
        return nw.from_native(self._connection.from_arrow(table))

    def keep(self, lazy: Lazy, file: Path) -> None:
        """Write the frame to a Parquet file; a reader sees the whole file or none, also where two write it at once."""
        part = file.with_suffix(f".{uuid.uuid4().hex}.part")
        try:
            lazy.to_native().write_parquet(str(part), compression="zstd")
            part.replace(file)
        finally:
            part.unlink(missing_ok=True)

    def collect(self, lazy: Lazy) -> pd.DataFrame:
        """The frame in memory. For results of some thousand rows, or one page of a list."""
        found: pd.DataFrame = lazy.collect("pandas").to_native()
        return found

    def number(self, lazy: Lazy) -> int:
        """The one whole number that the frame consists of."""
        return int(self.collect(lazy).iloc[0].astype("int64").iloc[0])

    def close(self) -> None:
        """Give the connection back."""
        self._connection.close()

    def __enter__(self) -> Self:
        """Use the engine for the length of a block."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


_NARWHALS: Mapping[str, Any] = {
    "text": nw.String,
    "integer": nw.Int64,
    "number": nw.Float64,
    "flag": nw.Boolean,
    "instant": nw.Int64,
    "day": nw.Int32,
}


def _literal(value: str | int | list[str]) -> str:
    if isinstance(value, int):
        return str(value)
    if isinstance(value, list):
        return "[" + ", ".join(_literal(item) for item in value) + "]"
    return "'" + value.replace("'", "''") + "'"

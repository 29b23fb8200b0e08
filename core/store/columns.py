"""Rows on their way to the ledger: column names and types as they stand on disk."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast
from urllib.parse import unquote

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from core.tables import EXTRA, Kind, Table

Source = Path | str | pd.DataFrame | Any
"""A Parquet file's path, a DataFrame, or anything Arrow reads as a stream (Table, RecordBatchReader)."""

_ON_DISK: dict[Kind, pa.DataType] = {
    "text": pa.string(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "flag": pa.bool_(),
    "instant": pa.int64(),
    "day": pa.int32(),
}
_FORBIDDEN = frozenset(' ,;{}()\n\t=%."`')
_ROWS_AT_ONCE = 65_536


def encode_column(name: str) -> str:
    """A column's name on disk, for every name; `decode_column` gives it back.

    Delta forbids some characters, and Delta and DuckDB take names that differ in case alone for one column: such
    characters, capitals among them, stand as %XX of their UTF-8 bytes. Canonical names stay as they are.

    >>> encode_column("x:Lead Score (old)")
    'x:%4Cead%20%53core%20%28old%29'
    """
    return "".join(_encoded(c) if c in _FORBIDDEN or c < " " or c == "\x7f" or c != c.lower() else c for c in name)


def _encoded(character: str) -> str:
    return "".join(f"%{byte:02X}" for byte in character.encode())


def decode_column(name: str) -> str:
    """The name that `encode_column` was given.

    >>> decode_column("x:%4Cead%20%53core%20%28old%29")
    'x:Lead Score (old)'
    """
    return unquote(name, errors="strict")


def on_disk(table: Table) -> pa.Schema:
    """The declared columns of a table as the ledger types them."""
    return pa.schema([(column.name, _ON_DISK[column.kind]) for column in table.columns])


class NotAsDeclared(ValueError):
    """Rows break their table's declaration: a mistake in the program, told without any cell of the data."""


class Stamped:
    """A stream of rows typed as the table declares, each with its batch; `rows` counts what went through."""

    def __init__(self, table: Table, batch: int, schema: pa.Schema, batches: Iterator[pa.RecordBatch]) -> None:
        self.table = table
        self.batch = batch
        self.rows = 0
        self.wrong: NotAsDeclared | None = None
        declared = on_disk(table)
        extra = [name for name in schema.names if name not in declared.names]
        strange = [name for name in extra if not name.startswith(EXTRA)]
        if strange or len(set(schema.names)) != len(schema.names):
            raise NotAsDeclared(
                f"{table.name} has columns it does not declare, or one twice: {strange or schema.names}"
            )
        self._names = [*declared.names, *extra]
        self._types = [*declared.types, *(pa.string() for _ in extra)]
        self.schema = pa.schema(list(zip(map(encode_column, self._names), self._types, strict=True)))
        self._batches = (batch for batch in batches if batch.num_rows)
        self._first = next(self._batches, None)

    @property
    def empty(self) -> bool:
        """Whether there is no row at all."""
        return self._first is None

    def reader(self) -> pa.RecordBatchReader:
        """The stream, to be read once."""
        return pa.RecordBatchReader.from_batches(self.schema, self._typed())

    def _typed(self) -> Iterator[pa.RecordBatch]:
        if self._first is None:
            return
        yield self._cast(self._first)
        for rows in self._batches:
            yield self._cast(rows)

    def _cast(self, rows: pa.RecordBatch) -> pa.RecordBatch:
        # The reader of this stream turns what is raised here into text; `wrong` keeps it to be raised as itself.
        arrays = []
        for name, kind in zip(self._names, self._types, strict=True):
            if name == "batch":
                arrays.append(pa.repeat(pa.scalar(self.batch, pa.int64()), rows.num_rows))
                continue
            held = rows.column(name) if name in rows.schema.names else pa.nulls(rows.num_rows)
            if held.null_count and name in self.table.names and self.table[name].required:
                self.wrong = NotAsDeclared(f"{self.table.name}.{name} is missing in some rows")
                raise self.wrong
            try:
                arrays.append(held.cast(kind))
            except pa.ArrowException:
                self.wrong = NotAsDeclared(f"{self.table.name}.{name} is {held.type} and cannot be stored as {kind}")
                raise self.wrong from None
        self.rows += rows.num_rows
        return pa.RecordBatch.from_arrays(arrays, schema=self.schema)


@contextmanager
def stamped(table: Table, batch: int, source: Source) -> Iterator[Stamped]:
    """The rows of `source`, ready for the ledger; `NotAsDeclared` where columns or types are not the table's."""
    if isinstance(source, Path | str):
        with pq.ParquetFile(source) as file:
            yield Stamped(table, batch, file.schema_arrow, file.iter_batches(_ROWS_AT_ONCE))
        return
    if isinstance(source, pd.DataFrame):
        source = pa.Table.from_pandas(source, preserve_index=False)
    if isinstance(source, pa.Table):
        source = source.to_reader(max_chunksize=_ROWS_AT_ONCE)
    reader = pa.RecordBatchReader.from_stream(source)
    yield Stamped(table, batch, reader.schema, iter(cast("pa.RecordBatchReader", reader)))

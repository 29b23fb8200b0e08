"""Rows of cells → Arrow text columns, piece by piece."""

import pyarrow as pa

_SMALL = 1 << 12
_MERGED = 16


class Batches:
    """Takes rows and turns them into columns: small batches are quickest to make, larger ones to work with."""

    def __init__(self, width: int) -> None:
        self.names = [str(at) for at in range(width)]
        self.rows: list[list[str]] = []
        self.count = 0
        self._small: list[pa.RecordBatch] = []
        self._large: list[pa.RecordBatch] = []

    def full(self) -> bool:
        """Whether the rows at hand are worth a batch."""
        return len(self.rows) >= _SMALL

    def flush(self) -> bool:
        """Make a batch of the rows at hand; true when a large batch was completed."""
        columns = zip(*self.rows, strict=True) if self.rows else iter([()] * len(self.names))
        arrays = [pa.array(column, pa.string()) for column in columns]
        self._small.append(pa.RecordBatch.from_arrays(arrays, names=self.names))
        self.count += len(self.rows)
        self.rows.clear()
        if len(self._small) < _MERGED:
            return False
        self._merge()
        return True

    def _merge(self) -> None:
        self._large.append(pa.concat_batches(self._small))
        self._small.clear()

    def table(self) -> pa.Table:
        """All rows taken so far; columns are named by their position."""
        self.flush()
        if self._small:
            self._merge()
        return pa.Table.from_batches(self._large)

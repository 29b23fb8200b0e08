"""Tables on their way to the store: a Parquet file each, written piece by piece, or only counted."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq


class Staging:
    """Takes pieces of tables. With a folder they are written to `<table>.parquet` in it; without one, only counted."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        self.facts: dict[str, int] = {}
        self.writers: dict[str, pq.ParquetWriter] = {}
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)

    def add(self, name: str, piece: pa.Table) -> None:
        """Take a piece of the table of that name; all pieces of one table have the same columns."""
        if not piece.num_rows:
            return
        self.facts[name] = self.facts.get(name, 0) + piece.num_rows
        if self.folder is None:
            return
        if name not in self.writers:
            self.writers[name] = pq.ParquetWriter(self.folder / f"{name}.parquet", piece.schema, compression="zstd")
        self.writers[name].write_table(piece)

    def close(self) -> dict[str, str]:
        """End the files; table → path."""
        for writer in self.writers.values():
            writer.close()
        return {name: str(self.folder / f"{name}.parquet") for name in self.writers if self.folder}

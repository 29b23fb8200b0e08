"""What lasts: the rows of every import, what counts of them, and what was stated about them."""

from core.store.columns import decode_column, encode_column
from core.store.rows import Batch, DefinitionVersion, NewBatch
from core.store.store import Snapshot, Store, Writing

__all__ = [
    "Batch",
    "DefinitionVersion",
    "NewBatch",
    "Snapshot",
    "Store",
    "Writing",
    "decode_column",
    "encode_column",
]

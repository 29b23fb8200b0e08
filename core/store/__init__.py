"""What lasts: the rows of every import, what counts of them, and what was stated about them."""

from core.store.agreed_rows import Answer, Draft, Outcome, Proposal, Signature, Voice, VoiceKind
from core.store.agreeing import Book, Who
from core.store.columns import decode_column, encode_column
from core.store.rows import Batch, DefinitionVersion, NewBatch, StatedPerson
from core.store.staffing import EVERYBODY_ELSE
from core.store.store import Snapshot, Store, Writing

__all__ = [
    "EVERYBODY_ELSE",
    "Answer",
    "Batch",
    "Book",
    "DefinitionVersion",
    "Draft",
    "NewBatch",
    "Outcome",
    "Proposal",
    "Signature",
    "Snapshot",
    "StatedPerson",
    "Store",
    "Voice",
    "VoiceKind",
    "Who",
    "Writing",
    "decode_column",
    "encode_column",
]

"""The ground of every agreed thing."""

import unicodedata

from pydantic import BaseModel, ConfigDict


class Frozen(BaseModel):
    """Unchangeable, and strict about what it is made of."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def fold(label: str) -> str:
    """A label without case, space, accents of width and punctuation, so that spellings of one word meet.

    >>> fold("Sales-Accepted  Lead") == fold("sales accepted lead")
    True
    """
    return "".join(ch for ch in unicodedata.normalize("NFKC", label).casefold() if ch.isalnum())

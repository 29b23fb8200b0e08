"""The ground of every agreed thing."""

import unicodedata
from collections.abc import Iterator
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, model_validator

_SPACES = "\t\n\r"


class Frozen(BaseModel):
    """Unchangeable, and strict about what it is made of; its texts can be shown, written and searched for."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @model_validator(mode="after")
    def _of_signs_that_can_be_written(self) -> Self:
        for text in _texts(self.__dict__.values()):
            for sign in text:
                if sign not in _SPACES and unicodedata.category(sign) in ("Cc", "Cs"):
                    raise ValueError(f"a text holds a sign that cannot be written: U+{ord(sign):04X}")
        return self


def _texts(values: Any) -> Iterator[str]:
    for value in values:
        if isinstance(value, str):
            yield value
        elif isinstance(value, tuple):
            yield from _texts(value)


def fold(label: str) -> str:
    """A label without case, space, accents of width and punctuation, so that spellings of one word meet.

    >>> fold("Sales-Accepted  Lead") == fold("sales accepted lead")
    True
    """
    return "".join(ch for ch in unicodedata.normalize("NFKC", label).casefold() if ch.isalnum())

"""Does a row look like column names or like data?"""

import re
from collections.abc import Sequence

from core.intake.fields import SHAPES
from core.intake.formats import EXPORTS
from core.intake.words import fold

_STRONG = re.compile(
    r"[^@\s,;]{1,64}@[^@\s,;]{1,64}\.[a-z]{2,24}"  # a mail address
    r"|\d{4}[-/.]\d{1,2}[-/.]\d{1,2}(?:[T ].{0,20})?|\d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|\d{2})(?:[T ].{0,20})?"  # a date
    r"|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{24,64}"  # an id
    r"|00[0-9a-z]{1}[0-9a-z]{12}(?:[0-9a-z]{3})?"  # a Salesforce id
    r"|https?://\S+",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"[-+]?[$€£]?\d[\d.,]*%?")
_WORDS = ("true", "false", "yes", "no", "null", "n/a", "na", "nan", "none")


def _names() -> frozenset[str]:
    known = {
        fold(name) for targets in SHAPES.values() for target in targets for name in (target.name, *target.spellings)
    }
    for export in EXPORTS:
        known.update(fold(name) for group in export.needs for name in group)
        known.update(fold(name) for names in export.columns.values() for name in names)
    return frozenset(known)


NAMES = _names()
"""Every column name that any export uses for a field, folded."""


def header_score(cells: Sequence[str]) -> float:
    """Share of the cells that could be column names: filled, and neither number, date, id nor address.

    >>> header_score(["Email", "Score"]), header_score(["a@b.org", "12"])
    (1.0, 0.0)
    """
    if not cells:
        return 0.0
    return sum(bool(text := cell.strip()) and not _is_data(text) for cell in cells) / len(cells)


def is_data_row(cells: Sequence[str]) -> bool:
    """Whether a row is data beyond doubt: a mail, date or id in it, or nothing that could be a name.

    >>> is_data_row(["Ada", "ada@example.org", "open"]), is_data_row(["Name", "2019", "2020"])
    (True, False)
    """
    filled = [cell.strip() for cell in cells if cell.strip()]
    return any(_STRONG.fullmatch(cell) for cell in filled) or all(_is_data(cell) for cell in filled)


def _is_data(cell: str) -> bool:
    return bool(_STRONG.fullmatch(cell) or _NUMBER.fullmatch(cell)) or cell.casefold() in _WORDS

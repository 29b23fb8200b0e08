"""A file that is no known export: do its columns speak of leads, deals or what happened to them?"""

from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow.compute as pc

from core.intake import dates
from core.intake.fields import targets_of
from core.intake.recognise import plain
from core.intake.sheet import Sheet
from core.intake.stage_dates import stage_of
from core.intake.typed import distinct
from core.intake.words import fold

_TELLING: dict[str, tuple[str, ...]] = {
    "leads": ("email", "owner", "status", "created_at"),
    "deals": ("amount", "stage", "outcome", "is_won", "owner", "opened_at", "closed_at"),
    "history": ("field", "old_value", "when"),
    "touches": ("disposition", "when", "day"),
}
"""Fields that a table to look things up in seldom has, per shape; of equally many the earlier shape."""
_COMMON = frozenset(
    map(fold, ("Revenue", "Value", "Total", "Valor", "From", "Old", "Time", "Result", "Outcome", "Property", "Closed"))
)
"""Spellings of those fields that are also names of anything."""
_SAMPLE = 20_000


@dataclass(frozen=True)
class Likely:
    """What the rows probably are, and the columns that say so."""

    shape: str
    columns: tuple[str, ...]


def likely(names: Sequence[str], sheet: Sheet) -> Likely | None:
    """The shape of which these columns name most; None where they may well be a table to look things up in.

    A column of instants also tells of something that happened, whatever it is called; what a loader notes of its own
    work does not.
    """
    own = [name for name in names if not name.startswith("_")]
    said = {shape: tuple(name for name in own if _tells(name, shape)) for shape in _TELLING}
    best = max(said, key=lambda shape: len(said[shape]))
    if said[best]:
        return Likely(best, said[best])
    timed = tuple(name for at, name in enumerate(names) if name in own and _is_timed(sheet, at))
    return Likely("history", timed) if timed else None


def _tells(name: str, shape: str) -> bool:
    folded = plain(name)
    if shape == "leads" and stage_of(name) is not None:
        return True
    fields = targets_of(shape)
    spelled = {fold(word) for field in _TELLING[shape] for word in (field, *fields[field].spellings)}
    return folded in spelled - _COMMON


def _is_timed(sheet: Sheet, at: int) -> bool:
    """Whether most filled cells are instants with a time of day."""
    values = distinct(sheet.table.column(at).slice(0, _SAMPLE)).values.slice(0, 500)
    if len(values) < 2 or not pc.any(pc.match_substring(values, ":")).as_py():
        return False
    name = dates.agree(values).name
    return name is not None and int(dates.parse(values, name).timed.sum()) * 2 > len(values)

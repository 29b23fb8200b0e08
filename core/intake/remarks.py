"""Cells that were taken with a remark: what is no date, number or flag, and signs that do not show."""

import re
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from core.intake.fields import targets_of
from core.intake.shapes.rows import Rows
from core.intake.typed import Dates, Distinct, distinct

_SIGNS = r"[\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x{9f}\x{200b}\x{200e}\x{200f}\x{202a}-\x{202e}\x{2060}-\x{2069}\x{feff}]"
_CURRENCY = re.compile("[A-Za-z]{3}")


def remark_cells(rows: Rows) -> None:
    """Note every taken cell of a typed column that could not be read."""
    fields = targets_of(rows.plan.shape)
    for target, column in rows.typed.items():
        if isinstance(column, Dates):
            facts = {"format": column.name or "(none was found)"}
            _note(rows, target, "BAD_DATE", column.source, ~column.ok, facts)
        else:
            code = "BAD_FLAG" if fields[target].kind == "flag" else "BAD_NUMBER"
            _note(rows, target, code, column.source, ~column.ok, {})
    at = rows.plan.position("currency")
    if at is not None:
        source = distinct(rows.sheet.table.column(at))
        bad = np.array([_CURRENCY.fullmatch(text) is None for text in source.values.to_pylist()], np.bool_)
        _note(rows, "currency", "BAD_CURRENCY", source, bad, {})


def _note(
    rows: Rows, target: str, code: str, source: Distinct, bad: npt.NDArray[np.bool_], facts: Mapping[str, object]
) -> None:
    if not bad.any():
        return
    place = rows.plan.position(target)
    name = rows.plan.names[place] if place is not None else None
    texts = source.values.to_pylist()
    # A missing cell has the code -1, which is the last place: it is never bad.
    guilty = np.append(bad, False)[source.codes] & rows.keep
    for row in np.flatnonzero(guilty).tolist():
        rows.problems.add(code, int(rows.sheet.start[row]), texts[source.codes[row]], column=name, facts=facts)


def remark_signs(rows: Rows) -> None:
    """Note every taken cell with control or direction signs; the text is kept as it is and shown escaped."""
    for at, name in enumerate(rows.plan.names):
        column = rows.sheet.table.column(at)
        odd = np.asarray(pc.match_substring_regex(column, _SIGNS)) & rows.keep
        where = np.flatnonzero(odd)
        for row, cell in zip(where.tolist(), column.take(pa.array(where)).to_pylist(), strict=True):
            rows.problems.add("CONTROL_CHAR", int(rows.sheet.start[row]), cell, column=name)

"""Which rows of a sheet are taken: not the identical ones, the totals, those without an id or with a taken one."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from core.intake.fields import KEY_FIELD
from core.intake.plan import Plan
from core.intake.problems import Problems
from core.intake.sheet import Sheet
from core.intake.words import TOTAL_CELL, is_missing, is_report_line, is_total

Bools = npt.NDArray[np.bool_]
_STEP = 200_000
_TAIL = 40
_KEYED = ("leads", "deals", "people", "campaigns", "lookup")
"""Shapes in which an id stands once."""


@dataclass(frozen=True)
class Taken:
    """Which rows are taken, and how many were identical to an earlier one, totals, or set aside."""

    keep: Bools
    identical: int
    footer: int
    quarantined: int


def identical_rows(sheet: Sheet) -> Bools:
    """Rows that are equal, cell for cell, to an earlier row. Equal hashes are only a hint; the cells decide."""
    size = sheet.table.num_rows
    out = np.zeros(size, np.bool_)
    hashes = pd.Series(sheet.hashes)
    again = np.flatnonzero(hashes.duplicated(keep="first").to_numpy())
    if not len(again):
        return out
    frame = pd.DataFrame({"hash": sheet.hashes, "row": np.arange(size, dtype=np.int64)})
    first = frame.drop_duplicates("hash", keep="first").set_index("hash")["row"]
    before = first.reindex(sheet.hashes[again]).to_numpy(dtype=np.int64)
    for start in range(0, len(again), _STEP):
        here, there = again[start : start + _STEP], before[start : start + _STEP]
        same = np.ones(len(here), np.bool_)
        for column in sheet.table.columns:
            same &= np.asarray(pc.equal(column.take(pa.array(here)), column.take(pa.array(there))))
        out[here] = same
    return out


def take_rows(plan: Plan, sheet: Sheet, problems: Problems) -> Taken:
    """Sort out the rows. The first row of an id is taken; a later one with other content is set aside."""
    same = identical_rows(sheet)
    keep = ~same
    totals = _totals(plan, sheet, keep)
    for row in totals:
        keep[row] = False
        problems.add("TOTALS_ROW", int(sheet.start[row]), None)
    footer = _footer(sheet, keep)
    for row in footer:
        keep[row] = False
        problems.add("FOOTER", int(sheet.start[row]), None)
    before = int(keep.sum())
    ids = _keys(plan, sheet)
    if ids is not None:
        known = np.asarray(ids.is_valid())
        for row in np.flatnonzero(keep & ~known).tolist():
            problems.add("MISSING_ID", int(sheet.start[row]), None, quarantined=True)
        keep &= known
        if plan.shape in _KEYED:
            _conflicts(ids, keep, sheet, problems)
    return Taken(keep, int(same.sum()), len(totals) + len(footer), before - int(keep.sum()))


def _conflicts(ids: pa.ChunkedArray, keep: Bools, sheet: Sheet, problems: Problems) -> None:
    rows = np.flatnonzero(keep)
    if not len(rows):
        return
    encoded = ids.take(pa.array(rows)).combine_chunks().dictionary_encode()
    codes = np.asarray(encoded.indices.to_numpy(zero_copy_only=False))
    first = np.zeros(len(encoded.dictionary), np.int64)
    first[codes[::-1]] = rows[::-1]
    for place in np.flatnonzero(first[codes] != rows):
        row, earlier = int(rows[place]), int(first[codes[place]])
        facts = {"first": int(sheet.start[earlier])}
        problems.add("CONFLICTING_ID", int(sheet.start[row]), None, quarantined=True, facts=facts)
        keep[row] = False


def _keys(plan: Plan, sheet: Sheet) -> pa.ChunkedArray | None:
    """Per row what it is about, from the first key field of the shape that is filled; None without such a field."""
    fields = KEY_FIELD[plan.shape]
    found = [sheet.table.column(at) for field in fields if (at := plan.position(field)) is not None]
    if not found and plan.shape == "people":
        found = [
            sheet.table.column(at) for field in ("last_name", "first_name") if (at := plan.position(field)) is not None
        ]
        if len(found) == 2:
            found = [pc.utf8_trim_whitespace(pc.binary_join_element_wise(found[1], found[0], " "))]
    if not found:
        return None
    # In a lookup, NA may be a country and "none" a product: only an empty key is none.
    gone = pa.array([""] if plan.shape == "lookup" else sorted(plan.missing()))
    ids = []
    for column in found:
        text = pc.utf8_trim_whitespace(column)
        ids.append(pc.if_else(pc.is_in(pc.utf8_lower(text), gone), pa.scalar(None, pa.string()), text))
    return pc.coalesce(*ids) if len(ids) > 1 else ids[0]


def _totals(plan: Plan, sheet: Sheet, keep: Bools) -> list[int]:
    """Rows whose first filled cell is a word for a total, and whose id is missing or that very cell."""
    first = sheet.table.column(0)
    pattern = rf"(?i)^(?:{TOTAL_CELL.pattern})$"
    candidates = np.asarray(pc.match_substring_regex(first, pattern)) & keep
    blank = np.flatnonzero(np.asarray(pc.equal(pc.utf8_trim_whitespace(first), "")) & keep)
    if len(blank):
        candidates[blank] = _first_filled_is_total(sheet.table, blank, pattern)
    keys = [at for field in KEY_FIELD[plan.shape] if (at := plan.position(field)) is not None]
    out = []
    for row in np.flatnonzero(candidates):
        cells = [column[int(row)].as_py() for column in sheet.table.columns]
        if all(is_missing(cells[at]) or is_total(cells[at]) for at in keys):
            out.append(int(row))
    return out


def _footer(sheet: Sheet, keep: Bools) -> list[int]:
    """The last rows of one filled cell each, from the first on that a report prints below its data.

    A spreadsheet that saves a report again pads its footer with delimiters, so that it is as wide as a row.
    """
    if sheet.table.num_columns < 3:
        return []
    first = max(0, sheet.table.num_rows - _TAIL)
    last = list(zip(*(column.to_pylist() for column in sheet.table.slice(first).columns), strict=True))
    begun = len(last)
    while begun and sum(bool(cell.strip()) for cell in last[begun - 1]) == 1:
        begun -= 1
    known = next((at for at in range(begun, len(last)) if is_report_line(last[at])), len(last))
    return [first + at for at in range(known, len(last)) if keep[first + at]]


def _first_filled_is_total(table: pa.Table, rows: npt.NDArray[np.int64], pattern: str) -> Bools:
    part = table.take(pa.array(rows))
    filled = [
        pc.if_else(pc.equal(pc.utf8_trim_whitespace(column), ""), pa.scalar(None, pa.string()), column)
        for column in part.columns
    ]
    return np.asarray(pc.fill_null(pc.match_substring_regex(pc.coalesce(*filled), pattern), False))

"""Line breaks inside cells, written as signs of their own: so every row of a workbook is one line of its text."""

import re

import pyarrow as pa
import pyarrow.compute as pc

_MARK = "\ufdd0"
"""No letter of any script, and set apart by Unicode for a program's own use."""
_SIGNS = {"\n": "n", "\r": "r", _MARK: "x"}
_LETTERS = {letter: sign for sign, letter in _SIGNS.items()}


def without_breaks(cell: str) -> str:
    """The cell on one line.

    >>> with_breaks(without_breaks("Main St 1\\nLund")) == "Main St 1\\nLund"
    True
    >>> "\\n" in without_breaks("Main St 1\\nLund")
    False
    """
    return re.sub(f"[\n\r{_MARK}]", lambda found: _MARK + _SIGNS[found[0]], cell)


def with_breaks(text: str) -> str:
    """The text with its line breaks again."""
    return re.sub(f"{_MARK}([nrx])", lambda found: _LETTERS[found[1]], text) if _MARK in text else text


def table_with_breaks(table: pa.Table) -> pa.Table:
    """The cells of a table of texts with their line breaks again."""
    columns = []
    for column in table.columns:
        if pc.any(pc.match_substring(column, _MARK)).as_py():
            column = pa.chunked_array([pa.array([with_breaks(cell) for cell in column.to_pylist()], pa.string())])
        columns.append(column)
    return pa.table(columns, names=table.column_names)

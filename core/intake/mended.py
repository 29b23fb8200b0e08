"""Rows that were set aside, as a file to mend and send again; and such a file as it comes back."""

import csv
from collections.abc import Sequence
from dataclasses import replace

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from core.intake.dialect import DELIMITERS, Dialect
from core.intake.reading import Notice
from core.intake.sheet import Sheet
from core.intake.words import fold

WRONG = "What is wrong (left out by Handoff)"
"""Name of the last column of a file to mend."""
_ESCAPED = "^'([ \u00a0\u3000\ufeff\u200b\n]*[=+\\-@\t\r\uff1d\uff0b\uff0d\uff20])"
"""An apostrophe that `core.export.safe` may have put before a cell."""


def to_mend(problems: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """The rows set aside as cells of their file, and last what is wrong with each; `header_to_mend` names them.

    `problems` as the store gives them, `names` the file's columns in order, as `unique_names` made them. A row that
    does not fall into as many cells, whichever delimiter is tried, stands in the first cell as it is.
    """
    aside = problems[problems["quarantined"]]
    rows = [[*_cells(str(raw), len(names)), said] for raw, said in zip(aside["raw"], aside["sentence"], strict=True)]
    return pd.DataFrame(rows, columns=[*names, WRONG])


def _cells(raw: str, width: int) -> list[str]:
    for delimiter in DELIMITERS:
        found = list(csv.reader([raw], delimiter=delimiter)) if "\n" not in raw else _lines(raw, delimiter)
        if len(found) == 1 and len(found[0]) == width:
            return found[0]
    return [raw, *[""] * (width - 1)]


def _lines(raw: str, delimiter: str) -> list[list[str]]:
    return list(csv.reader(raw.splitlines(keepends=True), delimiter=delimiter))


def header_to_mend(names: Sequence[str]) -> dict[str, str]:
    """Each column's heading in the file: a blank one is called by its position only here, a second one by its number.

    >>> list(header_to_mend(["Email", "Email (2)", "column 3 (no name)"]).values())[:3]
    ['Email', 'Email', '']
    """
    out: list[str] = []
    for position, name in enumerate(names, 1):
        base = name.rpartition(" (")[0]
        again = name == f"{base} ({out.count(base) + 1})" and base in out
        out.append("" if name == f"column {position} (no name)" else base if again else name)
    return dict(zip((*names, WRONG), (*out, WRONG), strict=True))


def taken_back(dialect: Dialect, sheet: Sheet) -> tuple[Dialect, Sheet, tuple[Notice, ...]]:
    """The layout and rows of a file to mend as those of the file that it came from; any other file as it is."""
    if len(dialect.header) < 2 or fold(dialect.header[-1]) != fold(WRONG):
        return dialect, sheet, ()
    columns = [pc.replace_substring_regex(column, _ESCAPED, r"\1") for column in sheet.table.columns[:-1]]
    said = "These rows were set aside before. What Handoff wrote beside them and before formulas was left out."
    return (
        replace(dialect, header=dialect.header[:-1]),
        replace(sheet, table=pa.table(columns, names=sheet.table.column_names[:-1])),
        (Notice("MENDED", said),),
    )

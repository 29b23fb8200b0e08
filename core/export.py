"""The one writer of CSV that leaves the house: no cell can act as a formula, and every column says what it holds."""

import csv
import io
import re
from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo
from typing import Any

import pandas as pd

BOM = "\ufeff"
"""Without it a spreadsheet reads UTF-8 as its local code page."""

_ACTS = frozenset("=+-@\t\r\uff1d\uff0b\uff0d\uff20")
"""First signs that make a spreadsheet run a cell, with their full-width forms."""

_NUMBER = re.compile(r"[+-]?(\d+([.,]\d+)*|[.,]\d+)(e[+-]?\d+)?", re.IGNORECASE | re.ASCII)


def safe(text: str) -> str:
    """Text that a spreadsheet shows and never runs: an apostrophe before a sign that would start a formula.

    >>> safe("=HYPERLINK(1)"), safe("-12.50"), safe("-1+2"), safe("plain")
    ("'=HYPERLINK(1)", '-12.50', "'-1+2", 'plain')
    """
    # Blank signs before a formula do not stop every spreadsheet from running it.
    first = text.lstrip(" \u00a0\u3000\ufeff\u200b\n")[:1]
    if text[:1] in _ACTS or first in _ACTS:
        return text if text[:1] == "-" and _NUMBER.fullmatch(text) else "'" + text
    return text


def csv_bytes(
    frame: pd.DataFrame,
    *,
    headings: Mapping[str, str] | None = None,
    instants: tuple[str, ...] = (),
    zone: tzinfo = UTC,
) -> bytes:
    """The frame as CSV in UTF-8. `headings` names its columns in words and keeps only those, in that order.

    `instants` are columns of seconds UTC, written as local ISO time in `zone`. A missing value is an empty cell.

    >>> frame = pd.DataFrame({"lead_id": ["=1"], "entered_at": [0]})
    >>> made = csv_bytes(frame, headings={"lead_id": "Lead", "entered_at": "Entered"}, instants=("entered_at",))
    >>> made.decode("utf-8-sig").splitlines()
    ['Lead,Entered', "'=1,1970-01-01T00:00:00+00:00"]
    """
    named = dict(headings) if headings is not None else {str(name): str(name) for name in frame.columns}
    kept = [name for name in named if name in frame.columns]
    out = io.StringIO(newline="")
    out.write(BOM)
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([safe(named[name]) for name in kept])
    columns = [_cells(frame[name], zone if name in instants else None) for name in kept]
    writer.writerows(zip(*columns, strict=True))
    return out.getvalue().encode("utf-8")


def _cells(values: "pd.Series[Any]", zone: tzinfo | None) -> list[str]:
    return ["" if missing else _cell(value, zone) for value, missing in zip(values, values.isna(), strict=True)]


def _cell(value: Any, zone: tzinfo | None) -> str:
    if zone is not None:
        return datetime.fromtimestamp(int(value), UTC).astimezone(zone).isoformat(timespec="seconds")
    return safe(value) if isinstance(value, str) else str(value)

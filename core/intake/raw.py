"""Rows as they stand in the file, for those that are set aside or remarked on."""

from pathlib import Path

from core.intake.breaks import with_breaks
from core.intake.encoding import Text


def shown(raw: str) -> str:
    """Raw text without its line end; bytes that are no text stand as \\xNN.

    >>> shown("M\\udcfcller\\n")
    'M\\\\xfcller'
    """
    data = raw.rstrip("\r\n").encode("utf-8", "surrogateescape")
    return with_breaks(data.decode("utf-8", "backslashreplace"))


def raw_lines(path: Path, text: Text, wanted: dict[int, int]) -> dict[int, str]:
    """The text of records by their first line; `wanted` gives each record's first and last physical line."""
    out: dict[int, str] = {}
    if not wanted:
        return out
    last, until, begun = max(wanted.values()), 0, 0
    parts: list[str] = []
    with text.open(path) as file:
        for number, line in enumerate(file, 1):
            if number in wanted:
                until, begun, parts = wanted[number], number, []
            if number <= until:
                parts.append(line)
                if number == until:
                    out[begun] = shown("".join(parts))
            if number >= last:
                break
    return out

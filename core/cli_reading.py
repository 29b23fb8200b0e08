"""How a file was read, in words for a terminal: the same as the JSON says."""

from typing import Any

from core.intake import WORKBOOK
from core.terminal import shown

_DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe"}
_PARTS = {
    "header": "header",
    "preamble": "preamble",
    "repeated_headers": "repeated headers",
    "accepted": "accepted",
    "quarantined": "quarantined",
    "identical": "identical",
    "blank": "blank",
    "footer": "footer",
}
_MOST = 80


def told(result: dict[str, Any]) -> str:
    """One file: what it is, what became of its rows and why, what its columns mean, what is asked."""
    name = shown(result["file"])
    if "rows" not in result:
        return f"{name}: {shown(result['error'])} {shown(result['hint'])}"
    rows = result["rows"]
    said = f"{name}: {result['shape']} ({result['system']}), {rows['accepted']:,} rows taken"
    said += f", {rows['quarantined']:,} set aside"
    if result["undecided"]:
        said = f"{name}: {shown(result['error'])} {result['hint']}" if "error" in result else f"{name}: undecided"
    if "import" in result:
        said += f"; import {result['import']}"
        said += ", already imported, nothing changed" if result["already_imported"] else ""
    lines = [said.removesuffix(".") + "."]
    if "import" not in result:
        lines.append(_form(result))
    lines.append(identity(rows))
    lines += [shown(notice["sentence"]) for notice in result["notices"]]
    lines += [_problem(kind) for kind in result["problems"]]
    if "import" not in result:
        lines += ["Columns:", *_columns(result["columns"])]
    return "\n  ".join(lines) + questions_told(result["questions"])


def identity(rows: dict[str, int]) -> str:
    """Every row of the file accounted for.

    >>> identity({"total": 4, "header": 1, "accepted": 2, "quarantined": 1})
    '4 rows in the file = 1 header + 2 accepted + 1 quarantined'
    """
    parts = [
        f"{rows[name]:,} {word}"
        for name, word in _PARTS.items()
        if rows.get(name) or name in ("accepted", "quarantined")
    ]
    return f"{rows['total']:,} rows in the file = {' + '.join(parts)}"


def _form(result: dict[str, Any]) -> str:
    delimiter = _DELIMITERS.get(result["delimiter"], result["delimiter"])
    how = "Excel workbook" if result["encoding"] == WORKBOOK else f"{result['encoding']}, {delimiter}"
    return f"{how}, header on line {result['header_line']:,}"


def _problem(kind: dict[str, Any]) -> str:
    where = f"Line {kind['first_line']}"
    if kind["column"]:
        where += f', "{shown(kind["column"])}"'
    raw = shown((kind["raw"] or "")[:_MOST])
    stood = f": {raw}{'…' if len(kind['raw'] or '') > _MOST else ''}" if raw else ""
    became = ", set aside" if kind["set_aside"] else ""
    return f"{where}{stood}\n    {kind['code']}, {kind['times']:,} in all{became}. {shown(kind['sentence'])}"


def _columns(columns: list[dict[str, Any]]) -> list[str]:
    return [
        f"  {shown(column['name'])} → {shown(column['field'] or 'ignored')}"
        + (f" ({column['format']})" if column["format"] else "")
        for column in columns
    ]


def questions_told(questions: list[dict[str, Any]]) -> str:
    """What somebody must decide, and how to say it."""
    lines = []
    for question in questions:
        taken = f" (taken: {shown(question['proposed'])})" if question["proposed"] else ""
        examples = ", ".join(map(shown, question["examples"]))
        lines.append(f"\n  {shown(question['text'])}{taken}\n    examples: {examples}")
        lines += [
            f"    --answer '{shown(question['id'])}={shown(option['value'])}'  {shown(option['label'])}"
            for option in question["options"]
        ]
    return "\n".join(["", *lines]) if lines else ""

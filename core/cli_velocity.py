"""`handoff velocity`: how long leads stay in each stage, for a terminal and for a schedule."""

import argparse
from datetime import date
from typing import Any

import pandas as pd

from core.measures.cohort import Query
from core.report import Report
from core.terminal import NEWEST, Add, Said, common, on_report, pair, shown
from core.velocity_json import velocity_json
from core.velocity_words import bend_told, headline, slow_told, stay
from core.words import count


def velocity_command(command: Add) -> None:
    """Add `velocity` to the parser."""
    one = command("velocity", on_report(velocity), "how long leads stay in each stage, and when they stop moving on")
    common(one, NEWEST)
    one.add_argument("--by", metavar="COLUMN", help="break down by a column")
    one.add_argument("--where", action="append", default=[], metavar="COLUMN=VALUE", help="only these leads")
    one.add_argument("--start", type=date.fromisoformat, metavar="DAY", help="first day of the latest visit")
    one.add_argument("--end", type=date.fromisoformat, metavar="DAY", help="last day of the latest visit")


def velocity(report: Report, stated: argparse.Namespace) -> Said:
    """`handoff velocity`."""
    where = tuple(pair(where, "--where") for where in stated.where)
    query = Query(start=stated.start, end=stated.end, where=where, by=stated.by)
    answer = velocity_json(report, query)
    return answer, "" if stated.json else _words(report, query, answer)


def _words(report: Report, query: Query, answer: dict[str, Any]) -> str:
    found = report.velocity(query)
    names = {stage.id: stage.name for stage in found.definition.stages}
    lines = [headline(found) + ".", "", *_table(answer["stages"], found.definition.stage_ids[-1])]
    for part in answer["segments"]:
        lines += ["", shown(part["segment"]), *_table(part["stages"], found.definition.stage_ids[-1])]
        if part["slow"]:
            lines += [f"Slower than chance explains: {', '.join(names[stage] for stage in part['slow'])}."]
    lines += ["", slow_told(found.months, names) + "."]
    for stage in names:
        rows = found.profile[found.profile["stage"] == stage]
        lines += [bend_told(rows, names[stage]) + "."] if rows["bend"].any() else []
    return "\n".join([*lines, *(["", *answer["doubts"]] if answer["doubts"] else [])])


def _table(rows: list[dict[str, Any]], last: str) -> list[str]:
    lines = [f"{'':28}{'left':>8}{'half':>10}{'3 in 4':>10}{'9 in 10':>10}{'still there':>13}{'half of them':>14}"]
    for row in rows:
        if row["stage"] == last:
            continue
        stayed = "".join(f"{_long(row[f'{name}_days']):>10}" for name in ("median", "p75", "p90"))
        there = f"{count(row['open']):>13}{_long(row['age_median_days']):>14}"
        lines.append(f"{shown(row['name'])[:27]:28}{count(row['n']):>8}{stayed}{there}")
    return lines


def _long(days: float | None) -> str:
    return "" if days is None or pd.isna(days) else stay(days)

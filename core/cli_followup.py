"""What happened after the hand-off, for a terminal and for a schedule: one function per command."""

import argparse
from collections.abc import Callable
from datetime import date
from typing import Any

from core.errors import QueryInvalid
from core.measures.buckets import BUCKETS
from core.measures.cohort import Query
from core.report import Report
from core.silence import Silence
from core.silence_json import black_hole_json
from core.silence_words import headline, identity, names, rule
from core.stats.intervals import Rate
from core.words import count, counted, share

Run = Callable[[argparse.Namespace], int]
Said = tuple[dict[str, Any], str]
"""What a command answers: as JSON, and in words."""
OnReport = Callable[[Callable[[Report, argparse.Namespace], Said]], Run]
"""Makes a command of what is asked of one report."""


def follow_up(
    command: Callable[[str, Run, str], argparse.ArgumentParser],
    common: Callable[[argparse.ArgumentParser, str], None],
    on_report: OnReport,
) -> None:
    """Add the commands of this module to the parser."""
    one = command("black-hole", on_report(black_hole), "which leads fell silent after the hand-off, and whose they are")
    common(one, "what the report is true at (default: the newest plausible instant in the data)")
    _of_hand_offs(one)


def _of_hand_offs(one: argparse.ArgumentParser) -> None:
    one.add_argument("--by", metavar="COLUMN", help="break down by rep, team, owner_now, holder, age or a column")
    one.add_argument("--where", action="append", default=[], metavar="COLUMN=VALUE", help="only these leads")
    one.add_argument("--start", type=date.fromisoformat, metavar="DAY", help="first day of the hand-off")
    one.add_argument("--end", type=date.fromisoformat, metavar="DAY", help="last day of the hand-off")
    one.add_argument("--counting", choices=("leads", "passes"), default="leads", help="passes: every hand-off counts")


def pair(text: str, option: str) -> tuple[str, str]:
    """NAME=VALUE as it was typed after an option."""
    name, equals, value = text.partition("=")
    if not equals:
        raise QueryInvalid(f'{option} needs NAME=VALUE, not "{text}".', f"For example {option} source=Email.")
    return name, value


def of_hand_offs(stated: argparse.Namespace) -> Query:
    """The question that the options state."""
    return Query(
        start=stated.start,
        end=stated.end,
        counting=stated.counting,
        where=tuple(pair(where, "--where") for where in stated.where),
        by=stated.by,
    )


def black_hole(report: Report, stated: argparse.Namespace) -> Said:
    """`handoff black-hole`."""
    asked = Silence(report, of_hand_offs(stated))
    answer = black_hole_json(asked)
    return answer, "" if stated.json else _black_hole_words(asked, answer)


def _black_hole_words(asked: Silence, answer: dict[str, Any]) -> str:
    found, touches = asked.counts(), bool(answer["touches_known"])
    called, whole = names(found.clock, touches=touches), found.total()
    lines = [headline(found, asked.at_stake(), touches=touches) + ".", f"{rule(found.clock)}. {identity(found)}.", ""]
    lines += [f"{called[name]:28}{counted(Rate(whole[name], whole['handed'])):>24}" for name in BUCKETS]
    if answer["segments"]:
        lines += ["", f"{found.query.by:28}{'handed over':>12}{'black hole':>12}{'of those past their clock':>28}"]
    for row in answer["segments"]:
        rate = found.rate(row["segment"])
        flag = "  more than chance" if row["stands_out"] else ""
        lines.append(
            f"{row['segment'][:27]:28}{count(row['handed']):>12}{count(row['black_hole']['leads']):>12}"
            f"{share(rate):>28}{flag}"
        )
    return "\n".join([*lines, *(["", *answer["doubts"]] if answer["doubts"] else [])])

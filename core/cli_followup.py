"""What happened after the hand-off, for a terminal and for a schedule: one function per command."""

import argparse
from datetime import date
from typing import Any

from core.cli_velocity import velocity_command
from core.clock_words import NAMES, headline, identity, lasting, rule
from core.measures.buckets import BUCKETS
from core.measures.cohort import Query
from core.measures.sla import Sla
from core.report import Report
from core.silence import Silence
from core.silence_json import black_hole_json
from core.silence_words import headline as silence_headline
from core.silence_words import identity as silence_identity
from core.silence_words import names
from core.silence_words import rule as silence_rule
from core.sla_json import EACH_OWNER, MONTH, clock_of, sla_json, split
from core.stats.intervals import Rate
from core.terminal import NEWEST, Add, Said, common, on_report, pair, shown
from core.timekeeping import Timekeeping
from core.words import count, counted, interval, percent, share, things


def follow_up(command: Add) -> None:
    """Add the commands of this module to the parser."""
    one = command("sla", on_report(sla), "was each clock kept: of those due, how many were missed, and who still waits")
    common(one, NEWEST)
    _of_hand_offs(one, f"rep, team, manager, owner_kind, {MONTH}, {EACH_OWNER} (its own clock begins anew) or a column")
    one.add_argument("--clock", metavar="ID", help="clock of the definition (default: its first)")
    one.add_argument("--elapsed", action="store_true", help="count the hours around the clock, not those of work")
    one.add_argument(
        "--who", action="store_true", help="who came to it first, and how soon: median and P90 with their n"
    )
    one.add_argument(
        "--explain", metavar="COLUMN", help="the limit that best explains which hand-offs this column calls kept"
    )
    one = command("black-hole", on_report(black_hole), "which leads fell silent after the hand-off, and whose they are")
    common(one, NEWEST)
    _of_hand_offs(one, "rep, team, owner_now, holder, age or a column")
    one.add_argument("--counting", choices=("leads", "passes"), default="leads", help="passes: every hand-off counts")
    velocity_command(command)


def _of_hand_offs(one: argparse.ArgumentParser, groups: str) -> None:
    one.add_argument("--by", metavar="COLUMN", help=f"break down by {groups}")
    one.add_argument("--where", action="append", default=[], metavar="COLUMN=VALUE", help="only these leads")
    one.add_argument("--start", type=date.fromisoformat, metavar="DAY", help="first day of the hand-off")
    one.add_argument("--end", type=date.fromisoformat, metavar="DAY", help="last day of the hand-off")


def of_hand_offs(stated: argparse.Namespace, **more: Any) -> Query:
    """The question that the options state."""
    where = tuple(pair(where, "--where") for where in stated.where)
    return Query(start=stated.start, end=stated.end, where=where, **more)


def sla(report: Report, stated: argparse.Namespace) -> Said:
    """`handoff sla`."""
    clock = clock_of(report, stated.clock)
    clock = clock.model_copy(update={"time": "elapsed"}) if stated.elapsed else clock
    asked = Timekeeping(report, of_hand_offs(stated), clock)
    answer = sla_json(asked, stated.by, who=stated.who, explain=stated.explain)
    return answer, "" if stated.json else _sla_words(asked, stated.by, answer)


def _sla_words(asked: Timekeeping, by: str | None, answer: dict[str, Any]) -> str:
    found, trusted, whole = asked.states(), asked.trust(), asked.states().total()
    lines = [headline(found, trusted) + ".", f"{rule(found.clock)}. {identity(found)}.", ""]
    lines += [f"{NAMES[state]:28}{counted(Rate(whole[state], whole['handed'])):>24}" for state in NAMES]
    if not trusted.faults:
        lines += ["", f"{'Missed of those due':28}{counted(found.rate()):>24}  {_between(found.rate())}".rstrip()]
    lines += [f"{'Past due now':28}{count(whole['past_due']):>24}"]
    if answer["curve"] and answer["curve"]["points"]:
        lines += ["", f"Reached within{'':14}{'share':>12}{'open until then':>18}"]
        for point in answer["curve"]["points"]:
            time = _length(asked, point["seconds"])
            lines.append(f"{time:28}{percent(point['reached']):>12}{count(point['at_risk']):>18}")
    parts = split(asked, by)
    lines += [] if parts is None else _parts(parts, str(by), sure=not trusted.faults)
    lines += _first_by_words(answer["first_by"]) + _explained_words(answer["explained"])
    said = [*(f"Not to be trusted: {fault}." for fault in trusted.faults), *answer["doubts"]]
    said += [f"{remark[:1].upper()}{remark[1:]}." for remark in trusted.remarks]
    return "\n".join([*lines, *(["", *said] if said else [])])


def _parts(parts: Sla, by: str, *, sure: bool) -> list[str]:
    out = parts.outstanding() if sure else ()
    lines = ["", f"{by[:27]:28}{'handed over':>12}{'due':>8}{'missed':>8}{'share':>12}  {'95 % interval':14}"]
    for name in parts.names:
        whole, rate = parts.total(name), parts.rate(name)
        told = f"{share(rate):>12}  {interval(rate):14}" if sure else ""
        flag = " more than chance" if name in out else ""
        numbers = f"{count(whole['handed']):>12}{count(whole['due']):>8}{count(whole['breached']):>8}"
        lines.append(f"{shown(name)[:27]:28}{numbers}{told}{flag}".rstrip())
    return lines


def _first_by_words(rows: list[dict[str, Any]]) -> list[str]:
    if not rows:
        return []
    lines = ["", f"{'First by':28}{'taken':>8}{'n':>8}{'median':>14}  {'95 % interval':26}{'P90':>14}"]
    for row in rows:
        told = {
            name: "" if row[f"{name}_seconds"] is None else lasting(row[f"{name}_seconds"])
            for name in ("median", "low", "high", "p90")
        }
        between = f"{told['low']} to {told['high']}" if told["low"] else ""
        numbers = f"{count(row['taken']):>8}{count(row['n']):>8}{told['median']:>14}  {between:26}{told['p90']:>14}"
        lines.append(f"{shown(row['who'])[:27]:28}{numbers}")
    return lines


def _explained_words(found: dict[str, Any] | None) -> list[str]:
    if found is None:
        return []
    lines = ["", f"{found['column'][:27]:28}{'limit':>14}  {'judged alike':24}{'not reached':>12}"]
    for row in found["limits"]:
        limit = "none" if row["limit_minutes"] is None else lasting(60 * row["limit_minutes"])
        alike = counted(Rate(row["agreement"]["hits"], row["agreement"]["n"]))
        lines.append(f"{shown(row['segment'])[:27]:28}{limit:>14}  {alike:24}{count(row['unreached']):>12}")
    for row in found["apart"]:
        took = lasting(60 * row["took_minutes"])
        lines.append(
            f"  not explained: {shown(row['lead_id'])}, {shown(row['segment'])}, {took}, said {shown(row['said'])}"
        )
    return lines


def _length(asked: Timekeeping, seconds: int) -> str:
    return things(seconds // asked.day_seconds, "day") if asked.by_day else lasting(seconds)


def _between(rate: Rate) -> str:
    return f"95 % interval {interval(rate)}" if interval(rate) else ""


def black_hole(report: Report, stated: argparse.Namespace) -> Said:
    """`handoff black-hole`."""
    asked = Silence(report, of_hand_offs(stated, by=stated.by, counting=stated.counting))
    answer = black_hole_json(asked)
    return answer, "" if stated.json else _black_hole_words(asked, answer)


def _black_hole_words(asked: Silence, answer: dict[str, Any]) -> str:
    found, touches = asked.counts(), bool(answer["touches_known"])
    called, whole = names(found.clock, touches=touches), found.total()
    lines = [silence_headline(found, asked.at_stake(), touches=touches) + "."]
    lines += [f"{silence_rule(found.clock)}. {silence_identity(found)}.", ""]
    lines += [f"{called[name]:28}{counted(Rate(whole[name], whole['handed'])):>24}" for name in BUCKETS]
    if answer["segments"]:
        lines += ["", f"{found.query.by:28}{'handed over':>12}{'black hole':>12}{'of those past their clock':>28}"]
    for row in answer["segments"]:
        rate = found.rate(row["segment"])
        flag = "  more than chance" if row["stands_out"] else ""
        lines.append(
            f"{shown(row['segment'])[:27]:28}{count(row['handed']):>12}{count(row['black_hole']['leads']):>12}"
            f"{share(rate):>28}{flag}"
        )
    return "\n".join([*lines, *(["", *answer["doubts"]] if answer["doubts"] else [])])

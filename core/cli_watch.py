"""Which clocks were missed since the last run? For a schedule that mails or posts what is new.

Exit codes: 0 nothing new, 1 something, 2 refused. A run is remembered when its answer is out, and not before: what was
never read is told again.
"""

import argparse
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from core.clock_words import lasting
from core.definition import Clock
from core.errors import NotYet
from core.report import Report
from core.sla_json import definition_json, doubts
from core.store.seen import Seen, Watch, watching
from core.terminal import DONE, SOME, Add, common, moment, out, report_at, shown, standing
from core.watching import News, news, seen
from core.words import things

_ABOUT = """\
Tells the clocks that have been missed since the last run, each once, and remembers the run when its answer is out. The
first run has nothing to compare with: it tells nothing, and remembers. Exit code 0: nothing new, 1: something, 2:
refused.

The answer is true at the newest instant in the data, not at this minute: with a fresh export every morning, a run tells
what was missed up to the moment of the export, and what comes due later in the day is told the next morning. Import all
files of an export before the run, or calls that are not there yet look as if nobody had made them. With data as of this
minute, state --as-of "$(date -Is)": then a clock that ran out since the last change in the data is told too.
"""


def add_watch(command: Add) -> None:
    """Add the command to the parser."""
    one = command("watch", watch, "which clocks were missed since the last run: exit code 1 where there are any")
    one.description, one.formatter_class = _ABOUT, argparse.RawDescriptionHelpFormatter
    common(one, "what the answer is true at: a day, or an instant (default: the newest plausible instant in the data)")
    one.add_argument("--clock", metavar="ID", action="append", help="only this clock; may be repeated (default: all)")
    one.add_argument(
        "--since", metavar="INSTANT", help="compare with this day or instant; the memory of runs stays as it is"
    )


def watch(stated: argparse.Namespace) -> int:
    """`handoff watch`."""
    with standing(stated) as here, watching(here.folder) as memory:
        report = report_at(here, stated.as_of)
        since = moment(stated.since, here.settings)
        told = [news(report, clock, _before(report, clock, since, memory)) for clock in _clocks(report, stated.clock)]
        # Asked of an earlier instant than the last run was, nothing is forgotten.
        kept = {
            one.clock.id
            for one in told
            if since is None and (one.before is None or one.before.as_of <= report.facts.as_of)
        }
        out(stated, _json(report, told, kept), "" if stated.json else _words(report, told))
        for clock_id in kept:
            memory.note(clock_id, seen(report))
    return SOME if any(len(one.leads) for one in told) else DONE


def _clocks(report: Report, wanted: list[str] | None) -> tuple[Clock, ...]:
    definition = report.facts.definition
    if not definition.clocks:
        raise NotYet("No clock is agreed: nobody can say what is late.", "Begin with those that the page Clocks has.")
    return definition.clocks if not wanted else tuple(definition.clock(name) for name in dict.fromkeys(wanted))


def _before(report: Report, clock: Clock, since: datetime | None, memory: Watch) -> Seen | None:
    return memory.last(clock.id) if since is None else Seen(int(since.timestamp()), seen(report).live)


def _json(report: Report, told: list[News], kept: set[str]) -> dict[str, Any]:
    return {
        "as_of": report.facts.as_of,
        "definition": definition_json(report),
        "clocks": [
            {
                "clock": one.clock.model_dump(mode="json"),
                "since": None if one.before is None else one.before.as_of,
                "first_run": one.before is None,
                "data_changed": one.before != seen(report),
                "remembered": one.clock.id in kept,
                "missed": len(one.leads),
                "ever_missed": one.missed,
                "faults": one.trust.faults,
            }
            for one in told
        ],
        "missed": [row for one in told for row in _rows(one)],
        "doubts": doubts(report),
    }


def _rows(one: News) -> list[dict[str, Any]]:
    names = ("lead_id", "owner", "rep", "team", "first_name", "last_name", "company", "source", "handed_at", "deadline")
    return [
        {
            "clock": one.clock.id,
            **{name: _plain(row[name]) for name in names},
            "late_seconds": _plain(row["late"]),
            "waiting": bool(row["waiting"]),
            "attempts": int(row["attempts"]),
        }
        for row in one.leads.to_dict("records")
    ]


def _plain(value: Any) -> Any:
    return None if pd.isna(value) else value.item() if hasattr(value, "item") else value


def _words(report: Report, told: list[News]) -> str:
    zone, lines = report.settings.tz, []
    for one in told:
        lines += [_headline(one, report, zone)]
        lines += [f"  These clocks cannot be trusted: {fault}." for fault in one.trust.faults]
        if len(one.leads):
            lines.append(f"  {'lead':20}{'owner':22}{'deadline':18}{'late':>12}  now")
        for row in _rows(one):
            owner = shown(row["owner"] or row["rep"] or "(nobody)")[:21]
            late = "" if row["late_seconds"] is None else lasting(row["late_seconds"])
            now = "still waits" if row["waiting"] else "answered or gone"
            lines.append(f"  {shown(row['lead_id'])[:19]:20}{owner:22}{_at(row['deadline'], zone):18}{late:>12}  {now}")
    return "\n".join([*lines, *doubts(report)])


def _headline(one: News, report: Report, zone: ZoneInfo) -> str:
    until = _at(report.facts.as_of, zone)
    if one.before is None:
        missed = things(one.missed, "clock")
        return f"{one.clock.name}: first run. {missed} missed up to {until}; from now on, what is new is told."
    if one.before == seen(report):
        return f"{one.clock.name}: nothing was imported since the last run (data up to {until})."
    number = things(len(one.leads), "clock") if len(one.leads) else "no clock"
    return f"{one.clock.name}: {number} missed since {_at(one.before.as_of, zone)}, up to {until}."


def _at(instant: int | None, zone: ZoneInfo) -> str:
    return "not known" if instant is None else f"{datetime.fromtimestamp(instant, UTC).astimezone(zone):%Y-%m-%d %H:%M}"

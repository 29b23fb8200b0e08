"""`handoff audit`: stages recorded against the definition, by whom, since when, for a terminal and for a schedule."""

import argparse
from datetime import date

from core.audit_json import audit_json
from core.audit_words import KINDS, doubts, headline, identity, sentence, stage_names, why
from core.auditing import Auditing
from core.measures.audit import Audit
from core.measures.cohort import Query
from core.report import Report
from core.terminal import NEWEST, Add, Said, common, on_report, pair, shown
from core.words import count, counted


def audit_command(command: Add) -> None:
    """Add `audit` to the parser."""
    one = command("audit", on_report(audit), "who or what put leads into a stage against the definition, since when")
    common(one, NEWEST)
    one.add_argument("--where", action="append", default=[], metavar="COLUMN=VALUE", help="only these leads")
    one.add_argument("--start", type=date.fromisoformat, metavar="DAY", help="first day on which a stage was set")
    one.add_argument("--end", type=date.fromisoformat, metavar="DAY", help="last day on which a stage was set")
    one.add_argument("--counting", choices=("leads", "passes"), default="leads", help="passes: every trip counts")


def audit(report: Report, stated: argparse.Namespace) -> Said:
    """`handoff audit`."""
    where = tuple(pair(where, "--where") for where in stated.where)
    query = Query(start=stated.start, end=stated.end, where=where, counting=stated.counting)
    asked = Auditing(report, query, report.facts.definition)
    return audit_json(asked), "" if stated.json else _words(asked.found(), report)


def _words(found: Audit, report: Report) -> str:
    zone, names = report.settings.tz, stage_names(found.definition)
    lines = [shown(headline(found)) + ".", identity(found) + ".", ""]
    lines += [f"{'':28}{'put there':>11}{'too high':>22}{'too low':>10}{'cannot tell':>13}"]
    for row in found.cells.to_dict("records"):
        rate = found.rate(stage=row["stage"], setter=row["setter"])
        who = row["name"] if row["kind"] != "machine" else f"{row['name']} ({KINDS['machine']})"
        high = counted(rate) if rate.n else ""
        numbers = f"{count(row['n']):>11}{high:>22}{count(row['too_low']):>10}{count(row['cannot_tell']):>13}"
        lines.append(f"{shown(names[row['stage']] + ', ' + who)[:27]:28}{numbers}")
    for finding in found.findings():
        lines += ["", f"{shown(sentence(finding, found))}. {shown(why(finding, found, zone))}."]
    return "\n".join([*lines, *(["", *map(shown, doubts(found))])])

"""The same front door for a terminal and for a schedule.

Exit codes: 0 done, 1 something is new (`watch` alone), 2 refused (a sentence says why), 3 undecided (the questions say
what).
"""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from core import as_json, places
from core.cli_audit import audit_command
from core.cli_definition import definition_command
from core.cli_followup import follow_up
from core.cli_reading import questions_told, told
from core.cli_watch import add_watch
from core.errors import HandoffError, QueryInvalid, ReadingUndecided, Unread
from core.funnel_words import funnel_words
from core.intake import Mapping, mapping_from
from core.measures.cohort import POLICIES, Query
from core.report import Report
from core.samples import move_in
from core.serving import serve
from core.terminal import DONE, NEWEST, REFUSED, UNDECIDED, Said, common, moment, on_report, opened, out, pair, say
from core.workspace import Workspace


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; gives the exit code."""
    try:
        return _run_stated(_parser().parse_args(arguments))
    except Unread as error:
        print(error, file=sys.stderr)
        return REFUSED


def _run_stated(stated: argparse.Namespace) -> int:
    run: Callable[[argparse.Namespace], int] = stated.run
    try:
        return run(stated)
    except Unread:
        raise
    except HandoffError as error:
        answer, code = _error(error)
        out(stated, answer, f"{error.message}\n{error.hint}" + questions_told(answer.get("questions", [])))
        return code


def _error(error: HandoffError) -> tuple[dict[str, Any], int]:
    """What is said of an error, and the exit code."""
    said = {"error": error.message, "hint": error.hint}
    if isinstance(error, ReadingUndecided):
        known = {} if error.reading is None else as_json.reading_json(error.reading)
        return {**known, **said, "questions": as_json.questions_json(error.questions)}, UNDECIDED
    return {**said, "code": getattr(error, "code", type(error).__name__)}, REFUSED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="handoff", description="Where leads leak between marketing and sales.")
    commands = parser.add_subparsers(required=True, metavar="command")

    def command(name: str, run: Callable[[argparse.Namespace], int], says: str) -> argparse.ArgumentParser:
        one = commands.add_parser(name, help=says, description=says)
        one.set_defaults(run=run, json=False)
        one.add_argument(
            "--workspace", type=Path, metavar="DIR", help="folder of the workspace (default: the last one)"
        )
        return one

    for name, run, says in (
        ("demo", _demo, "open the app on the sample company"),
        ("run", _run, "open the app on your workspace"),
    ):
        one = command(name, run, says)
        one.add_argument("--port", type=int, help="port to listen on (default: the first free one from 8501)")
        one.add_argument("--no-browser", action="store_true", help="do not open a browser window")

    for name, run, says in (
        ("check", _check, "say how a file would be read; write nothing"),
        ("import", _import, "import files, each whole or not at all"),
    ):
        one = command(name, run, says)
        one.add_argument("files", type=Path, nargs="+", metavar="FILE")
        one.add_argument("--mapping", type=Path, metavar="FILE", help="JSON: what the columns mean")
        one.add_argument("--answer", action="append", default=[], metavar="ID=VALUE", help="answer to a question")
        common(one, "the moment of the export: rows dated after it are remarked (default: now)")

    one = command("funnel", on_report(_funnel), "where leads leak, stage by stage")
    common(one, NEWEST)
    one.add_argument("--by", metavar="COLUMN", help="break down by a column")
    one.add_argument("--where", action="append", default=[], metavar="COLUMN=VALUE", help="only these leads")
    one.add_argument("--start", type=date.fromisoformat, metavar="DAY", help="first day of the cohort")
    one.add_argument("--end", type=date.fromisoformat, metavar="DAY", help="last day of the cohort")
    one.add_argument("--base", metavar="STAGE", help="stage that the cohort is counted from")
    one.add_argument("--policy", choices=POLICIES, default="furthest")
    one.add_argument("--counting", choices=("leads", "passes"), default="leads")
    follow_up(command)
    add_watch(command)
    definition_command(command)
    audit_command(command)
    return parser


def _check(stated: argparse.Namespace) -> int:
    with ExitStack() as stack:
        if not places.chosen(stated.workspace).exists():
            # Nothing is written, not even an empty workspace.
            stated.workspace = Path(stack.enter_context(TemporaryDirectory(prefix="handoff-")))
        here = stack.enter_context(opened(stated))
        return _each(stated, here, lambda file, at, mapping, answers: _checked(here, file, at, mapping, answers))


def _checked(
    here: Workspace, file: Path, at: datetime, mapping: Mapping | None, answers: dict[str, str]
) -> dict[str, Any]:
    return as_json.reading_json(here.check(file, at=at, mapping=mapping, answers=answers, progress=_bar(file)))


def _import(stated: argparse.Namespace) -> int:
    with opened(stated) as here:
        places.remember(here.folder)
        return _each(stated, here, lambda file, at, mapping, answers: _imported(here, file, at, mapping, answers))


def _imported(
    here: Workspace, file: Path, at: datetime, mapping: Mapping | None, answers: dict[str, str]
) -> dict[str, Any]:
    receipt = here.add(file, at=at, mapping=mapping, answers=answers, progress=_bar(file))
    return as_json.receipt_json(receipt)


def _each(
    stated: argparse.Namespace,
    here: Workspace,
    do: Callable[[Path, datetime, Mapping | None, dict[str, str]], dict[str, Any]],
) -> int:
    """Every file, one after the other: a file that is refused does not keep the others out."""
    at = moment(stated.as_of, here.settings) or datetime.now(UTC)
    mapping, answers = _mapping(stated.mapping), dict(pair(answer, "--answer") for answer in stated.answer)
    if len(stated.files) > 1:
        # One file's answer is no question of another's; what is in a mapping may speak of columns that are not there.
        mapping, answers = _with_answers(mapping, answers), {}
    results, worst = [], DONE
    for file in stated.files:
        try:
            result = do(file, at, mapping, answers)
            if result.get("undecided"):
                worst = max(worst, UNDECIDED)
            results.append(result)
        except HandoffError as error:
            said, code = _error(error)
            worst = max(worst, code)
            results.append({"file": file.name, **said})
    out(stated, {"files": results}, "\n\n".join(map(told, results)))
    return worst


def _funnel(report: Report, stated: argparse.Namespace) -> Said:
    query = Query(
        base=stated.base,
        start=stated.start,
        end=stated.end,
        policy=stated.policy,
        counting=stated.counting,
        where=tuple(pair(where, "--where") for where in stated.where),
        by=stated.by,
        mature_days=report.settings.mature_days,
    )
    answer = as_json.funnel_json(report, query)
    return answer, "" if stated.json else funnel_words(report, query)


def _demo(stated: argparse.Namespace) -> int:
    folder = stated.workspace.expanduser().absolute() if stated.workspace else places.demo_folder()
    with Workspace(folder) as here:
        move_in(here, at=datetime.now(UTC), say=say)
    return serve(folder, port=stated.port, browser=not stated.no_browser)


def _run(stated: argparse.Namespace) -> int:
    folder = places.chosen(stated.workspace)
    with Workspace(folder):
        places.remember(folder)
    return serve(folder, port=stated.port, browser=not stated.no_browser)


def _mapping(file: Path | None) -> Mapping | None:
    if file is None:
        return None
    try:
        stated = json.loads(file.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as error:
        raise QueryInvalid(
            f"The mapping file {file} cannot be read: {error}.", "It must hold one JSON object."
        ) from error
    return mapping_from(stated)


def _with_answers(mapping: Mapping | None, answers: dict[str, str]) -> Mapping:
    known = mapping or Mapping()
    return known.model_copy(update={"answers": {**known.answers, **answers}})


def _bar(file: Path) -> Callable[[float, str], None]:
    """Progress on the terminal, for a person; nothing where the output is read by a program."""
    if not sys.stderr.isatty():
        return lambda share, doing: None
    return lambda share, doing: print(
        f"\r{file.name}: {share:4.0%} {doing:40}", end="" if share < 1 else "\n", file=sys.stderr
    )


if __name__ == "__main__":
    sys.exit(main())

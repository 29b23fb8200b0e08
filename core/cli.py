"""The same front door for a terminal and for a schedule.

Exit codes: 0 done, 2 refused (a sentence says why), 3 undecided (the questions say what).
"""

import argparse
import io
import json
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from core import as_json, places
from core.cli_definition import definition_command
from core.errors import HandoffError, QueryInvalid, ReadingUndecided
from core.funnel_words import funnel_words
from core.intake import Mapping, mapping_from
from core.measures.cohort import POLICIES, Query
from core.report import Report
from core.serving import ROOT, serve
from core.settings import Settings
from core.terminal import standing
from core.workspace import Workspace

DONE, REFUSED, UNDECIDED = 0, 2, 3


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; gives the exit code."""
    parser = _parser()
    stated = parser.parse_args(arguments)
    run: Callable[[argparse.Namespace], int] = stated.run
    try:
        return run(stated)
    except HandoffError as error:
        answer, code = _error(error)
        _out(stated, answer, f"{error.message}\n{error.hint}" + _options(answer.get("questions", [])))
        return code


def _error(error: HandoffError) -> tuple[dict[str, Any], int]:
    """What is said of an error, and the exit code."""
    said = {"error": error.message, "hint": error.hint}
    if isinstance(error, ReadingUndecided):
        return {**said, "questions": as_json.questions_json(error.questions)}, UNDECIDED
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
        _common(one, "the moment of the export: rows dated after it are remarked (default: now)")

    one = command("funnel", _funnel, "where leads leak, stage by stage")
    _common(one, "what the report is true at (default: the newest plausible instant in the data)")
    one.add_argument("--by", metavar="COLUMN", help="break down by a column")
    one.add_argument("--where", action="append", default=[], metavar="COLUMN=VALUE", help="only these leads")
    one.add_argument("--start", type=date.fromisoformat, metavar="DAY", help="first day of the cohort")
    one.add_argument("--end", type=date.fromisoformat, metavar="DAY", help="last day of the cohort")
    one.add_argument("--base", metavar="STAGE", help="stage that the cohort is counted from")
    one.add_argument("--policy", choices=POLICIES, default="furthest")
    one.add_argument("--counting", choices=("leads", "passes"), default="leads")
    definition_command(command)
    return parser


def _common(one: argparse.ArgumentParser, as_of: str) -> None:
    one.add_argument("--as-of", metavar="DAY", help=as_of)
    one.add_argument("--json", action="store_true", help="print JSON")


def _check(stated: argparse.Namespace) -> int:
    with ExitStack() as stack:
        if not places.chosen(stated.workspace).exists():
            # Nothing is written, not even an empty workspace.
            stated.workspace = Path(stack.enter_context(TemporaryDirectory(prefix="handoff-")))
        here = stack.enter_context(_open(stated))
        return _each(stated, here, lambda file, at, mapping, answers: _checked(here, file, at, mapping, answers))


def _checked(
    here: Workspace, file: Path, at: datetime, mapping: Mapping | None, answers: dict[str, str]
) -> dict[str, Any]:
    reading = here.check(file, at=at, mapping=mapping, answers=answers, progress=_bar(file))
    questions = as_json.questions_json(reading.questions)
    return {**as_json.reading_json(reading), "undecided": reading.undecided, "questions": questions}


def _import(stated: argparse.Namespace) -> int:
    with _open(stated) as here:
        places.remember(here.folder)
        return _each(stated, here, lambda file, at, mapping, answers: _imported(here, file, at, mapping, answers))


def _imported(
    here: Workspace, file: Path, at: datetime, mapping: Mapping | None, answers: dict[str, str]
) -> dict[str, Any]:
    receipt = here.add(file, at=at, mapping=mapping, answers=answers, progress=_bar(file))
    return as_json.receipt_json(receipt, here.store.problems(receipt.batch.id))


def _each(
    stated: argparse.Namespace,
    here: Workspace,
    do: Callable[[Path, datetime, Mapping | None, dict[str, str]], dict[str, Any]],
) -> int:
    """Every file, one after the other: a file that is refused does not keep the others out."""
    at = _moment(stated.as_of, here.settings) or datetime.now(UTC)
    mapping, answers = _mapping(stated.mapping), dict(_pair(answer, "--answer") for answer in stated.answer)
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
    _out(stated, {"files": results}, "\n\n".join(map(_told, results)))
    return worst


def _funnel(stated: argparse.Namespace) -> int:
    with standing(stated) as here:
        as_of = _moment(stated.as_of, here.settings)
        facts = here.facts(as_of=None if as_of is None else int(as_of.timestamp()))
        query = Query(
            base=stated.base,
            start=stated.start,
            end=stated.end,
            policy=stated.policy,
            counting=stated.counting,
            where=tuple(_pair(where, "--where") for where in stated.where),
            by=stated.by,
            mature_days=here.settings.mature_days,
        )
        report = Report(here, facts)
        answer = as_json.funnel_json(report, query)
        _out(stated, answer, "" if stated.json else funnel_words(report, query))
    return DONE


def _demo(stated: argparse.Namespace) -> int:
    folder = stated.workspace.expanduser().absolute() if stated.workspace else places.demo_folder()
    with Workspace(folder) as here:
        seen = {batch.file_name for batch in here.store.batches()}
        missing = [file for file in sorted((ROOT / "sample_data").glob("*.csv")) if file.name not in seen]
        if missing:
            print("Importing the sample company (some seconds, once).")
        for file in missing:
            here.add(file, at=datetime.now(UTC))
        here.facts()
    return serve(folder, port=stated.port, browser=not stated.no_browser)


def _run(stated: argparse.Namespace) -> int:
    folder = places.chosen(stated.workspace)
    with Workspace(folder):
        places.remember(folder)
    return serve(folder, port=stated.port, browser=not stated.no_browser)


def _open(stated: argparse.Namespace) -> Workspace:
    return Workspace(places.chosen(stated.workspace), database_url=os.environ.get("DATABASE_URL"))


def _moment(text: str | None, settings: Settings) -> datetime | None:
    """The instant stated: a day means its end, in the data's zone."""
    if text is None:
        return None
    try:
        if len(text) == len("2026-01-31"):
            day = date.fromisoformat(text) + timedelta(days=1)
            return datetime.combine(day, time(), tzinfo=settings.tz) - timedelta(seconds=1)
        moment = datetime.fromisoformat(text)
    except (ValueError, OverflowError) as error:
        raise QueryInvalid(f'"{text}" is no day.', "Write it as 2026-01-31 or 2026-01-31T09:00:00+01:00.") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=settings.tz)


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


def _pair(text: str, option: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise QueryInvalid(f'{option} needs NAME=VALUE, not "{text}".', f"For example {option} source=Email.")
    return name, value


def _bar(file: Path) -> Callable[[float, str], None]:
    """Progress on the terminal, for a person; nothing where the output is read by a program."""
    if not sys.stderr.isatty():
        return lambda share, doing: None
    return lambda share, doing: print(
        f"\r{file.name}: {share:4.0%} {doing:40}", end="" if share < 1 else "\n", file=sys.stderr
    )


def _told(result: dict[str, Any]) -> str:
    if "error" in result:
        return f"{result['file']}: {result['error']} {result['hint']}" + _options(result.get("questions", []))
    rows = result["rows"]
    told = f"{result['file']}: {result['shape']} ({result['system']}), {rows['accepted']:,} rows taken"
    told += f", {rows['quarantined']:,} set aside"
    if "import" in result:
        told += f"; import {result['import']}"
        told += ", already imported, nothing changed" if result["already_imported"] else ""
    lines = [told + ".", *(notice["sentence"] for notice in result["notices"])]
    for kind in result.get("problems", []):
        lines.append(f"Line {kind['first_line']} (in all {kind['times']:,} of {kind['code']}): {kind['sentence']}")
    return "\n  ".join(lines) + _options(result["questions"])


def _options(questions: list[dict[str, Any]]) -> str:
    lines = []
    for question in questions:
        taken = f" (taken: {question['proposed']})" if question["proposed"] else ""
        lines.append(f"\n  {question['text']}{taken}\n    examples: {', '.join(question['examples'])}")
        lines += [
            f"    --answer '{question['id']}={option['value']}'  {option['label']}" for option in question["options"]
        ]
    return "\n".join(["", *lines]) if lines else ""


def _out(stated: argparse.Namespace, value: dict[str, Any], words: str) -> None:
    if isinstance(sys.stdout, io.TextIOWrapper):
        # JSON is UTF-8 whatever the terminal speaks; words lose a letter rather than end in an error.
        sys.stdout.reconfigure(encoding="utf-8" if stated.json else None, errors="replace")
    print(as_json.text(value) if stated.json else words)


if __name__ == "__main__":
    sys.exit(main())

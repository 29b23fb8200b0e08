"""What every command shares: the workspace that it opens, the instant that it asks at, and how it answers."""

import argparse
import io
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from core import as_json, places
from core.agreement import Agreement
from core.errors import NotYet, QueryInvalid, Unread
from core.report import Report
from core.settings import Settings
from core.workspace import Workspace

DONE, SOME, REFUSED, UNDECIDED = 0, 1, 2, 3
"""Exit codes. SOME is said by `handoff watch` alone."""
NEWEST = "what the report is true at (default: the newest plausible instant in the data)"

Run = Callable[[argparse.Namespace], int]
Add = Callable[[str, Run, str], argparse.ArgumentParser]
"""Adds a command to the parser: its name, what it does, and what it says of itself."""
Said = tuple[dict[str, Any], str]
"""What a command answers: as JSON, and in words."""


def common(one: argparse.ArgumentParser, as_of: str) -> None:
    """Options of every command that answers at an instant."""
    one.add_argument("--as-of", metavar="DAY", help=as_of)
    one.add_argument("--json", action="store_true", help="print JSON")


def pair(text: str, option: str) -> tuple[str, str]:
    """NAME=VALUE as it was typed after an option."""
    name, equals, value = text.partition("=")
    if not equals:
        raise QueryInvalid(f'{option} needs NAME=VALUE, not "{text}".', f"For example {option} source=Email.")
    return name, value


def opened(stated: argparse.Namespace) -> Workspace:
    """The workspace, made where it is not there."""
    return Workspace(places.chosen(stated.workspace), database_url=os.environ.get("DATABASE_URL"))


def standing(stated: argparse.Namespace) -> Workspace:
    """The workspace, which must be there: a question makes none. What has come into force is measured by from now."""
    folder = places.chosen(stated.workspace)
    if not folder.exists():
        raise NotYet(f"There is no workspace in {folder}.", "Import an export of your CRM, or name another folder.")
    here = opened(stated)
    Agreement(here).settle(at=datetime.now(UTC))
    return here


def moment(text: str | None, settings: Settings) -> datetime | None:
    """The instant stated: a day means its end, in the data's zone."""
    if text is None:
        return None
    try:
        if len(text) == len("2026-01-31"):
            day = date.fromisoformat(text) + timedelta(days=1)
            return datetime.combine(day, time(), tzinfo=settings.tz) - timedelta(seconds=1)
        stated = datetime.fromisoformat(text)
    except (ValueError, OverflowError) as error:
        raise QueryInvalid(f'"{text}" is no day.', "Write it as 2026-01-31 or 2026-01-31T09:00:00+01:00.") from error
    return stated if stated.tzinfo else stated.replace(tzinfo=settings.tz)


def report_at(here: Workspace, as_of: str | None) -> Report:
    """The report at the instant stated, reduced now where it is not kept."""
    at = moment(as_of, here.settings)
    return Report(here, here.facts(as_of=None if at is None else int(at.timestamp())))


def on_report(ask: Callable[[Report, argparse.Namespace], Said]) -> Run:
    """The command that asks one report at the instant stated."""

    def run(stated: argparse.Namespace) -> int:
        with standing(stated) as here:
            out(stated, *ask(report_at(here, stated.as_of), stated))
        return DONE

    return run


def out(stated: argparse.Namespace, value: dict[str, Any], words: str) -> None:
    """Print the answer; `Unread` where it cannot be written."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        # JSON is UTF-8 whatever the terminal speaks; words lose a letter rather than end in an error.
        sys.stdout.reconfigure(encoding="utf-8" if stated.json else None, errors="replace")
    say(as_json.text(value) if stated.json else words)


def say(words: str) -> None:
    """Print words at once; `Unread` where nobody takes them."""
    try:
        print(words, flush=True)
    except OSError as error:
        # What is still to be written would fail again when the program ends, and hide the exit code.
        with suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise Unread(f"The answer could not be written ({error.strerror}).", "Ask again.") from error


def shown(text: str) -> str:
    """Text from the data as one line that a terminal takes for text and for nothing else.

    >>> shown("Ada\\x1b[2J\\nLi")
    'Ada�[2J�Li'
    """
    return "".join(sign if sign.isprintable() else "�" for sign in text)

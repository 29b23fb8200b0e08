"""What pages share: the open workspace, the report at hand, words and numbers, and how errors are shown."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import streamlit as st

from core.errors import HandoffError, NotYet
from core.keeping import Answer
from core.places import chosen
from core.report import Report
from core.workspace import Workspace

WORKSPACE = "HANDOFF_WORKSPACE"
"""Environment variable with the folder that this server shows."""


@st.cache_resource(show_spinner="Opening the workspace", on_release=Workspace.close)
def _open(folder: str) -> Workspace:
    return Workspace(Path(folder), database_url=os.environ.get("DATABASE_URL"))


def workspace() -> Workspace:
    """The workspace that this server shows."""
    stated = os.environ.get(WORKSPACE)
    return _open(str(chosen(Path(stated) if stated else None)))


def now() -> datetime:
    """The moment of an import or a decision; never what a report is true at."""
    return datetime.now(UTC)


@contextmanager
def errors() -> Iterator[None]:
    """Show a mistake that the user can mend, and end the page there."""
    try:
        yield
    except HandoffError as error:
        st.error(f"**{plain(error.message)}**\n\n{plain(error.hint)}", icon=":material/error:")
        st.stop()


def plain(text: str) -> str:
    """Text from the data, safe inside markdown: it shows as it is written, whatever it contains."""
    return "".join("\\" + ch if ch in "\\`*_{}[]()#+-.!|$~<>:&^=" else ch for ch in str(text))


def day(instant: int | None) -> str:
    """An instant as a day in the data's zone."""
    if instant is None:
        return "unknown"
    return datetime.fromtimestamp(int(instant), UTC).astimezone(workspace().settings.tz).strftime("%d %b %Y")


def report() -> Report:
    """The report to show now; an empty workspace or a first reduction ends the page with what to do."""
    here = workspace()
    try:
        answer = here.facts_now()
    except NotYet as nothing:
        _empty(nothing)
    if answer.failed is not None:
        raise answer.failed
    if answer.stale:
        _stale(answer)
    if answer.facts is None:
        st.stop()
    return Report(here, answer.facts)


def _empty(nothing: NotYet) -> None:
    st.title(nothing.message)
    st.write(nothing.hint)
    st.page_link("data.py", label="Import your data", icon=":material/upload:")
    st.stop()


@st.fragment(run_every=1.0)
def _stale(answer: Answer) -> None:
    current = workspace().facts_now()
    if not current.stale:
        st.rerun(scope="app")
    words = "These figures are from before the last change" if answer.facts else "Counting for the first time"
    st.progress(current.share, text=f"{words}; new ones are being made: {current.doing or 'starting'}.")

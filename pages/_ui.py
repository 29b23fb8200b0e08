"""What pages share: the open workspace, the report at hand, answers kept for a moment, and how errors are shown."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from typing import Any, NoReturn, TypeVar

import pandas as pd
import streamlit as st

from core import charts
from core.errors import HandoffError, NotYet, QueryInvalid
from core.keeping import Answer
from core.measures.cohort import Query
from core.measures.funnel import Funnel
from core.places import demo_folder
from core.report import Report
from core.samples import move_in
from core.workspace import Workspace
from pages._opened import SAMPLE, at_sample, now, workspace

T = TypeVar("T")


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


def label(text: str) -> str:
    """Text from the data as the label of a pill, which reads the inline part of markdown: only that is escaped."""
    return "".join("\\" + ch if ch in "\\`*_[]$:~<&" else ch for ch in str(text))


def day(instant: int | None) -> str:
    """An instant as a day in the data's zone."""
    if instant is None:
        return "unknown"
    return datetime.fromtimestamp(int(instant), UTC).astimezone(workspace().settings.tz).strftime("%d %b %Y")


def report() -> Report:
    """The report to show now; an empty workspace, a first or a failed reduction ends the page with what to do.

    `as_of` in the URL says what it is true at, so that a link shows tomorrow what it shows today.
    """
    here = workspace()
    try:
        newest = here.as_of()
        with errors():
            asked = _asked_instant(newest)
        answer = here.facts_now(as_of=asked)
    except NotYet as nothing:
        _empty(nothing)
    if answer.failed is not None:
        _failed(answer.failed)
    if answer.stale:
        _stale(answer, asked)
    if answer.facts is None:
        st.stop()
    found = Report(here, answer.facts)
    _say_in_url(found, asked)
    if asked < newest:
        st.info(
            f"This link shows what was known on {day(asked)}. The newest data are from {day(newest)}.",
            icon=":material/history:",
        )
        st.button("Show the newest", on_click=_forget_instant)
    return found


def _asked_instant(newest: int) -> int:
    stated = st.query_params.get("as_of", "")
    if not stated:
        return newest
    try:
        asked = datetime.fromisoformat(stated)
    except ValueError:
        asked = None
    if asked is not None and len(stated) == len("2026-06-30"):
        # A day means its end, in the data's zone.
        asked = datetime.combine(asked.date(), time(23, 59, 59), tzinfo=workspace().settings.tz)
    if asked is None or asked.tzinfo is None:
        st.button("Show the newest", on_click=_forget_instant)
        raise QueryInvalid(
            f'"{stated}" in the link is no instant.', "It is written like 2026-06-30 or 2026-06-30T21:27:10+00:00."
        )
    return min(int(asked.timestamp()), newest)


def true_at(report: Report) -> None:
    """The control that says what day the page is true at; the address says the same."""
    shown = datetime.fromtimestamp(report.facts.as_of, UTC).astimezone(report.settings.tz).date()
    key = f"true_at_{report.facts.as_of}"
    st.date_input(
        "True at",
        shown,
        date(1970, 1, 1),
        date(2100, 12, 31),
        key=key,
        format="YYYY-MM-DD",
        on_change=lambda: _ask_day(st.session_state[key]),
        help="What was known at the end of this day; nothing newer than the data can be asked for",
    )


def _ask_day(day: date | None) -> None:
    if day is not None:
        st.query_params["as_of"] = day.isoformat()


def _forget_instant() -> None:
    st.query_params.pop("as_of", None)


def _say_in_url(found: Report, asked: int) -> None:
    """The instant and the agreement that the numbers are true of stand in every link."""
    used, linked = found.workspace.definition().content_hash(), st.query_params.get("definition")
    instant = datetime.fromtimestamp(asked, UTC).isoformat()
    if linked and linked != used and st.session_state.get("_told") != linked:
        st.session_state["_told"] = linked
        st.toast(
            f"This link was made under definition {plain(linked[:8])}. The one in use now is {used[:8]}.",
            icon=":material/rule:",
            duration="long",
        )
    stated = {"definition": used, "as_of": instant, **({SAMPLE: "true"} if at_sample() else {})}
    if any(st.query_params.get(name) != value for name, value in stated.items()):
        st.query_params.update(stated)


def _empty(nothing: NotYet) -> NoReturn:
    st.title(nothing.message, anchor=False)
    st.write(nothing.hint)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.page_link("data.py", label="Import your data", icon=":material/upload:")
        if st.button("Look at the sample company", icon=":material/visibility:", key="look_at_sample"):
            with errors(), st.spinner("Importing the sample company: some seconds, once"):
                with Workspace(demo_folder()) as there:
                    move_in(there, at=now())
                st.session_state[SAMPLE] = True
            st.rerun()
    st.stop()


def _failed(error: BaseException) -> NoReturn:
    if not isinstance(error, HandoffError):
        raise error
    st.title("These data could not be counted", anchor=False)
    st.error(f"**{plain(error.message)}**\n\n{plain(error.hint)}", icon=":material/error:")
    with st.container(horizontal=True):
        st.button("Try again", icon=":material/refresh:")
        st.page_link("data.py", label="Look at the imports", icon=":material/database:")
    st.stop()


@st.fragment(run_every=1.0)
def _stale(answer: Answer, asked: int) -> None:
    current = workspace().facts_now(as_of=asked)
    if not current.stale or current.failed is not None:
        st.rerun(scope="app")
    if answer.facts is None:
        words = "Counting for the first time"
    elif answer.facts.as_of != asked:
        words = f"These figures are of {day(answer.facts.as_of)}; those of {day(asked)} are being made"
    else:
        words = "These figures are from before the last change; new ones are being made"
    st.progress(current.share, text=f"{words}: {current.doing or 'starting'}.")


def look(*, present: bool = False) -> charts.Look:
    """Colours of pictures for the reader's theme, larger for a room."""
    chosen = charts.DARK if st.context.theme.type == "dark" else charts.LIGHT
    return chosen.larger() if present else chosen


@st.cache_data(show_spinner=False, max_entries=300)
def _kept(key: tuple[str, ...], _ask: Callable[[], Any]) -> Any:
    return _ask()


def kept(report: Report, what: str, question: str, ask: Callable[[], T]) -> T:
    """`ask()`, or its last answer to the same question over the same data. Never for one row per lead."""
    here = report.workspace
    answer: T = _kept((str(here.folder), here.store.version(), report.facts.key, what, question), ask)
    return answer


def funnel(report: Report, query: Query) -> Funnel:
    """The funnel of a cohort, kept for a moment."""
    return kept(report, "funnel", query.model_dump_json(), lambda: report.funnel(query))


def unplaced(report: Report) -> None:
    """What to do where no lead has a known stage: a page without a funnel says why and where to go on."""
    asked = report.workspace.unanswered()
    words = ", ".join(f"“{name}”" for name in asked["name"].head(3))
    st.info(
        plain(
            f"None of the {report.facts.n_units:,} leads has a stage that is known. "
            + (
                f"Say which stage these words of your CRM mean: {words}."
                if len(asked)
                else "Import a history of stages, or say which column of the export holds the stage."
            )
        ),
        icon=":material/help:",
    )
    st.page_link(
        "data.py",
        label="Say what the words mean" if len(asked) else "Go to the data",
        icon=":material/arrow_forward:",
        query_params={"part": "Words" if len(asked) else "What these data can answer"},
    )


def grouped(table: pd.DataFrame) -> dict[str, Any]:
    """Column settings that group the digits of whole numbers as the reader's language does."""
    numbers = table.select_dtypes("integer").columns
    return {str(name): st.column_config.NumberColumn(format="localized") for name in numbers}


def links(choices: Mapping[str, Mapping[str, str]]) -> None:
    """Let links name things by id (`?stage=mql`): a bound widget knows only the names that it shows.

    `choices`: parameter → id → name. Call it before those widgets. A value that names nothing is said to the reader.
    """
    renamed: dict[str, list[str]] = {}
    for name, options in choices.items():
        stated = st.query_params.get_all(name)
        known = [options.get(value, value) for value in stated if value in options or value in options.values()]
        for value in set(stated) - set(options) - set(options.values()) - {""}:
            st.warning(
                f'This link asks for {plain(name)} "{plain(value)}", which these data do not have. It is left out.',
                icon=":material/link_off:",
            )
        if known and known != stated:
            renamed[name] = known
    if renamed:
        st.query_params.update(renamed)
        st.rerun()


__all__ = [
    "day",
    "errors",
    "funnel",
    "grouped",
    "kept",
    "label",
    "links",
    "look",
    "now",
    "plain",
    "report",
    "true_at",
    "unplaced",
    "workspace",
]

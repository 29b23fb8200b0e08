"""What is asked of time in stage: every control is in the URL, so that a link shows what its sender saw."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import streamlit as st

from core.measures.cohort import UNKNOWN, Query
from core.measures.velocity import Split, Velocity
from core.report import TELLING, Report
from core.velocity_words import bend
from pages._funnel_controls import BOUND, EARLIEST, LATEST, columns, named
from pages._ui import kept, links, plain

T = TypeVar("T")
VIEWS = {"stages": "Stages", "months": "Over time", "age": "Age", "groups": "Groups", "table": "Table"}
LISTS = {
    "open": "Still there",
    "outstayed": "Longer than nine in ten",
    "bend": "Beyond the bend",
    "ended": "Have left",
    "unknown": "Left, nobody knows when",
    "misdated": "Misdated",
}
"""Lists of leads in one stage."""
BEGIN: Mapping[str, Any] = {
    **dict.fromkeys(("start", "end", "stay_stage", "stay_in", "staying")),
    **{"stay_only": [], "stay_view": "stages", "present": False},
}
PEOPLE = ("owner", "owner_name", "owner_manager")
"""Columns whose values are names of people: not shown while presenting."""


@dataclass(frozen=True)
class Asked:
    """The question of the page: `whole` is narrowed to the group chosen, `split` is not, and is broken down."""

    report: Report
    whole: Query
    split: Query
    title: str
    stage: str | None
    present: bool
    first: str | None
    """The column that is broken down by before anybody chooses."""
    called: Mapping[str, str]
    """What each group is called in sight: no names of people while presenting."""

    def in_sight(self, column: str, value: str) -> str:
        """What a value that leads are narrowed to is called in sight."""
        hide = self.present and column in PEOPLE and value != UNKNOWN
        return self.called.get(value, "one person") if hide else value


def told(report: Report, what: str, query: Query, ask: Callable[[], T]) -> T:
    """An answer kept for a moment."""
    return kept(report, f"velocity {what}", query.model_dump_json(), ask)


def velocity(report: Report, query: Query) -> Velocity:
    """Time in stage, all together."""
    return told(report, "whole", query, lambda: report.velocity(query))


def split(asked: Asked) -> Split:
    """The same for each group."""
    return told(asked.report, "groups", asked.split, lambda: asked.report.velocity_by(asked.split))


def reset(asked: Asked) -> None:
    """Every control back to where it begins."""
    for key, value in {**BEGIN, "stay_by": asked.first}.items():
        st.session_state[key] = value


def looked_at() -> str:
    """The view that is chosen below the title, which says what that view finds."""
    stated = st.session_state.get("stay_view") or st.query_params.get("stay_view")
    ids = {title: view for view, title in VIEWS.items()}
    return stated if stated in VIEWS else ids.get(stated or "", "stages")


def in_sight(asked: Asked, found: Velocity, view: str) -> str:
    """The stage that is looked at: the one chosen, else the one with most to say in this view."""
    if asked.stage is not None and found.row(asked.stage) is not None:
        return asked.stage
    rows = found.stages[found.stages["stage"] != found.definition.stage_ids[-1]]
    n = dict(zip(map(str, rows["stage"]), rows["n"].astype(int), strict=True))
    there = dict(zip(map(str, rows["stage"]), rows["open"].astype(int), strict=True))
    slow = [str(stage) for stage in found.months.loc[found.months["slow"], "stage"]]
    if view == "months" and slow:
        return max(slow, key=slow.count)
    if view == "age":
        bent = [stage for stage in n if bend(found.profile[found.profile["stage"] == stage]) is not None]
        if bent:
            return max(bent, key=lambda stage: n[stage])
    return found.slowest() or max(there, key=lambda stage: there[stage])


def controls(report: Report) -> Asked:
    """The sidebar, and what it says. Links may name anything by its id."""
    titles = kept(report, "velocity columns", "", lambda: _titles(report))
    filters = kept(report, "velocity filters", "", lambda: _filters(report, titles))
    stages = {stage.id: stage.name for stage in report.facts.definition.stages[:-1]}
    links({"stay_by": titles, "stay_only": filters, "stay_view": VIEWS, "stay_stage": stages, "staying": LISTS})
    with st.sidebar:
        present = st.toggle("Present", key="present", help="Larger, without names, controls folded away", **BOUND)
        with st.expander("Controls", icon=":material/tune:") if present else st.container():
            asked = _question(report, titles, filters, stages, present=present)
        st.button("Reset", icon=":material/restart_alt:", on_click=reset, args=(asked,), help="All leads")
    return asked


def _titles(report: Report) -> dict[str, str]:
    """Columns to break down by, the telling ones first."""
    known = columns(report)
    first = [name for name in TELLING if name in known]
    return {name: known[name] for name in dict.fromkeys([*first, *known])}


def _filters(report: Report, titles: Mapping[str, str]) -> dict[str, str]:
    return {
        f"{name}={value}": f"{title}: {value}"
        for name, title in titles.items()
        for value in (*report.values(name, most=60), UNKNOWN)
    }


def _question(
    report: Report, titles: Mapping[str, str], filters: Mapping[str, str], stages: Mapping[str, str], *, present: bool
) -> Asked:
    stage = st.selectbox(
        "Stage", list(stages), None, named(stages), key="stay_stage", placeholder="Most telling", **BOUND
    )
    why = "The latest visit to the stage began in this period; empty means all"
    start, end = (
        st.date_input(label, None, EARLIEST, LATEST, key=key, format="YYYY-MM-DD", help=plain(why), **BOUND)
        for label, key in (("First day", "start"), ("Last day", "end"))
    )
    by, segment = None, None
    called: dict[str, str] = {}
    if titles:
        by = st.selectbox("Break down by", list(titles), 0, named(titles), key="stay_by", **BOUND)
        values = (*kept(report, "values", by, lambda: report.values(by, most=500)), UNKNOWN)
        hide = present and by in PEOPLE
        called = {name: f"Person {place}" for place, name in enumerate(values[:-1], start=1)} if hide else {}
        segment = st.selectbox(
            "Show only", values, None, named(called), key="stay_in", placeholder="All of them", **BOUND
        )
    only = st.multiselect(
        "Filters", list(filters), None, named(filters), key="stay_only", placeholder="No filter", **BOUND
    )
    pairs = tuple((name, value) for name, _, value in (pair.partition("=") for pair in only))
    query = Query(start=start, end=end, where=pairs)
    # The group shown is one of the column broken down by: filters on that column would only add to it.
    others = tuple(pair for pair in pairs if pair[0] != by)
    narrowed = query if by is None or segment is None else query.model_copy(update={"where": (*others, (by, segment))})
    return Asked(
        report=report,
        whole=narrowed,
        split=query.model_copy(update={"by": by}),
        title="" if by is None else titles[by],
        stage=stage,
        present=present,
        first=next(iter(titles), None),
        called=called,
    )

"""What is asked of a clock: every control is in the URL, so that a link shows what its sender saw."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import streamlit as st

from core.definition import MILESTONES, Clock
from core.measures.cohort import UNKNOWN, Query
from core.report import Report
from core.timekeeping import GROUPS, Timekeeping, groups, own_values
from pages._funnel_controls import BOUND, EARLIEST, LATEST, named
from pages._ui import kept, links, plain

T = TypeVar("T")
VIEWS = {"when": "How soon", "months": "Months", "bands": "Bands", "hours": "Hours", "reps": "Reps", "groups": "Groups"}
BEGIN: Mapping[str, Any] = {
    **dict.fromkeys(("start", "end", "beneath", "state")),
    **{"clock_only": [], "clock_view": "when", "present": False},
}
CHOICES = {
    "running": "Running",
    "past_due": "Past due now",
    "breached": "Missed",
    "met": "Kept",
    "withdrawn": "Left in time",
    "no_clock": "No clock",
}
"""Lists of leads: the states, and those that still wait."""
PEOPLE = ("rep", "manager", "owner", "owner_name", "owner_manager")
"""Groups whose values are names of people: not shown while presenting."""


@dataclass(frozen=True)
class Asked:
    """The question of the page and how to show it."""

    keeping: Timekeeping
    titles: Mapping[str, str]
    """Column → what it is called: all that hand-offs can be grouped by."""
    filters: Mapping[str, str]
    """`column=value` → what it is called."""
    present: bool
    view: str = "when"

    @property
    def report(self) -> Report:
        """What is asked."""
        return self.keeping.report

    @property
    def narrowed(self) -> bool:
        """Is it about some of the hand-offs alone?"""
        query = self.keeping.query
        return bool(query.where or query.start or query.end or self.keeping.manager)

    def only(self) -> str:
        """The filters in words; names of people are left out while presenting."""
        said = [
            "one person" if self.present and column in PEOPLE else value for column, value in self.keeping.query.where
        ]
        if self.keeping.manager is not None:
            said.append("one manager's team")
        return f"only {', '.join(dict.fromkeys(said))}" if said else ""

    def called(self, names: tuple[str, ...], column: str) -> dict[str, str]:
        """What each group is called in sight: no names of people while presenting."""
        hide = self.present and column in PEOPLE
        return {name: f"Person {place}" if hide else name for place, name in enumerate(names, start=1)}


def told(keeping: Timekeeping, what: str, ask: Callable[[], T]) -> T:
    """An answer kept for a moment."""
    hours = keeping.hours.model_dump_json() if keeping.hours else ""
    question = f"{keeping.query.model_dump_json()} {keeping.clock.model_dump_json()} {keeping.manager} {hours}"
    return kept(keeping.report, f"clock {what}", question, ask)


def reset(report: Report) -> None:
    """Every control back to where it begins."""
    clocks = report.facts.definition.clocks
    for key, value in {**BEGIN, "clock": clocks[0].id, "clock_by": next(iter(GROUPS))}.items():
        st.session_state[key] = value
    for clock in clocks:
        for part in ("limit", "mile", "time"):
            st.session_state.pop(f"{part}_{clock.id}", None)
            st.query_params.pop(f"{part}_{clock.id}", None)


def _filters(report: Report, titles: Mapping[str, str]) -> dict[str, str]:
    out: dict[str, str] = {}
    for name, title in titles.items():
        values = own_values(report, name) if name in GROUPS else (*report.values(name, most=60), UNKNOWN)
        out |= {f"{name}={value}": f"{title}: {value}" for value in values}
    return out


def controls(report: Report) -> Asked:
    """The sidebar, and what it says. Links may name anything by its id."""
    clocks = {clock.id: clock for clock in report.facts.definition.clocks}
    titles = kept(report, "clock groups", "", lambda: groups(report))
    filters = kept(report, "clock filters", "", lambda: _filters(report, titles))
    names = {clock.id: clock.name for clock in clocks.values()}
    managers = kept(report, "managers", "", lambda: _managers(report))
    links(
        {
            **{"clock": names, "clock_by": titles, "clock_only": filters, "clock_view": VIEWS, "beneath": managers},
            "state": CHOICES,
        }
    )
    with st.sidebar:
        present = st.toggle("Present", key="present", help="Larger, without names, controls folded away", **BOUND)
        with st.expander("Controls", icon=":material/tune:") if present else st.container():
            asked = _question(report, clocks, titles, filters, managers, present=present)
        st.button(
            "Reset",
            icon=":material/restart_alt:",
            on_click=reset,
            args=(report,),
            help="All leads, all controls as they begin",
        )
    return asked


def _managers(report: Report) -> dict[str, str]:
    people = report.people()
    called = dict(zip(people["person_id"], people["name"], strict=True))
    return {str(one): str(called.get(one, one)) for one in sorted(people["manager"].dropna().unique())}


def _question(
    report: Report,
    clocks: Mapping[str, Clock],
    titles: Mapping[str, str],
    filters: Mapping[str, str],
    managers: Mapping[str, str],
    *,
    present: bool,
) -> Asked:
    chosen = st.selectbox(
        "Clock",
        list(clocks),
        format_func=named({clock.id: clock.name for clock in clocks.values()}),
        key="clock",
        help=plain("; ".join(f"{clock.name}: {MILESTONES[clock.milestone]}" for clock in clocks.values())),
        **BOUND,
    )
    start, end = (
        st.date_input(label, None, EARLIEST, LATEST, key=key, format="YYYY-MM-DD", help="Handed over in it", **BOUND)
        for label, key in (("First day", "start"), ("Last day", "end"))
    )
    only = st.multiselect(
        "Filters", list(filters), None, named(filters), key="clock_only", placeholder="No filter", **BOUND
    )
    manager = None
    if managers and not present:
        manager = st.selectbox(
            "Beneath", list(managers), None, named(managers), key="beneath", placeholder="Everybody",
            help="A manager's whole team, at every level", **BOUND,
        )  # fmt: skip
    query = Query(
        start=start,
        end=end,
        where=tuple((name, value) for name, _, value in (pair.partition("=") for pair in only)),
    )
    return Asked(Timekeeping(report, query, clocks[chosen], manager), titles, filters, present)

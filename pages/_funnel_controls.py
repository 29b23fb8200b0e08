"""What is asked of the funnel: every control is in the URL, so that a link shows what its sender saw."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import streamlit as st

from core.definition import Definition
from core.measures.cohort import POLICIES, UNKNOWN, Query
from core.report import Report
from core.words import OUTCOME_NAMES, POLICY_NAMES, count
from pages._ui import kept, label, links, plain, true_at

COMPARED = {"before": "The days before", "year": "A year before", "own": "Other days"}
VIEWS = {"cohort": "Cohort", "flow": "Flow", "worth": "Worth", "table": "Table"}
COUNTED: tuple[Literal["leads", "passes"], ...] = ("leads", "passes")
COUNTING = {"leads": "Leads", "passes": "Passes"}
EARLIEST, LATEST = date(1980, 1, 1), date(2100, 1, 1)
BOUND: Mapping[str, Any] = {"bind": "query-params", "persist_state": "session"}
BEGIN: Mapping[str, Any] = {
    **dict.fromkeys(("start", "end", "start2", "end2", "by", "segment", "stage", "outcome", "reason", "lead")),
    **{"only": [], "policy": "furthest", "counting": "leads", "view": "cohort", "present": False, "compare": None},
}
"""How the controls stand before anybody touches one; two more begin as the data's settings say."""


@dataclass(frozen=True)
class Asked:
    """The question, the one it is compared with, and how to show it. `split` has no segment chosen yet."""

    query: Query
    split: Query | None
    other: Query | None
    present: bool


def named(names: Mapping[str, str]) -> Callable[[Any], str]:
    """How a control shows its options: by name, and by themselves where they have none."""
    return lambda option: names.get(option, str(option))


def columns(report: Report) -> dict[str, str]:
    """Column → its name for people, the telling ones first; ids give way to names."""
    names = report.useful_columns()
    chosen = [name for name in names if not (name == "owner" and "owner_name" in names)]
    titles = {name: title[:1].upper() + title[1:] for name in chosen if (title := report.title(name))}
    twice = {title for title in titles.values() if list(titles.values()).count(title) > 1}
    return {name: f"{title} ({name})" if title in twice else title for name, title in titles.items()}


def _choices(report: Report) -> tuple[dict[str, str], dict[str, str]]:
    """Columns to break down by, and every filter as `column=value` → what it is called."""
    titles = columns(report)
    filters = {
        f"{name}={value}": f"{title}: {value}"
        for name, title in titles.items()
        for value in (*report.values(name, most=60), UNKNOWN)
    }
    return titles, filters


def reset(report: Report) -> None:
    """Every control back to where it begins."""
    first, days = report.facts.definition.stage_ids[0], report.settings.mature_days
    for key, value in {**BEGIN, "base": first, "mature_days": days}.items():
        st.session_state[key] = value


def controls(report: Report) -> Asked:
    """The sidebar, and what it says. Links may name anything by its id."""
    definition = report.facts.definition
    stages = {stage.id: stage.name for stage in definition.stages}
    titles, filters = kept(report, "choices", "", lambda: _choices(report))
    links(
        {
            "base": stages,
            "stage": {known: label(name) for known, name in stages.items()},
            "outcome": OUTCOME_NAMES,
            "by": titles,
            "only": filters,
            "policy": POLICY_NAMES,
            "counting": COUNTING,
            "view": VIEWS,
            "compare": COMPARED,
        }
    )
    with st.sidebar:
        present = st.toggle("Present", key="present", help="Larger, without names, controls folded away", **BOUND)
        place = st.expander("Controls", icon=":material/tune:") if present else st.container()
        with place:
            asked = _question(report, definition, stages, titles, filters, present=present)
        st.button(
            "Reset",
            icon=":material/restart_alt:",
            on_click=reset,
            args=(report,),
            help="All leads, all controls as they begin",
        )
    return asked


def _question(
    report: Report,
    definition: Definition,
    stages: Mapping[str, str],
    titles: Mapping[str, str],
    filters: Mapping[str, str],
    *,
    present: bool,
) -> Asked:
    start, end = _period("start", "end", f"They entered {_base_name(definition)} in this period; empty means all")
    by = st.selectbox("Break down by", list(titles), None, named(titles), key="by", placeholder="All together", **BOUND)
    segment = None
    if by is not None:
        values = (*kept(report, "values", by, lambda: report.values(by, most=500)), UNKNOWN)
        segment = st.selectbox("Show only", values, None, key="segment", placeholder="All of them", **BOUND)
    only = st.multiselect("Filters", list(filters), None, named(filters), key="only", placeholder="No filter", **BOUND)
    compare, own = _compared(start)
    with st.expander("How it is counted", key="counted", on_change="rerun", icon=":material/rule:") as fold:
        true_at(report)
        days_of = [f"{stage.name} {stage.clock_days}" for stage in definition.stages if stage.clock_days]
        if days_of:
            st.caption(plain(f"Stalled: no move for longer than the stage's days. {', '.join(days_of)}."))
        base = st.selectbox("Cohort by first entry to", list(stages), 0, named(stages), key="base", **BOUND)
        policy = st.selectbox("Reading", list(POLICIES), 0, named(POLICY_NAMES), key="policy", **BOUND)
        st.caption(plain(POLICIES[policy]).capitalize() + ".")
        counting = st.segmented_control(
            "Count",
            COUNTED,
            default=COUNTED[0],
            required=True,
            format_func=named(COUNTING),
            key="counting",
            **BOUND,
            help="A lead that came back and qualified again is one lead and two passes",
        )
        days = st.number_input(
            "Matured after days",
            1,
            3650,
            report.settings.mature_days,
            key="mature_days",
            **BOUND,
            help="Younger leads may still move: where they are more than a tenth, the rate without them is shown",
        )
        query = Query(
            base=None if base == definition.stage_ids[0] else base,
            start=start,
            end=end,
            policy=policy,
            counting=counting,
            where=tuple((name, value) for name, _, value in (pair.partition("=") for pair in only)),
            mature_days=min(max(int(days), 1), 3650),
        )
        if fold.open:
            _moved(report, query)
    # The segment shown is one of the column broken down by: filters on that column would only add to it.
    others = tuple(pair for pair in query.where if pair[0] != by)
    whole = query if segment is None else query.model_copy(update={"where": (*others, (by, segment))})
    return Asked(
        query=whole,
        split=None if by is None else query.model_copy(update={"by": by}),
        other=_other(report, whole, compare, own),
        present=present,
    )


def _base_name(definition: Definition) -> str:
    base = st.session_state.get("base")
    return definition.stages[definition.stage_ids.index(base) if base in definition.stage_ids else 0].name


def _period(first: str, last: str, why: str) -> tuple[date | None, date | None]:
    start = st.date_input("First day", None, EARLIEST, LATEST, key=first, format="YYYY-MM-DD", help=plain(why), **BOUND)
    end = st.date_input("Last day", None, EARLIEST, LATEST, key=last, format="YYYY-MM-DD", **BOUND)
    return start, end


def _compared(start: date | None) -> tuple[Any, tuple[date | None, date | None]]:
    """How to find the period that is compared with, and its own days; or what is still to be chosen."""
    how = st.selectbox(
        "Compare with", list(COMPARED), None, named(COMPARED), key="compare", placeholder="Nothing", **BOUND
    )
    own = _period("start2", "end2", "The period that the grey bars show") if how == "own" else (None, None)
    if how is not None and not (any(own) if how == "own" else start):
        missing = "the other days" if how == "own" else "a first day of the period: nothing comes before all leads"
        st.caption(f":material/info: To compare, choose {missing}.")
    return how, own


def _other(report: Report, whole: Query, how: Any, own: tuple[date | None, date | None]) -> Query | None:
    """The question that is compared with; none while the days that it needs are not chosen."""
    if how == "own":
        return whole.model_copy(update={"start": own[0], "end": own[1]}) if any(own) else None
    return None if how is None else report.earlier(whole, how)


def _moved(report: Report, query: Query) -> None:
    """How many leads each reading counts elsewhere: worked out only while somebody looks."""
    found = kept(report, "moved", query.model_dump_json(), lambda: report.moved(query))
    lines = [f"{POLICY_NAMES[name]}: {count(number)}" for name, number in found.items() if name != "furthest"]
    st.caption(
        f"Leads that another reading counts elsewhere than “{POLICY_NAMES['furthest']}” does. {'. '.join(lines)}."
    )

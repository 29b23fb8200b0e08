"""What is asked of the black hole: every control is in the URL, so that a link shows what its sender saw."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

import streamlit as st

from core.measures.black_hole import BlackHole
from core.measures.cohort import UNKNOWN, Query
from core.measures.handed import OWN
from core.measures.holding import AGE_ORDER, GROUPS
from core.report import Report
from core.silence import Silence, groups
from core.silence_words import names
from pages._funnel_controls import BOUND, EARLIEST, LATEST, named
from pages._ui import kept, links, plain

T = TypeVar("T")
COUNTED: tuple[Literal["leads", "passes"], ...] = ("leads", "passes")
UNIT_NAMES = {"leads": "Leads", "passes": "Hand-offs"}
HOLE, HOLE_NAME = "black_hole", "Black hole"
"""Both silent buckets together, as one choice."""
VIEWS = {"picture": "Picture", "table": "Table"}
BEGIN: Mapping[str, Any] = {
    **dict.fromkeys(("start", "end", "hole_in", "bucket", "owner")),
    **{"hole_only": [], "counting": "leads", "hole_view": "picture", "present": False, "running": False},
}
PEOPLE = ("rep", "owner_now", "manager")
"""Groups whose values are names of people: not shown while presenting."""


@dataclass(frozen=True)
class Asked:
    """The question of the page: `whole` is narrowed to the group chosen, `split` is not, and is broken down."""

    whole: Silence
    split: Silence
    by: str
    title: str
    segment: str | None
    present: bool
    touches: bool
    names: Mapping[str, str]
    """What each bucket is called in these data."""

    def called(self, segment: str, place: int) -> str:
        """What a group is called in sight: no names of people while presenting."""
        return in_sight(segment, place, hidden=self.present and self.by in PEOPLE)

    @property
    def only(self) -> str:
        """The filters in words, the group that is shown among them."""
        named = [
            ("a person" if self.present and column in PEOPLE else value) for column, value in self.whole.query.where
        ]
        return "only " + ", ".join(named) if named else ""


def told(silence: Silence, what: str, ask: Callable[[], T]) -> T:
    """An answer kept for a moment. Clocks are no part of the facts: the agreement is part of the question."""
    question = f"{silence.query.model_dump_json()} {silence.report.facts.definition.content_hash()}"
    return kept(silence.report, f"black hole {what}", question, ask)


def counts(silence: Silence) -> BlackHole:
    """What became of every hand-off."""
    return told(silence, "counts", silence.counts)


def in_sight(segment: str, place: int, *, hidden: bool) -> str:
    """A group as it is shown: people by their place in the order, where names are hidden."""
    return f"Person {place}" if hidden and segment != UNKNOWN else segment


def reset(report: Report) -> None:
    """Every control back to where it begins."""
    for key, value in {**BEGIN, "hole_by": _first(report)}.items():
        st.session_state[key] = value


def ordered(found: BlackHole, by: str) -> tuple[str, ...]:
    """The groups, largest black hole first; ages in their own order."""
    if by != "age":
        return found.largest()
    return tuple(name for name in AGE_ORDER if name in set(found.segments["segment"]))


def _by(report: Report, name: str | None) -> Silence:
    return Silence(report, Query(by=name))


def _filters(report: Report, titles: Mapping[str, str]) -> dict[str, str]:
    """Every filter as `column=value` → what it is called."""
    out: dict[str, str] = {}
    for name, title in titles.items():
        if name in GROUPS or name in OWN:
            hidden = name in ("age", "value", "owner_now")
            values = () if hidden else ordered(counts(_by(report, name)), name)[:200]
        else:
            values = (*report.values(name, most=60), UNKNOWN)
        out |= {f"{name}={value}": f"{title}: {value}" for value in values}
    return out


def _first(report: Report) -> str:
    """What hand-offs are grouped by before anybody chooses: teams where there are some, else owners."""
    teams = set(counts(_by(report, "team")).segments["segment"]) - {UNKNOWN}
    return "team" if len(teams) > 1 else "owner_now"


def controls(report: Report) -> Asked:
    """The sidebar, and what it says. Links may name anything by its id."""
    titles = kept(report, "black hole groups", "", lambda: groups(report))
    filters = kept(report, "black hole filters", "", lambda: _filters(report, titles))
    touches = kept(report, "touches known", "", _by(report, None).touches_known)
    called = names(report.facts.definition.silence, touches=touches)
    buckets = {HOLE: HOLE_NAME, **called}
    links({"hole_by": titles, "hole_only": filters, "counting": UNIT_NAMES, "hole_view": VIEWS, "bucket": buckets})
    with st.sidebar:
        present = st.toggle("Present", key="present", help="Larger, without names, controls folded away", **BOUND)
        with st.expander("Controls", icon=":material/tune:") if present else st.container():
            query, by, segment = _question(report, titles, filters, present=present)
        st.button(
            "Reset",
            icon=":material/restart_alt:",
            on_click=reset,
            args=(report,),
            help="All leads, all controls as they begin",
        )
    others = tuple(pair for pair in query.where if pair[0] != by)
    whole = query if segment is None else query.model_copy(update={"where": (*others, (by, segment))})
    split = Silence(report, query.model_copy(update={"by": by}))
    return Asked(Silence(report, whole), split, by, titles[by], segment, present, touches, called)


def _question(
    report: Report, titles: Mapping[str, str], filters: Mapping[str, str], *, present: bool
) -> tuple[Query, str, str | None]:
    """The question, the column that it is broken down by, and the group that is shown."""
    why = "Handed over in this period; empty means all, also those whose day nobody knows"
    start, end = (
        st.date_input(label, None, EARLIEST, LATEST, key=key, format="YYYY-MM-DD", help=plain(why), **BOUND)
        for label, key in (("First day", "start"), ("Last day", "end"))
    )
    first = list(titles).index(_first(report))
    by = st.selectbox(
        "Break down by", list(titles), first, named(titles), key="hole_by", on_change=_other_groups, **BOUND
    )
    only = st.multiselect(
        "Filters", list(filters), None, named(filters), key="hole_only", placeholder="No filter", **BOUND
    )
    counting = st.segmented_control(
        "Count",
        COUNTED,
        default=COUNTED[0],
        required=True,
        format_func=named(UNIT_NAMES),
        key="counting",
        help="A lead that came back and was handed over again is one lead and two hand-offs",
        **BOUND,
    )
    query = Query(
        start=start,
        end=end,
        counting=counting,
        where=tuple((name, value) for name, _, value in (pair.partition("=") for pair in only)),
    )
    split = Silence(report, query.model_copy(update={"by": by}))
    options = list(ordered(counts(split), by)[:500])
    linked = st.session_state.get("hole_in") or st.query_params.get("hole_in")
    if linked and linked not in options and linked in counts(_by(report, by)).largest():
        options.append(linked)  # It is there, though not in this period or under these filters.
    hidden = present and by in PEOPLE
    shown = {name: in_sight(name, place, hidden=hidden) for place, name in enumerate(options, start=1)}
    links({"hole_in": shown})
    segment = st.selectbox("Show only", options, None, named(shown), key="hole_in", placeholder="All of them", **BOUND)
    return query, by, segment


def _other_groups() -> None:
    """A group of one column is none of another."""
    st.session_state["hole_in"] = None

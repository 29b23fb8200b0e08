"""What if the limit had been another one? Both rates side by side, and whose clocks would stand elsewhere."""

import pandas as pd
import streamlit as st

from core.clock_words import NAMES, limit, rule
from core.definition import MILESTONES, Clock
from core.measures.sla import Sla
from core.words import count, counted, points, share
from pages import _ui
from pages._clocks_controls import Asked, told
from pages._funnel_controls import BOUND, named

_TIMES = {"working": "Working time", "elapsed": "Around the clock"}


def back_test(asked: Asked, found: Sla) -> None:
    """The other clock's controls, both rates, and the step that makes it the agreed one."""
    st.header("Back-test: the same hand-offs under another clock", anchor=False)
    tried = _tried(found.clock)
    under = told(asked.keeping, f"under {tried.model_dump_json()}", lambda: asked.keeping.under(tried))
    now, then = found.rate(), under.rate()
    left, right = st.columns(2, gap="small")
    for place, title, rate, sla in ((left, "In force", now, found), (right, "Tried", then, under)):
        place.metric(
            f"{title}: {limit(sla.clock)}",
            share(rate) if rate.n else "no data",
            _ui.plain(f"{counted(rate)} due are missed" if rate.n else "no clock is due"),
            delta_color="off",
            delta_arrow="off",
            border=True,
        )
    if tried == found.clock:
        st.caption("Move the limit, the milestone or the hours to see the same history under another clock.")
        return
    changed = told(asked.keeping, f"moves {tried.model_dump_json()}", lambda: asked.keeping.moves(tried))
    other = changed[changed["before"] != changed["after"]]
    if now.n and then.n:
        st.markdown(_ui.plain(f"The share missed moves by {points(then, now)}. {_told(other)}"))
    with st.expander("Who stands elsewhere", icon=":material/table:"):
        table = changed.assign(before=changed["before"].map(NAMES), after=changed["after"].map(NAMES))
        table = table.rename(columns={"before": "In force", "after": "Tried", "hand_offs": "Hand-offs"})
        st.dataframe(table, hide_index=True, column_config=_ui.grouped(table), alt="States under both clocks")
    st.button(
        "Use this clock from now on",
        on_click=_use,
        args=(asked, tried),
        icon=":material/rule:",
        help=_ui.plain(f"Makes a new version of the definition with: {rule(tried)}. It signs nothing."),
    )


def _tried(clock: Clock) -> Clock:
    first, second, third = st.columns(3, gap="small")
    hours = first.number_input(
        "Limit in hours", min_value=0.25, max_value=24.0 * 365, value=clock.limit_minutes / 60, step=0.5,
        key=f"limit_{clock.id}", **BOUND,
    )  # fmt: skip
    milestones = list(MILESTONES)
    milestone = second.selectbox(
        "Milestone", milestones, milestones.index(clock.milestone),
        named({name: f"{name.capitalize()}: {says}" for name, says in MILESTONES.items()}),
        key=f"mile_{clock.id}", **BOUND,
    )  # fmt: skip
    times = list(_TIMES)
    time = third.selectbox(
        "Hours that count", times, times.index(clock.time), named(_TIMES), key=f"time_{clock.id}", **BOUND
    )
    return Clock.model_validate(
        {**clock.model_dump(), "limit_minutes": max(1, round(60 * hours)), "milestone": milestone, "time": time}
    )


def _told(other: pd.DataFrame) -> str:
    moved = int(other["hand_offs"].sum())
    if not moved:
        return "No hand-off stands elsewhere."
    kept = int(other.loc[other["after"] == "met", "hand_offs"].sum())
    missed = int(other.loc[other["after"] == "breached", "hand_offs"].sum())
    return f"{count(kept)} more would count as kept, {count(missed)} more as missed."


def _use(asked: Asked, tried: Clock) -> None:
    here = asked.report.workspace
    with _ui.errors():
        here.choose(here.definition().with_clock(tried), at=_ui.now())
    for name in ("limit", "mile", "time"):
        st.session_state.pop(f"{name}_{tried.id}", None)
    st.toast(_ui.plain(f"From now on: {rule(tried)}."), icon=":material/check:")

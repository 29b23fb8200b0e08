"""What if the limit had been another one? Both rates side by side, and whose clocks would stand elsewhere."""

import pandas as pd
import streamlit as st

from core.clock_words import NAMES, limit, rule
from core.definition import MILESTONES, Clock
from core.staff import Staff
from core.timekeeping import Timekeeping
from core.words import count, counted, points, share
from core.worktime import Calendar
from pages import _ui
from pages._clocks_controls import Asked, told
from pages._funnel_controls import BOUND, named

OWN, ALWAYS = "own", "always"


def back_test(asked: Asked) -> None:
    """The other clock's controls, both rates, and the step that makes it the agreed one."""
    keeping = asked.keeping
    st.header("Back-test: the same hand-offs under another clock", anchor=False)
    tried, hours = _tried(keeping)
    other = keeping.asked_of(tried, hours)
    found, under = told(keeping, "states", keeping.states), told(other, "states", other.states)
    now, then = found.rate(), under.rate()
    left, right = st.columns(2, gap="small")
    for place, title, rate, words in (
        (left, "In force", now, limit(keeping.clock)),
        (right, "Tried", then, limit(tried) + (f", all in {hours.name}" if hours else "")),
    ):
        place.metric(
            _ui.label(f"{title}: {words}"),
            share(rate),
            _ui.plain(f"{counted(rate)} due are missed" if rate.n else "no clock is due"),
            delta_color="off",
            delta_arrow="off",
            border=True,
        )
    if tried == keeping.clock and hours is None:
        st.caption("Move the limit, the milestone or the hours to see the same history under another clock.")
        return
    if not told(other, "trust", other.trust).recorded:
        st.caption("These data do not record that milestone: the rate tried means nothing.")
    moves = told(other, f"moves from {keeping.clock.model_dump_json()}", lambda: keeping.moves(tried, hours))
    moved = moves[moves["before"] != moves["after"]]
    change = f"The share missed moves by {points(then, now)}. " if points(then, now) else ""
    st.markdown(_ui.plain(change + _told(moved)))
    with st.expander("Who stands elsewhere", icon=":material/table:"):
        table = moves.assign(before=moves["before"].map(NAMES), after=moves["after"].map(NAMES))
        table = table.rename(columns={"before": "In force", "after": "Tried", "hand_offs": "Hand-offs"})
        st.dataframe(table, hide_index=True, column_config=_ui.grouped(table), alt="States under both clocks")
    if hours is not None:
        st.caption("Whose hours count is stated with the people, and no part of the clock.")
        return
    st.button(
        "Use this clock from now on",
        on_click=_use,
        args=(asked, tried),
        icon=":material/rule:",
        help=_ui.plain(f"Makes a new version of the definition with: {rule(tried)}. It signs nothing."),
    )


def _tried(keeping: Timekeeping) -> tuple[Clock, Calendar | None]:
    """The clock in the controls, and the hours that it asks of everybody, where it does."""
    clock = keeping.clock
    # Stated ones too that nobody has: what if everybody worked so?
    calendars = {**keeping.report.timing().calendars, **Staff(keeping.report.workspace).calendars()}
    choices = {OWN: "Working time of whoever got it", ALWAYS: "Around the clock"}
    if len(calendars) > 1:
        choices |= {name: f"As if all worked {calendar.name}, {calendar.zone}" for name, calendar in calendars.items()}
    first, second, third = st.columns(3, gap="small")
    limit_hours = first.number_input(
        "Limit in hours", min_value=0.25, max_value=24.0 * 365, value=clock.limit_minutes / 60, step=0.5,
        key=f"limit_{clock.id}", **BOUND,
    )  # fmt: skip
    milestones = list(MILESTONES)
    milestone = second.selectbox(
        "Milestone", milestones, milestones.index(clock.milestone),
        named({name: name.capitalize() for name in MILESTONES}), key=f"mile_{clock.id}", **BOUND,
        help=_ui.plain("; ".join(f"{name.capitalize()}: {says}" for name, says in MILESTONES.items())),
    )  # fmt: skip
    own = OWN if clock.time == "working" else ALWAYS
    counted_in = third.selectbox(
        "Hours that count", list(choices), list(choices).index(own), named(choices), key=f"time_{clock.id}", **BOUND
    )
    changed = {
        "limit_minutes": max(1, round(60 * limit_hours)),
        "milestone": milestone,
        "time": "elapsed" if counted_in == ALWAYS else "working",
    }
    return Clock.model_validate({**clock.model_dump(), **changed}), calendars.get(counted_in)


def _told(moved: pd.DataFrame) -> str:
    if not int(moved["hand_offs"].sum()):
        return "No hand-off stands elsewhere."
    kept = int(moved.loc[moved["after"] == "met", "hand_offs"].sum())
    lost = int(moved.loc[moved["before"] == "met", "hand_offs"].sum())
    missed = int(moved.loc[moved["after"] == "breached", "hand_offs"].sum())
    freed = int(moved.loc[moved["before"] == "breached", "hand_offs"].sum())
    said = []
    for number, words in (
        (kept, "come to count as kept"),
        (lost, "no longer count as kept"),
        (missed, "come to count as missed"),
        (freed, "no longer count as missed"),
    ):
        if number:
            said.append(f"{count(number)} {words}")
    return f"{', '.join(said)}."


def _use(asked: Asked, tried: Clock) -> None:
    here = asked.report.workspace
    with _ui.errors():
        here.choose(here.definition().with_clock(tried), at=_ui.now())
    for name in ("limit", "mile", "time"):
        st.session_state.pop(f"{name}_{tried.id}", None)
    st.toast(_ui.plain(f"From now on: {rule(tried)}."), icon=":material/check:")

"""What a calendar comes to, to be checked at a glance before anything is saved."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import streamlit as st

from core.charts.week import lasting, week
from core.definition import Clock
from core.staff.hours import week_told
from core.staff.preview import days_off, example, hours_per_day, long_shifts
from core.words import things
from core.worktime import Calendar
from pages._funnel_picture import CONFIG
from pages._ui import look, plain

_USUAL = (Clock(id="first_attempt", name="A limit", milestone="attempt", limit_minutes=240),)
_MOST = 3


def show(calendar: Calendar, clocks: tuple[Clock, ...], as_of: int) -> None:
    """Draw the week, the worked examples and the next days off; `clocks` are those agreed."""
    rows = hours_per_day(calendar)
    total = int(rows["minutes"].sum())
    said = f"{lasting(total)} a week in {calendar.zone}"
    with st.container(border=True, gap="xxsmall"):
        st.markdown(f"**{plain(said)}**")
        st.plotly_chart(
            week(calendar, look()),
            key="week",
            theme=None,
            config=CONFIG,
            alt=f"{said}: {week_told(calendar.week)}. The table below holds the same hours.",
        )
    for shift in long_shifts(calendar):
        st.warning(
            plain(f"{shift} goes on for {lasting(shift.minutes)}, into the next day. Was another hour meant?"),
            icon=":material/help:",
        )
    counted = [clock for clock in clocks if clock.time == "working"] or list(_USUAL)
    st.markdown("\n".join(_examples(calendar, counted[:_MOST], as_of)))
    today = datetime.fromtimestamp(as_of, UTC).astimezone(ZoneInfo(calendar.zone)).date()
    _off(calendar, today)
    with st.expander("Hours as a table"):
        st.dataframe(
            rows.assign(minutes=[lasting(minutes) for minutes in rows["minutes"]]).rename(
                columns={"day": "Day", "hours": "Hours", "minutes": "Together"}
            ),
            hide_index=True,
            alt="Hours of each day of the week",
        )


def _examples(calendar: Calendar, clocks: list[Clock], as_of: int) -> list[str]:
    told = [(clock, example(calendar, as_of=as_of, seconds=clock.limit_seconds)) for clock in clocks]
    return [f"- {plain(clock.name)}: {plain(str(worked))}" for clock, worked in told]


def _off(calendar: Calendar, today: date) -> None:
    off = days_off(calendar, after=today, most=5)
    if off.empty:
        why = "" if calendar.country else " Choose a country for its public holidays."
        st.caption(f"No day off is known from {today:%d %b %Y} on.{why}")
        return
    st.caption(f"Next {things(len(off), 'day off', 'days off')} from {today:%d %b %Y} on")
    st.dataframe(
        off.rename(columns={"day": "Day", "weekday": "Weekday", "what": "Why"}),
        hide_index=True,
        alt="Next days on which nobody works",
    )

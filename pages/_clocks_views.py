"""One clock seen six ways: how soon, by month, by band, by hour of the week, rep by rep, and in groups."""

import pandas as pd
import streamlit as st

from core.charts import answering, rates
from core.charts import clocks as charts
from core.charts.rates import MOST
from core.clock_words import NAMES, identity, lasting, lasting_days, months_told
from core.export import csv_bytes
from core.measures.answer_times import TOUCHED
from core.measures.sla import Sla
from core.timekeeping import limits
from core.words import count, counted, interval, percent, share
from pages._clocks_controls import Asked, told
from pages._clocks_findings import month
from pages._funnel_controls import BOUND, named
from pages._funnel_picture import CONFIG, picked
from pages._ui import grouped, look, plain

_NO_CAUSE = (
    "Observed together, which is no proof that one brings about the other: who is called early may be the better lead."
)
_FAIR = (
    "A rep's own clock begins anew with each owner. A slow clock may have its reason in routing, in working hours that "
    "nobody stated, or in leads nobody could reach: open them before anything is said."
)


def show(asked: Asked, found: Sla) -> None:
    """The view that is chosen."""
    {"when": _when, "months": _months, "bands": _bands, "hours": _hours, "reps": _reps, "groups": _groups}[asked.view](
        asked, found
    )


def _when(asked: Asked, found: Sla) -> None:
    keeping = asked.keeping
    reached = told(keeping, "curve", keeping.curve)
    day = keeping.day_seconds if told(keeping, "by day", lambda: keeping.by_day) else None
    limit = told(keeping, "limit", lambda: keeping.limit_seconds)
    within = lasting(limit) if day is None else lasting_days(limit, day, working=keeping.clock.time == "working")
    said = f"{percent(reached.by(limit, TOUCHED))} were reached within the limit of {within}"
    with st.container(border=True, gap="xxsmall"):
        st.plotly_chart(
            charts.curve(
                reached, keeping.clock, look(present=asked.present), day=day, height=350 if asked.present else 280
            ),
            key="curve", theme=None, config=CONFIG, alt=f"{said}. {identity(found)}. The view Groups has the numbers.",
        )  # fmt: skip
        if not asked.present:
            st.caption(plain(f"{identity(found)}. Open: not yet reached nor left (Aalen–Johansen)."))


def _months(asked: Asked, found: Sla) -> None:
    by_month = told(asked.keeping, "months", asked.keeping.months)
    findings = told(asked.keeping, "findings", asked.keeping.findings)
    said = months_told(findings) or "No month stands out by more than chance"
    with st.container(border=True, gap="xxsmall"):
        st.markdown(f"**{plain(said)}**")
        st.plotly_chart(
            charts.months(by_month, by_month.outstanding(), look(present=asked.present), height=260),
            key="months", on_select=_pick_month, selection_mode="points", theme=None, config=CONFIG,
            alt=f"{said}. The table below holds the same numbers.",
        )  # fmt: skip
        st.caption(
            "Share missed of the clocks due, by month of the hand-off. Hatched: more than chance explains. A click "
            "sets first and last day."
        )
    _numbers(by_month, {name: name for name in by_month.names}, "Month", "month")


def _pick_month() -> None:
    bar = picked(st.session_state.get("months"))
    if bar is not None:
        st.session_state["start"], st.session_state["end"] = month(bar[0])


def _bands(asked: Asked, found: Sla) -> None:
    keeping = asked.keeping
    left, right = st.columns(2, gap="small")
    for place, title, time in ((left, "In working time", "working"), (right, "Around the clock", "elapsed")):
        other = keeping.asked_of(keeping.clock.model_copy(update={"time": time}))
        table = told(other, "bands", other.bands)
        with place, st.container(border=True, gap="xxsmall"):
            st.markdown(f"**{title}**")
            said = ", ".join(f"{row['band']} {count(int(row['hand_offs']))}" for row in table.to_dict("records"))
            st.plotly_chart(
                charts.bands(table, look(present=asked.present)), key=f"bands_{time}", theme=None, config=CONFIG,
                alt=f"Hand-offs by time to the milestone, {title.lower()}: {said}",
            )  # fmt: skip
    st.caption(
        f"Hand-offs by the time until {plain(keeping.clock.name.lower())}. Yes: share of those judged; won: share of "
        f"all. {_NO_CAUSE}"
    )
    with st.expander("As a table", icon=":material/table:"):
        st.dataframe(_bands_table(asked), hide_index=True, alt="Hand-offs by time to the milestone")


def _bands_table(asked: Asked) -> pd.DataFrame:
    keeping, out = asked.keeping, {}
    for title, time in (("working time", "working"), ("around the clock", "elapsed")):
        other = keeping.asked_of(keeping.clock.model_copy(update={"time": time}))
        rows = told(other, "bands", other.bands)
        out["Time"] = rows["band"]
        out |= {f"{name}, {title}": rows[column] for name, column in _BAND_NAMES.items()}
    return pd.DataFrame(out)


_BAND_NAMES = {"Hand-offs": "hand_offs", "With a verdict": "judged", "Yes": "yes", "Won": "won"}


def _hours(asked: Asked, found: Sla) -> None:
    rows = told(asked.keeping, "week", asked.keeping.week)
    left, right = st.columns(2, gap="small")
    for place, what, title in ((left, "arrived", "When leads are handed over"), (right, "answered", "First attempts")):
        with place, st.container(border=True, gap="xxsmall"):
            number = int(rows[what].sum())
            st.markdown(f"**{title}: {count(number)}**")
            st.plotly_chart(
                answering.week(rows, what, look(present=asked.present)), key=f"week_{what}", theme=None, config=CONFIG,
                alt=f"{title} by hour of the week, {count(number)} in all",
            )  # fmt: skip
    st.caption(
        "Hour of the week in the calendar of whoever got the lead. Stronger colour: more. What is known by its day "
        "alone is left out."
    )
    with st.expander("As a table", icon=":material/table:"):
        table = answering.week_table(rows)
        st.dataframe(table, hide_index=True, column_config=grouped(table), alt="Hand-offs and first attempts by hour")


def _reps(asked: Asked, found: Sla) -> None:
    reps = told(asked.keeping, "reps", asked.keeping.reps)
    out, called = reps.outstanding(), asked.called(reps.names, "rep")
    said = (
        f"{', '.join(called[name] for name in out[:3])}{' and others' if len(out) > 3 else ''} "
        f"{'miss' if len(out) > 1 else 'misses'} more clocks than chance explains"
        if out
        else "No rep misses more clocks than chance explains"
    )
    with st.container(border=True, gap="xxsmall"):
        st.markdown(f"**{plain(said)}**")
        st.plotly_chart(
            answering.spread(reps, limits(reps), out, called, look(present=asked.present), height=270),
            key="reps", theme=None, config=CONFIG, alt=f"{said}. The table below holds the same numbers.",
        )  # fmt: skip
        st.caption("Lines: between them 95 % and 99.8 % of reps lie by chance alone (Spiegelhalter 2005).")
    team = told(asked.keeping, "team of those", lambda: asked.keeping.shared_team(out))
    together = f"All of them are of the team {plain(team)}: ask there first. " if team and len(out) > 1 else ""
    st.caption(together + _FAIR)
    _numbers(reps, called, "Rep", "rep")


def _groups(asked: Asked, found: Sla) -> None:
    titles = asked.titles
    by = st.selectbox("Break down by", list(titles), format_func=named(titles), key="clock_by", width=320, **BOUND)
    split = told(asked.keeping, f"by {by}", lambda: asked.keeping.by(by))
    out, called = split.outstanding(), asked.called(split.names, by)
    said = (
        f"{titles[by]}: {', '.join(called[name] for name in out[:3])} {'stand' if len(out) > 1 else 'stands'} out"
        if out
        else f"{titles[by]}: none stands out by more than chance"
    )
    largest = set(split.segments.nlargest(MOST, "due")["segment"])
    drawn = {name: split.rate(name) for name in split.names if name in largest}
    with st.container(border=True, gap="xxsmall"):
        st.markdown(f"**{plain(said)}**")
        st.plotly_chart(
            rates(drawn, split.rate(), look(present=asked.present), labels=[called[name] for name in drawn]),
            key="groups", theme=None, config=CONFIG, alt=f"{said}. The table below holds the same numbers.",
        )  # fmt: skip
        more = f" The {MOST} with most clocks due." if len(split.names) > MOST else ""
        st.caption(
            f"Share missed of the clocks due, with its 95 % interval (Wilson), in the order of the alphabet.{more}"
        )
    _numbers(split, called, titles[by], by)


def _numbers(found: Sla, called: dict[str, str], title: str, what: str) -> None:
    out = found.outstanding()
    rows = []
    for name in found.names:
        whole, rate = found.total(name), found.rate(name)
        rows.append(
            {
                title: called[name],
                "Missed of due": share(rate),
                "95 % interval": interval(rate),
                "Stands out": "more than chance" if name in out else "",
                "Due": whole["due"],
                "Past due now": whole["past_due"],
                "Handed over": whole["handed"],
                **{NAMES[state]: whole[state] for state in NAMES},
            }
        )
    table = pd.DataFrame(rows)
    st.dataframe(table, hide_index=True, column_config=grouped(table), alt=f"The clock by {title.lower()}")
    st.caption(
        "In the order of the alphabet. Named as standing out: only where more are missed than the others' rate and "
        f"chance explain (false alarms held at 5 %), never under 20. All together: {counted(found.rate())} missed."
    )
    st.download_button(
        "Download", lambda: csv_bytes(table), f"clock-by-{what.removeprefix('x:').replace('_', '-')}.csv", "text/csv",
        on_click="ignore", icon=":material/download:", key=f"download_{what}",
    )  # fmt: skip

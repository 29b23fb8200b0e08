"""One clock seen six ways: how soon, by month, by band, by hour of the week, rep by rep, and as a table."""

import pandas as pd
import streamlit as st

from core.charts import clocks as charts
from core.clock_words import NAMES, lasting, months_told
from core.export import csv_bytes
from core.measures.answer_times import TOUCHED
from core.measures.sla import Sla
from core.timekeeping import limits
from core.words import count, counted, interval, percent, share
from pages._clocks_controls import Asked, told
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
    {"when": _when, "months": _months, "bands": _bands, "hours": _hours, "reps": _reps, "table": _table}[asked.view](
        asked, found
    )


def _when(asked: Asked, found: Sla) -> None:
    reached = told(asked.keeping, "curve", asked.keeping.curve)
    kept = reached.by(found.clock.limit_seconds, TOUCHED)
    said = f"{percent(kept)} were reached within the limit of {lasting(found.clock.limit_seconds)}"
    with st.container(border=True, gap="xxsmall"):
        st.plotly_chart(
            charts.curve(reached, found.clock, look(present=asked.present), height=330 if asked.present else 290),
            key="curve", theme=None, config=CONFIG, alt=f"{said}. The table view holds the states.",
        )  # fmt: skip
        if not asked.present:
            st.caption(
                "Share of all hand-offs reached by each time; below, how many were still open. Those that left or "
                "began anew are neither reached nor waiting (Aalen–Johansen)."
            )


def _months(asked: Asked, found: Sla) -> None:
    by_month = told(asked.keeping, "months", asked.keeping.months)
    findings = told(asked.keeping, "findings", asked.keeping.findings)
    said = months_told(findings) or "No month stands out by more than chance"
    st.header(plain(said), anchor=False)
    with st.container(border=True, gap="xxsmall"):
        st.plotly_chart(
            charts.months(by_month, by_month.outstanding(), look(present=asked.present), height=300),
            key="months", on_select=_pick_month, selection_mode="points", theme=None, config=CONFIG,
            alt=f"{said}. The table below holds the same numbers.",
        )  # fmt: skip
        st.caption("Share missed of the clocks due, by month of the hand-off. Hatched: more than chance explains.")
    _numbers(by_month, {name: name for name in by_month.names}, "Month", "months")


def _pick_month() -> None:
    bar = picked(st.session_state.get("months"))
    if bar is not None:
        year, month = map(int, bar[0].split("-"))
        first = pd.Timestamp(year, month, 1)
        st.session_state["start"], st.session_state["end"] = first.date(), (first + pd.offsets.MonthEnd()).date()


def _bands(asked: Asked, found: Sla) -> None:
    rows = told(asked.keeping, "bands", asked.keeping.bands)
    elapsed = asked.keeping.clock.model_copy(update={"time": "elapsed"})
    other = told(asked.keeping, "bands elapsed", lambda: asked.keeping.asked_of(elapsed).bands())
    left, right = st.columns(2, gap="small")
    for place, title, table in ((left, "In working time", rows), (right, "Around the clock", other)):
        with place, st.container(border=True, gap="xxsmall"):
            st.markdown(f"**{title}**")
            said = ", ".join(f"{row['band']} {count(int(row['hand_offs']))}" for row in table.to_dict("records"))
            st.plotly_chart(
                charts.bands(table, look(present=asked.present)), key=f"bands_{title}", theme=None, config=CONFIG,
                alt=f"Hand-offs by time to the milestone, {title.lower()}: {said}",
            )  # fmt: skip
    st.caption(_NO_CAUSE)


def _hours(asked: Asked, found: Sla) -> None:
    rows = told(asked.keeping, "week", asked.keeping.week)
    left, right = st.columns(2, gap="small")
    for place, what, title in ((left, "arrived", "When leads are handed over"), (right, "answered", "First attempts")):
        with place, st.container(border=True, gap="xxsmall"):
            number = int(rows[what].sum())
            st.markdown(f"**{title}: {count(number)}**")
            st.plotly_chart(
                charts.week(rows, what, look(present=asked.present)), key=f"week_{what}", theme=None, config=CONFIG,
                alt=f"{title} by hour of the week, {count(number)} in all",
            )  # fmt: skip
    st.caption(
        "Hour of the week in the calendar of whoever got the lead. Darker: more. What is known by its day is left out."
    )


def _reps(asked: Asked, found: Sla) -> None:
    reps = told(asked.keeping, "reps", asked.keeping.reps)
    out, called = reps.outstanding(), asked.called(reps.names)
    said = (
        f"{', '.join(called[name] for name in out[:3])}{' and others' if len(out) > 3 else ''} "
        f"{'miss' if len(out) > 1 else 'misses'} more clocks than chance explains"
        if out
        else "No rep misses more clocks than chance explains"
    )
    st.header(plain(said), anchor=False)
    with st.container(border=True, gap="xxsmall"):
        st.plotly_chart(
            charts.spread(reps, limits(reps), out, called, look(present=asked.present)),
            key="reps", theme=None, config=CONFIG, alt=f"{said}. The table below holds the same numbers.",
        )  # fmt: skip
        st.caption(f"Lines: where 95 % and 99.8 % of reps lie by chance alone (Spiegelhalter 2005). {_FAIR}")
    _numbers(reps, called, "Rep", "reps")


def _table(asked: Asked, found: Sla) -> None:
    split = told(asked.keeping, f"by {asked.by}", lambda: asked.keeping.by(asked.by))
    out = split.outstanding()
    called = asked.called(split.names)
    said = (
        f"{asked.title}: {', '.join(called[name] for name in out[:3])} stand out"
        if out
        else f"No {asked.title.lower()} stands out"
    )
    st.header(plain(said), anchor=False)
    _numbers(split, called, asked.title, asked.by)


def _numbers(found: Sla, called: dict[str, str], title: str, what: str) -> None:
    out = found.outstanding()
    rows = []
    for name in found.names:
        whole, rate = found.total(name), found.rate(name)
        rows.append(
            {
                title: called[name],
                "Handed over": whole["handed"],
                **{NAMES[state]: whole[state] for state in NAMES},
                "Due": whole["due"],
                "Past due now": whole["past_due"],
                "Missed of due": share(rate) if rate.n else "no data",
                "95 % interval": interval(rate),
                "Stands out": "more than chance" if name in out else "",
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

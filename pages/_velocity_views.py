"""One question seen four ways: stage by stage, over time, by age in the stage, and as a table."""

import pandas as pd
import streamlit as st

from core.charts import slow_stays as slow_charts
from core.charts import velocity as charts
from core.export import csv_bytes
from core.measures.velocity import Velocity
from core.stats.intervals import Rate
from core.velocity_words import bend_told, headline, slow_told, stay, still_to_move
from core.words import counted, share
from pages._funnel_picture import CONFIG, picked
from pages._ui import grouped, look, plain
from pages._velocity_controls import Asked

HEADINGS = {
    "name": "Stage", "trips": "Trips", "n": "Left", "median": "Median, days", "p75": "P75", "p90": "P90",
    "sum_median": "Median of all visits", "sum_p75": "P75 of all visits", "sum_p90": "P90 of all visits",
    "again": "Came back", "open": "Still there", "age_median": "Their median age, days", "age_p90": "Their P90 age",
    "outstayed": "There longer than P90", "unknown": "Left, nobody knows when", "misdated": "Misdated",
    "negative": "Negative", "by_day": "In whole days",
}  # fmt: skip


def title(asked: Asked, found: Velocity, view: str, stage: str) -> str:
    """What this view finds, in one sentence: of the stage chosen, or of all."""
    names = {known.id: known.name for known in found.definition.stages}
    if view == "months":
        return slow_told(found.months, names if asked.stage is None else {stage: names[stage]})
    if view == "age":
        return bend_told(found.profile[found.profile["stage"] == stage], names[stage])
    return headline(found)


def stages(asked: Asked, found: Velocity) -> None:
    """How long those stayed who left, and how many are still there."""
    with st.container(border=True, gap="xxsmall"):
        st.plotly_chart(
            charts.stages(found, look(present=asked.present), height=316 if asked.present else 290),
            key="picture", on_select=_pick_stage, selection_mode="points", theme=None, config=CONFIG,
            alt=f"{headline(found)}. The table view holds the same numbers.",
        )  # fmt: skip
        if not asked.present:
            st.caption("Days of the latest visit of each trip, of those that are over. Click a bar for its leads.")


def _pick_stage() -> None:
    bar = picked(st.session_state.get("picture"))
    if bar is not None:
        st.session_state["stay_stage"], st.session_state["staying"] = bar


def months(asked: Asked, found: Velocity, stage: str) -> None:
    """The median stay month by month: which were slow, and which are too young to tell."""
    rows, name = found.months[found.months["stage"] == stage], str(found.stage(stage)["name"])
    if rows.empty:
        st.caption(plain(f"Of {name} no visit can be told."))
        return
    if not (rows["ripe"] | rows["slow"]).any():
        st.info(
            plain(f"Of no month have more than half left {name} yet. The months as a table:"), icon=":material/info:"
        )
        numbers(rows, {str(name): str(name) for name in rows["group"]}, "Month", f"{stage}-months")
        return
    with st.container(border=True, gap="xxsmall"):
        st.markdown(f"**{plain(name)}: half of those who came in the month stayed over**")
        st.plotly_chart(
            slow_charts.months(rows, look(present=asked.present), height=290), key="months",
            on_select=lambda: _pick_month(stage), selection_mode="points", theme=None, config=CONFIG,
            alt=f"{title(asked, found, 'months', stage)}. The table below holds the same numbers.",
        )  # fmt: skip
        st.caption(
            "By the month in which the latest visit began. Drawn where more than half of them are over; those still "
            "there count up to their age (Kaplan–Meier), so that a young month is not made fast. Hatched: the 99.8 % "
            "interval lies above the median of all other months."
        )
    with st.expander("The numbers", icon=":material/table:"):
        numbers(rows, {str(name): str(name) for name in rows["group"]}, "Month", f"{stage}-months")


def _pick_month(stage: str) -> None:
    bar = picked(st.session_state.get("months"))
    if bar is not None:
        # In the month alone another stage might say more: the one looked at stays.
        st.session_state["stay_stage"] = stage
        first = pd.Timestamp(f"{bar[0]}-01")
        st.session_state["start"], st.session_state["end"] = first.date(), (first + pd.offsets.MonthEnd()).date()


def numbers(rows: pd.DataFrame, called: dict[str, str], title: str, what: str) -> None:
    """Months or groups of one stage as a table that can be taken along."""
    table = pd.DataFrame(
        {
            title: [called[name] for name in rows["group"]],
            "Trips": rows["n"].astype(int),
            "Over": rows["ended"].astype(int),
            "Share over": [share(Rate(int(e), int(n))) for e, n in zip(rows["ended"], rows["n"], strict=True)],
            "Median": [stay(each) for each in rows["median"].astype(float)],
            "99.8 % interval": [
                f"{stay(low)} to {stay(high)}" if not pd.isna(high) else f"{stay(low)} or more"
                for low, high in zip(rows["low"].astype(float), rows["high"].astype(float), strict=True)
            ],
            "Median of all others": [stay(each) for each in rows["others"].astype(float)],
            "Stands out": ["more than chance" if each else "" for each in rows["slow"]],
        }
    )
    st.dataframe(table, hide_index=True, column_config=grouped(table), alt=f"Time in stage by {title.lower()}")
    st.download_button(
        "Download", lambda: csv_bytes(table), f"stays-{what}.csv", "text/csv", on_click="ignore",
        icon=":material/download:", key="download_numbers",
    )  # fmt: skip


def age(asked: Asked, found: Velocity, stage: str) -> None:
    """Where the chance of moving on falls off."""
    rows = found.profile[found.profile["stage"] == stage]
    name = str(found.stage(stage)["name"])
    if rows.empty:
        st.caption("It takes at least 20 that entered early enough to be seen for a while.")
        return
    with st.container(border=True, gap="xxsmall"):
        st.plotly_chart(
            slow_charts.profile(rows, look(present=asked.present), height=300), key="profile", theme=None,
            config=CONFIG, alt=f"{bend_told(rows, name)}. The table below holds the same numbers.",
        )  # fmt: skip
        width = int(rows["days"].iloc[0])
        each = "within a day" if width == 1 else f"within {width} days"
        more = still_to_move(rows)
        st.caption(
            plain(
                f"Of those still in {name} at that age, the share that moved on to a later stage {each}; below, how "
                "many they were. Only visits that began early enough to be seen to the end of the bar."
                + (f" {more}." if more else "")
            )
        )
    with st.expander("The numbers", icon=":material/table:"):
        rates = [Rate(int(moved), int(n)) for moved, n in rows[["moved", "n"]].to_numpy()]
        table = pd.DataFrame(
            {
                "From day": rows["from_day"].astype(int),
                "Still there": rows["n"].astype(int),
                "Moved on": [counted(rate) for rate in rates],
                "Left otherwise": rows["left"].astype(int),
                "Open now, that old or older": rows["open"].astype(int),
                "Bend": ["here" if each else "" for each in rows["bend"]],
            }
        )
        st.dataframe(table, hide_index=True, column_config=grouped(table), alt=f"Moving on from {name} by age")


def table(asked: Asked, found: Velocity) -> None:
    """Every number of every stage."""
    rows = found.stages.copy()
    order = {stage: place for place, stage in enumerate(found.definition.stage_ids)}
    rows = rows.sort_values("stage", key=lambda stages: stages.map(order))
    days = [name for name in HEADINGS if rows[name].dtype == "Float64"]
    rows[days] = rows[days].astype(float).round(2)
    made = rows[list(HEADINGS)].rename(columns=HEADINGS)
    st.dataframe(made, hide_index=True, column_config=grouped(made), alt="Time in stage, stage by stage")
    st.caption(
        "Unit: one trip of a lead; the latest visit, and all visits of the trip together. Quantiles interpolate "
        "linearly. At the last stage leads arrive: they are no longer waiting."
    )
    st.download_button(
        "Download", lambda: csv_bytes(made), "time-in-stage.csv", "text/csv", on_click="ignore",
        icon=":material/download:", key="download_stays",
    )  # fmt: skip

"""The same funnel for each segment: where one leaks more than another, with what can be said of small ones."""

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from core.charts import rates
from core.export import csv_bytes
from core.measures.funnel import Funnel
from core.report import Report
from core.stats.intervals import Rate
from core.words import OUTCOME_NAMES, interval, percent, share
from pages._funnel_controls import Asked, columns
from pages._ui import funnel, grouped, kept, look, plain

PEOPLE = ("owner", "owner_name")


def breakdown(report: Report, asked: Asked) -> None:
    """A table of the segments and their rates as dots; a row clicked sets "Show only"."""
    if asked.split is None or asked.split.by is None:
        return
    found, by = funnel(report, asked.split), asked.split.by
    if found.stages.empty:
        return
    stage = st.session_state.get("stage") or found.definition.stages[found.definition.hand_off].id
    if stage == found.definition.stage_ids[-1] or stage not in set(found.stages["stage"]):
        stage = str(found.total().loc[0, "stage"])
    names = dict(zip(found.total()["stage"], found.total()["name"], strict=True))
    idle = kept(report, "idle", "", report.idle_people) if by in PEOPLE and asked.split.where == () else ()
    segments = {name: found.rate(stage, name) for name in found.segments} | dict.fromkeys(idle, Rate(0, 0))
    called = (
        {name: f"Person {place}" for place, name in enumerate(segments, start=1)}
        if asked.present and by in PEOPLE
        else {}
    )
    title = columns(report).get(by, by)
    st.header(plain(f"Who went on from {names[stage]}, by {title.lower()}"), anchor=False)
    table = _table(found, segments, stage, names, title, called, won=found.definition.stages[found.definition.won].id)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        st.dataframe(
            table,
            hide_index=True,
            key="segments",
            on_select=lambda: _chosen(list(segments)),
            selection_mode="single-row",
            alt=f"Stages reached by {title}",
            column_config=grouped(table),
        )
        st.download_button(
            "Download",
            lambda: csv_bytes(table),
            f"funnel-by-{by.removeprefix('x:')}.csv",
            "text/csv",
            on_click="ignore",
            icon=":material/download:",
            key="download_segments",
        )
    with right:
        largest = dict(list(segments.items())[:15])
        st.plotly_chart(
            rates(
                largest,
                found.rate(stage),
                look(present=asked.present),
                labels=[called.get(name, name) for name in largest],
            ),
            theme=None,
            config={"displayModeBar": False},
            key="rates",
            alt=f"Went on from {names[stage]}: {_said(largest, called)}. Of all {share(found.rate(stage))}.",
        )
        st.caption("Dots: share that went on, with its 95 % interval (Wilson). Under 20 no percentage is drawn.")


def _said(segments: Mapping[str, Rate], called: Mapping[str, str]) -> str:
    return ", ".join(f"{called.get(name, name)} {share(rate)}" for name, rate in list(segments.items())[:5])


def _table(
    found: Funnel,
    segments: Mapping[str, Rate],
    stage: str,
    names: Mapping[str, str],
    title: str,
    called: Mapping[str, str],
    *,
    won: str,
) -> pd.DataFrame:
    wide = found.stages.pivot_table(index="segment", columns="stage", values="entered", aggfunc="sum")
    rows = []
    for segment, rate in segments.items():
        counts = {name: int(wide[at].get(segment, 0)) for at, name in names.items()}
        final = found.reached(won, segment) if segment in wide.index else Rate(0, 0)
        rows.append(
            {
                title: called.get(segment, segment),
                **counts,
                f"{OUTCOME_NAMES['advanced']} from {names[stage]}": f"{share(rate)} ({interval(rate)})".removesuffix(
                    " ()"
                ),
                f"Share {names.get(won, 'won')}": share(final)
                if final.few
                else f"{percent(final.value)} of {final.n:,}",
            }
        )
    return pd.DataFrame(rows)


def _chosen(segments: list[str]) -> None:
    rows = st.session_state["segments"]["selection"]["rows"]
    if rows and rows[0] < len(segments):
        st.session_state["segment"] = segments[rows[0]]

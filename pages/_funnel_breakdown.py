"""The same funnel for each segment: where one leaks more than another, with what can be said of small ones."""

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from core.charts import rates
from core.export import csv_bytes
from core.measures.cohort import UNKNOWN
from core.measures.findings import OWNED
from core.measures.funnel import OUTCOMES, Funnel
from core.report import Report
from core.stats.intervals import Rate
from core.words import OUTCOME_NAMES, counted, interval, share
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
    stage = _stage(found)
    names = dict(zip(found.total()["stage"], found.total()["name"], strict=True))
    idle = kept(report, "idle", "", report.idle_people) if by in PEOPLE and asked.split.where == () else ()
    segments = {name: found.rate(stage, name) for name in found.segments} | dict.fromkeys(idle, Rate(0, 0))
    called = (
        {name: f"Person {place}" for place, name in enumerate(segments, start=1)}
        if asked.present and by in PEOPLE
        else {}
    )
    title = columns(report).get(by, by)
    st.header(plain(_told(found, segments, stage, names[stage], title, called)), anchor=False)
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


def _stage(found: Funnel) -> str:
    """The stage chosen, else the one at which most are lost. Who owns a lead says nothing before the hand-off."""
    definition, names = found.definition, dict(zip(found.total()["name"], found.total()["stage"], strict=True))
    # The pills are drawn below: on the first look only the address knows which of them is pressed.
    stated = st.session_state.get("stage") or st.query_params.get("stage")
    chosen = names.get(stated, stated)
    known = set(found.stages["stage"]) - {definition.stage_ids[-1]}
    if chosen in known:
        return str(chosen)
    leak, handed = found.leak(), definition.stages[definition.hand_off].id
    usual = leak.stage if leak else handed
    if found.query.by in OWNED and definition.place(usual) < definition.hand_off:
        usual = handed
    return str(usual if usual in known else found.total().loc[0, "stage"])


def _told(
    found: Funnel, segments: Mapping[str, Rate], stage: str, name: str, title: str, called: Mapping[str, str]
) -> str:
    """Which group goes on least, held against all the others; a plain title where too few are known to say so."""
    known = {segment: rate for segment, rate in segments.items() if not rate.few and segment != UNKNOWN}
    if len(known) < 2:
        return f"Who went on from {name}, by {title.lower()}"
    least = min(known, key=lambda segment: known[segment].value)
    whole, own = found.rate(stage), known[least]
    others = Rate(whole.hits - own.hits, whole.n - own.n)
    return f"From {name}, {called.get(least, least)} goes on least: {counted(own)}, all others {share(others)}"


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
    """One row per group: how many entered the stage and what became of them, and how many of all were won."""
    here = found.stages[found.stages["stage"] == stage].set_index("segment")
    ways = [way for way in OUTCOMES[1:] if len(here) and int(here[way].sum())]
    rows = []
    for segment, rate in segments.items():
        final = found.reached(won, segment) if segment in set(found.segments) else Rate(0, 0)
        rows.append(
            {
                title: called.get(segment, segment),
                f"Entered {names[stage]}": int(here["entered"].get(segment, 0)),
                OUTCOME_NAMES["advanced"]: f"{share(rate)} ({interval(rate)})".removesuffix(" ()"),
                **{OUTCOME_NAMES[way]: int(here[way].get(segment, 0)) for way in ways},
                f"{names.get(won, 'Won')} of all": counted(final),
            }
        )
    return pd.DataFrame(rows)


def _chosen(segments: list[str]) -> None:
    rows = st.session_state["segments"]["selection"]["rows"]
    if rows and rows[0] < len(segments):
        st.session_state["segment"] = segments[rows[0]]

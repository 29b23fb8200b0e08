"""Suggested points for what a lead is: learned from history, whole, and held against what came later."""

from collections.abc import Callable
from typing import Any

import pandas as pd
import streamlit as st

from core.charts.calibration import band, calibration
from core.definition import Definition
from core.export import csv_bytes
from core.measures.outcomes import TARGETS
from core.measures.suggested_points import DOUBLING, MOST_COLUMNS, Suggestion
from core.stats.intervals import Rate
from core.suggesting import Suggesting
from core.suggestion_words import OUTCOMES, cost, drifted, learned, points_told
from core.words import counted, interval
from pages._funnel_controls import BOUND, named
from pages._ui import grouped, kept, label, links, look, plain


def show(asked: Suggesting, heading: Any) -> Callable[[Definition], Definition] | None:
    """Draw it; gives what a draft would begin with."""
    here = asked.report
    titles = {name: label(title[:1].upper() + title[1:]) for name, title in asked.columns().items()}
    links({"suggested_of": OUTCOMES})
    with st.container(horizontal=True, vertical_alignment="bottom"):
        target = st.segmented_control(
            "Outcome to learn from", list(OUTCOMES), default="validated", required=True, format_func=named(OUTCOMES),
            key="suggested_of", **BOUND,
        )  # fmt: skip
        chosen = st.multiselect(
            "From what is known of a lead", list(titles), list(asked.usual())[:MOST_COLUMNS], named(titles),
            key="suggested_columns", max_selections=MOST_COLUMNS, width=520,
            help="A column that is filled because of what became of the lead predicts nothing: leave it out",
        )  # fmt: skip
        doubling = st.select_slider("Points that double the odds", DOUBLING, 5, key="suggested_doubling", width=220)
    if not chosen:
        heading.title("Choose what is known of a lead", anchor=False)
        return None
    question = f"{asked.query.model_dump_json()} {target} {doubling} {sorted(chosen)}"
    columns = [name for name in titles if name in chosen]
    found: Suggestion = kept(
        here, "suggested points", question, lambda: asked.points(columns, target, doubling=doubling)
    )
    heading.title(plain(points_told(found)), anchor=False)
    heading.caption(plain(f"{learned(found, here.settings.tz)} Outcome: {TARGETS[target]}."))
    left, right = st.columns([3, 2], gap="small")
    with left:
        _points(found, titles)
    with right.container(border=True, gap="xxsmall"):
        st.plotly_chart(
            calibration(found.calibration, look()), key="calibration", theme=None, config={"displayModeBar": False},
            alt="Of later leads, how many came to the outcome in each band of points, and how many were expected",
        )  # fmt: skip
        st.caption("Later leads by their points: the share that came to the outcome, and behind it, in grey, expected.")
        with st.expander("The numbers", icon=":material/table:"):
            _calibration(found)
    if found.left_out:
        out = ", ".join(titles.get(name, name) for name in found.left_out)
        st.caption(
            f"{out} {'tells' if len(found.left_out) == 1 else 'tell'} nothing beyond chance, or beside the others."
        )
    for said in (cost(found), drifted(found)):
        st.caption(plain(said))
    st.caption(
        "The values are those that the export has now: what was filled since the hand-off leaks the future into them."
    )
    return found.taken_up


def _points(found: Suggestion, titles: dict[str, str]) -> None:
    rows = found.points
    shown = pd.DataFrame(
        {
            "Column": rows["column"].map(titles),
            "Values": rows["group"],
            "Points": rows["points"],
            "Before rounding": rows["exact"].astype(float).round(2),
            "With that outcome": [counted(Rate(int(hits), int(n))) for hits, n in rows[["hits", "n"]].to_numpy()],
            "Weight of evidence": rows["evidence"].astype(float).round(2),
        }
    )
    st.dataframe(shown, hide_index=True, height=320, column_config=grouped(shown), key="suggested_points",
                 placeholder="", alt=points_told(found))  # fmt: skip
    st.download_button(
        "Download", lambda: csv_bytes(shown), "suggested-points.csv", "text/csv", on_click="ignore",
        icon=":material/download:", key="download_points",
    )  # fmt: skip


def _calibration(found: Suggestion) -> None:
    rows = [row for row in found.calibration.to_dict("records") if row["n"]]
    shown = pd.DataFrame(
        {
            "Points": [band(int(row["low"]), int(row["high"])) for row in rows],
            "Later leads": [int(row["n"]) for row in rows],
            "Expected": [round(float(row["expected"]), 1) for row in rows],
            "Came": [int(row["hits"]) for row in rows],
            "95 % interval": [interval(Rate(int(row["hits"]), int(row["n"]))) for row in rows],
        }
    )
    st.dataframe(shown, hide_index=True, column_config=grouped(shown), key="suggested_calibration", alt="Calibration")

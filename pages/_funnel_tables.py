"""The funnel as tables: every stage, every reason, one period beside another, and the flow by month."""

import pandas as pd
import streamlit as st

from core.charts import flows
from core.export import csv_bytes
from core.measures.funnel import OUTCOMES, Funnel
from core.measures.leads import MISSING_REASON
from core.report import Report
from core.words import OUTCOME_NAMES, count, counted, interval, points, share, unit
from pages._funnel_controls import BOUND, Asked
from pages._funnel_picture import chosen_leads
from pages._ui import funnel, grouped, kept, label, look, plain


def _download(table: pd.DataFrame, name: str) -> None:
    st.download_button(
        "Download",
        lambda: csv_bytes(table),
        f"{name}.csv",
        "text/csv",
        on_click="ignore",
        icon=":material/download:",
        key=name,
    )


@st.fragment
def stages(report: Report, asked: Asked) -> None:
    """All numbers of the picture, in words; a cell opens the leads that it counts."""
    found = funnel(report, asked.query)
    rows, days = found.total(), found.query.mature_days
    last = found.definition.stage_ids[-1]
    table = pd.DataFrame(
        {
            "Stage": rows["name"],
            "Entered": rows["entered"].astype(int),
            **{OUTCOME_NAMES[name]: rows[name].astype(int) for name in OUTCOMES},
            "Share that went on": [_rate(found, stage, last) for stage in rows["stage"]],
            "95 % interval": [interval(found.rate(stage)) if stage != last else "" for stage in rows["stage"]],
            f"Matured ({days} days)": rows["matured"].astype(int),
            "Share that went on, matured": [_rate(found, stage, last, matured=True) for stage in rows["stage"]],
            "Proven by a later stage only": rows["inferred"].astype(int),
            "Skipped the next stage": rows["skipped"].astype(int),
            "On a second or later pass": rows["again"].astype(int),
        }
    )
    st.header(f"Stages, counted in {unit(found)}", anchor=False)
    st.dataframe(
        table,
        hide_index=True,
        column_config=grouped(table),
        key="stages",
        on_select=lambda: _cell([str(stage) for stage in rows["stage"]]),
        selection_mode="single-cell",
        alt="Every stage with all that became of those who entered it",
    )
    near = st.empty()
    near.caption("Click a number for its leads.")
    st.caption("Those who wait in the last stage have arrived. Entered = went on + every way out + stalled + waiting.")
    _download(table, "funnel-stages")
    _reasons(found)
    chosen_leads(report, asked, found, near)


def _cell(stages: list[str]) -> None:
    """Stage and outcome of the cell that was clicked; a share opens those who went on."""
    cells = st.session_state["stages"]["selection"]["cells"]
    if not cells:
        return
    row, column = cells[0]
    said = {name: outcome for outcome, name in OUTCOME_NAMES.items()}
    outcome = said.get(column, "advanced" if column.startswith("Share") else "entered")
    _choose(stages[row], outcome, None)


def _choose(stage: str, outcome: str, reason: str | None) -> None:
    st.session_state.update(stage=stage, outcome=outcome, reason=reason)


def _reasons(found: Funnel) -> None:
    """Every reason with its number; a row opens its leads."""
    if found.reasons.empty:
        return
    rows = found.total()
    names = dict(zip(rows["stage"], rows["name"], strict=True))
    said = found.reasons.assign(reason=found.reasons["reason"].fillna(MISSING_REASON))
    summed = (
        said.groupby(["stage", "outcome", "reason"], sort=False)["n"]
        .sum()
        .reset_index()
        .sort_values("n", ascending=False)
    )
    reasons = pd.DataFrame(
        {
            "Stage": summed["stage"].map(names),
            "Outcome": summed["outcome"].map(OUTCOME_NAMES),
            "Reason": summed["reason"],
            unit(found).capitalize(): summed["n"].astype(int),
        }
    )
    st.header("Reasons", anchor=False)
    st.dataframe(
        reasons,
        hide_index=True,
        column_config=grouped(reasons),
        key="reasons",
        on_select=lambda: _row(summed),
        selection_mode="single-row",
        alt="Every reason with its number",
    )
    _download(reasons, "funnel-reasons")


def _row(summed: pd.DataFrame) -> None:
    rows = st.session_state["reasons"]["selection"]["rows"]
    if rows:
        _choose(*(str(summed[name].iloc[rows[0]]) for name in ("stage", "outcome", "reason")))


def _rate(found: Funnel, stage: str, last: str, *, matured: bool = False) -> str:
    return "" if stage == last else share(found.rate(stage, matured=matured))


def compared(report: Report, asked: Asked) -> None:
    """This period beside the other, stage by stage, with both denominators."""
    if asked.other is None:
        return
    now, before = funnel(report, asked.query), funnel(report, asked.other)
    st.header("Compared with the other period", anchor=False)
    if not before.stages["entered"].sum():
        st.caption("No lead entered in the period compared with.")
        return
    rows, last = now.total(), now.definition.stage_ids[-1]
    table = pd.DataFrame(
        [
            {
                "Stage": row["name"],
                "Entered": int(row["entered"]),
                "Entered then": int(before.reached(row["stage"]).hits),
                "Went on": counted(now.rate(row["stage"])) if row["stage"] != last else "",
                "Went on then": counted(before.rate(row["stage"])) if row["stage"] != last else "",
                "Difference": points(now.rate(row["stage"]), before.rate(row["stage"])),
            }
            for _, row in rows.iterrows()
        ]
    )
    st.dataframe(
        table,
        hide_index=True,
        column_config=grouped(table),
        alt="Stage rates in both periods and their difference in points",
    )
    youngest = [
        name
        for name, found in (("this period", now), ("the other", before))
        if found.headline_matured(str(rows["stage"].iloc[0]))
    ]
    if youngest:
        st.caption(f"More than a tenth of {' and '.join(youngest)} has not matured: its rates may still rise.")
    _download(table, "funnel-compared")


def flow(report: Report, asked: Asked) -> None:
    """In, out and balance of one stage by month."""
    definition = report.facts.definition
    names = {stage.id: stage.name for stage in definition.stages}
    stage = (
        st.pills("Stage", list(names), format_func=lambda stage: label(names[stage]), key="stage", **BOUND)
        or definition.stages[definition.hand_off].id
    )
    every = kept(report, "flow", repr(asked.query.where), lambda: report.flow(asked.query))
    rows = every[every["stage"] == stage].reset_index(drop=True)
    if rows.empty:
        st.caption("No dated entry is known, so there is no flow to show.")
        return
    came, out = int(rows["entered"].sum()), int(rows["advanced"].sum() + rows["left"].sum())
    st.header(
        plain(f"{names[stage]}: {count(came)} came in, {count(out)} went out, {count(came - out)} are in it"),
        anchor=False,
    )
    with st.container(border=True):
        st.plotly_chart(
            flows(rows, look(present=asked.present), height=400 if asked.present else 300),
            theme=None,
            config={"displayModeBar": False},
            key="flow",
            alt=f"Flow of {names[stage]} by month; the table below holds the numbers",
        )
    table = pd.DataFrame(
        {
            "Month": rows["month"],
            "Came in": rows["entered"].astype(int),
            "Went on": rows["advanced"].astype(int),
            "Left the funnel": rows["left"].astype(int),
            "In it at the end": rows["balance"].astype(int),
            "Out of in": [_out_of_in(row) for _, row in rows.iterrows()],
        }
    )
    st.caption(
        "By the month in which it happened, whenever the lead came in: the period does not apply here. What goes out "
        "in a month may have come in long before, so out of in can pass 100 %: it is a flow, not a conversion."
    )
    st.dataframe(table, hide_index=True, column_config=grouped(table), alt=f"Flow of {names[stage]} by month")
    _download(table, "funnel-flow")


def _out_of_in(row: "pd.Series[int]") -> str:
    came = int(row["entered"])
    return "" if came < 20 else f"{(int(row['advanced']) + int(row['left'])) / came:.0%}".replace("%", " %")

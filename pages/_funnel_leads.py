"""The leads behind a number: a page of them, all of them as a file, and everything recorded of one."""

from typing import Any

import pandas as pd
import streamlit as st

from core.export import csv_bytes
from core.measures.cohort import Query
from core.measures.funnel import Funnel
from core.report import Report
from core.tables import EXTRA
from core.words import OUTCOME_NAMES, things, unit
from pages._funnel_controls import BOUND, Asked
from pages._ui import plain

PAGE = 1000
PERSONAL = ("first_name", "last_name", "email", "phone", "owner")
HEADINGS = {
    "lead_id": "Lead",
    "first_name": "First name",
    "last_name": "Last name",
    "company": "Company",
    "source": "Source",
    "owner": "Owner",
    "trip": "Pass",
    "entered_at": "Entered",
    "outcome": "Outcome",
    "reason": "Reason",
    "furthest": "Furthest stage",
    "title": "Title",
    "email": "Mail",
    "phone": "Phone",
    "country": "Country",
    "region": "Region",
    "industry": "Industry",
    "campaign_id": "Campaign",
    "status": "Status in the export",
}


def leads(report: Report, asked: Asked, found: Funnel, stage: str, outcome: str | None, reason: str | None) -> None:
    """List the leads that entered a stage and ended there by an outcome, for a reason."""
    number = _number(found, stage, outcome, reason)
    what, units = _words(found, stage, outcome, reason)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.header(
            plain(f"{what}: {units}" + (f", first {PAGE:,} shown" if number > PAGE else "")), anchor="leads-behind"
        )
        if number:
            st.download_button(
                f"Download all {number:,}" if number > 1 else "Download",
                _file(report, asked.query, stage, outcome, reason),
                f"leads-{stage}-{outcome or 'entered'}.csv",
                "text/csv",
                on_click="ignore",
                icon=":material/download:",
                key="download_leads",
            )
    if not number:
        st.caption("No lead stands behind this.")
        return
    page = report.leads(asked.query, stage, outcome=outcome, reason=reason, limit=PAGE)
    st.session_state["_leads_shown"] = tuple(page["lead_id"])
    zone = report.settings.tz
    shown = page.dropna(axis="columns", how="all").drop(
        columns=list(PERSONAL) if asked.present else [], errors="ignore"
    )
    if "entered_at" in shown:
        shown["entered_at"] = pd.to_datetime(shown["entered_at"].astype("Int64"), unit="s", utc=True).dt.tz_convert(
            zone
        )
    if "outcome" in shown:
        shown["outcome"] = shown["outcome"].map(OUTCOME_NAMES)
    st.dataframe(
        shown.rename(columns=headings(shown)),
        hide_index=True,
        height=280,
        key="leads",
        on_select=_chosen,
        selection_mode="single-row",
        column_config={"Entered": st.column_config.DatetimeColumn(format="YYYY-MM-DD HH:mm", timezone=str(zone))},
        placeholder="",
        alt=f"{what}: {units}",
    )
    _one(report, list(page["lead_id"]))


def told(found: Funnel, stage: str, outcome: str | None, reason: str | None) -> str:
    """Which leads are listed, and how many, safe inside markdown."""
    return plain(": ".join(_words(found, stage, outcome, reason)))


def _words(found: Funnel, stage: str, outcome: str | None, reason: str | None) -> tuple[str, str]:
    name = found.definition.stages[found.definition.place(stage)].name
    what = f"{name}, {OUTCOME_NAMES[outcome or 'entered'].lower()}" + (f": {reason}" if reason else "")
    return what, things(_number(found, stage, outcome, reason), unit(found, 1), unit(found, 2))


def headings(frame: pd.DataFrame) -> dict[str, str]:
    """Columns in words; two of one name keep what tells them apart."""
    out: dict[str, str] = {}
    for name in frame.columns:
        words = HEADINGS.get(name, str(name).removeprefix(EXTRA).replace("_", " ").capitalize())
        out[str(name)] = words if words not in out.values() else f"{words} ({name})"
    return out


def _number(found: Funnel, stage: str, outcome: str | None, reason: str | None) -> int:
    if reason is not None:
        rows = found.reasons[(found.reasons["stage"] == stage) & (found.reasons["outcome"] == outcome)]
        return int(rows.loc[rows["reason"].fillna("(no reason given)") == reason, "n"].sum())
    rows = found.total()
    return int(rows.loc[rows["stage"] == stage, outcome or "entered"].sum())


def _file(report: Report, query: Query, stage: str, outcome: str | None, reason: str | None) -> Any:
    def make() -> bytes:
        every = report.leads(query, stage, outcome=outcome, reason=reason, limit=None)
        every = every.assign(outcome=every["outcome"].map(OUTCOME_NAMES)).dropna(axis="columns", how="all")
        return csv_bytes(every, headings=headings(every), instants=("entered_at",), zone=report.settings.tz)

    return make


def _chosen() -> None:
    rows = st.session_state["leads"]["selection"]["rows"]
    ids = st.session_state.get("_leads_shown", ())
    st.session_state["lead"] = ids[rows[0]] if rows and rows[0] < len(ids) else None


def _one(report: Report, ids: list[str]) -> None:
    linked = st.query_params.get("lead")
    known = ids if not linked or linked in ids else [linked, *ids]
    lead = st.selectbox(
        "What was recorded of", known, None, key="lead", placeholder="Choose a lead, or click its row", **BOUND
    )
    if lead is None:
        return
    events = report.timeline(lead)
    if events.empty:
        st.caption("Nothing is recorded of this lead.")
        return
    zone = report.settings.tz
    when = pd.to_datetime(events["happened_at"].astype("Int64"), unit="s", utc=True).dt.tz_convert(zone)
    st.dataframe(
        pd.DataFrame(
            {
                "When": when,
                "Known to": events["precision"].map({"instant": "the second", "day": "the day"}).fillna("not dated"),
                "Stage or way out": events["stage"],
                "Pass": events["pass"].astype("Int64") + 1,
                "Reason": events["reason"],
                "Same instant as the row before": events["tie"]
                .astype("boolean")
                .fillna(False)
                .map({True: "yes", False: None}),
            }
        ).dropna(axis="columns", how="all"),
        hide_index=True,
        column_config={"When": st.column_config.DatetimeColumn(format="YYYY-MM-DD HH:mm:ss", timezone=str(zone))},
        placeholder="",
        alt=f"Everything recorded of lead {lead}, in order",
    )

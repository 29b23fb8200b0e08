"""The clocks that are running, for the morning call; and the leads behind every other state."""

from typing import Any

import pandas as pd
import streamlit as st

from core.clock_words import lasting, lasting_days
from core.export import csv_bytes
from core.measures.sla import Sla
from core.words import count, things
from pages._clocks_controls import CHOICES, Asked
from pages._funnel_controls import BOUND, named
from pages._ui import grouped, plain

PAGE = 1000
PERSONAL = ("Owner now", "Rep who got it", "First name", "Last name", "Phone")
LEFT = {"running": "Time left", "met": "To spare", "breached": "Over by", "past_due": "Over by"}
"""What the time between the deadline and the milestone, or as_of, is called in each list."""


@st.fragment
def leads(asked: Asked, found: Sla) -> None:
    """Pills for the states, and the list of the one that is chosen."""
    whole = found.total()
    options = {name: title for name, title in CHOICES.items() if whole[name] or name == "running"}
    linked = st.session_state.get("state") or st.query_params.get("state")
    if linked in CHOICES and linked not in options:
        options[linked] = CHOICES[linked]
    first = next((name for name in options if whole[name]), "running")
    chosen = st.pills("Leads", list(options), default=first, format_func=named(options), key="state", **BOUND)
    if chosen is None:
        return
    number = whole[chosen]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        more = f", first {PAGE:,} shown" if number > PAGE else ""
        st.header(plain(f"{CHOICES[chosen]}: {things(number, 'lead')}{more}"), anchor=False)
        if number:
            st.download_button(
                f"Download all {number:,}" if number > 1 else "Download", lambda: _file(asked, chosen),
                f"{chosen.replace('_', '-')}.csv", "text/csv", on_click="ignore", icon=":material/download:",
                key="download_state",
            )  # fmt: skip
    if not number:
        st.caption("No lead stands behind this.")
        return
    shown = _in_words(asked, chosen, PAGE)
    st.dataframe(
        shown.drop(columns=list(PERSONAL) if asked.present else [], errors="ignore"),
        hide_index=True, height=300 if len(shown) > 7 else "auto", key="clock_leads", placeholder="",
        column_config=grouped(shown) | _dates(asked),
        alt=f"{CHOICES[chosen]}: {count(number)} leads, those with the least time left first",
    )  # fmt: skip


def _which(chosen: str) -> dict[str, Any]:
    return {"states": ("breached",), "past_due": True} if chosen == "past_due" else {"states": (chosen,)}


def _in_words(asked: Asked, chosen: str, limit: int | None) -> pd.DataFrame:
    rows = asked.keeping.leads(limit=limit, **_which(chosen))
    zone, working = asked.report.settings.tz, asked.keeping.clock.time == "working"

    def local(name: str) -> "pd.Series[Any]":
        return pd.to_datetime(rows[name].astype("Int64"), unit="s", utc=True).dt.tz_convert(zone)

    def length(name: str) -> list[str | None]:
        return [
            None
            if pd.isna(seconds)
            else lasting_days(abs(seconds), day, working=working)
            if by_day
            else lasting(abs(seconds))
            for seconds, by_day, day in zip(rows[name], rows["by_day"], rows["day_seconds"], strict=True)
        ]

    left = {LEFT[chosen]: length("left")} if chosen in LEFT else {}
    table = pd.DataFrame(
        {
            "Lead": rows["lead_id"],
            **left,
            "Deadline": local("deadline"),
            "Owner now": rows["owner_now"],
            "Rep who got it": rows["rep"],
            "Team": rows["team"],
            "First name": rows["first_name"],
            "Last name": rows["last_name"],
            "Company": rows["company"],
            "Phone": rows["phone"],
            "Source": rows["source"],
            "Handed over": local("handed_at"),
            "Took": length("took"),
            "Attempts": rows["attempts"],
            "Verdict": rows["verdict"],
            "Measured in": rows["by_day"].map({True: "days", False: None}),
        }
    )
    return table.dropna(axis="columns", how="all")


def _dates(asked: Asked) -> dict[str, Any]:
    column = st.column_config.DatetimeColumn(format="YYYY-MM-DD HH:mm", timezone=str(asked.report.settings.tz))
    return {"Deadline": column, "Handed over": column}


def _file(asked: Asked, chosen: str) -> bytes:
    every = _in_words(asked, chosen, None)
    stamped: dict[str, pd.Series[Any]] = {
        name: every[name].map(lambda when: when.isoformat(timespec="seconds"), na_action="ignore")
        for name in ("Deadline", "Handed over")
        if name in every
    }
    return csv_bytes(every.assign(**stamped))

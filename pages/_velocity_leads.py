"""The leads behind a number of one stage: who is still there, who left, and what contradicts itself."""

from typing import Any

import pandas as pd
import streamlit as st

from core.export import csv_bytes
from core.measures.velocity import Velocity
from core.velocity_words import bend
from core.words import things
from pages._funnel_controls import BOUND, named
from pages._funnel_leads import headings
from pages._ui import plain
from pages._velocity_controls import LISTS, Asked

PAGE = 1000
PERSONAL = ("first_name", "last_name", "email", "phone", "owner")
WORDS = {
    "stage": "Stage",
    "trip": "Pass",
    "visits": "Visits",
    "left_at": "Left",
    "left_to": "Left to",
    "days": "Days",
    "days_in_all": "Days over all visits",
}
INSTANTS = ("entered_at", "left_at")


def leads(asked: Asked, found: Velocity, stage: str) -> None:
    """Pills for the lists of this stage, and the one that is chosen."""
    row = found.stage(stage)
    profile = found.profile[found.profile["stage"] == stage]
    beyond = int(profile.loc[profile["bend"], "open"].sum())
    late = 0 if pd.isna(row["outstayed"]) else int(row["outstayed"])
    numbers = {"open": int(row["open"]), "outstayed": late, "bend": beyond, "ended": int(row["n"])}
    numbers |= {name: int(row[name]) for name in ("unknown", "misdated")}
    options = {name: title for name, title in LISTS.items() if numbers[name] or name == "open"}
    linked = st.session_state.get("staying") or st.query_params.get("staying")
    if linked in LISTS and linked not in options:
        options[linked] = LISTS[linked]
    chosen = st.pills(
        plain(f"Leads in {row['name']}"), list(options), format_func=named(options), key="staying", **BOUND
    )
    if chosen is None:
        return
    which: dict[str, Any] = {"which": chosen, "stage": stage}
    if chosen == "outstayed":
        which |= {"which": "open", "longer_than": float(row["p90"])}
    elif chosen == "bend":
        day = bend(profile)
        # Those who have been there for exactly so many days are there on that day.
        which |= {"which": "open", "longer_than": None if day is None else day - 1 / 86_400}
    _listed(asked, f"{row['name']}, {LISTS[chosen][:1].lower()}{LISTS[chosen][1:]}", numbers[chosen], chosen, which)


def _listed(asked: Asked, what: str, number: int, name: str, which: dict[str, Any]) -> None:
    trips = things(number, "trip")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        more = f", first {PAGE:,} shown" if number > PAGE else ""
        st.header(plain(f"{what}: {trips}{more}"), anchor=False)
        if number:
            st.download_button(
                f"Download all {number:,}" if number > 1 else "Download", lambda: _file(asked, which),
                f"{which['stage']}-{name}.csv", "text/csv", on_click="ignore", icon=":material/download:",
                key="download_staying",
            )  # fmt: skip
    if not number:
        st.caption("No lead stands behind this.")
        return
    page = asked.report.staying(asked.whole, limit=PAGE, **which).dropna(axis="columns", how="all")
    shown = page.drop(columns=list(PERSONAL) if asked.present else [], errors="ignore")
    zone = asked.report.settings.tz
    for when in INSTANTS:
        if when in shown:
            shown[when] = pd.to_datetime(shown[when].astype("Int64"), unit="s", utc=True).dt.tz_convert(zone)
    for days in ("days", "days_in_all"):
        if days in shown:
            shown[days] = shown[days].astype(float).round(2)
    named_so = {**headings(shown), **{old: new for old, new in WORDS.items() if old in shown}}
    dated = st.column_config.DatetimeColumn(format="YYYY-MM-DD HH:mm", timezone=str(zone))
    st.dataframe(
        shown.rename(columns=named_so), hide_index=True, height=300, key="staying_leads", placeholder="",
        column_config={"Entered": dated, "Left": dated}, alt=f"{what}: {trips}",
    )  # fmt: skip


def _file(asked: Asked, which: dict[str, Any]) -> bytes:
    every = asked.report.staying(asked.whole, limit=None, **which).dropna(axis="columns", how="all")
    named_so = {**headings(every), **{old: new for old, new in WORDS.items() if old in every}}
    return csv_bytes(every, headings=named_so, instants=INSTANTS, zone=asked.report.settings.tz)

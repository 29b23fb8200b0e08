"""The leads behind a number of the stage audit: a page of them, and all of them as a file."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from core.audit_words import MEANINGS, NAMES, stage_names, unit
from core.export import csv_bytes
from core.measures.audit import Audit
from core.words import things
from pages._audit_controls import Asked
from pages._funnel_controls import BOUND, named
from pages._funnel_leads import headings
from pages._ui import label, links, plain

PAGE = 1000
PERSONAL = ("first_name", "last_name", "email", "phone", "owner", "set_by")
MASKS = {"too_high": "fails", "cannot_tell": "untold"}
"""Verdict → the count of a criterion that stands behind it."""
WORDS = {
    "stage": "Recorded stage",
    "verdict": "Verdict",
    "given": "The definition gives",
    "set_at": "Put there",
    "set_by": "Put there by",
    "fails": "Not met",
    "untold": "Cannot be told",
    "still": "Still there",
    "trip": "Pass",
}


def chosen(asked: Asked, found: Audit) -> dict[str, Any]:
    """The pills and boxes that say which leads are meant: verdict, stage, setter, criterion."""
    called, names = asked.called(found), stage_names(found.definition)
    whole = found.total()
    options = [name for name in NAMES if whole[name]]
    links({"audit_setter": _labels(called), "audit_part": _labels(found.parts)})
    linked = st.session_state.get("audit_leads") or st.query_params.get("audit_leads")
    if isinstance(linked, str) and linked in NAMES and linked not in options:
        options.append(linked)
    verdict = st.pills("Leads", options, format_func=named(NAMES), key="audit_leads", **BOUND)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        stages = [stage for stage in names if found.total(stage=stage)["n"]]
        stage = _box("Stage", stages, names, "audit_stage", "Every stage")
        setters = [setter for setter in called if found.total(setter=setter)["n"]]
        setter = _box("Put there by", setters, called, "audit_setter", "Anybody")
        part = None
        if verdict in MASKS:
            parts = found.reasons(stage, setter)
            known = [str(name) for name in parts.loc[parts[MASKS[verdict]] > 0, "part"]]
            part = _box("Criterion", known, found.parts, "audit_part", "Any of them")
    return {"verdict": verdict, "stage": stage, "setter": setter, "part": part}


def _labels(names: Mapping[str, str]) -> dict[str, str]:
    return {name: label(said) for name, said in names.items()}


def _box(title: str, options: list[str], names: Mapping[str, str], key: str, nothing: str) -> str | None:
    linked = st.session_state.get(key) or st.query_params.get(key)
    if isinstance(linked, str) and linked in names and linked not in options:
        options = [*options, linked]  # It is there, though not in this period or under these filters.
    said: str | None = st.selectbox(
        title, options, None, named(_labels(names)), key=key, placeholder=nothing,
        width=250, **BOUND,
    )  # fmt: skip
    return said


def leads(asked: Asked, found: Audit, which: dict[str, Any]) -> None:
    """The list of the leads that are meant."""
    verdict = which["verdict"]
    if verdict is None:
        return
    number = _number(found, which)
    names = stage_names(found.definition)
    what = NAMES[verdict] + (f" at {names[which['stage']]}" if which["stage"] in names else "")
    if which["part"] is not None:
        what = f"{what}: {found.parts[which['part']]}"
    units = things(number, unit(found, 1), unit(found))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        more = f", first {PAGE:,} shown" if number > PAGE else ""
        st.header(plain(f"{what}: {units}{more}"), anchor=False)
        if number:
            st.download_button(
                f"Download all {number:,}" if number > 1 else "Download", lambda: _file(asked, which),
                f"stage-audit-{verdict.replace('_', '-')}.csv", "text/csv",
                on_click="ignore", icon=":material/download:", key="download_audited",
            )  # fmt: skip
    st.caption(plain(f"{NAMES[verdict]}: {MEANINGS[verdict]}."))
    if not number:
        st.caption("No lead stands behind this.")
        return
    page = asked.auditing.leads(**which, limit=PAGE).dropna(axis="columns", how="all")
    shown = page[_order(page)].drop(columns=list(PERSONAL) if asked.present else [], errors="ignore")
    zone = asked.report.settings.tz
    if "set_at" in shown:
        shown["set_at"] = pd.to_datetime(shown["set_at"].astype("Int64"), unit="s", utc=True).dt.tz_convert(zone)
    shown["verdict"] = shown["verdict"].map(NAMES)
    st.dataframe(
        shown.rename(columns=_headings(shown)), hide_index=True, height=300, key="audited_leads", placeholder="",
        column_config={WORDS["set_at"]: st.column_config.DatetimeColumn(format="YYYY-MM-DD HH:mm", timezone=str(zone))},
        alt=f"{what}: {units}",
    )  # fmt: skip


def _number(found: Audit, which: dict[str, Any]) -> int:
    if which["part"] is None:
        return found.total(stage=which["stage"], setter=which["setter"])[which["verdict"]]
    rows = found.reasons(which["stage"], which["setter"])
    return int(rows.loc[rows["part"] == which["part"], MASKS[which["verdict"]]].sum())


def _order(frame: pd.DataFrame) -> list[str]:
    """What the audit says of the lead comes before who the lead is."""
    said = [name for name in ("lead_id", *WORDS) if name in frame]
    return said + [str(name) for name in frame if name not in said]


def _headings(frame: pd.DataFrame) -> dict[str, str]:
    return {**headings(frame), **{old: new for old, new in WORDS.items() if old in frame}}


def _file(asked: Asked, which: dict[str, Any]) -> bytes:
    every = asked.auditing.leads(**which, limit=None).dropna(axis="columns", how="all")
    every = every[_order(every)]
    every = every.assign(verdict=every["verdict"].map(NAMES))
    return csv_bytes(every, headings=_headings(every), instants=("set_at",), zone=asked.report.settings.tz)

"""Whose leads flip: how many answer otherwise under another version, and the list behind each number."""

from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from core.agreement import Judged
from core.definition import Definition
from core.errors import NotYet
from core.export import csv_bytes
from core.flip_words import Turned, flips_headline, whole
from core.journeys.in_force import Answers
from core.measures.cohort import Query
from core.report import Report
from core.stats.intervals import FEW
from core.words import count, percent, things
from pages import _ui
from pages._agreement_asked import Asked
from pages._definition_data import counting
from pages._funnel_controls import BOUND, named
from pages._funnel_leads import PAGE, PERSONAL
from pages._ui import grouped, plain

HEADINGS = {
    "lead_id": "Lead",
    "first_name": "First name",
    "last_name": "Last name",
    "company": "Company",
    "source": "Source",
    "owner": "Owner",
    "trip": "Pass",
    "judged_at": "Judged at",
    "judged_kind": "Which instant that is",
    "was": "Before",
    "now": "After",
}
KINDS = {"handoff": "its hand-off", "last": "the last that is known"}
FLIP, HANDED = "flip", "handed"


@dataclass(frozen=True)
class Side:
    """What leads are judged by; no definition: by the version in force at each hand-off."""

    name: str
    definition: Definition | None
    number: int | None


def flipping(asked: Asked, before: Side, after: Side) -> str:
    """The finding, its numbers, and the leads behind the one that is chosen. Gives the finding."""
    try:
        asked.agreement.workspace.as_of()
    except NotYet:
        st.caption("Whose leads flip is told here once there are leads.")
        st.page_link("data.py", label="Import your data", icon=":material/upload:")
        return ""
    report = _ui.report()
    handed = st.toggle(
        "Only leads that were handed over",
        key=HANDED,
        help="A lead that was never handed over on a known day is judged by the last that is known of it",
        **BOUND,
    )
    if not counting(report):
        return ""
    with st.spinner(f"Judging {things(report.facts.n_units, 'lead')} by both"):
        cells = _cells(asked, report, before, after, handed=handed)
    said = flips_headline(cells)
    st.header(plain(said), anchor=False)
    sums = whole(cells)
    if sums is not None:
        _cards(sums, before, after)
    changed = cells[cells["was"] != cells["now"]]
    # What sums up a version comes first; a new criterion is new to every lead.
    changed = changed.assign(_last=changed["about"] == "criterion", _new=changed["was"] == "not asked")
    changed = changed.sort_values(["_last", "_new", "n"], ascending=[True, True, False], kind="stable")
    if not changed.empty:
        _behind(asked, report, before, after, changed, handed=handed)
    return said


def _cells(asked: Asked, report: Report, before: Side, after: Side, *, handed: bool) -> pd.DataFrame:
    """`FLIPS` of both, kept: a version by its content, history by all that has ever been agreed."""
    judged, query = Judged(report), Query()

    def key(side: Side) -> str:
        if side.definition is not None:
            return side.definition.content_hash()
        held = asked.agreement.timeline(asked.definition_id, at=asked.at)
        return " ".join(f"{one.content_hash}@{one.starts_at}" for one in held)

    def ask() -> pd.DataFrame:
        was, now = (_answers(asked, judged, one) for one in (before, after))
        return judged.flips(was, now, query, handed=handed)

    found: pd.DataFrame = _ui.kept(report, "flips", f"{key(before)} {key(after)} {handed}", ask)
    return found


def _answers(asked: Asked, judged: Judged, side: Side) -> Answers:
    if side.definition is None:
        return judged.in_force(asked.definition_id, at=asked.at)
    return judged.by(side.definition, side.number)


def _cards(sums: Turned, before: Side, after: Side) -> None:
    cards = (
        (f"Met: {before.name.lower()}", sums.met_before),
        (f"Met: {after.name.lower()}", sums.met_after),
        ("Come to meet it", sums.gained),
        ("No longer meet it", sums.lost),
        ("Cannot be told", sums.untold_after),
    )
    for place, (title, number) in zip(st.columns(5, gap="small"), cards, strict=True):
        share = f"of {count(sums.n)}" + (f", {percent(number / sums.n)}" if sums.n >= FEW else "")
        place.metric(_ui.label(title), count(number), share, delta_color="off", delta_arrow="off", border=True)
    st.caption(
        plain(
            f"{sums.name}, {before.name.lower()} against {after.name.lower()}. Each lead by what was known at its "
            "hand-off, else by the last that is known of it. Cannot be told: a field is missing, or it was not asked."
        )
    )


def _behind(asked: Asked, report: Report, before: Side, after: Side, changed: pd.DataFrame, *, handed: bool) -> None:
    rows = list(changed.itertuples(index=False))
    options = {f"{row.about}:{row.id}:{row.was}:{row.now}": f"{row.name}: {row.was} → {row.now}" for row in rows}
    table = pd.DataFrame(
        {
            "Asked": changed["name"],
            f"{before.name}": changed["was"],
            f"{after.name} ": changed["now"],
            "Leads": changed["n"],
        }
    )
    st.session_state["_flips_shown"] = tuple(options)
    st.dataframe(
        table,
        hide_index=True,
        height=min(300, 38 + 35 * len(table)),
        key="flips",
        on_select=_chosen,
        selection_mode="single-row",
        column_config=grouped(table),
        alt=f"Whose answers change from {before.name} to {after.name}; a row opens its leads",
    )
    _ui.links({FLIP: options})
    if st.session_state.get(FLIP) not in (None, *options):
        st.session_state[FLIP] = None
    chosen = st.selectbox(
        "Leads behind", list(options), None, named(options), key=FLIP, placeholder="Choose a line, or click its row",
        **BOUND,
    )  # fmt: skip
    if chosen is not None:
        about, _, rest = chosen.partition(":")
        criterion, was, now = rest.rsplit(":", 2)
        which: dict[str, Any] = {"about": about, "criterion": criterion, "was": was, "now": now, "handed": handed}
        number = int(changed.iloc[list(options).index(chosen)]["n"])
        _leads(asked, report, before, after, which, options[chosen], number)


def _leads(
    asked: Asked, report: Report, before: Side, after: Side, which: dict[str, Any], title: str, number: int
) -> None:
    judged = Judged(report)

    def listed(limit: int | None) -> pd.DataFrame:
        was, now = (_answers(asked, judged, one) for one in (before, after))
        rows = judged.flipped(was, now, Query(), **which, limit=limit)
        hidden = list(PERSONAL) if asked.present else []
        return rows.drop(columns=hidden, errors="ignore").assign(judged_kind=rows["judged_kind"].map(KINDS))

    zone = report.settings.tz
    with st.container(horizontal=True, vertical_alignment="bottom"):
        more = f", first {PAGE:,} shown" if number > PAGE else ""
        st.header(plain(f"{title}: {things(number, 'lead')}{more}"), anchor=False)
        st.download_button(
            f"Download all {count(number)}" if number > 1 else "Download",
            lambda: csv_bytes(listed(None), headings=HEADINGS, instants=("judged_at",), zone=zone),
            "leads-that-flip.csv",
            "text/csv",
            on_click="ignore",
            icon=":material/download:",
            key="flips_csv",
        )
    page = listed(PAGE)
    page["judged_at"] = pd.to_datetime(page["judged_at"].astype("Int64"), unit="s", utc=True).dt.tz_convert(zone)
    shown = page.dropna(axis="columns", how="all").rename(columns=HEADINGS)
    st.dataframe(
        shown,
        hide_index=True,
        height=280,
        key="flipped",
        column_config={"Judged at": st.column_config.DatetimeColumn(format="YYYY-MM-DD HH:mm", timezone=str(zone))},
        placeholder="",
        alt=f"{title}: {things(number, 'lead')}",
    )


def _chosen() -> None:
    rows = st.session_state["flips"]["selection"]["rows"]
    ids = st.session_state.get("_flips_shown", ())
    st.session_state[FLIP] = ids[rows[0]] if rows and rows[0] < len(ids) else None

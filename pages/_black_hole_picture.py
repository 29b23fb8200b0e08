"""The sum as falling bars, and the leads behind each. A click on a bar sets the pills below, which keys can set too."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from core.charts.black_hole import HANDED, accounting
from core.export import csv_bytes
from core.measures.black_hole import BlackHole
from core.measures.buckets import BUCKETS, MEANINGS, SILENT
from core.silence_words import patience, unit
from core.stats.intervals import Rate
from core.words import amount, counted, things
from core.working_list import HEADINGS
from pages._black_hole_controls import HOLE, HOLE_NAME, Asked
from pages._funnel_controls import BOUND, named
from pages._funnel_picture import CONFIG, picked
from pages._ui import grouped, look, plain

PAGE = 1000
PERSONAL = ("owner", "first_name", "last_name", "phone", "email")


@st.fragment
def picture(asked: Asked, found: BlackHole, title: str, *, table: bool) -> None:
    """The picture, or its table, and the leads of the part that is chosen."""
    called = asked.names
    if table:
        _table(found, called)
    else:
        with st.container(border=True, gap="xxsmall"):
            st.plotly_chart(
                accounting(found, called, look(present=asked.present), height=340 if asked.present else 300),
                key="picture",
                on_select=_picked,
                selection_mode="points",
                theme=None,
                config=CONFIG,
                alt=f"{title}. The table view holds the same numbers.",
            )
            if not asked.present:
                st.caption(plain(_legend(found)))
    bucket = _which(found, called)
    if bucket is not None:
        _leads(asked, found, bucket, called)


def _legend(found: BlackHole) -> str:
    if found.clock is None:
        return "Each bar begins where the one above ends. Click a bar for its leads."
    return f"Hatched: nothing recorded {patience(found.clock)} after the hand-off. Click a bar for its leads."


def _picked() -> None:
    bar = picked(st.session_state.get("picture"))
    if bar is not None and bar[0] != HANDED:
        st.session_state["bucket"] = bar[0]


def _which(found: BlackHole, called: Mapping[str, str]) -> str | None:
    whole = found.total()
    options = {HOLE: HOLE_NAME, **{name: called[name] for name in BUCKETS if whole[name]}}
    linked = st.session_state.get("bucket") or st.query_params.get("bucket")
    if isinstance(linked, str) and linked in called and linked not in options:
        options[linked] = called[linked]
    chosen: str | None = st.pills("Leads", list(options), format_func=named(options), key="bucket", **BOUND)
    return chosen


def _table(found: BlackHole, called: Mapping[str, str]) -> None:
    whole = found.total()
    table = pd.DataFrame(
        {
            "What became of it": [called[name] for name in BUCKETS] + ["Handed over"],
            unit(found).capitalize(): [*(whole[name] for name in BUCKETS), whole["handed"]],
            "Share": [counted(Rate(whole[name], whole["handed"])) for name in BUCKETS] + [""],
            "Meaning": [MEANINGS[name] for name in BUCKETS] + ["the sum of all of them"],
        }
    )
    st.dataframe(table, hide_index=True, column_config=grouped(table), alt="What became of every lead handed over")


def _leads(asked: Asked, found: BlackHole, bucket: str, called: Mapping[str, str]) -> None:
    buckets = SILENT if bucket == HOLE else (bucket,)
    number = sum(found.total()[name] for name in buckets)
    units = things(number, unit(found, 1), unit(found))
    what = HOLE_NAME if bucket == HOLE else called[bucket]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.header(plain(f"{what}: {units}" + (f", first {PAGE:,} shown" if number > PAGE else "")), anchor=False)
        if number:
            st.download_button(
                f"Download all {number:,}" if number > 1 else "Download",
                _file(asked, buckets, called),
                f"{bucket.replace('_', '-')}.csv",
                "text/csv",
                on_click="ignore",
                icon=":material/download:",
                key="download_bucket",
            )
    if not number:
        st.caption("No lead stands behind this.")
        return
    shown = in_words(asked, asked.whole.leads(buckets, limit=PAGE), called)
    st.dataframe(
        shown.drop(columns=[HEADINGS[name] for name in PERSONAL] if asked.present else [], errors="ignore"),
        hide_index=True,
        height=280,
        key="silent_leads",
        column_config=written(asked, shown),
        placeholder="",
        alt=f"{what}: {units}",
    )


def written(asked: Asked, shown: pd.DataFrame) -> dict[str, Any]:
    """How instants and numbers of a list are written."""
    zone = str(asked.whole.report.settings.tz)
    column = st.column_config.DatetimeColumn(format="YYYY-MM-DD HH:mm", timezone=zone)
    amounts = [name for name in shown.columns if str(name).startswith("Expected value")]
    return {
        **grouped(shown),
        **dict.fromkeys(amounts, st.column_config.NumberColumn(format="localized")),
        **dict.fromkeys((HEADINGS["handed_at"], HEADINGS["last_touch_at"]), column),
    }


def in_words(asked: Asked, listed: pd.DataFrame, called: Mapping[str, str]) -> pd.DataFrame:
    """A list of leads with headings, local times and amounts per currency."""
    zone = asked.whole.report.settings.tz
    out = listed.assign(bucket=listed["bucket"].map(called))
    for name in ("handed_at", "last_touch_at"):
        out[name] = pd.to_datetime(out[name].astype("Int64"), unit="s", utc=True).dt.tz_convert(zone)
    money = {}
    for place, code in enumerate(asked.whole.currencies()):
        name = f"value_{place}"
        out[name] = [None if pd.isna(value) else float(amount(float(value), code)) for value in listed[name]]
        money[name] = f"Expected value {code or '(currency not stated)'}"
    headings = {"lead_id": "Lead", **HEADINGS, "bucket": "What became of it", **money}
    out = out[["lead_id", *money, *(name for name in headings if name not in ("lead_id", *money))]]
    return out.rename(columns=headings).dropna(axis="columns", how="all")


def _file(asked: Asked, buckets: tuple[str, ...], called: Mapping[str, str]) -> Any:
    def make() -> bytes:
        every = in_words(asked, asked.whole.leads(buckets, limit=None), called)
        for name in (HEADINGS["handed_at"], HEADINGS["last_touch_at"]):
            if name in every:
                every[name] = [None if pd.isna(when) else when.isoformat(timespec="seconds") for when in every[name]]
        return csv_bytes(every)

    return make

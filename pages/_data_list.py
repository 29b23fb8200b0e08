"""A list that opens on the page, and its download."""

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from core.export import csv_bytes

SHOWN = 1_000
"""Rows of a list on the page; the download has all of them."""


def listed(rows: pd.DataFrame, headings: Mapping[str, str], name: str, what: tuple[str, str]) -> None:
    """A list that opens, and its download; `what` is the word for one and for many."""
    if rows.empty:
        return
    one, many = what
    these = f"this {one}" if len(rows) == 1 else f"these {many}"
    with st.expander(f"1 {one}" if len(rows) == 1 else f"{len(rows):,} {many}"):
        shown = rows[list(headings)].rename(columns=dict(headings))
        st.dataframe(shown.head(SHOWN), hide_index=True, alt=f"List of {many}")
        if len(rows) > SHOWN:
            st.caption(f"The first {SHOWN:,} of {len(rows):,}; the download has all of them.")
    st.download_button(
        f"Download {these}",
        lambda: csv_bytes(rows, headings=headings),
        name,
        "text/csv",
        key=f"download_{name}",
        on_click="ignore",
        icon=":material/download:",
    )

"""The view Versions: how each stands, what waits for whose signature, and what changes from one to another."""

import pandas as pd
import streamlit as st

from core.agreement_words import (
    headline,
    measured_by,
    proposed,
    signature_of,
    signed,
    stands,
    term,
)
from core.export import csv_bytes
from core.workspace import Workspace
from pages._agreement_asked import Asked, asked
from pages._agreement_compare import AFTER, comparing
from pages._agreement_proposing import proposing
from pages._agreement_signing import signing
from pages._ui import plain


def versions(here: Workspace) -> None:
    """Draw the view."""
    found = asked(here)
    st.title(plain(headline(found.versions, found.zone)), anchor=False)
    if said := measured_by(found.used, found.versions):
        st.caption(plain(said))
    if found.open is not None:
        signing(found, found.open)
    proposing(found)
    if found.versions:
        _all(found)
        comparing(found)


def _all(found: Asked) -> None:
    """Every version, the newest first; none is ever gone."""
    zone = found.zone
    rows = [
        {
            "Version": version.number,
            "How it stands": stands(version),
            "In force": term(version, zone),
            "Proposed": proposed(version, zone),
            **{
                f"For {side}": signed(one, zone) if (one := signature_of(version, side)) else ""
                for side in ("marketing", "sales")
            },
            "Note": version.note,
            "Content": version.content_hash[:8],
        }
        for version in found.versions
    ]
    table = pd.DataFrame(rows)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.header(f"All versions: {len(rows)}", anchor=False)
        st.download_button(
            "Download the list",
            lambda: csv_bytes(table),
            f"versions-{found.definition_id}.csv",
            "text/csv",
            on_click="ignore",
            icon=":material/download:",
            key="versions_csv",
        )
    shown = table.loc[:, (table != "").any()]
    st.session_state["_versions_shown"] = tuple(table["Version"])
    st.dataframe(
        shown,
        hide_index=True,
        key="versions",
        on_select=_chosen,
        selection_mode="single-row",
        column_config={"Version": st.column_config.NumberColumn(width=70)},
        placeholder="",
        alt="Every version, how it stands, from when it is in force, and who signed it",
    )


def _chosen() -> None:
    """A click on a version compares what was before it with that one."""
    rows = st.session_state["versions"]["selection"]["rows"]
    shown = st.session_state.get("_versions_shown", ())
    if rows and rows[0] < len(shown):
        st.session_state[AFTER] = str(shown[rows[0]])

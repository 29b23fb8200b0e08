"""The view Versions: how each stands, what waits for whose signature, and what changes from one to another."""

from collections.abc import Callable
from datetime import tzinfo

import pandas as pd
import streamlit as st

from core.agreement import SIDES
from core.agreement_words import (
    NO_LOGIN,
    headline,
    measured_by,
    on,
    proposed,
    signature_of,
    signed,
    stands,
    term,
)
from core.export import csv_bytes
from core.store import Signature
from core.workspace import Workspace
from pages._agreement_asked import Asked, asked
from pages._agreement_compare import comparing
from pages._agreement_proposing import proposing
from pages._agreement_signing import signing
from pages._ui import plain


def versions(here: Workspace) -> None:
    """Draw the view."""
    found = asked(here, lambda found: headline(found.versions, found.zone))
    if said := measured_by(found.used, found.versions):
        st.caption(plain(said))
    leads = signing(found, found.open) if found.open is not None else None
    # The leads are counted last: what is signed, proposed and listed waits for no import.
    first, second = st.container(), st.container()
    compared, others = (first, second) if found.open is not None else (second, first)
    with others:
        proposing(found)
        if found.versions:
            _all(found)
    if found.versions:
        with compared:
            said = comparing(found)
        if leads is not None and said:
            leads.markdown(f"**{plain(said)}.**")


def _all(found: Asked) -> None:
    """Every version, the newest first; none is ever gone."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.header(f"All versions: {len(found.versions)}", anchor=False)
        st.download_button(
            "Download the list",
            lambda: csv_bytes(_table(found, signed)),
            f"versions-{found.definition_id}.csv",
            "text/csv",
            on_click="ignore",
            icon=":material/download:",
            key="versions_csv",
        )
    table = _table(found, lambda one, zone: f"{one.name}, {on(one.signed_at, zone)}")
    table = table.loc[:, (table != "").any()].map(lambda cell: plain(str(cell)))
    st.table(
        table,
        border="horizontal",
        hide_index=True,
        alt="Every version, how it stands, from when it is in force, and who signed it",
    )
    given = [signature for version in found.versions for signature in version.signatures]
    unproven = sum(signature.account is None for signature in given)
    if unproven:
        st.caption(f"Signatures {NO_LOGIN}: {unproven} of {len(given)}.")


def _table(found: Asked, signature: Callable[[Signature, tzinfo], str]) -> pd.DataFrame:
    zone = found.zone
    return pd.DataFrame(
        [
            {
                "Version": version.number,
                "How it stands": stands(version),
                "In force": term(version, zone),
                "Proposed": proposed(version, zone),
                **{
                    f"For {side}": signature(one, zone) if (one := signature_of(version, side)) else ""
                    for side in SIDES
                },
                "Note": version.note,
                "Content": version.content_hash[:8],
            }
            for version in found.versions
        ]
    )

"""Imports: what came in, and taking it back."""

import pandas as pd
import streamlit as st

from core.store import Batch
from core.workspace import Workspace
from pages._data_cached import problems
from pages._data_file import ROWS
from pages._ui import now, plain

_STATES = {"live": "counts", "undone": "undone"}


def show(here: Workspace) -> None:
    """Draw the tab."""
    batches = here.store.batches()
    if not batches:
        st.markdown("Nothing was imported yet.")
        return
    st.dataframe(
        table(batches, here),
        hide_index=True,
        column_config={
            "When": st.column_config.DatetimeColumn(format="localized"),
            "Rows": st.column_config.NumberColumn(format="localized"),
            "Set aside": st.column_config.NumberColumn(format="localized"),
            "Problems": st.column_config.NumberColumn(format="localized"),
        },
        alt="Every import, newest first",
    )
    _turn(here, batches)


def table(batches: tuple[Batch, ...], here: Workspace) -> pd.DataFrame:
    """One row per import, newest first."""
    zone = here.settings.tz
    return pd.DataFrame(
        {
            "Import": [batch.id for batch in batches],
            "File": [batch.file_name for batch in batches],
            "What": [ROWS.get(batch.shape, batch.shape) for batch in batches],
            "Rows": [batch.counts.get("rows_accepted", 0) for batch in batches],
            "Set aside": [batch.counts.get("rows_quarantined", 0) for batch in batches],
            "Problems": [problems(str(here.folder), batch.id) for batch in batches],
            "When": [batch.imported_at.astimezone(zone) for batch in batches],
            "By": [batch.imported_by for batch in batches],
            "State": [_STATES[batch.state] for batch in batches],
        }
    )


def _turn(here: Workspace, batches: tuple[Batch, ...]) -> None:
    """Undo or redo one import."""
    by_id = {batch.id: batch for batch in batches}
    chosen = st.selectbox(
        "Take an import back, or let it count again",
        list(by_id),
        format_func=lambda number: f"{number}: {by_id[number].file_name}",
        key="batch",
        width=720,
    )
    batch = by_id[chosen]
    if batch.state == "live":
        st.caption(
            f"Undo: the rows of {plain(batch.file_name)} no longer count, as if it had never been imported. "
            "Nothing is deleted, and it can be redone."
        )
        if st.button(f"Undo import {batch.id}", key="undo", icon=":material/undo:"):
            here.undo(batch.id, at=now())
            st.rerun()
    else:
        st.caption(f"Redo: the rows of {plain(batch.file_name)} count again.")
        if st.button(f"Redo import {batch.id}", key="redo", icon=":material/redo:"):
            here.redo(batch.id, at=now())
            st.rerun()

"""What the columns of a file mean, as a table that can be corrected by hand."""

from typing import Any

import streamlit as st

from core.intake import Reading
from core.intake.fields import SHAPES
from core.intake.mapping import IGNORE, KEEP
from core.intake.plan import FORMATS
from core.workspace import Workspace
from pages._data_meanings import changes, columns, targets, words
from pages._data_reading import Upload

_TABLES = {
    "leads": "leads or contacts, one row each",
    "history": "a history of changes, one row per change",
    "touches": "calls, mails and meetings, or what leads did",
    "deals": "deals or opportunities, one row each",
    "people": "users or reps, one row each",
    "campaigns": "campaigns, one row each",
    "lookup": "something else, looked up by a key",
}


def show(here: Workspace, upload: Upload, reading: Reading) -> None:
    """Draw the table, and take corrections."""
    meant = sum(seen.field not in (None, KEEP, IGNORE) for seen in reading.columns)
    title = f"What its {len(reading.columns)} columns mean: {meant} are understood"
    opened = st.expander(title, key=f"meanings_{upload.id}", on_change="rerun")
    if not opened.open:
        return
    with opened:
        _table(upload, reading)
        before = columns(reading)
        # The editor keeps corrections by row; another reading of the file is another table.
        key = f"columns_{upload.id}_{hash(upload.read_as)}"
        after = st.data_editor(
            before,
            key=key,
            hide_index=True,
            disabled=["column", "examples", "filled", "how"],
            column_config=_config(targets(here, reading)),
            alt=f"The columns of {reading.file_name} and what each means",
        )
        said = changes(before, after)
        if st.button("Use these meanings", key=f"use_{upload.id}", disabled=not (said.columns or said.formats)):
            upload.columns = {**upload.columns, **said.columns}
            upload.formats = {**upload.formats, **said.formats}
            st.rerun()
        st.caption("Files with the same columns will be read the same way from the next import on.")


def _table(upload: Upload, reading: Reading) -> None:
    names = list(SHAPES)
    chosen = st.selectbox(
        "One row of this file is one of",
        names,
        names.index(reading.shape),
        format_func=_TABLES.__getitem__,
        key=f"table_{upload.id}_{reading.shape}",
    )
    if chosen != reading.shape:
        # Fields belong to a table: what was said about the columns of another one is void.
        upload.table, upload.columns, upload.formats = chosen, {}, {}
        st.rerun()


def _config(possible: list[str]) -> dict[str, Any]:
    pick = st.column_config
    return {
        "column": pick.TextColumn("Column"),
        "examples": pick.TextColumn("Examples", width="medium"),
        "filled": pick.NumberColumn("Filled cells", format="localized", width="small"),
        "meaning": pick.SelectboxColumn("Meaning", options=possible, format_func=words, required=True, width="medium"),
        "format": pick.SelectboxColumn("Format", options=list(FORMATS), width="small"),
        "how": pick.TextColumn("Why"),
    }

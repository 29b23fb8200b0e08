"""Data: an export comes in here, and what nobody but a person can say about it is asked here."""

import streamlit as st

from core.workspace import Workspace
from pages import _data_answerable, _data_import, _data_imports, _data_problems, _data_settings, _data_words
from pages._data_cached import unanswered
from pages._data_told import files_of, rows_of
from pages._ui import day, errors, workspace

PARTS = ("Import", "Words", "Problems", "Imports", "What these data can answer", "Settings")
WAITING = "data_waiting"


def _state(here: Workspace) -> str:
    """What these data are, or what they wait for."""
    live = here.live_batches()
    if not live:
        return "No data yet: drop your CRM export here"
    waiting = len(unanswered(str(here.folder), here.store.version()))
    if waiting == 1:
        return "1 word of your CRM waits for an answer"
    if waiting:
        return f"{waiting} words of your CRM wait for an answer"
    rows = rows_of(sum(batch.counts.get("rows_accepted", 0) for batch in live))
    return f"{rows} from {files_of(len(live))}, newest {day(here.as_of())}; nothing is waiting for you"


with errors():
    here = workspace()
    title = st.empty()
    state = _state(here)
    # What the uploads wait for is known after they are read; until then the title stays what it was.
    title.title(st.session_state.get(WAITING) or state, anchor=False)
    importing, words, problems, imports, answers, settings = st.tabs(
        PARTS, key="part", on_change="rerun", bind="query-params"
    )
    with importing:
        # Always drawn: an uploader that is not drawn forgets its files, and the other tabs are looked at in between.
        st.session_state[WAITING] = _data_import.show(here)
        title.title(st.session_state[WAITING] or state, anchor=False)
    for tab, part in (
        (words, _data_words),
        (problems, _data_problems),
        (imports, _data_imports),
        (answers, _data_answerable),
        (settings, _data_settings),
    ):
        if tab.open:
            with tab:
                part.show(here)

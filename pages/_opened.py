"""Which workspace does this reader look at: the one that the server shows, or the sample company?"""

import os
from datetime import UTC, datetime
from pathlib import Path

import streamlit as st

from core.agreement import Agreement
from core.places import chosen, demo_folder
from core.workspace import Workspace

WORKSPACE = "HANDOFF_WORKSPACE"
"""Environment variable with the folder that this server shows."""
SAMPLE = "sample"
"""In the session and the address: this reader looks at the sample company."""


@st.cache_resource(show_spinner="Opening the workspace", on_release=Workspace.close)
def _open(folder: str) -> Workspace:
    return Workspace(Path(folder), database_url=os.environ.get("DATABASE_URL"))


def at_sample() -> bool:
    """Does this reader look at the sample company instead of what the server shows?"""
    return bool(st.session_state.get(SAMPLE, st.query_params.get(SAMPLE) == "true"))


def workspace() -> Workspace:
    """The workspace that this reader looks at, measured by what is in force now."""
    stated = os.environ.get(WORKSPACE)
    here = _open(str(demo_folder() if at_sample() else chosen(Path(stated) if stated else None)))
    _settled(str(here.folder))
    return here


@st.cache_resource(show_spinner=False, ttl=60)
def _settled(folder: str) -> bool:
    """Let a version that was signed for a day to come begin on that day, at most a minute late."""
    return Agreement(_open(folder)).settle(at=now())


def now() -> datetime:
    """The moment of an import or a decision; never what a report is true at."""
    return datetime.now(UTC)


def _back_to_own() -> None:
    st.session_state[SAMPLE] = False
    st.query_params.clear()


def sample_told() -> None:
    """Whoever looks at the sample company is told so, and how to come back."""
    if at_sample():
        with st.sidebar:
            st.caption("A made company: nothing here is yours.")
            st.button("Back to your data", on_click=_back_to_own, icon=":material/arrow_back:", key="back_to_own")

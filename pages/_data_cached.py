"""What the data page looks up at every run, kept until the workspace changes. Keys are small: folder and version."""

from pathlib import Path

import pandas as pd
import streamlit as st

from core.answerable import answerable, held
from core.workspace import Workspace
from pages._ui import workspace


def _same(folder: str) -> Workspace:
    here = workspace()
    assert here.folder == Path(folder), "the workspace shown is the one in the key"
    return here


@st.cache_data(max_entries=20, show_spinner=False)
def labels(folder: str, version: str) -> pd.DataFrame:
    """Every stage label in the data with its meaning."""
    return _same(folder).labels()


@st.cache_data(max_entries=20, show_spinner=False)
def unanswered(folder: str, version: str) -> pd.DataFrame:
    """The labels of which nobody has said which stage they are."""
    return _same(folder).unanswered()


@st.cache_data(max_entries=2_000, show_spinner=False)
def problems(folder: str, batch_id: int) -> int:
    """How many problems an import has: a number that never changes once it is imported."""
    return len(_same(folder).store.problems(batch_id))


@st.cache_data(max_entries=20, show_spinner="Counting what is there")
def questions(folder: str, version: str) -> pd.DataFrame:
    """What these data can answer."""
    return answerable(held(_same(folder)))

"""The view Read: everything that was agreed, on one page."""

import streamlit as st

from core.workspace import Workspace
from pages._ui import plain


def show(here: Workspace) -> None:
    """Draw what is in use."""
    st.title(plain(here.definition().name), anchor=False)

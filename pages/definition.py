"""The definition: what marketing and sales agreed, read, edited as a draft, signed, and asked about."""

from collections.abc import Callable

import streamlit as st

from core.workspace import Workspace
from pages import (
    _agreement_versions,
    _agreement_voices,
    _definition_edit,
    _definition_lead,
    _definition_read,
    _suggestions,
)
from pages._funnel_controls import BOUND, named
from pages._ui import errors, links, workspace

SHOW: dict[str, tuple[str, Callable[[Workspace], None]]] = {
    "read": ("Read", _definition_read.show),
    "lead": ("One lead", _definition_lead.show),
    "edit": ("Edit", _definition_edit.show),
    "versions": ("Versions", _agreement_versions.versions),
    "voices": ("Voices", _agreement_voices.voices),
    "suggestions": ("Suggestions", _suggestions.suggestions),
}
"""View in the URL → its name, and what draws it."""

with errors():
    here = workspace()
    names = {view: name for view, (name, _) in SHOW.items()}
    links({"definition_view": names})
    begin = "lead" if st.query_params.get("lead") else "read"
    view = st.segmented_control(
        "View",
        list(SHOW),
        default=begin,
        required=True,
        format_func=named(names),
        key="definition_view",
        label_visibility="collapsed",
        **BOUND,
    )
    SHOW[view or begin][1](here)

"""A draft is begun: with what is used now, a template, a version, or a file."""

import streamlit as st

from core.agreement import STATES, Agreement, Draft
from core.errors import HandoffError
from core.workspace import Workspace
from pages._definition_draft import NAME
from pages._definition_which import in_use, templates
from pages._funnel_controls import named
from pages._ui import now, plain

USED, TEMPLATE, VERSION, FILE = "What is used now", "A template", "A version", "A file"
NEXT = "_definition_next"
"""The draft to open with the next run."""


def begin(here: Workspace, agreement: Agreement, definition_id: str) -> None:
    """Draw it; a draft that is begun is opened."""
    versions = {
        str(one.number): f"Version {one.number}: {STATES[one.state]}"
        for one in agreement.versions(definition_id, at=now())
    }
    ways = [USED, TEMPLATE, *([VERSION] if versions else []), FILE]
    way = st.radio("Begin with", ways, key="begin_with", horizontal=True)
    with st.form("definition_begin", border=False):
        chosen, file = "", None
        if way == TEMPLATE:
            forms = {one: form.name for one, form in templates().items()}
            chosen = st.selectbox("Template", list(forms), 0, named(forms))
        elif way == VERSION:
            chosen = st.selectbox("Version", list(versions), 0, named(versions))
        elif way == FILE:
            file = st.file_uploader("A definition that was saved as a file", ["json"], max_upload_size=5)
        by = st.text_input("Your name", key="begin_by", value=st.session_state.get(NAME, ""), max_chars=200)
        if not st.form_submit_button("Begin a draft", type="primary", icon=":material/edit:"):
            return
    try:
        draft = _begun(here, agreement, definition_id, way, chosen, file, by)
    except HandoffError as error:
        st.error(f"**{plain(error.message)}**\n\n{plain(error.hint)}", icon=":material/error:")
        return
    if draft is not None:
        st.session_state[NAME] = by
        st.session_state[NEXT] = draft.id
        st.rerun()


def _begun(
    here: Workspace, agreement: Agreement, name: str, way: str, chosen: str, file: object, by: str
) -> Draft | None:
    at = now()
    if way == TEMPLATE:
        # As the next version of what is there, so that the two can be compared.
        own = name if agreement.versions(name, at=at) else None
        return agreement.begin_from_template(chosen, at=at, by=by, definition_id=own)
    if way == VERSION:
        return agreement.begin_from_version(name, int(chosen), at=at, by=by)
    if way == FILE:
        if file is None:
            st.error("Choose a file first.", icon=":material/error:")
            return None
        text = file.getvalue().decode("utf-8-sig", errors="replace")  # type: ignore[attr-defined]
        return agreement.begin_from_file(text, file.name, at=at, by=by)  # type: ignore[attr-defined]
    used = in_use(agreement, at=at)
    number = None if used is None else used.number
    origin = "what was used" if number is None else f"version {number}, as it was used"
    return agreement.begin(here.definition(), origin=origin, base_version=number, at=at, by=by)

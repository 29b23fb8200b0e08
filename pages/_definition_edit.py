"""The view Edit: a draft, part by part, with what it would mean for the loaded leads beside it."""

from typing import Any

import streamlit as st

from core.agreement import Agreement, Draft
from core.definition import Definition, written
from core.definition.comparing import compare
from core.errors import DefinitionInvalid
from core.words import things
from core.workspace import Workspace
from pages import _definition_moved, _definition_part
from pages._definition_begin import NEXT, begin
from pages._definition_data import loaded
from pages._definition_draft import NAME, Working, forget, save, taken, working
from pages._definition_funnel import would_move
from pages._definition_which import in_use
from pages._funnel_controls import BOUND, named
from pages._ui import links, now, plain


def show(here: Workspace) -> None:
    """Draw it."""
    agreement, at = Agreement(here), now()
    report = loaded(here)
    used = in_use(agreement, at=at)
    name = here.definition().id if used is None else used.definition_id
    drafts = {draft.id: draft for draft in agreement.drafts()}
    if not drafts:
        st.title("No draft is begun: nothing changes until both sides have signed one", anchor=False)
        begin(here, agreement, name)
        return
    heading = st.container()
    bar = st.container(horizontal=True, vertical_alignment="bottom", gap="small")
    draft = _chosen(bar, drafts)
    with bar.popover("Begin another", icon=":material/add:"):
        begin(here, agreement, name)
    mine = working(draft)
    if mine.moved is not None:
        with heading:
            st.title("Somebody else saved this draft first: nothing is lost", anchor=False)
        _definition_moved.show(agreement, mine, mine.moved)
        return
    _definition_part.show(here, report, mine)
    if not mine.changed and mine.seen != draft.revision:
        # Only now that the form was drawn: what was just written in it would be lost before.
        taken(mine, draft)
        st.rerun()
    definition, wrong = mine.read()
    with heading:
        st.title(plain(_title(draft, mine, definition, wrong)), anchor=False)
        st.caption(plain(_caption(draft, mine)))
    _buttons(bar, agreement, mine, definition)
    if definition is None:
        return
    with st.expander("What changes against what is used now", icon=":material/compare_arrows:"):
        _changes(here.definition(), definition)
    would_move(here, report, definition)


def _chosen(bar: Any, drafts: dict[int, Draft]) -> Draft:
    names = {str(one): f"Draft {one}: {draft.definition.name}" for one, draft in drafts.items()}
    if NEXT in st.session_state:
        st.session_state["draft"] = str(st.session_state.pop(NEXT))
    if st.session_state.get("draft") not in (None, *names):
        del st.session_state["draft"]
    links({"draft": names})
    with bar:
        chosen = st.selectbox(
            "Draft", list(names), 0, named(names), key="draft", width=270, label_visibility="collapsed", **BOUND
        )
    return drafts[int(chosen)]


def _title(draft: Draft, mine: Working, definition: Definition | None, wrong: DefinitionInvalid | None) -> str:
    if wrong is not None:
        return f"Draft {draft.id} cannot be saved yet: something is to be mended"
    if not mine.changed:
        return f"Draft {draft.id} is saved: choose a part and change it"
    assert definition is not None, "what is not wrong can be read"
    number = len(compare(mine.draft.definition, definition).changes)
    return f"Draft {draft.id}: {things(number, 'change')} not saved yet"


def _caption(draft: Draft, mine: Working) -> str:
    said = [f"begun by {draft.begun_by or 'somebody'}" + (f" with {draft.origin}" if draft.origin else "")]
    said.append(f"revision {draft.revision} saved by {draft.saved_by or 'somebody'}")
    if draft.revision != mine.seen:
        said.append(f"you began on revision {mine.seen}: when you save, you see both")
    return " · ".join(said)


def _buttons(bar: Any, agreement: Agreement, mine: Working, definition: Definition | None) -> None:
    with bar:
        by = st.text_input(
            "Your name",
            st.session_state.get(NAME, ""),
            key=f"{NAME}_typed",
            max_chars=200,
            width=180,
            placeholder="Your name",
            label_visibility="collapsed",
        )
        st.session_state[NAME] = by
        ready = mine.changed and definition is not None
        if st.button("Save draft", type="primary", disabled=not ready, icon=":material/save:"):
            save(agreement, mine, by)
            st.rerun()
        if st.button("Discard", disabled=not mine.changed, icon=":material/undo:", help="Back to what is saved"):
            forget(mine.draft.id)
            st.rerun()
        if definition is not None:
            st.download_button(
                "As a file",
                written(definition),
                f"{definition.id}-draft-{mine.draft.id}.json",
                "application/json",
                on_click="ignore",
                icon=":material/download:",
            )
        if st.button("Put aside", icon=":material/archive:", help="It is kept, and no longer listed"):
            agreement.discard(mine.draft.id, at=now())
            st.rerun()


def _changes(used: Definition, definition: Definition) -> None:
    found = compare(used, definition)
    for change in found.changes:
        st.markdown(f"- {plain(change.sentence)}")
    st.caption(plain(found.effect))

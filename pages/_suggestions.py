"""What history suggests for the definition. A suggestion opens a draft; nothing changes by itself."""

from collections.abc import Callable

import streamlit as st

from core.agreement import Agreement
from core.definition import Definition
from core.errors import HandoffError, NotYet
from core.measures.cohort import Query
from core.suggesting import Suggesting
from core.workspace import Workspace
from pages import _suggestions_points, _suggestions_uld
from pages._definition_begin import NEXT
from pages._definition_draft import NAME
from pages._definition_which import in_use
from pages._funnel_controls import BOUND, EARLIEST, LATEST, named
from pages._ui import links, now, plain, report

PARTS: dict[str, str] = {"uld": "What sales validates", "points": "Points for what a lead is"}
_REFUSED = "_suggestion_refused"
Take = Callable[[Definition], Definition]
"""What is used now → the same with what is suggested."""


def suggestions(here: Workspace) -> None:
    """Draw it."""
    found = report()
    links({"suggested": PARTS})
    heading = st.container()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        part = st.segmented_control(
            "Suggested", list(PARTS), default="uld", required=True, format_func=named(PARTS), key="suggested", **BOUND
        )
        start, end = (
            st.date_input(label, None, EARLIEST, LATEST, key=key, format="YYYY-MM-DD", width=160, **BOUND)
            for label, key in (("First hand-off", "start"), ("Last hand-off", "end"))
        )
    asked = Suggesting(found, Query(start=start, end=end))
    try:
        taken = (_suggestions_uld if part == "uld" else _suggestions_points).show(asked, heading)
    except NotYet as nothing:
        heading.title(plain(nothing.message), anchor=False)
        st.info(plain(nothing.hint), icon=":material/hourglass_empty:")
        return
    _draft(here, PARTS[part], taken)


def _draft(here: Workspace, what: str, taken: Take | None) -> None:
    st.caption("Nothing changes by itself: a draft is opened, and only what both sides sign is measured by.")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        by = st.text_input("Your name", st.session_state.get(NAME, ""), key="suggested_by", max_chars=200, width=220)
        st.button(
            "Open a draft with this", type="primary", icon=":material/edit_document:", key="suggested_draft",
            disabled=taken is None, on_click=_begin, args=(here, what, taken, by),
        )  # fmt: skip
    if refused := st.session_state.pop(_REFUSED, None):
        st.error(plain(refused), icon=":material/error:")


def _begin(here: Workspace, what: str, taken: Take, by: str) -> None:
    agreement, at = Agreement(here), now()
    used = in_use(agreement, at=at)
    try:
        draft = agreement.begin(
            taken(here.definition()),
            origin=f"what history suggests: {what[:1].lower()}{what[1:]}",
            base_version=None if used is None else used.number,
            at=at,
            by=by,
        )
    except HandoffError as error:
        st.session_state[_REFUSED] = f"{error.message} {error.hint}"
        return
    st.session_state[NAME], st.session_state[NEXT] = by, draft.id
    st.session_state["definition_view"] = "edit"

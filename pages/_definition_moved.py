"""Two people wrote one draft: the second sees both, chooses part by part, and loses nothing."""

from collections.abc import Sequence

import streamlit as st

from core.agreement import Agreement
from core.definition import Definition
from core.definition.comparing import Change, Comparison, Part, compare
from core.errors import DraftMoved, HandoffError
from core.words import things
from pages._definition_begin import NEXT
from pages._definition_draft import NAME, WORKING, Working, taken
from pages._ui import now, plain

THEIRS, MINE = "Theirs", "Mine"


def show(agreement: Agreement, mine: Working, told: DraftMoved) -> None:
    """Draw it."""
    st.warning(f"**{plain(told.message)}** {plain(told.hint)}", icon=":material/group:")
    theirs, own = compare(told.base, told.theirs), compare(told.base, told.mine)
    left, right = st.columns(2, gap="large")
    with left:
        _said(f"{told.by or 'Somebody'} changed", theirs)
    with right:
        _said("You changed", own)
    both = agreement.quarrels(mine.draft.id, told.mine, since=mine.seen, onto=told.revision)
    wanted = [part for part in own.parts if part not in both]
    if both:
        st.subheader(f"Both of you changed {things(len(both), 'part')}: whose is right?", anchor=False)
        wanted += [part for part in both if _whose(part, own.changes, told.theirs)]
    by = str(st.session_state.get(NAME, ""))
    with st.container(horizontal=True):
        if st.button("Put both together", type="primary", icon=":material/merge:"):
            _together(agreement, mine, told, wanted, by)
        if st.button("Keep mine as a draft of its own", icon=":material/call_split:"):
            draft = agreement.begin(told.mine, origin=f"draft {mine.draft.id}", at=now(), by=by)
            _theirs(agreement, mine)
            st.session_state[NEXT] = draft.id
            st.rerun()
        if st.button("Take theirs and drop mine", icon=":material/undo:"):
            _theirs(agreement, mine)
            st.rerun()
        if st.button("Go on writing", icon=":material/edit:", help="Nothing is saved; you are asked again"):
            mine.moved = None
            st.rerun()


def _said(title: str, found: Comparison) -> None:
    st.subheader(plain(title), anchor=False)
    for change in found.changes:
        st.markdown(f"- {plain(change.sentence)}")


def _whose(part: Part, own: Sequence[Change], theirs: Definition) -> bool:
    title = next((change.title for change in own if change.part == part), part.id)
    chosen = st.segmented_control(
        plain(title), (THEIRS, MINE), default=THEIRS, required=True, key=f"whose_{part.kind}_{part.id}"
    )
    return bool(chosen == MINE)


def _together(agreement: Agreement, mine: Working, told: DraftMoved, wanted: Sequence[Part], by: str) -> None:
    try:
        saved = agreement.rebase(
            mine.draft.id, told.mine, since=mine.seen, onto=told.revision, take=wanted, at=now(), by=by
        )
    except DraftMoved as again:
        mine.moved = again
        st.rerun()
    except HandoffError as error:
        st.error(f"**{plain(error.message)}** {plain(error.hint)}", icon=":material/error:")
        return
    taken(mine, saved)
    st.rerun()


def _theirs(agreement: Agreement, mine: Working) -> None:
    st.session_state[WORKING].pop(mine.draft.id)
    taken(mine, agreement.draft(mine.draft.id))

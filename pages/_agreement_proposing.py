"""From a draft to a proposal: which draft, from when, by whom, and which questions it answers."""

import streamlit as st

from core.agreement import Draft
from core.agreement_words import on
from core.definition.comparing import compare
from core.errors import DraftMoved
from pages._agreement_asked import Asked, act, person, refused, stamp, who
from pages._agreement_changes import changes
from pages._funnel_controls import BOUND, EARLIEST, LATEST
from pages._ui import links, now, plain

PLACE = "proposing"


def proposing(asked: Asked) -> None:
    """Draw it: the draft that is chosen, what it changes, and the form that puts it before both sides."""
    said = {one.content_hash for one in asked.versions if one.state in ("proposed", "signed", "in_force")}
    drafts = [draft for draft in asked.drafts if draft.content_hash not in said]
    if not drafts:
        st.caption("No draft says anything new. One is begun and changed in the view Edit.")
        return
    with st.container(border=True, key="proposing"):
        st.header("Propose a draft", anchor=False)
        names = {draft.id: called(draft) for draft in drafts}
        links({"propose": {str(draft.id): name for draft, name in zip(drafts, names.values(), strict=True)}})
        chosen = st.selectbox("Draft", list(names), 0, lambda one: names[one], key="propose", width=420, **BOUND)
        draft = next(one for one in drafts if one.id == chosen)
        _moved()
        st.caption(
            plain(
                f"Begun by {draft.begun_by or 'somebody'} with {draft.origin or 'nothing'} · saved "
                f"{on(draft.saved_at, asked.zone)} by {draft.saved_by or 'somebody'}, revision {draft.revision} · "
                f"content {draft.content_hash[:8]}"
            )
        )
        newest = asked.force or (asked.versions[0] if asked.versions else None)
        if newest is not None:
            changes(compare(newest.definition, draft.definition), f"version {newest.number}", most=4)
        if asked.open is not None and asked.open.state == "proposed":
            st.caption(f"It takes the place of version {asked.open.number}, which both sides have not signed yet.")
        _form(asked, draft)


def called(draft: Draft) -> str:
    """What a draft is called, the same in every list and link."""
    return f"Draft {draft.id}"


def _form(asked: Asked, draft: Draft) -> None:
    key = f"propose_{draft.id}"
    with st.form(key, border=False):
        left, right = st.columns(2, gap="medium")
        with left:
            who(asked, key, label="Who proposes it")
        with right:
            st.date_input(
                "In force from",
                None,
                EARLIEST,
                LATEST,
                key=f"{key}_starts",
                format="YYYY-MM-DD",
                help="Empty: as soon as both have signed. Only the first agreement may reach back.",
            )
            st.text_input("Note", key=f"{key}_note", max_chars=4000, placeholder="Why now")
        waiting = {one.voice.id: f"{one.title}: {one.voice.text}" for one in asked.voices if one.stands == "open"}
        if waiting:
            st.multiselect(
                "Questions and objections that it answers",
                list(waiting),
                format_func=lambda one: waiting[one],
                key=f"{key}_closes",
                placeholder="None of those that are open",
            )
        st.form_submit_button(
            "Propose it to both sides",
            type="primary",
            icon=":material/send:",
            on_click=_propose,
            args=(asked, draft, key),
        )
        stamp()


def _propose(asked: Asked, draft: Draft, key: str) -> None:
    def do() -> str:
        made = asked.agreement.propose(
            draft.id,
            seen=draft.revision,
            by=person(asked, key),
            at=now(),
            starts=st.session_state.get(f"{key}_starts"),
            note=st.session_state.get(f"{key}_note") or "",
            closes=st.session_state.get(f"{key}_closes") or (),
        )
        return f"Version {made.number} waits for marketing and sales."

    act(PLACE, do)


def _moved() -> None:
    """What was refused; where somebody has saved the draft meanwhile, what they changed in it."""
    wrong = refused(PLACE)
    if isinstance(wrong, DraftMoved):
        since = compare(wrong.base, wrong.theirs)
        lines = [f"- {plain(change.sentence)}" for change in since.changes]
        st.markdown("\n".join(["What they changed since you looked. Propose it again if you want it so:", "", *lines]))

"""What waits to be signed: what it changes, and both sides beside each other, each with its signature or its form."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.agreement import SIDES, Side, Version
from core.agreement_words import at, proposed, proven, signature_of, term
from core.definition.comparing import compare
from core.store import Signature
from pages._agreement_asked import SIDE_NAMES, Asked, act, person, refused, stamp, who
from pages._agreement_changes import changes
from pages._ui import now, plain

PLACE = "signing"


def signing(asked: Asked, version: Version) -> DeltaGenerator:
    """A version that is proposed, or signed and not yet in force; gives the place for what leads make of it."""
    with st.container(border=True, key="signing"):
        parts = [
            f"Proposed by {proposed(version, asked.zone)}",
            term(version, asked.zone),
            f"content {version.content_hash[:8]}",
        ]
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(plain(" · ".join(part for part in parts if part)))
            if asked.used is not None:
                st.button("Read it in full", icon=":material/article:", on_click=_read, args=(version,))
            with st.popover("Withdraw it", icon=":material/undo:"):
                _withdraw(asked, version)
        refused(PLACE)
        said, *sides = st.columns([1.3, 1, 1], gap="small")
        with said:
            leads = st.empty()
            _said(asked, version)
        for side, place in zip(SIDES, sides, strict=True):
            with place, st.container(border=True, height="stretch", key=f"side_{side}"):
                signature = signature_of(version, side)
                if signature is None:
                    _form(asked, version, side)
                else:
                    _signed(asked, version, signature)
        stamp()
    return leads


def _said(asked: Asked, version: Version) -> None:
    """What is to be signed, against what holds now."""
    if version.proposal is not None and version.proposal.note:
        st.markdown(plain(f"“{version.proposal.note}”"))
    if asked.force is None:
        st.markdown(f"Nothing is in force before version {version.number}: it is the first agreement.")
        return
    changes(compare(asked.force.definition, version.definition), f"version {asked.force.number}", most=4)


def _read(version: Version) -> None:
    st.session_state["definition_view"], st.session_state["which"] = "read", f"v{version.number}"


def _form(asked: Asked, version: Version, side: Side) -> None:
    key = f"sign_{side}_{version.number}"
    with st.form(key, border=False):
        st.subheader(f"{SIDE_NAMES[side]} has not signed", anchor=False)
        who(asked, key, side, "Who signs")
        st.text_input("Note", key=f"{key}_note", max_chars=4000, placeholder="Nothing need be said")
        st.form_submit_button(
            f"Sign for {side}",
            type="primary",
            icon=":material/draw:",
            on_click=_sign,
            # What is signed is what was on the screen when the button was drawn, whatever has happened since.
            args=(asked, version, side, key),
        )


def _sign(asked: Asked, version: Version, side: Side, key: str) -> None:
    def do() -> str:
        signer = person(asked, key, side)
        note = st.session_state.get(f"{key}_note") or ""
        made = asked.agreement.sign(
            asked.definition_id, version.number, by=signer, content_hash=version.content_hash, at=now(), note=note
        )
        return f"{signer.name} has signed version {made.number} for {side}."

    act(PLACE, do)


def _signed(asked: Asked, version: Version, signature: Signature) -> None:
    st.subheader(f"{SIDE_NAMES[signature.side]} has signed", anchor=False)
    st.markdown(f":material/draw: **{plain(signature.name)}**")
    st.caption(plain(f"{at(signature.signed_at, asked.zone)} · {proven(signature.account)}"))
    if signature.note:
        st.markdown(plain(f"“{signature.note}”"))
    key = f"unsign_{signature.side}_{signature.id}"
    with st.popover("Take the signature back", icon=":material/undo:"), st.form(key, border=False):
        who(asked, key, signature.side, "Who takes it back")
        st.text_input("Why", key=f"{key}_why", max_chars=4000)
        st.form_submit_button("Take it back", on_click=_take_back, args=(asked, version, signature.side, key))


def _take_back(asked: Asked, version: Version, side: Side, key: str) -> None:
    def do() -> str:
        signer = person(asked, key, side)
        why = st.session_state.get(f"{key}_why") or ""
        asked.agreement.withdraw_signature(asked.definition_id, version.number, by=signer, at=now(), why=why)
        return f"{signer.name} no longer signs version {version.number}."

    act(PLACE, do)


def _withdraw(asked: Asked, version: Version) -> None:
    key = f"withdraw_{version.number}"
    with st.form(key, border=False):
        st.markdown("Nobody can sign it then. It stays in the list, and can be proposed again.")
        who(asked, key)
        st.text_input("Why", key=f"{key}_why", max_chars=4000)
        st.form_submit_button("Withdraw the proposal", on_click=_take_off, args=(asked, version, key))


def _take_off(asked: Asked, version: Version, key: str) -> None:
    def do() -> str:
        why = st.session_state.get(f"{key}_why") or ""
        asked.agreement.withdraw(asked.definition_id, version.number, by=person(asked, key), at=now(), why=why)
        return f"Version {version.number} is off the table."

    act(PLACE, do)

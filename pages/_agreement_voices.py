"""The view Voices: questions and objections of either side, the open ones first, and what became of the others."""

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from core.agreement import STANDS, Spoken, Version
from core.agreement.voices import PARTS
from core.agreement_words import became, on, proven, voices_headline
from core.definition.comparing import WHOLE, Part
from core.definition.differing import KINDS
from core.export import csv_bytes
from core.store import Outcome
from core.workspace import Workspace
from pages._agreement_asked import Asked, act, asked, person, refused, stamp, who
from pages._funnel_controls import BOUND, named
from pages._ui import links, now, plain

LEAVE, ANSWER = "leaving", "answering"
KIND_NAMES: Mapping[str, str] = {"question": "Question", "objection": "Objection"}
OUTCOMES: Mapping[str, str] = {
    "changed": "A version changes it",
    "kept": "It stays as it is",
    "reopened": "It is asked again",
}
SHOWN = {"open": "Open", "closed": "Closed", "all": "All"}


def voices(here: Workspace) -> None:
    """Draw the view."""
    found = asked(here, lambda found: voices_headline(found.voices, found.zone))
    if not found.versions:
        st.caption("Somebody can ask about it once there is a version: import your data, or propose a draft.")
        return
    links({"voices": SHOWN})
    with st.container(horizontal=True, vertical_alignment="center"):
        which = st.segmented_control(
            "Show",
            list(SHOWN),
            default="open",
            required=True,
            format_func=named(SHOWN),
            key="voices",
            label_visibility="collapsed",
            **BOUND,
        )
        with st.popover("Ask or object", icon=":material/add_comment:"):
            _leaving(found)
        _download(found)
    refused(LEAVE)
    refused(ANSWER)
    shown = [one for one in found.voices if which == "all" or one.open == (which == "open")]
    if not shown:
        st.caption(_nothing(which))
    for one in shown:
        _one(found, one)


def _nothing(which: str) -> str:
    if which == "open":
        return "This is the next meeting's list. What anybody asks about a stage, a criterion or a reason waits here."
    return "Nothing is closed yet." if which == "closed" else "Nobody has asked anything."


def _one(found: Asked, spoken: Spoken) -> None:
    voice = spoken.voice
    with st.container(border=True, gap="xsmall", key=f"voice_{voice.id}"):
        left, right = st.columns([5, 1], vertical_alignment="top")
        with left:
            st.subheader(plain(f"{KIND_NAMES[voice.kind]}: {spoken.title}"), anchor=False)
            st.markdown(plain(voice.text))
            by = f"somebody of {voice.side}" if found.present else f"{voice.name}, {voice.side}"
            said = [by, on(voice.left_at, found.zone), f"about version {voice.version}", proven(voice.account)]
            st.caption(plain(" · ".join(said)))
            if voice.lead_ids:
                st.markdown(plain(f"For example: {', '.join(voice.lead_ids)}"))
            if spoken.answers:
                st.markdown(f"**{plain(became(spoken, found.zone))}**")
        with right.popover("Answer" if spoken.open else "Ask again", icon=":material/reply:"):
            _answering(found, spoken)


def _leaving(found: Asked) -> None:
    version = found.open or found.force or found.versions[0]
    parts = _parts(version)
    key = f"voice_on_{version.number}"
    with st.form(key, border=False, clear_on_submit=True):
        with st.container(horizontal=True, gap="small"):
            st.selectbox("About", list(parts), 0, named(parts), key=f"{key}_about")
            st.segmented_control(
                "What it is", list(KIND_NAMES), default="question", required=True, format_func=named(KIND_NAMES),
                key=f"{key}_kind",
            )  # fmt: skip
        st.text_area("Say it", key=f"{key}_text", height=90, max_chars=4000)
        st.text_input(
            "Leads as examples", key=f"{key}_leads", max_chars=4000, placeholder="Their ids, with commas between"
        )
        who(found, key)
        st.form_submit_button("Leave it", type="primary", on_click=_leave, args=(found, version, key))
        stamp()


def _parts(version: Version) -> dict[str, str]:
    """Everything that can be asked about, as `kind:id` → what it is called."""
    out = {f"{WHOLE.kind}:": "The whole agreement"}
    for name in PARTS:
        if name in KINDS:
            kind, definition = KINDS[name], version.definition
            out |= {f"{name}:{key}": kind.title(item, definition) for key, item in kind.items(definition).items()}
    return out


def _leave(found: Asked, version: Version, key: str) -> None:
    def do() -> str:
        kind, _, part = str(st.session_state[f"{key}_about"]).partition(":")
        left = found.agreement.leave_voice(
            found.definition_id,
            version.number,
            kind=st.session_state[f"{key}_kind"],
            text=st.session_state[f"{key}_text"] or "",
            by=person(found, key),
            at=now(),
            about=Part(kind, part),
            leads=(st.session_state[f"{key}_leads"] or "").split(","),
        )
        return f"{KIND_NAMES[left.voice.kind]} on {left.title} is on the list."

    act(LEAVE, do)


def _answering(found: Asked, spoken: Spoken) -> None:
    key = f"answer_{spoken.voice.id}_{len(spoken.answers)}"
    later = [version.number for version in found.versions if version.number > spoken.voice.version]
    outcomes = ["reopened"] if not spoken.open else ["changed", "kept"] if later else ["kept"]
    with st.form(key, border=False):
        st.radio("What becomes of it", outcomes, format_func=named(OUTCOMES), key=f"{key}_outcome")
        if "changed" in outcomes:
            st.selectbox("Which version", later, format_func="Version {}".format, key=f"{key}_version")
        elif spoken.open:
            st.caption("No later version is there that could change it: propose one, and say there what it answers.")
        st.text_area("Why", key=f"{key}_why", height=70, max_chars=4000)
        who(found, key)
        st.form_submit_button("Say so", type="primary", on_click=_answer, args=(found, spoken, key))


def _answer(found: Asked, spoken: Spoken, key: str) -> None:
    def do() -> str:
        outcome: Outcome = st.session_state[f"{key}_outcome"]
        made = found.agreement.answer_voice(
            spoken.voice.id,
            outcome=outcome,
            by=person(found, key),
            at=now(),
            version=st.session_state.get(f"{key}_version") if outcome == "changed" else None,
            why=st.session_state[f"{key}_why"] or "",
        )
        return f"{made.title}: {STANDS[made.stands]}."

    act(ANSWER, do)


def _download(found: Asked) -> None:
    def made() -> bytes:
        return csv_bytes(
            pd.DataFrame(
                [
                    {
                        "About": one.title,
                        "What it is": KIND_NAMES[one.voice.kind],
                        "Said": one.voice.text,
                        "Leads": ", ".join(one.voice.lead_ids),
                        "Version": one.voice.version,
                        **({} if found.present else {"Who": one.voice.name}),
                        "Side": one.voice.side,
                        "Day": on(one.voice.left_at, found.zone),
                        "Stands": STANDS[one.stands],
                        "What became of it": became(one, found.zone),
                    }
                    for one in sorted(found.voices, key=lambda one: not one.open)
                ]
            )
        )

    if found.voices:
        st.download_button(
            "Download the list", made, f"questions-{found.definition_id}.csv", "text/csv", on_click="ignore",
            icon=":material/download:", key="voices_csv",
        )  # fmt: skip

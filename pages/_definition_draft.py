"""The working copy: what somebody writes in this window, on top of the draft that is saved."""

from dataclasses import dataclass, field

import streamlit as st

from core.agreement import Agreement, Draft
from core.definition import Definition, parse
from core.definition.editing import Raw, raw_of
from core.errors import DefinitionInvalid, DraftMoved
from pages._ui import now

WORKING = "_definition_working"
NAME = "definition_by"
"""Who writes: kept for as long as this window is open."""


@dataclass
class Working:
    """One draft as it is written here. `seen`: the revision that it was begun on; `round`: its widgets begin anew."""

    draft: Draft
    raw: Raw
    round: int = 0
    moved: DraftMoved | None = None
    """Somebody else saved first: what both say."""
    begun: Raw = field(default_factory=dict)

    @property
    def seen(self) -> int:
        """The revision that the changes are made on."""
        return self.draft.revision

    @property
    def changed(self) -> bool:
        """Does it say otherwise than what was saved?"""
        return self.raw != self.begun

    def read(self) -> tuple[Definition | None, DefinitionInvalid | None]:
        """The definition as it is written, or what is wrong with it."""
        try:
            return parse(self.raw), None
        except DefinitionInvalid as error:
            return None, error

    def put(self, raw: Raw) -> None:
        """Write it anew, with widgets that begin from there."""
        self.raw, self.round = raw, self.round + 1


def working(draft: Draft) -> Working:
    """The working copy of a draft: as it was left, else as it is saved."""
    held: dict[int, Working] = st.session_state.setdefault(WORKING, {})
    if draft.id not in held:
        raw = raw_of(draft.definition)
        held[draft.id] = Working(draft, raw, begun=raw)
    return held[draft.id]


def forget(draft_id: int) -> None:
    """Let go of what was written here and not saved."""
    mine: Working | None = st.session_state.get(WORKING, {}).get(draft_id)
    if mine is not None:
        raw = raw_of(mine.draft.definition)
        st.session_state[WORKING][draft_id] = Working(mine.draft, raw, mine.round + 1, begun=raw)


def save(agreement: Agreement, mine: Working, by: str) -> bool:
    """Save it on top of what was seen; where somebody else saved first, `mine.moved` says what both say."""
    try:
        saved = agreement.save(mine.draft.id, mine.raw, seen=mine.seen, at=now(), by=by)
    except DraftMoved as told:
        mine.moved = told
        return False
    taken(mine, saved)
    return True


def taken(mine: Working, saved: Draft) -> None:
    """Go on from what is saved now."""
    raw = raw_of(saved.definition)
    st.session_state[WORKING][saved.id] = Working(saved, raw, mine.round + 1, begun=raw)

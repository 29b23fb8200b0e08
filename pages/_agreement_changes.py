"""What changed from one version to another: a line each, in plain words."""

import streamlit as st

from core.definition.comparing import Comparison
from core.words import things
from pages._ui import plain


def changes(found: Comparison, since: str, *, most: int | None = None) -> None:
    """The changes since a version (as it is called in a sentence), and what they come to."""
    if not found.changes:
        st.markdown(plain(f"It says exactly what {since} says."))
        return
    shown = found.changes[:most]
    left = len(found.changes) - len(shown)
    number = things(len(found.changes), "change")
    st.markdown(f"**{plain(f'{number} from {since}.')}** {plain(found.effect)}")
    lines = [f"- {plain(change.sentence)}" for change in shown]
    lines += [f"- and {things(left, 'more change')}, listed below where both are compared"] if left else []
    st.markdown("\n".join(lines))

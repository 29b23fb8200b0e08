"""Any two versions beside each other: what changed in plain words, and whose leads flip."""

from collections.abc import Collection, Mapping

import streamlit as st

from core.definition.comparing import compare
from pages._agreement_asked import Asked
from pages._agreement_changes import changes
from pages._agreement_flips import Side, flipping
from pages._agreement_proposing import called
from pages._funnel_controls import BOUND, named
from pages._ui import links, plain

BEFORE, AFTER = "before", "after"
IN_FORCE, IN_FORCE_NAME = "in-force", "In force at each hand-off"


def comparing(asked: Asked) -> str:
    """The two that are compared, what changed, and the leads.

    Gives what is found of the leads where what is in force is compared with what waits to be signed.
    """
    sides = _sides(asked)
    names = {key: side.name for key, side in sides.items()}
    links({BEFORE: names, AFTER: names})
    _begin({key: names[_first(asked, key)] for key in (BEFORE, AFTER)}, list(sides))
    st.header("Compare", anchor=False)
    left, right = st.columns(2, gap="medium")
    for place, key, title in ((left, BEFORE, "Before"), (right, AFTER, "After")):
        place.selectbox(title, list(sides), None, named(names), key=key, **BOUND)
    before, after = (sides.get(st.session_state.get(key) or "") for key in (BEFORE, AFTER))
    if before is None or after is None:
        st.caption("Choose two of them.")
        return ""
    if before.definition is not None and after.definition is not None:
        changes(compare(before.definition, after.definition), plain(before.name[:1].lower() + before.name[1:]))
    else:
        st.caption(
            "History as it was lived: each lead is judged by the version that was in force when it was handed over."
        )
    found = flipping(asked, before, after)
    pair = asked.force and asked.force.number, asked.open and asked.open.number
    return found if (before.number, after.number) == pair else ""


def _sides(asked: Asked) -> Mapping[str, Side]:
    """Everything that leads can be judged by, as links call it."""
    out: dict[str, Side] = {}
    if any(version.starts_at is not None for version in asked.versions):
        out[IN_FORCE] = Side(IN_FORCE_NAME, None, None)
    for version in asked.versions:
        out[f"v{version.number}"] = Side(f"Version {version.number}", version.definition, version.number)
    for draft in asked.drafts:
        out[f"draft-{draft.id}"] = Side(called(draft), draft.definition, None)
    return out


def _first(asked: Asked, key: str) -> str:
    """What is compared before anybody chooses: what holds now, with what is to follow."""
    newest = asked.versions[0]
    if key == AFTER:
        if asked.open is not None:
            return f"v{asked.open.number}"
        return f"draft-{asked.drafts[0].id}" if asked.drafts else f"v{newest.number}"
    held = asked.force or newest
    follows = asked.open is not None or bool(asked.drafts)
    earlier = [one.number for one in asked.versions if one.number < held.number]
    return f"v{held.number if follows or not earlier else earlier[0]}"


def _begin(first: Mapping[str, str], options: Collection[str]) -> None:
    """A first choice that stands in the link too: a default would drop out of it, and mean something else tomorrow."""
    open_yet = {
        key: name
        for key, name in first.items()
        if st.session_state.get(key) not in options and key not in st.query_params
    }
    if open_yet:
        st.query_params.update(open_yet)
        st.rerun()

"""How many leads meet what is being written, do not, or cannot be told; and what is not known then."""

import streamlit as st

from core.definition import Condition, Definition
from core.measures.meeting import Met
from core.report import Report
from core.words import count, things
from pages._definition_data import counting, met, met_alone, of_all
from pages._ui import plain

TITLES = ("Meet it", "Do not", "Cannot tell")


def counted(
    report: Report | None,
    definition: Definition,
    condition: Condition | None,
    used: Definition,
    before: Condition | None,
    titles: tuple[str, str, str] = TITLES,
) -> None:
    """Draw the three numbers; each says how it stands against what is used now, where that asks the same thing."""
    if condition is None:
        return
    if report is None:
        st.caption("How many leads meet it is said here once data are loaded.")
        return
    if not counting(report):
        return
    now = met_alone(report, definition, condition)
    was = None if before is None else met_alone(report, used, before)
    _three(now, was, titles)
    caption = f"Of {things(now.n, 'lead')} loaded, each judged by what was known at its hand-off."
    if now.missing:
        said = "; ".join(f"{name} ({count(number)})" for name, number in list(now.missing.items())[:4])
        caption += f" Not known where it cannot be told: {said}."
    st.caption(plain(caption))


def qualifying(report: Report | None, definition: Definition, used: Definition) -> None:
    """The same for who qualifies by points."""
    if report is None or definition.qualification is None or not counting(report):
        return
    now, was = (met(report, one).get(("qualification", "")) for one in (definition, used))
    if now is not None:
        _three(Met(*now, {}), None if was is None else Met(*was, {}), ("Qualify", "Do not", "Cannot tell"))


def _three(now: Met, was: Met | None, titles: tuple[str, str, str]) -> None:
    with st.container(horizontal=True, gap="small"):
        for title, name in zip(titles, ("met", "not_met", "untold"), strict=True):
            number: int = getattr(now, name)
            moved = None if was is None else number - int(getattr(was, name))
            st.metric(
                title,
                of_all(number, now.n),
                None if not moved else f"{moved:+,}",
                delta_color="off",
                delta_description="against what is used" if moved else None,
                border=True,
            )

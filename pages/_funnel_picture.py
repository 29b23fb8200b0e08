"""The waterfall and the leads behind it. A click on a bar sets the controls below it, which keys can set too."""

from collections.abc import Mapping
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.charts import waterfall
from core.measures.funnel import LEAKS, OUTCOMES, Funnel
from core.measures.leads import MISSING_REASON
from core.report import Report
from core.words import OUTCOME_NAMES, count, headline
from pages import _funnel_leads
from pages._funnel_controls import BOUND, Asked, named
from pages._ui import funnel, label, look, plain

CONFIG = {"displayModeBar": False, "scrollZoom": False}


@st.fragment
def picture(report: Report, asked: Asked) -> None:
    """The waterfall, the controls that say which bar is meant, and its leads."""
    found = funnel(report, asked.query)
    before = None if asked.other is None else funnel(report, asked.other)
    with st.container(border=True, gap="xxsmall"):
        st.plotly_chart(
            waterfall(found, look(present=asked.present), height=340 if asked.present else 312, before=before),
            key="picture",
            on_select=_picked,
            selection_mode="points",
            theme=None,
            config=CONFIG,
            alt=f"{headline(found)}. The table view holds the same numbers.",
        )
        legend = st.empty()
    if not chosen_leads(report, asked, found, legend) and not asked.present:
        legend.caption(_legend(found, asked))


def chosen_leads(report: Report, asked: Asked, found: Funnel, near: DeltaGenerator) -> bool:
    """The controls that say which number is meant, and its leads; `near` the number it is said that they are listed."""
    stage, outcome, reason = _which(found)
    if stage is None:
        return False
    # Below the fold of a small screen, where a click would seem to do nothing.
    near.caption(f"{_funnel_leads.told(found, stage, outcome, reason)}: [listed below](#leads-behind)")
    _funnel_leads.leads(report, asked, found, stage, outcome, reason)
    return True


def picked(event: Any) -> list[str] | None:
    """Stage and outcome of the bar that a chart's event is about: the first point that says so."""
    points = (event or {}).get("selection", {}).get("points", []) if isinstance(event, Mapping) else []
    return next((list(point["customdata"]) for point in points if point.get("customdata")), None)


def _picked() -> None:
    bar = picked(st.session_state.get("picture"))
    if bar is not None:
        st.session_state["stage"], st.session_state["outcome"] = bar
        st.session_state["reason"] = None


def _legend(found: Funnel, asked: Asked) -> str:
    if found.query.policy == "current":
        return "A stock, not a conversion: where each lead is now. Hatched: past the clock. Click a bar for its leads."
    words = "Shares are of all that entered the stage before. Hatched: lost. Grey: waiting."
    return words + (" Behind: the other period." if asked.other is not None else "") + " Click a bar for its leads."


def _which(found: Funnel) -> tuple[str | None, str | None, str | None]:
    """Stage, outcome and reason, as chosen in sight."""
    rows = found.total().set_index("stage")
    names = {str(stage): label(name) for stage, name in rows["name"].items()}
    with st.container(horizontal=True, gap="medium"):
        stage = st.pills("Stage", list(names), format_func=named(names), key="stage", **BOUND)
        here = [name for name in OUTCOMES if stage is None or int(rows.loc[stage, name])]
        outcome = st.pills("Outcome", ["entered", *here], format_func=named(OUTCOME_NAMES), key="outcome", **BOUND)
        known = found.reasons[(found.reasons["stage"] == stage) & (found.reasons["outcome"] == outcome)]
        said = known.groupby(known["reason"].fillna(MISSING_REASON))["n"].sum().sort_values(ascending=False)
        reason = None
        if len(said) > 1 or st.session_state.get("reason"):
            reason = st.pills("Reason", [str(name) for name in said.index], format_func=label, key="reason", **BOUND)
            if reason is None:
                st.caption(plain(", ".join(f"{name} {count(n)}" for name, n in said.items())))
    return stage, (None if outcome == "entered" else outcome), reason


__all__ = ["LEAKS", "chosen_leads", "picked", "picture"]

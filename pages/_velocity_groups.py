"""The same stage for each group: where leads stay longer than chance explains."""

import pandas as pd
import streamlit as st

from core.charts import slow_stays as charts
from core.measures.cohort import UNKNOWN
from core.velocity_words import groups_told
from pages._funnel_picture import CONFIG, picked
from pages._ui import look, plain
from pages._velocity_controls import PEOPLE, Asked, split
from pages._velocity_views import numbers

_FAIR = (
    "Who stands out may have had other leads: open them before anything is said."
    " Owner and team are those of today: what was never handed on still belongs to its queue."
)


def title(asked: Asked, stage: str) -> str:
    """Which groups stay longer than chance explains, in one sentence."""
    if asked.split.by is None:
        return "These data have no column to break leads down by"
    return groups_told(split(asked), stage, asked.title, _called(asked, stage))


def _called(asked: Asked, stage: str) -> dict[str, str]:
    groups = map(str, _in_order(asked, stage)["group"])
    return {name: asked.called.get(name, name) for name in groups}


def groups(asked: Asked, stage: str) -> None:
    """Each group with its median and interval; a click shows only that group."""
    if asked.split.by is None:
        st.info("A column helps that has more than one value, such as source or owner.", icon=":material/info:")
        return
    rows, called = _in_order(asked, stage), _called(asked, stage)
    definition = asked.report.facts.definition
    name = definition.stages[definition.place(stage)].name
    if rows.empty:
        st.caption(plain(f"Of {name} no visit can be told."))
        return
    order = list(called)
    with st.container(border=True, gap="xxsmall"):
        st.plotly_chart(
            charts.groups(rows, look(present=asked.present), labels=[called[group] for group in order]),
            key="groups", on_select=lambda: _pick(order, stage), selection_mode="points", theme=None, config=CONFIG,
            alt=f"{title(asked, stage)}. The table below holds the same numbers.",
        )  # fmt: skip
        more = f" The {charts.MOST} largest of {len(rows)}; the table has all." if len(rows) > charts.MOST else ""
        st.caption(
            plain(
                f"Days until half had left {name}, with the 99.8 % interval; those still there count up to their age. "
                f"Diamond: the interval lies above the median of all others, of at least 20.{more} Click a dot to show "
                "only that group."
            )
        )
    with st.expander("The numbers", icon=":material/table:"):
        numbers(rows, called, asked.title, f"{stage}-by-{asked.split.by.removeprefix('x:')}")
    st.caption(_FAIR)


def _in_order(asked: Asked, stage: str) -> pd.DataFrame:
    """The largest first; people in the order of the alphabet: never one of merit. Who is not stated comes last."""
    groups = split(asked).groups
    rows = groups[groups["stage"] == stage].sort_values("n", ascending=False, kind="stable")
    if asked.split.by in PEOPLE and len(rows) <= charts.MOST:
        rows = rows.sort_values("group")
    return pd.concat([rows[rows["group"] != UNKNOWN], rows[rows["group"] == UNKNOWN]])


def _pick(order: list[str], stage: str) -> None:
    dot = picked(st.session_state.get("groups"))
    if dot is not None and dot[0] in order:
        st.session_state["stay_in"], st.session_state["stay_stage"] = dot[0], stage

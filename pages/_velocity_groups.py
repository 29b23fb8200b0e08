"""The same stage for each group: where leads stay longer than chance explains."""

import pandas as pd
import streamlit as st

from core.charts import slow_stays as charts
from core.definition import Definition
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


def groups(asked: Asked, definition: Definition, stage: str) -> None:
    """Each group with its median and interval; a click shows only that group."""
    if asked.split.by is None:
        st.info("These data have no column with more than one value to break down by.", icon=":material/info:")
        return
    found = split(asked)
    rows = _in_order(found.groups[found.groups["stage"] == stage], asked.split.by)
    name = definition.stages[definition.place(stage)].name
    if rows.empty:
        st.caption(plain(f"Nobody entered {name} at a known time."))
        return
    order = [str(group) for group in rows["group"]]
    called = asked.called(order)
    said = groups_told(found, stage, asked.title, called)
    st.header(plain(said), anchor=False)
    with st.container(border=True, gap="xxsmall"):
        st.plotly_chart(
            charts.groups(rows, look(present=asked.present), labels=[called[group] for group in order]),
            key="groups", on_select=lambda: _pick(order), selection_mode="points", theme=None, config=CONFIG,
            alt=f"{said}. The table below holds the same numbers.",
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


def _in_order(rows: pd.DataFrame, by: str) -> pd.DataFrame:
    """The largest first, as people in the order of the alphabet: never one of merit."""
    known = rows.sort_values("n", ascending=False, kind="stable")
    if by in PEOPLE:
        known = known.head(charts.MOST).sort_values("group") if len(known) <= charts.MOST else known
    return pd.concat([known[known["group"] != UNKNOWN], known[known["group"] == UNKNOWN]])


def _pick(order: list[str]) -> None:
    dot = picked(st.session_state.get("groups"))
    if dot is not None and dot[0] in order:
        st.session_state["stay_in"] = dot[0]

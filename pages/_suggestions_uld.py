"""Suggested for the Universal Lead Definition: criteria that separate, and reasons that never fail."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from core.definition import Definition
from core.export import csv_bytes
from core.measures.suggested_uld import Separated
from core.stats.intervals import Rate
from core.suggesting import Suggesting
from core.suggestion_words import uld_told
from core.words import counted, things
from pages._funnel_controls import named
from pages._ui import grouped, kept, label, plain


def show(asked: Suggesting, heading: Any) -> Callable[[Definition], Definition] | None:
    """Draw it; gives what a draft would begin with."""
    here = asked.report
    question = f"{asked.query.model_dump_json()} {here.facts.definition.content_hash()}"
    found: Separated = kept(here, "suggested uld", question, asked.uld)
    heading.title(plain(uld_told(found)), anchor=False)
    heading.caption(
        plain(
            f"{things(found.verdicts, 'hand-off')} that sales said yes or no to, each judged on what was known at the "
            "hand-off. A disagreement may mean that sales, or the definition, is wrong."
        )
    )
    _criteria(found)
    if len(found.reasons):
        _reasons(found)
    names = {one: label(criterion.name) for one, criterion in found.pool.items()}
    validated = here.facts.definition.validated
    others = [one for one in names if one not in validated]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        add = st.multiselect(
            "Also validate", others, list(found.to_add), named(names), key="suggested_add", width=460,
            placeholder="Nothing more",
        )  # fmt: skip
        drop = st.multiselect(
            "No longer validate", list(validated), list(found.to_drop), named(names), key="suggested_drop", width=460,
            placeholder="Nothing less",
        )  # fmt: skip
    if not add and not drop:
        st.caption("History suggests nothing else: choose what you would try.")
        return None
    return partial(found.taken_up, add=add, drop=drop)


def _criteria(found: Separated) -> None:
    rows = found.criteria
    shown = pd.DataFrame(
        {
            "Criterion": rows["name"],
            "Validated now": rows["asked"].map({True: "yes", False: None}),
            "Met where sales said yes": [counted(Rate(int(a), int(b))) for a, b in rows[["yes_met", "yes"]].to_numpy()],
            "Met where sales said no": [counted(Rate(int(a), int(b))) for a, b in rows[["no_met", "no"]].to_numpy()],
            "Percentage points apart": (rows["difference"].astype("Float64") * 100).round(1),
            "Cannot tell": rows["untold"],
            "More than chance": rows["separates"].map({True: "yes", False: None}),
        }
    )
    st.dataframe(shown, hide_index=True, column_config=grouped(shown), key="suggested_criteria", placeholder="",
                 alt=uld_told(found))  # fmt: skip
    st.download_button(
        "Download", lambda: csv_bytes(shown), "criteria-that-separate.csv", "text/csv", on_click="ignore",
        icon=":material/download:", key="download_separating",
    )  # fmt: skip
    st.caption(
        "More than chance: met more often where sales said yes (Fisher's exact test, false alarms held at 5 % over all "
        "criteria; never under 20). Where nobody is known to lack a criterion, nothing can be said of it."
    )


def _reasons(found: Separated) -> None:
    rows = found.reasons
    unwritten = rows.loc[rows["unwritten"], "name"].tolist()
    said = ", ".join(f'"{name}"' for name in unwritten)
    st.header(
        plain(f"Unwritten criterion: {said} never fails" if unwritten else "No reason is an unwritten criterion"),
        anchor=False,
    )
    shown = pd.DataFrame(
        {
            "Reason": rows["name"],
            "Noes": rows["used"],
            "Its facts hold": rows["holds"],
            "They do not": rows["fails"],
            "Cannot be checked": rows["untold"],
            "Unwritten criterion": rows["unwritten"].map({True: "yes", False: None}),
        }
    )
    st.dataframe(shown, hide_index=True, column_config=grouped(shown), key="suggested_reasons", placeholder="",
                 alt="Reasons for a no, and whether what should hold behind them does")  # fmt: skip
    st.caption(
        "A reason whose facts hold every time, at least 20 times, while the definition does not ask for their "
        "opposite: sales refuses by a criterion that nobody wrote down."
    )

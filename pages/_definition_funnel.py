"""How the funnel would move: the leads at each stage under the draft, against what is used now."""

import pandas as pd
import streamlit as st

from core.definition import Definition
from core.measures.cohort import Query
from core.report import Report
from core.words import count
from core.workspace import Workspace
from pages._definition_data import AT_ONCE
from pages._ui import funnel, kept, plain


def would_move(here: Workspace, report: Report | None, definition: Definition) -> None:
    """Draw it where the draft moves leads between stages at all."""
    drafted = definition.with_labels(here.store.label_answers())
    if report is None or drafted.structure_hash() == report.facts.definition.structure_hash():
        return
    opened = st.expander(
        "How the funnel would move", icon=":material/filter_alt:", key="funnel_move", on_change="rerun",
        expanded=report.facts.n_units <= AT_ONCE,
    )  # fmt: skip
    if not opened.open:
        return
    with opened:
        before = funnel(report, Query()).total()
        after = kept(report, "drafted", drafted.structure_hash(), lambda: _drafted(here, report, drafted))
        _table(before, after)


def _drafted(here: Workspace, report: Report, definition: Definition) -> pd.DataFrame:
    facts = here.facts(as_of=report.facts.as_of, live=report.facts.live, definition=definition)
    return Report(here, facts).funnel(Query()).total()


def _table(before: pd.DataFrame, after: pd.DataFrame) -> None:
    columns = ["stage", "name", "entered"]
    empty = pd.DataFrame(columns=columns)
    old, new = (empty if table.empty else table[columns] for table in (before, after))
    was = dict(zip(old["stage"], old["entered"].astype(int), strict=True))
    now = dict(zip(new["stage"], new["entered"].astype(int), strict=True))
    names = dict(zip(old["stage"], old["name"], strict=True)) | dict(zip(new["stage"], new["name"], strict=True))
    order = [*new["stage"], *(stage for stage in old["stage"] if stage not in now)]
    rows = [
        {
            "Stage": plain(names[stage]),
            "Used now": count(was[stage]) if stage in was else "no such stage",
            "Under this draft": count(now[stage]) if stage in now else "no such stage",
            "Moves by": f"{now.get(stage, 0) - was.get(stage, 0):+,}",
        }
        for stage in order
    ]
    st.table(pd.DataFrame(rows), border="horizontal", hide_index=True, alt="Leads at each stage, used now and drafted")
    st.caption("Leads that entered each stage. Words that no stage of the draft knows place nobody.")

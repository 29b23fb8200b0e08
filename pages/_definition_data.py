"""What the loaded data say beside the words of a definition: leads at each stage, leads that meet each criterion."""

import pandas as pd
import streamlit as st

from core.agreement import Judged
from core.definition import Condition, Definition
from core.errors import NotYet
from core.measures.cohort import Query
from core.measures.meeting import Met, meeting, meets
from core.report import Report
from core.words import count, percent
from core.workspace import Workspace
from pages import _ui

Counted = dict[tuple[str, str], tuple[int, int, int]]
"""What is asked (`measures.meeting.MEETING`: about and id) → leads that meet it, do not, cannot be told."""
FEW = 20
"""Under so many no percent is said."""
AT_ONCE = 200_000
"""With more leads than this, counting is asked for by a button."""


def loaded(here: Workspace) -> Report | None:
    """The report of the loaded data; None where there are none, which hinders nobody from reading."""
    try:
        here.as_of()
    except NotYet:
        return None
    return _ui.report()


def met(report: Report, definition: Definition) -> Counted:
    """How the leads stand to every criterion, to all that sales validates, and to the qualification."""
    found: pd.DataFrame = _ui.kept(
        report,
        "meeting",
        definition.judging_hash(),
        lambda: meeting(report.engine, Judged(report).by(definition)),
    )
    return {
        (str(row["about"]), str(row["id"])): (int(row["met"]), int(row["not_met"]), int(row["untold"]))
        for row in found.to_dict("records")
    }


def met_alone(report: Report, definition: Definition, condition: Condition) -> Met:
    """How the leads stand to one condition."""
    asked = f"{definition.judging_hash()} {condition.model_dump_json()}"
    return _ui.kept(
        report, "meets", asked, lambda: meets(report.engine, report.sources, report.facts, definition, condition)
    )


def reached(report: Report) -> dict[str, int]:
    """Stage id → leads that entered it, under the definition that the facts were made with."""
    stages = _ui.funnel(report, Query()).total()
    return dict(zip(stages["stage"], stages["entered"].astype(int), strict=True)) if len(stages) else {}


def of_all(number: int, everybody: int) -> str:
    """A number of leads, with its share where there are enough of them."""
    said = count(number) if everybody < FEW else f"{count(number)} ({percent(number / everybody)})"
    return said.replace(" ", "\N{NO-BREAK SPACE}")


def counting(report: Report) -> bool:
    """May it be counted now? With very many leads only once somebody asks for it."""
    if report.facts.n_units <= AT_ONCE:
        return True
    return st.toggle(
        f"Count the {report.facts.n_units:,} leads", key="definition_count", help="It may take a minute for each change"
    )


def columns(report: Report | None) -> tuple[str, ...]:
    """The columns of the loaded leads."""
    return () if report is None else tuple(report.facts.units(report.engine).collect_schema().names())


def values(report: Report | None, name: str) -> tuple[str, ...]:
    """The most frequent values of a field in the loaded data."""
    if report is None or name not in columns(report):
        return ()
    return _ui.kept(report, "values", name, lambda: report.values(name))


def types(report: Report | None, what: str) -> tuple[str, ...]:
    """The types of activity or touch in the loaded data, the most frequent first."""
    if report is None:
        return ()
    kind = "activity" if what == "activity" else "touch"
    return _ui.kept(report, "types", kind, lambda: report.types(kind))

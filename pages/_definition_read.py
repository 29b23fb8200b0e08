"""The view Read: everything that was agreed, on one page that both teams understand; it prints as it is."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from core.definition import Definition, written
from core.definition.plain import (
    attention_words,
    clock_words,
    criterion_names,
    criterion_words,
    exit_words,
    qualification_words,
    reason_words,
    rule_words,
)
from core.definition.plain_conditions import days
from core.report import Report
from core.words import count, things
from core.workspace import Workspace
from pages._definition_data import Counted, counting, loaded, met, of_all, reached
from pages._definition_which import Which, chosen
from pages._ui import plain

SIDES = {"marketing": "Marketing", "sales": "Sales"}


def show(here: Workspace) -> None:
    """Draw it."""
    report = loaded(here)
    heading = st.container()
    with st.container(horizontal=True, vertical_alignment="center"):
        which = chosen(here)
        st.download_button(
            "As a file",
            written(which.definition),
            f"{which.definition.id}.json",
            "application/json",
            on_click="ignore",
            icon=":material/download:",
            help="For review under version control, and to begin a draft with elsewhere",
        )
    with heading:
        st.title(plain(which.title), anchor=False)
        st.caption(plain(_caption(which, report)))
    definition = which.definition
    counted = met(report, definition) if report is not None and counting(report) else None
    _stages(definition, reached(report) if report is not None and which.used else {})
    left, right = st.columns(2, gap="large")
    with left:
        _validated(definition, counted)
        _scoring(definition, counted)
    with right:
        _reasons(definition)
        _clocks(definition)
        _contacts(definition)
    _criteria(definition, counted)
    _ways_out(definition)


def _caption(which: Which, report: Report | None) -> str:
    one = which.definition
    said = [one.name, which.signed and f"signed by {which.signed}", f"content {one.content_hash()[:8]}"]
    said.append(
        "no leads are loaded: the numbers come with an import"
        if report is None
        else f"numbers: {things(report.facts.n_units, 'lead')} loaded, each judged by what was known at its hand-off"
    )
    return " · ".join(filter(None, said))


def _table(rows: Sequence[dict[str, str]], alt: str) -> None:
    """A table of text, in which long sentences wrap; empty columns are left out."""
    table = pd.DataFrame([{name: plain(said) for name, said in row.items()} for row in rows])
    table = table.loc[:, (table != "").any()]
    st.table(table, border="horizontal", hide_index=True, alt=alt)


def _or(rows: Sequence[dict[str, str]], alt: str, nothing: str) -> None:
    if rows:
        _table(rows, alt)
    else:
        st.caption(nothing)


def _stages(definition: Definition, numbers: dict[str, int]) -> None:
    names = criterion_names(definition)
    hand_off = {"stage": "Hand-off to sales", "assignment": "Hand-off to sales, once a person is given it"}
    _table(
        [
            {
                "": str(place),
                "Stage": stage.name,
                "Belongs to": SIDES[stage.side],
                "What it means": stage.meaning,
                "A lead here meets": "; ".join(names[one] for one in stage.criteria),
                "Moves on when": stage.forward,
                "Moves back or out when": stage.back,
                "Stalls after": days(stage.clock_days).replace(" ", "\N{NO-BREAK SPACE}") if stage.clock_days else "",
                "Marks": hand_off[definition.hands_over_by] if stage.hands_over else "Won" if stage.won else "",
                "Leads": count(numbers[stage.id]) if stage.id in numbers else "",
            }
            for place, stage in enumerate(definition.stages, start=1)
        ],
        "The stages in order",
    )


def _answers(counted: Counted | None, about: str, name: str = "") -> dict[str, str]:
    titles = ("Meet it", "Do not", "Cannot tell")
    found = None if counted is None else counted.get((about, name))
    if found is None:
        return dict.fromkeys(titles, "")
    return {title: of_all(number, sum(found)) for title, number in zip(titles, found, strict=True)}


def _validated(definition: Definition, counted: Counted | None) -> None:
    st.subheader("Sales says yes where all of these hold", anchor=False)
    if not definition.validated:
        st.caption("Nothing is agreed for sales to say yes or no to. Choose the criteria under Edit.")
        return
    criteria = [definition.criterion(one) for one in definition.validated]
    rows = [
        {"Criterion": one.name, "Asked on the first call": one.question, **_answers(counted, "criterion", one.id)}
        for one in criteria
    ]
    if counted is not None:
        rows.append({"Criterion": "All of them", "Asked on the first call": "", **_answers(counted, "uld")})
    _table(rows, "What sales validates, with the question for each")


def _scoring(definition: Definition, counted: Counted | None) -> None:
    st.subheader("Points", anchor=False)
    st.markdown(plain(qualification_words(definition.qualification)))
    if definition.qualification is not None and counted is not None:
        said = _answers(counted, "qualification")
        if said["Meet it"]:
            words = f"{said['Meet it']} qualify, {said['Do not']} do not, {said['Cannot tell']} cannot be told."
            st.caption(plain(words))
    if definition.rules:
        _table([{"Rule": one.name, "What it gives": rule_words(one)} for one in definition.rules], "Rules for points")


def _reasons(definition: Definition) -> None:
    st.subheader("Reasons for a no", anchor=False)
    rows = [{"Reason": one.name, "What follows, and what should hold": reason_words(one, definition)}
            for one in definition.reasons]  # fmt: skip
    _or(rows, "Reasons for a no", "No reasons are agreed.")


def _clocks(definition: Definition) -> None:
    st.subheader("Clocks", anchor=False)
    rows = [{"Clock": one.name, "What must have happened": clock_words(one)} for one in definition.clocks]
    _or(rows, "Clocks after the hand-off", "No limits are agreed.")


def _contacts(definition: Definition) -> None:
    st.subheader("How often a lead is contacted", anchor=False)
    if not definition.attention:
        st.caption("No limits are agreed.")
    for one in definition.attention:
        st.markdown(plain(attention_words(one, definition)))


def _criteria(definition: Definition, counted: Counted | None) -> None:
    st.subheader("Every criterion in words", anchor=False)
    rows = [
        {
            "Criterion": one.name,
            "What it asks": criterion_words(one, definition),
            **_answers(counted, "criterion", one.id),
        }
        for one in definition.criteria
    ]
    _or(rows, "Every criterion", "No criteria are agreed.")


def _ways_out(definition: Definition) -> None:
    said = "; ".join(f"{way.name}: {exit_words(way, definition)[:-1].lower()}" for way in definition.exits)
    if said:
        st.caption(plain(f"Ways out. {said}."))

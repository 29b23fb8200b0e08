"""The view One lead: every criterion, rule and reason, met or not or cannot tell, with what was seen of it."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from core.definition import Definition
from core.definition.plain import qualification_words
from core.measures.explained import Explained, explained
from core.report import Report
from core.words import things
from core.workspace import Workspace
from pages._definition_data import loaded
from pages._definition_which import chosen
from pages._funnel_controls import BOUND
from pages._ui import day, errors, kept, plain

KINDS = {
    "handoff": "as it was known at its hand-off on",
    "last": "never handed over on a known day: as it was last known on",
}


def show(here: Workspace) -> None:
    """Draw it."""
    report = loaded(here)
    heading = st.container()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        lead = st.text_input("Lead", key="lead", placeholder="Its id, as in the export", width=300, **BOUND)
        which = chosen(here)
        present = st.toggle("Present", key="present", help="Without what was seen of a person", **BOUND)
    if report is None or not lead:
        with heading:
            st.title("Why does a lead meet what is agreed, or not?", anchor=False)
        if report is None:
            st.info("No leads are loaded. Import an export of your CRM first.", icon=":material/help:")
            st.page_link("data.py", label="Import your data", icon=":material/upload:")
        else:
            st.caption(
                plain(f"Write the id of one of the {things(report.facts.n_units, 'lead')}, such as {_some(report)}.")
            )
        return
    with heading, errors():
        found = explained(report.engine, report.sources, report.facts, which.definition, lead.strip())
    if len(found) > 1:
        trips = [f"Hand-off {number} on {day(one.judged_at)}" for number, one in enumerate(found, start=1)]
        place = st.selectbox("Hand-off", range(len(trips)), len(trips) - 1, trips.__getitem__, width=300)
        one = found[place if place is not None else -1]
    else:
        one = found[0]
    with heading:
        st.title(plain(_title(one, which.definition)), anchor=False)
        st.caption(plain(f"{which.title} · {KINDS[one.judged_kind]} {day(one.judged_at)}"))
    _show(one, which.definition, present=present)


def _some(report: Report) -> str:
    ids: Sequence[str] = kept(
        report,
        "some leads",
        "",
        lambda: tuple(report.engine.collect(report.facts.units(report.engine).select("lead_id").head(3))["lead_id"]),
    )
    return ", ".join(sorted(ids))


def _title(one: Explained, definition: Definition) -> str:
    if not definition.validated:
        return f"Lead {one.lead_id}: nothing is agreed for sales to say yes or no to"
    asked = one.criteria[one.criteria["id"].isin(definition.validated)]
    counts = asked["answer"].value_counts()
    if one.uld:
        return f"Lead {one.lead_id} meets all {len(asked)} that sales says yes to"
    said = "may meet all" if one.uld is None else "does not meet all"
    parts = [f"{counts[answer]} {answer}" for answer in ("met", "not met", "cannot tell") if answer in counts]
    return f"Lead {one.lead_id} {said} that sales says yes to: {', '.join(parts)}"


def _show(one: Explained, definition: Definition, *, present: bool) -> None:
    asked = one.criteria.assign(sales=one.criteria["id"].map(lambda key: "yes" if key in definition.validated else ""))
    order = {"yes": 0, "": 1, "not met": 0, "cannot tell": 1, "met": 2}
    # What sales validates first, and there what is not met.
    asked = asked.sort_values(["sales", "answer"], key=lambda said: said.map(order), kind="stable")
    titles = {
        "name": "Criterion",
        "answer": "Answer",
        "saw": "What was seen",
        "asks": "What it asks",
        "sales": "Sales validates",
    }
    _table(asked, titles, present=present, alt="Every criterion with its answer and what was seen")
    if len(one.rules) or definition.qualification is not None:
        st.subheader("Points", anchor=False)
        st.markdown(plain(_points(one, definition)))
        rules = one.rules.assign(points=one.rules["points"].map("{:,g}".format))
        if len(rules):
            titles = {"name": "Rule", "points": "Points", "saw": "What was seen", "asks": "What it gives"}
            _table(rules, titles, present=present, alt="Every rule with the points that it gave")
    if len(one.reasons):
        st.subheader("Would a reason for a no hold?", anchor=False)
        titles = {"name": "Reason", "answer": "Answer", "saw": "What was seen", "asks": "What should hold"}
        _table(one.reasons, titles, present=present, alt="Every reason, and whether what should hold does")


def _points(one: Explained, definition: Definition) -> str:
    fit, behaviour = ("not known" if value is None else f"{round(value, 1):,g}" for value in (one.fit, one.behaviour))
    said = {True: "It qualifies.", False: "It does not qualify.", None: "Whether it qualifies cannot be told."}
    agreed = "" if definition.qualification is None else said[one.qualified]
    return f"Fit {fit}, behaviour {behaviour}. {agreed} {qualification_words(definition.qualification)}"


def _table(rows: pd.DataFrame, titles: dict[str, str], *, present: bool, alt: str) -> None:
    shown = {name: title for name, title in titles.items() if not (present and name == "saw")}
    whole = rows.assign(answer=rows["answer"].str.replace(" ", "\N{NO-BREAK SPACE}")) if "answer" in rows else rows
    table = whole[list(shown)].astype(str).map(plain).rename(columns=shown)
    st.table(table, border="horizontal", hide_index=True, alt=alt)

"""What is asked of recorded stages: every control is in the URL, so that a link shows what its sender saw."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from core.agreement import STATES, Agreement
from core.audit_words import NAMES, stage_names
from core.auditing import Auditing
from core.definition import Definition
from core.measures.audit import PEOPLE, Audit
from core.measures.cohort import UNKNOWN, Query
from core.report import Report
from pages._funnel_controls import BOUND, COUNTED, EARLIEST, LATEST, columns, named
from pages._ui import kept, label, links, now, true_at

VIEWS = {"picture": "Picture", "table": "Table"}
COUNTING = {"leads": "Leads", "passes": "Trips"}
BEGIN: Mapping[str, Any] = {
    **dict.fromkeys(("start", "end", "audit_by", "audit_leads", "audit_stage", "audit_setter", "audit_part")),
    **{"audit_only": [], "audit_view": "picture", "counting": "leads", "present": False},
}

OWNERS = ("owner", "owner_name", "owner_manager")
"""Columns whose values are names of people: not shown while presenting."""


@dataclass(frozen=True)
class Asked:
    """The question of the page."""

    auditing: Auditing
    present: bool
    whose: str
    """The version that leads are held against, in words."""

    @property
    def report(self) -> Report:
        """The report that is asked."""
        return self.auditing.report

    def found(self) -> Audit:
        """Its answer, kept for a moment."""
        asked, by = self.auditing, self.auditing.definition
        question = f"{asked.query.model_dump_json()} {by.content_hash()} {asked.report.facts.definition.content_hash()}"
        return kept(asked.report, "audit", question, asked.found)

    def in_sight(self, pair: tuple[str, str]) -> str:
        """What a value that leads are narrowed to is called in sight."""
        return "one person" if self.present and pair[0] in OWNERS and pair[1] != UNKNOWN else pair[1]

    def called(self, found: Audit) -> dict[str, str]:
        """What each setter is called in sight: no names of people while presenting."""
        cells = found.cells.drop_duplicates("setter")
        names: dict[str, str] = {}
        for row in cells.sort_values("name").to_dict("records"):
            hide = self.present and row["kind"] == "person"
            names[row["setter"]] = f"Person {len(names) + 1}" if hide else str(row["name"])
        return {PEOPLE: "All people", **names}


def reset() -> None:
    """Every control back to where it begins."""
    for key, value in BEGIN.items():
        st.session_state[key] = value


def controls(report: Report) -> Asked:
    """The sidebar, and what it says. Links may name anything by its id."""
    filters = kept(report, "audit filters", "", lambda: _filters(report))
    versions = _versions(report)
    stages = stage_names(report.facts.definition)
    links(
        {
            "audit_only": filters,
            "audit_view": VIEWS,
            "counting": COUNTING,
            "audit_by": {name: said for name, (said, _) in versions.items()},
            "audit_stage": {stage: label(name) for stage, name in stages.items()},
            "audit_leads": NAMES,
        }
    )
    with st.sidebar:
        present = st.toggle("Present", key="present", help="Larger, without names, controls folded away", **BOUND)
        with st.expander("Controls", icon=":material/tune:") if present else st.container():
            asked = _question(report, filters, versions, present=present)
        st.button("Reset", icon=":material/restart_alt:", on_click=reset, help="All leads, all controls as they begin")
    return asked


def _versions(report: Report) -> dict[str, tuple[str, Definition]]:
    """Number of each version → how it stands, and what it says."""
    known = Agreement(report.workspace).versions(report.facts.definition.id, at=now())
    answers = report.workspace.store.label_answers()
    return {
        str(version.number): (
            f"Version {version.number}: {STATES[version.state]}",
            version.definition.with_labels(answers),
        )
        for version in known
    }


def _filters(report: Report) -> dict[str, str]:
    return {
        f"{name}={value}": f"{title}: {value}"
        for name, title in columns(report).items()
        for value in (*report.values(name, most=60), UNKNOWN)
    }


def _question(
    report: Report,
    filters: Mapping[str, str],
    versions: Mapping[str, tuple[str, Definition]],
    *,
    present: bool,
) -> Asked:
    start, end = (
        st.date_input(
            label, None, EARLIEST, LATEST, key=key, format="YYYY-MM-DD",
            help="The lead was put into the stage in this period; empty means all", **BOUND,
        )
        for label, key in (("First day", "start"), ("Last day", "end"))
    )  # fmt: skip
    only = st.multiselect(
        "Filters", list(filters), None, named(filters), key="audit_only", placeholder="No filter", **BOUND
    )
    said = {name: words for name, (words, _) in versions.items()}
    by = st.selectbox(
        "Held against", list(versions), None, named(said), key="audit_by", placeholder="The version in use",
        help="Every lead by this version, whenever it was put there", **BOUND,
    )  # fmt: skip
    with st.expander("How it is counted", key="counted", icon=":material/rule:"):
        true_at(report)
        counting = st.segmented_control(
            "Count", COUNTED, default=COUNTED[0], required=True, format_func=named(COUNTING), key="counting",
            help="A lead that came back and was put into the stage again is one lead and two trips", **BOUND,
        )  # fmt: skip
    query = Query(
        start=start,
        end=end,
        counting=counting,
        where=tuple((name, value) for name, _, value in (pair.partition("=") for pair in only)),
    )
    definition = report.facts.definition if by is None else versions[by][1]
    whose = "held against the version in use" if by is None else f"held against version {by}"
    return Asked(Auditing(report, query, definition), present, whose)

"""What should we look at first? The largest findings of these data, each leading to its page."""

import streamlit as st

from core.charts.pair import pair
from core.measures.cohort import Query
from core.measures.findings import Finding, sentence, summary
from core.report import Report
from core.words import count
from pages import _ui
from pages._funnel_cards import cards

MOST = 9


def _words(report: Report, finding: Finding) -> str:
    return sentence(finding, report.title(finding.column))


def _asked(finding: Finding) -> dict[str, str]:
    """Where on the funnel page the leads of a finding are listed."""
    asked = {"stage": finding.stage, "outcome": finding.outcome}
    if finding.column:
        asked |= {"by": finding.column, "segment": finding.segment}
    return asked


def _finding(report: Report, finding: Finding, place: int) -> None:
    with st.container(border=True, height="stretch", key=f"finding_{place}"):
        title = report.title(finding.column)
        st.caption(f"One {_ui.plain(title)} stands out" if finding.column else "The largest leak of all")
        st.markdown(f"**{_ui.plain(_words(report, finding))}**")
        names = (finding.segment, "all others") if finding.column else (finding.outcome, f"entered {finding.name}")
        st.plotly_chart(
            pair(finding.rate, finding.others, names, finding.outcome, _ui.look()),
            key=f"pair_{place}",
            config={"displayModeBar": False, "staticPlot": False},
            alt=_words(report, finding),
        )
        st.page_link("funnel.py", label="Open the leads", icon=":material/arrow_forward:", query_params=_asked(finding))


report = _ui.report()
query = Query(mature_days=report.settings.mature_days)
found: tuple[Finding, ...] = _ui.kept(
    report, "findings", query.model_dump_json(), lambda: report.findings(query, most=MOST)
)
company = report.settings.company
st.title(_ui.plain(summary(_ui.funnel(report, query))), anchor=False)
named = f"{_ui.plain(company)} · " if company else ""
st.caption(
    f"{named}{count(report.facts.n_units)} leads · true at {_ui.day(report.facts.as_of)} · "
    f"read by “{_ui.plain(report.facts.definition.name)}”"
    + ("" if report.workspace.definition_chosen() else ", proposed by the data and signed by nobody")
)
cards(report, query)
if found:
    for place, (finding, column) in enumerate(zip(found[:3], st.columns(len(found[:3]), gap="small"), strict=True)):
        with column:
            _finding(report, finding, place)
if found[3:]:
    with st.expander(f"{len(found) - 3} more", icon=":material/format_list_bulleted:"):
        for further in found[3:]:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(_ui.plain(_words(report, further)))
                st.page_link("funnel.py", label="Leads", icon=":material/arrow_forward:", query_params=_asked(further))

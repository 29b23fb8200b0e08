"""What should we look at first? The largest findings of these data, each leading to its page."""

import streamlit as st

from core.measures.cohort import Query
from core.measures.findings import Finding, sentence
from core.report import Report
from pages import _ui

MOST = 9


@st.cache_data(max_entries=20, show_spinner="Looking for the largest leaks")
def _found(_report: Report, key: tuple[str, str, str]) -> tuple[Finding, ...]:
    return _report.findings(Query(mature_days=_report.settings.mature_days), most=MOST)


def _card(report: Report, finding: Finding) -> None:
    with st.container(border=True, height="stretch"):
        st.caption("Where it stands out" if finding.column else "In the whole funnel")
        st.markdown(f"**{_ui.plain(sentence(finding, report.title(finding.column)))}**")
        asked = {"stage": finding.stage, "outcome": finding.outcome}
        if finding.column:
            asked |= {"by": finding.column, "segment": finding.segment}
        st.page_link("funnel.py", label="Open the leads", icon=":material/arrow_forward:", query_params=asked)


report = _ui.report()
found = _found(report, (str(report.workspace.folder), report.workspace.store.version(), report.facts.key))
company = report.settings.company or "these data"
if found:
    st.title(_ui.plain(sentence(found[0], report.title(found[0].column))))
else:
    st.title(f"Nothing leaks in {_ui.plain(company)}, as far as the data tell")
st.caption(
    f"{report.facts.n_units:,} leads, true at {_ui.day(report.facts.as_of)}, read by “{_ui.plain(report.facts.definition.name)}”."
)
for place, column in zip(found[:3], st.columns(3, gap="small"), strict=False):
    with column:
        _card(report, place)
if len(found) > 3:
    st.subheader("Further")
    for further in found[3:]:
        st.markdown(_ui.plain(sentence(further, report.title(further.column))))

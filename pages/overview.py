"""What should we look at first? The largest findings of these data, each leading to its page."""

from collections.abc import Mapping

import streamlit as st

from core.charts.pair import pair
from core.measures.cohort import Query
from core.measures.findings import summary
from core.overview import Headline, headlines
from core.velocity_words import headline as speed_told
from core.words import count
from pages import _ui
from pages._funnel_cards import cards
from pages._velocity_controls import velocity

MOST, FIRST = 9, 3


def _finding(one: Headline, place: int) -> None:
    with st.container(border=True, height="stretch", key=f"finding_{place}"):
        st.caption(_ui.plain(one.kind))
        st.markdown(f"**{_ui.plain(one.sentence)}**")
        st.plotly_chart(
            pair(one.rate, one.others, one.names, one.outcome, _ui.look()),
            key=f"pair_{place}",
            config={"displayModeBar": False, "staticPlot": False},
            alt=one.sentence,
        )
        _way(one, "Open the leads")


def _way(one: Headline, label: str) -> None:
    _to(one.page, label, one.asked)


def _to(page: str, label: str, asked: Mapping[str, str]) -> None:
    # What the number is true of goes along, so that the page shows the same one.
    of = {name: st.query_params[name] for name in ("definition", "as_of") if name in st.query_params}
    st.page_link(f"{page}.py", label=label, icon=":material/arrow_forward:", query_params={**asked, **of})


report = _ui.report()
query = Query(mature_days=report.settings.mature_days)
agreed = report.facts.definition.content_hash()
company = report.settings.company
st.title(_ui.plain(summary(_ui.funnel(report, query))), anchor=False)
named = f"{_ui.plain(company)} · " if company else ""
st.caption(
    f"{named}{count(report.facts.n_units)} leads · true at {_ui.day(report.facts.as_of)} · "
    f"read by “{_ui.plain(report.facts.definition.name)}”"
    + ("" if report.workspace.definition_chosen() else ", proposed by the data and signed by nobody")
)
if not int(_ui.funnel(report, query).total()["entered"].sum()):
    _ui.unplaced(report)
    st.stop()
cards(report, query)
with st.spinner("Looking at what followed the hand-offs"):
    found: tuple[Headline, ...] = _ui.kept(
        report, "headlines", f"{query.model_dump_json()} {agreed}", lambda: headlines(report, most=MOST)
    )
if found:
    for place, (one, column) in enumerate(zip(found[:FIRST], st.columns(len(found[:FIRST]), gap="small"), strict=True)):
        with column:
            _finding(one, place)
speed = velocity(report, Query())
if speed.slowest() is not None:
    with st.container(horizontal=True, vertical_alignment="center", key="speed"):
        st.markdown(_ui.plain(f"{speed_told(speed)}."))
        _to("velocity", "How long they stay", {})
if found[FIRST:]:
    with st.expander(f"{len(found) - FIRST} more", icon=":material/format_list_bulleted:"):
        for further in found[FIRST:]:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(_ui.plain(further.sentence))
                _way(further, "Leads")

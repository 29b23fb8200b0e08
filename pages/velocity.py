"""How long do leads stay in each stage, and where do they stop moving on? The answer first, then when and where."""

import streamlit as st

from core.measures.velocity import Velocity
from core.report import Report
from core.velocity_words import doubts, headline, identity
from core.words import day, things
from pages import _velocity_groups, _velocity_views
from pages._data_cached import questions
from pages._funnel_controls import BOUND, named
from pages._ui import errors, plain, report
from pages._velocity_cards import cards
from pages._velocity_controls import VIEWS, Asked, controls, in_sight, looked_at, reset, velocity
from pages._velocity_leads import leads


def _absent(here: Report, found: Velocity) -> None:
    """No entry to a stage that leads leave is dated: what is missing, and where it is to be had."""
    dated = "no entry to a stage" if found.stages.empty else f"only the entry to {found.stages['name'].iloc[0]}"
    st.title(plain(f"Nobody knows how long leads stay: {dated} is dated"), anchor=False)
    table = questions(str(here.workspace.folder), here.workspace.store.version())
    line = table[table["page"] == "velocity"].iloc[0]
    said = f"These data say where {things(here.facts.n_units, 'lead')} may be now, and of none since when."
    st.info(plain(f"{said} {line['needs']}"), icon=":material/event_busy:")
    if isinstance(line["where_to_get"], str):
        st.markdown(plain(str(line["where_to_get"])))
    st.page_link("data.py", label="Import a history", icon=":material/database:")
    st.stop()


with errors():
    here = report()
    asked: Asked = controls(here)
    found, query = velocity(here, asked.whole), asked.whole
    if set(found.stages["stage"]) <= {found.definition.stage_ids[-1]}:
        if not (query.where or query.start or query.end):
            _absent(here, found)
        st.title(plain(headline(found)), anchor=False)
        st.info(
            "Nothing stands behind this question: take a filter away or choose a longer period.",
            icon=":material/filter_alt_off:",
        )
        st.button("Show all leads", on_click=reset, args=(asked,), type="primary")
        st.stop()
    view = looked_at()
    stage = in_sight(asked, found, view)
    row = found.stage(stage)
    said = (
        _velocity_groups.title(asked, stage) if view == "groups" else _velocity_views.title(asked, found, view, stage)
    )
    st.title(plain(said), anchor=False)
    left, right = st.columns([2, 1.7], vertical_alignment="center")
    right.segmented_control(
        "View",
        list(VIEWS),
        default="stages",
        required=True,
        format_func=named(VIEWS),
        key="stay_view",
        label_visibility="collapsed",
        width="stretch",
        **BOUND,
    )
    parts = [
        f"{query.start or 'from the first'} to {query.end or 'the last'}" if query.start or query.end else "all leads",
        "only " + ", ".join(asked.in_sight(*pair) for pair in query.where) if query.where else "",
        f"true at {day(found.as_of, here.settings.tz)}",
        identity(row),
    ]
    left.caption(plain(" · ".join(part for part in parts if part)))
    if asked.stage is not None and asked.stage != stage:
        name = found.definition.stages[found.definition.place(asked.stage)].name
        st.info(plain(f"Nobody entered {name} at a known time here: this is {row['name']}."), icon=":material/info:")
    if view == "table":
        _velocity_views.table(asked, found)
    else:
        cards(row)
        if view == "stages":
            _velocity_views.stages(asked, found)
        elif view == "months":
            _velocity_views.months(asked, found, stage)
        elif view == "age":
            _velocity_views.age(asked, found, stage)
        else:
            _velocity_groups.groups(asked, stage)
    if against := doubts(row):
        st.caption(plain(f"{row['name']}: {' '.join(against)}"))
    leads(asked, found, stage)

"""Which leads fell silent after the hand-off, whose are they, and what is to be done? The answer first."""

import streamlit as st

from core.silence_words import doubts, headline, identity
from core.words import day
from pages._black_hole_cards import cards
from pages._black_hole_controls import VIEWS, Asked, controls, counts, reset, told
from pages._black_hole_learn import learn, record
from pages._black_hole_picture import picture
from pages._black_hole_where import where
from pages._black_hole_work import work
from pages._funnel_controls import BOUND, named
from pages._ui import errors, plain, report

ANSWERS = {"part": "What these data can answer"}
"""The part of the data page that says where to get what is missing."""

with errors():
    here = report()
    asked: Asked = controls(here)
    found = counts(asked.whole)
    definition = here.facts.definition
    stake = told(asked.whole, "at stake", asked.whole.at_stake)
    query = asked.whole.query
    title = headline(found, stake, touches=asked.touches)
    handed = found.total()["handed"]
    nobody = not handed and not (query.where or query.start or query.end)
    st.title(plain("No lead has been handed over yet" if nobody else title), anchor=False)
    if nobody:
        stage = definition.stages[definition.hand_off].name
        st.info(
            plain(f"Sales gets a lead when it becomes {stage}, by “{definition.name}”. No lead came that far."),
            icon=":material/inbox:",
        )
        st.page_link("data.py", label="Look at what the words of your CRM mean", icon=":material/database:")
        st.stop()
    period = (
        f"handed over {query.start or 'from the first'} to {query.end or 'the last'}"
        if query.start or query.end
        else "all hand-offs"
    )
    parts = [
        period,
        asked.only,
        f"true at {day(found.as_of, here.settings.tz)}",
        identity(found),
    ]
    left, right = st.columns([4, 1], vertical_alignment="center")
    left.caption(plain(" · ".join(part for part in parts if part)))
    view = right.segmented_control(
        "View",
        list(VIEWS),
        default="picture",
        required=True,
        format_func=named(VIEWS),
        key="hole_view",
        label_visibility="collapsed",
        width="stretch",
        **BOUND,
    )
    table = view == "table"
    if not handed:
        st.info(
            "Nothing stands behind this question: take a filter away or choose a longer period.",
            icon=":material/filter_alt_off:",
        )
        st.button("Show all leads", on_click=reset, args=(here,), type="primary")
        st.stop()
    if found.clock is None:
        st.info(
            "A lead falls into the black hole when a clock and its grace have passed without a word of sales. "
            "Marketing and sales have agreed on no clock, so that everything unanswered only waits.",
            icon=":material/timer_off:",
        )
    against = doubts(found, touches=asked.touches, chosen=here.workspace.definition_chosen())
    if found.clock is not None and not found.told:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.warning(plain(against.pop(0)), icon=":material/help:")
            st.page_link("data.py", label="What is missing", icon=":material/database:", query_params=ANSWERS)
    cards(found, stake, touches=asked.touches)
    picture(asked, found, title, table=table)
    for doubt in against:
        st.caption(plain(doubt))
    if found.told:
        where(asked, table=table)
        work(asked)
        learn(asked)
    record(asked.whole)

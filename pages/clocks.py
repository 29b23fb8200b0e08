"""Who was called when, in the owner's working time? The answer first, then when, by whom, and under another limit."""

from dataclasses import replace

import streamlit as st

from core.clock_words import headline, rule
from core.definition.clocks import USUAL_CLOCKS
from core.words import day
from pages import _clocks_absent, _clocks_views
from pages._clocks_back_test import back_test
from pages._clocks_cards import cards
from pages._clocks_controls import VIEWS, Asked, controls, told
from pages._clocks_findings import findings
from pages._clocks_leads import leads
from pages._funnel_controls import BOUND, named
from pages._ui import errors, plain, report

with errors():
    here = report()
    definition = here.facts.definition
    if not definition.clocks:
        _clocks_absent.no_clock(here, USUAL_CLOCKS)
    asked: Asked = controls(here)
    found = told(asked.keeping, "states", asked.keeping.states)
    trusted = told(asked.keeping, "trust", asked.keeping.trust)
    st.title(plain(headline(found, trusted)), anchor=False)
    query, handed = asked.keeping.query, found.total()["handed"]
    if not handed and not asked.narrowed:
        _clocks_absent.no_hand_off(definition)
    parts = [
        f"handed over {query.start or 'from the first'} to {query.end or 'the last'}"
        if query.start or query.end
        else "all hand-offs",
        asked.only(),
        f"true at {day(found.as_of, here.settings.tz)}",
        rule(found.clock),
    ]
    left, right = st.columns([1, 1.2], vertical_alignment="center")
    left.caption(plain(" · ".join(part for part in parts if part)))
    if not handed:
        _clocks_absent.nothing_fits(here)
    if not trusted.recorded:
        _clocks_absent.not_recorded(asked)
    if trusted.faults:
        _clocks_absent.not_to_be_trusted(asked, found, trusted)
    view = right.segmented_control(
        "View", list(VIEWS), default="when", required=True, format_func=named(VIEWS), key="clock_view",
        label_visibility="collapsed", width="stretch", **BOUND,
    )  # fmt: skip
    asked = replace(asked, view=view or "when")
    cards(asked, found)
    _clocks_views.show(asked, found)
    if asked.view == "when":
        findings(asked)
    for remark in trusted.remarks:
        st.caption(plain(remark[:1].upper() + remark[1:] + "."))
    leads(asked, found)
    back_test(asked)

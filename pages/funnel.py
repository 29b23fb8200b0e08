"""Where do leads leak? The answer first, then why, then the leads behind it."""

import streamlit as st

from core.words import count, day, headline, identity, things
from pages import _funnel_tables
from pages._funnel_breakdown import breakdown
from pages._funnel_cards import cards
from pages._funnel_controls import BOUND, VIEWS, Asked, controls, named, reset
from pages._funnel_picture import picture
from pages._funnel_worth import why_changed, worth_view
from pages._ui import errors, funnel, kept, plain, report
from pages._ui import unplaced as unplaced_told

with errors():
    here = report()
    asked: Asked = controls(here)
    found = funnel(here, asked.query)
    rows, definition = found.total(), here.facts.definition
    st.title(plain(headline(found)), anchor=False)
    zone = here.settings.tz
    period = (
        "All leads"
        if not (asked.query.start or asked.query.end)
        else f"{asked.query.start or 'the first'} to {asked.query.end or 'the last'}"
    )
    parts = [
        period,
        f"true at {day(found.as_of, zone)}",
        f"definition {definition.content_hash()[:8]}",
        identity(found),
    ]
    if asked.query.where:
        parts.insert(1, "only " + ", ".join(value for _, value in asked.query.where))
    if asked.other is not None:
        parts.insert(1, f"compared with {asked.other.start or 'the first'} to {asked.other.end or 'the last'}")
    undated = kept(here, "undated", asked.query.model_dump_json(), lambda: here.undated(asked.query))
    if undated:
        parts.append(f"{things(undated, 'lead')} more, of unknown day, {'is' if undated == 1 else 'are'} in no period")
    unplaced = kept(here, "unplaced", "", here.unplaced)
    if unplaced:
        parts.append(f"{count(unplaced)} leads without a known stage are in no funnel")
    left, right = st.columns([2.1, 1], vertical_alignment="center")
    left.caption(plain(" · ".join(part for part in parts if part)))
    view = right.segmented_control(
        "View",
        list(VIEWS),
        default="cohort",
        required=True,
        format_func=named(VIEWS),
        key="view",
        label_visibility="collapsed",
        width="stretch",
        **BOUND,
    )
    if not int(rows["entered"].sum()) and unplaced and not (asked.query.where or asked.query.start or asked.query.end):
        unplaced_told(here)
        st.stop()
    if not int(rows["entered"].sum()):
        st.info(
            "Nothing stands behind this question: take a filter away or choose a longer period.",
            icon=":material/filter_alt_off:",
        )
        st.button("Show all leads", on_click=reset, args=(here,), type="primary")
        st.stop()
    if view == "flow":
        _funnel_tables.flow(here, asked)
    else:
        cards(here, asked.query)
        if view == "table":
            _funnel_tables.stages(here, asked)
        elif view == "worth":
            worth_view(here, asked)
            why_changed(here, asked)
            st.stop()
        elif asked.split is None:
            picture(here, asked)
        # Who asks for groups wants to see them first; the whole stands below.
        breakdown(here, asked)
        if view == "cohort" and asked.split is not None:
            picture(here, asked)
        _funnel_tables.compared(here, asked)

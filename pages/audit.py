"""Is each lead in the stage that the definition gives? Who put it there, since when, and which criterion fails?"""

import streamlit as st

from core.audit_words import doubts, headline, identity, why
from core.words import day
from pages._audit_cards import cards
from pages._audit_controls import VIEWS, controls, reset
from pages._audit_leads import chosen, leads
from pages._audit_picture import behind, picture, table
from pages._funnel_controls import BOUND, named
from pages._ui import errors, plain, report, unplaced

with errors():
    here = report()
    asked = controls(here)
    found = asked.found()
    query, whole = found.query, found.total()
    title = headline(found, hide=asked.present)
    st.title(plain(title), anchor=False)
    if not whole["n"]:
        if query.where or query.start or query.end:
            st.info(
                "Nothing stands behind this question: take a filter away or choose a longer period.",
                icon=":material/filter_alt_off:",
            )
            st.button("Show all leads", on_click=reset, type="primary")
        else:
            unplaced(here)
        st.stop()
    left, right = st.columns([4, 1], vertical_alignment="center")
    said = found.findings()
    parts = [
        why(said[0], found, here.settings.tz) if said else "",
        f"put there {query.start or 'from the first'} to {query.end or 'the last'}" if query.start or query.end else "",
        "only " + ", ".join(map(asked.in_sight, query.where)) if query.where else "",
        asked.whose,
        f"true at {day(found.as_of, here.settings.tz)}",
    ]
    left.caption(plain(" · ".join(part for part in parts if part)))
    view = right.segmented_control(
        "View",
        list(VIEWS),
        default="picture",
        required=True,
        format_func=named(VIEWS),
        key="audit_view",
        label_visibility="collapsed",
        width="stretch",
        **BOUND,
    )
    if whole["unasked"] == whole["n"]:
        st.info(
            "A stage is held against its entry criteria, and no stage of this version asks for any.",
            icon=":material/rule:",
        )
        st.page_link("definition.py", label="Say what each stage asks", icon=":material/handshake:")
        st.stop()
    cards(found)
    if view == "table":
        table(asked, found)
    else:
        picture(asked, found, title)
    which = chosen(asked, found)
    leads(asked, found, which)
    behind(asked, found, which["stage"], which["setter"])
    st.caption(plain(f"{identity(found)}."))
    for doubt in doubts(found):
        st.caption(plain(doubt))

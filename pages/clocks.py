"""Who was called when, in the owner's working time? The answer first, then when, by whom, and under another limit."""

import streamlit as st

from core.clock_words import headline, identity, rule
from core.clock_words import told as said
from core.definition.clocks import USUAL_CLOCKS
from core.words import day
from pages import _clocks_views
from pages._clocks_back_test import back_test
from pages._clocks_cards import cards
from pages._clocks_controls import VIEWS, Asked, controls, reset, told
from pages._clocks_leads import leads
from pages._funnel_controls import BOUND, named
from pages._ui import errors, now, plain, report


def _agree() -> None:
    here = report_of.workspace
    here.choose(here.definition().model_copy(update={"clocks": USUAL_CLOCKS}), at=now())


with errors():
    report_of = report()
    definition = report_of.facts.definition
    if not definition.clocks:
        st.title("No clock is agreed: nobody can say what is late", anchor=False)
        st.write("A clock says what must have happened how soon after the hand-off, in the owner's working hours.")
        for clock in USUAL_CLOCKS:
            st.markdown(f"- {plain(rule(clock))}")
        st.button("Begin with these clocks", on_click=_agree, type="primary")
        st.stop()
    asked: Asked = controls(report_of)
    found, trusted = (
        told(asked.keeping, "states", asked.keeping.states),
        told(asked.keeping, "trust", asked.keeping.trust),
    )
    st.title(plain(headline(found, trusted)), anchor=False)
    query, handed = asked.keeping.query, found.total()["handed"]
    if not handed and not (query.where or query.start or query.end or asked.keeping.manager):
        stage = definition.stages[definition.hand_off].name
        st.info(
            plain(f"Sales gets a lead when it becomes {stage}, by “{definition.name}”. No lead came that far."),
            icon=":material/inbox:",
        )
        st.page_link("data.py", label="Look at what the words of your CRM mean", icon=":material/database:")
        st.stop()
    parts = [
        f"handed over {query.start or 'from the first'} to {query.end or 'the last'}"
        if query.start or query.end
        else "all hand-offs",
        "only " + ", ".join(value for _, value in query.where) if query.where else "",
        f"true at {day(found.as_of, report_of.settings.tz)}",
        rule(found.clock),
        identity(found),
    ]
    left, right = st.columns([2, 1.6], vertical_alignment="center")
    left.caption(plain(" · ".join(part for part in parts if part)))
    right.segmented_control(
        "View",
        list(VIEWS),
        default="when",
        required=True,
        format_func=named(VIEWS),
        key="clock_view",
        label_visibility="collapsed",
        width="stretch",
        **BOUND,
    )
    if not handed:
        st.info(
            "Nothing stands behind this question: take a filter away or choose a longer period.",
            icon=":material/filter_alt_off:",
        )
        st.button("Show all leads", on_click=reset, type="primary")
        st.stop()
    if trusted.faults:
        st.warning(
            plain(
                f"These clocks cannot be trusted, because {'; '.join(trusted.faults)}. No average is shown: look at "
                "how these dates came into the export. The leads behind each state are below."
            ),
            icon=":material/running_with_errors:",
        )
        leads(asked, found)
        st.stop()
    cards(found, told(asked.keeping, "curve", asked.keeping.curve))
    _clocks_views.show(asked, found)
    for remark in trusted.remarks:
        st.caption(plain(remark[:1].upper() + remark[1:] + "."))
    if asked.view == "when":
        groups = [
            one for one in told(asked.keeping, "findings", asked.keeping.findings) if one.column in ("team", "source")
        ]
        for one in groups:
            st.markdown(plain(f"{said(one, report_of.title(one.column).capitalize())}. More than chance explains."))
    leads(asked, found)
    back_test(asked, found)

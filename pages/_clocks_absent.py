"""Where no clock can be told: what is missing, and the next step."""

from typing import NoReturn

import streamlit as st

from core.clock_words import HINTS, rule
from core.definition import Clock, Definition
from core.measures.sla import Sla
from core.measures.trust import Trust
from core.report import Report
from core.words import things
from pages._clocks_controls import Asked, reset, told
from pages._clocks_leads import leads
from pages._ui import errors, kept, now, plain


def no_clock(report: Report, usual: tuple[Clock, ...]) -> NoReturn:
    """Nothing is agreed yet: the usual clocks, one click away."""

    def agree() -> None:
        here = report.workspace
        with errors():
            here.choose(here.definition().model_copy(update={"clocks": usual}), at=now())

    st.title("No clock is agreed: nobody can say what is late", anchor=False)
    st.write("A clock says what must have happened how soon after the hand-off, in the owner's working hours.")
    for clock in usual:
        st.markdown(f"- {plain(rule(clock))}")
    st.button("Begin with these clocks", on_click=agree, type="primary")
    st.stop()


def no_hand_off(definition: Definition) -> NoReturn:
    """No lead was put before sales in all of these data."""
    stage = definition.stages[definition.hand_off].name
    st.info(
        plain(f"Sales gets a lead when it becomes {stage}, by “{definition.name}”. No lead came that far."),
        icon=":material/inbox:",
    )
    st.page_link("data.py", label="Look at what the words of your CRM mean", icon=":material/database:")
    st.stop()


def nothing_fits(report: Report) -> NoReturn:
    """The question leaves nobody."""
    st.info(
        "Nothing stands behind this question: take a filter away or choose a longer period.",
        icon=":material/filter_alt_off:",
    )
    st.button("Show all leads", on_click=reset, args=(report,), type="primary")
    st.stop()


def not_recorded(asked: Asked) -> NoReturn:
    """Nobody ever wrote the milestone down: that says nothing of anybody."""
    clock = asked.keeping.clock
    st.info(
        plain(f"That nothing is recorded does not mean that nothing happened, so no lead is called late. "
              f"{HINTS[clock.milestone]}"),
        icon=":material/phone_disabled:",
    )  # fmt: skip
    st.page_link("data.py", label="Import what is missing", icon=":material/upload:")
    for other in asked.report.facts.definition.clocks:
        keeping = asked.keeping.asked_of(other)
        if told(keeping, "trust", keeping.trust).recorded:
            st.button(
                plain(f"These data can tell: {rule(other)}"), key=f"tell_{other.id}", on_click=_choose, args=(other,)
            )
    st.stop()


def _choose(clock: Clock) -> None:
    st.session_state["clock"] = clock.id


def not_to_be_trusted(asked: Asked, found: Sla, trusted: Trust) -> NoReturn:
    """Dates that contradict each other, or none: no average is shown, but whose they are."""
    st.warning(
        plain(
            f"These clocks cannot be trusted, because {'; '.join(trusted.faults)}. No rate and no average is shown: "
            "look at how these dates came into the export. The leads behind each state are below."
        ),
        icon=":material/running_with_errors:",
    )
    odd = kept(asked.report, "odd dates", "", lambda: _odd(asked.report))
    for kind, words in (
        ("touched_unborn", "of which touches are dated before the lead was created: those are left out"),
        ("sold_unborn", "with a deal that was opened before the lead was created"),
    ):
        if odd.get(kind):
            st.markdown(plain(f"In all of these data there are {things(odd[kind], 'lead')} {words}."))
    st.page_link("data.py", label="See them on the data page, under problems", icon=":material/database:")
    leads(asked, found)
    st.stop()


def _odd(report: Report) -> dict[str, int]:
    return {str(kind): int(number) for kind, number in report.anomalies()["kind"].value_counts().items()}

"""The five cards of a clock: each says what its share is of."""

import streamlit as st

from core.clock_words import lasting, limit
from core.measures.answer_times import TOUCHED
from core.measures.sla import Sla
from core.stats.competing import Incidence
from core.stats.intervals import Rate
from core.words import count, counted, interval, share
from pages._ui import plain


def cards(found: Sla, reached: Incidence | None) -> None:
    """Missed of those due, still waiting, kept, running, and how long half of them waited."""
    whole, rate = found.total(), found.rate()
    with st.container(key="cards"):
        places = st.columns(5, gap="small")

    def card(place: int, label: str, value: str, said: str, words: str) -> None:
        places[place].metric(
            label,
            plain(value),
            plain(said),
            delta_color="off",
            delta_arrow="off",
            border=True,
            height="stretch",
            help=plain(words),
        )

    card(
        0,
        "Missed",
        share(rate) if rate.n else "no data",
        f"{count(rate.hits)} of {count(rate.n)} due",
        f"Due-cohort breach rate: {counted(rate)} whose deadline has passed; 95 % interval "
        f"{interval(rate) or 'not given under 20'} (Wilson). Those that left in time and those still running have no part.",
    )
    waiting = Rate(whole["past_due"], whole["breached"])
    card(
        1,
        "Past due now",
        count(whole["past_due"]),
        f"{share(waiting)} of those missed" if waiting.n else "nobody waits",
        f"Missed and still not reached: {counted(waiting)} that were ever missed.",
    )
    kept_in_time = Rate(whole["met"], whole["handed"])
    card(2, "Kept", count(whole["met"]), f"{share(kept_in_time)} of all", f"Reached within {limit(found.clock)}.")
    running = Rate(whole["running"], whole["handed"])
    card(
        3, "Running", count(whole["running"]), f"{share(running)} of all", "Not reached yet, and the limit is not past."
    )
    half = _half(reached)
    card(
        4,
        "Half reached within",
        half,
        "working time" if found.clock.time == "working" else "around the clock",
        "The time by which half of all had been reached, those that left or still wait taken into account "
        "(Aalen–Johansen).",
    )


def _half(reached: Incidence | None) -> str:
    if reached is None or not len(reached.times):
        return "not known"
    past = reached.reached[:, TOUCHED] >= 0.5
    if not past.any():
        return f"over {lasting(int(reached.times[-2]))}"
    return lasting(int(reached.times[int(past.argmax())]))

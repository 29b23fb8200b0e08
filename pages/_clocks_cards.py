"""The five cards of a clock: each says what its share is of."""

import streamlit as st

from core.clock_words import lasting, lasting_days, limit
from core.measures.answer_times import TOUCHED
from core.measures.sla import Sla
from core.stats.intervals import Rate
from core.words import count, counted, interval, share
from pages._clocks_controls import Asked, told
from pages._ui import plain


def cards(asked: Asked, found: Sla) -> None:
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
        share(rate),
        f"{count(rate.hits)} of {count(rate.n)} due",
        f"Due-cohort breach rate: {counted(rate)} whose deadline has passed; 95 % interval "
        f"{interval(rate) or 'not given under 20'} (Wilson). Who left in time and who is still running has no part.",
    )
    waiting = Rate(whole["past_due"], whole["breached"])
    card(
        1,
        "Past due now",
        count(whole["past_due"]),
        f"{share(waiting)} of missed" if waiting.n else "nobody waits",
        f"Missed, still not reached, and still with sales: {counted(waiting)} that were ever missed.",
    )
    kept = Rate(whole["met"], whole["handed"])
    card(2, "Kept", count(whole["met"]), f"{share(kept)} of all", f"Reached within {limit(found.clock)}.")
    running = Rate(whole["running"], whole["handed"])
    card(
        3, "Running", count(whole["running"]), f"{share(running)} of all", "Not reached yet, and the limit is not past."
    )
    card(
        4,
        "Half within",
        _half(asked),
        "of working time" if found.clock.time == "working" else "around the clock",
        "The time by which half of all had been reached, those that left or still wait taken into account "
        "(Aalen–Johansen).",
    )


def _half(asked: Asked) -> str:
    keeping = asked.keeping
    reached = told(keeping, "curve", keeping.curve)
    past = reached.reached[:, TOUCHED] >= 0.5
    time = int(reached.times[int(past.argmax())] if past.any() else reached.times[-2])
    by_day = told(keeping, "by day", lambda: keeping.by_day)
    said = lasting_days(time, keeping.day_seconds, working=False) if by_day else lasting(time)
    return said if past.any() else f"over {said}"

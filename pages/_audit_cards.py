"""The five cards of the stage audit: each says what it is a share of."""

import streamlit as st

from core.audit_words import MEANINGS, NAMES, share_of, unit
from core.measures.audit import Audit
from core.stats.intervals import Rate
from core.words import count, counted, interval, things
from pages._ui import plain


def cards(found: Audit) -> None:
    """Recorded stages, too high, still there and too high, too low, and what cannot be told."""
    whole, units = found.total(), unit(found)
    with st.container(key="cards"):
        places = st.columns(5, gap="small")

    def card(place: int, label: str, value: str, said: str, words: str) -> None:
        places[place].metric(
            label, plain(value), plain(said), delta_color="off", delta_arrow="off", border=True, height="stretch",
            help=plain(words),
        )  # fmt: skip

    asked = whole["n"] - whole["unasked"]
    card(
        0, "Stages recorded", count(whole["n"]), f"{units} × stages",
        f"How often {units} were put into a stage, once for each stage. In {count(whole['unasked'])} of them the stage "
        "asks for nothing.",
    )  # fmt: skip
    rate = found.rate()
    card(
        1, NAMES["too_high"], count(rate.hits), share_of(rate),
        f"{counted(rate)} of which it can be told, 95 % interval {interval(rate) or 'not given under 20'} (Wilson): "
        f"{MEANINGS['too_high']}.",
    )  # fmt: skip
    still = Rate(whole["still_high"], whole["too_high"])
    card(
        2, "Still too high", count(still.hits), share_of(still),
        f"{counted(still)} of those too high have not left that stage: the ones to put right.",
    )  # fmt: skip
    low = Rate(whole["too_low"], whole["still"])
    card(
        3,
        NAMES["too_low"],
        count(low.hits),
        share_of(low),
        f"{counted(low)} still in the stage: {MEANINGS['too_low']}.",
    )
    dark = Rate(whole["cannot_tell"], asked)
    card(
        4, NAMES["cannot_tell"], count(dark.hits), share_of(dark),
        f"{counted(dark)} of which a stage asked something: {MEANINGS['cannot_tell']}. They are in no other share. "
        f"{things(whole['as_agreed'], 'stage')} as agreed.",
    )  # fmt: skip

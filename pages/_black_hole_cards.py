"""The five cards of the black hole: each says what its share is of."""

import pandas as pd
import streamlit as st

from core.measures.black_hole import BlackHole
from core.measures.buckets import ANSWERED
from core.silence_words import rule, unit, worth_of
from core.stats.intervals import Rate
from core.words import count, counted, interval, money, percent, share, things
from pages._ui import plain


def cards(found: BlackHole, stake: pd.DataFrame, *, touches: bool) -> None:
    """Handed over, answered, the black hole, never touched, and what it may be worth."""
    whole, size = found.total(), found.size()
    units = unit(found)
    answered = Rate(sum(whole[name] for name in ANSWERED), whole["handed"])
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

    card(0, "Handed over", count(whole["handed"]), units, f"{things(whole['handed'], unit(found, 1), units)} in all.")
    card(
        1,
        "Answered",
        count(answered.hits),
        _of(answered),
        f"Sales said yes or no, moved the lead on, or recorded a change: {counted(answered)} handed over.",
    )
    part, due = found.share(), found.rate()
    card(
        2,
        "Black hole",
        count(size) if found.told else "not known",
        _of(part) if found.told else _why(found),
        f"Past clock and grace, and nothing recorded: {counted(part)} handed over; {counted(due)} of those whose clock "
        f"and grace have passed, 95 % interval {interval(due) or 'not given under 20'} (Wilson). {rule(found.clock)}.",
    )
    never = Rate(whole["never_touched"], size)
    card(
        3,
        "Never touched" if touches else "Nothing recorded",
        count(never.hits),
        _of(never) if touches else "no touches known",
        f"No person called, mailed or met them: {counted(never)} in the black hole."
        if touches
        else "No calls, mails or meetings are imported, so that nobody can say who was touched.",
    )
    _value(places[4], stake)


def _why(found: BlackHole) -> str:
    if found.clock is None:
        return "no clock agreed"
    return f"at most {count(found.size())}" if found.total()["dated"] else "no day known"


def _of(rate: Rate) -> str:
    """A share and the number that it is a share of, in as few signs as a card has room for."""
    if not rate.n:
        return "of none"
    return share(rate) if rate.few else f"{percent(rate.value)} of {count(rate.n)}"


def _value(place: "st.delta_generator.DeltaGenerator", stake: pd.DataFrame) -> None:
    """Expected value, each currency by itself."""
    leads = int(stake.drop_duplicates("segment")["leads"].sum())
    known = stake[stake["valued"] > 0]
    summed = known.groupby(known["currency"].fillna(""))[["expected_minor", "valued"]].sum()
    valued = int(summed["valued"].max()) if len(summed) else 0
    words = worth_of(stake).split(" + ") if valued else []
    amounts = ". ".join(
        money(round(float(row["expected_minor"])), str(code) or None) for code, row in summed.iterrows()
    )
    place.metric(
        "Expected value",
        plain(words[0]) if words else "not known",
        plain(" + ".join(words[1:]) or f"of {things(valued, 'lead')}") if words else "no wins known",
        delta_color="off",
        delta_arrow="off",
        border=True,
        height="stretch",
        help=plain(
            f"{amounts}. Share won among closed leads of the same source that reached the same stage, small sources "
            f"pulled towards all, times what that source's won leads brought. Known for {count(valued)} of the "
            f"{count(leads)} in the black hole that can still be worked. Not a forecast; currencies are never added up."
            if words
            else "No closed lead of these sources was won with an amount, so that nothing can be said."
        ),
    )

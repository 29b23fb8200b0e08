"""The five cards of one stage: each says what it is a share of."""

from typing import Any

import pandas as pd
import streamlit as st

from core.stats.intervals import FEW
from core.velocity_words import stay
from core.words import count, things
from pages._ui import plain


def cards(row: "pd.Series[Any]") -> None:
    """Median, P75 and P90 of those who left, the median over all their visits, and those still there."""
    name, n, there = str(row["name"]), int(row["n"]), int(row["open"])
    with st.container(key="cards"):
        places = st.columns(5, gap="small")

    def card(place: int, label: str, value: str, said: str, words: str) -> None:
        places[place].metric(
            plain(label),
            plain(value),
            plain(said),
            delta_color="off",
            delta_arrow="off",
            border=True,
            height="stretch",
            help=plain(words),
        )

    def length(column: str) -> str:
        return stay(float(row[column])) if n else "not known"

    few = f"of {count(n)} who left" if n < FEW else ""
    whose = f"of the {things(n, 'trip')} whose latest visit to {name} is over"
    card(0, "Median", length("median"), f"in {name}", f"Half {whose} took no longer. Those still there have no part.")
    card(1, "P75", length("p75"), few or "3 in 4 no longer", f"Three quarters {whose} took no longer.")
    card(2, "P90", length("p90"), few or "9 in 10 no longer", f"Nine of ten {whose} took no longer.")
    again = int(row["again"])
    card(
        3,
        "All visits",
        length("sum_median"),
        f"{count(again)} came back",
        f"Median of the time in {name} over all visits of a trip, {whose}. {count(again)} of them were there more than "
        "once.",
    )
    late = "" if pd.isna(row["outstayed"]) else f" {count(int(row['outstayed']))} for longer than nine of ten stayed."
    age = f"half over {stay(float(row['age_median']))}" if there >= FEW else "as far as is known"
    card(
        4,
        "Still there",
        count(there),
        age,
        f"{things(there, 'trip')} in {name} have not left, as far as is known.{late}",
    )

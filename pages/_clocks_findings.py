"""What stands out, as sentences; a click narrows the page to it."""

from datetime import date

import pandas as pd
import streamlit as st

from core.clock_words import in_a_row, months_told
from core.clock_words import told as said
from core.timekeeping import Finding
from pages._clocks_controls import Asked, told
from pages._ui import plain


def findings(asked: Asked) -> None:
    """The months, then one group per column."""
    found = told(asked.keeping, "findings", asked.keeping.findings)
    months = sorted(one.segment for one in found if one.column == "month")
    if not found:
        st.caption("No month, team, source or region misses more of these clocks than chance explains.")
        return
    with st.container(gap="xxsmall"):
        st.header("More than chance explains", anchor=False)
        if months:
            st.button(
                plain(months_told(found)), key="found_month", on_click=_period, args=(months,), type="tertiary",
                icon=":material/calendar_month:", help="Narrow the page to this time", disabled=not in_a_row(months),
            )  # fmt: skip
        for one in found:
            if one.column != "month":
                st.button(
                    plain(said(one, asked.titles[one.column])), key=f"found_{one.column}", on_click=_only,
                    args=(asked, one), type="tertiary", icon=":material/group:", help="Narrow the page to these",
                )  # fmt: skip


def month(name: str) -> tuple[date, date]:
    """First and last day of a month as 2026-03."""
    first = pd.Timestamp(f"{name}-01")
    return first.date(), (first + pd.offsets.MonthEnd()).date()


def _period(months: list[str]) -> None:
    st.session_state["start"], st.session_state["end"] = month(months[0])[0], month(months[-1])[1]


def _only(asked: Asked, one: Finding) -> None:
    pair = f"{one.column}={one.segment}"
    if pair in asked.filters:
        st.session_state["clock_only"] = [pair]


__all__ = ["findings", "month"]

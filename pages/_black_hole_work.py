"""An owner's working list: the leads to work next, and a file that the CRM takes back."""

import pandas as pd
import streamlit as st

from core.silence import NOBODY
from core.silence_words import HELD_BY
from core.words import count, things
from core.working_list import NEXT, Form, form, working_list
from pages._black_hole_controls import Asked, told
from pages._black_hole_picture import PAGE, in_words, written
from pages._funnel_controls import BOUND
from pages._ui import day, grouped, plain


@st.fragment
def work(asked: Asked) -> None:
    """Choose an owner, see the list, take it along."""
    owners = told(asked.whole, "owners", asked.whole.owners)
    if owners.empty:
        return
    st.header(plain(_headline(owners)), anchor=False)
    if asked.present:
        st.caption("Working lists name people: they are hidden while presenting.")
        return
    known = {str(name): int(n) for name, n in zip(owners["owner"], owners["leads"], strict=True)}
    linked = st.session_state.get("owner") or st.query_params.get("owner")
    if linked and linked not in known:
        known[linked] = 0
    with st.container(horizontal=True, vertical_alignment="bottom"):
        owner = st.selectbox(
            "Working list of", list(known), None, key="owner", placeholder="Choose an owner, or click a row", width=360,
            **BOUND,
        )  # fmt: skip
        running = st.toggle(
            "With running clocks", key="running", help="Also the leads whose clock and grace are still running", **BOUND
        )
    if owner is None:
        _everybody(owners)
        return
    listed = asked.whole.to_work(owner, running=running, limit=None)
    if listed.empty:
        st.success(plain(f"{owner} has nothing left in the black hole."), icon=":material/check:")
        return
    shown = in_words(asked, listed.head(PAGE), asked.names)
    st.dataframe(
        shown,
        hide_index=True,
        height=min(280, 44 + 35 * len(shown)),
        key="working_list",
        column_config=written(asked, shown),
        placeholder="",
        alt=f"Working list of {owner}: {things(len(listed), 'lead')}, the dearest and oldest first",
    )
    st.download_button(
        f"Download the working list ({count(len(listed))})",
        lambda: working_list(asked.whole, listed),
        f"working-list-{_slug(owner)}.csv",
        "text/csv",
        on_click="ignore",
        icon=":material/download:",
        key="download_working_list",
        type="primary",
    )
    reasons = [reason.name for reason in asked.whole.report.facts.definition.reasons]
    st.caption(plain(_how_to_fill(form(asked.whole.report, listed["lead_id"]), reasons)))


def _headline(owners: pd.DataFrame) -> str:
    """How many leads there are to work, and how many of them lie where nobody works them."""
    words = f"What to work next: {things(int(owners['leads'].sum()), 'lead')}"
    lying = owners[owners["holder"].isin(NOBODY)].groupby("holder")["leads"].sum()
    held = [f"{count(int(lying[name]))} of them with {HELD_BY[name]}" for name in NOBODY if name in lying.index]
    return f"{words}, {', '.join(held)}" if held else words


def _everybody(owners: pd.DataFrame) -> None:
    table = pd.DataFrame(
        {
            "Owner": owners["owner"],
            "Who that is": owners["holder"],
            "Leads to work": owners["leads"],
            "Never touched": owners["never_touched"],
            "Oldest handed over": [day(int(instant)) for instant in owners["oldest_at"]],
        }
    )
    st.dataframe(
        table,
        hide_index=True,
        height=min(280, 37 + 35 * len(table)),
        key="hole_owners",
        on_select=lambda: _chosen([str(name) for name in owners["owner"]]),
        selection_mode="single-row",
        column_config=grouped(table),
        alt="Owners of leads in the black hole that can still be worked",
    )


def _chosen(owners: list[str]) -> None:
    rows = st.session_state["hole_owners"]["selection"]["rows"]
    if rows and rows[0] < len(owners):
        st.session_state["owner"] = owners[rows[0]]


def _how_to_fill(made: Form, reasons: list[str]) -> str:
    answers = f'"{made.yes[0]}" or "{made.no[0]}"' if made.yes and made.no else "yes or no"
    return (
        "The dearest first, and of equals the oldest. The columns of the file have the names that your CRM gave them: "
        f'fill "{made.verdict}" with {answers}, "{made.reason}" and "{NEXT}", and import them by "{made.lead}", so '
        "that nothing is typed twice; the other columns are to read. "
        + (f"Agreed reasons for a no: {', '.join(reasons)}." if reasons else "No reasons for a no are agreed.")
    )


def _slug(name: str) -> str:
    return "".join(ch if ch.isalnum() else "-" for ch in name.casefold()).strip("-") or "nobody"

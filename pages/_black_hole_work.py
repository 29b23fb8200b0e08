"""An owner's working list: the leads to work next, and a file that the CRM takes back."""

import streamlit as st

from core.measures.cohort import UNKNOWN
from core.silence import FILLED
from core.words import count, things
from pages._black_hole_controls import Asked, told
from pages._black_hole_picture import PAGE, in_words, written
from pages._funnel_controls import BOUND
from pages._ui import plain


@st.fragment
def work(asked: Asked) -> None:
    """Choose an owner, see the list, take it along."""
    owners = told(asked.whole, "owners", asked.whole.owners)
    if owners.empty:
        return
    st.header(plain(f"What to work next: {things(int(owners['leads'].sum()), 'lead')}"), anchor=False)
    if asked.present:
        st.caption("Working lists name people: they are hidden while presenting.")
        return
    known = {str(name): int(n) for name, n in zip(owners["owner"], owners["leads"], strict=True)}
    linked = st.session_state.get("owner") or st.query_params.get("owner")
    if linked and linked not in known:
        known[linked] = 0
    labels = {name: f"{name}: {things(n, 'lead')}" for name, n in known.items()}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        owner = st.selectbox(
            "Working list of", list(known), None, key="owner", placeholder="Choose an owner", width=360, **BOUND
        )
        running = st.toggle(
            "With running clocks", key="running", help="Also the leads whose clock and grace are still running", **BOUND
        )
    if owner is None:
        most = [labels[name] for name in list(known)[:3] if name != UNKNOWN]
        st.caption(plain(f"{'; '.join(most)}{'; …' if len(known) > 3 else '.'}"))
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
        lambda: asked.whole.to_import(listed),
        f"working-list-{_slug(owner)}.csv",
        "text/csv",
        on_click="ignore",
        icon=":material/download:",
        key="download_working_list",
        type="primary",
    )
    reasons = [reason.name for reason in asked.whole.report.facts.definition.reasons]
    st.caption(
        plain(
            "The dearest first, and of equals the oldest. The file has the lead's id under the name that the CRM knows "
            f"it by, and empty columns to fill ({', '.join(FILLED.values())}), so that nothing is typed twice. "
            + (f"Agreed reasons for a no: {', '.join(reasons)}." if reasons else "No reasons for a no are agreed.")
        )
    )


def _slug(name: str) -> str:
    return "".join(ch if ch.isalnum() else "-" for ch in name.casefold()).strip("-") or "nobody"

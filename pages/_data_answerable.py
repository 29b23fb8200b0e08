"""What these data can answer, and where the CRM has what is missing."""

from typing import Literal

import streamlit as st

from core.workspace import Workspace
from pages._data_cached import questions

_Colour = Literal["green", "orange", "gray"]
_BADGES: dict[str, tuple[str, _Colour]] = {
    "yes": (":material/check:", "green"),
    "partly": (":material/contrast:", "orange"),
    "no": (":material/remove:", "gray"),
}


def show(here: Workspace) -> None:
    """Draw the tab."""
    every = questions(str(here.folder), here.store.version())
    # A question that no page asks yet would be promised in vain.
    found = every[every["page"].notna()]
    possible = found["possible"].value_counts()
    st.header(
        f"{possible.get('yes', 0)} of {len(found)} questions can be answered, {possible.get('partly', 0)} in part",
        anchor=False,
    )
    for row in found.itertuples(index=False):
        with st.container(border=True):
            icon, colour = _BADGES[str(row.possible)]
            name, says = st.columns([2, 5], gap="medium")
            with name:
                st.markdown(f"**{row.question}**")
                st.badge(str(row.possible), icon=icon, color=colour)
                if isinstance(row.page, str) and row.possible != "no":
                    st.page_link(f"{row.page}.py", label="Open", icon=":material/arrow_forward:")
            with says:
                st.markdown(f"Here: {row.found}.")
                st.caption(f"Needs: {str(row.needs)[0].lower()}{str(row.needs)[1:]}")
                if isinstance(row.missing, str):
                    st.markdown(f"Missing: {row.missing}")
                    st.caption(row.where_to_get)

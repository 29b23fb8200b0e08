"""The page list and the frame around each page."""

import streamlit as st

st.set_page_config(page_title="Handoff", page_icon=":material/conversion_path:", layout="wide", initial_sidebar_state="auto")
page = st.navigation(
    {
        "": [
            st.Page("overview.py", title="Overview", icon=":material/lightbulb:", default=True),
            st.Page("funnel.py", title="Funnel", icon=":material/filter_alt:", url_path="funnel"),
        ],
        "Set up": [st.Page("data.py", title="Data", icon=":material/database:", url_path="data")],
    },
    position="top",
)
page.run()

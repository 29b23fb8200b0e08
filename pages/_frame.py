"""The page list and the frame around each page."""

import streamlit as st

from pages._opened import sample_told

# Drawn here: an icon by name would be fetched from another server.
ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="6" fill="#0B63A5"/>'
    '<path d="M7 9h18l-7 8v7l-4-2v-5z" fill="#fff"/></svg>'
)
presenting = st.session_state.get("present", st.query_params.get("present") == "true")
st.set_page_config(
    page_title="Handoff",
    page_icon=ICON,
    layout="wide",
    # A room needs the width; the controls are one click away.
    initial_sidebar_state="collapsed" if presenting else 240,
)
page = st.navigation(
    {
        "": [
            st.Page("overview.py", title="Overview", icon=":material/lightbulb:", default=True),
            st.Page("funnel.py", title="Funnel", icon=":material/filter_alt:", url_path="funnel"),
        ],
        "Follow-up": [
            st.Page("clocks.py", title="Clocks", icon=":material/timer:", url_path="clocks"),
            st.Page("black_hole.py", title="Black hole", icon=":material/blur_on:", url_path="black-hole"),
            st.Page("velocity.py", title="Velocity", icon=":material/hourglass_bottom:", url_path="velocity"),
        ],
        "Set up": [
            st.Page("definition.py", title="Definition", icon=":material/handshake:", url_path="definition"),
            st.Page("audit.py", title="Stage audit", icon=":material/fact_check:", url_path="audit"),
            st.Page("data.py", title="Data", icon=":material/database:", url_path="data"),
            st.Page("people.py", title="People and calendars", icon=":material/group:", url_path="people"),
        ],
    },
    position="top",
)
sample_told()
page.run()

"""Settings: what the company states about its data, and what holds until it does."""

from collections.abc import Mapping
from zoneinfo import available_timezones

import streamlit as st

from core.errors import HandoffError
from core.settings import Settings
from core.workspace import Workspace
from pages._ui import now, plain

_WEEKDAYS = ("monday", "sunday", "saturday")


def show(here: Workspace) -> None:
    """Draw the tab."""
    settings, stated = here.settings, here.store.state_settings()
    with st.form("settings"):
        left, right = st.columns(2, gap="large")
        with left:
            company = st.text_input("Company", settings.company or "", help="Stands in titles.")
            zones = sorted(available_timezones())
            zone = st.selectbox("Time zone of the data", zones, zones.index(settings.zone))
            _default(stated, "zone", "UTC, nobody has stated another. It is used for dates that name no zone.")
            currency = st.text_input("Currency", settings.currency or "", max_chars=3, placeholder="EUR")
            _default(stated, "currency", "Not stated: amounts without a currency are summed apart and never converted.")
        with right:
            week = st.selectbox(
                "A week begins on", _WEEKDAYS, _WEEKDAYS.index(settings.week_start), format_func=str.title
            )
            _default(stated, "week_start", "Monday, nobody has stated another.")
            mature = st.number_input("A lead has matured after (days)", 1, 3650, settings.mature_days)
            _default(stated, "mature_days", "90 days, nobody has stated another.")
            window = st.number_input("Conversion window of the ordered reading (days)", 1, 3650, settings.window_days)
            _default(stated, "window_days", "180 days, nobody has stated another.")
        st.caption("Zone and currency are used when a file is read: they hold for files imported from now on.")
        if st.form_submit_button("Save settings", type="primary"):
            new = {
                "company": company.strip() or None,
                "zone": zone,
                "currency": currency.strip() or None,
                "week_start": week,
                "mature_days": int(mature),
                "window_days": int(window),
            }
            _save(here, settings, new)


def _default(stated: Mapping[str, object], name: str, says: str) -> None:
    if name not in stated:
        st.caption(says)


def _save(here: Workspace, settings: Settings, new: Mapping[str, object]) -> None:
    """State what differs; what cannot be used is said, and the rest is kept."""
    old = settings.model_dump()
    wrong: list[str] = []
    for name, value in new.items():
        if value != old[name]:
            try:
                here.state(name, value, at=now())
            except HandoffError as error:
                wrong.append(f"{plain(error.message)} {plain(error.hint)}")
    if not wrong:
        st.rerun()
    for told in wrong:
        st.error(told, icon=":material/error:")

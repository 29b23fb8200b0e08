"""People and calendars: who is who, and whose hours a clock counts. Files and data say first, people complete."""

import streamlit as st

from core.staff.told import doubts, headline, leaders_unknown
from core.words import things
from pages import _people_calendars, _people_hours, _people_table
from pages._funnel_controls import BOUND, named
from pages._people_known import Known, known
from pages._ui import errors, links, plain, workspace

PARTS = ("People", "Calendars")


def _summary(found: Known) -> str:
    people = found.people
    persons = people[people["kind"] == "person"]
    left = int((~persons["active"].fillna(True)).sum())
    others = {kind: int((people["kind"] == kind).sum()) for kind in ("queue", "machine")}
    parts = [
        *(things(number, kind) for kind, number in others.items() if number),
        f"{things(left, 'person', 'people')} left" if left else "",
        f"something is stated here of {things(len(found.seen), 'person', 'people')}" if found.seen else "",
    ]
    return " · ".join(part for part in parts if part)


def _sidebar(found: Known) -> tuple[bool, str | None]:
    managers = found.managers
    links({"under": managers})
    with st.sidebar:
        present = st.toggle("Present", key="present", help="Without names", **BOUND)
        if not managers or present:
            return present, None
        waiting = _people_table.pending()
        manager = st.selectbox(
            "Beneath",
            list(managers),
            None,
            named(managers),
            key="under",
            placeholder="Everybody",
            help="A manager's whole team, at every level",
            disabled=waiting,
            **BOUND,
        )
        if waiting:
            st.caption("Save or discard your changes first.")
        return present, manager


with errors():
    here = workspace()
    found = known(here)
    st.title(plain(headline(found.people, found.hours, found.calendars)), anchor=False)
    present, manager = _sidebar(found)
    if summary := _summary(found):
        st.caption(plain(summary))
    if not present:
        for doubt in doubts(found.people, found.hours, found.calendars):
            st.warning(plain(doubt), icon=":material/help:")
        unknown = leaders_unknown(found.people)
        if unknown:
            st.caption(
                plain(f"{things(len(unknown), 'manager')} of whom nothing else is known: {', '.join(unknown)}.")
                + " Add them to say whom they report to."
            )
    people, calendars = st.tabs(PARTS, key="staff", on_change="rerun", bind="query-params")
    # Both are always drawn: a table that is not drawn forgets what was written in it.
    with people:
        if present:
            rows = _people_hours.teams(found).query("team != ''")[["called", "people", "counts"]]
            rows.columns = ["Team", "People", "Clock counts"]
            st.dataframe(rows, hide_index=True, alt="Teams, how many people each has, and whose hours count")
        else:
            _people_table.show(here, found, manager)
    with calendars:
        _people_calendars.show(here, found)

"""The tab People: who is here, in a table that is completed by hand."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from core.definition import fold
from core.errors import ChangedMeanwhile, HandoffError, PersonInvalid
from core.export import csv_bytes
from core.journeys.people import beneath
from core.staff import Staff
from core.staff.agreed import KINDS, SIDES
from core.staff.told import leaders_unknown
from core.words import things
from core.workspace import Workspace
from core.worktime import zone_names
from pages._funnel_controls import named
from pages._people_cells import TITLES, Edit, changed, quarrels, table, where_from
from pages._people_known import Known
from pages._ui import now, plain

EDIT = "people_edit"
_ROW, _TALLEST = 35, 520
_DAYS = ("active_from", "active_to")


def pending() -> bool:
    """Does the table hold changes that nobody has saved?"""
    edit = st.session_state.get(EDIT)
    return edit is not None and bool(st.session_state.get(edit.key, {}).get("edited_rows"))


def show(here: Workspace, known: Known, manager: str | None) -> None:
    """Draw the tab; `manager` narrows it to whoever is beneath."""
    people = known.people
    if people.empty:
        st.write(
            "An export of your users says who is who: id, name, team, manager, time zone, weekly capacity, first and "
            "last day. What it leaves out is completed here."
        )
    else:
        scope = people if manager is None else people[people["person_id"].isin(beneath(people, manager))]
        _edit(here, known, scope, manager or "")
    left, middle, right = st.columns(3)
    with left.popover("Add somebody", icon=":material/person_add:"):
        _add(here, known)
    if known.seen:
        with middle.popover("Take back what is stated", icon=":material/undo:"):
            _take_back(here, known)
    right.page_link("data.py", label="Import a list of people", icon=":material/upload:")


def _edit(here: Workspace, known: Known, people: pd.DataFrame, scope: str) -> None:
    edit: Edit | None = st.session_state.get(EDIT)
    if edit is None or (not pending() and (edit.version, edit.scope) != (known.version, scope)):
        rounds = 0 if edit is None else edit.round + 1
        seen = {person: dict(own) for person, own in known.seen.items()}
        edit = st.session_state[EDIT] = Edit(known.version, scope, table(known, people), seen, rounds)
    if edit.version != known.version:
        st.info(
            "Somebody has changed something since you began. Your changes are still in the table; where both of you "
            "changed the same, you are asked when you save.",
            icon=":material/group:",
        )
    after = st.data_editor(
        edit.rows,
        key=edit.key,
        hide_index=True,
        height=min(_ROW * (len(edit.rows) + 1) + 3, _TALLEST),
        column_config=_columns(known, edit.rows),
        column_order=[name for name in _order(known) if name in edit.rows.columns],
        disabled=["counts", "stated"],
        placeholder="",
        alt="People with team, manager, zone, capacity and hours; every cell can be edited",
    )
    cells, only_files = changed(edit, after)
    if only_files:
        person, name = only_files[0]
        st.caption(
            plain(f"{known.names.get(person, person)}, {TITLES[name].lower()}: that is what the files say. ")
            + "It can be corrected here, not emptied."
        )
    number = sum(map(len, cells.values()))
    with st.container(horizontal=True):
        save = st.button(
            f"Save {things(number, 'change')}" if number else "Save", type="primary", disabled=not number, key="save"
        )
        if number and st.button("Discard", icon=":material/undo:", key="discard"):
            _anew()
        _download(known, people)
    if save:
        _save(here, known, edit, cells)
    for sentence in edit.said:
        st.error(plain(sentence), icon=":material/error:")
    st.caption(
        "What you write here wins over files and data; emptying a cell returns it to what they say. "
        "A manager sees everybody beneath, at every level."
    )
    _origins(known, people)


def _order(known: Known) -> tuple[str, ...]:
    own = ("calendar",) if known.stated_calendars else ()
    return ("name", "team", "manager", "zone", *own, "counts", "capacity", "side", "kind", *_DAYS, "stated")


def _columns(known: Known, rows: pd.DataFrame) -> Mapping[str, Any]:
    config = st.column_config
    zones = sorted(zone_names() | set(rows["zone"].dropna()))
    chiefs = {**known.names, **{name: name for name in leaders_unknown(known.people)}}
    ids = sorted(chiefs, key=lambda one: chiefs[str(one)])
    own = {name: calendar.name for name, calendar in known.stated_calendars.items()}
    return {
        "name": config.TextColumn(TITLES["name"], pinned=True, width=170),
        "team": config.TextColumn(TITLES["team"], width=135),
        "manager": config.SelectboxColumn(TITLES["manager"], options=ids, format_func=named(chiefs), width=130),
        "zone": config.SelectboxColumn(TITLES["zone"], options=zones, width=115),
        "calendar": config.SelectboxColumn(TITLES["calendar"], options=list(own), format_func=named(own), width=125),
        "counts": config.TextColumn("Clock counts", width=180),
        "capacity": config.NumberColumn(TITLES["capacity"], min_value=0, width=125, format="%g"),
        "side": config.SelectboxColumn(TITLES["side"], options=SIDES, width=95),
        "kind": config.SelectboxColumn(TITLES["kind"], options=KINDS, width=90),
        "active_from": config.DateColumn(TITLES["active_from"], width=105),
        "active_to": config.DateColumn(TITLES["active_to"], width=105),
        "stated": config.TextColumn("Stated here", width=130, help="Everything else comes from files and data"),
    }


def _save(here: Workspace, known: Known, edit: Edit, cells: Mapping[str, Mapping[str, Any]]) -> None:
    try:
        Staff(here).state_people(cells, seen=edit.seen, at=now())
    except ChangedMeanwhile as told:
        edit.said = [*quarrels(known, told.now, cells), "Save again to replace theirs, or discard yours."]
        for (person, name), value in told.now.items():
            edit.seen.setdefault(person, {})[name] = value
    except PersonInvalid as wrong:
        place = TITLES.get(wrong.place, wrong.place).lower()
        edit.said = [f"{known.names.get(wrong.person_id, wrong.person_id)}, {place}: {wrong.message} {wrong.hint}"]
    except HandoffError as wrong:
        edit.said = [str(wrong)]
    else:
        _anew()


def _anew() -> None:
    edit: Edit = st.session_state[EDIT]
    # Another round is another editor: without a version it is made from what is known then.
    st.session_state[EDIT] = Edit("", "", edit.rows, {}, edit.round + 1)
    st.rerun()


def _add(here: Workspace, known: Known) -> None:
    name = st.text_input("Who", key="new_person", max_chars=200)
    st.caption("Somebody whom no file and no lead names: a manager, for instance.")
    if st.button("Add", disabled=not name, key="add_person") and name:
        sought = fold(name)
        same = [one for one, called in known.names.items() if sought in (fold(one), fold(called))]
        if same or not sought:
            st.error(plain(f"{known.names[same[0]]} is here already." if same else "That is no name."))
            return
        Staff(here).state_people({name.strip(): {"kind": "person"}}, seen={}, at=now())
        st.rerun()


def _take_back(here: Workspace, known: Known) -> None:
    chosen = st.multiselect("Of whom", sorted(known.seen), format_func=named(known.names), key="taken_back")
    st.caption("What files and data say of them holds again.")
    if st.button("Take it back", disabled=not chosen, key="take_back"):
        Staff(here).take_back(*chosen, at=now())
        st.rerun()


def _origins(known: Known, people: pd.DataFrame) -> None:
    with st.expander("Where each of these comes from", on_change="rerun", key="origins") as fold_out:
        if fold_out.open:
            st.caption(
                "file: an import says so. derived: concluded from names, teams and what they did. stated here: written "
                "on this page; “else” is what holds once it is taken back."
            )
            st.dataframe(
                where_from(known, people),
                hide_index=True,
                placeholder="",
                alt="Where each cell of each person comes from",
            )


def _download(known: Known, people: pd.DataFrame) -> None:
    headings = {**TITLES, "counts": "Clock counts", "stated": "Stated here"}
    st.download_button(
        "Download the list",
        lambda: csv_bytes(
            table(known, people).assign(
                manager=lambda rows: rows["manager"].map(known.names).fillna(rows["manager"]),
                calendar=lambda rows: rows["calendar"].map(known.called, na_action="ignore"),
            ),
            headings=headings,
        ),
        "people.csv",
        "text/csv",
        on_click="ignore",
        icon=":material/download:",
        key="people_csv",
    )

"""The tab Calendars: hours are stated here, and given to teams."""

from dataclasses import dataclass, replace

import streamlit as st

from core.errors import ChangedMeanwhile, HandoffError
from core.staff import Form, Staff, new_id
from core.staff.told import hours_told
from core.words import things
from core.workspace import Workspace
from core.worktime import Calendar, default_calendar, parse_calendar
from pages import _people_hours, _people_week
from pages._funnel_controls import BOUND, named
from pages._people_fields import TITLES, fields, of_form
from pages._people_known import Known
from pages._ui import links, now, plain

NEW = "new"
DRAFT, SAVED, NEXT = "calendar_draft", "calendar_saved", "calendar_next"


@dataclass
class Draft:
    """What somebody began with: a calendar as it stood then (None: a new one), and the fields that it filled."""

    calendar_id: str
    seen: Calendar | None
    begun: Form
    round: int = 0
    said: str = ""

    def key(self, place: str) -> str:
        """The key of a field: another round begins anew."""
        return f"calendar_{place}_{self.round}"


def show(here: Workspace, known: Known) -> None:
    """Draw the tab."""
    names = {NEW: "A new calendar", **{one: calendar.name for one, calendar in known.stated_calendars.items()}}
    if NEXT in st.session_state:
        st.session_state["calendar"] = st.session_state.pop(NEXT)
    elif st.session_state.get("calendar") not in (None, *names):
        st.session_state["calendar"] = NEW
    links({"calendar": names})
    if not known.stated_calendars:
        st.caption(
            plain(f"No hours are stated: every clock counts {hours_told(known.calendars[known.default])}")
            + ", or the same hours in a person's own zone. State others here, then give them to a team."
        )
    else:
        _people_hours.show(here, known)
    chosen = st.selectbox("Calendar", list(names), 0, named(names), key="calendar", width=360, **BOUND)
    left, right = st.columns([1, 1.1], gap="large")
    draft = _draft(here, known, chosen)
    with left, st.container(gap="xsmall"):
        form, wrong = fields(draft.key, draft.calendar_id, draft.begun, known)
        _buttons(here, known, draft, form)
    with right:
        calendar, _ = replace(form, name=form.name.strip() or "x").read(draft.calendar_id, {})
        if calendar is None:
            said = ", ".join(TITLES[place] for place in wrong)
            st.info(f"The week is shown here once this is mended: {said}.", icon=":material/build:")
        else:
            _people_week.show(calendar, here.definition().clocks, known.as_of)


def _draft(here: Workspace, known: Known, chosen: str) -> Draft:
    """The fields as they were begun; anew where another calendar is chosen, or nothing was changed in an old one."""
    draft: Draft | None = st.session_state.get(DRAFT)
    now_is = known.stated_calendars.get(chosen)
    same = draft is not None and (draft.calendar_id if draft.seen else NEW) == chosen
    if draft is not None and same and (draft.seen == now_is or _touched(draft)):
        return draft
    begun = Form.of(now_is or default_calendar(here.settings.zone))
    if now_is is None:
        begun = replace(begun, name="")
    made = Draft(chosen, now_is, begun, 0 if draft is None else draft.round + 1)
    st.session_state[DRAFT] = made
    return made


def _touched(draft: Draft) -> bool:
    stated = {place: st.session_state.get(draft.key(place)) for place in of_form(draft.begun)}
    return any(value is not None and value != of_form(draft.begun)[place] for place, value in stated.items())


def _buttons(here: Workspace, known: Known, draft: Draft, form: Form) -> None:
    touched = form != draft.begun
    with st.container(horizontal=True):
        if st.button("Save calendar", type="primary", disabled=not touched, key="calendar_save"):
            _save(here, known, draft, form)
        if touched and st.button("Discard", key="calendar_discard", icon=":material/undo:"):
            _anew(draft, draft.calendar_id)
        if draft.seen is not None and st.button("Take it away", key="calendar_away", icon=":material/delete:"):
            _take_away(here, draft)
    if draft.said:
        st.error(plain(draft.said), icon=":material/error:")


def _save(here: Workspace, known: Known, draft: Draft, form: Form) -> None:
    taken = {one: calendar.name for one, calendar in known.stated_calendars.items()}
    calendar_id = draft.calendar_id if draft.seen else new_id(form.name, taken)
    calendar, wrong = form.read(calendar_id, taken)
    if calendar is None:
        draft.said = str(next(iter(wrong.values()))) if len(wrong) == 1 else f"{things(len(wrong), 'place')} to mend."
        return
    try:
        Staff(here).state_calendar(calendar, seen=draft.seen, at=now())
    except ChangedMeanwhile as told:
        theirs = next(iter(told.now.values()))
        draft.seen = parse_calendar(theirs) if theirs else None
        said = hours_told(draft.seen) if draft.seen else "it was taken away"
        draft.said = f"Somebody else has changed this calendar since you began: {said}. Save again to replace theirs."
    except HandoffError as error:
        draft.said = str(error)
    else:
        _anew(draft, calendar_id)


def _take_away(here: Workspace, draft: Draft) -> None:
    assert draft.seen is not None, "only what is stated can be taken away"
    try:
        Staff(here).take_calendar_away(draft.seen, at=now())
    except HandoffError as error:
        draft.said = str(error)
    else:
        _anew(draft, NEW)


def _anew(draft: Draft, chosen: str) -> None:
    st.session_state[NEXT] = chosen
    st.session_state[DRAFT] = Draft("", None, draft.begun, draft.round + 1)
    st.rerun()

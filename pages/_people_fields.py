"""The fields of a calendar, each with what is wrong with it below."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any

import streamlit as st

from core.errors import CalendarInvalid
from core.staff import Form
from core.staff.form import DAY_PLACES, PLACES, code_of
from core.worktime import DAYS, country_names, zone_names
from core.worktime.places import subdivision_names
from pages._people_known import Known
from pages._ui import plain

TITLES = {
    "name": "Name",
    "zone": "Time zone",
    **dict(zip(DAY_PLACES, DAYS, strict=True)),
    "week": "The hours together",
    "country": "Holidays of",
    "subdivision": "Region",
    "closed": "Closed on",
}
_LABEL, _FIELD = 1, 3.4
Key = Callable[[str], str]


def of_form(form: Form) -> dict[str, str]:
    """The fields by place."""
    others = {place: getattr(form, place) for place in PLACES if place not in (*DAY_PLACES, "week")}
    return {**others, **dict(zip(DAY_PLACES, form.hours, strict=True))}


def fields(key: Key, calendar_id: str, begun: Form, known: Known) -> tuple[Form, Mapping[str, CalendarInvalid]]:
    """Draw the fields. `key` names the widget of a place. A missing name is said when the calendar is saved."""
    first, told, said = of_form(begun), dict[str, Any](), dict[str, str]()
    said["name"] = _text("name", first, key, told, "for example Berlin office")
    said["zone"] = _choice("zone", sorted(zone_names()), {}, first, key, told, "Europe/Berlin")
    st.caption(
        "Hours of each day, several with commas between: 09:00–12:30, 13:30–17:00. Over midnight: 22:00–06:00. "
        "Empty: closed."
    )
    for place in DAY_PLACES:
        said[place] = _text(place, first, key, told, "closed")
    told["week"] = st.empty()
    codes = country_names()
    said["country"] = _choice("country", list(codes), codes, first, key, told, "No public holidays")
    regions = subdivision_names(code_of(said["country"], codes))
    said["subdivision"] = _choice("subdivision", list(regions), regions, first, key, told, "The whole country")
    said["closed"] = _text("closed", first, key, told, "2026-12-24, 2026-12-27 to 2026-12-31")
    form = Form(
        said["name"],
        said["zone"],
        tuple(said[place] for place in DAY_PLACES),
        said["country"],
        said["subdivision"],
        said["closed"],
    )
    taken = {one: calendar.name for one, calendar in known.stated_calendars.items()}
    wrong = form.read(calendar_id, taken)[1]
    if not form.name.strip():
        wrong.pop("name", None)
    for place, error in wrong.items():
        told[place].error(plain(str(error)), icon=":material/error:")
    return form, wrong


def _line(place: str) -> AbstractContextManager[Any]:
    left, right = st.columns([_LABEL, _FIELD], vertical_alignment="center", gap="small")
    left.markdown(TITLES[place])
    return right


def _text(place: str, first: Mapping[str, str], key: Key, told: dict[str, Any], example: str) -> str:
    with _line(place):
        found = st.text_input(
            TITLES[place], first[place], key=key(place), placeholder=example, label_visibility="collapsed"
        )
    told[place] = st.empty()
    return found or ""


def _choice(
    place: str,
    options: list[str],
    names: Mapping[str, str],
    first: Mapping[str, str],
    key: Key,
    told: dict[str, Any],
    nothing: str,
) -> str:
    """A list that also takes what is typed: what does not exist is answered in words."""
    begun, typed = first[place], st.session_state.get(key(place))
    every = [*dict.fromkeys(one for one in (begun, typed) if one and one not in options), *options]
    with _line(place):
        found = st.selectbox(
            TITLES[place],
            every,
            every.index(begun) if begun else None,
            lambda code: f"{names[code]} ({code})" if names.get(code, code) != code else code,
            key=key(place),
            placeholder=nothing,
            accept_new_options=True,
            filter_mode="contains",
            label_visibility="collapsed",
        )
    told[place] = st.empty()
    return found or ""

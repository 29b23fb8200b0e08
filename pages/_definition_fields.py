"""The widgets of a form: one for each shape that a field of a definition may have."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from core.definition.forms import Entry

UNITS = {"minutes": 1, "hours": 60, "days": 24 * 60}
NEVER = "never"
"""Said in a list of numbers where none is enough."""
SHORT = 3
"""So few choices stand side by side."""


def said(names: Mapping[Any, str]) -> Callable[[Any], str]:
    """How a list shows its options: by name, and by themselves where they have none."""
    return lambda option: names.get(option, str(option))


def first(words: str) -> str:
    """With a capital letter at the front."""
    return f"{words[:1].upper()}{words[1:]}"


def text(entry: Entry, value: str, key: str) -> str:
    """A line of text."""
    return st.text_input(entry.label, value, key=key, help=entry.help or None) or ""


def yes(entry: Entry, value: bool | None, key: str) -> bool:
    """Yes or no; what counts unless somebody says otherwise begins with yes."""
    return st.toggle(entry.label, entry.name == "on" if value is None else value, key=key, help=entry.help or None)


def number(entry: Entry, value: Any, key: str) -> Any:
    """A number, or none where it may be left open."""
    kind: type = int if entry.shape == "whole" else float
    least, most = (None if bound is None else kind(bound) for bound in (entry.least, entry.most))
    given = None if value is None else kind(value)
    if given is None and not entry.optional:
        given = least if least is not None else kind(0)
    if given is not None:
        # What lies outside its bounds is shown as it is, and answered in words.
        least, most = least and min(least, given), most and max(most, given)
    look: dict[str, Any] = {"step": kind(1), "format": None if kind is int else "%g", "width": 200}
    return st.number_input(
        entry.label, least, most, given, key=key, help=entry.help or None, placeholder="none", **look
    )


def span(entry: Entry, minutes: int, key: str, *, working: bool) -> int:
    """Minutes, given in the largest unit that fits; a working day has as many hours as a calendar says, so none."""
    units = [unit for unit in UNITS if not (working and unit == "days")]
    fits = [unit for unit in units if minutes and minutes % UNITS[unit] == 0]
    begin = fits[-1] if fits else units[-1] if not minutes else units[0]
    names = {unit: f"working {unit}" if working else unit for unit in units}
    with st.container(horizontal=True, vertical_alignment="bottom", gap="xsmall", width=320):
        given = st.number_input(entry.label, 0, None, minutes // UNITS[begin], key=key, help=entry.help or None)
        place = units.index(begin)
        unit = st.selectbox(f"{entry.label} in", units, place, said(names), key=f"{key}.unit:{working}", width=170)
    return int(given or 0) * UNITS[unit or begin]


def numbers(entry: Entry, values: Sequence[Any], key: str) -> list[Any]:
    """A list of numbers in one line; what is no number stays as it is written, to be answered in words."""
    line = ", ".join(
        NEVER if one is None else f"{one:g}" if isinstance(one, int | float) else str(one) for one in values
    )
    said = st.text_input(entry.label, line, key=key, help=entry.help or None) or ""
    return [_number(part.strip()) for part in said.split(",") if part.strip()]


def _number(part: str) -> float | str | None:
    try:
        return None if part.casefold() == NEVER else float(part)
    except ValueError:
        return part


def words(entry: Entry, value: list[str], offered: Sequence[str], key: str) -> list[str]:
    """A list of words: those that the data have are offered, any other can be typed."""
    typed = [one for one in st.session_state.get(key, ()) if isinstance(one, str)]
    return st.multiselect(
        entry.label,
        list(dict.fromkeys([*value, *typed, *offered])),
        value,
        key=key,
        help=entry.help or None,
        accept_new_options=True,
        select_all=False,
        wrap=True,
        placeholder="Choose, or type and press Enter",
    )


def several_of(entry: Entry, value: Sequence[str], names: Mapping[str, str], key: str) -> list[str]:
    """Some of what the definition has."""
    listed = [one for one in value if one in names]
    return st.multiselect(
        entry.label,
        list(names),
        listed,
        said(names),
        key=key,
        help=entry.help or None,
        placeholder="None yet",
        wrap=True,
    )


def choice(entry: Entry, value: Any, names: Mapping[str, str], key: str) -> Any:
    """One of some; what stands there stays on offer even where nothing is called so."""
    options: list[Any] = [*([None] if entry.optional else []), *names]
    if value and value not in options:
        options.append(value)
    shown = said({None: "any", **names})
    if entry.shape == "choice" and len(options) <= SHORT:
        return st.segmented_control(
            entry.label, options, default=value, required=True, format_func=shown, key=key, help=entry.help or None
        )
    place = options.index(value) if value in options else None
    return st.selectbox(entry.label, options, place, shown, key=key, help=entry.help or None, placeholder="Choose")

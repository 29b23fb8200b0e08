"""A form for any part of a definition, made from the model: the same few widgets for all of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

import streamlit as st

from core.definition.asked_fields import FIELDS
from core.definition.conditions import MOST_DEEP
from core.definition.editing import Raw
from core.definition.forms import Entry, begun, entries, kind_words
from core.definition.frozen import Frozen
from core.definition.plain_conditions import field_words
from pages import _definition_fields as widgets

GROUPS = ("all", "any", "at_least")
WIDE = ("long", "words", "criteria", "one", "several", "part")
"""Shapes that take a whole line; others stand side by side."""


@dataclass
class Form:
    """What a form may offer, and where its widgets stand."""

    key: str
    criteria: Mapping[str, str]
    stages: Mapping[str, str]
    fields: Sequence[str]
    values: Callable[[str], Sequence[str]]
    """Field of a lead → the words that stand in it in the loaded data."""
    kinds: Callable[[str], Sequence[str]]
    """activity, touch or contact → the types of it in the loaded data."""
    changed: list[str] = field(default_factory=list)
    """Places whose parts were added or taken out: their widgets begin anew."""

    def draw(self, model: type[Frozen], item: Raw, place: str, *, only: Sequence[str] = ()) -> Raw:
        """The fields of a part as widgets; gives the part as it is written now."""
        out = dict(item)
        asked = [entry for entry in entries(model) if not only or entry.name in only]
        for wide, together in groupby(asked, lambda entry: entry.shape in WIDE):
            row = st.container(horizontal=not wide, vertical_alignment="bottom", gap="small")
            with row:
                for entry in together:
                    out[entry.name] = self._entry(entry, out, f"{place}.{entry.name}")
        return out

    def _entry(self, entry: Entry, item: Raw, place: str) -> Any:
        value, key = item.get(entry.name), f"{self.key}{place}"
        match entry.shape:
            case "text" | "long":
                return widgets.text(entry, str(value or ""), key)
            case "yes":
                return widgets.yes(entry, value, key)
            case "whole" | "number":
                return widgets.number(entry, value, key)
            case "span":
                return widgets.span(entry, int(value or 0), key, working=item.get("time", "working") == "working")
            case "numbers":
                return widgets.numbers(entry, value or [], key)
            case "words":
                about = str(item.get("field", item.get("what", "")))
                return widgets.words(entry, list(value or []), self._offered(entry, item), f"{key}:{about}")
            case "criteria":
                return widgets.several_of(entry, value or [], self.criteria, key)
            case "part":
                return self._optional(entry, value, place)
            case "several":
                return self._several(entry, list(value or []), place)
            case "one":
                return self._one(entry, value, place)
            case _:
                return widgets.choice(entry, value, self._names(entry), key)

    def _offered(self, entry: Entry, item: Raw) -> Sequence[str]:
        if "field" in item:
            return self.values(str(item["field"]))
        return self.kinds(str(item.get("what", "activity"))) if entry.name == "names" else ()

    def _names(self, entry: Entry) -> Mapping[str, str]:
        if entry.shape == "field":
            return {name: widgets.first(field_words(name)) for name in self.fields}
        return {"criterion": self.criteria, "stage": self.stages}.get(entry.shape, entry.choices)

    def _optional(self, entry: Entry, value: Raw | None, place: str) -> Raw | None:
        model = entry.kinds[""]
        if not st.toggle(entry.label, value is not None, key=f"{self.key}{place}?"):
            return None
        return self.draw(model, value or begun(model), place)

    def _one(self, entry: Entry, value: Raw | None, place: str) -> Raw | None:
        """A part of one of several kinds: the kind is chosen, its fields follow beside it, or below in a frame."""
        kinds = {kind: kind_words(model) for kind, model in entry.kinds.items()}
        if place.count(".of") >= MOST_DEEP - 2:
            kinds = {kind: words for kind, words in kinds.items() if kind not in (*GROUPS, "not")}
        now = None if value is None else str(value["kind"])
        options: list[Any] = [*([None] if entry.optional else []), *kinds]
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            kind: str | None = st.selectbox(
                entry.label,
                options,
                options.index(now) if now in options else 0,
                widgets.said({None: "Nothing that can be checked", **kinds}),
                key=f"{self.key}{place}?",
                width=330,
            )
            if kind is None:
                return None
            model, inside = entry.kinds[kind], f"{place}:{kind}"
            written = value if value is not None and kind == now else _as_kind(value, kind, model)
            out = self._line(model, written, inside, wide=False)
        with st.container(border="of" in model.model_fields, gap="small"):
            return self._line(model, out, inside, wide=True)

    def _line(self, model: type[Frozen], written: Raw, place: str, *, wide: bool) -> Raw:
        """The fields of a part that stand side by side, or those that take a line each."""
        out = dict(written)
        for entry in entries(model):
            if (entry.shape in WIDE) == wide:
                out[entry.name] = self._entry(entry, out, f"{place}.{entry.name}")
        return out

    def _several(self, entry: Entry, values: list[Raw], place: str) -> list[Raw]:
        """Any number of parts, one below the other, each with a button to take it out."""
        out: list[Raw | None] = []
        for number, value in enumerate(values):
            left, right = st.columns([16, 1], vertical_alignment="top")
            with left:
                shown = Entry(entry.name, f"Part {number + 1}", "", "one", kinds=entry.kinds)
                out.append(self._one(shown, value, f"{place}.{number}"))
            key = f"{self.key}{place}.{number}x"
            if right.button("", icon=":material/close:", type="tertiary", key=key, help=f"Take out part {number + 1}"):
                self.changed.append(place)
                out[number] = None
        if st.button("Add a part", icon=":material/add:", key=f"{self.key}{place}+", type="tertiary"):
            self.changed.append(place)
            out.append({"kind": "stated", "field": "company"})
        return [one for one in out if one is not None]


def _as_kind(value: Raw | None, kind: str, model: type[Frozen]) -> Raw:
    """What was asked, as another kind: what can be kept is kept."""
    made = begun(model)
    if value is None:
        return made
    inside = value.get("of")
    if kind in GROUPS:
        kept = inside if isinstance(inside, list) else [inside] if inside and value["kind"] == "not" else [value]
        return {**made, "of": kept}
    if kind == "not":
        return {**made, "of": value}
    # A text is no number and no yes or no.
    if "field" in made and "field" in value and kind not in ("compare", "flagged"):
        made["field"] = value["field"]
    words = value.get("values") or value.get("words")
    for name in ("values", "words"):
        if name in made and words:
            made[name] = words
    return made


def offered(columns: Sequence[str]) -> tuple[str, ...]:
    """Every field that can be asked for: our own, then the further columns of the loaded export."""
    return (*FIELDS, *(name for name in columns if name not in FIELDS and name.startswith("x:")))

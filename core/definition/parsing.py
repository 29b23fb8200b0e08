"""A definition in a file or a form → the definition, or what is wrong with it: the place and the nearest right word."""

import json
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from core.definition.consistency import nearest
from core.definition.frozen import Frozen
from core.definition.model import Definition
from core.errors import DefinitionInvalid

LARGEST = 5_000_000
"""A text longer than this is no definition."""

_LISTS = {
    "stages": "stage", "exits": "way out", "reasons": "reason", "criteria": "criterion", "rules": "rule",
    "clocks": "clock", "attention": "limit of contacts", "of": "part",
}  # fmt: skip
_SAID = {
    "finite_number": "it must be a number",
    "float_parsing": "it must be a number",
    "float_type": "it must be a number",
    "int_parsing": "it must be a whole number",
    "int_type": "it must be a whole number",
    "int_from_float": "it must be a whole number",
    "bool_parsing": "it must be yes or no",
    "bool_type": "it must be yes or no",
    "string_type": "it must be a text",
    "string_too_short": "it must not be empty",
    "string_pattern_mismatch": "it begins with a small letter and has only small letters, digits and _",
    "tuple_type": "it must be a list",
    "model_type": "it must be an entry with its parts",
}


def parse(written: Mapping[str, Any] | str) -> Definition:
    """The definition in a mapping or a JSON text; raises `DefinitionInvalid` naming the place and the nearest word.

    >>> parse("[]")
    Traceback (most recent call last):
    core.errors.DefinitionInvalid: The definition cannot be read: it must be an entry with its parts. Mend it there.
    """
    if isinstance(written, str):
        if len(written) > LARGEST:
            raise DefinitionInvalid("This text is too long to be a definition.", "Is it the right file?")
        try:
            written = json.loads(written)
        except (ValueError, RecursionError) as error:
            raise DefinitionInvalid(
                f"This is no JSON text: {error}.", "A definition is written to a file by the definition page."
            ) from error
    try:
        return Definition.model_validate(written)
    except ValidationError as error:
        # A name that nothing has is often why another one is missing.
        first = min(error.errors(), key=lambda one: one["type"] != "extra_forbidden")
        at = _place(first["loc"], written)
        raise DefinitionInvalid(
            f"The definition cannot be read{f' at {at}' if at else ''}: {_reason(first)}.", _hint(first)
        ) from error


def written(definition: Definition) -> str:
    """The definition as a text for a file under version control: what says nothing is left out, one part a line."""
    return json.dumps(_told(definition), indent=1, ensure_ascii=False) + "\n"


def _told(value: Any) -> Any:
    """What differs from its default; the kind of a part always, since it says which part it is."""
    if isinstance(value, Frozen):
        fields = type(value).model_fields
        own = {name: getattr(value, name) for name in fields}
        said = {name for name in fields if name == "kind" or fields[name].is_required()}
        return {name: _told(it) for name, it in own.items() if name in said or it != fields[name].default}
    return [_told(part) for part in value] if isinstance(value, tuple) else value


def _reason(error: ErrorDetails) -> str:
    kind, context = error["type"], error.get("ctx", {})
    if kind == "missing":
        return f'"{error["loc"][-1]}" is missing'
    if kind == "value_error":
        return str(context.get("error", error["msg"])).rstrip(".?")
    if kind == "extra_forbidden":
        return f'nothing is called "{str(error["loc"][-1])[:60]}" there'
    if kind in ("union_tag_invalid", "literal_error", "enum"):
        said = str(context.get("tag", error.get("input", "")))[:60]
        return f'"{said}" is none of {context.get("expected_tags", context.get("expected", ""))}'
    if kind in ("too_short", "too_long"):
        bound = context["min_length"] if kind == "too_short" else context["max_length"]
        few = "at least" if kind == "too_short" else "at most"
        return f"it needs {few} {bound}, and there are {context['actual_length']}"
    if kind in ("greater_than", "greater_than_equal", "less_than", "less_than_equal"):
        sign = {"greater_than": "above", "greater_than_equal": "at least", "less_than": "below"}.get(kind, "at most")
        return f"it must be {sign} {next(iter(context.values()), '')}"
    return _SAID.get(kind, error["msg"][:1].lower() + error["msg"][1:])


def _hint(error: ErrorDetails) -> str:
    kind, context = error["type"], error.get("ctx", {})
    if kind == "extra_forbidden":
        return nearest(str(error["loc"][-1]), _NAMES) or "Leave it out."
    if kind == "union_tag_invalid":
        known = [tag.strip(" '") for tag in str(context.get("expected_tags", "")).split(",")]
        return nearest(str(context.get("tag", "")), known) or "Mend it there."
    asked = str(context.get("error", ""))
    return "Mend it there." if "Did you mean" not in asked else asked[asked.index("Did you mean") :]


def _place(loc: tuple[int | str, ...], written: Any) -> str:
    """The place in words: each list's entry by its name where it has one, else by its number."""
    words, here, before = [], written, ""
    for part in loc:
        inside = here
        here = _inside(here, part)
        if isinstance(part, int):
            kind = _LISTS.get(before, before)
            name = here.get("name", here.get("id")) if isinstance(here, Mapping) else None
            words.append(f'{kind} "{name}"' if name else f"{kind} {part + 1}")
        elif isinstance(inside, Mapping) and part in inside and part not in _LISTS:
            words.append(str(part).replace("_", " "))
        before = str(part)
    return " → ".join(words)


def _inside(value: Any, part: int | str) -> Any:
    if isinstance(value, Mapping):
        # A union names its member in the place, where the written text has nothing.
        return value.get(part, value)
    if isinstance(value, list | tuple) and isinstance(part, int) and part < len(value):
        return value[part]
    return value


def _names(schema: Any) -> set[str]:
    if isinstance(schema, Mapping):
        own = set(schema["properties"]) if isinstance(schema.get("properties"), Mapping) else set()
        return own.union(*(_names(part) for part in schema.values()))
    return set().union(*map(_names, schema)) if isinstance(schema, list) else set()


_NAMES = frozenset(_names(Definition.model_json_schema()))
"""Every name that a definition has anywhere."""

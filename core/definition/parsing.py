"""A definition in a file or a form → the definition, or what is wrong with it: the place and the nearest right word."""

import json
import re
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

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
    "model_attributes_type": "it must be an entry with its parts",
    "union_tag_not_found": "it does not say of which kind it is",
    "recursion_depth_exceeded": "it is nested too deep to be read",
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
        except RecursionError as error:
            raise DefinitionInvalid(
                "This text is nested too deep to be a definition.", "Is it the right file?"
            ) from error
        except ValueError as error:
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


def _reason(error: Mapping[str, Any]) -> str:
    kind, context = error["type"], error.get("ctx", {})
    if kind == "missing":
        return f'"{error["loc"][-1]}" is missing'
    if kind == "value_error":
        return str(context.get("error", error["msg"])).partition(" Did you mean")[0].rstrip(".?")
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
        return f"it must be {sign} {next(iter(context.values())):g}"
    if kind == "string_too_long":
        return f"it has at most {context['max_length']} characters, and there are {len(error['input']):,}"
    return _SAID.get(kind) or str(error["msg"][:1].lower() + error["msg"][1:])


def _hint(error: Mapping[str, Any]) -> str:
    kind, context = error["type"], error.get("ctx", {})
    if kind == "extra_forbidden":
        return nearest(str(error["loc"][-1]), _NAMES) or "Leave it out."
    if kind in ("union_tag_invalid", "literal_error"):
        known = re.findall("'([^']*)'", str(context.get("expected_tags", context.get("expected"))))
        said = str(context.get("tag", error["input"]))
        # Of two signs none is near.
        return (nearest(said, known) if any(map(str.isalpha, said)) else "") or "Mend it there."
    asked = str(context.get("error", ""))
    return "Mend it there." if "Did you mean" not in asked else asked[asked.index("Did you mean") :]


def _place(loc: tuple[int | str, ...], written: Any) -> str:
    """The place in words: each list's entry by its name where it has one, else by its number."""
    words: list[str] = []
    here, before = written, ""
    for place, part in enumerate(loc):
        inside = here
        here = _inside(here, part)
        if isinstance(part, int):
            kind = _LISTS.get(before, before)
            name = here.get("name", here.get("id")) if isinstance(here, Mapping) else None
            if words and words[-1] == before:
                words.pop()
            words.append(f'{kind} "{name}"' if name else f"{kind} {part + 1}")
        elif isinstance(inside, Mapping) and part in inside and part not in _LISTS:
            words.append(str(part).replace("_", " "))
        elif part in _LISTS and place == len(loc) - 1:
            words.append("parts" if part == "of" else str(part))
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

"""What does a form for a part of a definition have to ask? Read off the model, so that neither forgets a field."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from core.definition.form_words import BEGIN, CHOICES, FIELDS, KINDS, LONG, SPECIAL
from core.definition.frozen import Frozen

Shape = Literal[
    "text", "long", "yes", "whole", "number", "numbers", "choice", "words", "field", "criterion", "criteria", "stage",
    "span", "one", "several", "part",
]  # fmt: skip
"""What a field is asked with. `span`: minutes, given in a unit; `part`: a part of its own; `one`: a part of one of
several kinds; `several`: any number of those."""


@dataclass(frozen=True)
class Entry:
    """One thing to ask. `kinds`: of a part that may be of several kinds, the word that says which → its model."""

    name: str
    label: str
    help: str
    shape: Shape
    optional: bool = False
    least: float | None = None
    most: float | None = None
    choices: Mapping[str, str] = field(default_factory=dict)
    kinds: Mapping[str, type[Frozen]] = field(default_factory=dict)


def entries(model: type[Frozen]) -> tuple[Entry, ...]:
    """Everything that a form for this part asks, in the form's order; ids and kinds are not asked.

    >>> from core.definition import Compare
    >>> [(entry.label, entry.shape) for entry in entries(Compare)]
    [('Field', 'field'), ('Is', 'choice'), ('Number', 'number')]
    """
    return tuple(_entry(model, name) for name in FIELDS[model.__name__])


def unasked(model: type[Frozen]) -> tuple[str, ...]:
    """Fields of a model that no form asks for: its id, and the word that says of which kind it is."""
    return tuple(name for name in model.model_fields if name not in FIELDS[model.__name__])


def kind_words(model: type[Frozen]) -> str:
    """What one kind of a part is called where it is chosen."""
    return KINDS[model.__name__]


def begun(model: type[Frozen]) -> dict[str, Any]:
    """A part of this kind as a form begins with it: not always one that holds."""
    # As it would be read back: what the model itself says where nothing else is said.
    said = {name: _written(info.get_default()) for name, info in model.model_fields.items() if not info.is_required()}
    said |= BEGIN.get(model.__name__, {})
    return said


def _written(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _entry(model: type[Frozen], name: str) -> Entry:
    info = model.model_fields[name]
    label, help = FIELDS[model.__name__][name]
    annotation, metadata = _plain(info.annotation, list(info.metadata))
    optional = NoneType in get_args(annotation) if _is_union(annotation) else False
    if optional:
        rest = [part for part in get_args(annotation) if part is not NoneType]
        annotation, metadata = _plain(rest[0] if len(rest) == 1 else Union[tuple(rest)], metadata)  # noqa: UP007
    least, most = _bounds(metadata)
    shape, choices, kinds = _shape(model, name, annotation)
    return Entry(name, label, help, shape, optional, least, most, choices, kinds)


def _shape(
    model: type[Frozen], name: str, annotation: Any
) -> tuple[Shape, Mapping[str, str], Mapping[str, type[Frozen]]]:
    special = SPECIAL.get((model.__name__, name), SPECIAL.get(("", name)))
    if special is not None:
        return special, {}, {}
    if get_origin(annotation) is Literal:
        said = CHOICES[model.__name__, name]
        return "choice", {value: said[value] for value in said if value in get_args(annotation)}, {}
    if get_origin(annotation) is tuple:
        inside, _ = _plain(get_args(annotation)[0], [])
        if _is_union(inside) and all(_is_part(one) for one in get_args(inside)):
            return "several", {}, _kinds(inside)
        return ("words" if inside is str else "numbers"), {}, {}
    if _is_union(annotation):
        return "one", {}, _kinds(annotation)
    if _is_part(annotation):
        return "part", {}, {"": annotation}
    simple: dict[Any, Shape] = {bool: "yes", int: "whole", float: "number"}
    if annotation in simple:
        return simple[annotation], {}, {}
    return ("long" if name in LONG else "text"), {}, {}


def _plain(annotation: Any, metadata: list[Any]) -> tuple[Any, list[Any]]:
    """The type without what is annotated to it, and everything that was."""
    while get_origin(annotation) is Annotated:
        annotation, *more = get_args(annotation)
        metadata = [*metadata, *more]
    return annotation, metadata


def _bounds(metadata: list[Any]) -> tuple[float | None, float | None]:
    # A field's own bounds stand in its metadata; those of an annotated type in the metadata of that.
    every = [one for item in metadata for one in getattr(item, "metadata", [item])]
    return _bound(every, "ge", "gt"), _bound(every, "le", "lt")


def _bound(every: list[Any], *names: str) -> float | None:
    found = (getattr(one, name, None) for one in every for name in names)
    return next((bound for bound in found if bound is not None), None)


def _is_union(annotation: Any) -> bool:
    return get_origin(annotation) in (Union, UnionType)


def _is_part(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, Frozen)


def _single(annotation: Any) -> bool:
    return get_origin(annotation) is Literal and len(get_args(annotation)) == 1


def _kinds(union: Any) -> dict[str, type[Frozen]]:
    return {get_args(one.model_fields["kind"].annotation)[0]: one for one in get_args(union)}

"""Two people changed one definition: whose changes are taken, part by part?"""

from collections.abc import Iterable
from typing import Any

from core.definition.comparing import Part, compare
from core.definition.differing import KINDS
from core.definition.model import Definition
from core.definition.parsing import parse


def quarrels(base: Definition, theirs: Definition, mine: Definition) -> tuple[Part, ...]:
    """The parts that both changed since `base`, and not to the same; only a person can say whose is right."""
    own, other = compare(base, mine).parts, set(compare(base, theirs).parts)
    return tuple(part for part in own if part in other and part in compare(theirs, mine).parts)


def rebased(base: Definition, theirs: Definition, mine: Definition, take: Iterable[Part] | None = None) -> Definition:
    """`theirs` with what mine changed since `base`: the parts of `take`, by default all that they left alone.

    Raises `DefinitionInvalid` where the parts taken do not fit what they changed: a stage that asks for a criterion
    that they removed.
    """
    if take is None:
        both = set(quarrels(base, theirs, mine))
        take = [part for part in compare(base, mine).parts if part not in both]
    wanted = tuple(take)
    out: dict[str, Any] = {name: getattr(theirs, name) for name in Definition.model_fields}
    for kind, name in ((kind, KINDS[kind].field) for kind in KINDS):
        ids = [part.id for part in wanted if part.kind == kind]
        moved = {change.part.id for change in compare(base, mine).changes if change.what == "moved"}
        out[name] = _taken(KINDS[kind].items(theirs), KINDS[kind].items(mine), ids, moved)
    for part in wanted:
        if part.kind not in KINDS:
            out[part.kind] = getattr(mine, part.kind)
    return parse(Definition.model_construct(**out).model_dump(mode="json"))


def _taken(theirs: dict[str, Any], mine: dict[str, Any], ids: list[str], moved: set[str]) -> tuple[Any, ...]:
    order = list(theirs)
    for key in ids:
        if key not in mine or key in moved:
            order = [other for other in order if other != key]
        if key in mine and key not in order:
            order.insert(_place(order, list(mine), key), key)
    return tuple(mine[key] if key in ids else theirs[key] for key in order)


def _place(order: list[str], mine: list[str], key: str) -> int:
    """Behind the nearest of its predecessors in mine that is there too."""
    before = [other for other in mine[: mine.index(key)] if other in order]
    return order.index(before[-1]) + 1 if before else 0

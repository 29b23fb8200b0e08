"""One condition of a definition on its own, with the parts that it is made of as criteria beside it."""

from core.definition.agreed import Criterion
from core.definition.conditions import Condition, Meets, Scored, leaves
from core.definition.model import Definition

WHOLE = "_"
"""The id of the condition as a whole; no criterion of a definition can be called so."""
MOST = 60
"""So many criteria are judged at once; what a longer condition is made of beyond that is not told apart."""


def part_id(place: int) -> str:
    """The id of a part of it."""
    return f"{WHOLE}{place}"


def parts_of(condition: Condition) -> tuple[Condition, ...]:
    """Everything in it that asks the data or another criterion, each once, in order."""
    return tuple(dict.fromkeys(leaves(condition)))


def alone(definition: Definition, condition: Condition) -> Definition:
    """A definition of the same stages that asks no more than this condition, and each of its parts.

    To be judged by, never to be agreed on: judging it costs no more than the one condition does. Criteria that the
    condition asks for come with it, and the rules for points where it asks for points.

    >>> from core.definition import TEMPLATES, Stated
    >>> [criterion.id for criterion in alone(TEMPLATES[0], Stated(field="phone")).criteria]
    ['_', '_0']
    """
    needed: dict[str, Criterion] = {}
    _gather(definition, condition, needed)
    asked = [leaf for one in (condition, *(other.condition for other in needed.values())) for leaf in leaves(one)]
    scored = any(isinstance(leaf, Scored) for leaf in asked)
    told = enumerate(parts_of(condition)[: max(MOST - len(needed) - 1, 0)])
    # A sign at the front that no agreed id may have keeps them apart from the criteria that are there.
    own = [Criterion.model_construct(id=WHOLE, name=WHOLE, condition=condition)]
    own += [Criterion.model_construct(id=part_id(k), name=part_id(k), condition=leaf) for k, leaf in told]
    return definition.model_copy(
        update={
            "criteria": (*needed.values(), *own),
            "validated": (),
            "stages": tuple(stage.model_copy(update={"criteria": ()}) for stage in definition.stages),
            "reasons": tuple(reason.model_copy(update={"facts": None}) for reason in definition.reasons),
            "rules": definition.rules if scored else (),
            "qualification": definition.qualification if scored else None,
        }
    )


def _gather(definition: Definition, condition: Condition, needed: dict[str, Criterion]) -> None:
    for leaf in leaves(condition):
        if isinstance(leaf, Meets) and leaf.criterion not in needed:
            found = definition.criterion(leaf.criterion)
            needed[leaf.criterion] = found
            _gather(definition, found.condition, needed)

"""Does a definition contradict itself? One function per part; each raises `ValueError` in the words of the page."""

import difflib
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from core.definition.agreed import Holds
from core.definition.asked_fields import FIELDS, is_field
from core.definition.conditions import MOST_DEEP, MOST_PARTS, Condition, Meets, Scored, depth, fields_of, leaves
from core.definition.scoring import FitRule
from core.tables import EXTRA

if TYPE_CHECKING:
    from core.definition.model import Definition

MOST_CRITERIA, MOST_REASONS, MOST_RULES = 60, 60, 60
"""What is met and what is not known of a lead fits into two whole numbers, one bit per criterion; and so do reasons."""


def check(definition: "Definition") -> None:
    """Everything that must hold between the parts of a definition."""
    _stages(definition)
    _clocks(definition)
    _criteria(definition)
    _rules(definition)
    _attention(definition)
    definition.labels()


def nearest(word: str, known: Iterable[str]) -> str:
    """The word that was meant, as a question; empty where none is near.

    >>> nearest("employes", ["employees", "industry"])
    'Did you mean "employees"?'
    """
    names = list(known)
    lowered = {name.casefold(): name for name in names}
    near = difflib.get_close_matches(word.casefold(), lowered, n=1, cutoff=0.6)
    return f'Did you mean "{lowered[near[0]]}"?' if near else ""


def _stages(definition: "Definition") -> None:
    _once("", [*(stage.id for stage in definition.stages), *(way.id for way in definition.exits)])
    if sum(stage.hands_over for stage in definition.stages) != 1:
        raise ValueError("exactly one stage must hand over to sales")
    if sum(stage.won for stage in definition.stages) != 1:
        raise ValueError("exactly one stage must mean won")
    late = [s.name for s in definition.stages[definition.hand_off + 1 :] if s.side == "marketing"]
    if late:
        raise ValueError(f'"{late[0]}" comes after the hand-off and so belongs to sales')
    for way in definition.exits:
        if way.leaves is not None and way.leaves not in definition.stage_ids:
            raise ValueError(f'the way out "{way.name}" leaves a stage that is not there: {way.leaves}')


def _clocks(definition: "Definition") -> None:
    _once("two clocks are called", [clock.id for clock in definition.clocks])


def _criteria(definition: "Definition") -> None:
    ids = [criterion.id for criterion in definition.criteria]
    _once("two criteria are called", ids)
    if len(ids) > MOST_CRITERIA:
        raise ValueError(f"a definition holds at most {MOST_CRITERIA} criteria, not {len(ids)}")
    wanted = [(f'the stage "{stage.name}"', name) for stage in definition.stages for name in stage.criteria]
    wanted += [("what sales validates", name) for name in definition.validated]
    wanted += [(where, leaf.criterion) for where, leaf in _meets(definition)]
    for where, name in wanted:
        if name not in ids:
            raise ValueError(f'{where} asks for a criterion that is not there: "{name}". {nearest(name, ids)}'.strip())
    for stage in definition.stages:
        _once(f'the stage "{stage.name}" asks twice for', list(stage.criteria))
    _once("sales is asked twice for", list(definition.validated))
    for where, condition in _conditions(definition):
        if depth(condition) > MOST_DEEP:
            raise ValueError(f"{where} is nested {depth(condition)} deep; {MOST_DEEP} is the most that can be read")
        asked = list(leaves(condition))
        if len(asked) > MOST_PARTS:
            raise ValueError(f"{where} asks {len(asked):,} things; {MOST_PARTS} are the most that can be read")
        strange = next((name for leaf in asked for name in fields_of(leaf) if not is_field(name)), None)
        if strange is not None:
            near = nearest(strange, FIELDS) or f'A further column of an export is called "{EXTRA}" and its name.'
            raise ValueError(f'{where} asks for a field that no lead has: "{strange}". {near}')
    circle = _circle(definition)
    if circle:
        raise ValueError(f"criteria ask for each other in a circle: {' → '.join(circle)}")
    reasons = [reason.id for reason in definition.reasons]
    _once("two reasons are called", reasons)
    if len(reasons) > MOST_REASONS:
        raise ValueError(f"a definition holds at most {MOST_REASONS} reasons, not {len(reasons)}")


def _rules(definition: "Definition") -> None:
    ids = [rule.id for rule in definition.rules]
    _once("two rules are called", ids)
    if len(ids) > MOST_RULES:
        raise ValueError(f"a definition holds at most {MOST_RULES} rules, not {len(ids)}")
    wanted = definition.qualification is not None and definition.qualification.points == "rules"
    scored = [where for where, condition in _conditions(definition) if any(_is_scored(condition))]
    if not ids and wanted:
        raise ValueError("leads qualify by points, but no rule gives any")
    if not ids and scored and (definition.qualification is None or wanted):
        raise ValueError(f"{scored[0]} asks for points, but no rule gives any")


def _attention(definition: "Definition") -> None:
    _once("contacts are limited twice in", [one.stage for one in definition.attention])
    for one in definition.attention:
        if one.stage not in definition.stage_ids:
            said = nearest(one.stage, definition.stage_ids)
            raise ValueError(f'contacts are limited in a stage that is not there: "{one.stage}". {said}'.strip())
        if one.touches_most is not None and one.touches_least is not None and one.touches_least > one.touches_most:
            raise ValueError(f'in "{one.stage}" at least {one.touches_least} and at most {one.touches_most} touches')


def _is_scored(condition: Condition) -> Iterator[bool]:
    return (isinstance(leaf, Scored) for leaf in leaves(condition))


def _conditions(definition: "Definition") -> Iterator[tuple[str, Condition]]:
    """Every condition of the definition, with where it stands."""
    for criterion in definition.criteria:
        yield f'the criterion "{criterion.name}"', criterion.condition
    for reason in definition.reasons:
        if isinstance(reason.facts, Holds):
            yield f'the reason "{reason.name}"', reason.facts.condition
    for rule in definition.rules:
        if isinstance(rule, FitRule):
            yield f'the rule "{rule.name}"', rule.when


def _meets(definition: "Definition") -> Iterator[tuple[str, Meets]]:
    for where, condition in _conditions(definition):
        for leaf in leaves(condition):
            if isinstance(leaf, Meets):
                yield where, leaf


def _circle(definition: "Definition") -> tuple[str, ...]:
    """Ids of criteria that ask for each other, the first again at the end; empty where none do."""
    asks = {
        criterion.id: tuple(leaf.criterion for leaf in leaves(criterion.condition) if isinstance(leaf, Meets))
        for criterion in definition.criteria
    }
    done: set[str] = set()

    def walk(name: str, way: tuple[str, ...]) -> tuple[str, ...]:
        if name in way:
            return (*way[way.index(name) :], name)
        if name in done:
            return ()
        for following in asks.get(name, ()):
            found = walk(following, (*way, name))
            if found:
                return found
        done.add(name)
        return ()

    return next((found for name in asks if (found := walk(name, ()))), ())


def _once(words: str, names: list[str]) -> None:
    for name, times in Counter(names).items():
        if times > 1:
            raise ValueError(f'{words} "{name}"' if words else f'"{name}" is used twice')

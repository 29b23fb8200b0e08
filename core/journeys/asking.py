"""A condition → one expression over a lead that is true, false, or missing where it cannot be told."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import narwhals as nw

from core.definition import (
    All,
    AnyOf,
    AtLeast,
    Compare,
    Condition,
    Definition,
    FitRule,
    Flagged,
    Happened,
    Has,
    HasDeal,
    Meets,
    Not,
    OneOf,
    Says,
    Scored,
    Stated,
    Valid,
    leaves,
)
from core.journeys.fields import filled, said
from core.journeys.occurring import Occurrence
from core.journeys.then import CHECKED

_VALID: Mapping[str, tuple[str, str, tuple[str, ...]]] = {
    "mail": ("email", "email_ok", ()),
    "business_mail": ("email", "email_ok", ("email_free", "email_disposable")),
    "lasting_mail": ("email", "email_ok", ("email_disposable",)),
    "phone": ("phone", "phone_ok", ()),
}


@dataclass(frozen=True)
class Asking:
    """What there is to ask: `fields` known of the lead with their kind (text, number or flag), what is counted.

    `counted`: each occurrence → the number of its column; `has`: kinds of record (activity, touch, deal) that the data
    hold at all, since data without any cannot tell. A field that is not among `fields` cannot be told either.
    """

    fields: Mapping[str, str]
    counted: Mapping[Occurrence, int] = field(default_factory=dict)
    has: frozenset[str] = frozenset()
    points: bool = False
    """Do the rows have `fit` and `behaviour` (tenths)?"""

    def expression(self, condition: Condition, met: Mapping[str, str]) -> nw.Expr:
        """The condition as an expression; `met`: criterion that it may ask for → the column of its answer."""
        if isinstance(condition, All):
            return nw.all_horizontal(*(self.expression(part, met) for part in condition.of), ignore_nulls=False)
        if isinstance(condition, AnyOf):
            return nw.any_horizontal(*(self.expression(part, met) for part in condition.of), ignore_nulls=False)
        if isinstance(condition, Not):
            return ~self.expression(condition.of, met)
        if isinstance(condition, AtLeast):
            return _at_least(condition.k, [self.expression(part, met) for part in condition.of])
        if isinstance(condition, Meets):
            return nw.col(met[condition.criterion])
        return self._asked(condition)

    def _asked(self, leaf: Condition) -> nw.Expr:
        if isinstance(leaf, Happened):
            what = "activity" if leaf.what == "activity" else "touch"
            return nw.col(f"n_{self.counted[Occurrence.of(leaf)]}") >= leaf.at_least if what in self.has else untold()
        if isinstance(leaf, Scored):
            return score(leaf.side) >= tenths(leaf.at_least) if self.points else untold()
        if isinstance(leaf, HasDeal):
            return nw.col(f"deal_{leaf.what}") if "deal" in self.has else untold()
        if isinstance(leaf, Valid):
            return self._valid(leaf)
        if isinstance(leaf, Compare | OneOf | Says | Stated | Has | Flagged):
            return said(leaf, self.fields[leaf.field]) if leaf.field in self.fields else untold()
        raise TypeError(f"no such condition: {leaf!r}")

    def _valid(self, leaf: Valid) -> nw.Expr:
        stated, checked, never = _VALID[leaf.what]
        if stated not in self.fields:
            return untold()
        if not {checked, *never} <= set(self.fields):
            return nw.when(~filled(stated)).then(nw.lit(False))
        good = nw.all_horizontal(nw.col(checked), *(~nw.col(name) for name in never), ignore_nulls=False)
        return nw.when(~filled(stated)).then(nw.lit(False)).otherwise(good)


def score(side: str) -> nw.Expr:
    """The points of one side, or of both, in tenths."""
    return nw.col("fit") + nw.col("behaviour") if side == "sum" else nw.col(side)


def tenths(bound: float) -> float:
    """A bound in tenths; a hair below, so that a sum of fading points that is equal but for rounding reaches it."""
    return bound * 10 - 1e-6


def untold() -> nw.Expr:
    """What cannot be told of anybody."""
    return nw.lit(None).cast(nw.Boolean)


def conditions(definition: Definition) -> tuple[Condition, ...]:
    """The conditions that leads are judged by: those of the criteria, and those behind reasons."""
    behind = [reason.facts.condition for reason in definition.reasons if reason.facts and reason.facts.kind == "holds"]
    return (*(criterion.condition for criterion in definition.criteria), *behind)


def asked_of(definition: Definition) -> tuple[Condition, ...]:
    """Everything that is asked of the data: the leaves of all conditions and of the rules for fit."""
    fit = [rule.when for rule in definition.rules if isinstance(rule, FitRule)]
    return tuple(leaf for condition in (*conditions(definition), *fit) for leaf in leaves(condition))


def occurrences(definition: Definition) -> tuple[Occurrence, ...]:
    """Everything that conditions and rules of a definition count, each once."""
    happened = [Occurrence.of(leaf) for leaf in asked_of(definition) if isinstance(leaf, Happened)]
    rules = [Occurrence.of(rule) for rule in definition.rules if not isinstance(rule, FitRule)]
    return tuple(dict.fromkeys([*happened, *rules]))


def in_turn(definition: Definition) -> Iterator[list[int]]:
    """Numbers of the criteria, in groups: each asks only for criteria of the groups before it."""
    numbers = {criterion.id: k for k, criterion in enumerate(definition.criteria)}
    asks = {
        k: {numbers[leaf.criterion] for leaf in leaves(criterion.condition) if isinstance(leaf, Meets)}
        for k, criterion in enumerate(definition.criteria)
    }
    while asks:
        ready = [k for k, others in asks.items() if not others & set(asks)]
        yield ready
        for k in ready:
            del asks[k]


def _at_least(k: int, of: Sequence[nw.Expr]) -> nw.Expr:
    one, none = nw.lit(1).cast(nw.Int64), nw.lit(0).cast(nw.Int64)
    met = nw.sum_horizontal(*(nw.when(nw.coalesce(part, nw.lit(False))).then(one).otherwise(none) for part in of))
    perhaps = nw.sum_horizontal(*(nw.when(nw.coalesce(part, nw.lit(True))).then(one).otherwise(none) for part in of))
    return nw.when(met >= k).then(nw.lit(True)).when(perhaps < k).then(nw.lit(False))


__all__ = ["CHECKED", "Asking", "asked_of", "conditions", "in_turn", "occurrences", "score", "tenths", "untold"]

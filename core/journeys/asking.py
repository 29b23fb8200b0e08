"""A condition → one expression over a lead that is true, false, or missing where it cannot be told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce

import narwhals as nw

from core.definition import (
    All,
    AnyOf,
    AtLeast,
    Compare,
    Condition,
    Definition,
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
from core.definition.conditions import NO_WORDS, UNKNOWN_WORDS
from core.journeys.occurring import Occurrence

YES, NO = ("true", "yes", "y", "1", "ja", "oui", "si"), ("false", "no", "n", "0", "nein", "non")
"""Words of a text column that a yes/no condition understands."""
_VALID = {
    "mail": ("email", "email_ok", ()),
    "business_mail": ("email", "email_ok", ("email_free", "email_disposable")),
    "lasting_mail": ("email", "email_ok", ("email_disposable",)),
    "phone": ("phone", "phone_ok", ()),
}
CHECKED = ("email_ok", "email_free", "email_disposable", "phone_ok")
"""Columns made at intake by which an address or a number is judged."""


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

    def expression(self, condition: Condition, among: Mapping[str, Condition]) -> nw.Expr:
        """The condition as an expression; `among` are the criteria that it may ask for, by id."""
        if isinstance(condition, All):
            return nw.all_horizontal(*(self.expression(part, among) for part in condition.of), ignore_nulls=False)
        if isinstance(condition, AnyOf):
            return nw.any_horizontal(*(self.expression(part, among) for part in condition.of), ignore_nulls=False)
        if isinstance(condition, Not):
            return ~self.expression(condition.of, among)
        if isinstance(condition, AtLeast):
            return _at_least(condition.k, [self.expression(part, among) for part in condition.of])
        if isinstance(condition, Meets):
            return self.expression(among[condition.criterion], among)
        return self._asked(condition)

    def _asked(self, leaf: Condition) -> nw.Expr:
        if isinstance(leaf, Happened):
            return self._happened(leaf)
        if isinstance(leaf, Scored):
            return self._scored(leaf)
        if isinstance(leaf, HasDeal):
            return nw.col(f"deal_{leaf.what}") if "deal" in self.has else untold()
        if isinstance(leaf, Valid):
            return self._valid(leaf)
        if isinstance(leaf, Compare | OneOf | Says | Stated | Has | Flagged):
            return self._of_field(leaf) if leaf.field in self.fields else untold()
        raise TypeError(f"no such condition: {leaf!r}")

    def _of_field(self, leaf: Compare | OneOf | Says | Stated | Has | Flagged) -> nw.Expr:
        kind, column = self.fields[leaf.field], nw.col(leaf.field)
        if isinstance(leaf, Compare):
            return _compared(nw.col(number_of(leaf.field)) if kind == "text" else column, leaf)
        if isinstance(leaf, Flagged):
            return _flagged(column, kind, on=leaf.on)
        said = column if kind == "text" else column.cast(nw.String)
        if isinstance(leaf, Stated):
            return nw.coalesce(said.str.strip_chars() != "", nw.lit(False))
        if isinstance(leaf, Says):
            return _says(said, leaf)
        if isinstance(leaf, Has):
            word = folded(said)
            silent = word.is_in([*map(plain, UNKNOWN_WORDS), ""]) & (said.str.strip_chars() != "0")
            return nw.when(~nw.coalesce(silent, nw.lit(True))).then(~word.is_in([plain(word) for word in NO_WORDS]))
        return folded(said).is_in(sorted(set(map(plain, leaf.values))))

    def _valid(self, leaf: Valid) -> nw.Expr:
        stated, checked, never = _VALID[leaf.what]
        if stated not in self.fields:
            return untold()
        filled = nw.coalesce(nw.col(stated).str.strip_chars() != "", nw.lit(False))
        if not {checked, *never} <= set(self.fields):
            return nw.when(~filled).then(nw.lit(False))
        good = nw.all_horizontal(nw.col(checked), *(~nw.col(name) for name in never), ignore_nulls=False)
        return nw.when(~filled).then(nw.lit(False)).otherwise(good)

    def _happened(self, leaf: Happened) -> nw.Expr:
        what = "activity" if leaf.what == "activity" else "touch"
        return nw.col(f"n_{self.counted[Occurrence.of(leaf)]}") >= leaf.at_least if what in self.has else untold()

    def _scored(self, leaf: Scored) -> nw.Expr:
        if not self.points:
            return untold()
        return score(leaf.side) >= tenths(leaf.at_least)


def score(side: str) -> nw.Expr:
    """The points of one side, or of both, in tenths."""
    return nw.col("fit") + nw.col("behaviour") if side == "sum" else nw.col(side)


def tenths(bound: float) -> float:
    """A bound in tenths; a hair below, so that a sum of fading points that is equal but for rounding reaches it."""
    return bound * 10 - 1e-6


def untold() -> nw.Expr:
    """What cannot be told of anybody."""
    return nw.lit(None).cast(nw.Boolean)


def plain(text: str) -> str:
    """A word as it is compared: small letters and digits alone.

    >>> plain("Decision-Maker ") == plain("decision maker")
    True
    """
    return "".join(ch for ch in text.lower() if ch.isalnum())


def folded(column: nw.Expr) -> nw.Expr:
    """A text column as `plain` makes its words."""
    return column.str.to_lowercase().str.replace_all(r"[^\p{L}\p{N}]+", "")


def number_of(name: str) -> str:
    """The column with the numbers of a text field."""
    return f"number of {name}"


def occurrences(definition: Definition) -> tuple[Occurrence, ...]:
    """Everything that the criteria and the reasons of a definition count, each once."""
    asked = [
        Occurrence.of(leaf)
        for condition in conditions(definition)
        for leaf in leaves(condition)
        if isinstance(leaf, Happened)
    ]
    return tuple(dict.fromkeys(asked))


def conditions(definition: Definition) -> tuple[Condition, ...]:
    """The conditions that leads are judged by: those of the criteria, and those behind reasons."""
    behind = [reason.facts.condition for reason in definition.reasons if reason.facts and reason.facts.kind == "holds"]
    return (*(criterion.condition for criterion in definition.criteria), *behind)


def _at_least(k: int, of: Sequence[nw.Expr]) -> nw.Expr:
    one, none = nw.lit(1).cast(nw.Int64), nw.lit(0).cast(nw.Int64)
    met = nw.sum_horizontal(*(nw.when(nw.coalesce(part, nw.lit(False))).then(one).otherwise(none) for part in of))
    perhaps = nw.sum_horizontal(*(nw.when(nw.coalesce(part, nw.lit(True))).then(one).otherwise(none) for part in of))
    return nw.when(met >= k).then(nw.lit(True)).when(perhaps < k).then(nw.lit(False))


def _compared(number: nw.Expr, leaf: Compare) -> nw.Expr:
    against = {
        "<": number < leaf.value,
        "<=": number <= leaf.value,
        "=": number == leaf.value,
        "!=": number != leaf.value,
        ">=": number >= leaf.value,
        ">": number > leaf.value,
    }
    return against[leaf.op]


def _flagged(column: nw.Expr, kind: str, *, on: bool) -> nw.Expr:
    if kind == "flag":
        return column if on else ~column
    word = folded(column if kind == "text" else column.cast(nw.String))
    return (
        nw.when(word.is_in([plain(said) for said in (YES if on else NO)]))
        .then(nw.lit(True))
        .when(word.is_in([plain(said) for said in (NO if on else YES)]))
        .then(nw.lit(False))
    )


def _says(said: nw.Expr, leaf: Says) -> nw.Expr:
    low = said.str.to_lowercase()
    if leaf.place == "start":
        start = low.str.strip_chars()
        found = [start.str.starts_with(word.lower().strip()) for word in leaf.words]
    else:
        found = [low.str.contains(word.lower(), literal=True) for word in leaf.words]
    known = nw.coalesce(said.str.strip_chars() != "", nw.lit(False))
    return nw.when(known).then(reduce(lambda one, other: one | other, found))

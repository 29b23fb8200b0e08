"""One lead explained: every criterion, rule and reason, met or not or cannot tell, with what was seen (MEASURES 5, 6).

The same expressions as those that judge everybody: `journeys.judging.told`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from core.definition import BehaviourRule, Condition, Definition, FitRule, Happened, HasDeal, Meets, Scored, fields_of
from core.definition.alone import parts_of
from core.definition.plain import criterion_names, criterion_words, reason_words, rule_words
from core.definition.plain_conditions import field_words, happening, number, times
from core.engine import Engine
from core.errors import QueryInvalid
from core.journeys.asking import occurrences
from core.journeys.judging import told
from core.journeys.occurring import Occurrence
from core.journeys.reduce import Facts
from core.journeys.sources import Sources
from core.tables import Column, Table

ANSWERS = {True: "met", False: "not met", None: "cannot tell"}
BACKED = {True: "holds", False: "does not hold", None: "cannot tell"}

EXPLAINED = Table(
    "explained",
    "criterion, or reason",
    (
        Column("id", "text", "the criterion's or the reason's id", required=True),
        Column("name", "text", "its name", required=True),
        Column("answer", "text", "met, not met or cannot tell; of a reason holds or does not hold", required=True),
        Column("asks", "text", "what it asks, in words", required=True),
        Column("saw", "text", "what was seen of this lead, in words", required=True),
    ),
    key=("id",),
)

POINTS = Table(
    "points",
    "rule",
    (
        Column("id", "text", "the rule's id", required=True),
        Column("name", "text", "its name", required=True),
        Column("side", "text", "fit or behaviour", required=True),
        Column("counted", "integer", "how often it counted; of a fit rule 0 or 1", required=True),
        Column("points", "number", "what it gave; nothing where it is switched off", required=True),
        Column("asks", "text", "what it counts, in words", required=True),
        Column("saw", "text", "what was seen of this lead, in words", required=True),
    ),
    key=("id",),
)


@dataclass(frozen=True)
class Explained:
    """One lead at one judged instant: its hand-off (`handoff`), else the last that is known of it (`last`)."""

    lead_id: str
    trip: int
    judged_at: int
    judged_kind: str
    criteria: pd.DataFrame
    rules: pd.DataFrame
    reasons: pd.DataFrame
    uld: bool | None
    """All that sales validates; None where it cannot be told, or nothing is agreed for it."""
    fit: float | None
    behaviour: float | None
    qualified: bool | None


def explained(
    engine: Engine, sources: Sources, facts: Facts, definition: Definition, lead_id: str
) -> tuple[Explained, ...]:
    """The lead at each instant at which it is judged, in order: one per hand-off, else one.

    `QueryInvalid` where there is no lead of that id: one that was merged away is found under the id that survives.
    """
    found = told(engine, sources, facts, definition, lead_id)
    if found.empty:
        raise QueryInvalid(
            f'There is no lead "{lead_id}" in these data.', "Write its id as in the export; capital letters count."
        )
    return tuple(_explained(definition, lead_id, row) for row in found.to_dict("records"))


def _explained(definition: Definition, lead_id: str, row: Mapping[Any, Any]) -> Explained:
    saw = _Seen(definition, row)
    criteria = [
        (one.id, one.name, ANSWERS[_flag(row[f"c_{k}"])], criterion_words(one, definition), saw.of(one.condition))
        for k, one in enumerate(definition.criteria)
    ]
    behind = [
        (one.id, one.name, BACKED[_flag(row[f"f_{k}"])], reason_words(one, definition), saw.of(one.facts.condition))
        for k, one in enumerate(definition.reasons)
        if one.facts is not None and one.facts.kind == "holds"
    ]
    answers = {one.id: _flag(row[f"c_{k}"]) for k, one in enumerate(definition.criteria)}
    asked = [answers[one] for one in definition.validated]
    uld = False if False in asked else None if None in asked or not asked else True
    return Explained(
        lead_id,
        int(row["pass"]) + 1,
        int(row["judged_at"]),
        str(row["judged_kind"]),
        EXPLAINED.conform(pd.DataFrame(criteria, columns=list(EXPLAINED.names))),
        POINTS.conform(pd.DataFrame([_given(one, row, saw) for one in definition.rules], columns=list(POINTS.names))),
        EXPLAINED.conform(pd.DataFrame(behind, columns=list(EXPLAINED.names))),
        uld,
        _tenths(row["fit"]),
        _tenths(row["behaviour"]),
        _flag(row["qualified"]),
    )


def _given(rule: FitRule | BehaviourRule, row: Mapping[Any, Any], saw: "_Seen") -> tuple[Any, ...]:
    counted = int(row[f"k_{rule.id}"])
    worth = row.get(f"w_{rule.id}", counted)
    points = worth * rule.tenths / 10 if rule.on else 0.0
    seen = saw.of(rule.when) if isinstance(rule, FitRule) else saw.counted(Occurrence.of(rule), rule.what, rule.names)
    return rule.id, rule.name, rule.kind, counted, points, rule_words(rule), seen


@dataclass(frozen=True)
class _Seen:
    """What was seen of a lead when it was judged, in words."""

    definition: Definition
    row: Mapping[Any, Any]

    def of(self, condition: Condition) -> str:
        """Everything that a condition looked at, each once."""
        return "; ".join(dict.fromkeys(said for part in parts_of(condition) for said in self._part(part)))

    def counted(self, what: Occurrence, kind: str, names: tuple[str, ...]) -> str:
        """How often something had happened by then."""
        place = occurrences(self.definition).index(what)
        often = self.row.get(f"n_{place}")
        if _missing(often):
            return f"{happening(kind, names)}: not known"
        return f"{happening(kind, names)}: {times(int(often)) if often else 'never'}"

    def _part(self, part: Condition) -> tuple[str, ...]:
        if isinstance(part, Happened):
            return (self.counted(Occurrence.of(part), part.what, part.names),)
        if isinstance(part, HasDeal):
            there = _flag(self.row.get(f"deal_{part.what}"))
            return ("a deal" if there else "not known" if there is None else "no such deal",)
        if isinstance(part, Scored):
            sides = ("fit", "behaviour") if part.side == "sum" else (part.side,)
            return tuple(f"{side}: {_points(_tenths(self.row[side]))}" for side in sides)
        if isinstance(part, Meets):
            names = criterion_names(self.definition)
            place = [one.id for one in self.definition.criteria].index(part.criterion)
            return (f"{names[part.criterion]}: {ANSWERS[_flag(self.row[f'c_{place}'])]}",)
        return tuple(f"{field_words(name)}: {self._value(name)}" for name in fields_of(part))

    def _value(self, name: str) -> str:
        if name not in self.row:
            return "not in these data"
        value = self.row[name]
        if _missing(value) or value == "":
            return "nothing stated"
        if isinstance(value, bool):
            return "yes" if value else "no"
        return number(float(value)) if isinstance(value, int | float) else str(value)


def _missing(value: Any) -> bool:
    return value is None or value is pd.NA or (isinstance(value, float) and value != value)


def _flag(value: Any) -> bool | None:
    return None if _missing(value) else bool(value)


def _tenths(value: Any) -> float | None:
    return None if _missing(value) else float(value) / 10


def _points(value: float | None) -> str:
    return "not known" if value is None else f"{round(value, 1):,g} points"

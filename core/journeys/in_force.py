"""What does each lead meet under one version, or under the version in force when it was judged? (MEASURES 5)

Versions may ask different things. So the answers are told apart by a criterion's id, and what sales validates is
answered as a whole: its criteria may have changed while its question did not.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import narwhals as nw

from core.definition import Definition
from core.engine import Engine, Lazy
from core.errors import NotYet
from core.journeys.judging import Judgement, judge
from core.journeys.moments import MOMENTS
from core.journeys.reduce import Facts
from core.journeys.sources import Sources
from core.tables import Column, Table

NOT_MET, MET, UNTOLD = 0, 1, 2
"""Codes of an answer; it is missing where it was not asked."""

ANSWERS = Table(
    "answers",
    "lead and pass that is judged",
    (
        *MOMENTS.columns,
        Column("version", "integer", "the version it is judged by; missing where none was in force"),
        Column("uld", "integer", "all that sales validates: a code; missing where nothing is agreed for it"),
        Column("qualified", "integer", "reaches the thresholds: a code; missing where none are agreed"),
    ),
    key=("unit", "pass"),
)
"""Beside these, `c_<id>` for each criterion that any of the versions asks: a code, missing where its own does not."""


@dataclass(frozen=True)
class Answers:
    """Every judged lead with what it meets (`ANSWERS`); `criteria`: id → name of each criterion that is asked."""

    rows: Lazy
    criteria: Mapping[str, str]
    of_several: bool = False
    """Are they of several versions, so that one may ask what another does not?"""


@dataclass(frozen=True)
class Term:
    """A version's time in force: from `starts_at` until before `until` (seconds UTC), None while no other follows."""

    version: int
    definition: Definition
    starts_at: int
    until: int | None = None

    def holds(self, when: nw.Expr) -> nw.Expr:
        """Was it in force then?"""
        begun = when >= self.starts_at
        return begun if self.until is None else begun & (when < self.until)


def column(criterion_id: str) -> str:
    """The column with the answers to a criterion."""
    return f"c_{criterion_id}"


def answers(judgement: Judgement, version: int | None = None) -> Answers:
    """The answers of one judgement: every lead by one version, whenever it was handed over."""
    names = {criterion.id: criterion.name for criterion in judgement.definition.criteria}
    return Answers(_answered(judgement, version, tuple(names)), names)


def in_force(engine: Engine, sources: Sources, facts: Facts, terms: Sequence[Term]) -> Answers:
    """Every lead by the version that was in force when it was handed over (else at its judged instant).

    A hand-off of which only the day is known is judged by the version with which that day began. Before the first
    term no version was in force, and nothing is answered. `terms`: in order, each until the next; `NotYet` without any.
    """
    if not terms:
        raise NotYet("No version has been in force yet.", "Let both sides sign one, or judge by one version.")
    names = {one.id: one.name for term in terms for one in term.definition.criteria}
    ids, when = tuple(names), nw.col("judged_at")
    first = judge(engine, sources, facts, terms[0].definition)
    counted = first.rows.select(
        **{f"n_{k}": nw.when(term.holds(when)).then(nw.lit(1).cast(nw.Int64)).sum() for k, term in enumerate(terms)}
    )
    found = engine.collect(counted).fillna(0).iloc[0]
    parts = [_unanswered(first.rows.filter(when < terms[0].starts_at), ids)]
    for k, term in enumerate(terms):
        if k and not int(found[f"n_{k}"]):
            continue  # Nobody was handed over in its time: a judgement of every lead for nothing.
        judgement = first if not k else judge(engine, sources, facts, term.definition)
        parts.append(_answered(judgement, term.version, ids).filter(term.holds(when)))
    return Answers(nw.concat(parts, how="vertical"), names, of_several=True)


def _answered(judgement: Judgement, version: int | None, ids: Sequence[str]) -> Lazy:
    definition = judgement.definition
    places = {criterion.id: place for place, criterion in enumerate(definition.criteria)}
    told = {one: code_of(places[one]) if one in places else _missing() for one in ids}
    qualified = nw.when(nw.col("qualified").is_null()).then(_lit(UNTOLD)).otherwise(nw.col("qualified").cast(nw.Int64))
    return judgement.rows.select(
        *MOMENTS.names,
        version=_missing() if version is None else _lit(version),
        uld=all_of([code_of(places[one]) for one in definition.validated]),
        qualified=_missing() if definition.qualification is None else qualified,
        **{column(one): told[one] for one in ids},
    )


def _unanswered(rows: Lazy, ids: Sequence[str]) -> Lazy:
    empty = ("version", "uld", "qualified", *map(column, ids))
    return rows.select(*MOMENTS.names, **{name: _missing() for name in empty})


def code_of(place: int) -> nw.Expr:
    """The answer to the criterion at that place, of judged rows."""
    bit = 1 << place
    return (
        nw.when((nw.col("untold") // bit) % 2 == 1)
        .then(_lit(UNTOLD))
        .when((nw.col("met") // bit) % 2 == 1)
        .then(_lit(MET))
        .otherwise(_lit(NOT_MET))
    )


def all_of(codes: Sequence[nw.Expr]) -> nw.Expr:
    """Kleene's and of answers: one that is not met settles it, else one that cannot be told leaves it open."""
    if not codes:
        return _missing()
    none_fails = nw.all_horizontal(*(code != NOT_MET for code in codes), ignore_nulls=False)
    all_met = nw.all_horizontal(*(code == MET for code in codes), ignore_nulls=False)
    return nw.when(~none_fails).then(_lit(NOT_MET)).when(all_met).then(_lit(MET)).otherwise(_lit(UNTOLD))


def _lit(number: int) -> nw.Expr:
    return nw.lit(number).cast(nw.Int64)


def _missing() -> nw.Expr:
    return nw.lit(None).cast(nw.Int64)

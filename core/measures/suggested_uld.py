"""Which criteria best tell what sales took from what it refused, and which reasons never fail? (MEASURES 5)"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import narwhals as nw
import numpy as np
import pandas as pd

from core.definition import Condition, Criterion, Definition, Holds, Not, Stated
from core.definition.consistency import MOST_CRITERIA
from core.definition.offers import CRITERIA
from core.engine import Engine, Lazy
from core.journeys.in_force import MET, NOT_MET, code_of
from core.journeys.judging import judge
from core.journeys.reduce import Facts
from core.journeys.sources import Sources
from core.measures.outcomes import known_outcomes
from core.stats.intervals import FEW
from core.stats.outliers import beyond_chance, chances
from core.tables import Column, Table

SEPARATING = Table(
    "separating",
    "criterion",
    (
        Column("criterion", "text", "its id", required=True),
        Column("name", "text", "its name", required=True),
        Column("asked", "flag", "the Universal Lead Definition asks for it", required=True),
        Column("own", "flag", "the definition has it; else it is offered", required=True),
        Column("yes_met", "integer", "hand-offs that sales said yes to and that met it", required=True),
        Column("yes", "integer", "all that sales said yes to and of which it can be told", required=True),
        Column("no_met", "integer", "hand-offs that sales refused and that met it", required=True),
        Column("no", "integer", "all that sales refused and of which it can be told", required=True),
        Column("untold", "integer", "hand-offs of which it cannot be told", required=True),
        Column(
            "difference", "number", "share met of the yes, less that of the no (Youden's J); missing without either"
        ),
        Column("separates", "flag", "met more often among the yes, by more than chance explains", required=True),
    ),
    key=("criterion",),
)
"""What separates most comes first. Of one question all criteria are held against chance together."""
REASONS = Table(
    "unwritten_reasons",
    "reason agreed for a no",
    (
        Column("reason", "text", "its id", required=True),
        Column("name", "text", "its name", required=True),
        Column("used", "integer", "noes for this reason", required=True),
        Column("holds", "integer", "of them, what should hold where it is used does", required=True),
        Column("fails", "integer", "of them, it does not", required=True),
        Column("untold", "integer", "of them, that cannot be told, or nothing is agreed that could be checked"),
        Column("unwritten", "flag", "it never fails, and the definition does not ask for its opposite", required=True),
    ),
    key=("reason",),
)
_ASKED_OF_ANYBODY = ("title", "company", "industry", "phone", "country")


@dataclass(frozen=True)
class Separated:
    """What the yes and the no of sales say of criteria and reasons."""

    criteria: pd.DataFrame
    reasons: pd.DataFrame
    pool: Mapping[str, Criterion]
    """Id → every criterion that was looked at, and for reasons the criterion that would say the opposite."""
    verdicts: int

    @property
    def to_add(self) -> tuple[str, ...]:
        """What separates and is not asked for, and the opposite of reasons that never fail."""
        rows = self.criteria[self.criteria["separates"] & ~self.criteria["asked"]]
        unwritten = [opposite(reason) for reason in self.reasons.loc[self.reasons["unwritten"], "reason"]]
        return tuple(dict.fromkeys([*map(str, rows["criterion"]), *unwritten]))

    @property
    def to_drop(self) -> tuple[str, ...]:
        """What is asked for and does not separate, though enough leads are known that did not meet it."""
        rows = self.criteria
        lacking = rows["yes"] - rows["yes_met"] + rows["no"] - rows["no_met"]
        enough = (rows["yes"] >= FEW) & (rows["no"] >= FEW) & (lacking >= FEW)
        return tuple(map(str, rows.loc[rows["asked"] & ~rows["separates"] & enough, "criterion"]))

    def taken_up(self, definition: Definition, *, add: Iterable[str] = (), drop: Iterable[str] = ()) -> Definition:
        """The definition whose ULD asks for `add` as well and no longer for `drop`; the criteria themselves stay."""
        there = {criterion.id for criterion in definition.criteria}
        chosen = list(add)
        new = tuple(self.pool[one] for one in chosen if one not in there)
        gone = set(drop)
        validated = dict.fromkeys([*(one for one in definition.validated if one not in gone), *chosen])
        content = {**definition.model_dump(), "criteria": (*definition.criteria, *new), "validated": tuple(validated)}
        return Definition.model_validate(content)


def opposite(reason: str) -> str:
    """Id of the criterion that a reason is the opposite of.

    >>> opposite("no_budget")
    'not_no_budget'
    """
    return f"not_{reason}"


def separated(engine: Engine, sources: Sources, facts: Facts, definition: Definition, rows: Lazy) -> Separated:
    """The criteria of the definition, and some that are offered, held against the yes and no of sales.

    `rows`: `clocks.TIMED`. Each is judged on what was known at the hand-off. A reason is unwritten where what should
    hold behind it held every time that it could be told, at least 20 times, and the ULD asks for no such thing:
    sales refuses by a criterion that nobody wrote down.
    """
    pool = _pool(definition)
    asking = definition.model_copy(update={"criteria": tuple(pool), "validated": ()})
    verdicts = known_outcomes(facts, rows, "validated", mature_days=0)
    judged = judge(engine, sources, facts, asking).rows.select("unit", "pass", "met", "untold", "backed", "unbacked")
    both = verdicts.join(judged, on=["unit", "pass"], how="inner")
    found = _criteria(engine, both, pool, definition)
    reasons = _reasons(engine, both, definition)
    further = {opposite(one.id): _opposite(one.id, one.name, one.facts.condition) for one in definition.reasons
               if isinstance(one.facts, Holds)}  # fmt: skip
    n = engine.number(both.select(n=nw.len()))
    return Separated(found, reasons, {**further, **{one.id: one for one in pool}}, n)


def _pool(definition: Definition) -> list[Criterion]:
    own = list(definition.criteria)
    ids, conditions = {one.id for one in own}, [one.condition for one in own]
    stated = [
        Criterion(
            id=f"states_{field}", name=f"The {field} is stated", condition=Stated(field=field),
            question=f"Is the {field} right?",
        )
        for field in _ASKED_OF_ANYBODY
    ]  # fmt: skip
    offered = [one for one in (*CRITERIA, *stated) if one.id not in ids and one.condition not in conditions]
    return [*own, *offered][:MOST_CRITERIA]


def _criteria(engine: Engine, rows: Lazy, pool: Sequence[Criterion], definition: Definition) -> pd.DataFrame:
    one, none = nw.lit(1).cast(nw.Int64), nw.lit(0).cast(nw.Int64)
    flags = {}
    for place in range(len(pool)):
        for word, code in (("met", MET), ("not", NOT_MET)):
            flags[f"{word}_{place}"] = nw.when(code_of(place) == code).then(one).otherwise(none)
    summed = rows.with_columns(**flags).group_by("hit").agg(n=nw.len(), **{name: nw.col(name).sum() for name in flags})
    counted = engine.collect(summed).set_index("hit").reindex([0, 1]).fillna(0).astype("int64")
    own, out = {one.id for one in definition.criteria}, []
    for place, criterion in enumerate(pool):
        met, not_met = counted[f"met_{place}"], counted[f"not_{place}"]
        told = met + not_met
        out.append(
            {
                "criterion": criterion.id, "name": criterion.name, "asked": criterion.id in definition.validated,
                "own": criterion.id in own, "yes_met": met[1], "yes": told[1], "no_met": met[0], "no": told[0],
                "untold": int(counted["n"].sum() - told.sum()),
                "difference": met[1] / told[1] - met[0] / told[0] if told[1] and told[0] else None,
            }
        )  # fmt: skip
    frame = pd.DataFrame(out)
    chance = np.array(
        [
            chances(np.array([row["yes_met"], row["no_met"]]), np.array([row["yes"], row["no"]]), few=FEW)[0]
            if min(row["yes"], row["no"]) >= FEW
            else np.nan
            for row in out
        ]
    )
    frame = frame.assign(separates=beyond_chance(chance))
    return SEPARATING.conform(frame).sort_values("difference", ascending=False, na_position="last", ignore_index=True)


def _reasons(engine: Engine, rows: Lazy, definition: Definition) -> pd.DataFrame:
    noes = rows.filter(nw.col("hit") == 0, ~nw.col("reason").is_null())
    counted = engine.collect(noes.group_by("reason", "backed", "unbacked").agg(n=nw.len()))
    names = counted["reason"].map(definition.reason_of)
    out = []
    for place, reason in enumerate(definition.reasons):
        mine = counted[names == reason.name]
        holds, fails = (
            int(mine.loc[mine[mask].astype("int64") // 2**place % 2 == 1, "n"].sum()) for mask in ("backed", "unbacked")
        )
        used = int(mine["n"].sum())
        asked = isinstance(reason.facts, Holds) and _asks(definition, _turned(reason.facts.condition))
        out.append(
            {
                "reason": reason.id, "name": reason.name, "used": used, "holds": holds, "fails": fails,
                "untold": used - holds - fails, "unwritten": holds >= FEW and not fails and not asked,
            }
        )  # fmt: skip
    return REASONS.conform(pd.DataFrame(out, columns=list(REASONS.names)))


def _asks(definition: Definition, condition: Condition) -> bool:
    return any(definition.criterion(one).condition == condition for one in definition.validated)


def _turned(condition: Condition) -> Condition:
    """The opposite, without saying "not" twice."""
    return condition.of if isinstance(condition, Not) else Not(of=condition)


def _opposite(reason: str, name: str, condition: Condition) -> Criterion:
    return Criterion(
        id=opposite(reason), name=f"None of this: {name}"[:200], condition=_turned(condition),
        question=f"Is it so that this does not hold: {name}?"[:300],
    )  # fmt: skip

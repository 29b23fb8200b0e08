"""How many leads meet each criterion, how many do not, and of how many it cannot be told; and why not (MEASURES 5)."""

from collections.abc import Mapping
from dataclasses import dataclass

import narwhals as nw
import pandas as pd

from core.definition import Condition, Definition, Happened, HasDeal, Meets, Scored, Stated, fields_of
from core.definition.alone import WHOLE, alone, part_id, parts_of
from core.definition.plain_conditions import field_words
from core.engine import Engine, Lazy
from core.journeys.in_force import MET, NOT_MET, UNTOLD, Answers, answers, column
from core.journeys.judging import judge
from core.journeys.reduce import Facts
from core.journeys.sources import Sources
from core.tables import Column, Table

MEETING = Table(
    "meeting",
    "criterion; all that sales validates; the qualification",
    (
        Column("about", "text", "criterion, uld (all that sales validates) or qualification", required=True),
        Column("id", "text", "the criterion's id; empty beside the others", required=True),
        Column("met", "integer", "leads that meet it", required=True),
        Column("not_met", "integer", "leads that do not", required=True),
        Column("untold", "integer", "leads of which it cannot be told, since something is not known", required=True),
    ),
    key=("about", "id"),
)
"""Each lead counts once, with its last pass, on what was known when it was judged. What is not asked has no row."""

_WHOLE = {"uld": "uld", "qualified": "qualification"}


@dataclass(frozen=True)
class Met:
    """How many leads meet one condition. `missing`: what is not known where it cannot be told → leads of those."""

    met: int
    not_met: int
    untold: int
    missing: Mapping[str, int]

    @property
    def n(self) -> int:
        """All leads."""
        return self.met + self.not_met + self.untold


def meeting(engine: Engine, given: Answers) -> pd.DataFrame:
    """How the leads stand to everything that was asked of them (`MEETING`)."""
    columns = {column(one): ("criterion", one) for one in given.criteria}
    columns |= {name: (about, "") for name, about in _WHOLE.items()}
    codes = {"met": MET, "not_met": NOT_MET, "untold": UNTOLD}
    sums = {
        f"{said}_{place}": (nw.col(name) == code).cast(nw.Int64).sum()
        for place, name in enumerate(columns)
        for said, code in codes.items()
    }
    found = engine.collect(_last(given.rows).select(**sums)).fillna(0).astype("int64").iloc[0]
    rows = [
        (*asked, *(int(found[f"{said}_{place}"]) for said in codes)) for place, asked in enumerate(columns.values())
    ]
    table = pd.DataFrame(rows, columns=list(MEETING.names))
    return MEETING.conform(table[table[list(codes)].sum(axis=1) > 0].reset_index(drop=True))


def meets(engine: Engine, sources: Sources, facts: Facts, definition: Definition, condition: Condition) -> Met:
    """How the leads stand to one condition of a definition, which may be no criterion of it yet."""
    judgement = judge(engine, sources, facts, alone(definition, condition))
    given = answers(judgement)
    whole = nw.col(column(WHOLE))
    reasons: dict[str, list[nw.Expr]] = {}
    names = {one.id: one.name for one in definition.criteria}
    for place, part in enumerate(parts_of(condition)):
        if part_id(place) in given.criteria:
            untold = nw.col(column(part_id(place))) == UNTOLD
            reasons.setdefault(_unknown(part, names, judgement.absent), []).append(untold)
    counts = {name: (whole == code).cast(nw.Int64).sum() for name, code in _CODES.items()}
    each = {
        f"why_{k}": ((whole == UNTOLD) & nw.any_horizontal(*untold, ignore_nulls=False)).cast(nw.Int64).sum()
        for k, untold in enumerate(reasons.values())
    }
    found = engine.collect(_last(given.rows).select(**counts, **each)).fillna(0).astype("int64").iloc[0]
    why = {said: int(found[f"why_{k}"]) for k, said in enumerate(reasons) if found[f"why_{k}"]}
    missing = dict(sorted(why.items(), key=lambda pair: pair[1], reverse=True))
    return Met(int(found["met"]), int(found["not_met"]), int(found["untold"]), missing)


_CODES = {"met": MET, "not_met": NOT_MET, "untold": UNTOLD}


def _last(rows: Lazy) -> Lazy:
    return rows.filter(nw.col("pass") == nw.col("pass").max().over("unit"))


def _unknown(part: Condition, names: Mapping[str, str], absent: tuple[str, ...]) -> str:
    """What is not known where this part cannot be told."""
    if isinstance(part, Meets):
        return f'whether it meets "{names.get(part.criterion, part.criterion)}"'
    if isinstance(part, Happened):
        return "what was done with it" if part.what != "activity" else "what it did: no activities are in these data"
    if isinstance(part, Scored):
        return "its points"
    if isinstance(part, HasDeal):
        return "its deals"
    name = field_words(fields_of(part)[0])
    if fields_of(part)[0] in absent:
        return f"{name}: no lead of these data has it"
    return f"{name}: empty" if isinstance(part, Stated) else name

"""Which hand-offs count, and in which groups: who has the lead now, how long ago, what leads like it are worth?"""

from collections.abc import Callable, Mapping

import narwhals as nw
import pandas as pd

from core.engine import Engine, Lazy
from core.errors import QueryInvalid
from core.journeys.reduce import Facts
from core.measures.black_hole import tally
from core.measures.buckets import last_of_each
from core.measures.cohort import UNKNOWN, Query, segment_columns
from core.measures.handed import OWN, handed
from core.measures.value_bands import BAND, with_band
from core.settings import Settings

_DAY = 86_400
AGES: tuple[tuple[str, int], ...] = (
    ("under a week", 7 * _DAY),
    ("1 to 2 weeks", 14 * _DAY),
    ("2 to 4 weeks", 28 * _DAY),
    ("4 to 13 weeks", 91 * _DAY),
    ("13 to 26 weeks", 182 * _DAY),
    ("26 to 52 weeks", 364 * _DAY),
)
"""Bands of time since the hand-off, by the calendar on the wall: name and the seconds that it ends at."""
OLDEST, UNDATED = "over a year", "not dated"
AGE_ORDER = (*(name for name, _ in AGES), OLDEST, UNDATED)

HOLDERS = ("active person", "person who has left", "queue", "machine", "not known")
"""Who has a lead now. A queue or somebody who has left will not call it."""


def holder() -> nw.Expr:
    """Who has the lead now, by kind (one of HOLDERS)."""
    kind = nw.col("owner_kind")
    there = nw.coalesce(nw.col("owner_now_active"), nw.lit(True))
    return (
        nw.when(kind == "queue")
        .then(nw.lit("queue"))
        .when(kind == "machine")
        .then(nw.lit("machine"))
        .when((kind == "person") & ~there)
        .then(nw.lit("person who has left"))
        .when(kind == "person")
        .then(nw.lit("active person"))
        .otherwise(nw.lit("not known"))
    )


def age() -> nw.Expr:
    """The band of time since the hand-off (one of AGE_ORDER)."""
    since = nw.col("e_now")
    name, end = AGES[0]
    bands = nw.when(since.is_null()).then(nw.lit(UNDATED)).when(since < end).then(nw.lit(name))
    for name, end in AGES[1:]:
        bands = bands.when(since < end).then(nw.lit(name))
    return bands.otherwise(nw.lit(OLDEST))


GROUPS: Mapping[str, Callable[[], nw.Expr]] = {"holder": holder, "age": age, "value": lambda: nw.col(BAND)}
"""Groups beyond those that `handed` knows → the segment."""


def grouped(engine: Engine, facts: Facts, timed: Lazy, query: Query, settings: Settings) -> Lazy:
    """The hand-offs that a query is about, with `segment`: `handed`, and groups by holder, age and value besides.

    Counting leads, each stands with its last hand-off in the period. Filters come after that: a lead that went to one
    rep and later to another is the other's, in a breakdown and under a filter alike.
    """
    names = [name for name, _ in query.where] + ([query.by] if query.by else [])
    own = [name for name in dict.fromkeys(names) if name in GROUPS]
    known = {*GROUPS, *OWN, *segment_columns(engine, facts)} if names else set()
    for name in names:
        if name not in known:
            raise QueryInvalid(f'These data have no column "{name}".', f"There are {', '.join(sorted(known))}.")
    others = query.model_copy(
        update={
            "where": tuple(pair for pair in query.where if pair[0] not in GROUPS),
            "by": None if query.by in GROUPS else query.by,
        }
    )
    rows = timed
    if query.counting == "leads":
        period = Query(start=query.start, end=query.end)
        rows = last_of_each(handed(engine, facts, timed, period, settings)).drop("segment")
    rows = handed(engine, facts, rows, others, settings)
    if "value" in own:
        rows = with_band(engine, facts, rows)
    for name in own:
        values = [value for column, value in query.where if column == name]
        if values:
            rows = rows.filter(GROUPS[name]().is_in(values))
    by = GROUPS.get(query.by or "")
    return rows if by is None else rows.with_columns(segment=by())


def by_groups(engine: Engine, facts: Facts, rows: Lazy) -> pd.DataFrame:
    """What became of the hand-offs (`black_hole.tally`) per `team`, `rep`, `holder` and `source` together.

    `rows`: `buckets.bucketed`. One question for all of these groups: each is a sum over some rows of the answer.
    """

    def text(column: str) -> nw.Expr:
        return nw.coalesce(nw.col(column).cast(nw.String), nw.lit(UNKNOWN))

    leads = facts.units(engine).select("unit", source=text("source"))
    named = rows.with_columns(team=text(OWN["team"]), rep=text(OWN["rep"]), holder=holder())
    return tally(engine, named.join(leads, on="unit", how="left"), "team", "rep", "holder", "source")

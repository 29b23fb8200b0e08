"""Who was the first to come to the milestone of a clock, and how soon after the hand-off?"""

import narwhals as nw
import pandas as pd

from core.definition import Clock
from core.engine import Engine, Lazy
from core.journeys.actors import actors
from core.journeys.clocks import STEPS
from core.journeys.reduce import Facts, unit_of
from core.journeys.sources import Sources
from core.journeys.touching import touches
from core.journeys.units import aliases
from core.measures.cohort import UNKNOWN
from core.measures.sla import clocked
from core.stats.order import median_ranks
from core.tables import Column, Table

FIRST_BY = Table(
    "first_by",
    "person",
    (
        Column("who", "text", "name of whoever it was", required=True),
        Column("taken", "integer", "hand-offs that came to the milestone first by this person", required=True),
        Column("n", "integer", "of them: of which the times of day are known; the rest is over these", required=True),
        Column("median", "number", "seconds that half of them took at most, as the clock counts"),
        Column("low", "number", "lower end of the 95 % interval of the median; missing under 6"),
        Column("high", "number", "its upper end"),
        Column("p90", "number", "seconds that nine of ten took at most"),
    ),
    key=("who",),
)
_OVER = ["unit", "pass"]


def first_by(
    engine: Engine, facts: Facts, sources: Sources, rows: Lazy, clock: Clock, people: pd.DataFrame
) -> pd.DataFrame:
    """Per person the hand-offs that they were the first to answer (`FIRST_BY`), in the order of the alphabet.

    Only of those answered: whoever waits still is nobody's yet. So this says how long those waited whom somebody took,
    and nothing of how many are taken in time: that is the due-cohort breach rate. `rows`: `handed.handed`; `people`:
    `people.everyone`.
    """
    step = STEPS[clock.milestone]
    answered = clocked(rows, clock).filter(~nw.col("took").is_null())
    if clock.milestone in ("attempt", "contact"):
        found = answered.join(_touched(engine, facts, sources, answered, clock, people), on=_OVER, how="left")
    else:
        found = answered.with_columns(_who=nw.col(f"{step}_by"))
    names = engine.frame(people[["person_id", "name"]].rename(columns={"person_id": "_who", "name": "_name"}))
    named = found.join(names, on="_who", how="left").select(
        *_OVER, "took", "by_day", who=nw.coalesce(nw.col("_name"), nw.col("_who"), nw.lit(UNKNOWN))
    )
    exact = named.filter(~nw.col("by_day"))
    took = nw.col("took")
    every = engine.collect(named.group_by("who").agg(taken=nw.len()))
    timed = engine.collect(
        exact.group_by("who").agg(n=nw.len(), median=took.median(), p90=took.quantile(0.9, "linear"))
    )
    out = every.merge(timed, on="who", how="left").merge(_between(engine, exact, timed), on="who", how="left")
    return FIRST_BY.conform(out.assign(n=out["n"].fillna(0))).sort_values("who", ignore_index=True)


def _touched(engine: Engine, facts: Facts, sources: Sources, rows: Lazy, clock: Clock, people: pd.DataFrame) -> Lazy:
    """Who made the touch by which each hand-off came to its milestone; of several at one instant the least name."""
    step = STEPS[clock.milestone]
    ids_of = unit_of(facts.units(engine).select("unit", "lead_id"), engine.frame(aliases(engine, sources)))
    every = touches(engine, sources.events, ids_of, actors(people), facts.definition, as_of=facts.as_of)
    ours = every.filter(nw.col("works_leads"), *([nw.col("contact")] if clock.milestone == "contact" else []))
    sought = rows.select(*_OVER, _at=nw.col(f"{step}_at"), _by_day=nw.col(f"{step}_by_day"))
    same = ours.select("unit", "at", "by_day", "who").join(sought, on="unit", how="inner")
    same = same.filter(nw.col("at") == nw.col("_at"), nw.col("by_day") == nw.col("_by_day"))
    return same.group_by(*_OVER).agg(_who=nw.col("who").min())


def _between(engine: Engine, exact: Lazy, timed: pd.DataFrame) -> pd.DataFrame:
    """The interval of each person's median: two of their own times."""
    ranks = [(who, *found) for who, n in zip(timed["who"], timed["n"], strict=True) if (found := median_ranks(int(n)))]
    if not ranks:
        return pd.DataFrame({"who": pd.Series(dtype="str"), "low": [], "high": []})
    sought = engine.frame(pd.DataFrame(ranks, columns=["who", "_low", "_high"]).astype({"who": "str"}))
    place = nw.col("took").cum_count().over("who", order_by=("took", *_OVER)).cast(nw.Int64)
    placed = exact.with_columns(_place=place).join(sought, on="who", how="inner")
    return engine.collect(
        placed.group_by("who").agg(
            low=nw.when(nw.col("_place") == nw.col("_low")).then(nw.col("took")).max(),
            high=nw.when(nw.col("_place") == nw.col("_high")).then(nw.col("took")).max(),
        )
    )

"""In which months, and in which groups, do leads stay longer than chance explains? (MEASURES 3)"""

from collections.abc import Iterator
from datetime import date, timedelta

import narwhals as nw
import numpy as np
import pandas as pd

from core.engine import Engine, Lazy
from core.journeys.passes import DAY
from core.journeys.reduce import Facts
from core.measures.cohort import UNKNOWN
from core.measures.stays import latest
from core.stats.intervals import FEW
from core.stats.kaplan_meier import Z998, Staying, staying
from core.tables import Column, Table

SLOW = Table(
    "slow_stays",
    "stage and group",
    (
        Column("stage", "text", "stage id", required=True),
        Column("group", "text", "month of entry in the data's zone, as 2026-03, or the segment", required=True),
        Column("n", "integer", "trips whose latest visit to the stage began in it, ended or open", required=True),
        Column("ended", "integer", "of them, ended by as_of", required=True),
        Column("median", "number", "days until half had left; missing while more than half are still there"),
        Column(
            "ripe", "flag", "more than half of them have ended: old enough to be compared at a glance", required=True
        ),
        Column("low", "number", "lower end of its 99.8 % interval"),
        Column("high", "number", "upper end; missing while the data cannot bound it"),
        Column("others", "number", "the same median of all other groups"),
        Column("slow", "flag", "the whole interval lies above it: more than chance explains", required=True),
    ),
    key=("stage", "group"),
)
"""Kaplan-Meier: those still there count up to their age, so that a young month is not made fast by showing only those
who have left already. Leaving in any way is the one end. The last stage, where leads arrive, is left out."""

_EPOCH = date(1970, 1, 1)


def by_month(engine: Engine, facts: Facts, rows: Lazy) -> pd.DataFrame:
    """`SLOW` by the month in which the latest visit began. `rows`: `stays.chosen`."""
    days = engine.collect(rows.select("day").unique("day"))["day"].astype("int64")
    months = pd.DataFrame({"day": days, "group": [f"{_EPOCH + timedelta(day):%Y-%m}" for day in days]})
    if months.empty:
        return SLOW.empty()
    known = engine.frame(months.astype({"day": "int32", "group": "str"}))
    return slow_stays(engine, facts, rows.join(known, on="day", how="inner"))


def by_segment(engine: Engine, facts: Facts, rows: Lazy) -> pd.DataFrame:
    """`SLOW` by segment. A value that is not stated is never called slow."""
    return slow_stays(engine, facts, rows.with_columns(group=nw.col("segment")))


def slow_stays(engine: Engine, facts: Facts, rows: Lazy) -> pd.DataFrame:
    """`SLOW` by the column `group` of `chosen` rows.

    A group is slow where the 99.8 % interval of its median (Brookmeyer and Crowley 1982) lies above the median of all
    others, of at least 20.
    """
    counted = _counted(engine, latest(rows))
    counted = counted[counted["stage"] < len(facts.definition.stages) - 1]
    stages = facts.definition.stage_ids
    places = sorted(set(counted["stage"]))
    out = [row for place in places for row in _compared(stages[place], counted[counted["stage"] == place])]
    return SLOW.conform(pd.DataFrame(out, columns=list(SLOW.names))).sort_values(["stage", "group"], ignore_index=True)


def _compared(stage: str, counted: pd.DataFrame) -> Iterator[dict[str, object]]:
    whole = counted.groupby("took")[["ended", "still"]].sum()
    for group, mine in counted.groupby("group"):
        own = mine.set_index("took")[["ended", "still"]]
        curve, others = _curve(own), _curve(whole.sub(own, fill_value=0)).median
        low, high = curve.median_interval(Z998)
        n = int(own.to_numpy().sum())
        yield {
            "stage": stage,
            "group": group,
            "n": n,
            "ended": int(own["ended"].sum()),
            "median": curve.median,
            "ripe": 2 * int(own["ended"].sum()) > n and not np.isnan(curve.median),
            "low": low,
            "high": np.nan if np.isinf(high) else high,
            "others": others,
            "slow": bool(n >= FEW and group != UNKNOWN and low > others),
        }


def _counted(engine: Engine, rows: Lazy) -> pd.DataFrame:
    """Trips by stage, group and how long they took (`took`, by minute, later by hour and by day): `ended`, `still`."""
    rows = rows.filter(nw.col("ended") | nw.col("still"))
    long = nw.coalesce(nw.col("seconds"), nw.col("age"))
    step = nw.when(long < 2 * DAY).then(60).otherwise(nw.when(long < 30 * DAY).then(3600).otherwise(DAY))
    one = nw.lit(1).cast(nw.Int64)
    grouped = rows.with_columns(took=long // step.cast(nw.Int64) * step.cast(nw.Int64)).group_by(
        "stage", "group", "took"
    )
    found = engine.collect(
        grouped.agg(ended=nw.when(nw.col("ended")).then(one).sum(), still=nw.when(nw.col("still")).then(one).sum())
    )
    numbers = found[["stage", "took", "ended", "still"]].fillna(0).astype("int64")
    return numbers.assign(group=found["group"].astype("str"))


def _curve(counted: pd.DataFrame) -> Staying:
    days = counted.index.to_numpy(float) / DAY
    return staying(days, counted["ended"].to_numpy(float), counted["still"].to_numpy(float))

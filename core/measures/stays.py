"""How long do leads stay in each stage, and how long have those been there who have not left? (MEASURES 3)"""

from datetime import date, datetime

import narwhals as nw
import numpy as np
import pandas as pd

from core.engine import Engine, Lazy
from core.journeys.passes import DAY
from core.journeys.reduce import Facts
from core.measures.cohort import Query, bounds, in_segment
from core.settings import Settings
from core.stats.intervals import FEW
from core.tables import Column, Table

STAYS = Table(
    "stays",
    "segment and stage",
    (
        Column("segment", "text", "value of the column broken down by; empty for all together", required=True),
        Column("stage", "text", "stage id", required=True),
        Column("name", "text", "its name", required=True),
        Column("trips", "integer", "entered it at a known time: n + open + unknown + misdated", required=True),
        Column("n", "integer", "trips whose latest visit to the stage has ended at a known time", required=True),
        Column("median", "number", "days of that latest visit: half took no longer"),
        Column("p75", "number", "three quarters took no longer"),
        Column("p90", "number", "nine of ten took no longer"),
        Column("sum_median", "number", "days in the stage over all visits of the trip: half took no longer"),
        Column("sum_p75", "number", "three quarters took no longer"),
        Column("sum_p90", "number", "nine of ten took no longer"),
        Column("again", "integer", "of the n, those that were in the stage more than once", required=True),
        Column("open", "integer", "trips that are still there; at the last stage: that arrived", required=True),
        Column("age_median", "number", "days they have been there: half no longer; missing at the last stage"),
        Column("age_p90", "number", "nine of ten no longer"),
        Column("outstayed", "integer", "of the open, those there for longer than p90; missing where n is below 20"),
        Column("unknown", "integer", "trips that have left at a time that nobody recorded", required=True),
        Column("misdated", "integer", "trips dated against the order of the stages: in no duration", required=True),
        Column("negative", "integer", "of them, those that left before they came", required=True),
        Column("by_day", "integer", "of n and open, those measured in whole days", required=True),
    ),
    key=("segment", "stage"),
)
"""Unit: one trip (pass) of a lead that entered the stage at a known time. Quantiles interpolate linearly."""

QUANTILES = {"median": 0.5, "p75": 0.75, "p90": 0.9}
_EPOCH = date(1970, 1, 1)
_COUNTS = ("trips", "n", "again", "open", "unknown", "misdated", "negative", "by_day")


def chosen(engine: Engine, facts: Facts, visits: Lazy, query: Query, settings: Settings) -> Lazy:
    """The visits (`journeys.visits.VISITS`) that the question is about: all of a trip's to a stage, or none.

    The period is that in which the latest of them began. Columns beside those of the visits: `segment`, `since`
    (seconds from the entry to as_of, whole days where only its day is known) and `age` (the same, of those open).
    """
    as_of = nw.lit(facts.as_of).cast(nw.Int64)
    today = (datetime.fromtimestamp(facts.as_of, settings.tz).date() - _EPOCH).days
    whole_days = (nw.lit(today) - nw.col("day")).cast(nw.Int64) * DAY
    rows = visits.with_columns(since=nw.when(nw.col("by_day")).then(whole_days).otherwise(as_of - nw.col("entered_at")))
    rows = rows.with_columns(age=nw.when(nw.col("open")).then(nw.col("since")))
    start, end = bounds(query, settings)
    if start is not None:
        rows = rows.filter(nw.col("last_at") >= start)
    if end is not None:
        rows = rows.filter(nw.col("last_at") < end)
    return in_segment(engine, rows, facts, query)


def latest(rows: Lazy) -> Lazy:
    """The latest visit of each trip to each stage, with the flags `ended`, `still` and `gone` (left, nobody knows
    when): with `misdated` each is in exactly one."""
    ended, still = ~nw.col("seconds").is_null(), ~nw.col("age").is_null()
    sound = ~nw.col("misdated")
    return rows.filter(nw.col("last")).with_columns(
        ended=sound & ended, still=sound & still, gone=sound & ~ended & ~still
    )


def stays(engine: Engine, facts: Facts, rows: Lazy) -> pd.DataFrame:
    """Time in stage (`STAYS`) per segment of `chosen` rows.

    Only visits that have ended have a duration; what is still open is told apart, as ages. Both the latest visit of a
    trip to a stage and the sum over its visits are told. Where a later stage is dated before an earlier one, both are
    counted and listed (`staying_leads`) and are in no quantile; nothing is clipped.
    """
    rows = latest(rows)
    ended, still = nw.col("ended"), nw.col("still")
    by_day = nw.col("by_day") | nw.coalesce(nw.col("left_by_day"), nw.lit(False))
    flags = {
        "n": ended,
        "again": ended & (nw.col("visit") > 0),
        "open": still,
        "unknown": nw.col("gone"),
        "misdated": nw.col("misdated"),
        "negative": nw.coalesce(nw.col("least") < 0, nw.lit(False)),
        "by_day": (ended | still) & by_day,
    }
    one = nw.lit(1).cast(nw.Int64)
    took, total, age = nw.when(ended).then("seconds"), nw.when(ended).then("total"), nw.when(still).then("age")
    rows = rows.with_columns(_took=took, _total=total, _age=age)
    found = engine.collect(
        rows.group_by("segment", "stage").agg(
            trips=nw.len(),
            **{name: nw.when(flag).then(one).sum() for name, flag in flags.items()},
            **{name: nw.col("_took").quantile(q, "linear") for name, q in QUANTILES.items()},
            **{f"sum_{name}": nw.col("_total").quantile(q, "linear") for name, q in QUANTILES.items()},
            age_median=nw.col("_age").quantile(0.5, "linear"),
            age_p90=nw.col("_age").quantile(0.9, "linear"),
        )
    )
    if found.empty:
        return STAYS.empty()
    found[list(_COUNTS)] = found[list(_COUNTS)].fillna(0).astype("int64")
    days = [*QUANTILES, *(f"sum_{name}" for name in QUANTILES), "age_median", "age_p90"]
    found[days] = found[days].astype(float) / DAY
    arrived = found["stage"] == len(facts.definition.stages) - 1
    found.loc[arrived, ["age_median", "age_p90"]] = np.nan
    found = found.merge(_outstayed(engine, rows, found[~arrived]), on=["segment", "stage"], how="left")
    found = found.sort_values(["segment", "stage"], ignore_index=True)
    names = facts.definition.stages
    found["name"] = [names[place].name for place in found["stage"]]
    return STAYS.conform(found.assign(stage=[names[place].id for place in found["stage"]]))


def seconds_of(days: float) -> float:
    """Days as seconds to compare an age with, the same wherever it is asked.

    >>> seconds_of(1.5)
    129600.0
    """
    return round(days * DAY, 1)


def _outstayed(engine: Engine, rows: Lazy, found: pd.DataFrame) -> pd.DataFrame:
    """How many of the open have been there for longer than p90, of stages with enough behind it."""
    firm = found[found["n"] >= FEW]
    limits = pd.DataFrame(
        {
            "segment": firm["segment"].astype("str"),
            "stage": firm["stage"].astype("int64"),
            "limit": [seconds_of(days) for days in firm["p90"]],
        }
    ).astype({"limit": "float64"})
    late = rows.filter(nw.col("still")).join(engine.frame(limits), on=["segment", "stage"], how="inner")
    counted = engine.collect(
        late.filter(nw.col("age") > nw.col("limit")).group_by("segment", "stage").agg(outstayed=nw.len())
    )
    out = limits.drop(columns="limit").merge(counted, on=["segment", "stage"], how="left")
    return out.assign(outstayed=out["outstayed"].fillna(0).astype("Int64"))

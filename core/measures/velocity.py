"""How long do leads stay in each stage, and how old are those who are still there? (MEASURES 3)"""

from dataclasses import dataclass
from datetime import date, timedelta

import narwhals as nw
import numpy as np
import pandas as pd

from core.definition import Definition
from core.engine import Engine, Lazy
from core.journeys.passes import DAY
from core.journeys.reduce import Facts
from core.measures.age_profile import age_profile
from core.measures.cohort import Query, bounds, in_segment
from core.settings import Settings
from core.stats.intervals import FEW
from core.stats.kaplan_meier import Z998, Staying, staying
from core.tables import Column, Table

STAYS = Table(
    "stays",
    "segment and stage",
    (
        Column("segment", "text", "value of the column broken down by; empty for all together", required=True),
        Column("stage", "text", "stage id", required=True),
        Column("name", "text", "its name", required=True),
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
        Column("median_all", "number", "days until half had left, the open ones counted up to their age"),
        Column("negative", "integer", "trips with a later stage dated before this one: in no duration", required=True),
        Column("unknown", "integer", "trips that have left at a time that nobody recorded", required=True),
        Column("by_day", "integer", "of n and open, those measured in whole days", required=True),
    ),
    key=("segment", "stage"),
)
"""Unit: one trip (pass) of a lead that entered the stage at a known time. Quantiles interpolate linearly."""

MONTHS = Table(
    "months",
    "stage and month of entry",
    (
        Column("stage", "text", "stage id", required=True),
        Column("month", "text", "month in the data's zone, as 2026-03", required=True),
        Column("n", "integer", "visits that began in it", required=True),
        Column("ended", "integer", "of them, ended by as_of", required=True),
        Column("median", "number", "days until half had left; missing while more than half are still there"),
        Column("low", "number", "lower end of its 99.8 % interval"),
        Column("high", "number", "upper end; missing while the data cannot bound it"),
        Column("slow", "flag", "its whole interval lies above the median of all other months", required=True),
    ),
    key=("stage", "month"),
)
"""Kaplan-Meier by month of entry: those still there count up to their age, so that a young month is not made fast by
showing only those who have left already. Leaving in any way is the one end."""

_EPOCH = date(1970, 1, 1)
_QUANTILES = {"median": 0.5, "p75": 0.75, "p90": 0.9}


@dataclass(frozen=True)
class Velocity:
    """`stages` (`STAYS`), `months` (`MONTHS`) and `profile` (`age_profile.PROFILE`) of one question.

    `stages` has the segments of `query.by`; months and profile are of all of them together.
    """

    query: Query
    definition: Definition
    as_of: int
    stages: pd.DataFrame
    months: pd.DataFrame
    profile: pd.DataFrame

    def segments(self) -> tuple[str, ...]:
        """The segments, the one with most trips first."""
        sizes = (self.stages["n"] + self.stages["open"]).groupby(self.stages["segment"]).sum()
        return tuple(sizes.sort_values(ascending=False, kind="stable").index)

    def slowest(self) -> str | None:
        """Id of the stage with the longest median over all segments, of those with enough behind it; None without."""
        rows = self.stages[(self.stages["n"] >= FEW) & (self.stages["stage"] != self.definition.stage_ids[-1])]
        return None if rows.empty else str(rows["stage"].iloc[int(rows["median"].to_numpy(float).argmax())])


def velocity(engine: Engine, facts: Facts, visits: Lazy, query: Query, settings: Settings) -> Velocity:
    """Time in stage. Of `query` count the period (of the trip's first entry to the stage), the filters and `by`.

    Only visits that have ended have a duration; what is still open is told apart, as ages. Both the latest visit of a
    trip to a stage and the sum over its visits are told. A duration is negative where a later stage is dated before
    an earlier one: counted, listed (`staying_leads`), in no quantile and never clipped.
    """
    whole = query.model_copy(update={"by": None})
    rows, together = (chosen(engine, facts, visits, asked, settings) for asked in (query, whole))
    stages = _stages(engine, facts, rows if query.by else together)
    return Velocity(
        query=query,
        definition=facts.definition,
        as_of=facts.as_of,
        stages=stages,
        months=_months(engine, facts, together),
        profile=age_profile(engine, facts, together),
    )


def chosen(engine: Engine, facts: Facts, visits: Lazy, query: Query, settings: Settings) -> Lazy:
    """The visits that the question is about, with `segment`, `first_at` and `last` (the latest visit of its trip).

    `age`: seconds that an open one has been there, whole days where only its day is known.
    """
    trip = ("unit", "pass", "stage")
    rows = visits.with_columns(
        first_at=nw.col("entered_at").min().over(*trip),
        last=nw.col("visit") == nw.col("visit").max().over(*trip),
    )
    start, end = bounds(query, settings)
    if start is not None:
        rows = rows.filter(nw.col("first_at") >= start)
    if end is not None:
        rows = rows.filter(nw.col("first_at") < end)
    since = nw.lit(facts.as_of).cast(nw.Int64) - nw.col("entered_at")
    # Its day began at midnight: an hour more or less by a change of the clock is no day.
    whole = (since + 3600) // DAY * DAY
    age = nw.when(nw.col("open")).then(nw.when(nw.col("by_day")).then(whole).otherwise(since))
    return in_segment(engine, rows.with_columns(age=age), facts, query)


def _stages(engine: Engine, facts: Facts, rows: Lazy) -> pd.DataFrame:
    last, seconds = nw.col("last"), nw.col("seconds")
    flag = nw.lit(1).cast(nw.Int64)
    trips = rows.group_by("segment", "unit", "pass", "stage").agg(
        latest=nw.when(last).then(seconds).max(),
        total=seconds.sum(),
        least=seconds.min(),
        age=nw.when(last).then(nw.col("age")).max(),
        visits=nw.len(),
        by_day=nw.when(nw.col("by_day") | nw.coalesce(nw.col("left_by_day"), nw.lit(False))).then(flag).max(),
    )
    negative = nw.coalesce(nw.col("least") < 0, nw.lit(False))
    ended = ~nw.col("latest").is_null() & ~negative
    still = ~nw.col("age").is_null() & ~negative
    trips = trips.with_columns(
        negative=negative,
        ended=ended,
        still=still,
        latest=nw.when(ended).then(nw.col("latest")),
        total=nw.when(ended).then(nw.col("total")),
        age=nw.when(still).then(nw.col("age")),
    )

    def number(condition: nw.Expr) -> nw.Expr:
        return nw.when(condition).then(flag).sum()

    found = engine.collect(
        trips.group_by("segment", "stage").agg(
            n=number(nw.col("ended")),
            **{name: nw.col("latest").quantile(q, "linear") for name, q in _QUANTILES.items()},
            **{f"sum_{name}": nw.col("total").quantile(q, "linear") for name, q in _QUANTILES.items()},
            again=number(nw.col("ended") & (nw.col("visits") > 1)),
            open=number(nw.col("still")),
            age_median=nw.col("age").quantile(0.5, "linear"),
            age_p90=nw.col("age").quantile(0.9, "linear"),
            negative=number(nw.col("negative")),
            unknown=number(~nw.col("negative") & ~nw.col("ended") & ~nw.col("still")),
            by_day=number((nw.col("ended") | nw.col("still")) & (nw.col("by_day") == 1)),
        )
    )
    if found.empty:
        return STAYS.empty()
    counts = ["n", "again", "open", "negative", "unknown", "by_day"]
    found[counts] = found[counts].fillna(0).astype("int64")
    days = [*_QUANTILES, *(f"sum_{name}" for name in _QUANTILES), "age_median", "age_p90"]
    found[days] = found[days].astype(float) / DAY
    found = found.merge(_medians(engine, rows), on=["segment", "stage"], how="left")
    arrived = found["stage"] == len(facts.definition.stages) - 1
    found.loc[arrived, ["age_median", "age_p90", "median_all"]] = np.nan
    found = found.sort_values(["segment", "stage"], ignore_index=True)
    stages = facts.definition.stages
    found["name"] = [stages[place].name for place in found["stage"]]
    return STAYS.conform(found.assign(stage=[stages[place].id for place in found["stage"]]))


def _counted(engine: Engine, rows: Lazy, *by: str) -> pd.DataFrame:
    """Visits by how long they took (`seconds`, by minute, later by hour and by day): `ended`, `still`."""
    rows = rows.filter(nw.coalesce(nw.col("seconds"), nw.col("age")) >= 0)
    long = nw.coalesce(nw.col("seconds"), nw.col("age"))
    step = (
        nw.when(long < 2 * DAY).then(nw.lit(60)).otherwise(nw.when(long < 30 * DAY).then(nw.lit(3600)).otherwise(DAY))
    )
    gone = nw.when(nw.col("seconds").is_null()).then(nw.lit(0)).otherwise(nw.lit(1)).cast(nw.Int64)
    grouped = rows.with_columns(took=long // step * step, gone=gone).group_by(*by, "took")
    found = engine.collect(grouped.agg(ended=nw.col("gone").sum(), n=nw.len()))
    numbers = found[["took", "ended", "n"]].astype("int64")
    return found.assign(**numbers).assign(still=numbers["n"] - numbers["ended"])


def _curve(counted: pd.DataFrame) -> Staying:
    days = counted["took"].to_numpy(float) / DAY
    return staying(days, counted["ended"].to_numpy(float), counted["still"].to_numpy(float))


def _medians(engine: Engine, rows: Lazy) -> pd.DataFrame:
    counted = _counted(engine, rows, "segment", "stage")
    found = [(segment, stage, _curve(each).median) for (segment, stage), each in counted.groupby(["segment", "stage"])]
    return pd.DataFrame(found, columns=["segment", "stage", "median_all"]).astype({"segment": "str", "stage": "int64"})


def _months(engine: Engine, facts: Facts, rows: Lazy) -> pd.DataFrame:
    ends = engine.collect(rows.select(first=nw.col("day").min(), last=nw.col("day").max()))
    if ends.isna().to_numpy().any():
        return MONTHS.empty()
    days = range(int(ends["first"].iloc[0]), int(ends["last"].iloc[0]) + 1)
    months = pd.DataFrame({"day": days, "month": [f"{_EPOCH + timedelta(day):%Y-%m}" for day in days]})
    with_month = rows.join(engine.frame(months.astype({"month": "str"})), on="day", how="inner")
    counted = _counted(engine, with_month, "stage", "month")
    out = []
    for stage, of_stage in counted[counted["stage"] < len(facts.definition.stages) - 1].groupby("stage"):
        for month, mine in of_stage.groupby("month"):
            curve, others = _curve(mine), _curve(of_stage[of_stage["month"] != month])
            low, high = curve.median_interval(Z998)
            n = int(mine["n"].sum())
            out.append(
                {
                    "stage": facts.definition.stage_ids[int(str(stage))],
                    "month": month,
                    "n": n,
                    "ended": int(mine["ended"].sum()),
                    "median": curve.median,
                    "low": low,
                    "high": np.nan if np.isinf(high) else high,
                    "slow": bool(n >= FEW and low > others.median),
                }
            )
    return MONTHS.conform(pd.DataFrame(out, columns=list(MONTHS.names))).sort_values(
        ["stage", "month"], ignore_index=True
    )

"""After how long do leads in a stage stop moving on?"""

import narwhals as nw
import numpy as np
import pandas as pd

from core.engine import Engine, Lazy
from core.journeys.labels import EXIT
from core.journeys.passes import DAY
from core.journeys.reduce import Facts
from core.stats.intervals import FEW, Rate
from core.tables import Column, Table

BUCKETS = 12
WIDTHS = (1, 2, 7, 14, 30, 90)
"""Days of a bucket that there are to choose from."""

PROFILE = Table(
    "profile",
    "stage and age",
    (
        Column("stage", "text", "stage id", required=True),
        Column("from_day", "integer", "days in the stage at which the bucket begins", required=True),
        Column("days", "integer", "its width in days: the same for all buckets of a stage", required=True),
        Column("n", "integer", "visits still there at its beginning that entered early enough to be seen to its end"),
        Column("moved", "integer", "of them, those that moved on to a later stage within it", required=True),
        Column("bend", "flag", "from here on fewer move on than before", required=True),
    ),
    key=("stage", "from_day"),
)


def age_profile(engine: Engine, facts: Facts, visits: Lazy) -> pd.DataFrame:
    """By age in the stage: the share of those still there who move on within the next days (`PROFILE`).

    All buckets of a stage are equally wide, so that their shares compare: the narrowest of `WIDTHS` with which
    `BUCKETS` of them reach the age by which nine of ten of those who ever moved on had done so. Only visits that
    entered early enough for the whole bucket to lie before as_of stand behind it, whatever became of them: so those
    still open make no share too low, and none too high. Who left in another way no longer stands behind the next
    bucket. A bucket with fewer than 20 is not told, nor is any after it.

    The **bend** is the first bucket whose Wilson 95 % interval lies below half the pooled share of all buckets before
    it, if that of all from it on, pooled, does so too: one weak bucket alone is no bend, nor is a share that only
    wears off. At most one per stage.

    `visits`: with `seconds`, `age` (`velocity.chosen`); the last stage has none to move on to.
    """
    rows = visits.filter(
        nw.col("stage") < len(facts.definition.stages) - 1, nw.coalesce(nw.col("seconds"), nw.col("age")) >= 0
    )
    widths = _widths(engine, rows)
    if widths.empty:
        return PROFILE.empty()
    counted = _counted(engine, facts, rows.join(engine.frame(widths), on="stage", how="inner"))
    found = [_profile(stage, of_stage) for stage, of_stage in counted.groupby("stage")]
    every = pd.concat(found, ignore_index=True)
    return PROFILE.conform(every.assign(stage=[facts.definition.stage_ids[place] for place in every["stage"]]))


def _widths(engine: Engine, rows: Lazy) -> pd.DataFrame:
    on = rows.filter(~nw.col("seconds").is_null(), _moved_on())
    found = engine.collect(on.group_by("stage").agg(p90=nw.col("seconds").quantile(0.9, "linear")))
    reach = found["p90"].astype(float) / DAY / BUCKETS
    width = [next((each for each in WIDTHS if each >= days), WIDTHS[-1]) for days in reach]
    return pd.DataFrame({"stage": found["stage"].astype("int64"), "width": np.array(width, "int64")})


def _counted(engine: Engine, facts: Facts, rows: Lazy) -> pd.DataFrame:
    """Visits by stage, whole buckets seen (`seen`), whole buckets stayed (`stayed`), and whether they moved on."""
    width, top = nw.col("width") * DAY, nw.lit(BUCKETS).cast(nw.Int64)
    seen = (nw.lit(facts.as_of).cast(nw.Int64) - nw.col("entered_at")) // width
    stayed = nw.when(nw.col("seconds").is_null()).then(top).otherwise(nw.col("seconds") // width)
    grouped = rows.with_columns(
        seen=nw.min_horizontal(seen, top), stayed=nw.min_horizontal(stayed, top), moved=_moved_on()
    ).group_by("stage", "width", "seen", "stayed", "moved")
    found = engine.collect(grouped.agg(n=nw.len()))
    return found.astype(dict.fromkeys(("stage", "width", "seen", "stayed", "n"), "int64") | {"moved": "bool"})


def _moved_on() -> nw.Expr:
    return nw.coalesce((nw.col("left_to") > nw.col("stage")) & (nw.col("left_to") < EXIT), nw.lit(False))


def _profile(stage: object, counted: pd.DataFrame) -> pd.DataFrame:
    rows: list[dict[str, object]] = []
    shares: list[tuple[int, int]] = []
    width = int(counted["width"].iloc[0])
    for bucket in range(BUCKETS):
        behind = counted[(counted["seen"] > bucket) & (counted["stayed"] >= bucket)]
        n = int(behind["n"].sum())
        if n < FEW:
            break
        moved = int(behind.loc[(behind["stayed"] == bucket) & behind["moved"], "n"].sum())
        shares.append((moved, n))
        rows.append({"stage": stage, "from_day": bucket * width, "days": width, "n": n, "moved": moved, "bend": False})
    out = pd.DataFrame(rows, columns=list(PROFILE.names))
    bend = bend_of(shares)
    if bend is not None:
        out.loc[bend, "bend"] = True
    return out


def bend_of(buckets: list[tuple[int, int]]) -> int | None:
    """Place of the bend in (moved, n) by age; None where there is none.

    >>> bend_of([(30, 100), (20, 70), (14, 50), (1, 36), (0, 35)])
    3
    >>> bend_of([(30, 100), (20, 70), (14, 50)])
    """
    for place in range(1, len(buckets)):
        before, here, after = (_pooled(part) for part in (buckets[:place], buckets[place : place + 1], buckets[place:]))
        if max(here.interval[1], after.interval[1]) < before.value / 2:
            return place
    return None


def _pooled(buckets: list[tuple[int, int]]) -> Rate:
    return Rate(sum(moved for moved, _ in buckets), sum(n for _, n in buckets))

"""After how long do leads in a stage stop moving on?"""

from collections.abc import Sequence

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
        Column(
            "n",
            "integer",
            "visits still there at its beginning that entered early enough to be seen to its end",
            required=True,
        ),
        Column("moved", "integer", "of them, those that moved on to a later stage within it", required=True),
        Column("left", "integer", "of them, those that left in another way within it", required=True),
        Column("open", "integer", "visits open at as_of that are that old or older", required=True),
        Column("bend", "flag", "from here on fewer than half as many move on as at best before", required=True),
    ),
    key=("stage", "from_day"),
)


def age_profile(engine: Engine, facts: Facts, rows: Lazy) -> pd.DataFrame:
    """By age in the stage: the share of those still there who move on within the next days (`PROFILE`).

    All buckets of a stage are equally wide, so that their shares compare: the narrowest of `WIDTHS` with which
    `BUCKETS` of them reach the age by which nine of ten of those who ever moved on had done so. Only visits that
    entered early enough for the whole bucket to lie before as_of stand behind it, whatever became of them: so those
    still open make no share too low, and none too high. Who left in another way no longer stands behind the next
    bucket. A bucket with fewer than 20 is not told, nor is any after it. For the bend see `bend_of`.

    `rows`: `stays.chosen`. Unit: one visit. The last stage has none to move on to.
    """
    rows = rows.filter(
        nw.col("stage") < len(facts.definition.stages) - 1,
        ~nw.col("misdated"),
        ~nw.coalesce(nw.col("seconds"), nw.col("age")).is_null(),
    )
    widths = _widths(engine, rows)
    if widths.empty:
        return PROFILE.empty()
    counted = _counted(engine, rows.join(engine.frame(widths), on="stage", how="inner"))
    stages = facts.definition.stage_ids
    found = [_profile(stages[place], counted[counted["stage"] == place]) for place in sorted(set(counted["stage"]))]
    return PROFILE.conform(pd.concat(found, ignore_index=True))


def _widths(engine: Engine, rows: Lazy) -> pd.DataFrame:
    on = rows.filter(~nw.col("seconds").is_null(), _moved_on())
    found = engine.collect(on.group_by("stage").agg(p90=nw.col("seconds").quantile(0.9, "linear")))
    reach = found["p90"].astype(float) / DAY / BUCKETS
    width = [next((each for each in WIDTHS if each >= days), WIDTHS[-1]) for days in reach]
    return pd.DataFrame({"stage": found["stage"].astype("int64"), "width": np.array(width, "int64")})


def _counted(engine: Engine, rows: Lazy) -> pd.DataFrame:
    """Visits by stage, whole buckets seen (`seen`), whole buckets stayed (`stayed`), and how they ended."""
    width, top = nw.col("width") * DAY, nw.lit(BUCKETS).cast(nw.Int64)
    open_, seen = nw.col("seconds").is_null(), nw.col("since") // width
    stayed = nw.when(open_).then(seen).otherwise(nw.col("seconds") // width)
    grouped = rows.with_columns(
        seen=nw.min_horizontal(seen, top), stayed=nw.min_horizontal(stayed, top), moved=_moved_on(), open=open_
    ).group_by("stage", "width", "seen", "stayed", "moved", "open")
    found = engine.collect(grouped.agg(n=nw.len()))
    kinds = dict.fromkeys(("stage", "width", "seen", "stayed", "n"), "int64") | dict.fromkeys(("moved", "open"), "bool")
    return found.astype(kinds)


def _moved_on() -> nw.Expr:
    return nw.coalesce((nw.col("left_to") > nw.col("stage")) & (nw.col("left_to") < EXIT), nw.lit(False))


def _profile(stage: str, counted: pd.DataFrame) -> pd.DataFrame:
    rows: list[dict[str, object]] = []
    shares: list[tuple[int, int]] = []
    width = int(counted["width"].iloc[0])
    for bucket in range(BUCKETS):
        old = counted[counted["stayed"] >= bucket]
        behind = old[old["seen"] > bucket]
        within = behind[(behind["stayed"] == bucket) & ~behind["open"]]
        n, moved = int(behind["n"].sum()), int(within.loc[within["moved"], "n"].sum())
        if n < FEW:
            break
        shares.append((moved, n))
        rows.append(
            {
                **{"stage": stage, "from_day": bucket * width, "days": width, "n": n, "moved": moved},
                "left": int(within["n"].sum()) - moved,
                "open": int(old.loc[old["open"], "n"].sum()),
                "bend": False,
            }
        )
    out = pd.DataFrame(rows, columns=list(PROFILE.names))
    bend = bend_of(shares)
    if bend is not None:
        out.loc[bend, "bend"] = True
    return out


def bend_of(buckets: Sequence[tuple[int, int]]) -> int | None:
    """Place of the bend in (moved, n) by age; None where there is none.

    The bend is the first bucket after the best one from which on surely fewer than half as many move on as in it: the
    Wilson 95 % interval of that bucket, and of all from it on together, lies below half of the best share, and that of
    no later bucket lies above. The best bucket is the one whose interval begins highest, so that a handful is never it.

    >>> bend_of([(5, 100), (30, 95), (18, 60), (5, 150), (1, 140), (0, 135)])
    3
    >>> bend_of([(30, 100), (20, 70), (14, 50)])
    >>> bend_of([(30, 100), (2, 70), (1, 68), (30, 67)])
    """
    if not buckets:
        return None
    rates = [Rate(*bucket) for bucket in buckets]
    best = max(range(len(rates)), key=lambda place: rates[place].interval[0])
    half = rates[best].value / 2
    for place in range(best + 1, len(rates)):
        rises = any(rate.interval[0] >= half for rate in rates[place:])
        if not rises and max(rates[place].interval[1], pooled(buckets[place:]).interval[1]) < half:
            return place
    return None


def pooled(buckets: Sequence[tuple[int, int]]) -> Rate:
    """The share of several buckets together: of those still there, per bucket."""
    return Rate(sum(moved for moved, _ in buckets), sum(n for _, n in buckets))


def yet_to_move(profile: pd.DataFrame) -> float:
    """Of those still there at the beginning of the first of these buckets, the share that moves on within them.

    Who leaves in another way meanwhile does not (Aalen-Johansen). NaN without a bucket.

    >>> yet_to_move(pd.DataFrame({"n": [100, 40], "moved": [20, 10], "left": [40, 0]}))
    0.3
    """
    if profile.empty:
        return float("nan")
    there, share = 1.0, 0.0
    for n, moved, left in profile[["n", "moved", "left"]].to_numpy(float):
        share += there * moved / n
        there *= 1 - (moved + left) / n
    return round(float(share), 12)

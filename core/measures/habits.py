"""What do the reps with the best results do differently? An association over groups of reps: nobody is ranked."""

from dataclasses import dataclass

import narwhals as nw
import numpy as np
import pandas as pd

from core.engine import Engine, Lazy
from core.journeys.passes import DAY
from core.stats.intervals import FEW
from core.stats.shrinkage import fitted
from core.tables import Column, Table

FEWEST_REPS = 6
"""Below this many reps a half of them is too few to speak of, and whom it means could be guessed."""

HABITS = Table(
    "habits",
    "half of the reps",
    (
        Column("half", "text", "best: the upper half by share won after shrinkage; others: the rest", required=True),
        Column("reps", "integer", "reps in it", required=True),
        Column("n", "integer", "their matured hand-offs", required=True),
        Column("won", "integer", "of those, won", required=True),
        Column("attempted", "integer", "of those, with at least one attempt", required=True),
        Column("hours", "number", "median working hours to the first attempt, over those attempted"),
        Column("attempts", "integer", "attempts at them", required=True),
        Column("answered", "integer", "of those, with a verdict or a disposition", required=True),
    ),
    key=("half",),
)


@dataclass(frozen=True)
class Habits:
    """Two halves of the reps side by side, or why there are none: `why` is empty where `halves` says something."""

    halves: pd.DataFrame
    reps: int
    why: str = ""


def habits(engine: Engine, rows: Lazy, *, as_of: int, mature_days: int) -> Habits:
    """Reps with at least 20 matured hand-offs, split at the median of their share won after shrinkage (`HABITS`).

    Matured: handed over at least `mature_days` before as_of, so that there was time to win. Where the reps' shares
    spread no more than by chance, there are no best reps, and that is said. `rows`: `buckets.bucketed`.
    """
    old = rows.filter(~nw.col("rep").is_null(), nw.col("handed_at") <= as_of - mature_days * DAY)
    one, none = nw.lit(1).cast(nw.Int64), nw.lit(0).cast(nw.Int64)
    old = old.with_columns(_won=nw.when(nw.col("won")).then(one).otherwise(none))
    per_rep = engine.collect(old.group_by("rep").agg(n=nw.len(), won=nw.col("_won").sum())).sort_values("rep")
    judged = per_rep[per_rep["n"] >= FEW].reset_index(drop=True)
    if len(judged) < FEWEST_REPS:
        return Habits(HABITS.empty(), len(judged), "few")
    hits, n = judged["won"].to_numpy(dtype=np.int64), judged["n"].to_numpy(dtype=np.int64)
    share = fitted(hits, n).shrunken(hits, n)
    if float(np.ptp(share)) < 0.005:
        return Habits(HABITS.empty(), len(judged), "alike")
    best = share > float(np.median(share))
    named = judged[["rep"]].assign(half=np.where(best, "best", "others")).astype("str")
    split = old.join(engine.frame(named), on="rep", how="inner").select(
        "half",
        "rep",
        "attempts",
        "_won",
        _tried=nw.when(nw.col("attempts") > 0).then(one).otherwise(none),
        _took=nw.when(~nw.coalesce(nw.col("attempt_by_day") | nw.col("handed_by_day"), nw.lit(False))).then(
            nw.col("w_attempt")
        ),
        _said=nw.when(nw.col("answered")).then(one).otherwise(none),
    )
    found = engine.collect(
        split.group_by("half").agg(
            reps=nw.col("rep").n_unique(),
            n=nw.len(),
            won=nw.col("_won").sum(),
            attempted=nw.col("_tried").sum(),
            hours=nw.col("_took").median() / 3600,
            attempts=nw.col("attempts").sum(),
            answered=nw.col("_said").sum(),
        )
    )
    return Habits(HABITS.conform(found.sort_values("half", ignore_index=True)), len(judged))

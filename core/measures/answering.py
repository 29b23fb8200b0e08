"""How long did sales take to record anything at all?"""

from dataclasses import dataclass

import narwhals as nw

from core.definition import Clock
from core.engine import Engine, Lazy
from core.measures.buckets import seconds


@dataclass(frozen=True)
class Delay:
    """Median and P90 in hours, over `n` hand-offs answered at a known time of day; NaN over nobody.

    `by_day` more were answered, but only the day of it or of the hand-off is known: a day feeds no clock of hours.
    """

    n: int
    median: float
    p90: float
    by_day: int


def delay(engine: Engine, rows: Lazy, clock: Clock | None) -> Delay:
    """Disposition delay: hours from the hand-off to the first verdict or disposition, as the clock counts them.

    Only of those answered: those still open are in the black hole or in their clock, and are no part of this.
    `rows`: `buckets.bucketed`.
    """
    said, wrote = nw.col(seconds(clock, "verdict")), nw.col(seconds(clock, "disposition"))
    took = nw.min_horizontal(said, wrote)
    first = nw.coalesce(said <= wrote, ~said.is_null())
    day = nw.when(first).then(nw.col("verdict_by_day")).otherwise(nw.col("disposed_by_day"))
    coarse = nw.coalesce(day, nw.lit(False)) | nw.coalesce(nw.col("handed_by_day"), nw.lit(False))
    answered = rows.select(took=took, coarse=coarse).filter(~nw.col("took").is_null())
    counted = engine.collect(
        answered.group_by("coarse").agg(
            n=nw.len(), median=nw.col("took").median(), p90=nw.col("took").quantile(0.9, "linear")
        )
    )
    known = {bool(row["coarse"]): row for row in counted.to_dict("records")}
    by_day = int(known[True]["n"]) if True in known else 0
    if False not in known:
        return Delay(0, float("nan"), float("nan"), by_day)
    exact = known[False]
    return Delay(int(exact["n"]), float(exact["median"]) / 3600, float(exact["p90"]) / 3600, by_day)

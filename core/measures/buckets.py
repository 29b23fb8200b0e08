"""What became of each hand-off? Exactly one of nine things (MEASURES 4)."""

from collections.abc import Mapping

import narwhals as nw

from core.definition import Clock, Definition
from core.engine import Lazy
from core.journeys.passes import DAY

BUCKETS = (
    "yes",
    "no",
    "bypassed",
    "disposed",
    "in_clock",
    "withdrawn",
    "undated",
    "never_touched",
    "touched_silent",
)
"""In the order in which they are told. The first that fits counts: what sales said comes before what was waited for."""

SILENT = ("never_touched", "touched_silent")
"""The black hole: past clock and grace, and sales has recorded nothing at all."""

ANSWERED = ("yes", "no", "bypassed", "disposed")
"""Sales has said or recorded something, if only by moving the lead on."""

MEANINGS: Mapping[str, str] = {
    "yes": "sales said yes",
    "no": "sales said no",
    "bypassed": "moved on beyond the verdict without one",
    "disposed": "sales recorded a change, but neither yes nor no",
    "in_clock": "clock and grace are still running",
    "withdrawn": "left within clock and grace, before sales answered",
    "undated": "nobody knows when it was handed over, so no clock ran",
    "never_touched": "past clock and grace, nothing recorded, and no person's call, mail or meeting",
    "touched_silent": "past clock and grace, somebody called, mailed or met, and nothing was recorded",
}


def seconds(clock: Clock | None, what: str) -> str:
    """The column with the time from hand-off to `what`, counted as the clock counts."""
    return f"{'e' if clock is not None and clock.time == 'elapsed' else 'w'}_{what}"


def bucketed(rows: Lazy, definition: Definition) -> Lazy:
    """The hand-offs (`clocks.TIMED` rows) with what became of each.

    Further columns: `bucket` (one of BUCKETS); `due` (its clock and grace have passed, and it is answered or silent);
    `answered` (one of ANSWERED, however late); `gone` (it has left, or began anew, so that nobody has to work it now).
    Clock and grace are those of `Definition.silence`, in whole days where only the day of the hand-off is known;
    without a clock nothing is ever due.

    A lead that left only after clock and grace had passed in silence stays in the black hole, `gone`: taking it back
    mends nothing of what happened to it.
    """
    clock = definition.silence
    now, left, as_of = (nw.col(seconds(clock, what)) for what in ("now", "left", "as_of"))
    closed = ~nw.col("next_at").is_null()
    if clock is None:
        past = aged = nw.lit(False)
        away = ~nw.col("left_at").is_null() | closed
    else:
        patience = _patience(clock)
        past, aged = now > patience, as_of > patience
        away = _true(left <= patience) | (closed & ~_true(past))
    undated = nw.col("handed_at").is_null() | nw.col("e_now").is_null() | now.is_null()
    bucket = (
        nw.when(nw.col("verdict") == "yes")
        .then(nw.lit("yes"))
        .when(nw.col("verdict") == "no")
        .then(nw.lit("no"))
        .when(_true(nw.col("bypassed")))
        .then(nw.lit("bypassed"))
        .when(~nw.col("disposed_at").is_null())
        .then(nw.lit("disposed"))
        .when(undated)
        .then(nw.lit("undated"))
        # Whatever left has no running clock: asked before the clock, it makes no difference to the order of BUCKETS.
        .when(away)
        .then(nw.lit("withdrawn"))
        .when(~_true(past))
        .then(nw.lit("in_clock"))
        .when(nw.col("attempts") == 0)
        .then(nw.lit("never_touched"))
        .otherwise(nw.lit("touched_silent"))
    )
    told = nw.col("bucket").is_in([*ANSWERED, *SILENT])
    return rows.with_columns(bucket=bucket, gone=~nw.col("left_at").is_null() | closed).with_columns(
        answered=nw.col("bucket").is_in(list(ANSWERED)), due=~undated & _true(aged) & told
    )


def _patience(clock: Clock) -> nw.Expr:
    """Limit and grace in seconds; a day without a time is measured in days, and a part of a day is a whole one."""
    day = nw.col("day_seconds") if clock.time == "working" else nw.lit(DAY).cast(nw.Int64)
    whole = (clock.patience_seconds + day - 1) // day * day
    by_day = _true(nw.col("handed_by_day"))
    return nw.when(by_day).then(whole).otherwise(nw.lit(clock.patience_seconds)).cast(nw.Int64)


def last_of_each(rows: Lazy) -> Lazy:
    """Each lead once, with the last of these hand-offs."""
    return rows.filter(nw.col("pass") == nw.col("pass").max().over("unit"))


def _true(flag: nw.Expr) -> nw.Expr:
    return nw.coalesce(flag, nw.lit(False))

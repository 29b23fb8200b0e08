"""What does a disposition buy the rep? Attempts and wins by what sales recorded: an association, never a cause."""

from collections.abc import Mapping
from typing import Any

import narwhals as nw
import pandas as pd

from core.definition import Definition
from core.engine import Engine, Lazy
from core.measures.buckets import SILENT, seconds
from core.stats.intervals import Rate
from core.tables import Column, Table

KINDS = ("yes", "no_in_time", "no_late", "changed", "nothing")
"""What sales recorded; a no in time came within the limit of the clock for verdicts."""

BOUGHT = Table(
    "bought",
    "kind of answer",
    (
        Column("kind", "text", "one of KINDS", required=True),
        Column("n", "integer", "hand-offs whose clock and grace have passed", required=True),
        Column("won", "integer", "of those, won", required=True),
        Column("attempts", "integer", "calls, mails and meetings by people", required=True),
        Column("attempted", "integer", "hand-offs with at least one of them", required=True),
    ),
    key=("kind",),
)


def bought(engine: Engine, rows: Lazy, definition: Definition) -> pd.DataFrame:
    """Hand-offs past clock and grace, by what sales recorded (`BOUGHT`), every kind with a row.

    `rows`: `buckets.bucketed`. Where no clock is agreed, all dated hand-offs, and no `no` is late.
    """
    clock = next((c for c in definition.clocks if c.milestone == "verdict"), definition.silence)
    took = nw.col(seconds(clock, "verdict"))
    late = nw.lit(False) if clock is None else nw.coalesce(took > clock.limit_seconds, nw.lit(True))
    bucket = nw.col("bucket")
    kind = (
        nw.when(bucket == "yes")
        .then(nw.lit("yes"))
        .when((bucket == "no") & late)
        .then(nw.lit("no_late"))
        .when(bucket == "no")
        .then(nw.lit("no_in_time"))
        .when(bucket.is_in(["bypassed", "disposed"]))
        .then(nw.lit("changed"))
        .otherwise(nw.lit("nothing"))
    )
    usable = nw.col("due") if definition.silence is not None else bucket != "undated"
    of = rows.filter(usable, bucket.is_in(["yes", "no", "bypassed", "disposed", *SILENT, "in_clock"]))
    one, none = nw.lit(1).cast(nw.Int64), nw.lit(0).cast(nw.Int64)
    found = engine.collect(
        of.select(
            "attempts",
            kind=kind,
            _won=nw.when(nw.col("won")).then(one).otherwise(none),
            _tried=nw.when(nw.col("attempts") > 0).then(one).otherwise(none),
        )
        .group_by("kind")
        .agg(
            n=nw.len(),
            won=nw.col("_won").sum(),
            attempts=nw.col("attempts").sum(),
            attempted=nw.col("_tried").sum(),
        )
    )
    every = found.set_index("kind").reindex(list(KINDS))
    every = every.fillna({"n": 0, "won": 0, "attempts": 0, "attempted": 0}).reset_index()
    return BOUGHT.conform(every)


def share_won(row: Mapping[Any, Any]) -> Rate:
    """Share of a row's hand-offs that were won."""
    return Rate(int(row["won"]), int(row["n"]))

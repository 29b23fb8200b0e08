"""In which order did it happen, and which trip through the funnel does each event belong to?

MEASURES 1.2 to 1.5. Rows are ordered by time; where one of a day's events has only a date, that day's events are
ordered by stage, because a day and an instant compare by day.
"""

from collections.abc import Sequence

import narwhals as nw
import pandas as pd

from core.definition import IGNORED, Definition
from core.engine import Engine, Lazy
from core.journeys.labels import EXIT

UNDATED = 1 << 60
"""Place in time of what an export says without a date: after everything that has one."""

_KEY = ("at", "code", "event_id")


def coded(
    engine: Engine, events: Lazy, labels: pd.DataFrame, unit_of: Lazy, *, as_of: int, unknown_yet: Sequence[int] = ()
) -> Lazy:
    """The stage events known at `as_of`: `unit`, `code`, `happened_at`, `day`, `precision`, `shape`, `reason`, `actor`.

    `labels` is `stage_labels`. `unit_of` has `lead_id`, `unit` and `merged` (true for an id merged into another).
    Statuses of the batches in `unknown_yet` were exported after `as_of` and are left out; of the others each id's
    newest counts, unless the lead is known to have been there by a dated event.
    """
    named = labels[labels["code"].notna() & (labels["meaning"] != IGNORED)]
    words = engine.frame(named[["name", "code"]].astype({"code": "int64", "name": "str"}))
    known = (
        events.filter(nw.col("kind") == "stage", nw.col("happened_at").is_null() | (nw.col("happened_at") <= as_of))
        .select("event_id", "lead_id", "happened_at", "day", "precision", "shape", "name", "reason", "actor", "batch")
        .join(words, on="name", how="inner")
        .drop("name")
        .join(unit_of, on="lead_id", how="inner")
    )
    status = nw.col("shape") == "status"
    if engine.collect(known.filter(status).head(1).select("unit")).empty:
        return known.drop("lead_id", "batch", "merged")
    dated = known.filter(~status).drop("lead_id", "batch", "merged")
    said = (
        known.filter(status, ~nw.col("merged"), ~nw.col("batch").is_in([-1, *unknown_yet]))
        .filter(nw.col("batch") == nw.col("batch").max().over("lead_id"))
        .drop("lead_id", "batch", "merged")
        .join(dated.select("unit", "code").unique(["unit", "code"]), on=["unit", "code"], how="anti")
    )
    return nw.concat([dated, said], how="vertical")


def placed(engine: Engine, rows: Lazy) -> Lazy:
    """The rows with `at`, the place in time to order by."""
    some = engine.collect(rows.filter(nw.col("precision") == "day").head(1).select("unit"))
    dated = nw.coalesce(nw.col("happened_at"), nw.lit(UNDATED).cast(nw.Int64))
    if some.empty:
        return rows.with_columns(at=dated)
    # A day's own instant is its first second, so the least of the day's instants is the day itself.
    day_known = (nw.col("precision") == "day").any().over("unit", "day")
    return rows.with_columns(
        at=nw.when(day_known & ~nw.col("day").is_null()).then(dated.min().over("unit", "day")).otherwise(dated)
    )


def with_passes(rows: Lazy, definition: Definition) -> Lazy:
    """The rows with `pass` (0, 1, …), `seq` (place in the lead's history) and `tie`.

    A tie is another stage at the very instant of the row before, or on its day where both are known by the day alone.

    A new pass begins where a lead comes back from a way out, or where a history says that it went back across the
    hand-off. Sales' no is a verdict first: a lead that moves on to a later stage in spite of it stays in its pass.
    A date column cannot say that a lead went back (a later stage dated earlier there is an anomaly), and a status
    without a date never begins a pass.
    """
    sales = [place for place, stage in enumerate(definition.stages) if stage.side == "sales"]
    noes = [EXIT + place for place, way in enumerate(definition.exits) if way.kind == "rejected"]
    code, before = nw.col("code"), nw.col("_before")
    went_back = (
        before.is_in(sales) & ~code.is_in(sales) & (nw.col("shape") == "log")
        if 0 < len(sales) < len(definition.stages)
        else nw.lit(False)
    )
    came_back = (before >= EXIT) & (~before.is_in([-1, *noes]) | (code <= definition.hand_off))
    begins = (came_back | went_back) & (code < EXIT) & (nw.col("at") < UNDATED)
    return (
        rows.with_columns(
            _before=code.shift(1).over("unit", order_by=_KEY),
            _when_before=nw.col("happened_at").shift(1).over("unit", order_by=_KEY),
            _precision_before=nw.col("precision").shift(1).over("unit", order_by=_KEY),
            seq=code.cum_count().over("unit", order_by=_KEY).cast(nw.Int64),
        )
        .with_columns(
            tie=nw.coalesce(
                (nw.col("happened_at") == nw.col("_when_before"))
                & (nw.col("precision") == nw.col("_precision_before"))
                & (code != before),
                nw.lit(False),
            ),
            _begins=nw.when(begins).then(nw.lit(1)).otherwise(nw.lit(0)).cast(nw.Int64),
        )
        .with_columns(**{"pass": nw.col("_begins").cum_sum().over("unit", order_by="seq").cast(nw.Int64)})
        .drop("_before", "_when_before", "_precision_before", "_begins")
    )

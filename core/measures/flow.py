"""What came in and went out of each stage in each month? The flow beside the cohort: it can pass 100 %."""

from datetime import UTC, datetime

import narwhals as nw
import numpy as np
import pandas as pd

from core.engine import Engine
from core.journeys.passes import DISQUALIFIED, LOST, RECYCLED, REJECTED, at
from core.journeys.reduce import Facts
from core.measures.cohort import Query, in_segment
from core.settings import Settings
from core.tables import Column, Table

FLOW = Table(
    "flow",
    "month and stage",
    (
        Column("month", "text", "month in the data's zone, as 2026-03", required=True),
        Column("stage", "text", "stage id", required=True),
        Column("entered", "integer", "passes that entered in that month, dated entries only", required=True),
        Column("advanced", "integer", "passes that went on from it in that month", required=True),
        Column("left", "integer", "passes that left the funnel from it in that month", required=True),
        Column("balance", "integer", "in it at the end of the month", required=True),
    ),
    key=("month", "stage"),
)

SLOT = 900
"""Zones differ from UTC by whole quarters of an hour: counting by these loses nothing."""


def flow(engine: Engine, facts: Facts, settings: Settings, query: Query | None = None) -> pd.DataFrame:
    """Entries, advances, exits and balance of each stage by month (`FLOW`). Unit: passes, dated entries.

    Of `query` only the filters count: a flow has no cohort, so neither period nor policy.
    """
    n = len(facts.definition.stages)
    rows = facts.passes(engine).select("unit", "pass", "top", "end_observed", "ended_at", *(at(k) for k in range(n)))
    if query is not None and query.where:
        rows = in_segment(engine, rows, facts, query.model_copy(update={"by": None}))
    gone = nw.col("end_observed").is_in([REJECTED, RECYCLED, DISQUALIFIED, LOST])
    parts = []
    for k, stage in enumerate(facts.definition.stages):
        later = nw.min_horizontal(*(at(j) for j in range(k + 1, n))) if k + 1 < n else nw.lit(None).cast(nw.Int64)
        out_at = nw.when(gone & (nw.col("top") == k)).then(nw.col("ended_at"))
        dated = rows.filter(~nw.col(at(k)).is_null())
        for what, instant in (("entered", nw.col(at(k))), ("advanced", later), ("left", out_at)):
            # A later stage dated before this one still went on from it, at the earliest when this one was entered.
            slot = nw.max_horizontal(instant, nw.when(~instant.is_null()).then(nw.col(at(k)))) // SLOT
            counted = engine.collect(
                dated.with_columns(slot=slot).filter(~nw.col("slot").is_null()).group_by("slot").agg(n=nw.len())
            )
            parts.append(counted.assign(stage=stage.id, what=what))
    long = pd.concat(parts)
    if long.empty:
        return FLOW.empty()
    slots = long["slot"].astype("int64").to_numpy() * SLOT
    long = long.assign(month=_months(slots, settings), n=long["n"].astype("int64"))
    wide = long.pivot_table(index=["month", "stage"], columns="what", values="n", aggfunc="sum", fill_value=0)
    months = pd.period_range(long["month"].min(), long["month"].max(), freq="M").astype(str)
    every = pd.MultiIndex.from_product([months, facts.definition.stage_ids], names=["month", "stage"])
    wide = wide.reindex(index=every, columns=["entered", "advanced", "left"], fill_value=0).sort_index(
        level=0, sort_remaining=False
    )
    change = wide["entered"] - wide["advanced"] - wide["left"]
    wide["balance"] = change.groupby(level="stage").cumsum()
    return FLOW.conform(wide.reset_index())


def _months(seconds: np.ndarray, settings: Settings) -> list[str]:
    tz = settings.tz
    return [datetime.fromtimestamp(int(second), UTC).astimezone(tz).strftime("%Y-%m") for second in seconds]

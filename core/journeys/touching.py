"""Who tried to reach the lead, when, and was it reached?"""

import narwhals as nw
import pandas as pd

from core.definition import Definition, reached
from core.engine import Engine, Lazy
from core.journeys.actors import named

_STEP = 2
"""Instants are doubled, so that at one instant what is known by its day alone comes first."""


def touches(
    engine: Engine, events: Lazy, ids_of: Lazy, known: pd.DataFrame, definition: Definition, *, as_of: int
) -> Lazy:
    """Every dated touch: `unit`, `at`, `day`, `by_day`, `name`, `key` (orders them), `contact`; of whoever made it
    `who`, `who_kind` and `works_leads`."""
    rows = events.filter(nw.col("kind") == "touch", nw.col("happened_at") <= as_of)
    spoken = {field: _spoken(engine, rows, field, definition) for field in ("name", "detail")}
    rows = rows.select(
        "lead_id",
        "day",
        "actor",
        "name",
        at=nw.col("happened_at"),
        by_day=nw.col("precision") == "day",
        contact=nw.any_horizontal(
            *(nw.coalesce(nw.col(field).is_in(words), nw.lit(False)) for field, words in spoken.items()),
            ignore_nulls=True,
        ),
    )
    joined = rows.join(ids_of.select("unit", "lead_id"), on="lead_id", how="inner").drop("lead_id")
    later = nw.when(nw.col("by_day")).then(nw.lit(0).cast(nw.Int64)).otherwise(nw.lit(1).cast(nw.Int64))
    return named(engine, joined, known, column="actor").select(
        "unit",
        "at",
        "day",
        "by_day",
        "name",
        "contact",
        "works_leads",
        "who",
        "who_kind",
        key=nw.col("at") * _STEP + later,
    )


def _spoken(engine: Engine, rows: Lazy, field: str, definition: Definition) -> list[str]:
    said = engine.collect(rows.select(field).unique(field))[field].dropna()
    found = sorted(text for text in said if reached(text, definition.contact_words))
    return found or [""]


def firsts(happenings: Lazy, *over: str, **which: nw.Expr) -> Lazy:
    """Per `over` the first of the happenings that each condition holds for: `<name>_at` and `<name>_by_day`.

    `happenings` have `key`, as `touches` gives it.
    """
    grouped = happenings.group_by(*over).agg(
        **{name: nw.when(cond).then(nw.col("key")).min() for name, cond in which.items()}
    )
    out = {}
    for name in which:
        out[f"{name}_at"] = nw.col(name) // _STEP
        out[f"{name}_by_day"] = nw.col(name) % _STEP == 0
    return grouped.select(*over, **out)


def counted(inside: Lazy) -> Lazy:
    """Of the touches inside each window: `attempts`, `attempt_days`, `last_touch_at`, `machine_touches`, and the first
    attempt and contact."""
    ours = nw.col("works_leads")
    one, none = nw.lit(1).cast(nw.Int64), nw.lit(0).cast(nw.Int64)
    sums = inside.group_by("unit", "pass").agg(
        attempts=nw.when(ours).then(one).otherwise(none).sum().cast(nw.Int64),
        machine_touches=nw.when(nw.coalesce(nw.col("who_kind") == "machine", nw.lit(False)))
        .then(one)
        .otherwise(none)
        .sum()
        .cast(nw.Int64),
        last_touch_at=nw.when(ours).then(nw.col("at")).max(),
    )
    days = inside.filter(ours).group_by("unit", "pass").agg(attempt_days=nw.col("day").n_unique().cast(nw.Int64))
    first = firsts(inside.filter(ours), "unit", "pass", attempt=nw.lit(True), contact=nw.col("contact"))
    return sums.join(days, on=["unit", "pass"], how="left").join(first, on=["unit", "pass"], how="left")

"""Who owned the lead, and when did that change?"""

import narwhals as nw
import pandas as pd

from core.engine import Engine, Lazy
from core.journeys.actors import named


def owner_changes(
    engine: Engine, events: Lazy, ids_of: Lazy, known: pd.DataFrame, fields: list[str], *, as_of: int
) -> Lazy:
    """Every dated change of owner: `unit`, `n` (its number in order), `at`, `day`, `by_day`, of the new owner
    `who`, `who_kind`, `sells`, and `who_before`. `known` is `actors.actors`."""
    rows = events.filter(
        nw.col("kind") == "change",
        nw.col("name").is_in(fields or [""]),
        nw.col("happened_at") <= as_of,
        ~nw.col("detail").is_null(),
    ).select(
        "lead_id", "event_id", "day", "detail", "before", at=nw.col("happened_at"), by_day=nw.col("precision") == "day"
    )
    joined = rows.join(ids_of.select("unit", "lead_id"), on="lead_id", how="inner").drop("lead_id")
    numbered = joined.with_columns(n=nw.col("at").cum_count().over("unit", order_by=("at", "event_id")).cast(nw.Int64))
    from_whom = named(engine, numbered, known, column="before").select("unit", "n", who_before=nw.col("who"))
    to_whom = named(engine, numbered, known, column="detail")
    return to_whom.join(from_whom, on=["unit", "n"], how="left").select(
        "unit", "n", "at", "day", "by_day", "who", "who_kind", "sells", "who_before"
    )


def first_to_sales(changes: Lazy) -> Lazy:
    """The first change to a person of sales in each window: `given_to`, `given_at`, `given_day`, `given_by_day`."""
    to_sales = changes.filter(nw.col("sells"), nw.col("who_kind") == "person")
    return to_sales.filter(nw.col("n") == nw.col("n").min().over("unit", "pass")).select(
        "unit",
        "pass",
        given_to=nw.col("who"),
        given_at=nw.col("at"),
        given_day=nw.col("day"),
        given_by_day=nw.col("by_day"),
    )


def at_first(changes: Lazy) -> Lazy:
    """Who owned each lead before its first change, where the history says so: `unit` and `who`."""
    return changes.filter(nw.col("n") == 1).select("unit", who=nw.col("who_before"))


def last_before(changes: Lazy, *over: str) -> Lazy:
    """The last of these changes per `over`: `over` and `who`."""
    return changes.filter(nw.col("n") == nw.col("n").max().over(*over)).select(*over, "who")

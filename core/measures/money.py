"""What was it worth? Won amounts of a cohort, per currency, never added across them."""

import narwhals as nw
import pandas as pd

from core.engine import Engine, Lazy
from core.journeys.reduce import Facts
from core.tables import Column, Table

WON_VALUE = Table(
    "won_value",
    "segment and currency",
    (
        Column("segment", "text", "value of the column that the funnel is broken down by", required=True),
        Column("currency", "text", "ISO 4217 code; missing when not stated"),
        Column("deals", "integer", "won deals", required=True),
        Column("amount_minor", "integer", "their amounts in minor units", required=True),
        Column("without_amount", "integer", "won deals whose amount is not known", required=True),
    ),
)


def won_value(engine: Engine, facts: Facts, rows: Lazy) -> pd.DataFrame:
    """Won deals of the leads in `rows` (`cohort.standing`), each once (`WON_VALUE`)."""
    members = rows.select("unit", "segment").unique(["unit", "segment"])
    won = facts.deals(engine).filter(nw.col("outcome") == "won").join(members, on="unit", how="inner")
    unpaid = nw.when(nw.col("amount_minor").is_null()).then(nw.lit(1)).otherwise(nw.lit(0))
    found = engine.collect(
        won.with_columns(unpaid=unpaid)
        .group_by("segment", "currency")
        .agg(
            deals=nw.len(),
            amount_minor=nw.col("amount_minor").sum().cast(nw.Int64),
            without_amount=nw.col("unpaid").sum(),
        )
    )
    found["amount_minor"] = found["amount_minor"].fillna(0)
    return WON_VALUE.conform(found.sort_values(["segment", "currency"], ignore_index=True))

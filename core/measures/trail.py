"""How much of what was won has an unbroken trail from its source to the sale? (MEASURES 4, closed-loop coverage)"""

from collections.abc import Mapping

import narwhals as nw
import pandas as pd

from core.engine import Engine, Lazy
from core.journeys.reduce import Facts
from core.tables import DEAL_LEAD, Column, Table

BREAKS: Mapping[str, str] = {
    "unbroken": "source known, hand-off dated, answer of sales recorded",
    "lead": "the deal belongs to no lead",
    "source": "the source of the lead is not stated",
    "hand_off": "the hand-off is not dated",
    "answer": "sales recorded neither a verdict nor a disposition",
}
"""Where the trail of a won deal breaks first."""

TRAIL = Table(
    "trail",
    "currency and first break",
    (
        Column("currency", "text", "ISO 4217 code; missing when not stated"),
        Column("trail", "text", "unbroken, or the first break (a name of BREAKS)", required=True),
        Column("deals", "integer", "won deals", required=True),
        Column("amount_minor", "integer", "their amounts in minor units", required=True),
        Column("without_amount", "integer", "won deals whose amount is not known", required=True),
    ),
    key=("currency", "trail"),
)


def trail(engine: Engine, facts: Facts, timed: Lazy) -> pd.DataFrame:
    """Every won deal, by whether its trail is unbroken (`TRAIL`). The parts of a currency are all that was won in it.

    `timed`: every hand-off (`clocks.TIMED`). Hand-off and answer must stand in one and the same pass of the lead.
    """
    dated = ~nw.col("handed_at").is_null()
    answered = ~nw.col("verdict").is_null() | ~nw.col("disposed_at").is_null()
    steps = timed.select("unit", _dated=_one(dated), _whole=_one(dated & answered))
    best = steps.group_by("unit").agg(_dated=nw.col("_dated").max(), _whole=nw.col("_whole").max())
    leads = facts.units(engine).select("unit", "lead_id", "source")
    won = facts.deals(engine).filter(nw.col("outcome") == "won").join(leads, on="unit", how="left")
    rows = won.join(best, on="unit", how="left")
    said = nw.coalesce(nw.col("source").cast(nw.String).str.strip_chars(), nw.lit(""))
    first = (
        nw.when(nw.coalesce(nw.col("lead_id").str.starts_with(DEAL_LEAD), nw.lit(True)))
        .then(nw.lit("lead"))
        .when(said == "")
        .then(nw.lit("source"))
        .when(nw.coalesce(nw.col("_dated"), nw.lit(0)) == 0)
        .then(nw.lit("hand_off"))
        .when(nw.coalesce(nw.col("_whole"), nw.lit(0)) == 0)
        .then(nw.lit("answer"))
        .otherwise(nw.lit("unbroken"))
    )
    found = engine.collect(
        rows.with_columns(trail=first, _unpaid=_one(nw.col("amount_minor").is_null()))
        .group_by("currency", "trail")
        .agg(deals=nw.len(), amount_minor=nw.col("amount_minor").sum(), without_amount=nw.col("_unpaid").sum())
    )
    found["amount_minor"] = found["amount_minor"].fillna(0)
    order = {name: place for place, name in enumerate(BREAKS)}
    found = found.sort_values(
        ["currency", "trail"], key=lambda column: column.map(order) if column.name == "trail" else column
    )
    return TRAIL.conform(found).reset_index(drop=True)


def coverage(found: pd.DataFrame) -> dict[str | None, float]:
    """Currency → share of its won amount with an unbroken trail; NaN where no amount is known. None: not stated.

    >>> rows = TRAIL.conform(pd.DataFrame({"currency": ["EUR", "EUR"], "trail": ["unbroken", "source"],
    ...     "deals": [1, 1], "amount_minor": [300, 100], "without_amount": [0, 0]}))
    >>> coverage(rows)
    {'EUR': 0.75}
    """
    out: dict[str | None, float] = {}
    for code, part in found.groupby(found["currency"].fillna(""), sort=True):
        whole = int(part["amount_minor"].sum())
        kept = int(part.loc[part["trail"] == "unbroken", "amount_minor"].sum())
        out[str(code) or None] = kept / whole if whole else float("nan")
    return out


def _one(flag: nw.Expr) -> nw.Expr:
    return nw.when(flag).then(nw.lit(1)).otherwise(nw.lit(0)).cast(nw.Int64)

"""At which instant is each lead judged? (MEASURES 6)"""

import narwhals as nw

from core.engine import Lazy
from core.tables import Column, Table

MOMENTS = Table(
    "moments",
    "lead and pass that is judged",
    (
        Column("unit", "integer", "the lead", required=True),
        Column("pass", "integer", "the trip through the funnel; 0 where it has none", required=True),
        Column("judged_at", "instant", "the hand-off, else the last that is known of the lead", required=True),
        Column("judged_kind", "text", "handoff, or last: never handed over on a known day", required=True),
        Column("judged_by_day", "flag", "only the day of it is known: everything on that day counts", required=True),
    ),
    key=("unit", "pass"),
)
_END_OF_DAY = 86_399


def moments(units: Lazy, passes: Lazy, spans: Lazy, events: Lazy, ids_of: Lazy, *, as_of: int) -> Lazy:
    """One row per lead and hand-off, and one per lead that was never handed over on a known day (`MOMENTS`).

    `spans`: `windows.windows`. A lead never handed over is judged at the last event of it up to `as_of`, else at its
    creation, else at `as_of`: with windows and half-lives that is a lower bound of the best it ever was.
    """
    handed = spans.filter(~nw.col("handed_at").is_null()).select(
        "unit",
        "pass",
        judged_at=nw.col("handed_at"),
        judged_kind=nw.lit("handoff"),
        judged_by_day=nw.coalesce(nw.col("handed_by_day"), nw.lit(False)),
    )
    seen = events.filter(nw.col("happened_at") <= as_of).join(
        ids_of.select("unit", "lead_id"), on="lead_id", how="inner"
    )
    last = seen.group_by("unit").agg(_last=nw.col("happened_at").max())
    latest = passes.group_by("unit").agg(_pass=nw.col("pass").max())
    rest = units.select("unit", "created_at").join(handed.select("unit").unique("unit"), on="unit", how="anti")
    rest = rest.join(last, on="unit", how="left").join(latest, on="unit", how="left")
    known = nw.max_horizontal("_last", nw.when(nw.col("created_at") <= as_of).then(nw.col("created_at")))
    never = rest.select(
        "unit",
        nw.coalesce(nw.col("_pass"), nw.lit(0)).cast(nw.Int64).alias("pass"),
        judged_at=nw.coalesce(known, nw.lit(as_of)).cast(nw.Int64),
        judged_kind=nw.lit("last"),
        judged_by_day=nw.lit(True),
    )
    return nw.concat([handed, never], how="vertical")


def not_after(when: nw.Expr) -> nw.Expr:
    """Had it happened by the judged instant? By the end of its day, where only the day is known."""
    more = nw.when(nw.col("judged_by_day")).then(nw.lit(_END_OF_DAY)).otherwise(nw.lit(0)).cast(nw.Int64)
    return when <= nw.col("judged_at") + more

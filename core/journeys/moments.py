"""At which instant is each lead judged? (MEASURES 6)"""

import narwhals as nw

from core.engine import Lazy
from core.journeys.passes import DAY
from core.tables import Column, Table

MOMENTS = Table(
    "moments",
    "lead and pass that is judged",
    (
        Column("unit", "integer", "the lead", required=True),
        Column("pass", "integer", "the trip through the funnel; 0 where it has none", required=True),
        Column("judged_at", "instant", "the hand-off, else the last that is known of the lead", required=True),
        Column("judged_day", "day", "the day of it in the data's zone; missing where no event says it"),
        Column("judged_kind", "text", "handoff, or last: never handed over on a known day", required=True),
        Column("judged_by_day", "flag", "only the day of it is known: everything on that day counts", required=True),
    ),
    key=("unit", "pass"),
)
_STEP = 2


def moments(units: Lazy, passes: Lazy, spans: Lazy, events: Lazy, ids_of: Lazy, *, as_of: int) -> Lazy:
    """One row per lead and hand-off, and one per lead that was never handed over on a known day (`MOMENTS`).

    `spans`: `windows.windows`. A lead never handed over is judged at the last event of it up to `as_of`, else at its
    creation, else at `as_of`: with windows and half-lives that is a lower bound of the best it ever was.
    """
    handed = spans.filter(~nw.col("handed_at").is_null()).select(
        "unit",
        "pass",
        judged_at=nw.col("handed_at"),
        judged_day=nw.col("handed_day"),
        judged_kind=nw.lit("handoff"),
        judged_by_day=nw.coalesce(nw.col("handed_by_day"), nw.lit(False)),
    )
    rest = units.select("unit", "created_at").join(handed.select("unit").unique("unit"), on="unit", how="anti")
    # Instants are doubled, so that at one instant what is known by its day alone comes first.
    exact = nw.when(nw.col("precision") == "day").then(nw.lit(0)).otherwise(nw.lit(1)).cast(nw.Int64)
    last = (
        events.filter(nw.col("happened_at") <= as_of)
        .select("lead_id", "day", _key=nw.col("happened_at") * _STEP + exact)
        .join(ids_of.select("unit", "lead_id"), on="lead_id", how="inner")
        .join(rest.select("unit"), on="unit", how="semi")
        .group_by("unit")
        .agg(_last=nw.col("_key").max(), _day=nw.col("day").max())
    )
    latest = passes.group_by("unit").agg(_pass=nw.col("pass").max())
    rest = rest.join(last, on="unit", how="left").join(latest, on="unit", how="left")
    at = nw.col("_last") // _STEP
    born = nw.when(nw.col("created_at") <= as_of).then(nw.col("created_at"))
    by_event = nw.coalesce(at >= born, ~at.is_null())
    never = rest.select(
        "unit",
        nw.coalesce(nw.col("_pass"), nw.lit(0)).cast(nw.Int64).alias("pass"),
        judged_at=nw.coalesce(nw.max_horizontal(at, born), nw.lit(as_of)).cast(nw.Int64),
        judged_day=nw.when(by_event).then(nw.col("_day")),
        judged_kind=nw.lit("last"),
        judged_by_day=by_event & nw.coalesce(nw.col("_last") % _STEP == 0, nw.lit(False)),
    )
    return nw.concat([handed, never], how="vertical")


def not_after(at: nw.Expr, day: nw.Expr, by_day: nw.Expr) -> nw.Expr:
    """Had it happened by the judged instant? By day, where one of both is known by its day alone."""
    return nw.when(_by_day(by_day)).then(day <= nw.col("judged_day")).otherwise(at <= nw.col("judged_at"))


def age(at: nw.Expr, day: nw.Expr, by_day: nw.Expr) -> nw.Expr:
    """Seconds from it to the judged instant; whole days, where one of both is known by its day alone."""
    days = (nw.col("judged_day").cast(nw.Int64) - day.cast(nw.Int64)) * DAY
    return nw.when(_by_day(by_day)).then(days).otherwise(nw.col("judged_at") - at)


def _by_day(by_day: nw.Expr) -> nw.Expr:
    return (by_day | nw.col("judged_by_day")) & ~nw.col("judged_day").is_null()

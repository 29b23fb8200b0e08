"""Who had the lead at the hand-off, who of sales was the first to have it, and who has it now?"""

import narwhals as nw
import pandas as pd

from core.engine import Engine, Lazy
from core.journeys.actors import ACTORS, named
from core.journeys.owning import at_first, first_to_sales, last_before
from core.journeys.windows import until_hand_off, within

_OVER = ["unit", "pass"]


def owned(engine: Engine, spans: Lazy, changes: Lazy, units: Lazy, known: pd.DataFrame) -> Lazy:
    """Per hand-off `owner` (then), `rep` (the first of sales from then on) since `rep_at`, and `owner_now`.

    `spans`: `windows.windows`; `changes`: `owning.owner_changes`; `units` have `owner`, the export's; `known`:
    `actors.actors`.
    """
    dated = spans.filter(~nw.col("handed_at").is_null())
    until = changes.join(dated, on="unit", how="inner").filter(until_hand_off())
    at_hand_off = last_before(until, *_OVER).rename({"who": "_owner"})
    now = last_before(changes, "unit").rename({"who": "_now"})
    initial = at_first(changes).rename({"who": "_initial"})
    export = named(engine, units.select("unit", "owner"), known, column="owner").select("unit", _export=nw.col("who"))
    joined = (
        spans.join(at_hand_off, on=_OVER, how="left")
        .join(now, on="unit", how="left")
        .join(initial, on="unit", how="left")
        .join(export, on="unit", how="left")
        .join(first_to_sales(within(changes, spans)), on=_OVER, how="left")
    )
    # Without any change on record the export's owner has always been the owner; else only the changes tell.
    constant = nw.when(nw.col("_now").is_null()).then(nw.col("_export"))
    owner = nw.when(~nw.col("handed_at").is_null()).then(nw.coalesce(nw.col("_owner"), nw.col("_initial"), constant))
    sells = (
        engine.frame(known, ACTORS)
        .filter(nw.col("sells"), nw.col("said") == nw.col("who"))
        .select("who", _sells=nw.lit(True))
    )
    with_owner = joined.with_columns(owner=owner).join(sells, left_on="owner", right_on="who", how="left")
    own = nw.coalesce(nw.col("_sells"), nw.lit(False))
    return with_owner.with_columns(
        rep=nw.when(own).then(nw.col("owner")).otherwise(nw.col("given_to")),
        rep_at=nw.when(own).then(nw.col("handed_at")).otherwise(nw.col("given_at")),
        owner_now=nw.coalesce(nw.col("_now"), nw.col("_export")),
    ).select(*_OVER, "owner", "rep", "rep_at", "owner_now")

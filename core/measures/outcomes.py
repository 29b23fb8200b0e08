"""What became of hand-offs whose outcome is known: the ground of every suggestion from history."""

from typing import Literal

import narwhals as nw

from core.engine import Lazy
from core.journeys.passes import DAY
from core.journeys.reduce import Facts

Target = Literal["validated", "won"]
TARGETS: dict[Target, str] = {
    "validated": "sales said yes, of those that sales said yes or no to",
    "won": "won, of those handed over long enough ago to have matured",
}


def known_outcomes(facts: Facts, rows: Lazy, target: Target, *, mature_days: int) -> Lazy:
    """The hand-offs (`clocks.TIMED`) of a known day and outcome: `unit`, `pass`, `handed_at`, `reason`, `hit` (0 or 1).

    `reason` is that of a no, as agreed or as it was said.
    """
    dated = rows.filter(~nw.col("handed_at").is_null())
    if target == "validated":
        told, hit = dated.filter(~nw.col("verdict").is_null()), nw.col("verdict") == "yes"
    else:
        told, hit = dated.filter(nw.col("handed_at") <= facts.as_of - mature_days * DAY), nw.col("won")
    one, none = nw.lit(1).cast(nw.Int64), nw.lit(0).cast(nw.Int64)
    return told.select("unit", "pass", "handed_at", "reason", hit=nw.when(hit).then(one).otherwise(none))

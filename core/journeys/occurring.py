"""How often did something happen to a lead up to the judged instant, and what is each time still worth?"""

from collections.abc import Sequence
from dataclasses import dataclass

import narwhals as nw
import pandas as pd

from core.definition import BehaviourRule, Happened, fold
from core.engine import Engine, Lazy
from core.journeys.moments import not_after
from core.journeys.passes import DAY

_KEYS = ["unit", "pass"]
_FOREVER = 1 << 40
Counted = Happened | BehaviourRule


@dataclass(frozen=True)
class Occurrence:
    """What is counted: an activity of the lead, a touch of ours or a conversation, of these types, in this window."""

    what: str
    names: frozenset[str]
    within_days: int | None
    cap: int | None
    half_life_days: float | None

    @classmethod
    def of(cls, asked: Counted) -> "Occurrence":
        """What a condition or a rule counts."""
        names = frozenset(map(fold, asked.names))
        if isinstance(asked, Happened):
            return cls(asked.what, names, asked.within_days, None, None)
        return cls(asked.what, names, asked.within_days, asked.cap, asked.half_life_days)


def happenings(engine: Engine, events: Lazy, ids_of: Lazy, touched: Lazy, *, as_of: int) -> Lazy:
    """Activities of the lead and touches of ours, dated: `unit`, `at`, `what`, `name`, `id`, `contact`.

    `touched`: `touching.touches` with `name` and `event_id`; those by machines and by marketing are no touches of ours.
    """
    did = (
        events.filter(nw.col("kind") == "activity", nw.col("happened_at") <= as_of)
        .join(ids_of.select("unit", "lead_id"), on="lead_id", how="inner")
        .select(
            "unit",
            name=nw.coalesce(nw.col("name"), nw.lit("")),
            at=nw.col("happened_at"),
            what=nw.lit("activity"),
            id=nw.col("event_id"),
            contact=nw.lit(False),
        )
    )
    ours = touched.filter(nw.col("works_leads")).select(
        "unit",
        name=nw.coalesce(nw.col("name"), nw.lit("")),
        at=nw.col("at"),
        what=nw.lit("touch"),
        id=nw.col("event_id"),
        contact=nw.col("contact"),
    )
    return nw.concat([did, ours], how="vertical")


def counted(engine: Engine, moments: Lazy, rows: Lazy, asked: Sequence[Occurrence]) -> Lazy:
    """The moments with `n_0`, `n_1`, … : how often each of `asked` had happened, and `w_0`, … : their summed weight.

    Of several the newest `cap` count. A weight is 2^(-age / half-life), age in days from the judged instant; 1 without
    a half-life. What came after the judged instant never counts. `rows`: `happenings`.
    """
    if not asked:
        return moments
    wanted = engine.frame(_by_name(engine, rows, asked))
    inside = (
        moments.join(rows, on="unit", how="inner")
        .filter(not_after(nw.col("at")))
        .join(wanted, on=["what", "name"], how="inner")
        .filter(nw.col("contact") | ~nw.col("_contact"))
        .with_columns(_age=nw.max_horizontal(nw.col("judged_at") - nw.col("at"), nw.lit(0).cast(nw.Int64)))
        .filter(nw.col("_age") <= nw.col("_window"))
    )
    if any(one.cap is not None for one in asked):
        # The newest first; of one instant by id, so that the count does not depend on the order of rows.
        place = nw.col("_age").cum_count().over(*_KEYS, "_asked", order_by=("_age", "id"))
        inside = inside.with_columns(_place=place.cast(nw.Int64)).filter(nw.col("_place") <= nw.col("_cap"))
    fades = any(one.half_life_days is not None for one in asked)
    worth = (nw.col("_age").cast(nw.Float64) * nw.col("_fading")).exp() if fades else nw.lit(1.0)
    one = nw.lit(1).cast(nw.Int64)
    sums = inside.with_columns(_worth=worth).group_by(*_KEYS)
    out = sums.agg(
        **{f"n_{k}": nw.when(nw.col("_asked") == k).then(one).sum().cast(nw.Int64) for k in range(len(asked))},
        **{
            f"w_{k}": nw.when(nw.col("_asked") == k).then(nw.col("_worth")).sum()
            for k, item in enumerate(asked)
            if item.half_life_days is not None
        },
    )
    none = nw.lit(0).cast(nw.Int64)
    joined = moments.join(out, on=_KEYS, how="left")
    return joined.with_columns(
        **{f"n_{k}": nw.coalesce(nw.col(f"n_{k}"), none) for k in range(len(asked))},
        **{
            f"w_{k}": nw.coalesce(nw.col(f"w_{k}"), nw.lit(0.0))
            for k, item in enumerate(asked)
            if item.half_life_days is not None
        },
    )


def _by_name(engine: Engine, rows: Lazy, asked: Sequence[Occurrence]) -> pd.DataFrame:
    """Type of happening as exported → what asks for it, with its window, cap and fading."""
    found = engine.collect(rows.select("what", "name").unique(["what", "name"]))
    out = []
    for k, one in enumerate(asked):
        what = "activity" if one.what == "activity" else "touch"
        fading = 0.0 if one.half_life_days is None else -0.6931471805599453 / (one.half_life_days * DAY)
        for name in found.loc[found["what"] == what, "name"]:
            if not one.names or (fold(name) in one.names):
                window = _FOREVER if one.within_days is None else one.within_days * DAY
                cap = _FOREVER if one.cap is None else one.cap
                out.append((what, name, k, one.what == "contact", window, cap, fading))
    columns = ["what", "name", "_asked", "_contact", "_window", "_cap", "_fading"]
    kinds = {"what": "str", "name": "str", "_asked": "int64", "_contact": "bool"}
    kinds |= {"_window": "int64", "_cap": "int64", "_fading": "float64"}
    return pd.DataFrame(out, columns=columns).astype(kinds)

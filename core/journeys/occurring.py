"""How often did something happen to a lead up to the judged instant, and what is each time still worth?"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log

import narwhals as nw
import pandas as pd

from core.definition import BehaviourRule, Happened, fold
from core.engine import Engine, Lazy
from core.journeys.moments import age, not_after
from core.journeys.passes import DAY
from core.tables import Column, Table

_KEYS = ["unit", "pass"]
Counted = Happened | BehaviourRule


TYPES = Table(
    "types",
    "type of happening that anything counts",
    (
        Column("what", "text", "activity or touch", required=True),
        Column("name", "text", "the type as exported; empty where none is given", required=True),
        Column("_type", "integer", "one number for all that the same things count", required=True),
    ),
)


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

    def counts(self, what: str, name: str) -> bool:
        """Does a happening of that kind and type count? One without a type counts where any type does."""
        kind = "activity" if self.what == "activity" else "touch"
        return what == kind and (not self.names or (name != "" and fold(name) in self.names))


def happenings(events: Lazy, ids_of: Lazy, touched: Lazy, *, as_of: int) -> Lazy:
    """Activities of the lead and touches of ours, dated: `unit`, `at`, `day`, `by_day`, `what`, `name`, `contact`.

    `touched`: `touching.touches`; those by machines and by marketing are no touches of ours.
    """
    did = (
        events.filter(nw.col("kind") == "activity", nw.col("happened_at") <= as_of)
        .join(ids_of.select("unit", "lead_id"), on="lead_id", how="inner")
        .select(
            "unit",
            "day",
            at=nw.col("happened_at"),
            by_day=nw.col("precision") == "day",
            what=nw.lit("activity"),
            name=nw.coalesce(nw.col("name"), nw.lit("")),
            contact=nw.lit(False),
        )
    )
    ours = touched.filter(nw.col("works_leads")).select(
        "unit",
        "day",
        at=nw.col("at"),
        by_day=nw.col("by_day"),
        what=nw.lit("touch"),
        name=nw.coalesce(nw.col("name"), nw.lit("")),
        contact=nw.col("contact"),
    )
    return nw.concat([did, ours], how="vertical")


def types(engine: Engine, events: Lazy, asked: Sequence[Occurrence]) -> pd.DataFrame:
    """The types of happening in the data that anything asked for counts (`TYPES`)."""
    kinds = events.filter(nw.col("kind").is_in(["activity", "touch"]))
    found = engine.collect(kinds.select("kind", "name").unique(["kind", "name"]))
    numbers: dict[tuple[bool, ...], int] = {}
    out = []
    for what, name in zip(found["kind"], found["name"].fillna(""), strict=True):
        by = tuple(one.counts(what, name) for one in asked)
        if any(by):
            out.append((what, name, numbers.setdefault(by, len(numbers))))
    return TYPES.conform(pd.DataFrame(out, columns=list(TYPES.names)))


def counted(engine: Engine, moments: Lazy, rows: Lazy, asked: Sequence[Occurrence], known: pd.DataFrame) -> Lazy:
    """The moments with `n_0`, `n_1`, … : how often each of `asked` had happened, and `w_0`, … : their summed weight.

    Of several the newest `cap` count. A weight is 2^(-age / half-life), age in days from the judged instant; there is
    none without a half-life. What came after the judged instant never counts. `rows`: `happenings`; `known`: `types`.
    """
    if not asked:
        return moments
    when = nw.col("at"), nw.col("day"), nw.col("by_day")
    inside = (
        rows.join(engine.frame(known, TYPES), on=["what", "name"], how="inner")
        .select("unit", "at", "day", "by_day", "contact", "_type")
        .join(moments.select(*_KEYS, "judged_at", "judged_day", "judged_by_day"), on="unit", how="inner")
        .filter(not_after(*when))
        .select(*_KEYS, "contact", "_type", _age=age(*when))
    )
    counts = {f"_c{k}": _counts(one, known) for k, one in enumerate(asked)}
    faded = {k: one for k, one in enumerate(asked) if one.half_life_days is not None}
    capped = [k for k, one in faded.items() if one.cap is not None]
    inside = inside.with_columns(**counts)
    if capped:
        # Of one age it is all one which of them count: they are worth the same.
        number = {
            f"_p{k}": nw.when(nw.col(f"_c{k}")).then(nw.col("_age")).cum_count().over(*_KEYS, order_by="_age")
            for k in capped
        }
        inside = inside.with_columns(**number).with_columns(
            **{f"_c{k}": nw.col(f"_c{k}") & (nw.col(f"_p{k}") <= asked[k].cap) for k in capped}
        )
    out = inside.group_by(*_KEYS).agg(
        **{f"n_{k}": nw.when(nw.col(f"_c{k}")).then(nw.col("_age")).count() for k in range(len(asked))},
        **{f"w_{k}": nw.when(nw.col(f"_c{k}")).then(_worth(one)).sum() for k, one in faded.items()},
    )
    joined = moments.join(out, on=_KEYS, how="left")
    return joined.with_columns(
        **{f"n_{k}": _newest(nw.coalesce(nw.col(f"n_{k}"), nw.lit(0)), one.cap) for k, one in enumerate(asked)},
        **{f"w_{k}": nw.coalesce(nw.col(f"w_{k}"), nw.lit(0.0)) for k in faded},
    )


def _counts(one: Occurrence, known: pd.DataFrame) -> nw.Expr:
    own = sorted({int(row["_type"]) for row in known.to_dict("records") if one.counts(row["what"], row["name"])})
    holds = nw.col("_type").is_in(own)
    if one.what == "contact":
        holds = holds & nw.col("contact")
    return holds if one.within_days is None else holds & (nw.col("_age") <= one.within_days * DAY)


def _newest(number: nw.Expr, cap: int | None) -> nw.Expr:
    """Of several that are worth the same, the newest `cap` are any `cap` of them."""
    whole = number.cast(nw.Int64)
    return whole if cap is None else nw.min_horizontal(whole, nw.lit(cap).cast(nw.Int64))


def _worth(one: Occurrence) -> nw.Expr:
    assert one.half_life_days is not None
    return (nw.col("_age").cast(nw.Float64) * (-log(2) / (one.half_life_days * DAY))).exp()

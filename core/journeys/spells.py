"""Which owner had the lead from when to when after the hand-off, and what happened in that time?

A new owner's clock starts anew, the lead's does not (MEASURES 3).
"""

import narwhals as nw
import pandas as pd

from core.engine import Engine, Lazy
from core.journeys.actors import ACTORS
from core.journeys.passes import DAY
from core.journeys.touching import firsts
from core.journeys.windows import until_hand_off, within
from core.tables import Column, Table

SPELLS = Table(
    "spells",
    "unit, pass and owner from the hand-off on",
    (
        Column("unit", "integer", "the lead", required=True),
        Column("pass", "integer", "the trip through the funnel", required=True),
        Column("spell", "integer", "0 for the owner at the hand-off", required=True),
        Column("owner", "text", "who owned it; missing where not recorded"),
        Column("kind", "text", "person, queue or machine, where known"),
        Column("started_at", "instant", "the hand-off, or the assignment", required=True),
        Column("started_by_day", "flag", "only its day is known", required=True),
        Column("ended_at", "instant", "the next assignment; missing while it lasts"),
        Column("sells", "flag", "the owner is a person, and not of marketing", required=True),
        Column("settled", "flag", "sales had answered, or it had left, before it began: no clock runs", required=True),
        Column("n", "integer", "touches by people in that time", required=True),
        *(
            column
            for name in ("attempt", "contact", "verdict", "disposed")
            for column in (
                Column(f"{name}_at", "instant", f"first {name} in that time; missing where none"),
                Column(f"{name}_by_day", "flag", "only its day is known"),
            )
        ),
        Column("verdict", "text", "yes or no, where nobody knows when"),
        Column("bypassed_at", "instant", "moved on beyond the verdict in that time; missing where not"),
        Column("bypassed_by_day", "flag", "only its day is known"),
        Column("over", "flag", "left, by whomever, or won: in that time, or nobody knows when", required=True),
        Column("over_at", "instant", "when that was; missing where not, or not dated"),
        Column("over_by_day", "flag", "only its day is known"),
    ),
    key=("unit", "pass", "spell"),
)
_OVER = ["unit", "pass"]


def spells(engine: Engine, *, handoffs: Lazy, inside: Lazy, changes: Lazy, spans: Lazy, known: pd.DataFrame) -> Lazy:
    """One row per owner and hand-off (`SPELLS`).

    `handoffs`: as kept; `inside`: the touches inside each window; `changes`: `owning.owner_changes`; `spans`:
    `windows.windows`; `known`: `actors.actors`.
    """
    every = _owners(engine, handoffs, changes, spans, known)
    touched = inside.filter(nw.col("works_leads")).select(*_OVER, "at", "by_day", "contact", "key")
    own = every.select(*_OVER, "spell", "started_at", "ended_at").join(touched, on=_OVER, how="inner")
    own = own.filter(_in_time(nw.col("at"), nw.col("by_day")))
    counted = own.group_by(*_OVER, "spell").agg(n=nw.len())
    first = firsts(own, *_OVER, "spell", attempt=nw.lit(True), contact=nw.col("contact"))
    said = handoffs.select(*_OVER, **{f"_{name}": nw.col(name) for name in _SAID})
    out = (
        every.join(counted, on=[*_OVER, "spell"], how="left")
        .join(first, on=[*_OVER, "spell"], how="left")
        .join(said, on=_OVER, how="left")
    )
    ends = [_last(nw.col(f"_{name}_at"), nw.col(f"_{name}_by_day")) for name in ("verdict", "disposed", "over")]
    before = nw.min_horizontal(*ends)
    columns = {}
    for name in ("verdict", "disposed", "bypassed", "over"):
        when, by_day = nw.col(f"_{name}_at"), nw.coalesce(nw.col(f"_{name}_by_day"), nw.lit(False))
        here = nw.coalesce(_in_time(when, by_day), nw.lit(False))
        columns[f"{name}_at"] = nw.when(here).then(when)
        columns[f"{name}_by_day"] = nw.when(here).then(by_day)
    return out.with_columns(
        n=nw.coalesce(nw.col("n"), nw.lit(0)).cast(nw.Int64),
        settled=(nw.col("spell") > 0) & nw.coalesce(before < nw.col("started_at"), nw.lit(False)),
        verdict=nw.when(nw.col("_verdict_at").is_null()).then(nw.col("_verdict")),
        over=nw.col("_over") & (nw.col("_over_at").is_null() | ~columns["over_at"].is_null()),
        **columns,
    ).select(*SPELLS.names)


_SAID = (
    "verdict", "verdict_at", "verdict_by_day", "disposed_at", "disposed_by_day",
    "bypassed_at", "bypassed_by_day", "over", "over_at", "over_by_day",
)  # fmt: skip


def _owners(engine: Engine, handoffs: Lazy, changes: Lazy, spans: Lazy, known: pd.DataFrame) -> Lazy:
    number = nw.lit(0).cast(nw.Int64)
    first = handoffs.filter(~nw.col("handed_at").is_null()).select(
        *_OVER, "owner", started_at=nw.col("handed_at"), started_by_day=nw.col("handed_by_day"), _n=number
    )
    # What changed until the hand-off has made the owner at the hand-off.
    further = (
        within(changes, spans)
        .filter(~until_hand_off())
        .select(*_OVER, owner=nw.col("who"), started_at=nw.col("at"), started_by_day=nw.col("by_day"), _n=nw.col("n"))
    )
    own = engine.frame(known, ACTORS).filter(nw.col("said") == nw.col("who"))
    kinds = own.select("who", "sells", kind=nw.col("who_kind"))
    order = ("started_at", "_n")
    return (
        nw.concat([first, further], how="vertical")
        .with_columns(
            spell=(nw.col("started_at").cum_count().over(*_OVER, order_by=order) - 1).cast(nw.Int64),
            ended_at=nw.col("started_at").shift(-1).over(*_OVER, order_by=order),
        )
        .drop("_n")
        .join(kinds, left_on="owner", right_on="who", how="left")
        .with_columns(sells=nw.coalesce(nw.col("sells"), nw.lit(False)))
    )


def _in_time(when: nw.Expr, by_day: nw.Expr) -> nw.Expr:
    """Inside the spell; what is known by its day alone belongs to the owner at that day's end.

    The first spell has all that follows the hand-off: of one day's events the stages tell the order, not the clock.
    """
    last = _last(when, by_day)
    return ((nw.col("spell") == 0) | (last >= nw.col("started_at"))) & (
        nw.col("ended_at").is_null() | (last < nw.col("ended_at"))
    )


def _last(when: nw.Expr, by_day: nw.Expr) -> nw.Expr:
    """The last second at which it may have been."""
    whole = nw.when(nw.coalesce(by_day, nw.lit(False))).then(nw.lit(DAY - 1)).otherwise(nw.lit(0))
    return when + whole.cast(nw.Int64)

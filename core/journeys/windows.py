"""From when to when is a lead with sales? One window per pass that came to the hand-off (MEASURES 0 and 3)."""

import narwhals as nw

from core.definition import Definition
from core.engine import Lazy
from core.journeys.order import UNDATED
from core.journeys.owning import first_to_sales


def windows(rows: Lazy, passes: Lazy, changes: Lazy, definition: Definition) -> Lazy:
    """One row per pass at or beyond the hand-off: `unit`, `pass`, `entry_seq`, `handed_at`, `handed_day`,
    `handed_by_day`, `next_at`, `next_day`, `next_by_day`.

    `rows` are `order.with_passes` rows, `changes` the changes of owner (`owning.owner_changes`). `handed_at` is missing
    where the hand-off is known only from a later stage or an undated status; a window lasts until the next one begins.
    """
    h = definition.hand_off
    entry = rows.filter(nw.col("code") == h, nw.col("at") < UNDATED)
    entry = entry.filter(nw.col("seq") == nw.col("seq").min().over("unit", "pass")).select(
        "unit",
        "pass",
        entry_seq=nw.col("seq"),
        handed_at=nw.col("happened_at"),
        handed_day=nw.col("day"),
        handed_by_day=nw.col("precision") == "day",
    )
    came = passes.filter(nw.col("furthest") >= h).select("unit", "pass")
    begun = came.join(entry, on=["unit", "pass"], how="left")
    if definition.hands_over_by == "assignment":
        begun = _assigned(_until_next(begun), changes)
    return _until_next(begun)


def _until_next(begun: Lazy) -> Lazy:
    dated = begun.filter(~nw.col("handed_at").is_null())
    following = dated.select(
        "unit",
        "pass",
        **{
            name: nw.col(of).shift(-1).over("unit", order_by="pass")
            for name, of in (("next_at", "handed_at"), ("next_day", "handed_day"), ("next_by_day", "handed_by_day"))
        },
    )
    return begun.join(following, on=["unit", "pass"], how="left")


def _assigned(begun: Lazy, changes: Lazy) -> Lazy:
    found = first_to_sales(within(changes, begun))
    joined = begun.join(found, on=["unit", "pass"], how="left")
    return joined.select(
        "unit",
        "pass",
        "entry_seq",
        handed_at=nw.coalesce(nw.col("given_at"), nw.col("handed_at")),
        handed_day=nw.coalesce(nw.col("given_day"), nw.col("handed_day")),
        handed_by_day=nw.coalesce(nw.col("given_by_day"), nw.col("handed_by_day")),
    )


def within(happenings: Lazy, spans: Lazy) -> Lazy:
    """The happenings (`unit`, `at`, `day`, `by_day`, …) inside each window of their lead, with the window's columns."""
    dated = spans.filter(~nw.col("handed_at").is_null())
    both = happenings.join(dated, on="unit", how="inner")
    return both.filter(not_before("handed"), before_next())


def not_before(start: str) -> nw.Expr:
    """Is the happening not before the start? By day, where one of both is known by its day alone."""
    by_day = nw.col("by_day") | nw.col(f"{start}_by_day")
    return (by_day & (nw.col("day") >= nw.col(f"{start}_day"))) | (~by_day & (nw.col("at") >= nw.col(f"{start}_at")))


def before_next() -> nw.Expr:
    """Is the happening before the next window begins, or is there none?"""
    return nw.col("next_at").is_null() | ~nw.coalesce(not_before("next"), nw.lit(False))


def until_hand_off() -> nw.Expr:
    """Is it not after the hand-off? On the hand-off's day, where only that is known."""
    same_day = nw.coalesce(nw.col("handed_by_day"), nw.lit(False)) & (nw.col("day") <= nw.col("handed_day"))
    return (nw.col("at") <= nw.col("handed_at")) | same_day


__all__ = ["before_next", "not_before", "until_hand_off", "windows", "within"]

"""What became of each hand-off: who had it, who was touched when, what sales said and wrote down (MEASURES 3 and 4)."""

import narwhals as nw

from core.definition import Definition
from core.engine import Engine, Lazy
from core.journeys.passes import DAY
from core.journeys.touching import counted
from core.journeys.windows import not_before
from core.tables import Column, Table

_WHEN = "; missing where none"
HANDOFFS = Table(
    "handoffs",
    "unit and pass that came to the hand-off or beyond it",
    (
        Column("unit", "integer", "the lead", required=True),
        Column("pass", "integer", "0 for the first trip through the funnel", required=True),
        Column("created_at", "instant", "when the lead was created"),
        Column("handed_at", "instant", "when it was put before sales; missing where that is not dated"),
        Column("handed_by_day", "flag", "only the day of that is known"),
        Column("before_created", "flag", "put before sales before it was created", required=True),
        Column("next_at", "instant", "when its next pass was put before sales" + _WHEN),
        Column("owner", "text", "who owned it at the hand-off; missing where not recorded"),
        Column("rep", "text", "first person of sales who owned it from then on" + _WHEN),
        Column("rep_at", "instant", "since when" + _WHEN),
        Column("owner_now", "text", "who owns it at as_of"),
        Column("attempts", "integer", "touches by people since the hand-off", required=True),
        Column("attempt_days", "integer", "days on which there were any", required=True),
        Column("attempt_at", "instant", "the first of them" + _WHEN),
        Column("attempt_by_day", "flag", "only its day is known"),
        Column("contact_at", "instant", "the first that reached the lead" + _WHEN),
        Column("contact_by_day", "flag", "only its day is known"),
        Column("last_touch_at", "instant", "the last of them" + _WHEN),
        Column("early_touches", "integer", "touches before the lead's first hand-off", required=True),
        Column("unborn_touches", "integer", "touches before the lead was created: left out", required=True),
        Column("machine_touches", "integer", "touches by machines: they stop no clock", required=True),
        Column("verdict", "text", "yes or no" + _WHEN),
        Column("verdict_at", "instant", "when; missing where not dated"),
        Column("verdict_by_day", "flag", "only its day is known"),
        Column("verdict_by", "text", "who said it, where recorded"),
        Column("reason", "text", "reason of a no, where recorded"),
        Column("bypassed", "flag", "moved on beyond the verdict without one", required=True),
        Column("bypassed_at", "instant", "when; missing where not dated"),
        Column("bypassed_by_day", "flag", "only its day is known"),
        Column("disposed_at", "instant", "first change that sales recorded" + _WHEN),
        Column("disposed_by_day", "flag", "only its day is known"),
        Column("disposed_by", "text", "who recorded it, where known"),
        Column("left_at", "instant", "when it left without sales" + _WHEN),
        Column("left_how", "text", "exit (marketing or a machine took it out), opted_out, or returned (it began anew)"),
        Column("over", "flag", "nothing is waited for: it left, by whomever, began anew, or was won", required=True),
        Column("over_at", "instant", "since when; missing where that is not dated"),
        Column("over_by_day", "flag", "only its day is known"),
        Column("furthest", "integer", "furthest stage of the pass", required=True),
        Column("won", "flag", "the pass was won", required=True),
    ),
    key=("unit", "pass"),
)
_OVER = ["unit", "pass"]


def born(touches: Lazy, units: Lazy) -> Lazy:
    """The touches with `unborn`: dated before their lead was created, so that nothing can be said of them."""
    created = units.select("unit", "created_at")
    joined = touches.join(created, on="unit", how="left")
    return joined.with_columns(unborn=_before_creation("at", nw.col("by_day"))).drop("created_at")


def handoffs(
    engine: Engine,
    *,
    replied: Lazy,
    owned: Lazy,
    passes: Lazy,
    spans: Lazy,
    touches: Lazy,
    inside: Lazy,
    units: Lazy,
    definition: Definition,
) -> Lazy:
    """One row per hand-off (`HANDOFFS`).

    `replied`: `replies.answers`; `owned`: `owned.owned`; `spans`: `windows.windows`; `touches`: `born`, and `inside`
    those of them in a window.
    """
    alive = touches.filter(~nw.col("unborn"))
    out = spans
    for part in (counted(inside), _early(alive, spans), replied, owned, passes.select(*_OVER, "furthest")):
        out = out.join(part, on=_OVER, how="left")
    unborn = touches.filter(nw.col("unborn"), nw.col("works_leads")).group_by("unit").agg(_unborn=nw.len())
    created = units.select("unit", "created_at")
    out = out.join(unborn, on="unit", how="left").join(created, on="unit", how="left")
    first = nw.col("pass") == nw.col("pass").min().over("unit")
    none = nw.lit(0).cast(nw.Int64)
    numbers = ("attempts", "attempt_days", "early_touches", "machine_touches")
    return out.with_columns(
        **{name: nw.coalesce(nw.col(name), none).cast(nw.Int64) for name in numbers},
        unborn_touches=nw.when(first).then(nw.coalesce(nw.col("_unborn"), none)).otherwise(none).cast(nw.Int64),
        before_created=_before_creation("handed_at", nw.coalesce(nw.col("handed_by_day"), nw.lit(False))),
        bypassed=(nw.col("furthest") > definition.hand_off + 1) & nw.col("verdict").is_null(),
        won=nw.col("furthest") >= definition.won,
    ).select(*HANDOFFS.names)


def _before_creation(when: str, by_day: nw.Expr) -> nw.Expr:
    """Is it dated before the lead was created? A day alone is before it only where the whole day is."""
    ends = nw.col(when) + nw.when(by_day).then(nw.lit(DAY - 1)).otherwise(nw.lit(0)).cast(nw.Int64)
    return nw.coalesce(ends < nw.col("created_at"), nw.lit(False))


def _early(touches: Lazy, spans: Lazy) -> Lazy:
    dated = spans.filter(~nw.col("handed_at").is_null())
    first = dated.filter(nw.col("pass") == nw.col("pass").min().over("unit"))
    before = touches.filter(nw.col("works_leads")).join(first, on="unit", how="inner").filter(~not_before("handed"))
    return before.group_by(*_OVER).agg(early_touches=nw.len())

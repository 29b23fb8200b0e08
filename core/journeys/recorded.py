"""Which stage was each lead put in, when, and who put it there? (MEASURES 10)"""

from collections.abc import Sequence

import narwhals as nw

from core.engine import Lazy
from core.journeys.labels import EXIT
from core.journeys.moments import MOMENTS
from core.journeys.order import UNDATED
from core.journeys.passes import STALLED, WAITING
from core.tables import Column, Table

RECORDED = Table(
    "recorded",
    "lead, trip and stage that it was put in",
    (
        Column("unit", "integer", "the lead", required=True),
        Column("pass", "integer", "which trip through the funnel, from 0", required=True),
        Column("stage", "integer", "place of the stage", required=True),
        Column("set_at", "instant", "when it was put there, the last time; missing where only a status says so"),
        Column("day", "day", "the day of that"),
        Column("by_day", "flag", "only that day is known", required=True),
        Column("set_by", "text", "who or what did it, as the data call it; missing where not recorded"),
        Column("still", "flag", "the lead is there now, and has not left", required=True),
    ),
    key=("unit", "pass", "stage"),
)
"""Stages that are only proven by a later one were put by nobody, and are not here."""

_TRIP = ("unit", "pass")
_NOW, _STAGES, _PASS = 2, 64, 128
"""A judged row stands for a trip, a stage of it, and whether it is asked of then or of now, in one number."""


def recorded(rows: Lazy, passes: Lazy) -> Lazy:
    """The stages that leads were put in (`RECORDED`), from rows `order.with_passes` and their passes.

    Rows of one stage that follow each other are one visit, and whoever wrote the first of them put the lead there. A
    status without a date counts where no dated stage is beyond it.
    """
    code = nw.col("code")

    def before(name: str) -> nw.Expr:
        return nw.col(name).shift(1).over("unit", order_by="seq")

    begins = before("code").is_null() | (code != before("code")) | (nw.col("pass") != before("pass"))
    entries = rows.with_columns(_begins=begins).filter(nw.col("_begins"), code < EXIT)
    entries = entries.filter(nw.col("seq") == nw.col("seq").max().over(*_TRIP, "code"))
    stands = nw.col("pass") + 1 == nw.col("n_passes")
    open_ = nw.col("end").is_in([WAITING, STALLED])
    known = passes.select(*_TRIP, "baseline", "top", "current", _here=stands & open_)
    joined = entries.join(known, on=list(_TRIP), how="inner")
    dated = nw.col("at") < UNDATED
    beyond = (nw.col("baseline") == code) & (nw.col("baseline") > nw.col("top"))
    return joined.filter(dated | beyond).select(
        *_TRIP,
        stage=code,
        set_at=nw.col("happened_at"),
        day=nw.col("day"),
        by_day=nw.coalesce(nw.col("precision") == "day", nw.lit(False)),
        set_by=nw.col("actor"),
        still=nw.col("_here") & (nw.col("current") == code),
    )


def moments_of(stages: Lazy, asking: Sequence[bool], *, as_of: int) -> Lazy:
    """When what is asked of each of these stages is judged (`MOMENTS`): then, and of those still there now as well.

    `asking`: does the stage at each place ask anything? Then is judged where it does, now where a later one does.
    `pass` is a number of its own (`told_apart`): a trip has many of these instants. A stage of which only a status is
    known is judged by what is known now.
    """
    number = (nw.col("pass") * _PASS + nw.col("stage") * _NOW).cast(nw.Int64)
    then = stages.filter(nw.col("stage").is_in([k for k, asks in enumerate(asking) if asks] or [-1])).select(
        "unit",
        number.alias("pass"),
        judged_at=nw.coalesce(nw.col("set_at"), nw.lit(as_of)).cast(nw.Int64),
        judged_day=nw.when(~nw.col("set_at").is_null()).then(nw.col("day")),
        judged_kind=nw.lit("set"),
        judged_by_day=nw.col("by_day"),
    )
    below = [k for k in range(len(asking)) if any(asking[k + 1 :])]
    now = stages.filter(nw.col("still"), nw.col("stage").is_in(below or [-1])).select(
        "unit",
        (number + 1).alias("pass"),
        judged_at=nw.lit(as_of).cast(nw.Int64),
        judged_day=nw.lit(None).cast(nw.Int32),
        judged_kind=nw.lit("now"),
        judged_by_day=nw.lit(False),
    )
    return nw.concat([then.select(*MOMENTS.names), now.select(*MOMENTS.names)], how="vertical")


def told_apart(judged: Lazy) -> Lazy:
    """Rows judged at `moments_of`, with `pass`, `stage` and `now` in place of the number that stood for them."""
    number = nw.col("pass")
    return judged.with_columns(
        **{"pass": (number // _PASS).cast(nw.Int64)},
        stage=(number // _NOW % _STAGES).cast(nw.Int64),
        now=number % _NOW == 1,
    )

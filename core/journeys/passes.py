"""How far did each pass come, and how did it end? One row per lead and pass (MEASURES 1 and 2)."""

from functools import reduce as fold_left
from operator import or_

import narwhals as nw
import pandas as pd

from core.definition import Definition
from core.engine import Engine, Lazy
from core.journeys.labels import EXIT
from core.journeys.order import UNDATED
from core.tables import Column, Table

WAITING, REJECTED, RECYCLED, DISQUALIFIED, LOST, STALLED = range(6)
ENDS = ("waiting", "rejected", "recycled", "disqualified", "lost", "stalled")
"""How a pass stands at the furthest stage it reached, by code."""

NOT_RECORDED = "not recorded"
"""The reason of a pass that a later one closed without anybody recording a way out."""

DAY = 86_400
_KIND = {"rejected": REJECTED, "recycled": RECYCLED, "disqualified": DISQUALIFIED, "lost": LOST}
_PLACE, _REASON = 1 << 27, 1 << 20
_DATE = 50
"""Added to the code of a dated entry that a date column speaks of; there are fewer stages than that."""

PASSES = Table(
    "passes",
    "unit and pass",
    (
        Column("unit", "integer", "the lead", required=True),
        Column("pass", "integer", "0 for the first trip through the funnel", required=True),
        Column("n_passes", "integer", "trips of this lead", required=True),
        Column("furthest", "integer", "furthest stage entered (observed, baseline or proven)", required=True),
        Column("shadow", "integer", "furthest stage of any later pass, -1 without one", required=True),
        Column("end", "integer", "how it stands at `furthest`: a code of ENDS", required=True),
        Column("reason", "text", "reason of that end, or of the one at `top`"),
        Column("ended_at", "instant", "when it ended; where that is not recorded, when the next pass began"),
        Column("observed", "integer", "bit mask of stages with a dated entry", required=True),
        Column("standing", "integer", "those of them that no later pass enters", required=True),
        Column("top", "integer", "furthest stage with a dated entry, -1 without one", required=True),
        Column("end_observed", "integer", "how it stands at `top`", required=True),
        Column("baseline", "integer", "stage known only from an undated status, -1 without one", required=True),
        Column("current", "integer", "stage of the last entry", required=True),
        Column("current_since", "instant", "when it was entered"),
        Column(
            "visits", "integer", "dated entries; above the number of stages observed they are revisits", required=True
        ),
        Column("tied", "flag", "two entries at one instant, ordered by stage", required=True),
        Column(
            "reversed",
            "flag",
            "a later stage dated before an earlier one: kept in counts, not in durations",
            required=True,
        ),
        Column("no_then_on", "flag", "sales said no and the lead moved on", required=True),
    ),
    key=("unit", "pass"),
)
"""Beside these: `at_0`, `at_1`, …: the first dated entry to each stage."""


def at(place: int) -> str:
    """Name of the column with the first dated entry to a stage."""
    return f"at_{place}"


def passes(engine: Engine, rows: Lazy, definition: Definition, *, as_of: int) -> Lazy:
    """One row per lead and pass (`PASSES`) from rows with `pass`, `seq` and `tie` (`order.with_passes`)."""
    reasons = agreed_reasons(engine, rows, definition)
    coded = rows.join(engine.frame(reasons.astype({"said": "str"})), left_on="reason", right_on="said", how="left")
    grouped = _grouped(coded, definition)
    ended = _ended(_reached(grouped, definition), definition, as_of=as_of)
    texts = reasons.drop_duplicates("reason_code")[["reason_code", "agreed"]].rename(columns={"agreed": "reason"})
    texts = pd.concat([texts, pd.DataFrame({"reason_code": [_REASON - 1], "reason": [NOT_RECORDED]})])
    out = ended.join(engine.frame(texts.astype({"reason": "str"})), on="reason_code", how="left")
    return out.select(*PASSES.names, *(at(place) for place in range(len(definition.stages))))


def agreed_reasons(engine: Engine, rows: Lazy, definition: Definition) -> pd.DataFrame:
    """Every reason given for a way out (`said`), the name agreed for it, and that name's number."""
    said = engine.collect(
        rows.filter(nw.col("code") >= EXIT, ~nw.col("reason").is_null()).select("reason").unique("reason")
    )["reason"].sort_values()
    agreed = said.map(definition.reason_of)
    numbers = {name: number for number, name in enumerate(sorted(set(agreed)), start=1)}
    return pd.DataFrame({"said": said, "agreed": agreed, "reason_code": agreed.map(numbers).astype("int64")})


def _grouped(rows: Lazy, definition: Definition) -> Lazy:
    code, when = nw.col("code"), nw.col("happened_at")
    dated = (code < EXIT) & (nw.col("at") < UNDATED)
    noes = [-1, *(EXIT + place for place, way in enumerate(definition.exits) if way.kind == "rejected")]
    ended = (nw.col("seq") * _PLACE + (code - EXIT) * _REASON + nw.coalesce(nw.col("reason_code"), nw.lit(0))).cast(
        nw.Int64
    )

    def over(condition: nw.Expr, value: nw.Expr) -> nw.Expr:
        return nw.when(condition).then(value)

    firsts = {}
    for place in range(len(definition.stages)):
        firsts[at(place)] = over(code == place, when).min()
        firsts[f"_p{place}"] = over(code == place, nw.col("at")).min()
    return rows.group_by("unit", "pass").agg(
        **firsts,
        _baseline=over((code < EXIT) & ~dated, code).max(),
        _last=over(dated, nw.col("seq") * EXIT + code + _choose(nw.col("shape") == "date", _DATE)).max(),
        current_since=over(dated, when).max(),
        _exit=over(code >= EXIT, ended).max(),
        ended_at=over(code >= EXIT, when).max(),
        _undated_exit=((code >= EXIT) & (nw.col("at") >= UNDATED)).any(),
        _no=over(code.is_in(noes), nw.col("seq")).min(),
        visits=over(dated, nw.lit(1)).sum().cast(nw.Int64),
        tied=nw.col("tie").any(),
    )


def _reached(rows: Lazy, definition: Definition) -> Lazy:
    n = len(definition.stages)
    stages = range(n)
    bits = [_choose(~nw.col(f"_p{k}").is_null() & (nw.col(f"_p{k}") < UNDATED), 1 << k) for k in stages]
    tops = [_choose(~nw.col(f"_p{k}").is_null() & (nw.col(f"_p{k}") < UNDATED), k, -1) for k in stages]
    late = [
        ~nw.col(f"_p{k}").is_null()
        & (nw.col(f"_p{k}") < nw.max_horizontal(*(_dated(j) for j in range(k)), nw.lit(-UNDATED).cast(nw.Int64)))
        for k in stages[1:]
    ]
    exit_place = (nw.col("_exit") // _REASON) % (_PLACE // _REASON)
    leaves = nw.lit(None).cast(nw.Int64)
    for place, way in enumerate(definition.exits):
        if way.leaves is not None:
            leaves = nw.when(exit_place == place).then(_number(definition.place(way.leaves))).otherwise(leaves)
    return (
        rows.with_columns(
            observed=nw.sum_horizontal(*bits).cast(nw.Int64),
            top=nw.max_horizontal(*tops).cast(nw.Int64),
            baseline=nw.coalesce(nw.col("_baseline"), _number(-1)),
            reversed=fold_left(or_, late),
            # An exit ends the pass only where no dated entry follows it.
            _ends=~nw.col("_exit").is_null()
            & (nw.coalesce(nw.col("_exit") // _PLACE, _number(-1)) > nw.coalesce(nw.col("_last") // EXIT, _number(-1))),
            _leaves=leaves,
            _exit_place=exit_place,
            no_then_on=nw.coalesce(nw.col("_no") < nw.col("_last") // EXIT, nw.lit(False)),
        )
        # A date column cannot say that a lead went back: where it speaks last, the lead is where it came furthest.
        .with_columns(
            _last_seen=nw.when(nw.col("_last") % EXIT >= _DATE).then(nw.col("top")).otherwise(nw.col("_last") % EXIT),
            _elsewhere=nw.coalesce(
                (nw.col("_last") % EXIT >= _DATE) & (nw.col("_last") % EXIT - _DATE != nw.col("top")), nw.lit(False)
            ),
        )
        .with_columns(
            furthest=nw.max_horizontal(
                "top", "baseline", nw.when(nw.col("_ends")).then(nw.col("_leaves")).otherwise(_number(0)), _number(0)
            ).cast(nw.Int64)
        )
        .with_columns(
            current=nw.when((nw.col("baseline") > nw.col("top")) | (nw.col("top") < 0))
            .then(nw.max_horizontal("baseline", _number(0)))
            .otherwise(nw.col("_last_seen"))
            .cast(nw.Int64),
            # A stage known from an undated status alone has no date to count from; where a date column speaks last
            # of an earlier stage, the last date is not the furthest stage's.
            current_since=nw.when((nw.col("baseline") <= nw.col("top")) & ~nw.col("_elsewhere")).then(
                nw.col("current_since")
            ),
        )
        .with_columns(
            n_passes=(nw.col("pass").max().over("unit") + 1).cast(nw.Int64),
            _later=nw.col("furthest").cum_max(reverse=True).over("unit", order_by="pass"),
            standing=nw.sum_horizontal(
                *(
                    _choose(
                        (bits[k] > 0)
                        & (nw.col("pass") == nw.when(bits[k] > 0).then(nw.col("pass")).max().over("unit")),
                        1 << k,
                    )
                    for k in stages
                )
            ).cast(nw.Int64),
        )
        .with_columns(
            shadow=nw.coalesce(nw.col("_later").shift(-1).over("unit", order_by="pass"), _number(-1)).cast(nw.Int64),
            _begun_again=nw.min_horizontal(*(at(k) for k in stages)).shift(-1).over("unit", order_by="pass"),
        )
    )


def _ended(rows: Lazy, definition: Definition, *, as_of: int) -> Lazy:
    kind = _number(WAITING)
    for place, way in enumerate(definition.exits):
        kind = nw.when(nw.col("_exit_place") == place).then(_number(_KIND[way.kind])).otherwise(kind)
    closed = (nw.col("pass") + 1 < nw.col("n_passes")) & (nw.col("furthest") < definition.won)

    def by_exit(top: str) -> nw.Expr:
        # `lost` leaves the opportunity: a lead that is beyond it has lost another deal, not its place.
        return nw.col("_ends") & ~nw.coalesce(nw.col("_leaves") < nw.col(top), nw.lit(False))

    def end(top: str) -> nw.Expr:
        return (
            nw.when(by_exit(top))
            .then(kind)
            .when(closed)
            .then(_number(RECYCLED))
            .when(_due(definition, top, as_of=as_of))
            .then(_number(STALLED))
            .otherwise(_number(WAITING))
            .cast(nw.Int64)
        )

    return rows.with_columns(end=end("furthest"), end_observed=end("top")).with_columns(
        reason_code=nw.when(by_exit("top"))
        .then(nw.col("_exit") % _REASON)
        .when(closed)
        .then(_number(_REASON - 1))
        .otherwise(_number(0))
        .cast(nw.Int64),
        ended_at=nw.when(by_exit("top") & ~nw.col("_undated_exit"))
        .then(nw.col("ended_at"))
        .when(~by_exit("top") & closed)
        .then(nw.col("_begun_again")),
    )


def _due(definition: Definition, top: str, *, as_of: int) -> nw.Expr:
    """Is the clock of the stage in column `top` past due? A revisit starts it anew."""
    past = nw.lit(False)
    for place, stage in enumerate(definition.stages):
        if stage.clock_days is None:
            continue
        again = nw.when(nw.col("current") == place).then(nw.col("current_since"))
        since = nw.coalesce(again, nw.col(at(place)))
        late = nw.coalesce(since + stage.clock_days * DAY < as_of, nw.lit(False))
        past = nw.when(nw.col(top) == place).then(late).otherwise(past)
    return past


def _dated(place: int) -> nw.Expr:
    column = nw.col(f"_p{place}")
    return nw.when(column < UNDATED).then(column)


def _number(value: int) -> nw.Expr:
    # A bare literal is 32-bit on some engines and overflows in silence.
    return nw.lit(value).cast(nw.Int64)


def _choose(condition: nw.Expr, value: int, other: int = 0) -> nw.Expr:
    return nw.when(condition).then(_number(value)).otherwise(_number(other))

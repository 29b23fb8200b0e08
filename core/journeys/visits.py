"""How long was each lead in each stage, each time that it was there? (MEASURES 3)"""

import narwhals as nw

from core.engine import Engine, Lazy
from core.journeys.labels import EXIT
from core.journeys.passes import DAY
from core.journeys.reduce import Facts
from core.tables import Column, Table

VISITS = Table(
    "visits",
    "unit, pass, stage and visit",
    (
        Column("unit", "integer", "the lead", required=True),
        Column("pass", "integer", "which trip through the funnel", required=True),
        Column("stage", "integer", "place of the stage", required=True),
        Column("visit", "integer", "0 for the first time in that stage on that trip", required=True),
        Column("entered_at", "instant", "when it came in", required=True),
        Column("day", "day", "the day of that", required=True),
        Column("by_day", "flag", "only that day is known", required=True),
        Column("left_at", "instant", "the next dated row of the lead, stage or way out; missing while open or unknown"),
        Column("left_to", "integer", "where to: place of a stage, or EXIT plus the place of a way out"),
        Column("left_by_day", "flag", "only the day of that is known"),
        Column("seconds", "integer", "how long: whole days where one end is known by its day; negative if misdated"),
        Column("open", "flag", "nothing is recorded after it: as far as is known, the lead is still there"),
    ),
    key=("unit", "pass", "stage", "visit"),
)
"""Rows of one stage that follow each other are one visit. What is known from a later stage or an undated status alone
has no visit: nobody knows when it began."""

_ORDER = {"order_by": "seq"}


def visits(rows: Lazy) -> Lazy:
    """The visits (`VISITS`) in rows with `pass` and `seq` (`order.with_passes`).

    A visit ends with the lead's next dated row. After the last one it is `open`, unless an undated status says that
    the lead is elsewhere by now: then it has ended, and nobody knows when.

    A history that goes back to an earlier stage is a visit to that stage. A *date column* that does so is misdated (a
    later stage dated before an earlier one, MEASURES 1.5): that visit ends with the later stage, a negative time ago,
    and ends no other visit.
    """
    dated = rows.filter(~nw.col("happened_at").is_null()).select(
        "unit", "pass", "code", "happened_at", "day", "precision", "shape", "seq"
    )
    dated = _with_misdated(dated)
    chain = _ended(dated.filter(~nw.col("_misdated")))
    unknown = rows.filter(nw.col("happened_at").is_null()).select("unit", _elsewhere=nw.lit(True)).unique("unit")
    made = nw.concat([chain.filter(nw.col("code") < EXIT), _misdated(dated)], how="vertical")
    by_day, left_by_day = nw.col("precision") == "day", nw.col("_left_precision") == "day"
    exact = nw.col("left_at") - nw.col("happened_at")
    return (
        made.join(unknown, on="unit", how="left")
        .with_columns(
            visit=(nw.col("seq").cum_count().over("unit", "pass", "code", **_ORDER) - 1).cast(nw.Int64),
            seconds=nw.when(by_day | left_by_day)
            .then((nw.col("_left_day") - nw.col("day")).cast(nw.Int64) * DAY)
            .otherwise(exact),
            open=nw.col("left_at").is_null() & nw.col("_elsewhere").is_null(),
        )
        .select(
            "unit",
            "pass",
            "day",
            nw.col("code").alias("stage"),
            "visit",
            nw.col("happened_at").alias("entered_at"),
            "left_at",
            "left_to",
            "seconds",
            "open",
            by_day=by_day,
            left_by_day=left_by_day,
        )
        .select(*VISITS.names)
    )


def kept_visits(engine: Engine, facts: Facts) -> Lazy:
    """The visits of these facts, kept beside them and made when they are first asked for."""
    made = []
    for rows in sorted(facts.folder.glob("rows-*.parquet")):
        file = facts.folder / rows.name.replace("rows", "visits")
        if not file.exists():
            engine.keep(visits(engine.read([rows])), file)
        made.append(file)
    return engine.read(made)


def _with_misdated(rows: Lazy) -> Lazy:
    """With `_misdated`: a date column's first entry to a stage after which the trip had already gone beyond it."""
    of_stage = nw.when(nw.col("code") < EXIT).then(nw.col("code"))
    return (
        rows.with_columns(
            _furthest=of_stage.cum_max().over("unit", "pass", **_ORDER),
            _nth=nw.col("seq").cum_count().over("unit", "pass", "code", **_ORDER),
        )
        .with_columns(
            _misdated=(nw.col("shape") == "date")
            & (nw.col("code") < EXIT)
            & (nw.coalesce(nw.col("_furthest"), nw.lit(-1)) > nw.col("code"))
            & (nw.col("_nth") == 1)
        )
        .drop("_furthest", "_nth")
    )


def _ended(chain: Lazy) -> Lazy:
    """The rows at which a stage or way out begins, with what comes next."""
    begins = (
        (nw.col("code") != nw.col("code").shift(1).over("unit", **_ORDER))
        | (nw.col("pass") != nw.col("pass").shift(1).over("unit", **_ORDER))
        | nw.col("code").shift(1).over("unit", **_ORDER).is_null()
    )
    own = ("unit", "pass", "code", "happened_at", "day", "precision", "seq")
    return (
        chain.with_columns(_begins=begins)
        .filter(nw.col("_begins"))
        .select(
            *own,
            left_at=nw.col("happened_at").shift(-1).over("unit", **_ORDER),
            left_to=nw.col("code").shift(-1).over("unit", **_ORDER),
            _left_day=nw.col("day").shift(-1).over("unit", **_ORDER),
            _left_precision=nw.col("precision").shift(-1).over("unit", **_ORDER),
        )
    )


def _misdated(rows: Lazy) -> Lazy:
    """The misdated entries, ended by the next later stage, which was dated before them."""
    firsts = rows.filter(nw.col("code") < EXIT)
    firsts = firsts.with_columns(_nth=nw.col("seq").cum_count().over("unit", "pass", "code", **_ORDER))
    firsts = firsts.filter(nw.col("_nth") == 1).select(
        "unit",
        "pass",
        left_to=nw.col("code"),
        left_at=nw.col("happened_at"),
        _left_day=nw.col("day"),
        _left_precision=nw.col("precision"),
        _left_seq=nw.col("seq"),
    )
    own = ("unit", "pass", "code", "happened_at", "day", "precision", "seq")
    both = rows.filter(nw.col("_misdated")).select(*own).join(firsts, on=["unit", "pass"], how="inner")
    both = both.filter(nw.col("left_to") > nw.col("code"), nw.col("_left_seq") < nw.col("seq"))
    nearest = both.with_columns(_nearest=nw.col("left_to").min().over("unit", "pass", "code"))
    return nearest.filter(nw.col("left_to") == nw.col("_nearest")).select(
        *own, "left_at", "left_to", "_left_day", "_left_precision"
    )

"""How long was each lead in each stage, each time that it was there? (MEASURES 1 and 3)"""

import narwhals as nw

from core.definition import Definition
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
        Column("open", "flag", "as far as is known, the lead is still there", required=True),
        Column("last", "flag", "the latest visit of the trip to the stage", required=True),
        Column("last_at", "instant", "when that one began", required=True),
        Column("total", "integer", "seconds of all visits of the trip to the stage that have ended"),
        Column("least", "integer", "the least of them"),
        Column(
            "misdated",
            "flag",
            "of one of them an end is a stage dated before an earlier one, or after a later one: in no duration",
            required=True,
        ),
    ),
    key=("unit", "pass", "stage", "visit"),
)
"""Rows of one stage that follow each other are one visit. What is known from a later stage or an undated status alone
has no visit: nobody knows when it began."""

_ORDER = {"order_by": "seq"}
_TRIP = ("unit", "pass")


def kept_visits(engine: Engine, facts: Facts) -> Lazy:
    """The visits of these facts (`VISITS`), kept beside them and made when they are first asked for."""
    made = []
    for rows in sorted(facts.folder.glob("rows-*.parquet")):
        file = facts.folder / rows.name.replace("rows", "visits")
        if not file.exists():
            engine.keep(visits(in_order(engine.read([rows]), facts.definition)), file)
        made.append(file)
    return engine.read(made)


def visits(ordered: Lazy) -> Lazy:
    """The visits (`VISITS`) in rows `in_order`.

    A visit ends with the lead's next dated row. After the last one it is `open`, unless an undated status says that
    the lead is beyond it by now: then it has ended, and nobody knows when. A way out of an earlier stage than the lead
    has reached ends nothing: it lost another deal, not its place.

    A history that goes back to an earlier stage is a visit to that stage. A *date column* cannot say that: its entry
    ends no other visit, and its own ends with the later stage, a negative time ago.

    The stages of a trip whose first entries contradict their order (a later stage dated before an earlier one,
    MEASURES 1.5) are misdated: nobody knows which of the two dates is wrong, so that neither makes a duration.
    """
    chain = _ended(ordered.filter(nw.col("_dated"), ~nw.col("_behind"), ~nw.col("_idle")))
    made = nw.concat([chain.filter(nw.col("code") < EXIT), _backwards(ordered)], how="vertical")
    elsewhere = ordered.filter(nw.col("_elsewhere")).select("unit", _gone=nw.lit(True)).unique("unit")
    by_day, left_by_day = nw.col("precision") == "day", nw.col("_left_precision") == "day"
    seconds = (
        nw.when(by_day | left_by_day)
        .then((nw.col("_left_day") - nw.col("day")).cast(nw.Int64) * DAY)
        .otherwise(nw.col("left_at") - nw.col("happened_at"))
    )
    stay = (*_TRIP, "stage")
    return (
        made.join(elsewhere, on="unit", how="left")
        .with_columns(
            visit=(nw.col("seq").cum_count().over(*_TRIP, "code", **_ORDER) - 1).cast(nw.Int64),
            seconds=seconds,
            open=nw.col("left_at").is_null() & nw.col("_gone").is_null(),
            stage=nw.col("code"),
            entered_at=nw.col("happened_at"),
            by_day=by_day,
            left_by_day=left_by_day,
        )
        .with_columns(
            last=nw.col("visit") == nw.col("visit").max().over(*stay),
            total=nw.col("seconds").sum().over(*stay).cast(nw.Int64),
            least=nw.col("seconds").min().over(*stay),
            _false=nw.col("_odd") | nw.col("_left_odd") | nw.coalesce(nw.col("seconds") < 0, nw.lit(False)),
        )
        .with_columns(
            last_at=nw.when(nw.col("last")).then(nw.col("entered_at")).max().over(*stay),
            misdated=nw.col("_false").any().over(*stay),
        )
        .select(*VISITS.names)
    )


def in_order(rows: Lazy, definition: Definition) -> Lazy:
    """Rows with `pass` and `seq` (`order.with_passes`), judged: each with the flags

    `_dated`; `_behind`, a date column's entry to a stage that the trip had gone beyond; `_backwards`, the first such
    entry to that stage; `_idle`, a way out that ends nothing; `_odd`, of a stage whose first entry contradicts
    another's; `_elsewhere`, an undated status beyond the dated rows (one behind takes nothing back).
    """
    code, dated = nw.col("code"), ~nw.col("happened_at").is_null()
    # A running maximum of nothing is nothing at that row: a way out must see the stages before it.
    of_stage = nw.when((code < EXIT) & dated).then(code).otherwise(nw.lit(-1).cast(nw.Int64))
    short = nw.coalesce(nw.col("_leaves") < nw.col("_furthest"), nw.lit(False))
    first = nw.when((code < EXIT) & nw.col("_dated") & nw.col("_begins")).then(code)
    behind = (code < EXIT) & nw.col("_dated") & (nw.col("shape") == "date") & (nw.col("_furthest") > code)
    contradicted = (nw.col("_furthest") > nw.col("_first")) | (nw.col("_to_come") < nw.col("_first"))
    beyond = nw.when(code < EXIT).then(code > nw.col("_furthest")).otherwise(~nw.col("_short"))
    own = ("unit", "pass", "code", "at", "happened_at", "day", "precision", "shape", "seq")
    judged = (
        rows.select(*own, _leaves=_leaves(definition), _dated=dated)
        .with_columns(
            _furthest=of_stage.cum_max().over(*_TRIP, **_ORDER),
            _begins=nw.col("seq") == nw.col("seq").min().over(*_TRIP, "code"),
        )
        .with_columns(_first=first, _to_come=first.cum_min(reverse=True).over(*_TRIP, **_ORDER), _short=short)
        .with_columns(
            _behind=behind,
            _backwards=behind & nw.col("_begins"),
            _idle=(code >= EXIT) & nw.col("_short"),
            _contradicted=nw.coalesce(contradicted, nw.lit(False)),
            _elsewhere=~nw.col("_dated") & beyond,
        )
        .with_columns(_odd=nw.col("_contradicted").any().over(*_TRIP, "code"))
    )
    return _precise(judged)


def _leaves(definition: Definition) -> nw.Expr:
    """The stage that a way out leaves, where it leaves a certain one."""
    leaves = nw.lit(None).cast(nw.Int64)
    for place, way in enumerate(definition.exits):
        if way.leaves is not None:
            left = nw.lit(definition.place(way.leaves)).cast(nw.Int64)
            leaves = nw.when(nw.col("code") == EXIT + place).then(left).otherwise(leaves)
    return leaves


def _precise(rows: Lazy) -> Lazy:
    """Where one row knows the day of an entry and another its time, the time counts."""
    known = nw.when(nw.col("precision") == "instant").then(nw.col("happened_at"))
    return (
        rows.with_columns(_exact=known.min().over(*_TRIP, "code", "at"))
        .with_columns(
            happened_at=nw.coalesce(nw.col("_exact"), nw.col("happened_at")),
            precision=nw.when(nw.col("_exact").is_null()).then(nw.col("precision")).otherwise(nw.lit("instant")),
        )
        .drop("_exact")
    )


_OWN = ("unit", "pass", "code", "happened_at", "day", "precision", "seq", "_odd")


def _ended(chain: Lazy) -> Lazy:
    """The rows at which a stage or way out begins, with what comes next."""

    def after(name: str) -> nw.Expr:
        return nw.col(name).shift(-1).over("unit", **_ORDER)

    def before(name: str) -> nw.Expr:
        return nw.col(name).shift(1).over("unit", **_ORDER)

    begins = (nw.col("code") != before("code")) | (nw.col("pass") != before("pass")) | before("code").is_null()
    return (
        chain.with_columns(_begins=begins)
        .filter(nw.col("_begins"))
        .select(
            *_OWN,
            left_at=after("happened_at"),
            left_to=after("code"),
            _left_day=after("day"),
            _left_precision=after("precision"),
            _left_odd=nw.coalesce(after("_odd") & (after("pass") == nw.col("pass")), nw.lit(False)),
        )
    )


def _backwards(rows: Lazy) -> Lazy:
    """The first entries that a date column puts behind a later stage, ended by the next later one dated before them."""
    later = rows.filter(~nw.col("_first").is_null()).select(
        *_TRIP,
        left_to=nw.col("code"),
        left_at=nw.col("happened_at"),
        _left_day=nw.col("day"),
        _left_precision=nw.col("precision"),
        _left_seq=nw.col("seq"),
    )
    both = rows.filter(nw.col("_backwards")).select(*_OWN).join(later, on=list(_TRIP), how="inner")
    both = both.filter(nw.col("left_to") > nw.col("code"), nw.col("_left_seq") < nw.col("seq"))
    nearest = both.with_columns(_nearest=nw.col("left_to").min().over(*_TRIP, "code"))
    return nearest.filter(nw.col("left_to") == nw.col("_nearest")).select(
        *_OWN, "left_at", "left_to", "_left_day", "_left_precision", _left_odd=nw.lit(True)
    )

"""Which leads have been in a stage longest, and which are dated the wrong way round?"""

from typing import Literal

import narwhals as nw
import pandas as pd

from core.engine import Engine, Lazy
from core.errors import QueryInvalid
from core.journeys.labels import EXIT
from core.journeys.passes import DAY
from core.journeys.reduce import Facts
from core.measures.cohort import Query
from core.measures.stays import chosen, latest, seconds_of
from core.settings import Settings
from core.tables import EXTRA, Column, Table

Which = Literal["open", "ended", "unknown", "misdated"]
WHICH: dict[Which, str] = {
    "open": "still there, longest first",
    "ended": "have left, longest first",
    "unknown": "have left, nobody knows when",
    "misdated": "a later stage is dated before an earlier one: in no duration, most negative first",
}
STAYING_LEADS = Table(
    "staying_leads",
    "trip of a lead and stage",
    (
        Column("lead_id", "text", "the lead", required=True),
        Column("first_name", "text", "given name"),
        Column("last_name", "text", "family name"),
        Column("company", "text", "company"),
        Column("source", "text", "source"),
        Column("owner", "text", "owner: name where the people are known"),
        Column("stage", "text", "name of the stage", required=True),
        Column("trip", "integer", "which trip through the funnel, from 1", required=True),
        Column("visits", "integer", "times that it was in the stage on that trip", required=True),
        Column("entered_at", "instant", "when it came in, the last time", required=True),
        Column("left_at", "instant", "when it left; misdated: when the later stage is dated"),
        Column("left_to", "text", "where to: stage or way out"),
        Column("days", "number", "days there, the last time, up to as_of where it still is; misdated: the least"),
        Column("days_in_all", "number", "days there over all visits of the trip; missing where misdated or unknown"),
    ),
)
"""Every further column of the lead follows these."""
_SHOWN = ("title", "email", "phone", "country", "region", "industry", "campaign_id", "status")


def staying_leads(
    engine: Engine,
    facts: Facts,
    visits: Lazy,
    query: Query,
    settings: Settings,
    *,
    stage: str,
    which: Which = "open",
    longer_than: float | None = None,
    limit: int | None = 1000,
) -> pd.DataFrame:
    """The leads behind a number of `stays.STAYS` (`STAYING_LEADS`), one row per trip: its latest visit to the stage.

    `longer_than`: only those that have been there, or were, for more than so many days.
    """
    if which not in WHICH:
        raise QueryInvalid(f'There is no list "{which}".', f"There are {', '.join(WHICH)}.")
    place = facts.definition.place(stage)
    rows = chosen(engine, facts, visits, query, settings).filter(nw.col("stage") == place)
    rows = _misdated(rows) if which == "misdated" else _sound(rows, which)
    if longer_than is not None:
        rows = rows.filter(nw.col("_took") > seconds_of(longer_than))
    trips = rows.select(
        "unit", "pass", "entered_at", "left_at", "_took", "_total", "_visits", _left_to=nw.col("left_to")
    )
    ordered = trips.join(facts.units(engine), on="unit", how="inner").sort(
        "_took", "entered_at", "lead_id", "pass", descending=[which != "misdated", False, False, False], nulls_last=True
    )
    found = engine.collect(ordered if limit is None else ordered.head(limit))
    owner = found["owner_name"].fillna(found["owner"]) if "owner_name" in found.columns else found["owner"]
    names = {at: known.name for at, known in enumerate(facts.definition.stages)}
    names |= {EXIT + at: way.name for at, way in enumerate(facts.definition.exits)}
    out = found.assign(
        owner=owner,
        stage=names[place],
        trip=found["pass"] + 1,
        visits=found["_visits"],
        left_to=found["_left_to"].map(names),
        days=found["_took"].astype("Float64") / DAY,
        days_in_all=found["_total"].astype("Float64") / DAY,
    )
    further = [name for name in out.columns if name.startswith(EXTRA) or name in _SHOWN]
    return STAYING_LEADS.conform(out[[*STAYING_LEADS.names, *further]]).reset_index(drop=True)


def _sound(rows: Lazy, which: Which) -> Lazy:
    rows = latest(rows).with_columns(_visits=nw.col("visit") + 1, _took=nw.coalesce("seconds", "age"))
    flag = {"open": "still", "ended": "ended", "unknown": "gone"}[which]
    in_all = nw.coalesce(nw.col("total"), nw.lit(0)) + nw.coalesce(nw.col("age"), nw.lit(0))
    known = nw.lit(which != "unknown")
    return rows.filter(nw.col(flag)).with_columns(_total=nw.when(known).then(in_all).cast(nw.Int64))


def _misdated(rows: Lazy) -> Lazy:
    """Of each misdated trip its shortest visit, the one to look at; its latest where none has a length."""
    trip = ("unit", "pass", "stage")
    rows = rows.filter(nw.col("misdated")).with_columns(_visits=nw.col("visit").max().over(*trip) + 1)
    shortest = nw.when(nw.col("seconds") == nw.col("least")).then(nw.col("visit")).min().over(*trip)
    rows = rows.with_columns(_shown=nw.coalesce(shortest, nw.col("_visits") - 1))
    nothing = nw.lit(None).cast(nw.Int64)
    return rows.filter(nw.col("visit") == nw.col("_shown")).with_columns(_took=nw.col("seconds"), _total=nothing)

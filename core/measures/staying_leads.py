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
from core.measures.velocity import chosen
from core.settings import Settings
from core.tables import EXTRA, Column, Table

Which = Literal["open", "ended", "negative"]
WHICH: dict[Which, str] = {
    "open": "still there, longest first",
    "ended": "have left, longest first",
    "negative": "a later stage is dated before this one",
}
STAYING_LEADS = Table(
    "staying_leads",
    "visit to a stage",
    (
        Column("lead_id", "text", "the lead", required=True),
        Column("first_name", "text", "given name"),
        Column("last_name", "text", "family name"),
        Column("company", "text", "company"),
        Column("source", "text", "source"),
        Column("owner", "text", "owner: name where the people are known"),
        Column("stage", "text", "name of the stage", required=True),
        Column("trip", "integer", "which trip through the funnel, from 1", required=True),
        Column("visit", "integer", "which visit of that trip, from 1", required=True),
        Column("entered_at", "instant", "when it came in", required=True),
        Column("left_at", "instant", "when it left; misdated: when the later stage is dated"),
        Column("left_to", "text", "where to: stage or way out"),
        Column("days", "number", "days there, up to as_of where it still is", required=True),
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
    stage: str | None = None,
    which: Which = "open",
    segment: str | None = None,
    limit: int | None = 1000,
) -> pd.DataFrame:
    """The leads behind a number of `velocity` (`STAYING_LEADS`), one row per trip: its latest visit to the stage.

    `stage` None: every stage but the last, where leads arrive. A trip with a misdated visit is under `negative` alone,
    with that visit. `segment`: value of `query.by`.
    """
    if which not in WHICH:
        raise QueryInvalid(f'There is no list "{which}".', f"There are {', '.join(WHICH)}.")
    names = {place: known.name for place, known in enumerate(facts.definition.stages)}
    names |= {EXIT + place: way.name for place, way in enumerate(facts.definition.exits)}
    rows = chosen(engine, facts, visits, query, settings)
    place = nw.col("stage")
    last = len(facts.definition.stages) - 1
    rows = rows.filter(place < last if stage is None else place == facts.definition.place(stage))
    if segment is not None:
        rows = rows.filter(nw.col("segment") == segment)
    rows = rows.with_columns(_least=nw.col("seconds").min().over("unit", "pass", "stage"))
    misdated = nw.coalesce(nw.col("_least") < 0, nw.lit(False))
    if which == "negative":
        rows = rows.filter(nw.col("seconds") < 0)
    else:
        there = nw.col("age") if which == "open" else nw.col("seconds")
        rows = rows.filter(nw.col("last"), ~misdated, ~there.is_null())
    rows = rows.with_columns(_took=nw.coalesce(nw.col("seconds"), nw.col("age")))
    own = rows.select(
        "unit", "pass", "visit", "entered_at", "left_at", "_took", _stage=place, _left_to=nw.col("left_to")
    )
    ordered = own.join(facts.units(engine), on="unit", how="inner").sort(
        "_took", "lead_id", "pass", "visit", descending=[which != "negative", False, False, False]
    )
    found = engine.collect(ordered if limit is None else ordered.head(limit))
    owner = found["owner_name"].fillna(found["owner"]) if "owner_name" in found.columns else found["owner"]
    out = found.assign(
        owner=owner,
        stage=found["_stage"].map(names),
        trip=found["pass"] + 1,
        visit=found["visit"] + 1,
        left_to=found["_left_to"].map(names),
        days=found["_took"].astype("Float64") / DAY,
    )
    further = [name for name in out.columns if name.startswith(EXTRA) or name in _SHOWN]
    return STAYING_LEADS.conform(out[[*STAYING_LEADS.names, *further]]).reset_index(drop=True)

"""Which leads stand behind a number?"""

import narwhals as nw
import pandas as pd

from core.engine import Engine, Lazy
from core.errors import QueryInvalid
from core.journeys.passes import ENDS, at
from core.journeys.reduce import Facts
from core.measures.cohort import Query, standing
from core.measures.funnel import OUTCOMES
from core.settings import Settings
from core.tables import EXTRA, Column, Table

LEADS_BEHIND = Table(
    "leads_behind",
    "lead (or pass) behind a number",
    (
        Column("lead_id", "text", "the lead", required=True),
        Column("first_name", "text", "given name"),
        Column("last_name", "text", "family name"),
        Column("company", "text", "company"),
        Column("source", "text", "source"),
        Column("owner", "text", "owner: name where the people are known"),
        Column("trip", "integer", "which trip through the funnel, from 1", required=True),
        Column("entered_at", "instant", "when it entered the stage, where known"),
        Column("outcome", "text", "what became of it at the stage", required=True),
        Column("reason", "text", "reason of that outcome"),
        Column("furthest", "text", "furthest stage of that trip", required=True),
    ),
)
"""Every further column of the lead follows these."""

WAYS_OUT = ("rejected", "recycled", "disqualified", "lost")
MISSING_REASON = "(no reason given)"


def leads_behind(
    engine: Engine,
    facts: Facts,
    query: Query,
    settings: Settings,
    *,
    stage: str,
    outcome: str | None = None,
    reason: str | None = None,
    segment: str | None = None,
    limit: int | None = 1000,
    depths: Lazy | None = None,
) -> pd.DataFrame:
    """The leads that a bar, a row or a cell counts (`LEADS_BEHIND`), oldest entry first; as many as the number says.

    `outcome` None: all who entered. `reason`: only these (`MISSING_REASON` for none). `segment`: value of `query.by`.
    """
    place = facts.definition.place(stage)
    if outcome is not None and outcome not in OUTCOMES:
        raise QueryInvalid(f'There is no outcome "{outcome}".', f"There are {', '.join(OUTCOMES)}.")
    rows = standing(engine, facts, query, settings, depths=depths)
    rows = rows.filter((nw.col("stands") // (1 << place)) % 2 == 1)
    if segment is not None:
        rows = rows.filter(nw.col("segment") == segment)
    if outcome == "advanced":
        rows = rows.filter(nw.col("top") > place)
    elif outcome is not None:
        rows = rows.filter(nw.col("top") == place, nw.col("end") == ENDS.index(outcome))
    if reason is not None:
        # The reason of the end at this stage: a lead that went on from here has none here.
        rows = rows.filter(nw.col("top") == place, nw.col("end").is_in([ENDS.index(way) for way in WAYS_OUT]))
        rows = rows.filter(nw.col("reason").is_null() if reason == MISSING_REASON else nw.col("reason") == reason)
    return _listed(engine, facts, rows, place, limit)


def _listed(engine: Engine, facts: Facts, rows: Lazy, place: int, limit: int | None) -> pd.DataFrame:
    chosen = rows.select("unit", "pass", "top", "end", "reason", entered_at=nw.col(at(place)))
    chosen = chosen.join(facts.units(engine), on="unit", how="inner").sort("entered_at", "lead_id", nulls_last=True)
    found = engine.collect(chosen.head(limit) if limit is not None else chosen)
    names = {k: stage.name for k, stage in enumerate(facts.definition.stages)}
    on = found["top"] > place
    ends = found["end"].map(dict(enumerate(ENDS)))
    owner = found["owner_name"].fillna(found["owner"]) if "owner_name" in found.columns else found["owner"]
    out = found.assign(
        trip=found["pass"] + 1,
        outcome=ends.mask(on, "advanced"),
        reason=found["reason"].mask(on),
        furthest=found["top"].map(names),
        owner=owner,
    )
    further = [
        c
        for c in out.columns
        if c.startswith(EXTRA)
        or c in ("title", "email", "phone", "country", "region", "industry", "campaign_id", "status")
    ]
    return LEADS_BEHIND.conform(out[[*LEADS_BEHIND.names, *further]]).reset_index(drop=True)

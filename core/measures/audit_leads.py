"""Which leads stand behind a number of the stage audit?"""

import narwhals as nw
import pandas as pd

from core.engine import Engine
from core.errors import QueryInvalid
from core.journeys.audited import CANNOT_TELL, TOO_HIGH, VERDICTS, Audited
from core.journeys.people import spellings
from core.journeys.reduce import Facts
from core.measures.audit import NOBODY, PEOPLE, counted
from core.measures.cohort import Query
from core.settings import Settings
from core.tables import EXTRA, Column, Table

AUDITED_LEADS = Table(
    "audited_leads",
    "lead, trip and stage that it was put in",
    (
        Column("lead_id", "text", "the lead", required=True),
        Column("first_name", "text", "given name"),
        Column("last_name", "text", "family name"),
        Column("company", "text", "company"),
        Column("source", "text", "source"),
        Column("owner", "text", "owner: name where the people are known"),
        Column("stage", "text", "name of the stage that is recorded", required=True),
        Column("verdict", "text", "a word of VERDICTS", required=True),
        Column("given", "text", "name of the stage that the definition gives; missing: none, or not known"),
        Column("set_at", "instant", "when it was put there; missing where only a status says so"),
        Column("set_by", "text", "who or what put it there: name where known; missing where not recorded"),
        Column("fails", "text", "what was not met then, by name"),
        Column("untold", "text", "what could not be told then, by name"),
        Column("still", "text", "yes while the lead is there"),
        Column("trip", "integer", "which trip through the funnel, from 1", required=True),
    ),
)
"""Every further column of the lead follows these."""
_SHOWN = ("title", "email", "phone", "country", "region", "industry", "campaign_id", "status")


def audited_leads(
    engine: Engine,
    facts: Facts,
    found: Audited,
    query: Query,
    settings: Settings,
    people: pd.DataFrame,
    *,
    verdict: str | None = None,
    stage: str | None = None,
    setter: str | None = None,
    part: str | None = None,
    limit: int | None = 1000,
) -> pd.DataFrame:
    """The leads behind a number (`AUDITED_LEADS`), set longest ago first.

    `setter`: as in `audit.AUDIT`, or `PEOPLE`. `part`: those too high that failed it, and those that cannot be told for
    want of it, as `audit.FAILING` counts them.
    """
    if verdict is not None and verdict not in VERDICTS:
        raise QueryInvalid(f'There is no verdict "{verdict}".', f"There are {', '.join(VERDICTS)}.")
    if part is not None and part not in found.parts:
        raise QueryInvalid(f'No stage asks for "{part}".', f"There are {', '.join(filter(None, found.parts))}.")
    rows = counted(engine, facts, found, query, settings)
    if verdict is not None:
        rows = rows.filter(nw.col("verdict") == VERDICTS.index(verdict))
    if stage is not None:
        rows = rows.filter(nw.col("stage") == facts.definition.place(stage))
    if setter is not None:
        rows = rows.filter(_set_by(people, setter))
    if part is not None:
        bit = 1 << list(found.parts).index(part)
        failed, dark = nw.col("fails") // bit % 2 == 1, nw.col("untold") // bit % 2 == 1
        high = nw.col("verdict") == TOO_HIGH
        rows = rows.filter((high & failed) | (nw.col("verdict") == CANNOT_TELL) & dark)
    own = rows.select(
        "unit", "pass", "set_at", "set_by", "still", "given", "fails", "untold", "verdict", _stage=nw.col("stage")
    )
    listed = own.join(facts.units(engine), on="unit", how="inner").sort(
        "set_at", "lead_id", "pass", "_stage", nulls_last=True
    )
    return _told(engine.collect(listed if limit is None else listed.head(limit)), facts, found, people)


def _set_by(people: pd.DataFrame, setter: str) -> nw.Expr:
    if setter == NOBODY:
        return nw.col("set_by").is_null()
    meant = {setter} if setter != PEOPLE else set(people.loc[people["kind"] == "person", "person_id"])
    return nw.col("set_by").is_in(sorted({*meant, *(said for said, who in spellings(people).items() if who in meant)}))


def _told(rows: pd.DataFrame, facts: Facts, found: Audited, people: pd.DataFrame) -> pd.DataFrame:
    said, names = spellings(people), dict(zip(people["person_id"], people["name"], strict=True))
    setter = [None if pd.isna(text) else names.get(said.get(text, text), text) for text in rows["set_by"]]
    stages = {place: stage.name for place, stage in enumerate(facts.definition.stages)}
    owner = rows["owner_name"].fillna(rows["owner"]) if "owner_name" in rows.columns else rows["owner"]
    out = rows.assign(
        owner=owner,
        stage=rows["_stage"].map(stages),
        verdict=rows["verdict"].map(dict(enumerate(VERDICTS))),
        given=rows["given"].map(stages),
        set_by=pd.array(setter, dtype="str"),
        still=rows["still"].map({True: "yes"}),
        trip=rows["pass"] + 1,
        **{mask: rows[mask].map(lambda bits: _parts(bits, found), na_action="ignore") for mask in ("fails", "untold")},
    )
    further = [name for name in out.columns if name.startswith(EXTRA) or name in _SHOWN]
    return AUDITED_LEADS.conform(out[[*AUDITED_LEADS.names, *further]]).reset_index(drop=True)


def _parts(mask: int, found: Audited) -> str | None:
    return "; ".join(name for place, name in enumerate(found.parts.values()) if int(mask) >> place & 1) or None

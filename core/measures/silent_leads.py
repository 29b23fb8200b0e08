"""Which leads stand behind a number of the black hole, and which should their owner work next?"""

import re

import narwhals as nw
import pandas as pd

from core.engine import Engine, Lazy
from core.errors import QueryInvalid
from core.journeys.reduce import Facts
from core.measures.at_stake import currencies, with_values
from core.measures.buckets import BUCKETS, SILENT
from core.measures.cohort import UNKNOWN
from core.measures.holding import holder
from core.tables import Column, Table

SILENT_LEADS = Table(
    "silent_leads",
    "hand-off",
    (
        Column("lead_id", "text", "the lead, as its system calls it", required=True),
        Column("owner", "text", "who has it now: name where the people are known"),
        Column("first_name", "text", "given name"),
        Column("last_name", "text", "family name"),
        Column("company", "text", "company"),
        Column("phone", "text", "phone number"),
        Column("email", "text", "mail address"),
        Column("source", "text", "source"),
        Column("stage", "text", "furthest stage of the trip", required=True),
        Column("handed_at", "instant", "when it was put before sales"),
        Column("attempts", "integer", "calls, mails and meetings by people since then", required=True),
        Column("last_touch_at", "instant", "the last of them"),
        Column("bucket", "text", "what became of it: one of BUCKETS", required=True),
    ),
)
"""After these `value_0`, `value_1`, …: expected value in each currency won (`at_stake.currencies`), minor units."""

OWNERS = Table(
    "owners",
    "whoever has leads in the black hole that can still be worked",
    (
        Column("owner", "text", "name where the people are known", required=True),
        Column("holder", "text", "what kind of owner that is: one of HOLDERS", required=True),
        Column("leads", "integer", "leads in the black hole that can still be worked", required=True),
        Column("never_touched", "integer", "of those, never touched", required=True),
        Column("oldest_at", "instant", "when the first of them was handed over", required=True),
    ),
    key=("owner",),
)

_SALESFORCE = re.compile(r"(00Q|003)[A-Za-z0-9]{12}([A-Za-z0-9]{3})?")


def silent_leads(
    engine: Engine,
    facts: Facts,
    rows: Lazy,
    values: pd.DataFrame,
    *,
    buckets: tuple[str, ...] = SILENT,
    segment: str | None = None,
    owner: str | None = None,
    open_only: bool = False,
    limit: int | None = 1000,
) -> pd.DataFrame:
    """The leads that a number counts (`SILENT_LEADS`): those worth most first, among equals those handed over first.

    `rows`: `buckets.bucketed`; `values`: `at_stake.expected`. `owner`: only what that person has now, by name;
    `open_only`: without those that have left since, which nobody has to work.
    """
    for name in buckets:
        if name not in BUCKETS:
            raise QueryInvalid(f'Nothing becomes "{name}" of a lead.', f"It becomes one of {', '.join(BUCKETS)}.")
    rows = rows.filter(nw.col("bucket").is_in(list(buckets)))
    if segment is not None:
        rows = rows.filter(nw.col("segment") == segment)
    if open_only:
        rows = rows.filter(~nw.col("gone"))
    rows = rows.with_columns(_owner=nw.coalesce(nw.col("owner_now_name"), nw.col("owner_now")))
    if owner is not None:
        rows = rows.filter(nw.coalesce(nw.col("_owner"), nw.lit(UNKNOWN)) == owner)
    chosen = with_values(
        engine,
        facts,
        rows.select(
            "unit", "pass", "furthest", "handed_at", "attempts", "last_touch_at", "bucket", owner=nw.col("_owner")
        ),
        values,
    ).drop("source")
    money = [f"value_{place}" for place in range(len(currencies(values)))]
    kept = ("lead_id", "first_name", "last_name", "company", "phone", "email", "source")
    joined = chosen.join(facts.units(engine).select("unit", *kept), on="unit", how="inner").sort(
        *money,
        "handed_at",
        "lead_id",
        "pass",
        descending=[*([True] * len(money)), False, False, False],
        nulls_last=True,
    )
    found = engine.collect(joined.head(limit) if limit is not None else joined)
    names = {k: stage.name for k, stage in enumerate(facts.definition.stages)}
    out = found.assign(stage=found["furthest"].map(names))
    listed = SILENT_LEADS.conform(out[list(SILENT_LEADS.names)]).reset_index(drop=True)
    return listed.assign(**{name: found[name].astype("Float64").array for name in money})


def owners(engine: Engine, rows: Lazy) -> pd.DataFrame:
    """Who has leads in the black hole that can still be worked (`OWNERS`), most first."""
    still = rows.filter(nw.col("bucket").is_in(list(SILENT)), ~nw.col("gone"))
    one, none = nw.lit(1).cast(nw.Int64), nw.lit(0).cast(nw.Int64)
    found = engine.collect(
        still.select(
            "handed_at",
            owner=nw.coalesce(nw.col("owner_now_name"), nw.col("owner_now"), nw.lit(UNKNOWN)),
            holder=holder(),
            _never=nw.when(nw.col("bucket") == "never_touched").then(one).otherwise(none),
        )
        .group_by("owner")
        .agg(
            holder=nw.col("holder").min(),
            leads=nw.len(),
            never_touched=nw.col("_never").sum(),
            oldest_at=nw.col("handed_at").min(),
        )
    )
    return OWNERS.conform(found.sort_values(["leads", "owner"], ascending=[False, True], ignore_index=True))


def id_heading(ids: pd.Series, imported_as: str | None) -> str:
    """What the CRM calls the column of the lead's id, so that a filled list goes back without any mapping by hand.

    Salesforce's loader asks for `Id`; else the heading under which the ids came; else lead_id.

    >>> id_heading(pd.Series(["00Q5g000000k9bMEAQ"]), "Lead ID"), id_heading(pd.Series(["17"]), "Record ID")
    ('Id', 'Record ID')
    >>> id_heading(pd.Series([], dtype="str"), None)
    'lead_id'
    """
    if len(ids) and bool(ids.map(lambda text: _SALESFORCE.fullmatch(str(text)) is not None).all()):
        return "Id"
    return imported_as or "lead_id"

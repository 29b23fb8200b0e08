"""Who is counted: every lead once, merged ones under their survivor, a deal without a lead as its own lead."""

from collections.abc import Mapping, Sequence
from typing import Any

import narwhals as nw
import pandas as pd

from core.definition import fold
from core.engine import Engine, Lazy
from core.journeys.sources import Sources
from core.tables import DEAL_LEAD, EXTRA, LEADS

TEAM, MANAGER, OWNER_NAME = "owner_team", "owner_manager", "owner_name"

SHOWN_OF_DEAL = ("company", "owner", "source", "campaign_id")
"""What a deal that is its own lead says of itself. Columns of a deal that belongs to a lead are left out: they are
known only because there was a deal, and a share by them would be 100 % by construction."""


def aliases(engine: Engine, sources: Sources) -> pd.DataFrame:
    """Id → the id it is counted under: `deal:` ids under their lead, merged leads under the survivor.

    Columns `alias` and `lead_id`; only ids that stand under another are listed. A merge that leads back to itself
    leaves every id of the circle where it is.
    """
    by_lead = engine.collect(
        sources.leads.filter(~nw.col("deal_id").is_null() | ~nw.col("merged_into").is_null()).select(
            "lead_id", "deal_id", "merged_into"
        )
    )
    by_deal = engine.collect(sources.deals.filter(~nw.col("lead_id").is_null()).select("deal_id", "lead_id"))
    stated = pd.concat(
        [
            pd.DataFrame({"alias": DEAL_LEAD + by_lead["deal_id"], "lead_id": by_lead["lead_id"]})[
                by_lead["deal_id"].notna()
            ],
            pd.DataFrame({"alias": DEAL_LEAD + by_deal["deal_id"], "lead_id": by_deal["lead_id"]}),
            pd.DataFrame({"alias": by_lead["lead_id"], "lead_id": by_lead["merged_into"]})[
                by_lead["merged_into"].notna()
            ],
        ]
    ).astype("str")
    # Two leads converted to one deal: the deal is counted once, under the smaller id, whatever the order of rows.
    stated = stated.sort_values(["alias", "lead_id"]).drop_duplicates("alias")
    target = stated.set_index("alias")["lead_id"]
    found = target.copy()
    for _ in range(20):
        further = found.map(target)
        if not bool(further.notna().any()):
            break
        found = further.fillna(found)
    else:
        circular = found.isin(target.index)
        found = found[~circular]
    return found.rename("lead_id").rename_axis("alias").reset_index()


def under_lead(rows: Lazy, alias: Lazy, *, column: str = "lead_id") -> Lazy:
    """The rows with `column` replaced by the id that it is counted under."""
    joined = rows.join(alias.rename({"lead_id": "_under"}), left_on=column, right_on="alias", how="left")
    return joined.with_columns(**{column: nw.coalesce(nw.col("_under"), nw.col(column))}).drop("_under")


def units(engine: Engine, sources: Sources, alias: Lazy) -> Lazy:
    """One row per counted lead: `unit` (0, 1, … in order of id), `lead_id`, `has_row`, and what is known of it.

    A lead known only by its events (an export of history alone) is counted; its columns are missing.
    """
    names = sources.leads.collect_schema().names()
    filled = _filled(engine, sources.leads) | _filled(engine, sources.deals)
    never = ("batch", "line", "merged_into", "deal_id", "lead_id")
    keep = [name for name in names if name not in never and (not name.startswith(EXTRA) or name in filled)]
    merged = alias.select(nw.col("alias").alias("lead_id"))
    leads = sources.leads.join(merged, on="lead_id", how="anti")
    beyond = [name for name in sources.deals.collect_schema().names() if name in filled and name not in keep]
    leads = leads.select("lead_id", *keep, **{name: nw.lit(None).cast(nw.String) for name in beyond})
    keep += beyond
    own = _own_deals(engine, sources, alias, keep)
    known = nw.concat([leads, own], how="vertical").with_columns(has_row=nw.lit(True))
    # A survivor that no file holds stands for the leads that were merged into it.
    ids = nw.concat(
        [known.select("lead_id"), under_lead(sources.events.select("lead_id"), alias), alias.select("lead_id")],
        how="vertical",
    ).unique("lead_id")
    everyone = ids.with_row_index("unit", order_by="lead_id").with_columns(unit=nw.col("unit").cast(nw.Int64))
    return _with_lookups(engine, sources, everyone.join(known, on="lead_id", how="left"))


def _filled(engine: Engine, rows: Lazy) -> set[str]:
    """Further columns that hold anything: those of an import taken back are as if it had never been."""
    names = [name for name in rows.collect_schema().names() if name.startswith(EXTRA)]
    if not names:
        return set()
    counted = engine.collect(rows.select(*(nw.col(name).count() for name in names)))
    return {name for name in names if bool(counted[name].any())}


def _own_deals(engine: Engine, sources: Sources, alias: Lazy, columns: Sequence[str]) -> Lazy:
    deals = sources.deals.with_columns(lead_id=nw.concat_str(nw.lit(DEAL_LEAD), nw.col("deal_id")))
    free = deals.join(alias.select(nw.col("alias").alias("lead_id")), on="lead_id", how="anti")
    has = set(free.collect_schema().names())
    typed = {column.name: column.kind for column in LEADS.columns}
    out = {}
    for name in columns:
        if name in has and (name.startswith(EXTRA) or name in SHOWN_OF_DEAL):
            out[name] = nw.col(name)
        elif name == "created_at":
            out[name] = nw.col("opened_at")
        elif name == "status":
            out[name] = nw.col("stage")
        else:
            out[name] = nw.lit(None).cast(_TYPES[typed.get(name, "text")])
    return free.select("lead_id", **out)


_TYPES: Mapping[str, Any] = {
    "text": nw.String,
    "integer": nw.Int64,
    "number": nw.Float64,
    "flag": nw.Boolean,
    "instant": nw.Int64,
    "day": nw.Int32,
}


def _with_lookups(engine: Engine, sources: Sources, rows: Lazy) -> Lazy:
    people = engine.collect(sources.people.select("person_id", "name", "team", "manager"))
    people = people.dropna(subset=["name", "team", "manager"], how="all")
    if len(people):
        called = people.dropna(subset="name").drop_duplicates("person_id").set_index("person_id")["name"]
        people = people.assign(manager=people["manager"].map(called).fillna(people["manager"]))
        by_id = people.rename(columns={"person_id": "owner"})
        by_name = people.assign(owner=people["name"]).drop(columns="person_id")
        both = pd.concat([by_id, by_name]).dropna(subset="owner").drop_duplicates("owner")
        both = both.rename(columns={"name": OWNER_NAME, "team": TEAM, "manager": MANAGER})
        rows = rows.join(engine.frame(both.astype("str")), on="owner", how="left")
    cells = engine.collect(sources.lookups.select("lookup", "key", "column", "value"))
    for lookup, part in cells.groupby("lookup", sort=True):
        key = _key_column(str(lookup), rows.collect_schema().names())
        if key is None:
            continue
        wide = part.pivot(index="key", columns="column", values="value")
        wide.columns = [f"{EXTRA}{lookup!s}: {name}" for name in wide.columns]
        rows = rows.join(engine.frame(wide.reset_index().rename(columns={"key": key})), on=key, how="left")
    return rows


def _key_column(lookup: str, names: Sequence[str]) -> str | None:
    if fold(lookup) == "account" and f"{EXTRA}account" not in names:
        return "company"
    return next((name for name in names if fold(name.removeprefix(EXTRA)) == fold(lookup)), None)


def unmatched(engine: Engine, sources: Sources, rows: Lazy) -> pd.DataFrame:
    """Values of a column that its lookup does not know: columns `lookup`, `value`, `rows`, most frequent first.

    Maven's pipeline says "GTXPro" 1,480 times while its product list says "GTX Pro": such rows keep their value and
    miss what the lookup would have told.
    """
    cells = engine.collect(sources.lookups.select("lookup", "key").unique())
    names = rows.collect_schema().names()
    found = []
    for lookup, part in cells.groupby("lookup", sort=True):
        key = _key_column(str(lookup), names)
        if key is None:
            continue
        counted = engine.collect(rows.filter(~nw.col(key).is_null()).group_by(key).agg(rows=nw.len()))
        strange = counted[~counted[key].isin(set(part["key"]))]
        found.append(
            pd.DataFrame({"lookup": str(lookup), "value": strange[key], "rows": strange["rows"].astype("int64")})
        )
    if not found:
        return pd.DataFrame({"lookup": [], "value": [], "rows": []})
    return pd.concat(found).sort_values(["rows", "value"], ascending=[False, True], ignore_index=True)

"""What in these data contradicts itself, and which leads does it concern?"""

from collections.abc import Mapping

import narwhals as nw
import pandas as pd

from core.engine import Engine, Lazy
from core.journeys.passes import DAY
from core.journeys.reduce import Facts, unit_of
from core.journeys.sources import Sources
from core.journeys.units import aliases
from core.tables import Column, Table

KINDS: Mapping[str, str] = {
    "reversed": "A later stage is dated before an earlier one: kept in every count, left out of durations.",
    "tied": "Two stages at one instant: ordered as the definition orders them.",
    "no_then_on": "Sales said no, then the lead moved on: it counts as advanced, the no stays a no.",
    "touched_unborn": "Touched before it was created: those touches count for no clock.",
    "sold_unborn": "A deal was opened before the lead was created: no time from one to the other means anything.",
    "future": "Dated after the day it was imported: kept, and never what a report is true at.",
}

ANOMALIES = Table(
    "anomalies",
    "lead and kind",
    (
        Column("kind", "text", "a name of KINDS", required=True),
        Column("lead_id", "text", "the lead", required=True),
        Column("sentence", "text", "what is odd, and how it is counted", required=True),
    ),
)


def anomalies(engine: Engine, facts: Facts, sources: Sources, imported: Mapping[int, int]) -> pd.DataFrame:
    """Every lead with something odd (`ANOMALIES`). `imported`: batch → instant of its import."""
    units = facts.units(engine).select("unit", "lead_id")
    parts = []
    for kind in ("reversed", "tied", "no_then_on"):
        odd = facts.passes(engine).filter(nw.col(kind)).select("unit").unique("unit")
        parts.append(engine.collect(odd.join(units, on="unit").select("lead_id")).assign(kind=kind))
    born = facts.units(engine).filter(~nw.col("created_at").is_null()).select("unit", "lead_id", "created_at")
    for kind, happened in (
        ("touched_unborn", _touches(engine, facts, sources)),
        ("sold_unborn", _openings(facts, engine)),
    ):
        # A day alone is before an instant only where the whole day is.
        ends = nw.col("at") + nw.when(nw.col("by_day")).then(nw.lit(DAY - 1)).otherwise(nw.lit(0)).cast(nw.Int64)
        odd = happened.join(born, on="unit", how="inner").filter(ends < nw.col("created_at"))
        parts.append(engine.collect(odd.select("lead_id").unique("lead_id")).assign(kind=kind))
    for batch, instant in imported.items():
        late = sources.events.filter(nw.col("batch") == batch, nw.col("happened_at") > instant)
        parts.append(engine.collect(late.select("lead_id").unique("lead_id")).assign(kind="future"))
    found = pd.concat(parts)
    found = found.assign(sentence=found["kind"].map(dict(KINDS))).drop_duplicates(["kind", "lead_id"])
    return ANOMALIES.conform(found[list(ANOMALIES.names)]).sort_values(["kind", "lead_id"], ignore_index=True)


def _touches(engine: Engine, facts: Facts, sources: Sources) -> Lazy:
    touched = sources.events.filter(nw.col("kind") == "touch", nw.col("happened_at") <= facts.as_of)
    ids_of = unit_of(facts.units(engine).select("unit", "lead_id"), engine.frame(aliases(engine, sources)))
    rows = touched.select("lead_id", at=nw.col("happened_at"), by_day=nw.col("precision") == "day")
    return rows.join(ids_of.select("unit", "lead_id"), on="lead_id", how="inner").drop("lead_id")


def _openings(facts: Facts, engine: Engine) -> Lazy:
    """Deals with when they were opened; exactly at the beginning of a day it is the day alone that is known."""
    dated = facts.deals(engine).filter(~nw.col("opened_at").is_null())
    return dated.select("unit", at=nw.col("opened_at"), by_day=nw.col("opened_at") % DAY == 0)

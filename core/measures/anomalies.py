"""What in these data contradicts itself, and which leads does it concern?"""

from collections.abc import Mapping

import narwhals as nw
import pandas as pd

from core.engine import Engine
from core.journeys.reduce import Facts
from core.journeys.sources import Sources
from core.tables import Column, Table

KINDS: Mapping[str, str] = {
    "reversed": "A later stage is dated before an earlier one: kept in every count, left out of durations.",
    "tied": "Two stages at one instant: ordered as the definition orders them.",
    "no_then_on": "Sales said no, then the lead moved on: it counts as advanced, the no stays a no.",
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
    for batch, instant in imported.items():
        late = sources.events.filter(nw.col("batch") == batch, nw.col("happened_at") > instant)
        parts.append(engine.collect(late.select("lead_id").unique("lead_id")).assign(kind="future"))
    found = pd.concat(parts)
    found = found.assign(sentence=found["kind"].map(dict(KINDS))).drop_duplicates(["kind", "lead_id"])
    return ANOMALIES.conform(found[list(ANOMALIES.names)]).sort_values(["kind", "lead_id"], ignore_index=True)

"""How much work went into leads that sales turned down, and where did they come from?"""

import narwhals as nw
import pandas as pd

from core.engine import Engine, Lazy
from core.journeys.reduce import Facts
from core.measures.cohort import UNKNOWN
from core.tables import Column, Table

TURNED_DOWN = Table(
    "turned_down",
    "source",
    (
        Column("source", "text", "source of the leads", required=True),
        Column("n", "integer", "hand-offs whose clock and grace have passed", required=True),
        Column("noes", "integer", "of those, turned down by sales", required=True),
        Column("attempts", "integer", "calls, mails and meetings by people with all of them", required=True),
        Column("spent", "integer", "of those attempts, with leads that were turned down", required=True),
    ),
    key=("source",),
)


def turned_down(engine: Engine, facts: Facts, rows: Lazy) -> pd.DataFrame:
    """Attempts at leads that sales turned down, by source (`TURNED_DOWN`), the most work first.

    This is what a no saves, once marketing acts on it: work on leads like those. `rows`: `buckets.bucketed`.
    """
    source = nw.coalesce(nw.col("source").cast(nw.String), nw.lit(UNKNOWN))
    no, none = nw.col("bucket") == "no", nw.lit(0).cast(nw.Int64)
    of = rows.filter(nw.col("due")).select(
        "unit",
        "attempts",
        _no=nw.when(no).then(nw.lit(1).cast(nw.Int64)).otherwise(none),
        _spent=nw.when(no).then(nw.col("attempts")).otherwise(none),
    )
    found = engine.collect(
        of.join(facts.units(engine).select("unit", source=source), on="unit", how="left")
        .group_by("source")
        .agg(n=nw.len(), noes=nw.col("_no").sum(), attempts=nw.col("attempts").sum(), spent=nw.col("_spent").sum())
    )
    ordered = found.sort_values(["spent", "n", "source"], ascending=[False, False, True], ignore_index=True)
    return TURNED_DOWN.conform(ordered)

"""Who did it: a person of sales, somebody of marketing, or a machine?"""

import narwhals as nw
import pandas as pd

from core.engine import Engine, Lazy
from core.journeys.people import spellings
from core.tables import Column, Table

ACTORS = Table(
    "actors",
    "spelling of somebody in the data",
    (
        Column("said", "text", "id or name as it stands in the data", required=True),
        Column("who", "text", "person_id", required=True),
        Column("who_kind", "text", "person, queue or machine", required=True),
        Column("sells", "flag", "a person who is not of marketing", required=True),
        Column("works_leads", "flag", "no machine and not of marketing", required=True),
    ),
    key=("said",),
)


def actors(people: pd.DataFrame) -> pd.DataFrame:
    """Every spelling of everybody (`ACTORS`); `people` is `people.everyone`."""
    by_id = people.set_index("person_id")
    said = spellings(people)
    known = by_id.loc[list(said.values())]
    kind, side = known["kind"].to_numpy(), known["side"]
    ours = (side != "marketing").fillna(True).to_numpy(dtype=bool)
    return ACTORS.conform(
        pd.DataFrame(
            {
                "said": list(said),
                "who": list(said.values()),
                "who_kind": kind,
                "sells": ours & (kind == "person"),
                "works_leads": ours & (kind != "machine"),
            }
        )
    )


def named(engine: Engine, rows: Lazy, known: pd.DataFrame, *, column: str) -> Lazy:
    """The rows with `who`, `who_kind`, `sells` and `works_leads` of whoever `column` names.

    Nobody named: `who` is missing, and it may have been a person of sales.
    """
    joined = rows.join(engine.frame(known, ACTORS), left_on=column, right_on="said", how="left")
    return joined.with_columns(
        who=nw.coalesce(nw.col("who"), nw.col(column)),
        sells=nw.coalesce(nw.col("sells"), nw.lit(True)),
        works_leads=nw.coalesce(nw.col("works_leads"), nw.lit(True)),
    )

"""What was each lead worth when it was handed over, in round bands?"""

import narwhals as nw
import pandas as pd

from core.engine import Engine, Lazy
from core.intake.numbers import exponent
from core.journeys.reduce import Facts
from core.measures.at_stake import currencies, expected
from core.measures.cohort import UNKNOWN
from core.tables import Column, Table

BAND = "value_band"
EDGES = (0, *(step * 10**power for power in range(2, 9) for step in (1, 2, 5)))
"""Where bands begin, in whole units of a currency."""

BANDS = Table(
    "bands",
    "source",
    (
        Column("source", "text", "source of the lead", required=True),
        Column(BAND, "text", "expected value of its leads at the hand-off, with its currency", required=True),
    ),
    key=("source",),
)


def with_band(engine: Engine, facts: Facts, rows: Lazy) -> Lazy:
    """The rows with the band of expected value that their lead had at the hand-off.

    Not the value it has today: whoever was answered has come further and is worth more for it.
    """
    table = engine.frame(bands(expected(engine, facts), facts.definition.hand_off), BANDS)
    source = nw.coalesce(nw.col("source").cast(nw.String), nw.lit(UNKNOWN))
    banded = facts.units(engine).select("unit", source=source).join(table, on="source", how="left")
    named = banded.select("unit", **{BAND: nw.coalesce(nw.col(BAND), nw.lit(UNKNOWN))})
    return rows.join(named, on="unit", how="left")


def bands(values: pd.DataFrame, hand_off: int) -> pd.DataFrame:
    """The band of each source (`BANDS`); `values` is `at_stake.expected`. Sources without a known value have none.

    Where a source won in several currencies, the one that most sources won in says the band: they are never added.
    """
    known = values[(values["furthest"] == hand_off) & values["expected_minor"].notna()]
    order = {code or "": place for place, code in enumerate(currencies(values))}
    known = known.assign(_place=known["currency"].fillna("").map(order)).sort_values(["source", "_place"])
    once = known.drop_duplicates("source")
    named = [
        band(float(value), None if pd.isna(code) else str(code))
        for value, code in zip(once["expected_minor"], once["currency"], strict=True)
    ]
    return BANDS.conform(pd.DataFrame({"source": once["source"], BAND: pd.array(named, dtype="str")}))


def band(minor: float, currency: str | None) -> str:
    """The band of an amount in minor units.

    >>> band(412_345.6, "EUR"), band(3, "JPY"), band(1e12, None)
    ('EUR 2,000 to 5,000', 'JPY under 100', '500,000,000 or more')
    """
    units = minor / 10 ** exponent(currency)
    place = max(place for place, edge in enumerate(EDGES) if edge <= max(units, 0))
    if not place:
        words = f"under {EDGES[1]:,}"
    elif place + 1 == len(EDGES):
        words = f"{EDGES[place]:,} or more"
    else:
        words = f"{EDGES[place]:,} to {EDGES[place + 1]:,}"
    return f"{currency} {words}" if currency else words

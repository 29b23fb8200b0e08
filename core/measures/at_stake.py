"""What may open leads still bring, by what became of closed ones like them? (MEASURES 2, expected value)"""

from collections.abc import Iterator, Mapping

import narwhals as nw
import numpy as np
import pandas as pd

from core.engine import Engine, Lazy
from core.journeys.passes import DISQUALIFIED, LOST, RECYCLED, REJECTED
from core.journeys.reduce import Facts
from core.measures.buckets import SILENT
from core.measures.cohort import UNKNOWN
from core.stats.shrinkage import fitted
from core.tables import Column, Kind, Table

EXPECTED = Table(
    "expected",
    "source, furthest stage and currency",
    (
        Column("source", "text", "source of the lead", required=True),
        Column("furthest", "integer", "place of the furthest stage that it reached", required=True),
        Column("closed", "integer", "closed leads of that source that reached that stage", required=True),
        Column("wins", "integer", "of those, won", required=True),
        Column("share", "number", "share won, small sources pulled towards all; missing where no lead is closed"),
        Column("currency", "text", "ISO 4217 code; missing when not stated"),
        Column("average_minor", "number", "won amount in that currency per won lead of the source, minor units"),
        Column("expected_minor", "number", "share × average; missing where the source has no win with an amount"),
    ),
)

AT_STAKE = Table(
    "at_stake",
    "segment and currency",
    (
        Column("segment", "text", "as in `black_hole`", required=True),
        Column("currency", "text", "ISO 4217 code; missing when not stated"),
        Column("expected_minor", "number", "expected value of its leads in the black hole, minor units", required=True),
        Column("valued", "integer", "leads whose expected value is known", required=True),
        Column("leads", "integer", "its leads in the black hole that can still be worked", required=True),
    ),
)


def expected(engine: Engine, facts: Facts) -> pd.DataFrame:
    """What a lead of a source is worth at a stage (`EXPECTED`).

    Share won: of the source's leads that reached the stage on their last trip and are closed (won, or left by a
    recorded way out), shrunken towards all sources (beta-binomial, empirical Bayes). Average: what the source's won
    deals brought in each currency, per won lead whose amount is known. Nothing is added across currencies.
    """
    passes = facts.passes(engine).filter(nw.col("pass") + 1 == nw.col("n_passes"))
    won = nw.col("furthest") >= facts.definition.won
    closed = won | nw.col("end").is_in([REJECTED, RECYCLED, DISQUALIFIED, LOST])
    joined = passes.join(_sources(engine, facts), on="unit", how="inner").select("source", "furthest", closed=closed)
    counted = engine.collect(joined.group_by("source", "furthest", "closed").agg(n=nw.len()))
    parts = list(_shares(counted, facts.definition.won))
    shares = pd.concat(parts) if parts else EXPECTED.empty()[["source", "furthest", "closed", "wins", "share"]]
    out = shares.merge(_averages(engine, facts), on="source", how="left")
    out = out.assign(expected_minor=out["share"] * out["average_minor"])
    return EXPECTED.conform(out[list(EXPECTED.names)]).sort_values(
        ["source", "furthest", "currency"], ignore_index=True
    )


def _sources(engine: Engine, facts: Facts) -> Lazy:
    source = nw.coalesce(nw.col("source").cast(nw.String), nw.lit(UNKNOWN))
    return facts.units(engine).select("unit", source=source)


def _shares(counted: pd.DataFrame, won: int) -> Iterator[pd.DataFrame]:
    names = sorted(counted["source"].unique())
    closed = counted[counted["closed"].astype(bool)]
    for place in range(won + 1):
        reached = closed[closed["furthest"] >= place]
        n = reached.groupby("source")["n"].sum().reindex(names, fill_value=0).to_numpy(dtype=np.int64)
        through = reached[reached["furthest"] >= won]
        hits = through.groupby("source")["n"].sum().reindex(names, fill_value=0).to_numpy(dtype=np.int64)
        share = fitted(hits, n).shrunken(hits, n)
        yield pd.DataFrame({"source": names, "furthest": place, "closed": n, "wins": hits, "share": share})


def _averages(engine: Engine, facts: Facts) -> pd.DataFrame:
    deals = facts.deals(engine).filter(nw.col("outcome") == "won", ~nw.col("amount_minor").is_null())
    paid = deals.join(_sources(engine, facts), on="unit", how="inner")
    sums = engine.collect(paid.group_by("source", "currency").agg(amount=nw.col("amount_minor").sum()))
    leads = engine.collect(paid.group_by("source").agg(paying=nw.col("unit").n_unique()))
    both = sums.merge(leads, on="source")
    average = both["amount"].astype("float64") / both["paying"].astype("float64")
    return both.assign(average_minor=average)[["source", "currency", "average_minor"]]


def currencies(values: pd.DataFrame) -> tuple[str | None, ...]:
    """The currencies in which anything was won, the one that most sources have first; None: not stated."""
    paid = values.dropna(subset="average_minor").drop_duplicates(["source", "currency"])
    counts = paid["currency"].fillna("").value_counts()
    order = sorted(counts.index, key=lambda code: (-int(counts[code]), str(code)))
    return tuple(str(code) or None for code in order)


def with_values(engine: Engine, facts: Facts, rows: Lazy, values: pd.DataFrame) -> Lazy:
    """Rows with `unit` and `furthest`, and beside them `source` and `value_0`, `value_1`, …: what each lead may bring
    in each of `currencies(values)`, in minor units."""
    wide = values[["source", "furthest"]].drop_duplicates()
    for place, code in enumerate(currencies(values)):
        own = values[values["currency"].isna() if code is None else values["currency"] == code]
        named = own[["source", "furthest", "expected_minor"]].rename(columns={"expected_minor": f"value_{place}"})
        wide = wide.merge(named, on=["source", "furthest"], how="left")
    table = Table(
        "values", "cell", tuple(Column(name, _KIND.get(str(name), "number"), str(name)) for name in wide.columns)
    )
    sourced = rows.join(_sources(engine, facts), on="unit", how="left")
    return sourced.join(engine.frame(table.conform(wide), table), on=["source", "furthest"], how="left")


_KIND: Mapping[str, Kind] = {"source": "text", "furthest": "integer"}


def at_stake(engine: Engine, facts: Facts, rows: Lazy, values: pd.DataFrame) -> pd.DataFrame:
    """Expected value of the leads in the black hole that can still be worked, per segment and currency (`AT_STAKE`).

    `rows`: `buckets.bucketed`. A segment whose leads have no known value has one row without a currency, at 0.
    """
    still = rows.filter(nw.col("bucket").is_in(list(SILENT)), ~nw.col("gone")).select("unit", "furthest", "segment")
    sourced = still.join(_sources(engine, facts), on="unit", how="left")
    counted = engine.collect(sourced.group_by("segment", "source", "furthest").agg(n=nw.len()))
    joined = counted.merge(values, on=["source", "furthest"], how="left")
    known = joined.dropna(subset="expected_minor")
    known = known.assign(expected_minor=known["expected_minor"] * known["n"], valued=known["n"])
    summed = known.groupby(["segment", "currency"], dropna=False)[["expected_minor", "valued"]].sum().reset_index()
    leads = counted.groupby("segment")["n"].sum().rename("leads").reset_index()
    out = leads.merge(summed, on="segment", how="left").fillna({"expected_minor": 0.0, "valued": 0})
    return AT_STAKE.conform(out[list(AT_STAKE.names)]).sort_values(["segment", "currency"], ignore_index=True)

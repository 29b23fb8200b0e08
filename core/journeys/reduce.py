"""Events → facts: who is counted, and how far each pass came. One answer per live batches, definition and as_of."""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import narwhals as nw
import pandas as pd

from core.definition import Definition
from core.engine import Engine, Lazy
from core.journeys.labels import stage_labels
from core.journeys.order import coded, placed, with_passes
from core.journeys.passes import passes
from core.journeys.sources import Sources
from core.journeys.units import aliases, under_lead, units

Progress = Callable[[float, str], None]


@dataclass(frozen=True)
class Facts:
    """Kept results of one reduction: where they lie and what they are true of."""

    folder: Path
    definition: Definition
    as_of: int
    n_units: int
    live: tuple[int, ...]
    """The imports that they were made of: whatever is asked further of the events is asked of these."""

    @property
    def key(self) -> str:
        """Name of the folder: changes with the live batches, the structure of the definition and as_of."""
        return self.folder.name

    def units(self, engine: Engine) -> Lazy:
        """One row per counted lead, with its attributes."""
        return engine.read([self.folder / "units.parquet"])

    def passes(self, engine: Engine) -> Lazy:
        """One row per lead and pass."""
        return engine.read(sorted(self.folder.glob("passes-*.parquet")))

    def rows(self, engine: Engine) -> Lazy:
        """Every stage row in order, with its pass (`order.with_passes`)."""
        return engine.read(sorted(self.folder.glob("rows-*.parquet")))

    def deals(self, engine: Engine) -> Lazy:
        """One row per deal: `unit`, `deal_id`, `outcome`, `amount_minor`, `currency`, `opened_at`, `closed_at`."""
        return engine.read([self.folder / "deals.parquet"])


def key(live: Sequence[int], definition: Definition, *, as_of: int, people: str = "") -> str:
    """The name under which a reduction is kept; `people` is the version of what was stated of people."""
    text = json.dumps([sorted(live), definition.structure_hash(), as_of, people, _VERSION])
    return hashlib.blake2b(text.encode(), digest_size=10).hexdigest()


_VERSION = 6
"""Raise it when the meaning of a fact changes, so that older kept results are not read."""


def reduce(
    engine: Engine,
    sources: Sources,
    definition: Definition,
    folder: Path,
    *,
    as_of: int,
    live: Sequence[int] = (),
    unknown_yet: Sequence[int] = (),
    shard_units: int = 1_000_000,
    progress: Progress = lambda share, what: None,
) -> Facts:
    """Reduce the sources, the rows of the imports `live`, to facts in `folder`.

    Work is done in shards of at most `shard_units` leads, which bounds memory; the answers do not depend on it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    progress(0.0, "Who is counted")
    alias = aliases(engine, sources)
    alias_rows = engine.frame(alias)
    engine.keep(units(engine, sources, alias_rows), folder / "units.parquet")
    everyone = engine.read([folder / "units.parquet"]).select("unit", "lead_id")
    n_units = len_of(engine, everyone)
    progress(0.2, "Which stage each word means")
    labels = stage_labels(engine, sources.events, definition)
    ids_of = unit_of(everyone, alias_rows)
    shards = max(1, -(-n_units // shard_units))
    for shard in range(shards):
        progress(0.25 + 0.65 * shard / shards, "How far each lead came")
        part = ids_of if shards == 1 else ids_of.filter(nw.col("unit") % shards == shard)
        rows = coded(engine, sources.events, labels, part, as_of=as_of, unknown_yet=unknown_yet)
        file = folder / f"rows-{shard:04}.parquet"
        engine.keep(with_passes(placed(engine, rows), definition).drop("event_id"), file)
        made = passes(engine, engine.read([file]), definition, as_of=as_of)
        engine.keep(made, folder / f"passes-{shard:04}.parquet")
    progress(0.95, "What was sold")
    engine.keep(_deals(sources, ids_of, as_of=as_of), folder / "deals.parquet")
    progress(1.0, "Done")
    return Facts(folder, definition, as_of, n_units, tuple(live))


def len_of(engine: Engine, rows: Lazy) -> int:
    """Number of rows."""
    return engine.number(rows.select(n=nw.len()))


def unit_of(everyone: Lazy, alias: Lazy) -> Lazy:
    """Every id → the unit it is counted under: `unit`, `lead_id`, and `merged` for ids merged into another."""
    own = everyone.with_columns(merged=nw.lit(False))
    other = (
        alias.rename({"alias": "_id"})
        .join(everyone, on="lead_id", how="inner")
        .select(nw.col("unit"), nw.col("_id").alias("lead_id"), merged=~nw.col("_id").str.starts_with("deal:"))
    )
    return nw.concat([own.select("unit", "lead_id", "merged"), other], how="vertical")


def _deals(sources: Sources, ids_of: Lazy, *, as_of: int) -> Lazy:
    own = sources.deals.with_columns(_id=nw.concat_str(nw.lit("deal:"), nw.col("deal_id")))
    ended = nw.coalesce(nw.col("closed_at") <= as_of, nw.lit(True))
    return (
        own.select(
            "_id",
            "deal_id",
            "amount_minor",
            "currency",
            "opened_at",
            "closed_at",
            "stage",
            "reason",
            outcome=nw.when(ended).then(nw.col("outcome")).otherwise(nw.lit("open")),
        )
        .join(ids_of.select("unit", "lead_id"), left_on="_id", right_on="lead_id", how="inner")
        .drop("_id")
    )


def timeline(engine: Engine, sources: Sources, facts: Facts, lead_id: str) -> pd.DataFrame:
    """Everything recorded of one lead in order: `pass`, `stage`, `happened_at`, `precision`, `reason`, `tie`.

    The same expressions as the reduction, run on one lead: this is why it was counted as it was.
    """
    alias = engine.frame(aliases(engine, sources))
    one = facts.units(engine).filter(nw.col("lead_id") == lead_id).select("unit", "lead_id")
    ids_of = unit_of(one, alias)
    ids = ids_of.select("lead_id")
    events = sources.events.join(ids, on="lead_id", how="semi")
    labels = stage_labels(engine, events, facts.definition)
    rows = with_passes(placed(engine, coded(engine, events, labels, ids_of, as_of=facts.as_of)), facts.definition)
    names = {**dict(enumerate(s.name for s in facts.definition.stages))}
    names |= {100 + i: way.name for i, way in enumerate(facts.definition.exits)}
    out = engine.collect(rows.sort("seq"))
    return out.assign(stage=out["code"].map(names))[
        ["pass", "stage", "code", "happened_at", "precision", "shape", "reason", "tie"]
    ]


__all__ = ["Facts", "key", "len_of", "reduce", "timeline", "under_lead", "unit_of"]

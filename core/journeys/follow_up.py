"""What followed each hand-off → facts beside those of the reduction, made when they are first asked for."""

import hashlib
import shutil
import uuid
from collections.abc import Callable
from pathlib import Path

import narwhals as nw
import pandas as pd

from core.engine import Engine, Lazy
from core.journeys.actors import actors
from core.journeys.handoffs import born, handoffs
from core.journeys.opting_out import optings_out
from core.journeys.owned import owned
from core.journeys.owner_fields import owner_fields
from core.journeys.owning import owner_changes
from core.journeys.people import everyone
from core.journeys.reduce import Facts, unit_of
from core.journeys.replies import answers, recorded, replies
from core.journeys.sources import Sources
from core.journeys.spells import spells
from core.journeys.touching import touches
from core.journeys.units import aliases
from core.journeys.windows import windows, within

_PLACE = "followed"
Progress = Callable[[float, str], None]


def follow_up(
    engine: Engine, sources: Sources, facts: Facts, *, progress: Progress = lambda share, what: None
) -> tuple[Lazy, Lazy]:
    """One row per hand-off (`handoffs.HANDOFFS`), and one per owner that it had (`spells.SPELLS`).

    `sources`: the rows that the facts were made of. Kept beside the facts, whole or not at all, under who these people
    are: whoever is stated to be a machine, or to be of marketing, never did what a person of sales did.
    """
    known = actors(everyone(engine, sources, facts.definition))
    place = facts.folder / f"{_PLACE}-{_version(known)}"
    if not place.exists():
        work = facts.folder / f".{_PLACE}-{uuid.uuid4().hex}"
        work.mkdir()
        try:
            _make(engine, sources, facts, work, known, progress)
            if not place.exists():
                work.rename(place)
        finally:
            shutil.rmtree(work, ignore_errors=True)
    return engine.read(sorted(place.glob("handoffs-*"))), engine.read(sorted(place.glob("spells-*")))


def _version(known: pd.DataFrame) -> str:
    ordered = known.sort_values("said").to_json(orient="values")
    return hashlib.blake2b(ordered.encode(), digest_size=8).hexdigest()


def _make(engine: Engine, sources: Sources, facts: Facts, work: Path, known: pd.DataFrame, progress: Progress) -> None:
    fields = owner_fields(engine, sources.events)
    ids_of = unit_of(facts.units(engine).select("unit", "lead_id"), engine.frame(aliases(engine, sources)))
    shards = sorted(facts.folder.glob("rows-*.parquet"))
    for shard, file in enumerate(shards):
        progress(shard / len(shards), "What followed each hand-off")
        part = ids_of if len(shards) == 1 else ids_of.filter(nw.col("unit") % len(shards) == shard)
        _shard(engine, sources, facts, work, shard, rows=engine.read([file]), ids_of=part, known=known, fields=fields)
    progress(1.0, "Done")


def _shard(
    engine: Engine,
    sources: Sources,
    facts: Facts,
    work: Path,
    shard: int,
    *,
    rows: Lazy,
    ids_of: Lazy,
    known: pd.DataFrame,
    fields: list[str],
) -> None:
    definition, as_of = facts.definition, facts.as_of
    held: list[Path] = []

    def kept(lazy: Lazy) -> Lazy:
        # Kept between the steps: each is used several times, and a plan of all of them takes longer than its work.
        held.append(work / f".step-{shard}-{len(held)}.parquet")
        engine.keep(lazy, held[-1])
        return engine.read([held[-1]])

    passes = engine.read([facts.folder / f"passes-{shard:04}.parquet"]).select(
        "unit", "pass", "furthest", "end", "reason", "ended_at"
    )
    own = rows.select("unit").unique("unit")
    everybody = facts.units(engine).select("unit", "created_at", "owner")
    everybody = everybody.join(own, on="unit", how="semi")
    changes = kept(owner_changes(engine, sources.events, ids_of, known, fields, as_of=as_of))
    spans = kept(windows(rows, passes, changes, definition))
    touched = kept(born(touches(engine, sources.events, ids_of, known, definition, as_of=as_of), everybody))
    inside = kept(within(touched.filter(~nw.col("unborn")), spans))
    entries = recorded(engine, sources.events, ids_of, known, fields, as_of=as_of)
    optings = within(optings_out(engine, sources.events, ids_of, as_of=as_of), spans)
    replied = kept(
        answers(
            kept(replies(engine, rows, spans, known, definition)), within(entries, spans), optings, passes, definition
        )
    )
    file = work / f"handoffs-{shard:04}.parquet"
    engine.keep(
        handoffs(
            engine,
            replied=replied,
            passes=passes,
            spans=spans,
            touches=touched,
            inside=inside,
            owned=kept(owned(engine, spans, changes, everybody, known)),
            units=everybody,
            definition=definition,
        ),
        file,
    )
    owners = spells(engine, handoffs=engine.read([file]), inside=inside, changes=changes, spans=spans, known=known)
    engine.keep(owners, work / f"spells-{shard:04}.parquet")
    for step in held:
        step.unlink()

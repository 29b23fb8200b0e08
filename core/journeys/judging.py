"""What does each lead meet, and with how many points, on what was known when it was handed over? (MEASURES 5 and 6)"""

import shutil
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import narwhals as nw
import pandas as pd

from core.definition import Definition, Holds, fields_of
from core.engine import Engine, Lazy
from core.journeys.actors import actors
from core.journeys.asking import CHECKED, Asking, asked_of, in_turn, occurrences, untold
from core.journeys.fields import with_words
from core.journeys.moments import MOMENTS, moments
from core.journeys.occurring import counted, happenings, types
from core.journeys.owner_fields import owner_fields
from core.journeys.owning import owner_changes
from core.journeys.people import everyone
from core.journeys.points import EXPORTED, qualified, with_points
from core.journeys.reduce import Facts, unit_of
from core.journeys.sources import Sources
from core.journeys.then import deals_then, fields_known, kinds_then, known_then, recorded_as
from core.journeys.touching import touches
from core.journeys.units import aliases
from core.journeys.windows import windows
from core.tables import Column, Table

JUDGED = Table(
    "judged",
    "lead and pass that is judged",
    (
        *MOMENTS.columns,
        Column("met", "integer", "one bit per criterion, in the definition's order: met", required=True),
        Column("untold", "integer", "one bit per criterion: cannot be told", required=True),
        Column("backed", "integer", "one bit per reason: what should hold where it is used does", required=True),
        Column("unbacked", "integer", "one bit per reason: it does not", required=True),
        Column("fit", "number", "tenths of points for what it is; missing where the export brings none"),
        Column("behaviour", "number", "tenths of points for what it did; missing where the export brings none"),
        Column("qualified", "flag", "reaches the thresholds; missing where that cannot be told"),
    ),
    key=("unit", "pass"),
)
"""Beside these, `k_<rule>` for each rule: how often it counted (of a fit rule 0 or 1); `w_<rule>` for one that fades:
the sum of what each time is still worth."""
_OF_MOMENT = tuple(name for name in MOMENTS.names if name not in MOMENTS.key)
Moments = Callable[[Lazy, Lazy], Lazy]
"""Stage rows and passes of some leads → when each of them is judged (`MOMENTS`)."""
Settle = Callable[[Lazy], Lazy]
"""Makes a step whole before the next one looks at it several times."""


@dataclass(frozen=True)
class Judgement:
    """The kept judgement of every lead by one definition, and what it rests on."""

    definition: Definition
    rows: Lazy
    exported: tuple[str, ...]
    """Fields of which only the export's value is known: no history of them is in the data."""
    absent: tuple[str, ...]
    """Fields that the definition asks for and the data do not have."""


@dataclass(frozen=True)
class _Ground:
    """What the judging of every lead rests on."""

    sources: Sources
    facts: Facts
    definition: Definition
    ids_of: Lazy
    of_facts: pd.DataFrame
    people: pd.DataFrame
    fields: tuple[str, ...]
    recorded: dict[str, tuple[str, ...]]
    has: frozenset[str]
    types: pd.DataFrame


def judge(
    engine: Engine,
    sources: Sources,
    facts: Facts,
    definition: Definition,
    *,
    at: Moments | None = None,
    called: str = "judged",
) -> Judgement:
    """Every lead judged by `definition` (`JUDGED`), kept beside the facts.

    `facts` may be those of another version: a lead is judged at the instant at which it was handed over by the version
    of the facts, with what this one asks; or at the instants that `at` says, kept under the name `called`.
    """
    asked = _fields(definition)
    recorded = recorded_as(engine, sources.events, asked)
    present = fields_known(engine, facts.units(engine), asked, recorded)
    place = facts.folder / f"{called}-{definition.judging_hash()}"
    if not place.exists():
        work = facts.folder / f".{called}-{uuid.uuid4().hex}"
        work.mkdir()
        try:
            ground = _ground(engine, sources, facts, definition, present, recorded)
            for shard, file in enumerate(sorted(facts.folder.glob("rows-*.parquet"))):
                judged = _shard(engine, ground, shard, file, work, at)
                engine.keep(judged, work / f"judged-{shard:04}.parquet")
                for step in work.glob(".step-*"):
                    step.unlink()
            _place(work, place)
        finally:
            shutil.rmtree(work, ignore_errors=True)
    return Judgement(
        definition,
        engine.read(sorted(place.glob("judged-*"))),
        tuple(name for name in present if name not in recorded and name not in CHECKED),
        tuple(name for name in asked if name not in present and name not in CHECKED),
    )


def told(engine: Engine, sources: Sources, facts: Facts, definition: Definition, lead_id: str) -> pd.DataFrame:
    """One lead explained: a row per judged instant, in order, with everything that was looked at.

    The columns of `JUDGED`, each field asked for as it was then, `c_k` (is criterion k met?), `f_k` (is what should
    hold behind reason k so?), `k_<rule>` and `w_<rule>`. The same expressions as those that judge everybody.
    """
    asked = _fields(definition)
    recorded = recorded_as(engine, sources.events, asked)
    present = fields_known(engine, facts.units(engine), asked, recorded)
    ground = _ground(engine, sources, facts, definition, present, recorded)
    own = facts.units(engine).filter(nw.col("lead_id") == lead_id)
    ids_of = ground.ids_of.join(own.select("unit"), on="unit", how="semi")
    rows, passes = (
        of.join(own.select("unit"), on="unit", how="semi") for of in (facts.rows(engine), facts.passes(engine))
    )
    at = _moments(engine, ground, own, ids_of, rows, passes)
    found = engine.collect(_judged(engine, ground, at, own, ids_of, settle=lambda step: step))
    return found.sort_values("judged_at", ignore_index=True)


def _fields(definition: Definition) -> tuple[str, ...]:
    """Every field of the lead that judging asks for, each once."""
    of = [name for leaf in asked_of(definition) for name in fields_of(leaf)]
    if definition.qualification is not None and definition.qualification.points == "export":
        of += EXPORTED.values()
    checked = [name for name, field in CHECKED.items() if field in of]
    return tuple(dict.fromkeys([*of, *checked]))


def _place(work: Path, place: Path) -> None:
    try:
        work.rename(place)
    except OSError:
        # Somebody else has judged by the same definition meanwhile; theirs is as good.
        if not place.exists():
            raise


def _ground(
    engine: Engine,
    sources: Sources,
    facts: Facts,
    definition: Definition,
    fields: tuple[str, ...],
    recorded: dict[str, tuple[str, ...]],
) -> _Ground:
    everybody = unit_of(facts.units(engine).select("unit", "lead_id"), engine.frame(aliases(engine, sources)))
    of_facts = people = actors(everyone(engine, sources, facts.definition))
    if definition.machines != facts.definition.machines:
        people = actors(everyone(engine, sources, definition))
    dated = sources.events.filter(nw.col("happened_at") <= facts.as_of)
    kinds = set(engine.collect(dated.select("kind").unique("kind"))["kind"])
    named = types(engine, sources.events, occurrences(definition))
    if engine.number(facts.deals(engine).select(n=nw.len())):
        kinds.add("deal")
    return _Ground(sources, facts, definition, everybody, of_facts, people, fields, recorded, frozenset(kinds), named)


def _shard(engine: Engine, ground: _Ground, shard: int, file: Path, work: Path, when: Moments | None) -> Lazy:
    facts, steps = ground.facts, 0
    shards = len(list(facts.folder.glob("rows-*.parquet")))

    def own(rows: Lazy) -> Lazy:
        return rows if shards == 1 else rows.filter(nw.col("unit") % shards == shard)

    def settle(step: Lazy) -> Lazy:
        nonlocal steps
        steps += 1
        place = work / f".step-{steps}"
        engine.keep(step, place)
        return engine.read([place])

    units, ids_of = own(facts.units(engine)), own(ground.ids_of)
    passes = engine.read([facts.folder / f"passes-{shard:04}.parquet"])
    rows = engine.read([file])
    at = settle(_moments(engine, ground, units, ids_of, rows, passes) if when is None else when(rows, passes))
    judged = _judged(engine, ground, at, units, ids_of, settle=settle)
    rules = [f"{letter}_{rule.id}" for rule in ground.definition.rules for letter in "kw"]
    there = judged.collect_schema().names()
    return judged.select(*JUDGED.names, *(name for name in rules if name in there))


def _moments(engine: Engine, ground: _Ground, units: Lazy, ids_of: Lazy, rows: Lazy, passes: Lazy) -> Lazy:
    """When each lead is judged, by the version that the facts were made with."""
    events, as_of = ground.sources.events, ground.facts.as_of
    owners = owner_fields(engine, events)
    changes = owner_changes(engine, events, ids_of, ground.of_facts, owners, as_of=as_of)
    return moments(units, passes, windows(rows, passes, changes, ground.facts.definition), events, ids_of, as_of=as_of)


def _judged(engine: Engine, ground: _Ground, at: Lazy, units: Lazy, ids_of: Lazy, *, settle: Settle) -> Lazy:
    """Every moment of `at` judged, with everything that was looked at."""
    definition, events, as_of = ground.definition, ground.sources.events, ground.facts.as_of
    touched = touches(engine, events, ids_of, ground.people, definition, as_of=as_of)
    asked = occurrences(definition)
    rows = counted(engine, at, happenings(events, ids_of, touched, as_of=as_of), asked, ground.types)
    kinds = kinds_then(ground.fields, ground.recorded)
    known = known_then(at, units, events, ground.fields, ground.recorded, as_of=as_of)
    rows = settle(rows).join(settle(known).drop(*_OF_MOMENT), on=["unit", "pass"], how="left")
    if "deal" in ground.has:
        rows = deals_then(rows, ground.facts.deals(engine), as_of=as_of)
    rows = with_words(rows, kinds, asked_of(definition), EXPORTED.values())
    counting = {one: place for place, one in enumerate(asked)}
    rows = with_points(rows, definition, Asking(kinds, counting, ground.has))
    asking = Asking(kinds, counting, ground.has, points="fit" in rows.collect_schema().names())
    if not asking.points:
        rows = rows.with_columns(fit=nw.lit(None).cast(nw.Float64), behaviour=nw.lit(None).cast(nw.Float64))
    criteria, reasons = definition.criteria, definition.reasons
    met = {criterion.id: f"c_{k}" for k, criterion in enumerate(criteria)}
    for group in in_turn(definition):
        rows = rows.with_columns(**{f"c_{k}": asking.expression(criteria[k].condition, met) for k in group})
    behind = {k: one.facts.condition for k, one in enumerate(reasons) if isinstance(one.facts, Holds)}
    # How often it was tried is counted after the hand-off, not here.
    facts = {f"f_{k}": asking.expression(behind[k], met) if k in behind else untold() for k in range(len(reasons))}
    rows = rows.with_columns(**facts) if facts else rows
    return rows.with_columns(
        met=_mask([nw.coalesce(nw.col(f"c_{k}"), nw.lit(False)) for k in range(len(criteria))]),
        untold=_mask([nw.col(f"c_{k}").is_null() for k in range(len(criteria))]),
        backed=_mask([nw.coalesce(nw.col(f"f_{k}"), nw.lit(False)) for k in range(len(reasons))]),
        unbacked=_mask([nw.coalesce(~nw.col(f"f_{k}"), nw.lit(False)) for k in range(len(reasons))]),
        qualified=qualified(definition),
    )


def _mask(flags: Sequence[nw.Expr]) -> nw.Expr:
    none = nw.lit(0).cast(nw.Int64)
    bits = [nw.when(flag).then(nw.lit(1 << k).cast(nw.Int64)).otherwise(none) for k, flag in enumerate(flags)]
    return nw.sum_horizontal(none, *bits).cast(nw.Int64)

"""What does each lead meet, and with how many points, on what was known when it was handed over? (MEASURES 5 and 6)"""

import shutil
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import narwhals as nw
import pandas as pd

from core.definition import BehaviourRule, Condition, Definition, FitRule, Holds, fields_of, leaves
from core.engine import Engine, Lazy
from core.journeys.actors import actors
from core.journeys.asking import CHECKED, Asking, conditions, number_of, occurrences, untold
from core.journeys.moments import MOMENTS, moments, not_after
from core.journeys.occurring import Occurrence, counted, happenings
from core.journeys.owning import owner_changes, owner_fields
from core.journeys.people import everyone
from core.journeys.points import qualified, with_points
from core.journeys.reduce import Facts, unit_of
from core.journeys.sources import Sources
from core.journeys.then import known_then, recorded_as
from core.journeys.touching import touches
from core.journeys.units import aliases
from core.journeys.windows import windows
from core.tables import LEADS, Column, Table

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


@dataclass(frozen=True)
class Judgement:
    """The kept judgement of every lead by one definition, and what it rests on."""

    definition: Definition
    rows: Lazy
    exported: tuple[str, ...]
    """Fields of which only the export's value is known: no history of them is in the data."""
    absent: tuple[str, ...]
    """Fields that the definition asks for and the data do not have."""


def judge(engine: Engine, sources: Sources, facts: Facts, definition: Definition) -> Judgement:
    """Every lead judged by `definition` (`JUDGED`), kept beside the facts; `facts` may be those of another version."""
    asked = _fields(definition)
    known = facts.units(engine).collect_schema().names()
    present = [name for name in asked if name in known]
    recorded = recorded_as(engine, sources.events, present)
    place = facts.folder / f"judged-{definition.judging_hash()}"
    if not place.exists():
        work = facts.folder / f".judged-{uuid.uuid4().hex}"
        work.mkdir()
        try:
            _make(engine, sources, facts, definition, work)
            if not place.exists():
                work.rename(place)
        finally:
            shutil.rmtree(work, ignore_errors=True)
    return Judgement(
        definition,
        engine.read(sorted(place.glob("judged-*"))),
        tuple(name for name in present if name not in recorded and name not in CHECKED),
        tuple(name for name in asked if name not in known and name not in CHECKED),
    )


def _fields(definition: Definition) -> tuple[str, ...]:
    """Every field of the lead that judging asks for, each once."""
    of = [name for condition in conditions(definition) for name in fields_of(condition)]
    of += [name for rule in definition.rules if isinstance(rule, FitRule) for name in fields_of(rule.when)]
    if definition.qualification is not None and definition.qualification.points == "export":
        of += ["fit_score", "behaviour_score"]
    return tuple(dict.fromkeys([*of, *(CHECKED if {"email", "phone"} & set(of) else ())]))


def _make(engine: Engine, sources: Sources, facts: Facts, definition: Definition, work: Path) -> None:
    people = everyone(engine, sources, definition)
    known, owners = actors(people), owner_fields(engine, sources.events)
    ids_of = unit_of(facts.units(engine).select("unit", "lead_id"), engine.frame(aliases(engine, sources)))
    shards = sorted(facts.folder.glob("rows-*.parquet"))
    for shard, file in enumerate(shards):
        whole = len(shards) == 1
        units = facts.units(engine)
        part = ids_of if whole else ids_of.filter(nw.col("unit") % len(shards) == shard)
        own = units if whole else units.filter(nw.col("unit") % len(shards) == shard)
        passes = engine.read([facts.folder / f"passes-{shard:04}.parquet"])
        changes = owner_changes(engine, sources.events, part, known, owners, as_of=facts.as_of)
        spans = windows(engine.read([file]), passes, changes, definition)
        at = moments(own, passes, spans, sources.events, part, as_of=facts.as_of)
        step = work / f".step-{shard}"
        engine.keep(at, step)
        touched = touches(engine, sources.events, part, known, definition, as_of=facts.as_of)
        judged = judged_at(
            engine,
            engine.read([step]),
            units=own,
            deals=facts.deals(engine),
            events=sources.events,
            ids_of=part,
            happened=happenings(engine, sources.events, part, touched, as_of=facts.as_of),
            definition=definition,
        )
        engine.keep(judged, work / f"judged-{shard:04}.parquet")
        step.unlink()


def judged_at(
    engine: Engine,
    at: Lazy,
    *,
    units: Lazy,
    deals: Lazy,
    events: Lazy,
    ids_of: Lazy,
    happened: Lazy,
    definition: Definition,
    told: bool = False,
) -> Lazy:
    """Every moment of `at` (`moments.MOMENTS`) judged by the definition (`JUDGED`).

    `told`: with every value that was looked at, for the one lead that somebody wants explained.
    """
    present = [name for name in _fields(definition) if name in units.collect_schema().names()]
    recorded = recorded_as(engine, events, present)
    rows = known_then(at, units, events, ids_of, present, recorded)
    kinds = {name: "text" if name in recorded else _kind(name) for name in present}
    rows = _numbers(engine, rows, definition, kinds)
    rules = [rule for rule in definition.rules if isinstance(rule, BehaviourRule)]
    asked = tuple(dict.fromkeys([*occurrences(definition), *(Occurrence.of(rule) for rule in rules)]))
    places = {one: place for place, one in enumerate(asked)}
    rows = counted(engine, rows, happened, asked)
    has = _held(engine, happened, deals)
    if "deal" in has:
        rows = _deals(rows, deals)
    asking = Asking(kinds, places, has)
    rows = with_points(rows, definition, asking)
    asking = Asking(kinds, places, has, points="fit" in rows.collect_schema().names())
    among = {criterion.id: criterion.condition for criterion in definition.criteria}
    answers = {f"c_{k}": asking.expression(one.condition, among) for k, one in enumerate(definition.criteria)}
    rows = rows.with_columns(**answers, **_reasons(definition, asking, among))
    if "fit" not in rows.collect_schema().names():
        rows = rows.with_columns(fit=nw.lit(None).cast(nw.Float64), behaviour=nw.lit(None).cast(nw.Float64))
    criteria, reasons = range(len(definition.criteria)), range(len(definition.reasons))
    rows = rows.with_columns(
        met=_mask([nw.coalesce(nw.col(f"c_{k}"), nw.lit(False)) for k in criteria]),
        untold=_mask([nw.col(f"c_{k}").is_null() for k in criteria]),
        backed=_mask([nw.coalesce(nw.col(f"f_{k}"), nw.lit(False)) for k in reasons]),
        unbacked=_mask([nw.coalesce(~nw.col(f"f_{k}"), nw.lit(False)) for k in reasons]),
        qualified=qualified(definition),
    )
    if told:
        return rows
    own = [f"{letter}_{rule.id}" for rule in definition.rules for letter in "kw"]
    names = rows.collect_schema().names()
    return rows.select(*JUDGED.names, *(name for name in own if name in names))


def _kind(name: str) -> str:
    kind = next((column.kind for column in LEADS.columns if column.name == name), "text")
    return kind if kind in ("text", "flag") else "number"


def _numbers(engine: Engine, rows: Lazy, definition: Definition, kinds: dict[str, str]) -> Lazy:
    """With the numbers of text fields that are compared with one; a cell that is no plain number has none."""
    compared = {leaf.field for leaf in _leaves(definition) if leaf.kind == "compare"}
    for name in sorted(compared):
        if kinds.get(name) != "text":
            continue
        said = engine.collect(rows.select(name).unique(name))[name].dropna().astype("str")
        number = pd.to_numeric(said.str.strip(), errors="coerce").astype("float64")
        known = pd.DataFrame({name: said, number_of(name): number.where(number.abs() < float("inf"))})
        rows = rows.join(engine.frame(known.astype({name: "str"})), on=name, how="left")
    return rows


def _leaves(definition: Definition) -> list[Condition]:
    every = [*conditions(definition), *(rule.when for rule in definition.rules if isinstance(rule, FitRule))]
    return [leaf for condition in every for leaf in leaves(condition)]


def _held(engine: Engine, happened: Lazy, deals: Lazy) -> frozenset[str]:
    kinds = set(engine.collect(happened.select("what").unique("what"))["what"])
    if engine.number(deals.select(n=nw.len())):
        kinds.add("deal")
    return frozenset(kinds)


def _deals(rows: Lazy, deals: Lazy) -> Lazy:
    """With `deal_any`, `deal_amount` and `deal_close_date`: of the deals opened by the judged instant."""
    opened = deals.select("unit", "opened_at", "amount_minor", "closed_at").join(
        rows.select("unit", "pass", "judged_at", "judged_by_day"), on="unit", how="inner"
    )
    there = opened.filter(nw.coalesce(not_after(nw.col("opened_at")), nw.lit(True)))
    one = nw.lit(1).cast(nw.Int64)
    found = there.group_by("unit", "pass").agg(
        deal_any=nw.len(),
        deal_amount=nw.when(~nw.col("amount_minor").is_null()).then(one).sum(),
        deal_close_date=nw.when(~nw.col("closed_at").is_null()).then(one).sum(),
    )
    names = ("deal_any", "deal_amount", "deal_close_date")
    joined = rows.join(found, on=["unit", "pass"], how="left")
    return joined.with_columns(**{name: nw.coalesce(nw.col(name) > 0, nw.lit(False)) for name in names})


def _reasons(definition: Definition, asking: Asking, among: dict[str, Condition]) -> dict[str, nw.Expr]:
    """Reason → is what should hold where it is used so? Attempts are counted after the hand-off, not here."""
    return {
        f"f_{k}": asking.expression(reason.facts.condition, among) if isinstance(reason.facts, Holds) else untold()
        for k, reason in enumerate(definition.reasons)
    }


def _mask(flags: Sequence[nw.Expr]) -> nw.Expr:
    none = nw.lit(0).cast(nw.Int64)
    bits = [nw.when(flag).then(nw.lit(1 << k).cast(nw.Int64)).otherwise(none) for k, flag in enumerate(flags)]
    return nw.sum_horizontal(none, *bits).cast(nw.Int64)

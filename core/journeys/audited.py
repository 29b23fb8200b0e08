"""Is each lead in the stage that the definition gives? Every stage that was recorded, held against it (MEASURES 10)."""

from collections.abc import Mapping
from dataclasses import dataclass

import narwhals as nw

from core.definition import Definition
from core.engine import Engine, Lazy
from core.journeys.in_force import MET, NOT_MET, UNTOLD, all_of, code_of
from core.journeys.judging import judge
from core.journeys.recorded import RECORDED, moments_of, recorded, told_apart
from core.journeys.reduce import Facts
from core.journeys.sources import Sources
from core.tables import Column, Table

VERDICTS = ("too_high", "too_low", "as_agreed", "cannot_tell", "unasked")
"""Code → what is said of a recorded stage; the first that holds."""
TOO_HIGH, TOO_LOW, AS_AGREED, CANNOT_TELL, UNASKED = range(len(VERDICTS))
POINTS = ""
"""Id of what a stage that hands over asks beside its criteria, where points are agreed: that they are reached."""

AUDITED = Table(
    "audited",
    "lead, trip and stage that it was put in",
    (
        *RECORDED.columns,
        Column("verdict", "integer", "code of VERDICTS", required=True),
        Column("answer", "integer", "does it meet what the stage asks, then: a code; missing where it asks nothing"),
        Column("given", "integer", "place of the stage that the definition gives; -1: none; missing: cannot be told"),
        Column("fails", "integer", "one bit per part that the stage asks and that was not met", required=True),
        Column("untold", "integer", "the same: cannot be told", required=True),
    ),
    key=RECORDED.key,
)


@dataclass(frozen=True)
class Audited:
    """Every recorded stage, and what was asked of it by one definition."""

    rows: Lazy
    parts: Mapping[str, str]
    """Id → name of everything that a stage can ask, in the order of the bits."""
    exported: tuple[str, ...]
    """Fields of which only the export's value is known, which may be newer than the stage."""
    absent: tuple[str, ...]
    """Fields that are asked for and not in the data at all."""


def asked_by(facts: Facts, definition: Definition) -> tuple[tuple[str, ...], ...]:
    """What each stage of the facts asks by `definition`, as ids of parts: nothing where it has no stage of that id."""
    asks = {stage.id: stage.criteria for stage in definition.stages}
    if definition.qualification is not None:
        hands_over = definition.stages[definition.hand_off].id
        asks[hands_over] = (*asks[hands_over], POINTS)
    return tuple(asks.get(stage, ()) for stage in facts.definition.stage_ids)


def audited(engine: Engine, sources: Sources, facts: Facts, definition: Definition) -> Audited:
    """Every recorded stage (`AUDITED`) judged by `definition`; kept beside the facts.

    *Too high*: a part of what the stage asks was not met on what was known when the lead was put there. *Too low*: the
    lead is still there, and on what is known now meets what the next stage asks, or one of those after it with all
    between; it can stand beyond stages that ask nothing, and is never given one of them. *Cannot tell*: nothing fails,
    and a part cannot be told. *Unasked*: the stage asks nothing. Two persons put a lead into two stages: each counts.
    """

    def when(rows: Lazy, passes: Lazy) -> Lazy:
        return moments_of(recorded(rows, passes), [bool(parts) for parts in asks], as_of=facts.as_of)

    asks, files = asked_by(facts, definition), []
    judged = judge(engine, sources, facts, definition, at=when, called=f"audited-{definition.structure_hash()}")
    places = {part: place for place, part in enumerate(_parts(definition))}
    for rows in sorted(facts.folder.glob("rows-*.parquet")):
        shard = rows.name.removeprefix("rows-").removesuffix(".parquet")
        file = facts.folder / f"audit-{definition.judging_hash()}-{definition.structure_hash()}-{shard}.parquet"
        if not file.exists():
            passes = engine.read([facts.folder / f"passes-{shard}.parquet"])
            stages = recorded(engine.read([rows]), passes)
            engine.keep(_held_against(stages, told_apart(judged.rows), asks, places), file)
        files.append(file)
    return Audited(engine.read(files), _parts(definition), judged.exported, judged.absent)


def _parts(definition: Definition) -> dict[str, str]:
    named = {criterion.id: criterion.name for criterion in definition.criteria}
    return (
        named if definition.qualification is None else {**named, POINTS: "Reaches the points agreed for the hand-off"}
    )


def _held_against(stages: Lazy, judged: Lazy, asks: tuple[tuple[str, ...], ...], places: Mapping[str, int]) -> Lazy:
    codes = {part: _of_points() if part == POINTS else code_of(place) for part, place in places.items()}
    told = judged.select(
        "unit",
        "pass",
        "stage",
        "now",
        **{f"p{place}": codes[part] for part, place in places.items()},
    )
    own = [[f"p{places[part]}" for part in parts] for parts in asks]
    told = told.with_columns(**{f"s{k}": all_of([nw.col(name) for name in names]) for k, names in enumerate(own)})
    key = ["unit", "pass", "stage"]
    then = told.filter(~nw.col("now")).select(
        *key,
        answer=_by_stage([nw.col(f"s{k}") for k in range(len(asks))]),
        _down=_by_stage(_downwards(asks)),
        fails=_mask(own, NOT_MET),
        untold=_mask(own, UNTOLD),
    )
    now = told.filter(nw.col("now")).select(*key, _up=_by_stage(_upwards(asks)))
    both = stages.join(then, on=key, how="left").join(now, on=key, how="left")
    high, low = nw.col("answer") == NOT_MET, nw.coalesce(nw.col("_up"), _lit(-1)) > nw.col("stage")
    verdict = (
        nw.when(high)
        .then(_lit(TOO_HIGH))
        .when(low)
        .then(_lit(TOO_LOW))
        .when(nw.col("answer").is_null())
        .then(_lit(UNASKED))
        .when(nw.col("answer") == UNTOLD)
        .then(_lit(CANNOT_TELL))
        .otherwise(_lit(AS_AGREED))
    )
    given = (
        nw.when(nw.col("verdict") == TOO_HIGH)
        .then(nw.col("_down"))
        .when(nw.col("verdict") == TOO_LOW)
        .then(nw.col("_up"))
        .when(nw.col("verdict") != CANNOT_TELL)
        .then(nw.col("stage"))
    )
    # A stage that asks nothing was not judged, and nothing of it fails.
    masks = {name: nw.coalesce(nw.col(name), _lit(0)) for name in ("fails", "untold")}
    return both.with_columns(verdict=verdict, **masks).with_columns(given=given).select(*AUDITED.names)


def _of_points() -> nw.Expr:
    return nw.when(nw.col("qualified").is_null()).then(_lit(UNTOLD)).otherwise(nw.col("qualified").cast(nw.Int64))


def _by_stage(of: list[nw.Expr]) -> nw.Expr:
    """Of one expression per stage that of the row's own."""
    chosen = nw.lit(None).cast(nw.Int64)
    for place, each in enumerate(of):
        chosen = nw.when(nw.col("stage") == place).then(each).otherwise(chosen)
    return chosen


def _downwards(asks: tuple[tuple[str, ...], ...]) -> list[nw.Expr]:
    """For each stage the nearest one below it that asks nothing, or what is met; -1 where there is none."""
    out, below = [], _lit(-1)
    for place, parts in enumerate(asks):
        out.append(below)
        below = nw.when(nw.col(f"s{place}") == MET).then(_lit(place)).otherwise(below) if parts else _lit(place)
    return out


def _upwards(asks: tuple[tuple[str, ...], ...]) -> list[nw.Expr]:
    """For each stage the last one above it to which all that is asked on the way is met; -1 where the next is not."""
    out, above = [_lit(-1)] * len(asks), _lit(-1)
    for place in reversed(range(len(asks))):
        out[place] = above
        if asks[place]:
            further = nw.max_horizontal(_lit(place), above)
            above = nw.when(nw.col(f"s{place}") == MET).then(further).otherwise(_lit(-1))
    return out


def _mask(own: list[list[str]], code: int) -> nw.Expr:
    """One bit per part that the row's stage asks and that has this answer."""
    bits = []
    for name in sorted({name for names in own for name in names}):
        asking = [place for place, names in enumerate(own) if name in names]
        has = nw.col("stage").is_in(asking) & (nw.col(name) == code)
        bits.append(nw.when(has).then(_lit(1 << int(name[1:]))).otherwise(_lit(0)))
    return nw.sum_horizontal(_lit(0), *bits).cast(nw.Int64)


def _lit(number: int) -> nw.Expr:
    return nw.lit(number).cast(nw.Int64)

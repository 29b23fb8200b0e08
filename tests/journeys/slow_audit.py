"""The stage audit read a second time: one lead, one stage and one criterion after the other, in plain Python.

It shares nothing with `core.journeys` but the agreed definition. What is met at an instant is the slow judge's to say,
which trip a row belongs to the slow reduction's.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from core.definition import Definition
from tests.journeys import slow_twin
from tests.journeys.slow_judge import Judge, Moment, Told, When, World, every
from tests.journeys.slow_twin import Event, Pass, Row

Key = tuple[str, int, int]


@dataclass(frozen=True)
class Said:
    """What is said of one recorded stage."""

    set_at: int | None
    set_by: str | None
    still: bool
    verdict: str
    given: int | None
    fails: frozenset[str]
    untold: frozenset[str]


def audit(world: World) -> dict[Key, Said]:
    """Lead, trip and place of the stage → what is said of it."""
    stages = [
        Event(*(event[name] for name in Event._fields))
        for event in world.events
        if event["kind"] == "stage"
    ]  # fmt: skip
    actors = {event["event_id"]: event["actor"] for event in world.events}
    trips = slow_twin.read(
        stages, world.facts_definition, as_of=world.as_of, zone=world.zone, leads=world.leads, deals=world.deals
    )
    found = {}
    for lead, of_lead in trips.items():
        for trip, row in recorded(of_lead):
            still = trip is of_lead[-1] and trip.end in ("waiting", "stalled") and trip.current == row.code
            found[lead, trip.number, row.code] = said(world, lead, row, actors[row.event.event_id], still=still)
    return found


def recorded(trips: list[Pass]) -> list[tuple[Pass, Row]]:
    """The row with which each stage of each trip was entered the last time."""
    out: dict[tuple[int, int], tuple[Pass, Row]] = {}
    before: tuple[int, int] | None = None
    for trip in trips:
        beyond = max((row.code for row in trip.rows if row.is_stage and not row.dated), default=-1)
        for row in trip.rows:
            here = (trip.number, row.code)
            if row.is_stage and here != before and (row.dated or (row.code == beyond and beyond > trip.top)):
                out[here] = (trip, row)
            before = here
    return list(out.values())


def said(world: World, lead: str, row: Row, actor: str | None, *, still: bool) -> Said:
    definition, names = world.definition, world.facts_definition.stage_ids
    asks = [asked(definition, name) for name in names]
    when = When(world.as_of, None)
    if row.event.happened_at is not None:
        when = When(row.event.happened_at, row.event.day, row.event.precision == "day")
    then, now = (answers(world, Moment(lead, 0, at, "set")) for at in (when, When(world.as_of, None)))
    own = {part: then[part] for part in asks[row.code]}
    verdict, given = held(row.code, asks, then, now if still else None)
    return Said(
        row.event.happened_at,
        actor,
        still,
        verdict,
        given,
        frozenset(part for part, answer in own.items() if answer is False),
        frozenset(part for part, answer in own.items() if answer is None),
    )


def asked(definition: Definition, stage: str) -> list[str]:
    """What a stage asks; the points under an empty name."""
    for place, known in enumerate(definition.stages):
        if known.id == stage:
            points = place == definition.hand_off and definition.qualification is not None
            return [*known.criteria, *([""] if points else [])]
    return []


def answers(world: World, moment: Moment) -> dict[str, Told]:
    verdict = Judge(replace(world), moment).verdict()
    return {**verdict.met, "": verdict.qualified}


def held(
    stage: int, asks: list[list[str]], then: dict[str, Told], now: dict[str, Told] | None
) -> tuple[str, int | None]:
    own = every([then[part] for part in asks[stage]])
    if asks[stage] and own is False:
        for below in range(stage - 1, -1, -1):
            if every([then[part] for part in asks[below]]) is True:
                return "too_high", below
        return "too_high", -1
    reached = -1
    if now is not None:
        for above in range(stage + 1, len(asks)):
            if every([now[part] for part in asks[above]]) is not True:
                break
            if asks[above]:
                reached = above
    if reached > stage:
        return "too_low", reached
    if not asks[stage]:
        return "unasked", stage
    return ("cannot_tell", None) if own is None else ("as_agreed", stage)

"""Every lead judged by random agreements on random histories, against an independent reading of the rules.

Leads do not touch each other, so one example holds many of them, and what is printed is the one that disagrees.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import product
from typing import Any

import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from core.definition import (
    All,
    AnyOf,
    AtLeast,
    Compare,
    Condition,
    Definition,
    Flagged,
    Happened,
    Has,
    HasDeal,
    Meets,
    Not,
    OneOf,
    Says,
    Stated,
    Valid,
)
from core.definition.templates import CLASSIC, PIPELINE, VALIDATED
from core.journeys.judging import judge, told
from core.journeys.reduce import Facts
from core.journeys.sources import Sources
from tests.definition.random_definitions import random_definition
from tests.journeys import slow_judge
from tests.journeys.conftest import Ground, Rows, instant
from tests.journeys.judged_worlds import PEOPLE_ROWS, random_judging, sources_of
from tests.journeys.slow_judge import AND, NOT, OR, Row, Verdict, World, at_least, either, every
from tests.journeys.slow_twin import DAY
from tests.journeys.test_twin import UNUSUAL

pytestmark = pytest.mark.slow

GROUNDS = (VALIDATED, PIPELINE, CLASSIC, UNUSUAL)


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    with Ground(tmp_path_factory.mktemp("judging")) as made:
        yield made


def plain(value: Any) -> Any:
    return None if value is None or pd.isna(value) else value


def nearly(number: float | None) -> Any:
    """The number but for rounding: what fades is added up in any order."""
    return None if number is None else pytest.approx(number, rel=1e-9, abs=1e-6)


def said(definition: Definition, row: dict[Any, Any]) -> Verdict:
    """A row of the table as the twin says it."""

    def of(mask: int, other: int, place: int, *, one: bool | None, two: bool | None, else_: bool | None) -> bool | None:
        return one if mask >> place & 1 else two if other >> place & 1 else else_

    met, untold, backed, unbacked = (int(row[name]) for name in ("met", "untold", "backed", "unbacked"))
    assert met & untold == backed & unbacked == 0
    worth = {rule.id: row[f"w_{rule.id}"] for rule in definition.rules if f"w_{rule.id}" in row}
    return Verdict(
        int(row["judged_at"]),
        str(row["judged_kind"]),
        {c.id: of(met, untold, k, one=True, two=None, else_=False) for k, c in enumerate(definition.criteria)},
        {r.id: of(backed, unbacked, k, one=True, two=False, else_=None) for k, r in enumerate(definition.reasons)},
        {rule.id: int(row[f"k_{rule.id}"]) for rule in definition.rules},
        {name: nearly(number) for name, number in worth.items()},
        nearly(plain(row["fit"])),
        nearly(plain(row["behaviour"])),
        plain(row["qualified"]),
    )


Key = tuple[str, int]


def judged(
    ground: Ground, world: World, *, sources: Sources | None = None, shard_units: int = 1_000_000
) -> tuple[Facts, Sources, dict[Key, Verdict]]:
    """What the product says of each lead and trip."""
    rows = sources_of(ground, world) if sources is None else sources
    facts = ground.reduce(rows, world.facts_definition, world.as_of, shard_units=shard_units)
    judgement = judge(ground.engine, rows, facts, world.definition)
    units = facts.units(ground.engine).select("unit", "lead_id")
    found = ground.engine.collect(judgement.rows.join(units, on="unit", how="inner"))
    keys = zip(found["lead_id"], found["pass"], strict=True)
    return (
        facts,
        rows,
        {
            (str(lead), int(trip)): said(world.definition, row)
            for (lead, trip), row in zip(keys, found.to_dict("records"), strict=True)
        },
    )


def check(world: World, found: dict[Key, Verdict], expected: dict[Key, Verdict]) -> None:
    """The product and the twin say the same of everybody; else the shortest history that they disagree about."""
    assert found.keys() == expected.keys()
    wrong = [key for key, verdict in expected.items() if found[key] != verdict]
    if wrong:
        key = min(wrong, key=lambda each: len(world.of_lead[each[0]]))
        raise AssertionError(
            f"{len(wrong)} of {len(expected)} differ\n{difference(world, key, found[key], expected[key])}"
        )


def difference(world: World, key: Key, found: Verdict, expected: Verdict) -> str:
    lines = [f"{key}, as of {world.as_of}, zone {world.zone}, row {world.rows.get(key[0])}"]
    lines += [str(dict(event)) for event in sorted(world.of_lead[key[0]], key=lambda e: e["happened_at"] or 0)]
    for name, other in vars(expected).items():
        mine = getattr(found, name)
        if isinstance(other, dict):
            for each, value in other.items():
                if mine[each] != value:
                    parts = {
                        c.id: c
                        for c in (*world.definition.criteria, *world.definition.rules, *world.definition.reasons)
                    }
                    lines.append(f"{name} {each}: product {mine[each]}, twin {value}: {parts[each]!r}")
        elif mine != other:
            lines.append(f"{name}: product {mine}, twin {other}")
    return "\n".join(lines)


@settings(max_examples=5, deadline=None, derandomize=True, database=None, phases=[Phase.generate])
@given(seed=st.integers(0, 1 << 32))
def test_every_lead_is_judged_as_a_second_reading_of_the_rules_judges_it(ground: Ground, seed: int) -> None:
    chance = random.Random(seed)
    base = chance.choice(GROUNDS)
    how = chance.choice(("stage", "assignment"))
    definition = random_definition(chance, base.model_copy(update={"hands_over_by": how}))
    other = chance.choice((None, None, VALIDATED))
    world = random_judging(seed, definition, facts_definition=other, n=200)
    check(world, judged(ground, world)[2], slow_judge.judge(world))


def test_neither_shards_nor_the_order_of_rows_change_a_judgement(ground: Ground) -> None:
    definition = random_definition(random.Random(3), CLASSIC)
    world = random_judging(3, definition, n=80)
    whole = judged(ground, world)[2]
    facts, _, parts = judged(ground, world, shard_units=60)
    assert len(list(facts.folder.glob("judged-*/judged-*.parquet"))) == 2
    assert parts == whole
    assert judged(ground, world, sources=sources_of(ground, world, shuffled=3))[2] == whole


def test_one_lead_explained_says_what_the_table_says(ground: Ground) -> None:
    definition = random_definition(random.Random(4), UNUSUAL)
    world = random_judging(4, definition)
    facts, sources, table = judged(ground, world)
    names = [*(name for name, _ in sorted(table, key=lambda key: (-key[1], key))[:1]), "L000"]
    for name in names:
        rows = told(ground.engine, sources, facts, definition, name)
        assert list(rows["judged_at"]) == sorted(rows["judged_at"])
        explained = {(name, int(row["pass"])): said(definition, row) for row in rows.to_dict("records")}
        assert explained == {key: verdict for key, verdict in table.items() if key[0] == name}
        for row in rows.to_dict("records"):
            verdict = explained[name, int(row["pass"])]
            assert [plain(row[f"c_{k}"]) for k in range(len(definition.criteria))] == list(verdict.met.values())
            moment = next(m for m in slow_judge.moments(world) if (m.lead, m.trip) == (name, row["pass"]))
            seen = {of: plain(row[of]) for of in ("title", "budget", "x:plan", "employees") if of in row}
            assert seen == {of: slow_judge.value_then(world, moment, of) for of in seen}
    assert told(ground.engine, sources, facts, definition, "nobody").empty


def test_what_was_judged_is_kept_and_other_points_are_judged_anew(ground: Ground) -> None:
    definition = random_definition(random.Random(5), VALIDATED)
    world = random_judging(5, definition, n=30)
    facts, sources, _ = judged(ground, world)
    (kept,) = facts.folder.glob("judged-*")
    written = {file: file.stat().st_mtime_ns for file in kept.iterdir()}
    reworded = definition.model_copy(update={"name": "Another name", "attention": ()})
    judge(ground.engine, sources, facts, reworded)
    assert {file: file.stat().st_mtime_ns for file in kept.iterdir()} == written
    judge(ground.engine, sources, facts, definition.model_copy(update={"rules": definition.rules[1:]}))
    assert len(list(facts.folder.glob("judged-*"))) == 2
    assert not list(facts.folder.glob(".judged-*"))


# --- three values -----------------------------------------------------------------------------------------------------

VALUES = {"true": True, "false": False, None: None}
"""What a cell says, and what it means."""


def asked(*conditions: Condition, **more: Any) -> Definition:
    """The usual stages with these criteria alone, called c0, c1, …"""
    written = VALIDATED.model_dump() | {"validated": (), "rules": (), "qualification": None}
    written |= {"stages": [{**stage, "criteria": ()} for stage in written["stages"]]}
    written |= {"reasons": [{**reason, "facts": None} for reason in written["reasons"]]}
    written |= {"criteria": [{"id": f"c{k}", "name": f"c{k}", "condition": c} for k, c in enumerate(conditions)]}
    return Definition.model_validate(written | more)


def answers(ground: Ground, definition: Definition, leads: Rows, events: Rows = (), deals: Rows = ()) -> Any:
    """Lead → its answers to the criteria in order; each lead is judged once."""
    world = World(definition, definition, "UTC", AS_OF, leads, deals, events, PEOPLE_ROWS)
    found = judged(ground, world)[2]
    check(world, found, slow_judge.judge(world))
    return {lead: tuple(verdict.met.values()) for (lead, _), verdict in found.items()}


def test_and_or_not_and_at_least_follow_the_three_valued_tables_in_every_case(ground: Ground) -> None:
    flags = [Flagged(field=f"x:{letter}") for letter in "abcd"]
    cases = list(product(VALUES, repeat=4))
    leads = [
        {"lead_id": f"L{number:02}", **{f"x:{letter}": cell for letter, cell in zip("abcd", case, strict=True)}}
        for number, case in enumerate(cases)
    ]
    bounds = [(k, n) for n in range(1, 5) for k in range(1, n + 1)]
    definition = asked(
        Not(of=flags[0]),
        *(All(of=tuple(flags[:n])) for n in range(1, 5)),
        *(AnyOf(of=tuple(flags[:n])) for n in range(1, 5)),
        *(AtLeast(k=k, of=tuple(flags[:n])) for k, n in bounds),
        Not(of=Meets(criterion="c4")),
    )
    found = answers(ground, definition, leads)
    for lead, case in zip(leads, cases, strict=True):
        values = [VALUES[cell] for cell in case]
        both = [every(values[:n]) for n in range(1, 5)]
        one_of_them = [either(values[:n]) for n in range(1, 5)]
        counted = [at_least(k, values[:n]) for k, n in bounds]
        assert found[lead["lead_id"]] == (NOT[values[0]], *both, *one_of_them, *counted, NOT[both[3]]), case


def test_the_tables_are_those_of_kleene() -> None:
    """Strong three-valued logic: false below what cannot be told below true; and is the least, or the greatest."""
    order = {False: 0, None: 1, True: 2}
    for one, other in product(order, repeat=2):
        assert order[AND[one, other]] == min(order[one], order[other])
        assert order[OR[one, other]] == max(order[one], order[other])
        assert NOT[AND[one, other]] == OR[NOT[one], NOT[other]]
    assert [at_least(k, (True, None, False)) for k in (1, 2, 3)] == [True, None, False]


# --- what the data do not say -----------------------------------------------------------------------------------------

AS_OF = instant("2026-06-01 12:00")
HANDED = "2026-03-10 15:00"
LEAD = {"lead_id": "L", "created_at": instant("2026-03-01 08:00")}


def happened(kind: str, name: str | None, when: str, lead: str = "L", **more: Any) -> Row:
    """One event; `when` is a day alone or a day and a time, in UTC."""
    by_day = len(when) == 10
    return {
        "event_id": f"{lead}/{kind}/{name}/{when}/{more}", "lead_id": lead, "happened_at": instant(when), "kind": kind,
        "day": instant(when) // DAY, "precision": "day" if by_day else "instant", "name": name, "shape": "log",
        "reason": None, "batch": 1, "actor": "p1", "detail": None, "before": None, **more,
    }  # fmt: skip


def test_data_without_any_such_record_cannot_tell(ground: Ground) -> None:
    definition = asked(Happened(what="activity"), Happened(what="touch"), Happened(what="contact"), HasDeal(what="any"))
    stages = [happened("stage", "MQL", HANDED)]
    leads = [LEAD, {**LEAD, "lead_id": "Other"}]
    assert set(answers(ground, definition, leads, stages).values()) == {(None, None, None, None)}
    one = [happened("activity", None, HANDED, "Other"), happened("touch", "Call", HANDED, "Other", actor="Sync")]
    told_of = answers(ground, definition, leads, [*stages, *one], [{"deal_id": "D", "lead_id": "Other"}])
    assert told_of["L"] == (False, False, False, False)
    # A machine's touch is none of ours; a deal of which nobody says when it was opened may have been later.
    assert told_of["Other"] == (True, False, False, None)


def test_a_field_that_is_not_there_cannot_be_told_of_anybody_and_is_named(ground: Ground) -> None:
    definition = asked(
        Stated(field="budget"), Compare(field="x:seats", op=">", value=3), Valid(what="phone"), Has(field="need"),
        Stated(field="x:rating"), Stated(field="title"),
    )  # fmt: skip
    leads = [{**LEAD, "title": "CEO", "budget": None}, {**LEAD, "lead_id": "M"}]
    events = [happened("change", "Rating__c", "2026-03-02", detail="Hot"), happened("stage", "MQL", HANDED)]
    world = World(definition, definition, "UTC", AS_OF, leads, (), events, ())
    facts, sources, found = judged(ground, world)
    assert tuple(found["L", 0].met.values()) == (None, None, None, None, True, True)
    assert tuple(found["M", 0].met.values()) == (None, None, None, None, False, False)
    judgement = judge(ground.engine, sources, facts, definition)
    assert judgement.absent == ("budget", "x:seats", "phone", "need")
    assert judgement.exported == ("title",)


def test_a_value_is_that_of_the_hand_off_whatever_was_filled_in_later(ground: Ground) -> None:
    definition = asked(Has(field="budget"), Compare(field="employees", op=">=", value=50), Valid(what="mail"))
    leads = [
        {**LEAD, "budget": "50k", "employees": 60.0, "email": "a@firm.example", "email_ok": True},
        {**LEAD, "lead_id": "M", "budget": "50k", "employees": 50.0, "email": "b@firm.example", "email_ok": True},
    ]
    events = [
        happened("stage", "MQL", HANDED),
        happened("stage", "MQL", HANDED, "M"),
        happened("change", "Budget__c", "2026-03-12 10:00", before="none", detail="50k"),
        happened("change", "Employees", HANDED, before="40", detail="60"),
        happened("change", "Email", "2026-03-12 10:00", before="x@firm.example", detail="a@firm.example"),
    ]
    found = answers(ground, definition, leads, events)
    # At the instant itself the change had been made; the address of then was never checked.
    assert found == {"L": (False, True, None), "M": (True, True, True)}


def test_what_was_merged_into_a_lead_lends_it_its_deeds_and_not_its_fields(ground: Ground) -> None:
    definition = asked(Has(field="budget"), Happened(names=("Form",)))
    leads = [{**LEAD, "budget": "50k"}, {**LEAD, "lead_id": "Old", "merged_into": "L"}]
    events = [
        happened("stage", "MQL", HANDED),
        happened("change", "Budget", "2026-03-02", "Old", before="50k", detail="none"),
        happened("activity", "Form", "2026-03-02", "Old"),
    ]
    assert answers(ground, definition, leads, events) == {"L": (True, True)}


# --- windows, caps and half-lives -------------------------------------------------------------------------------------


def ruled(*rules: dict[str, Any]) -> Definition:
    named = [{"id": f"r{k}", "name": f"r{k}", "points": 1, "names": ["Form"], **rule} for k, rule in enumerate(rules)]
    return asked(rules=[{"kind": "behaviour", **rule} for rule in named])


def points(ground: Ground, definition: Definition, *events: Row) -> Verdict:
    world = World(definition, definition, "UTC", AS_OF, [LEAD], (), events, PEOPLE_ROWS)
    found = judged(ground, world)[2]
    check(world, found, slow_judge.judge(world))
    return found["L", 0]


def test_a_window_is_closed_at_its_old_end_and_nothing_after_the_hand_off_counts(ground: Ground) -> None:
    definition = ruled({"within_days": 7}, {"within_days": 8}, {})
    verdict = points(
        ground, definition, happened("stage", "MQL", HANDED),
        happened("activity", "Form", "2026-03-03 15:00:00"), happened("activity", "form", "2026-03-03 14:59:59"),
        happened("activity", "Form", "2026-03-10 15:00:00"), happened("activity", "Form", "2026-03-10 15:00:01"),
        happened("activity", "Webinar", "2026-03-10 14:00:00"), happened("activity", None, "2026-03-10 14:00:00"),
    )  # fmt: skip
    assert verdict.times == {"r0": 2, "r1": 3, "r2": 3}
    assert verdict.behaviour == 80


def test_where_only_days_are_known_days_are_compared(ground: Ground) -> None:
    definition = ruled({"within_days": 7}, {"within_days": 6})
    day = [happened("activity", "Form", "2026-03-03"), happened("activity", "Form", "2026-03-10 23:59:59")]
    by_day = points(ground, definition, happened("stage", "MQL", "2026-03-10"), *day)
    assert by_day.times == {"r0": 2, "r1": 1}
    exact = points(ground, definition, happened("stage", "MQL", HANDED), *day)
    assert exact.times == {"r0": 1, "r1": 0}


def test_of_several_the_newest_count_and_each_is_worth_half_after_its_half_life(ground: Ground) -> None:
    definition = ruled(
        {"half_life_days": 5}, {"half_life_days": 5, "cap": 2}, {"cap": 2}, {"half_life_days": 5, "cap": 1}
    )
    verdict = points(
        ground, definition, happened("stage", "MQL", HANDED), happened("activity", "Form", "2026-03-10 15:00"),
        happened("activity", "Form", "2026-03-05 15:00"), happened("activity", "Form", "2026-02-28 15:00"),
    )  # fmt: skip
    assert verdict.times == {"r0": 3, "r1": 2, "r2": 2, "r3": 1}
    assert verdict.worth == {"r0": 1.75, "r1": 1.5, "r3": 1}
    assert verdict.behaviour == 10 * (1.75 + 1.5 + 2 + 1)


def test_a_lead_that_was_never_handed_over_is_judged_at_the_last_that_is_known_of_it(ground: Ground) -> None:
    definition = ruled({"within_days": 7})
    form = happened("activity", "Form", "2026-04-01 10:00")
    later = happened("activity", "Form", "2026-06-01 13:00")
    verdict = points(ground, definition, form, later)
    assert (verdict.kind, verdict.judged_at, verdict.times) == ("last", form["happened_at"], {"r0": 1})


# --- large agreements -------------------------------------------------------------------------------------------------


def test_criteria_that_ask_for_each_other_many_times_over_are_judged_in_turn(ground: Ground) -> None:
    first: list[Condition] = [Flagged(field="x:a")]
    doubled = [All(of=(Meets(criterion=f"c{k}"), Not(of=Not(of=Meets(criterion=f"c{k}"))))) for k in range(59)]
    leads = [{**LEAD, "lead_id": str(cell), "x:a": cell} for cell in VALUES]
    world = World(asked(*first, *doubled), VALIDATED, "UTC", AS_OF, leads, (), (), ())
    found = judged(ground, world)[2]
    assert {lead: set(verdict.met.values()) for (lead, _), verdict in found.items()} == {
        "true": {True}, "false": {False}, "None": {None},
    }  # fmt: skip


def test_a_list_may_hold_two_thousand_words(ground: Ground) -> None:
    words = tuple(f"word {number}." for number in range(2000))
    long = tuple(f"{number} {'x' * 190}" for number in range(2000))
    definition = asked(
        Says(field="title", words=words), Says(field="title", words=long),
        Says(field="title", words=words, place="start"), OneOf(field="title", values=words),
    )  # fmt: skip
    leads = [
        {**LEAD, "lead_id": "M", "title": "WORD 1999"},
        {**LEAD, "title": "My word 1999. Indeed"},
        {**LEAD, "lead_id": "N", "title": "Word 1999. So"},
        {**LEAD, "lead_id": "O", "title": "select"},
    ]
    assert answers(ground, definition, leads) == {
        "M": (False, False, False, True), "L": (True, False, False, False), "N": (True, False, True, False),
        "O": (None, None, None, None),
    }  # fmt: skip


def test_a_list_without_a_number_is_not_met_by_a_number_and_cannot_be_told_without_one(ground: Ground) -> None:
    definition = asked(
        OneOf(field="employees", values=("many", "few")), OneOf(field="employees", values=("many", "12"))
    )
    leads = [{**LEAD, "employees": 12.0}, {**LEAD, "lead_id": "M", "employees": None}]
    assert answers(ground, definition, leads) == {"L": (False, True), "M": (None, None)}

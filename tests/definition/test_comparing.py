"""Two versions of a definition: nothing that changed goes unsaid, and two people's changes are put together."""

from __future__ import annotations

import random
from typing import Any

import pytest

from core.definition import Definition, parse, written
from core.definition.agreed import Attention, Criterion
from core.definition.clocks import Clock
from core.definition.comparing import Change, Part, compare
from core.definition.differing import KINDS, SCALARS
from core.definition.frozen import Frozen
from core.definition.merging import quarrels, rebased
from core.definition.scoring import BehaviourRule, FitRule
from core.definition.stages import Exit, Reason, Stage
from core.definition.templates import CLASSIC
from core.errors import DefinitionInvalid

BIG = {"kind": "compare", "field": "employees", "op": ">=", "value": 50}
OURS = parse(
    {
        **CLASSIC.model_dump(mode="json"),
        "id": "ours",
        "criteria": [
            *CLASSIC.model_dump(mode="json")["criteria"],
            {"id": "big", "name": "Big enough", "condition": BIG, "question": "How many are you?"},
            {"id": "old", "name": "Ten years old", "condition": {**BIG, "field": "x:age"}},
        ],
        "rules": [
            {"kind": "fit", "id": "water", "name": "Water", "points": 10,
             "when": {"kind": "one_of", "field": "industry", "values": ["Water"]}},
            {"kind": "behaviour", "id": "demo", "name": "Demo", "points": 5, "names": ["demo"]},
        ],
        "qualification": {"policy": {"kind": "sum", "at_least": 12}},
        "attention": [{"stage": "mql", "touches_most": 5}],
    }
)  # fmt: skip


def changed(definition: Definition, **to: Any) -> Definition:
    return parse({**definition.model_dump(mode="json"), **to})


def item_changed(definition: Definition, kind: str, key: str, /, **to: Any) -> Definition:
    own = KINDS[kind]
    items = [item.model_dump(mode="json") for item in own.items(definition).values()]
    return changed(definition, **{own.field: [{**one, **to} if one[own.key] == key else one for one in items]})


def said(before: Definition, after: Definition) -> list[str]:
    return [change.sentence for change in compare(before, after).changes]


FIELDS: list[tuple[str, str, type[Frozen], dict[str, Any]]] = [
    ("stage", "sal", Stage, {"name": "Taken up", "meaning": "Other.", "synonyms": ["taken"], "happens": "A call.",
                             "criteria": ["big"], "forward": "A yes.", "back": "A no.", "clock_days": 9}),
    ("exit", "lost", Exit, {"name": "Lost deal", "kind": "disqualified", "leaves": None, "synonyms": ["gone"]}),
    ("reason", "no_budget", Reason, {"name": "No money", "route": "remove", "synonyms": ["poor"],
                                     "facts": {"kind": "attempts", "attempts": 3}}),
    ("criterion", "big", Criterion, {"name": "Large", "condition": {**BIG, "value": 60}, "question": "Size?",
                                     "sales_own": True}),
    ("rule", "water", FitRule, {"name": "Wet", "points": 11, "on": False,
                                "when": {"kind": "stated", "field": "industry"}}),
    ("rule", "demo", BehaviourRule, {"name": "Demos", "points": 6, "on": False, "what": "touch", "names": ["visit"],
                                     "within_days": 90, "cap": 3, "half_life_days": 30}),
    ("clock", "verdict", Clock, {"name": "Yes or no", "milestone": "contact", "limit_minutes": 60,
                                 "grace_minutes": 60, "time": "elapsed"}),
    ("attention", "mql", Attention, {"touches_most": 6, "touches_least": 1, "mails_most": 2}),
]  # fmt: skip
SINGLE = [(kind, key, name, value) for kind, key, _, own in FIELDS for name, value in own.items()]


@pytest.mark.parametrize(("kind", "key", "name", "value"), SINGLE, ids=lambda value: str(value)[:20])
def test_every_field_that_changes_is_told_under_its_part(kind: str, key: str, name: str, value: Any) -> None:
    after = item_changed(OURS, kind, key, **{name: value})
    changes = compare(OURS, after).changes
    assert [change.part for change in changes] == [Part(kind, key)], "one field, one change"
    (change,) = changes
    assert change.what == "changed"
    assert change.title == KINDS[kind].title(KINDS[kind].items(after)[key], after)
    assert change.before != change.after
    back = compare(after, OURS).changes[0]
    assert (back.before, back.after) == (change.after, change.before)


def test_no_field_is_left_out_of_the_test_above() -> None:
    elsewhere = {"id", "kind", "stage", "hands_over", "won", "side"}
    for kind, _, model, own in FIELDS:
        more = {"kind"} if model is Exit else set()
        assert set(own) == set(model.model_fields) - elsewhere | more, kind
    told = {*SCALARS, *(kind.field for kind in KINDS.values()), "qualification"}
    assert told == set(Definition.model_fields)


@pytest.mark.parametrize(
    ("to", "sentence"),
    [
        ({"name": "Our funnel"}, 'Name from "Raw, Viable, MQL, SAL, SQL, Opportunity, Won" to "Our funnel".'),
        ({"machines": ["Robot"]}, "Automations and integration users: new Robot."),
        ({"hands_over_by": "assignment"}, 'Hand-off from "entering the stage" to "being given to a person".'),
        ({"validated": ["big"]}, "What sales validates: new Big enough; no longer"),
        ({"qualification": None}, "Qualification from"),
        ({"qualification": {"policy": {"kind": "sum", "at_least": 20}}}, "at least 20 points in all"),
    ],
)  # fmt: skip
def test_what_the_whole_says_is_compared_too(to: dict[str, Any], sentence: str) -> None:
    (one,) = said(OURS, changed(OURS, **to))
    assert sentence in one


def test_what_is_new_what_is_gone_and_what_moves() -> None:
    criteria = OURS.model_dump(mode="json")["criteria"]
    more = changed(OURS, criteria=[*criteria, {"id": "new", "name": "New one", "condition": BIG}])
    assert said(OURS, more) == ['Criterion "New one" is new. Number of employees is at least 50.']
    assert said(more, OURS) == ['Criterion "New one" is gone. It said: Number of employees is at least 50.']
    stages = OURS.model_dump(mode="json")["stages"]
    swapped = changed(OURS, stages=[stages[1], stages[0], *stages[2:]])
    (one,) = compare(OURS, swapped).changes
    assert one.what == "moved"
    assert one.sentence in (
        'Stage "Viable" moves: after "Raw", now first.',
        'Stage "Raw" moves: first, now after "Viable".',
    )


def test_another_hand_off_is_told_at_both_stages() -> None:
    stages = OURS.model_dump(mode="json")["stages"]
    stages[1]["hands_over"], stages[2]["hands_over"], stages[2]["side"] = True, False, "sales"
    assert said(OURS, changed(OURS, stages=stages)) == [
        'Stage "Viable": hands over to sales from no to yes.',
        'Stage "MQL": side from marketing to sales.',
        'Stage "MQL": hands over to sales from yes to no.',
    ]
    stages[5]["won"], stages[6]["won"] = True, False
    assert 'Stage "Won": means won from yes to no.' in said(OURS, changed(OURS, stages=stages))


def test_a_rule_that_becomes_another_kind_of_rule_is_told_whole() -> None:
    demo = {"kind": "fit", "id": "demo", "name": "Demo", "points": 5, "when": BIG}
    after = changed(OURS, rules=[OURS.model_dump(mode="json")["rules"][0], demo])
    (one,) = compare(OURS, after).changes
    assert one.before == "5 points for each demo."
    assert one.after == "5 points where number of employees is at least 50."


def test_what_lies_behind_the_end_of_a_long_list_is_told_as_well() -> None:
    values = [f"C{number}" for number in range(30)]
    long = item_changed(OURS, "criterion", "big", condition={"kind": "one_of", "field": "country", "values": values})
    other = [*values[:-1], "Utopia"]
    after = item_changed(long, "criterion", "big", condition={"kind": "one_of", "field": "country", "values": other})
    assert said(long, after) == ['Criterion "Big enough": values of what it asks: new Utopia; no longer C29.']
    spelled = item_changed(
        long, "criterion", "big", condition={"kind": "one_of", "field": "country", "values": values[::-1]}
    )
    assert compare(long, spelled).parts == (Part("criterion", "big"),)


def test_the_effect_says_whether_leads_move_or_are_judged_otherwise() -> None:
    words = compare(OURS, changed(OURS, name="Other"))
    assert (words.moves_leads, words.judges_otherwise) == (False, False)
    judged = compare(OURS, item_changed(OURS, "criterion", "big", condition={**BIG, "value": 60}))
    assert (judged.moves_leads, judged.judges_otherwise) == (False, True)
    moved = compare(OURS, item_changed(OURS, "stage", "mql", clock_days=1))
    assert (moved.moves_leads, moved.judges_otherwise) == (True, False)
    assert len({one.effect for one in (words, judged, moved, compare(OURS, OURS))}) == 4


def mutated(seed: int, definition: Definition, times: int) -> Definition:
    """The definition with some of its items changed, taken away and moved, at random."""
    chance = random.Random(seed)
    for _ in range(times):
        kind, key, name, value = chance.choice(SINGLE)
        how = chance.random()
        own = KINDS[kind]
        items = [item.model_dump(mode="json") for item in own.items(definition).values()]
        try:
            if how < 0.6 and key in own.items(definition):
                definition = item_changed(definition, kind, key, **{name: value})
            elif how < 0.8 and items:
                items.pop(chance.randrange(len(items)))
                definition = changed(definition, **{own.field: items})
            else:
                chance.shuffle(items)
                definition = changed(definition, **{own.field: items})
        except DefinitionInvalid:
            continue
    return definition


@pytest.mark.parametrize("seed", range(40))
def test_nothing_is_told_only_of_equals_and_what_is_told_leads_from_one_to_the_other(seed: int) -> None:
    before, after = mutated(seed, OURS, seed % 4), mutated(seed + 1000, OURS, seed % 5)
    found = compare(before, after)
    assert (not found.changes) == (before == after)
    assert all(isinstance(change, Change) and change.sentence for change in found.changes)
    # Taking every part that is told turns the one into the other, but for the order of what both have.
    taken = rebased(before, before, after, found.parts)
    assert [change for change in compare(taken, after).changes if change.what != "moved"] == []


# Two people, one definition


def test_changes_to_different_parts_are_put_together() -> None:
    theirs = item_changed(OURS, "criterion", "big", name="Large")
    mine = changed(item_changed(OURS, "rule", "demo", points=8), machines=["Robot"])
    both = rebased(OURS, theirs, mine)
    assert quarrels(OURS, theirs, mine) == ()
    assert both == changed(item_changed(theirs, "rule", "demo", points=8), machines=["Robot"])
    assert rebased(OURS, theirs, OURS) == theirs
    assert rebased(OURS, OURS, mine) == mine


def test_of_a_part_that_both_changed_only_a_person_says_whose_is_taken() -> None:
    theirs = item_changed(OURS, "criterion", "big", name="Large")
    mine = item_changed(item_changed(OURS, "criterion", "big", name="Huge"), "rule", "demo", points=8)
    big = Part("criterion", "big")
    assert quarrels(OURS, theirs, mine) == (big,)
    assert quarrels(OURS, theirs, theirs) == (), "the same answer is no quarrel"
    assert rebased(OURS, theirs, mine) == item_changed(theirs, "rule", "demo", points=8)
    assert rebased(OURS, theirs, mine, [big]) == item_changed(OURS, "criterion", "big", name="Huge")


def test_what_is_added_stands_where_it_was_put_and_what_is_gone_goes() -> None:
    stages = OURS.model_dump(mode="json")["stages"]
    demo = {"id": "demo_held", "name": "Demo held", "side": "sales"}
    mine = changed(OURS, stages=[*stages[:4], demo, *stages[4:]], attention=[])
    theirs = changed(OURS, stages=[*stages[:5], {"id": "trial", "name": "Trial", "side": "sales"}, *stages[5:]])
    both = rebased(OURS, theirs, mine)
    assert both.stage_ids == ("raw", "viable", "mql", "sal", "demo_held", "sql", "trial", "opportunity", "won")
    assert both.attention == ()


def test_parts_that_do_not_fit_together_are_refused_in_words() -> None:
    mine = item_changed(OURS, "stage", "sal", criteria=["big"])
    theirs = changed(OURS, criteria=[one for one in OURS.model_dump(mode="json")["criteria"] if one["id"] != "big"])
    with pytest.raises(DefinitionInvalid, match='"SAL" asks for a criterion that is not there: "big"'):
        rebased(OURS, theirs, mine)


def test_a_definition_in_a_file_is_the_same_when_it_is_read_again() -> None:
    assert parse(written(OURS)) == OURS
    assert parse(written(CLASSIC)).content_hash() == CLASSIC.content_hash()
    assert '"sales_own"' not in written(OURS), "what says nothing is left out"
    with pytest.raises(DefinitionInvalid, match='"stages" is missing'):
        parse('{"id": "ours", "name": "Ours"}')

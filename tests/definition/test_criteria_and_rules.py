"""Criteria, rules and qualification: written and read back, and refused in words where they make no sense."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.definition import TEMPLATES, BehaviourRule, Definition, FitRule, Stated, parse, with_post_sale, written
from core.definition.templates import CLASSIC, VALIDATED
from core.errors import DefinitionInvalid
from tests.definition.random_definitions import random_definition

HASHES = (Definition.content_hash, Definition.structure_hash, Definition.judging_hash)
FORMS = [form for template in TEMPLATES for form in (template, with_post_sale(template))]


# Written and read back


@settings(max_examples=40)
@given(seed=st.integers(0, 1 << 32))
def test_any_definition_is_the_same_after_being_written_and_read(seed: int) -> None:
    chance = random.Random(seed)
    made = random_definition(chance, chance.choice(TEMPLATES))
    dumped = made.model_dump_json()
    for again in (parse(dumped), parse(json.loads(dumped)), parse(made.model_dump()), parse(written(made))):
        assert again == made
        assert [of(again) for of in HASHES] == [of(made) for of in HASHES]


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.id)
def test_a_definition_goes_to_a_file_and_comes_back(form: Definition, tmp_path: Path) -> None:
    file = tmp_path / "agreement.json"
    file.write_text(written(form), encoding="utf-8")
    again = parse(file.read_text(encoding="utf-8"))
    assert again == form
    assert written(again) == written(form)


def test_a_file_says_nothing_that_says_nothing_and_one_part_a_line() -> None:
    text = written(CLASSIC)
    said = json.loads(text)
    assert "rules" not in said
    assert "sales_own" not in said["criteria"][0]
    assert text.endswith("}\n")
    changed = CLASSIC.model_copy(update={"validated": CLASSIC.validated[:-1]})
    lines = set(text.splitlines()) ^ set(written(changed).splitlines())
    assert {line.strip().strip(",") for line in lines} <= {f'"{name}"' for name in CLASSIC.validated}


def test_what_a_lead_is_judged_by_has_a_hash_of_its_own() -> None:
    reworded = changed(CLASSIC, "criteria", 0, name="Can be reached", question="Does it ring?")
    assert reworded.judging_hash() == CLASSIC.judging_hash()
    assert reworded.content_hash() != CLASSIC.content_hash()
    harder = changed(CLASSIC, "criteria", 0, condition={"kind": "valid", "what": "phone"})
    assert harder.judging_hash() != CLASSIC.judging_hash()
    assert harder.structure_hash() == CLASSIC.structure_hash()
    faded = [with_rules({**DID, "half_life_days": days}) for days in (None, 7, 8)]
    assert len({each.judging_hash() for each in faded}) == 3


# What is refused: where, why, and which word was meant

BASE: dict[str, Any] = VALIDATED.model_dump(mode="json")
MAIL = {"kind": "stated", "field": "email"}
DID = {"kind": "behaviour", "id": "did", "name": "Filled a form", "points": 5, "names": ["Form"]}
IS = {"kind": "fit", "id": "is", "name": "Has a mail", "points": 5, "when": MAIL}


def changed(definition: Definition, place: str, number: int, **to: object) -> Definition:
    told = definition.model_dump()
    told[place] = [{**item, **to} if i == number else item for i, item in enumerate(told[place])]
    return parse(told)


def asking(condition: object, **more: object) -> dict[str, Any]:
    one = {"id": "mine", "name": "Mine", "condition": condition, **more}
    return {**BASE, "criteria": [*BASE["criteria"], one]}


def with_rules(*rules: dict[str, Any], **more: object) -> Definition:
    return parse({**BASE, "rules": list(rules), **more})


def nested(times: int) -> str:
    """A condition so deep, written by hand: what writes JSON would not go there."""
    text = '{"kind":"not","of":' * times + json.dumps(MAIL) + "}" * times
    return json.dumps(asking("HERE")).replace('"HERE"', text)


MINE = 'criterion "Mine" → condition'
NAN = float("nan")
REFUSED: dict[str, tuple[object, str, str]] = {
    "a name that no part has": (
        asking({"kind": "stated", "feild": "email"}),
        f'{MINE} → feild: nothing is called "feild" there',
        'Did you mean "field"?',
    ),
    "one deep inside": (
        asking({"kind": "any", "of": [MAIL, {"kind": "not", "of": {**MAIL, "kinds": 1}}]}),
        f"{MINE} → part 2 → kinds",
        'Did you mean "kind"?',
    ),
    "a field that no lead has": (
        asking({"kind": "all", "of": [MAIL, {"kind": "compare", "field": "emplyees", "op": ">", "value": 3}]}),
        'the criterion "Mine" asks for a field that no lead has: "emplyees"',
        'Did you mean "employees"?',
    ),
    "a field of the record": (asking({**MAIL, "field": "lead_id"}), 'a field that no lead has: "lead_id"', ""),
    "a column of an export without its sign": (asking({**MAIL, "field": "Deal Size"}), 'is called "x:"', ""),
    "an unknown kind": (
        asking({"kind": "compares", "field": "employees"}),
        f'{MINE}: "compares" is none of',
        'Did you mean "compare"?',
    ),
    "no kind": (asking({"field": "employees"}), f"{MINE}: it does not say of which kind it is", ""),
    "nothing": (asking(None), f"{MINE}: it must be an entry with its parts", ""),
    "an unknown sign": (
        asking({"kind": "compare", "field": "employees", "op": "=>", "value": 3}), f'{MINE} → op: "=>" is none of', "",
    ),
    "an unknown check": (
        asking({"kind": "valid", "what": "email"}), f'{MINE} → what: "email" is none of', 'Did you mean "mail"?',
    ),
    "a condition of no parts": (asking({"kind": "all", "of": []}), f"{MINE} → parts: it needs at least 1", ""),
    "more than there are": (
        asking({"kind": "at_least", "k": 3, "of": [MAIL, MAIL]}), f"{MINE}: at least 3 of 2 can never be met", "",
    ),
    "at least none": (asking({"kind": "at_least", "k": 0, "of": [MAIL]}), f"{MINE} → k: it must be at least 1", ""),
    "a criterion that asks for itself": (
        asking({"kind": "not", "of": {"kind": "meets", "criterion": "mine"}}), "in a circle: mine → mine", "",
    ),
    "criteria in a circle": (
        {
            **asking({"kind": "meets", "criterion": "yours"}),
            "criteria": [
                {"id": name, "name": name, "condition": {"kind": "meets", "criterion": other}}
                for name, other in (("a", "b"), ("b", "c"), ("c", "b"))
            ],
            "validated": [],
            "stages": [{**stage, "criteria": []} for stage in BASE["stages"]],
        },
        "in a circle: b → c → b",
        "",
    ),
    "a criterion that is not there": (
        asking({"kind": "meets", "criterion": "buget"}),
        'the criterion "Mine" asks for a criterion that is not there: "buget"',
        'Did you mean "budget"?',
    ),
    "one that sales validates": (
        {**BASE, "validated": ["nead"]},
        'what sales validates asks for a criterion that is not there: "nead"',
        'Did you mean "need"?',
    ),
    "one of a stage": (
        {**BASE, "stages": [{**BASE["stages"][0], "criteria": ["permision"]}, *BASE["stages"][1:]]},
        'the stage "MQL" asks for a criterion that is not there: "permision"',
        'Did you mean "permission"?',
    ),
    "two criteria of one id": (
        {**BASE, "criteria": [*BASE["criteria"], BASE["criteria"][0]]}, 'two criteria are called "reachable"', "",
    ),
    "two rules of one id": ({**BASE, "rules": [DID, {**IS, "id": "did"}]}, 'two rules are called "did"', ""),
    "two reasons of one id": (
        {**BASE, "reasons": [*BASE["reasons"], BASE["reasons"][0]]}, 'two reasons are called "no_budget"', "",
    ),
    "a text of 1 MB in a list": (
        asking({"kind": "one_of", "field": "title", "values": ["CEO", "x" * 1_000_000]}),
        f"{MINE} → values: a value has at most 200 characters, not 1,000,000",
        "",
    ),
    "a list without end": (
        asking({"kind": "says", "field": "title", "words": list(map(str, range(3000)))}),
        f"{MINE} → words: a list holds at most 2,000 values, not 3,000",
        "",
    ),
    "an empty word": (
        asking({"kind": "says", "field": "title", "words": ["a", " "]}),
        f"{MINE} → words: a list needs at least one", "",
    ),
    "a word that is none": (
        asking({"kind": "one_of", "field": "title", "values": [5]}), f"{MINE} → values 1: it must be a text", "",
    ),
    "a word in place of a list": (
        asking({"kind": "one_of", "field": "title", "values": "CEO"}), f"{MINE} → values: it must be a list", "",
    ),
    "a long question": (
        asking(MAIL, question="?" * 301), 'criterion "Mine" → question: it has at most 300 characters', "",
    ),
    "a sign that cannot be written": (
        json.dumps(asking({"kind": "says", "field": "title", "words": ["\ud800"]})), f"{MINE}: a text holds a sign", "",
    ),
    "too deep to be read": (nested(16), 'the criterion "Mine" is nested 17 deep; 12 is the most', ""),
    "deeper": (nested(800), f"{MINE}: it is nested too deep", ""),
    "deeper than a reader goes": (nested(20_000), "nested too deep to be a definition", ""),
    "too wide to be read": (asking({"kind": "any", "of": [MAIL] * 201}), "asks 201 things; 200 are the most", ""),
    "too many criteria": (
        {**BASE, "criteria": [*BASE["criteria"], *({**BASE["criteria"][0], "id": f"c{k}"} for k in range(60))]},
        "at most 60 criteria",
        "",
    ),
    "too many reasons": (
        {**BASE, "reasons": [{"id": f"r{k}", "name": f"R{k}", "route": "remove"} for k in range(61)]},
        "at most 60 reasons",
        "",
    ),
    "too many rules": ({**BASE, "rules": [{**DID, "id": f"r{k}"} for k in range(61)]}, "at most 60 rules", ""),
    "a rule that counts nothing": (
        {**BASE, "rules": [{**DID, "names": []}]}, 'rule "Filled a form" → names: a list needs at least one value', "",
    ),
    "a rule that asks nothing": (
        {**BASE, "rules": [{**IS, "when": {"kind": "any", "of": []}}]}, 'rule "Has a mail" → when → parts', "",
    ),
    "a rule for fit that asks what the lead did": (
        {**BASE, "rules": [{**IS, "when": {"kind": "not", "of": {"kind": "happened"}}}]},
        'rule "Has a mail": a fit rule asks what the lead is',
        "",
    ),
    "a rule of no kind": (
        {**BASE, "rules": [{**DID, "kind": "behavior"}]}, '"behavior" is none of', 'Did you mean "behaviour"?',
    ),
    "a half-life of zero": (
        {**BASE, "rules": [{**DID, "half_life_days": 0}]},
        'rule "Filled a form" → half life days: it must be above 0', "",
    ),
    "a half-life that is no number": (
        json.dumps({**BASE, "rules": [{**DID, "half_life_days": NAN}]}), "half life days: it must be a number", "",
    ),
    "points that are no number": (
        json.dumps({**BASE, "rules": [{**DID, "points": NAN}]}),
        'rule "Filled a form" → points: it must be a number', "",
    ),
    "points finer than a tenth": (
        {**BASE, "rules": [{**DID, "points": 0.25}]}, 'rule "Filled a form" → points: points are given to a tenth', "",
    ),
    "a window of half a day": (
        {**BASE, "rules": [{**DID, "within_days": 0.5}]}, "within days: it must be a whole number", "",
    ),
    "a threshold that is no number": (
        json.dumps({**BASE, "rules": [DID], "qualification": {"policy": {"kind": "both", "fit": NAN, "behaviour": 1}}}),
        "qualification → policy → fit: it must be a number",
        "",
    ),
    "a bound that is no number": (
        json.dumps(asking({"kind": "compare", "field": "employees", "op": ">", "value": NAN})),
        f"{MINE} → value: it must be a number",
        "",
    ),
    "a grid that asks less of the worse": (
        {
            **BASE,
            "rules": [DID],
            "qualification": {"policy": {"kind": "grid", "fit_from": [10, 5], "behaviour_from": [3, 2]}},
        },
        "qualification → policy: a worse fit cannot need less behaviour",
        "",
    ),
    "points without a rule": (
        {**BASE, "qualification": {"policy": {"kind": "sum", "at_least": 10}}},
        "leads qualify by points, but no rule", "",
    ),
    "a score without a rule": (
        asking({"kind": "scored", "side": "fit", "at_least": 1}),
        'the criterion "Mine" asks for points, but no rule', "",
    ),
    "facts of no kind": (
        {**BASE, "reasons": [{**BASE["reasons"][0], "facts": {"kind": "hold", "condition": MAIL}}]},
        'reason "No budget" → facts: "hold" is none of',
        'Did you mean "holds"?',
    ),
    "attention in a stage that is not there": (
        {**BASE, "attention": [{"stage": "mqll", "touches_most": 3}]},
        'a stage that is not there: "mqll"',
        'Did you mean "mql"?',
    ),
    "more at least than at most": (
        {**BASE, "attention": [{"stage": "mql", "touches_most": 3, "touches_least": 4}]},
        "at least 4 and at most 3", "",
    ),
    "criteria that are no list": ({**BASE, "criteria": {"a": 1}}, "at criteria: it must be a list", ""),
    "a text of 6 MB": ('{"id":"' + "x" * 6_000_000 + '"}', "too long to be a definition", ""),
}  # fmt: skip


@pytest.mark.parametrize(("told", "words", "meant"), REFUSED.values(), ids=REFUSED)
def test_what_makes_no_sense_is_refused_with_its_place_and_the_nearest_right_word(
    told: Any, words: str, meant: str
) -> None:
    with pytest.raises(DefinitionInvalid) as refused:
        parse(told)
    assert words in refused.value.message
    assert meant in refused.value.hint
    assert refused.value.hint
    assert len(refused.value.message) < 500


def test_points_are_whole_tenths() -> None:
    (rule,) = with_rules({**DID, "points": 0.1 + 0.2}).rules
    assert isinstance(rule, BehaviourRule)
    assert (rule.points, rule.tenths) == (0.3, 3)
    assert FitRule(id="is", name="Is", points=-2.5, when=Stated(field="email")).tenths == -25


def test_criteria_may_ask_for_each_other_in_any_order_without_a_circle() -> None:
    chain = [
        {"id": f"c{k}", "name": f"c{k}", "condition": {"kind": "meets", "criterion": f"c{k + 1}"}} for k in range(50)
    ]
    last = {"id": "c50", "name": "c50", "condition": MAIL}
    assert len(parse({**BASE, "criteria": [*BASE["criteria"], *chain, last]}).criteria) == len(BASE["criteria"]) + 51

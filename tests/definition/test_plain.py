"""A part of a definition as a sentence: right, exact where it denies, and different where the parts are."""

from __future__ import annotations

import itertools

import pytest

from core.definition import (
    All,
    AnyOf,
    AtLeast,
    Attempts,
    Attention,
    BehaviourRule,
    BothThresholds,
    Clock,
    Compare,
    Condition,
    Criterion,
    Definition,
    FitRule,
    Flagged,
    Grid,
    Happened,
    Has,
    HasDeal,
    Holds,
    Meets,
    Not,
    OneOf,
    Qualification,
    Reason,
    Says,
    Scored,
    Stage,
    Stated,
    SumThreshold,
    Valid,
    parse,
)
from core.definition.plain import (
    attention_words,
    clause,
    clock_words,
    criterion_words,
    exit_words,
    qualification_words,
    reason_words,
    rule_words,
    stage_words,
    validated_words,
)
from core.definition.templates import CLASSIC, THREE_STAGES

BIG = Compare(field="employees", op=">=", value=50)
TITLE, PHONE = Stated(field="title"), Valid(what="phone")
WATER = OneOf(field="industry", values=("Water", "Pharma"))


@pytest.mark.parametrize(
    ("condition", "yes", "no"),
    [
        (BIG, "number of employees is at least 50", "number of employees is below 50"),
        (Compare(field="x:Deal Size", op="<", value=2.5), '"Deal Size" is below 2.5', '"Deal Size" is at least 2.5'),
        (Compare(field="employees", op="!=", value=0), "number of employees is not 0", "number of employees is 0"),
        (WATER, "industry is Water or Pharma", "industry is neither Water nor Pharma"),
        (OneOf(field="country", values=("Norway",)), "country is Norway", "country is not Norway"),
        (OneOf(field="country", values=("Or", "a, b")),
         'country is "Or" or "a, b"', 'country is neither "Or" nor "a, b"'),
        (Says(field="title", words=("head", "chief")), "job title has head or chief in it",
         "job title has neither head nor chief in it"),
        (Says(field="title", words=("head",)), "job title has head in it", "job title does not have head in it"),
        (Says(field="title", words=("vp",), place="start"),
         "job title starts with vp", "job title does not start with vp"),
        (TITLE, "job title is stated", "job title is not stated"),
        (Has(field="budget"), "budget is there", "budget is said not to be there"),
        (Flagged(field="opted_out", on=False), "opted out is no", "opted out is yes"),
        (PHONE, "phone number can be real", "phone number is missing or cannot be real"),
        (Happened(), "it did anything", "it never did anything"),
        (
            Happened(names=("webinar",), at_least=2, within_days=30),
            "it did webinar at least twice within 30 days",
            "it did webinar fewer than 2 times within 30 days",
        ),
        (Happened(what="contact"), "we spoke with it", "we never spoke with it"),
        (Scored(side="sum", at_least=12), "points in all are at least 12", "points in all are below 12"),
        (HasDeal(what="amount"), "it has a deal with an amount", "it has no deal with an amount"),
        (Meets(criterion="big"), '"Big enough" is met', '"Big enough" is not met'),
        (AtLeast(k=1, of=(BIG, TITLE)),
         "at least 1 of these 2: number of employees is at least 50; job title is stated",
         "fewer than 1 of these 2: number of employees is at least 50; job title is stated"),
        (All(of=(BIG, AnyOf(of=(TITLE, PHONE)))),
         "number of employees is at least 50 and (job title is stated or phone number can be real)",
         "number of employees is below 50 or (job title is not stated; and phone number is missing or cannot be real)"),
        (All(of=(All(of=(AnyOf(of=(TITLE, PHONE)),)), BIG)),
         "(job title is stated or phone number can be real) and number of employees is at least 50",
         None),
        (Not(of=Not(of=BIG)), "number of employees is at least 50", "number of employees is below 50"),
    ],
    ids=lambda value: value.kind if hasattr(value, "kind") else "",
)  # fmt: skip
def test_a_condition_and_its_denial_are_said(condition: Condition, yes: str, no: str | None) -> None:
    names = {"big": "Big enough"}
    assert clause(condition, names) == yes
    assert clause(Not(of=condition), names) == clause(condition, names, yes=False)
    if no is not None:
        assert clause(condition, names, yes=False) == no


def test_a_long_list_is_cut_and_says_how_much_is_left() -> None:
    said = clause(OneOf(field="country", values=tuple(f"C{number}" for number in range(2000))))
    assert said.endswith("C11 or 1,988 more")
    assert len(said) < 200


def test_conditions_that_differ_are_said_differently() -> None:
    leaves: list[Condition] = [
        *(Compare(field="employees", op=op, value=n) for op in ("<", "<=", "=", "!=", ">=", ">") for n in (5, 6)),
        *(Says(field="title", words=words, place=place)
          for words in (("a",), ("a", "b")) for place in ("anywhere", "start")),
        *(Happened(what=what, at_least=n, within_days=days, names=names)
          for what in ("activity", "touch", "contact") for n in (1, 2)
          for days in (None, 30) for names in ((), ("call",))),
        *(Valid(what=what) for what in ("mail", "business_mail", "lasting_mail", "phone")),
        *(HasDeal(what=what) for what in ("any", "amount", "close_date")),
        *(Scored(side=side, at_least=n) for side in ("fit", "behaviour", "sum") for n in (1, 2.5)),
        *(Flagged(field="opted_out", on=on) for on in (True, False)),
        TITLE, Has(field="title"), WATER, Meets(criterion="big"),
    ]  # fmt: skip
    three = [TITLE, BIG, WATER]
    built: list[Condition] = [
        kind(of=tuple(pair)) for kind in (All, AnyOf) for pair in itertools.combinations(three, 2)
    ]
    built += [All(of=(three[0], AnyOf(of=tuple(three[1:])))), AnyOf(of=(All(of=tuple(three[:2])), three[2]))]
    built += [AtLeast(k=k, of=tuple(three)) for k in (1, 2)]
    said = [clause(one) for one in (*leaves, *built)]
    assert len(set(said)) == len(said)


OURS = parse(
    {
        **THREE_STAGES.model_dump(mode="json"),
        "criteria": [
            *THREE_STAGES.model_dump(mode="json")["criteria"],
            {"id": "big", "name": "Big enough", "condition": BIG.model_dump(mode="json")},
        ],
        "validated": ["big"],
    }
)


def test_every_part_is_said() -> None:
    criterion = Criterion(id="own", name="Own", condition=Meets(criterion="big"), sales_own=True)
    assert criterion_words(criterion, OURS) == '"Big enough" is met. Sales fills this itself after the hand-off.'
    mql = OURS.stages[0].model_copy(update={"criteria": ("big",), "happens": "Sales calls."})
    said = stage_words(mql, OURS)
    for part in (
        "Belongs to marketing.",
        "meets: Big enough.",
        "hands the lead to sales",
        "What happens: Sales calls.",
        "14 days",
    ):
        assert part in said
    assert exit_words(OURS.exits[3], OURS) == "The deal is lost, always from Opportunity."
    assert validated_words(OURS) == "Sales says yes where all of these are met: Big enough."
    assert (
        validated_words(THREE_STAGES.model_copy(update={"validated": ()})) == "Nothing is agreed for sales to validate."
    )


def test_a_reason_says_its_route_and_when_it_holds() -> None:
    reason = Reason(id="r", name="R", route="recycle", facts=Attempts(attempts=6, days=4))
    said = "The lead goes back to nurture. It holds once the lead was tried at least 6 times on 4 different days."
    assert reason_words(reason, OURS) == said
    held = reason.model_copy(update={"route": "remove", "facts": Holds(condition=Not(of=Meets(criterion="big")))})
    assert reason_words(held, OURS) == 'The lead is taken out. It holds where "Big enough" is not met.'


def test_rules_and_thresholds_are_said() -> None:
    assert (
        rule_words(FitRule(id="f", name="F", points=-2.5, when=WATER))
        == "-2.5 points where industry is Water or Pharma."
    )
    rule = BehaviourRule(id="b", name="B", points=1, names=("demo",), within_days=90, on=False)
    assert rule_words(rule) == "Switched off: 1 point for each demo, of the last 90 days."
    grid = Qualification(policy=Grid(fit_from=(75, 50, 25), behaviour_from=(0, 40, None)), points="export")
    said = qualification_words(grid)
    for part in (
        "points that the export brings",
        "fit from 75: with at least 0",
        "fit from 50: with at least 40",
        "fit from 25: never",
    ):
        assert part in said
    assert (
        qualification_words(Qualification(policy=SumThreshold(at_least=30)))
        == "A lead qualifies with at least 30 points in all."
    )
    assert "at least 3" in qualification_words(Qualification(policy=BothThresholds(fit=3, behaviour=4)))


@pytest.mark.parametrize(
    ("minutes", "time", "said"),
    [(30, "working", "30 working minutes"), (60, "elapsed", "1 hour"), (2880, "elapsed", "2 days"),
     (2880, "working", "48 working hours"), (1441, "elapsed", "1,441 minutes")],
)  # fmt: skip
def test_a_limit_is_said_in_the_largest_whole_unit(minutes: int, time: str, said: str) -> None:
    clock = Clock.model_validate(
        {"id": "c", "name": "C", "milestone": "contact", "limit_minutes": minutes, "time": time}
    )
    assert clock_words(clock) == f"Within {said} of the hand-off: somebody spoke with the lead."


def test_contacts_a_week_are_said() -> None:
    said = attention_words(Attention(stage="mql", touches_least=1, touches_most=5, mails_most=2), OURS)
    assert said == "A lead in MQL gets at least 1 touch, at most 5 touches and at most 2 mails a week."


def test_stages_of_every_template_are_said() -> None:
    definitions: list[Definition] = [CLASSIC, THREE_STAGES]
    for definition in definitions:
        stages: tuple[Stage, ...] = definition.stages
        said = [stage_words(stage, definition) for stage in stages]
        assert all(text.endswith(".") for text in said)
        assert len(set(said)) == len(said)

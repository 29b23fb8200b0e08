"""What marketing and sales agreed: written and read back, refused in words, and proposed from the words in the data."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from core.definition import TEMPLATES, Definition, Exit, Stage, fold, named, parse, propose, with_post_sale
from core.definition.templates import CLASSIC, PIPELINE, THREE_STAGES, VALIDATED
from core.errors import DefinitionInvalid

FORMS = [form for template in TEMPLATES for form in (template, with_post_sale(template))]
by_id = pytest.mark.parametrize("form", FORMS, ids=lambda form: form.id)


def changed(definition: Definition, place: str, number: int, **to: object) -> Definition:
    """The definition with one of its stages, exits or reasons changed."""
    written = definition.model_dump()
    written[place] = [{**item, **to} if i == number else item for i, item in enumerate(written[place])]
    return parse(written)


# Written and read back


@by_id
def test_a_definition_is_the_same_after_being_written_and_read(form: Definition) -> None:
    again = parse(form.model_dump_json())
    assert again == form
    assert (again.content_hash(), again.structure_hash()) == (form.content_hash(), form.structure_hash())
    assert parse(json.loads(form.model_dump_json())) == form


@by_id
def test_every_word_of_a_definition_leads_to_what_it_belongs_to(form: Definition) -> None:
    known = form.labels()
    items: list[Stage | Exit] = [*form.stages, *form.exits]
    for item in items:
        for word in (item.id, item.name, *item.synonyms, item.name.upper(), f" {item.name.replace(' ', '_')} "):
            assert known[fold(word)] == item.id


@by_id
def test_every_template_has_one_hand_off_one_won_and_marketing_only_before_it(form: Definition) -> None:
    sides = [stage.side for stage in form.stages]
    assert sides == sorted(sides)  # marketing, then sales
    assert form.stages[form.hand_off].hands_over
    assert form.stages[form.won].won
    assert all(form.place(stage_id) == place for place, stage_id in enumerate(form.stage_ids))


def test_case_space_and_punctuation_do_not_matter_in_a_label_and_letters_do() -> None:
    assert fold("Sales-Accepted  Lead") == fold("SALES_ACCEPTED LEAD") == fold("sales　accepted　lead")
    assert fold("Straße") == fold("STRASSE")
    assert fold("MQL") != fold("SQL")


# What changes a count, and what only changes the wording


def test_wording_does_not_change_the_structure() -> None:
    mql = CLASSIC.hand_off
    reworded = changed(
        changed(CLASSIC, "stages", mql, meaning="Ready."), "stages", mql, name="Marketing qualified lead"
    )
    titled = parse({**reworded.model_dump(), "name": "Ours", "source": "us", "id": "ours"})
    assert titled.structure_hash() == CLASSIC.structure_hash()
    assert titled.content_hash() != CLASSIC.content_hash()
    spelled = changed(CLASSIC, "stages", mql, synonyms=(*CLASSIC.stages[mql].synonyms, "M.Q.L."))
    assert spelled.structure_hash() == CLASSIC.structure_hash()


@pytest.mark.parametrize(
    "other",
    [
        changed(CLASSIC, "stages", 2, clock_days=15),
        changed(CLASSIC, "stages", 2, synonyms=(*CLASSIC.stages[2].synonyms, "hot")),
        changed(CLASSIC, "stages", 2, name="Hot"),
        parse({**CLASSIC.model_dump(), "stages": [CLASSIC.stages[1], CLASSIC.stages[0], *CLASSIC.stages[2:]]}),
        changed(CLASSIC, "exits", 3, leaves=None),
        changed(CLASSIC, "exits", 1, kind="disqualified"),
        changed(CLASSIC, "reasons", 0, synonyms=("price",)),
        parse({**CLASSIC.model_dump(), "ignored": ["spam"]}),
        with_post_sale(CLASSIC),
    ],
    ids=[
        "clock",
        "synonym",
        "new word as name",
        "order",
        "leaves",
        "kind of exit",
        "reason",
        "ignored word",
        "post-sale",
    ],
)
def test_what_moves_a_lead_changes_the_structure(other: Definition) -> None:
    assert other.structure_hash() != CLASSIC.structure_hash()


def test_no_two_templates_have_one_structure() -> None:
    assert len({form.structure_hash() for form in FORMS}) == len(FORMS)


# Answers to "which stage is this?"


def test_an_answer_becomes_a_synonym_and_never_takes_a_word_away_from_its_stage() -> None:
    answered = VALIDATED.with_labels({"Zebra": "validated", "Gone": "lost", "Spam": "ignore", "MQL": "won"})
    known = answered.labels()
    assert (known[fold("ZEBRA")], known[fold("gone")], known[fold("spam")]) == ("validated", "lost", "ignore")
    assert known[fold("MQL")] == "mql"
    assert parse(answered.model_dump_json()) == answered


def test_of_two_answers_for_spellings_of_one_word_the_last_counts() -> None:
    answered = VALIDATED.with_labels({"Zebra": "mql", "zebra": "won"})
    assert answered.labels()[fold("ZEBRA")] == "won"


def test_an_answer_for_a_stage_of_another_definition_is_left_out() -> None:
    assert fold("Zebra") not in VALIDATED.with_labels({"Zebra": "sal"}).labels()


@pytest.mark.parametrize(
    ("said", "agreed"), [("No budget", "No budget"), ("no-budget", "No budget"), ("no money", "No budget")]
)
def test_a_reason_is_known_by_any_of_its_spellings(said: str, agreed: str) -> None:
    assert VALIDATED.reason_of(said) == agreed
    assert VALIDATED.reason_of("moved to Mars") == "moved to Mars"


# What is refused, and in which words


def stage(stage_id: str, **more: object) -> dict[str, object]:
    return {"id": stage_id, "name": stage_id.upper(), "side": "sales", **more}


GOOD: dict[str, Any] = {
    "id": "ours",
    "name": "Ours",
    "stages": [stage("mql", side="marketing", hands_over=True), stage("opp"), stage("won", won=True)],
    "exits": [{"id": "lost", "name": "Lost", "kind": "lost", "leaves": "opp"}],
}


def test_a_definition_of_three_stages_is_enough() -> None:
    assert parse(GOOD).stage_ids == ("mql", "opp", "won")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"stages": GOOD["stages"][:2]}, "at least 3"),
        ({"stages": [stage("mql"), stage("opp"), stage("won", won=True)]}, "exactly one stage must hand over"),
        (
            {"stages": [stage("a", hands_over=True), stage("b", hands_over=True), stage("won", won=True)]},
            "exactly one stage must hand over",
        ),
        ({"stages": [stage("a", hands_over=True), stage("b"), stage("c")]}, "exactly one stage must mean won"),
        (
            {"stages": [stage("a", hands_over=True), stage("b", side="marketing"), stage("won", won=True)]},
            '"B" comes after the hand-off',
        ),
        ({"stages": [*GOOD["stages"], stage("opp")]}, '"opp" is used twice'),
        ({"exits": [{"id": "opp", "name": "Other", "kind": "lost"}]}, '"opp" is used twice'),
        (
            {"stages": [*GOOD["stages"][:2], stage("won", won=True, synonyms=("o.p.p.",))]},
            'the word "o.p.p." names both opp and won',
        ),
        (
            {"exits": [{"id": "lost", "name": "Lost", "kind": "lost", "leaves": "sql"}]},
            "leaves a stage that is not there: sql",
        ),
        ({"stages": [*GOOD["stages"][:2], stage("won", won=True, clock_days=0)]}, 'stage "WON" → clock days'),
        ({"stages": [*GOOD["stages"][:2], stage("Won!", won=True)]}, 'stage "WON!" → id'),
        ({"stages": [*GOOD["stages"][:2], stage("won", won=True, side="support")]}, 'stage "WON" → side'),
        ({"colour": "red"}, "colour"),
        ({"name": ""}, "name"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_definition_that_contradicts_itself_is_refused_where_it_does(
    change: Mapping[str, object], words: str
) -> None:
    with pytest.raises(DefinitionInvalid) as refused:
        parse({**GOOD, **change})
    assert words in refused.value.message
    assert refused.value.hint


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '"MQL"', '{"id": "ours"}'])
def test_a_text_that_is_no_definition_is_refused(text: str) -> None:
    with pytest.raises(DefinitionInvalid):
        parse(text)


def test_a_stage_that_is_not_there_is_named_together_with_those_that_are() -> None:
    with pytest.raises(DefinitionInvalid, match=r'no stage "sql"\. The stages are mql, opportunity, won'):
        THREE_STAGES.place("sql")


def test_a_definition_cannot_be_changed_in_place() -> None:
    with pytest.raises(ValueError, match="frozen"):
        CLASSIC.stages[0].clock_days = 1  # type: ignore[misc]


# Which template fits the words in an export


@pytest.mark.parametrize(
    ("labels", "template"),
    [
        (["MQL", "Won"], "three_stages"),
        (["Created", "MQL", "Won"], "three_stages"),
        (["Prospecting", "Engaging", "Won", "Lost"], "pipeline"),
        (["MQL", "Sales validated lead", "Opportunity", "Won"], "validated"),
        (["Raw", "Viable", "MQL", "SAL", "SQL", "Opportunity", "Won"], "classic"),
        (
            ["Prospecting", "Qualification", "Needs Analysis", "Value Proposition", "Proposal/Price Quote",
             "Negotiation/Review", "Closed Won", "Closed Lost"],
            "pipeline",
        ),
        (["Inquiry", "MQL", "SAL", "SQL", "Won"], "sirius_2006"),
        (["Inquiry", "AQL", "TAL", "TQL", "SAL", "SQL", "Won"], "sirius_2012"),
        (["Targeted", "Detected", "Engaged", "Prioritized", "Qualified", "Pipeline", "Won"], "revenue_waterfall"),
        (["MQL", "Won", "Onboarded"], "three_stages_post_sale"),
        (["Prospecting", "Engaging", "Won", "Lost", "Renewal"], "pipeline_post_sale"),
        (["Subscriber", "Marketing Qualified Lead", "Sales Qualified Lead", "Opportunity", "Customer", "Evangelist"],
         "classic_post_sale"),
        ([], "three_stages"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_the_smallest_template_that_names_every_word_is_proposed(labels: list[str], template: str) -> None:
    proposed = propose(labels)
    assert proposed.id == template
    assert propose(reversed(labels)) == proposed
    assert propose(label.upper().replace(" ", "_") for label in labels) == proposed


@by_id
def test_every_template_proposes_itself_for_its_own_stage_names(form: Definition) -> None:
    assert propose(stage.name for stage in form.stages) == form
    assert propose(form.stage_ids) == form


def test_words_that_no_template_knows_do_not_stand_in_the_way() -> None:
    assert propose(["Prospecting", "Engaging", "Won", "Zebra"]) == PIPELINE


def test_every_template_is_found_by_its_id() -> None:
    assert [named(form.id) for form in FORMS] == FORMS
    assert named("nothing") is None

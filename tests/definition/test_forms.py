"""Forms for a definition: nothing of the model is forgotten, and what is written in them holds together."""

from collections.abc import Iterator
from typing import Any, get_args

import pytest

from core.definition import (
    TEMPLATES,
    Attempts,
    Attention,
    BehaviourRule,
    Clock,
    Compare,
    Criterion,
    Definition,
    Exit,
    FitRule,
    Grid,
    Meets,
    Qualification,
    Reason,
    Stage,
    Stated,
    parse,
)
from core.definition.editing import (
    MODELS,
    asked_by,
    items,
    meeting_all,
    model_of,
    moved,
    raw_of,
    replaced,
    with_new,
    without,
)
from core.definition.form_words import CHOICES, FIELDS
from core.definition.forms import begun, entries, kind_words, unasked
from core.definition.frozen import Frozen

TOP: tuple[type[Frozen], ...] = (
    Definition, Stage, Exit, Reason, Criterion, FitRule, BehaviourRule, Clock, Attention, Qualification,
)  # fmt: skip
CLASSIC = next(one for one in TEMPLATES if one.id == "classic")


def every(model: type[Frozen], seen: dict[str, type[Frozen]]) -> Iterator[type[Frozen]]:
    """The model and every kind of part that a form for it can lead to."""
    if model.__name__ in seen:
        return
    seen[model.__name__] = model
    yield model
    for entry in entries(model):
        for kind in entry.kinds.values():
            yield from every(kind, seen)


SEEN: dict[str, type[Frozen]] = {}
MODELLED = [one for top in TOP for one in every(top, SEEN)]


@pytest.mark.parametrize("model", MODELLED, ids=lambda model: model.__name__)
def test_a_form_asks_for_everything_but_ids_and_kinds(model: type[Frozen]) -> None:
    left_out = {"id", "stage"} | ({"kind"} if model is not Exit else set())
    lists = {"stages", "exits", "reasons", "clocks", "criteria", "rules", "attention"} if model is Definition else set()
    assert set(unasked(model)) <= left_out | lists
    assert set(FIELDS[model.__name__]) <= set(model.model_fields)
    for entry in entries(model):
        assert entry.label
        assert (entry.shape == "choice") == bool(entry.choices), entry
        assert (entry.shape in ("one", "several", "part")) == bool(entry.kinds), entry
        if entry.shape in ("one", "several"):
            assert all(kind_words(kind) for kind in entry.kinds.values())


def test_every_form_is_reached_and_every_choice_is_offered() -> None:
    assert set(FIELDS) == {model.__name__ for model in MODELLED}
    for (model, name), said in CHOICES.items():
        literal = SEEN[model].model_fields[name].annotation
        assert set(said) == set(get_args(literal)), (model, name)


def test_a_form_knows_the_bounds_of_its_numbers() -> None:
    by_name = {entry.name: entry for entry in entries(BehaviourRule)}
    assert (by_name["points"].least, by_name["points"].most) == (-10_000, 10_000)
    assert (by_name["within_days"].least, by_name["within_days"].optional) == (1, True)
    assert next(one for one in entries(Attention) if one.name == "mails_most").least == 0
    assert next(one for one in entries(Compare) if one.name == "op").choices[">="] == "at least"


@pytest.mark.parametrize("kind", MODELS)
def test_a_new_part_stands_in_its_list_and_holds(kind: str) -> None:
    name = "opportunity" if kind == "attention" else "Très grand!"
    raw, key = with_new(raw_of(CLASSIC), kind, name)
    assert key == ("opportunity" if kind == "attention" else "tres_grand")
    assert list(items(raw, kind)) != list(items(raw_of(CLASSIC), kind))
    assert model_of(kind, items(raw, kind)[key]) is MODELS[kind][0]
    parse(raw)
    if kind != "attention":
        assert with_new(raw, kind, name)[1] == "tres_grand_2"


def test_a_new_stage_stands_before_the_one_that_is_won_and_on_its_side() -> None:
    raw, key = with_new(raw_of(CLASSIC), "stage", "Negotiation")
    assert list(items(raw, "stage"))[-2:] == [key, "won"]
    assert items(raw, "stage")[key]["side"] == "sales"


def test_a_rule_for_what_a_lead_did_is_known_as_one() -> None:
    raw, key = with_new(raw_of(CLASSIC), "rule", "Webinars", BehaviourRule)
    assert model_of("rule", items(raw, "rule")[key]) is BehaviourRule
    raw = replaced(raw, "rule", key, {**items(raw, "rule")[key], "names": ["webinar"]})
    rule = parse(raw).rules[0]
    asked: Any = asked_by("rule", rule, parse(raw))
    assert (asked.kind, asked.names, asked.at_least) == ("happened", ("webinar",), 1)


def test_what_is_taken_out_is_named_nowhere_any_more() -> None:
    raw = without(raw_of(CLASSIC), "criterion", "budget")
    after = parse(raw)
    assert "budget" not in after.validated
    assert all("budget" not in stage.criteria for stage in after.stages)
    gone = parse(without(raw, "stage", "opportunity"))
    assert [way.leaves for way in gone.exits if way.kind == "lost"] == [None]


def test_parts_change_places_as_far_as_there_are_places() -> None:
    raw, order = raw_of(CLASSIC), [one.id for one in CLASSIC.criteria]
    down = [one.id for one in parse(moved(raw, "criterion", order[0], 1)).criteria]
    assert down == [order[1], order[0], *order[2:]]
    assert moved(raw, "criterion", order[0], -1) == raw
    assert moved(raw, "criterion", order[-1], 5) == raw


def test_a_stage_is_counted_by_all_that_a_lead_in_it_meets() -> None:
    mql = CLASSIC.stages[CLASSIC.place("mql")]
    assert asked_by("stage", mql, CLASSIC) == meeting_all(mql.criteria)
    assert asked_by("stage", CLASSIC.stages[0], CLASSIC) is None
    unable = next(one for one in CLASSIC.reasons if isinstance(one.facts, Attempts))
    assert asked_by("reason", unable, CLASSIC) is None


def test_what_a_part_begins_with_says_its_kind() -> None:
    assert begun(Stated) == {"field": "company", "kind": "stated"}
    assert begun(Meets)["kind"] == "meets"
    assert begun(Exit)["kind"] == "recycled"
    assert Grid.model_validate(begun(Grid)).fit_from == (30, 20)

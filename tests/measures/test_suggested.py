"""Points that were put into made leads are found again; criteria and reasons that were put in are suggested."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd
import pytest

from core.definition import Criterion, Definition, FitRule, Has, Holds, Not, OneOf, Stated
from core.definition.templates import CLASSIC
from core.engine import Lazy
from core.errors import NotYet
from core.journeys.judging import judge
from core.journeys.passes import DAY
from core.journeys.reduce import Facts
from core.measures.outcomes import known_outcomes
from core.measures.suggested_groups import Group, grouped
from core.measures.suggested_points import CALIBRATION, POINTS, Suggestion, suggest_points
from core.measures.suggested_uld import REASONS, SEPARATING, Separated, opposite, separated
from tests.journeys.conftest import Ground, instant, story

AS_OF = "2026-06-30 12:00"
EFFECTS = {
    "source": {"Web": 0.0, "Fair": 1.0, "Partner": 2.0, "List": -1.5},
    "industry": {"Steel": 0.7, "Glass": 0.0},
    "region": {"North": 0.0, "South": 0.0, "West": 0.0},
}
"""Column → value → what it adds to ln(odds); the region says nothing."""


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    with Ground(tmp_path_factory.mktemp("suggested")) as made:
        yield made


class Made:
    """Leads, and hand-offs with their outcome as rows of `clocks.TIMED` would have them."""

    def __init__(self, ground: Ground, leads: pd.DataFrame, *, definition: Definition = CLASSIC) -> None:
        self.ground, self.definition = ground, definition
        columns = [name for name in leads.columns if name not in ("yes", "at", "reason")]
        filled = leads[columns].astype(object).where(leads[columns].notna(), None)
        records = [{str(name): value for name, value in row.items()} for row in filled.to_dict("records")]
        begin = instant("2025-07-01 09:00")
        self.facts: Facts = ground.reduce(
            [one for row in records for one in story(str(row["lead_id"]), ("MQL", "2026-01-01 09:00"))],
            definition, AS_OF, leads=records,
        )  # fmt: skip
        units = ground.engine.collect(self.facts.units(ground.engine).select("unit", "lead_id")).set_index("lead_id")
        n = len(leads)
        self.rows: Lazy = ground.engine.frame(
            pd.DataFrame(
                {
                    "unit": units.loc[leads["lead_id"], "unit"].to_numpy(),
                    "pass": np.zeros(n, np.int64),
                    "handed_at": leads["at"].to_numpy() * DAY + begin,
                    "verdict": np.where(leads["yes"], "yes", "no"),
                    "won": leads["yes"].to_numpy(),
                    "reason": pd.Series(list(leads["reason"]) if "reason" in leads else [None] * n, dtype="str"),
                }
            )
        )

    def points(self, *columns: str, doubling: int = 10, **more: Any) -> Suggestion:
        asked: dict[str, Any] = {"doubling": doubling, "mature_days": 90, "titles": {}, **more}
        return suggest_points(self.ground.engine, self.facts, self.rows, columns, "validated", **asked)

    def separated(self) -> Separated:
        engine = self.ground.engine
        sources = self.ground.sources([])
        return separated(engine, sources, self.facts, self.definition, self.rows)


@pytest.fixture(scope="module")
def planted(ground: Ground) -> Made:
    """12,000 leads with the effects above; every twentieth value is not stated."""
    made = np.random.default_rng(5)
    n = 12_000
    odds = np.full(n, -0.5)
    leads = pd.DataFrame({"lead_id": [f"L{k:05}" for k in range(n)], "at": np.sort(made.integers(0, 300, n))})
    for column, effects in EFFECTS.items():
        values = made.choice(list(effects), n)
        odds += np.array([effects[value] for value in values])
        leads[column] = values
    leads["yes"] = made.random(n) < 1 / (1 + np.exp(-odds))
    return Made(ground, leads)


def test_points_that_were_put_in_come_out(planted: Made) -> None:
    found = planted.points("source", "industry", "region")
    assert POINTS.check(found.points) == CALIBRATION.check(found.calibration) == []
    assert found.left_out == ("region",)
    table = {(row["column"], row["group"]): row for row in found.points.to_dict("records")}
    for column in ("source", "industry"):
        worth = EFFECTS[column]
        ground = min(worth.values())  # Nobody is without a value: the least of them stands for none.
        for value, effect in worth.items():
            put = (effect - ground) * found.doubling / np.log(2)
            assert table[column, value]["exact"] == pytest.approx(put, abs=3), (column, value)
            assert abs(table[column, value]["points"] - table[column, value]["exact"]) <= 0.5
    assert sum(row["n"] for (column, _), row in table.items() if column == "source") == found.early.n


def test_what_came_later_is_as_expected_and_rounding_costs_little(planted: Made) -> None:
    found = planted.points("source", "industry", "region")
    assert found.early.n + found.late.n == 12_000
    assert 0.68 < found.early.n / 12_000 < 0.72
    assert not found.drift.drifted
    for row in found.calibration.to_dict("records"):
        spread = np.sqrt(row["expected"] * (1 - row["expected"] / row["n"]))
        assert abs(row["hits"] - row["expected"]) < 4 * spread
    assert found.calibration["n"].sum() == found.late.n
    assert found.exact_late.separation - found.late.separation < 0.005
    coarse = planted.points("source", "industry", "region", doubling=2)
    assert abs(coarse.late.surprise - coarse.exact_late.surprise) < 0.02
    assert found.late.separation > 0.7


def test_the_rules_of_a_draft_give_each_lead_the_points_of_the_table(planted: Made) -> None:
    found = planted.points("source", "industry", "region")
    draft = found.taken_up(CLASSIC)
    assert {type(rule) for rule in draft.rules} == {FitRule}
    assert draft.model_copy(update={"rules": CLASSIC.rules}).content_hash() == CLASSIC.content_hash()
    engine, facts = planted.ground.engine, planted.facts
    judged = judge(engine, planted.ground.sources([]), facts, draft)
    units = facts.units(engine).select("unit", "source", "industry")
    rows = engine.collect(judged.rows.join(units, on="unit", how="inner"))
    points = {(row["column"], row["group"]): row["points"] for row in found.points.to_dict("records")}
    expected = [
        points["source", s] + points["industry", i] for s, i in zip(rows["source"], rows["industry"], strict=True)
    ]
    assert (rows["fit"] / 10).tolist() == expected


def test_chance_alone_suggests_nothing(ground: Ground) -> None:
    made = np.random.default_rng(11)
    leads = pd.DataFrame({"lead_id": [f"L{k:04}" for k in range(2_000)], "at": np.arange(2_000) // 10})
    leads["source"], leads["yes"] = made.choice(list("abcdef"), 2_000), made.random(2_000) < 0.3
    noise = Made(ground, leads)
    with pytest.raises(NotYet, match="None of these columns tells more than chance"):
        noise.points("source")
    few = Made(ground, leads.head(60))
    with pytest.raises(NotYet, match="Points cannot be learned from"):
        few.points("source")


def test_spellings_of_one_value_are_one_group_and_what_says_nothing_is_in_none(ground: Ground) -> None:
    values = ["Web"] * 30 + ["web "] * 30 + ["W-e-b"] * 5 + ["Fair"] * 25 + ["unknown"] * 40 + ["rare"] * 3 + [None] * 7
    leads = pd.DataFrame({"lead_id": [f"L{k:03}" for k in range(140)], "at": 1, "yes": True, "source": values})
    leads["employees"] = [5.0] * 30 + [80.0] * 30 + [250.0] * 30 + [None] * 50
    made = Made(ground, leads)
    engine = ground.engine
    cases = known_outcomes(made.facts, made.rows, "validated", mature_days=1)
    rows = cases.join(made.facts.units(engine).select("unit", "source", "employees"), on="unit", how="inner")
    found = grouped(engine, rows, "source")
    assert [group.words for group in found.groups] == [("Web",), ("Fair",)]
    assert {value: found.spelled[value] for value in ("Web", "web ", "W-e-b", "Fair")} == {
        "Web": 1,
        "web ": 1,
        "W-e-b": 1,
        "Fair": 2,
    }
    sizes = grouped(engine, rows, "employees")
    assert [group.said for group in sizes.groups] == ["1 to 9", "50 to 249", "250 to 999"]
    coded = engine.collect(sizes.coded(engine, rows, "_code").group_by("_code").agg(n=nw.len()))
    assert dict(zip(coded["_code"], coded["n"], strict=True)) == {0: 50, 1: 30, 2: 30, 3: 30}
    assert Group(low=50, high=250).condition("employees").kind == "all"


# --- what sales validates ---------------------------------------------------------------------------------------------


def agreed() -> Definition:
    """The ULD asks for a title, which sales does not mind; it takes steel, and refuses what has no budget."""
    criteria = (
        Criterion(id="titled", name="Has a title", condition=Stated(field="title")),
        Criterion(id="steel", name="In steel", condition=OneOf(field="industry", values=("Steel",))),
    )
    bare = tuple(stage.model_copy(update={"criteria": ()}) for stage in CLASSIC.stages)
    reasons = tuple(
        one.model_copy(
            update={"facts": Holds(condition=Not(of=Has(field="budget"))) if one.id == "no_budget" else None}
        )
        for one in CLASSIC.reasons
    )
    parts = {"criteria": criteria, "validated": ("titled",), "stages": bare, "reasons": reasons}
    return CLASSIC.model_copy(update=parts)


@pytest.fixture(scope="module")
def refused(ground: Ground) -> Made:
    made = np.random.default_rng(3)
    n = 600
    leads = pd.DataFrame({"lead_id": [f"L{k:04}" for k in range(n)], "at": 1})
    leads["title"] = made.choice(["CEO", ""], n)
    leads["industry"] = made.choice(["Steel", "Glass", "Select"], n, p=[0.5, 0.4, 0.1])
    leads["yes"] = made.random(n) < np.where(leads["industry"] == "Steel", 0.8, 0.3)
    noes = ~leads["yes"]
    third = noes & (leads.index % 3 == 0)
    leads["reason"] = ["No budget" if one else None for one in third]
    leads["budget"] = np.where(third, "none", "25k")
    return Made(ground, leads, definition=agreed())


def test_what_separates_comes_first_and_is_offered(refused: Made) -> None:
    found = refused.separated()
    assert SEPARATING.check(found.criteria) == REASONS.check(found.reasons) == []
    assert found.verdicts == 600
    rows = {row["criterion"]: row for row in found.criteria.to_dict("records")}
    steel, titled = rows["steel"], rows["titled"]
    assert steel["separates"]
    assert not titled["separates"]
    assert steel["difference"] == pytest.approx(steel["yes_met"] / steel["yes"] - steel["no_met"] / steel["no"])
    assert steel["yes"] + steel["no"] + steel["untold"] == 600
    assert steel["untold"] > 0  # "Select" says nothing.
    assert "steel" in found.to_add
    assert found.to_drop == ("titled",)


def test_a_reason_that_never_fails_is_an_unwritten_criterion(refused: Made) -> None:
    found = refused.separated()
    row = {row["reason"]: row for row in found.reasons.to_dict("records")}["no_budget"]
    assert row["used"] == row["holds"] >= 20
    assert (row["fails"], row["unwritten"]) == (0, True)
    assert opposite("no_budget") in found.to_add
    draft = found.taken_up(refused.definition, add=found.to_add, drop=found.to_drop)
    assert draft.criterion(opposite("no_budget")).condition == Has(field="budget")
    assert set(draft.validated) == set(found.to_add)
    assert [one.id for one in draft.criteria][:2] == ["titled", "steel"]  # No criterion is lost.
    # Once it is written down, it is no longer unwritten.
    again = Made.__new__(Made)
    again.ground, again.facts, again.rows, again.definition = refused.ground, refused.facts, refused.rows, draft
    assert not again.separated().reasons["unwritten"].any()

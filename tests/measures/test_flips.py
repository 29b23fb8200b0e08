"""Whose answer flips from one version to another, against a count that goes from lead to lead."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from core.definition import Definition, parse
from core.definition.templates import VALIDATED
from core.errors import QueryInvalid
from core.journeys.in_force import Answers, Term, answers, in_force
from core.journeys.judging import judge
from core.journeys.reduce import Facts
from core.measures.cohort import UNKNOWN, Query
from core.measures.flips import FLIPPED, FLIPS, flipped, flips
from core.settings import Settings
from tests.journeys.conftest import Ground
from tests.journeys.judged_worlds import random_judging, sources_of
from tests.journeys.slow_judge import Verdict, World, every
from tests.journeys.test_in_force import Key, slowly

WORDS = {True: "met", False: "not met", None: "cannot tell"}
Cell = tuple[str, str, str, str, str]
"""What it is about, the criterion, the group, before, after."""


SIZE: dict[str, Any] = {"kind": "compare", "field": "employees", "op": ">=", "value": 50}
BUDGET = {"kind": "has", "field": "budget"}
OLD = {
    "size": SIZE,
    "title": {"kind": "stated", "field": "title"},
    "free": {"kind": "flagged", "field": "opted_out", "on": False},
}
NEW = {"size": {**SIZE, "value": 12.5}, "budget": BUDGET, "free": {"kind": "any", "of": [OLD["free"], BUDGET]}}
"""What two versions ask: one thing otherwise, one no more, one newly."""


def agreed(criteria: dict[str, Any], validated: list[str], at_least: float) -> Definition:
    content = VALIDATED.model_dump(mode="json")
    for stage in content["stages"]:
        stage["criteria"] = []
    rules = [
        {"kind": "fit", "id": field, "name": field, "points": 5, "when": {"kind": "stated", "field": field}}
        for field in ("title", "industry")
    ]
    return parse(
        {
            **content,
            "criteria": [{"id": one, "name": one, "condition": asked} for one, asked in criteria.items()],
            "validated": validated,
            "rules": rules,
            "qualification": {"policy": {"kind": "sum", "at_least": at_least}},
        }
    )


@dataclass(frozen=True)
class Company:
    """Random histories judged by two versions that do not ask the same."""

    ground: Ground
    world: World
    facts: Facts
    definitions: tuple[Definition, Definition]
    before: Answers
    after: Answers
    settings: Settings

    def flips(self, query: Query, **more: bool) -> pd.DataFrame:
        return flips(self.ground.engine, self.facts, self.before, self.after, query, self.settings, **more)

    def flipped(self, query: Query, **which: object) -> pd.DataFrame:
        return flipped(
            self.ground.engine, self.facts, self.before, self.after, query, self.settings, **which  # type: ignore[arg-type]
        )  # fmt: skip


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    first, second = agreed(OLD, ["size", "title"], 10), agreed(NEW, ["size", "budget"], 5)
    world = random_judging(11, first, facts_definition=VALIDATED, n=120)
    with Ground(tmp_path_factory.mktemp("flips")) as ground:
        sources = sources_of(ground, world)
        facts = ground.reduce(sources, VALIDATED, world.as_of)
        before, after = (answers(judge(ground.engine, sources, facts, one)) for one in (first, second))
        yield Company(ground, world, facts, (first, second), before, after, Settings(zone=world.zone))


def said(definition: Definition, verdict: Verdict, about: str, criterion: str) -> str:
    if about == "criterion":
        return WORDS[verdict.met[criterion]] if criterion in verdict.met else "not asked"
    if about == "uld":
        return WORDS[every([verdict.met[one] for one in definition.validated])] if definition.validated else "not asked"
    return WORDS[verdict.qualified] if definition.qualification is not None else "not asked"


def counted(company: Company, query: Query, *, handed: bool = False) -> dict[Cell, list[Key]]:
    """Cell → the leads and trips in it, counted one by one."""
    slow = [slowly(company.world, definition) for definition in company.definitions]
    zone = ZoneInfo(company.world.zone)
    chosen: dict[str, Key] = {}
    every_one: list[Key] = []
    for key in sorted(slow[0]):
        verdict = slow[0][key]
        day = datetime.fromtimestamp(verdict.judged_at, UTC).astimezone(zone).date()
        if handed and verdict.kind != "handoff":
            continue
        if (query.start and day < query.start) or (query.end and day > query.end):
            continue
        source = company.world.rows.get(key[0], {}).get("source")
        if any(str(source or UNKNOWN) != value for _, value in query.where):
            continue
        chosen[key[0]] = key
        every_one.append(key)
    asked = [("criterion", one.id) for definition in company.definitions for one in definition.criteria]
    out: dict[Cell, list[Key]] = {}
    for key in every_one if query.counting == "passes" else list(chosen.values()):
        group = str(company.world.rows.get(key[0], {}).get("source") or UNKNOWN) if query.by else ""
        for about, criterion in dict.fromkeys([*asked, ("uld", ""), ("qualification", "")]):
            both = [
                said(definition, verdicts[key], about, criterion)
                for definition, verdicts in zip(company.definitions, slow, strict=True)
            ]
            out.setdefault((about, criterion, group, both[0], both[1]), []).append(key)
    return out


def days(company: Company, share: float) -> datetime:
    instants = sorted(verdict.judged_at for verdict in slowly(company.world, company.definitions[0]).values())
    return datetime.fromtimestamp(instants[int(len(instants) * share)], UTC)


def queries(company: Company) -> dict[str, Query]:
    start, end = days(company, 0.3).date(), days(company, 0.6).date()
    return {
        "leads": Query(),
        "passes": Query(counting="passes"),
        "by source": Query(by="source"),
        "of one source": Query(where=(("source", "web"),)),
        "of a period": Query(start=start, end=end),
        "of nobody": Query(where=(("source", "nowhere"),)),
    }


@pytest.mark.parametrize("handed", [False, True], ids=["everybody", "handed over"])
@pytest.mark.parametrize("name", ["leads", "passes", "by source", "of one source", "of a period", "of nobody"])
def test_every_cell_counts_the_leads_that_a_slow_count_finds(company: Company, name: str, handed: bool) -> None:
    query = queries(company)[name]
    found = company.flips(query, handed=handed)
    assert FLIPS.check(found) == []
    expected = counted(company, query, handed=handed)
    cells = {(r["about"], r["id"], r["segment"], r["was"], r["now"]): int(r["n"]) for r in found.to_dict("records")}
    assert cells == {cell: len(keys) for cell, keys in expected.items()}
    if name == "of nobody":
        assert found.empty
        return
    whole = found.groupby(["about", "id", "segment"])["n"].sum().groupby("segment").nunique()
    assert set(whole) == {1}, "every criterion accounts for everybody"
    if not handed:
        kinds = set(found.loc[found["was"] != found["now"], "about"])
        assert kinds == {"criterion", "uld", "qualification"}, "something of everything flips in this world"


@pytest.mark.parametrize("name", ["leads", "passes", "by source", "of a period"])
def test_behind_every_cell_stand_its_leads(company: Company, name: str) -> None:
    query = queries(company)[name]
    cells = counted(company, query)
    for about, criterion, group, was, now in list(cells)[:: 3 if name == "leads" else 11]:
        listed = company.flipped(
            query, about=about, criterion=criterion, was=was, now=now, segment=group if query.by else None, limit=None
        )
        assert FLIPPED.check(listed) == []
        keys = sorted(zip(listed["lead_id"].astype(str), (int(trip) - 1 for trip in listed["trip"]), strict=True))
        assert keys == sorted(cells[about, criterion, group, was, now])
        assert (set(listed["was"]), set(listed["now"])) == ({was}, {now})
        assert list(listed["judged_at"]) == sorted(listed["judged_at"])


def test_without_a_cell_everybody_is_listed_whose_answer_changed(company: Company) -> None:
    cells = {(was, now): keys for (about, _, _, was, now), keys in counted(company, Query()).items() if about == "uld"}
    listed = company.flipped(Query(), about="uld", limit=None)
    assert len(listed) == sum(len(keys) for (was, now), keys in cells.items() if was != now) > 20
    assert len(company.flipped(Query(), about="uld", limit=7)) == 7
    before = company.flipped(Query(), about="uld", was="not met", limit=None)
    assert len(before) == sum(len(keys) for (was, _), keys in cells.items() if was == "not met") > 20
    assert len(set(before["now"])) > 1
    after = company.flipped(Query(), about="uld", now="met", limit=None)
    assert len(after) == sum(len(keys) for (_, now), keys in cells.items() if now == "met") > 0


def test_a_version_against_itself_flips_nobody(company: Company) -> None:
    found = flips(company.ground.engine, company.facts, company.before, company.before, Query(), company.settings)
    assert (found["was"] == found["now"]).all()
    assert len(found) > 10


def test_what_was_in_force_is_held_against_one_version(company: Company) -> None:
    """Before and after a day the answers come from two versions; the one of the first days is none."""
    first, second = company.definitions
    begun, middle = int(days(company, 0.2).timestamp()), int(days(company, 0.5).timestamp())
    sources = sources_of(company.ground, company.world)
    held = in_force(
        company.ground.engine, sources, company.facts, [Term(1, first, begun, middle), Term(2, second, middle)]
    )
    found = flips(company.ground.engine, company.facts, held, company.after, Query(counting="passes"), company.settings)
    slow = [slowly(company.world, definition) for definition in company.definitions]
    expected: Counter[tuple[str, str]] = Counter()
    for key, verdict in slow[1].items():
        now = said(second, verdict, "criterion", "size")
        at = verdict.judged_at
        was = "not asked"
        if at >= begun:
            was = said(first if at < middle else second, slow[0 if at < middle else 1][key], "criterion", "size")
        expected[was, now] += 1
    own = found[(found["about"] == "criterion") & (found["id"] == "size")]
    assert {(row["was"], row["now"]): int(row["n"]) for row in own.to_dict("records")} == dict(expected)
    assert any(was == "not asked" for was, _ in expected)


def test_what_nobody_asks_and_answers_that_are_none_are_said(company: Company) -> None:
    with pytest.raises(QueryInvalid, match='Neither version asks "nothing"'):
        company.flipped(Query(), about="criterion", criterion="nothing")
    with pytest.raises(QueryInvalid, match='no answer "perhaps"'):
        company.flipped(Query(), about="uld", was="perhaps")
    with pytest.raises(QueryInvalid, match='no column "colour"'):
        company.flips(Query(by="colour"))
    assert company.flips(Query(start=days(company, 1 - 1e-9).date() + timedelta(days=2))).empty

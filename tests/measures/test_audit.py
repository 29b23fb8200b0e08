"""Who put leads into a stage against the definition: small stories with every number worked by hand."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import UTC, date
from typing import Any

import pandas as pd
import pytest

from core.audit_words import doubts, headline, identity, why
from core.definition import Criterion, Definition, Has, OneOf, Stated
from core.definition.templates import VALIDATED
from core.errors import QueryInvalid
from core.journeys.audited import VERDICTS, Audited, audited
from core.journeys.people import everyone
from core.journeys.reduce import Facts
from core.journeys.sources import Sources
from core.measures.audit import NOBODY, PEOPLE, Audit, audit
from core.measures.audit_leads import audited_leads
from core.measures.cohort import Query
from core.settings import Settings
from core.stats.intervals import Rate
from core.tables import DEALS, EVENTS, LEADS, LOOKUPS
from core.tables import PEOPLE as PEOPLE_TABLE
from tests.journeys.conftest import EPOCH, Ground, instant

AS_OF = "2026-06-30 12:00"
KNOWN = ({"person_id": "r1", "name": "Ada"}, {"person_id": "m1", "name": "Sync", "x:usertype": "Integration"})


def agreed(**asks: tuple[str, ...]) -> Definition:
    """MQL, validated, opportunity, won, asking for these criteria."""
    criteria = (
        Criterion(id="titled", name="Has a title", condition=Stated(field="title")),
        Criterion(id="fits", name="Fits us", condition=OneOf(field="industry", values=("steel",))),
        Criterion(id="budget", name="Has a budget", condition=Has(field="budget")),
    )
    stages = tuple(one.model_copy(update={"criteria": asks.get(one.id, ())}) for one in VALIDATED.stages)
    return VALIDATED.model_copy(update={"criteria": criteria, "stages": stages, "validated": ()})


class Made:
    """Facts of some leads, and the audit of them."""

    def __init__(
        self, ground: Ground, leads: Sequence[dict[str, Any]], rows: Sequence[tuple[str, str, str, str | None]]
    ) -> None:
        self.kept: dict[str, tuple[Facts, Audited, pd.DataFrame]] = {}
        frame = ground.engine.frame
        events = [
            {
                "event_id": f"{place:05}", "lead_id": lead, "happened_at": instant(when), "shape": "log",
                "day": (date.fromisoformat(when[:10]) - EPOCH).days, "precision": "instant", "kind": "stage",
                "name": name, "actor": actor, "batch": 1, "line": place,
            }
            for place, (lead, name, when, actor) in enumerate(rows)
        ]  # fmt: skip
        stated = {"batch": 1, "line": 1}
        self.ground = ground
        self.sources = Sources(
            events=frame(EVENTS.conform(pd.DataFrame(events)), EVENTS),
            leads=frame(LEADS.conform(pd.DataFrame([{**stated, **lead} for lead in leads])), LEADS),
            deals=frame(DEALS.empty(), DEALS),
            people=frame(PEOPLE_TABLE.conform(pd.DataFrame([{**stated, **one} for one in KNOWN])), PEOPLE_TABLE),
            lookups=frame(LOOKUPS.empty(), LOOKUPS),
        )

    def asked(self, definition: Definition) -> tuple[Facts, Audited, pd.DataFrame]:
        key, engine = definition.content_hash(), self.ground.engine
        if key not in self.kept:
            facts = self.ground.reduce(self.sources, definition, AS_OF)
            found = audited(engine, self.sources, facts, definition)
            self.kept[key] = facts, found, everyone(engine, self.sources, definition)
        return self.kept[key]

    def audit(self, definition: Definition, query: Query | None = None) -> Audit:
        facts, found, people = self.asked(definition)
        return audit(self.ground.engine, facts, found, definition, query or Query(), Settings(), people)

    def leads(self, definition: Definition, query: Query | None = None, **which: Any) -> pd.DataFrame:
        facts, found, people = self.asked(definition)
        return audited_leads(self.ground.engine, facts, found, query or Query(), Settings(), people, **which)


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    with Ground(tmp_path_factory.mktemp("audit")) as made:
        yield made


@pytest.fixture(scope="module")
def four(ground: Ground) -> Made:
    """Four leads: A too high by the machine, B too low, C cannot be told, D as agreed and back again."""
    leads: list[dict[str, Any]] = [
        {"lead_id": "A", "title": None, "industry": "steel", "budget": "yes"},
        {"lead_id": "B", "title": "CEO", "industry": "steel", "budget": "yes"},
        {"lead_id": "C", "title": "CEO", "industry": None, "budget": None},
        {"lead_id": "D", "title": "CEO", "industry": "steel", "budget": None},
    ]
    rows = [
        ("A", "MQL", "2026-03-01 09:00", "Sync"),
        ("B", "MQL", "2026-03-02 09:00", "Ada"),
        ("C", "MQL", "2026-04-03 09:00", None),
        ("D", "MQL", "2026-03-04 09:00", "m1"),
        ("D", "Recycled", "2026-03-05 09:00", "Ada"),
        ("D", "MQL", "2026-05-06 09:00", "Ada"),
    ]
    return Made(ground, leads, rows)


ASKED = agreed(mql=("titled", "fits"), validated=("titled", "fits", "budget"))


def test_each_recorded_stage_has_one_verdict_and_its_setter_one_name(four: Made) -> None:
    found = four.audit(ASKED)
    cells = {row["setter"]: row for row in found.cells.to_dict("records")}
    assert {name: (row["name"], row["n"]) for name, row in cells.items()} == {
        "m1": ("Sync", 1), "r1": ("Ada", 2), NOBODY: (NOBODY, 1),
    }  # fmt: skip
    assert [cells["m1"][name] for name in VERDICTS] == [1, 0, 0, 0, 0]
    assert [cells["r1"][name] for name in VERDICTS] == [0, 1, 1, 0, 0]
    assert [cells[NOBODY][name] for name in VERDICTS] == [0, 0, 0, 1, 0]
    assert [(cells[name]["still"], cells[name]["still_high"]) for name in ("m1", "r1")] == [(1, 1), (2, 0)]
    assert (cells["m1"]["kind"], cells["r1"]["kind"], cells["m1"]["still_high"]) == ("machine", "person", 1)
    assert cells["m1"]["first_at"] == cells["m1"]["last_at"] == instant("2026-03-01 09:00")
    assert found.rate() == Rate(1, 3)
    assert found.bounds() == (1 / 4, 2 / 4)
    assert identity(found) == "4 recorded = 1 too high + 1 too low + 1 as agreed + 1 cannot tell + 0 nothing asked"
    assert any("of 1 it is not recorded" in said.lower() for said in doubts(found))


def test_what_fails_and_what_is_not_known_is_said_by_name(four: Made) -> None:
    found = four.audit(ASKED)
    reasons = {row["part"]: (row["fails"], row["untold"]) for row in found.reasons().to_dict("records")}
    assert reasons == {"titled": (1, 0), "fits": (0, 1)}  # The stage does not ask for a budget.
    listed = {row["lead_id"]: row for row in four.leads(ASKED).to_dict("records")}
    a, b, c = (listed[name] for name in "ABC")
    assert [a[name] for name in ("verdict", "fails", "set_by", "still")] == ["too_high", "Has a title", "Sync", "yes"]
    assert [b["verdict"], b["given"]] == ["too_low", VALIDATED.stages[1].name]
    assert [c["verdict"], c["untold"]] == ["cannot_tell", "Fits us"]
    assert pd.isna(a["given"])


def test_a_lead_counts_once_a_stage_and_by_trips_each_time(four: Made) -> None:
    trips = four.audit(ASKED, Query(counting="passes"))
    assert (four.audit(ASKED).total()["n"], trips.total()["n"]) == (4, 5)
    assert trips.total(setter="m1")["as_agreed"] == 1
    assert len(four.leads(ASKED, Query(counting="passes"), setter="m1")) == 2
    march = Query(start=date(2026, 3, 1), end=date(2026, 3, 31))
    assert four.audit(ASKED, march).total(setter="m1")["n"] == 2  # In March D had been put there once.
    assert four.audit(ASKED, Query(start=date(2026, 5, 1))).total()["n"] == 1


def test_every_number_opens_as_many_leads(four: Made) -> None:
    found = four.audit(ASKED)
    for setter in (None, "m1", "r1", NOBODY, PEOPLE):
        for verdict in VERDICTS:
            assert len(four.leads(ASKED, verdict=verdict, setter=setter)) == found.total(setter=setter)[verdict]
    assert found.total(setter=PEOPLE) == found.total(setter="r1")
    for row in found.reasons().to_dict("records"):
        assert len(four.leads(ASKED, part=row["part"])) == row["fails"] + row["untold"]
    with pytest.raises(QueryInvalid, match="There is no verdict"):
        four.leads(ASKED, verdict="wrong")
    with pytest.raises(QueryInvalid, match='No stage asks for "moon"'):
        four.leads(ASKED, part="moon")


def test_a_definition_that_asks_nothing_says_so(four: Made) -> None:
    found = four.audit(agreed())
    assert found.total()["unasked"] == found.total()["n"] == 4
    assert headline(found) == "No stage asks for anything yet, so that none can be held against it"
    assert math.isnan(found.bounds()[0])


def crowd(ground: Ground, wrong: int, of: int, fair: int) -> Made:
    """`of` leads put up by the machine, `wrong` of them without a title; `fair` by Ada, one of them without."""
    leads, rows = [], []
    for n in range(of + fair):
        machine = n < of
        bad = n < wrong if machine else n == of
        leads.append({"lead_id": f"L{n:03}", "title": None if bad else "CEO", "industry": "steel"})
        rows.append((f"L{n:03}", "MQL", f"2026-0{3 + n % 3}-{1 + n % 28:02} 09:00", "Sync" if machine else "r1"))
    return Made(ground, leads, rows)


def test_the_automation_with_the_wrong_definition_is_the_finding(ground: Ground) -> None:
    found = crowd(ground, 30, 60, 60).audit(agreed(mql=("titled",)))
    (finding,) = found.findings()
    assert (finding.stage, finding.setter, finding.kind) == ("mql", "m1", "machine")
    assert (finding.rate, finding.others, finding.part, finding.failing) == (Rate(30, 60), Rate(1, 60), "titled", 30)
    assert headline(found) == "Sync put 30 of 60 leads, 50 %, into MQL against the definition"
    said = why(finding, found, UTC)
    assert said == '"Has a title" fails in 30, since 1 Mar 2026; all others at this stage: 1 of 60 (1.7 %)'
    assert found.lines() == (("mql", "m1"), ("mql", PEOPLE))
    months = found.months.groupby("month")[["judged", "too_high"]].sum()
    assert months.to_numpy().tolist() == [[40, 11], [40, 10], [40, 10]]


def test_few_leads_and_equal_rates_make_no_finding(ground: Ground) -> None:
    few = crowd(ground, 10, 12, 60).audit(agreed(mql=("titled",)))
    assert few.findings() == ()
    assert headline(few) == '11 of 72 recorded stages are too high, 11 of them for "Has a title"'
    same = crowd(ground, 1, 60, 60).audit(agreed(mql=("titled",)))
    assert same.findings() == ()


def test_a_person_is_not_named_where_names_are_hidden(ground: Ground) -> None:
    made = crowd(ground, 0, 60, 60)
    # The other way round: Ada alone is wrong.
    found = made.audit(agreed(mql=("titled",)))
    assert "Ada" not in headline(found, hide=True)
    assert headline(found).startswith("1 of 120 recorded stages are too high")

"""What a leader is told first: every question's largest finding, no story twice, each with the way to its leads."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from core import overview
from core.definition.templates import CLASSIC
from core.measures.cohort import Query
from core.overview import Headline, headlines
from core.report import Report
from core.silence import Silence
from core.stats.intervals import Rate
from core.timekeeping import Finding as Late
from core.timekeeping import Timekeeping
from core.workspace import Workspace

HAND_OFF = CLASSIC.stages[CLASSIC.hand_off].id


def one(page: Any, name: str, *, group: tuple[str, str] = ("", ""), **asked: str) -> Headline:
    outcome = asked.get("outcome", "silent")
    return Headline(name, name, 1.0, Rate(1, 2), None, ("a", "b"), outcome, page, asked, group)


def said(monkeypatch: pytest.MonkeyPatch, lost: list[Headline], silent: list[Headline], late: list[Headline]) -> str:
    """What the questions find → the order in which it is told."""
    for name, found in (("_lost", lost), ("_silent", silent), ("_late", late)):
        monkeypatch.setattr(overview, name, lambda *ignored, found=found: iter(found))
    report: Any = SimpleNamespace(settings=SimpleNamespace(mature_days=90), facts=SimpleNamespace(definition=CLASSIC))
    return " ".join(each.kind for each in headlines(report, most=5))


def test_each_question_says_its_largest_before_any_says_its_second(monkeypatch: pytest.MonkeyPatch) -> None:
    lost = [one("funnel", f"f{n}", stage="raw", outcome="lost") for n in range(3)]
    silent, late = [one("black_hole", "h0"), one("black_hole", "h1")], [one("clocks", "c0")]
    assert said(monkeypatch, lost, silent, late) == "f0 h0 c0 f1 h1"
    assert said(monkeypatch, lost, [], []) == "f0 f1 f2"
    assert said(monkeypatch, [], silent, late) == "h0 c0 h1"


def test_what_stalls_at_the_hand_off_is_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    stalled = one("funnel", "stalled", stage=HAND_OFF, outcome="stalled")
    other = one("funnel", "other", stage=HAND_OFF, outcome="rejected")
    assert said(monkeypatch, [stalled, other], [one("black_hole", "hole")], []) == "other hole"
    assert said(monkeypatch, [stalled, other], [], []) == "stalled other"


def test_a_group_that_is_silent_is_not_told_again_for_being_late(monkeypatch: pytest.MonkeyPatch) -> None:
    silent = [one("black_hole", "hole", group=("team", "South"))]
    months, south = one("clocks", "months"), one("clocks", "late", group=("team", "South"))
    assert said(monkeypatch, [], silent, [months, south]) == "hole months"
    assert said(monkeypatch, [], [one("black_hole", "all")], [months, south]) == "all months late"


def month(name: str, hits: int, n: int, others: Rate) -> Late:
    return Late("month", name, Rate(hits, n), others)


def test_slow_months_in_a_row_are_one_story_with_the_period_of_their_leads() -> None:
    keeping = Timekeeping(report=None, query=Query(), clock=CLASSIC.clocks[0])  # type: ignore[arg-type]
    found = (month("2026-02", 90, 100, Rate(130, 500)), month("2026-01", 80, 100, Rate(140, 500)))
    told = overview._slow_months(keeping, found)
    assert (told.rate, told.others) == (Rate(170, 200), Rate(50, 400))
    assert told.leads == 170 - 200 * 50 / 400
    assert (told.asked["start"], told.asked["end"]) == ("2026-01-01", "2026-02-28")
    assert told.kind == "Slow months"
    apart = overview._slow_months(keeping, (found[0], month("2025-11", 80, 100, Rate(140, 500))))
    assert not {"start", "end", "state"} & set(apart.asked)
    assert apart.asked["clock_view"] == "months"


@pytest.fixture(scope="module")
def report(sample: Path) -> Iterator[Report]:
    with Workspace(sample) as here:
        yield Report(here, here.facts())


@pytest.fixture(scope="module")
def first(report: Report) -> tuple[Headline, ...]:
    return headlines(report)


def test_the_sample_company_opens_with_its_leak_its_black_hole_and_its_slow_spring(
    first: tuple[Headline, ...], report: Report
) -> None:
    assert [each.page for each in first[:3]] == ["funnel", "black_hole", "clocks"]
    leak, silent, spring = first[:3]
    assert leak.asked == {"stage": "raw", "outcome": "disqualified"}
    assert 'team "Emerging"' in silent.sentence
    assert silent.asked == {"bucket": "black_hole", "hole_by": "team", "hole_in": "Emerging"}
    assert "slow in March to May 2026: 703 of 708 missed" in spring.sentence
    assert (spring.asked["start"], spring.asked["end"]) == ("2026-03-01", "2026-05-31")


def test_the_leads_behind_a_finding_are_as_many_as_it_says(first: tuple[Headline, ...], report: Report) -> None:
    for silent in (each for each in first if each.page == "black_hole"):
        whole = Silence(report, Query(where=((silent.asked["hole_by"], silent.asked["hole_in"]),)))
        assert len(whole.leads(limit=None)) == silent.rate.hits > 0
    (spring,) = (each for each in first if each.page == "clocks")
    period = Query.model_validate({name: spring.asked[name] for name in ("start", "end")})
    keeping = Timekeeping(report, period, report.facts.definition.clock(spring.asked["clock"]))
    assert keeping.states().rate() == spring.rate


def test_no_story_is_told_twice(first: tuple[Headline, ...]) -> None:
    assert sum("Emerging" in each.sentence for each in first) == 1
    assert sum("2026" in each.sentence for each in first) == 1
    assert len({each.sentence for each in first}) == len(first) == 9
    assert sum("nobody" in each.kind or "holds leads" in each.kind for each in first) == 1


def test_olist_has_no_touches_and_no_answers_and_only_its_funnel_speaks(olist: Path) -> None:
    with Workspace(olist) as here:
        found = headlines(Report(here, here.facts()))
    assert {each.page for each in found} == {"funnel"}
    assert "7,158 of 8,000" in found[0].sentence

"""Where dates contradict each other, or nothing is recorded, no average is told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.clock_words import headline
from core.definition import Clock
from core.definition.clocks import USUAL_CLOCKS
from core.measures.cohort import Query
from core.measures.sla import sla
from core.measures.trust import Trust, trust
from core.report import Report
from core.timekeeping import Timekeeping
from core.workspace import Workspace
from tests.conftest import AT, published
from tests.measures.timed_rows import AS_OF, DAY, FOUR_HOURS, WEEK, Rows, over, rows_in, touched

UNDATED: dict[str, Any] = {"handed_at": None, "w_now": None, "e_now": None}
GONE = over(300)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rows]:
    with rows_in(tmp_path_factory.mktemp("trust")) as rows:
        yield rows


def judged(
    made: Rows, *rows: dict[str, Any], clock: Clock = FOUR_HOURS, others: tuple[dict[str, Any], ...] = ()
) -> Trust:
    return trust(made.engine, made.timed(*rows), clock, every=made.timed(*rows, *others))


def test_ordinary_clocks_are_trusted_and_nothing_is_said(made: Rows) -> None:
    found = judged(made, *[touched(2)] * 9, GONE)
    assert (found.faults, found.remarks) == ((), ())
    assert (found.hand_offs, found.answered, found.median_wait) == (10, 9, 6 * 3600)


@pytest.mark.parametrize(
    ("odd", "words", "bound"),
    [
        (touched(2, before_created=True), "were handed over before they were created", 1),
        (touched(2, unborn_touches=3), "have touches dated before they were created", 1),
        (UNDATED, "have no dated hand-off", 5),
    ],
)
def test_a_contradiction_beyond_its_share_is_a_fault_and_below_it_a_remark(
    made: Rows, odd: dict[str, Any], words: str, bound: int
) -> None:
    few = judged(made, *[touched(2)] * (10 - bound), *[odd] * bound, GONE)
    assert few.faults == ()
    assert few.remarks
    many = judged(made, *[touched(2)] * (9 - bound), *[odd] * (bound + 1))
    assert many.faults == (f"{bound + 1} of 10 {words}",)


def test_a_median_wait_of_years_is_no_answer(made: Rows) -> None:
    long = touched(2) | {"e_attempt": 10_411 * 3600}
    found = judged(made, *[long] * 3)
    assert found.faults == ("half of those answered waited more than 10,411 hours",)
    assert judged(made, *[touched(2)] * 3, long, long).faults == ()


def test_where_nothing_is_recorded_of_anybody_its_absence_says_nothing(made: Rows) -> None:
    nobody = judged(made, {}, {}, {"machine_touches": 4})
    assert not nobody.recorded
    found = sla(made.engine, made.timed({}, {}), FOUR_HOURS, Query(), as_of=AS_OF)
    assert headline(found, nobody).startswith("First attempt cannot be told: no call, mail or meeting by a person")
    # Recorded of one outside the question, the silence of these tells something.
    assert judged(made, {}, {}, others=(touched(1),)).recorded
    assert judged(made, {"early_touches": 1}).recorded
    contact = FOUR_HOURS.model_copy(update={"milestone": "contact"})
    assert not judged(made, touched(1), clock=contact).recorded, "an attempt is no contact"
    assert not judged(made, touched(1), clock=WEEK).recorded
    assert judged(made, {"verdict": "no"}, clock=WEEK).recorded
    disposition = next(clock for clock in USUAL_CLOCKS if clock.milestone == "disposition")
    assert judged(made, {"disposed_at": AS_OF}, clock=disposition).recorded


def test_what_was_left_out_is_counted(made: Rows) -> None:
    rows = [touched(2)] * 20 + [touched(2, unborn_touches=2, early_touches=1, handed_by_day=True), GONE]
    found = judged(made, *rows)
    assert found.faults == ()
    assert [remark.split()[0] for remark in found.remarks] == ["2", "1", "1"]
    assert "by the day alone" in found.remarks[-1]
    assert "turned down or gone" in judged(made, touched(2)).remarks[-1]


def test_over_nobody_there_is_nothing_to_doubt(made: Rows) -> None:
    nobody = trust(made.engine, made.timed(), FOUR_HOURS, every=made.timed(touched(1)))
    assert (nobody.faults, nobody.remarks, nobody.median_wait) == ((), (), None)


# --- Zoho's sample CRM: dates that cannot be --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def zoho(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Report]:
    files = {file.stem: file for file in published(shared, "zoho_crm")}
    with Workspace(tmp_path_factory.mktemp("zoho") / "workspace") as here:
        for name in ("Users", "Leads", "Calls", "Events", "Potentials"):
            here.add(files[name], at=AT)
        yield Report(here, here.facts())


def test_zoho_touches_before_their_lead_and_deals_before_theirs_are_flagged(zoho: Report) -> None:
    counts = zoho.anomalies()["kind"].value_counts()
    assert (counts["touched_unborn"], counts["sold_unborn"]) == (129, 1819)


def test_zoho_clocks_are_not_averaged_but_said_to_be_untrustworthy(zoho: Report) -> None:
    keeping = Timekeeping(zoho, Query(), USUAL_CLOCKS[0])
    found, trusted = keeping.states(), keeping.trust()
    assert headline(found, trusted) == "These clocks cannot be trusted: 3,721 of 3,721 have no dated hand-off"
    assert found.total()["no_clock"] == found.total()["handed"]
    assert trusted.unborn_touches == 124, "of those handed over"


def test_zoho_asked_from_the_creation_on_the_wait_of_years_is_named(zoho: Report) -> None:
    """Every lead put before sales as it is created: then the hand-off is dated, and the touches contradict it."""
    here = zoho.workspace
    first, *rest = here.definition().stages
    later = {"hands_over": False, "side": "sales"}
    stages = (first.model_copy(update={"hands_over": True}), *(stage.model_copy(update=later) for stage in rest))
    facts = zoho.facts
    asked = here.definition().model_copy(update={"stages": stages})
    here.choose(asked, at=AT)
    try:
        keeping = Timekeeping(Report(here, here.facts()), Query(), USUAL_CLOCKS[0])
        trusted = keeping.trust()
    finally:
        here.choose(facts.definition, at=AT)
    assert trusted.undated < trusted.hand_offs / 10, "deals without a lead"
    assert trusted.unborn_touches == 129
    assert trusted.median_wait is not None
    assert trusted.median_wait > 180 * DAY
    assert any(fault.startswith("half of those answered waited more than") for fault in trusted.faults)

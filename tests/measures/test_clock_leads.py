"""The leads behind a state, and the call list: whose limit is reached next."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from core.definition import Clock
from core.definition.templates import CLASSIC
from core.journeys.clocks import Timing
from core.journeys.reduce import Facts
from core.measures.clock_leads import CLOCK_LEADS, clock_leads
from core.worktime import default_calendar
from tests.measures.timed_rows import AS_OF, DAY, FOUR_HOURS, HOUR, Rows, over, rows_in, touched, waited
from tests.worktime.oracle import CALENDARS, Oracle, at

USUAL = default_calendar("UTC")
TIMING = Timing({one.id: one for one in (USUAL, *CALENDARS)}, {}, USUAL.id)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rows]:
    with rows_in(tmp_path_factory.mktemp("leads")) as rows:
        yield rows


def listed(
    made: Rows, *rows: dict[str, Any], clock: Clock = FOUR_HOURS, states: tuple[str, ...] = ("running",), **how: Any
) -> pd.DataFrame:
    units = pd.DataFrame({"unit": range(len(rows)), "lead_id": [f"L{unit}" for unit in range(len(rows))]})
    for name in ("first_name", "last_name", "company", "phone", "source"):
        units[name] = pd.Series([None] * len(rows), dtype="str")
    made.engine.keep(made.engine.frame(units), made.folder / "units.parquet")
    facts = Facts(made.folder, CLASSIC, AS_OF, len(rows), ())
    found = clock_leads(made.engine, facts, made.timed(*rows), clock, TIMING, states=states, **how)
    assert list(found.columns) == list(CLOCK_LEADS.names)
    assert not CLOCK_LEADS.check(found)
    return found


def test_the_call_list_begins_with_the_least_time_left(made: Rows) -> None:
    rows = [waited(1), waited(3.5), touched(1), {}, waited(2), over(1)]
    found = listed(made, *rows)
    assert list(found["lead_id"]) == ["L1", "L4", "L0"]
    assert list(found["left"]) == [1800, 2 * HOUR, 3 * HOUR]
    assert found["took"].isna().all()
    assert list(listed(made, *rows, limit=1)["lead_id"]) == ["L1"]


def test_those_that_still_wait_are_told_from_those_ever_missed(made: Rows) -> None:
    rows = [{}, touched(9), over(20), touched(1), {"segment": "b"}]
    assert set(listed(made, *rows, states=("breached",))["lead_id"]) == {"L0", "L1", "L2", "L4"}
    assert set(listed(made, *rows, states=("breached",), past_due=True)["lead_id"]) == {"L0", "L4"}
    assert list(listed(made, *rows, states=("breached",), segment="b")["lead_id"]) == ["L4"]
    late = listed(made, *rows, states=("breached",)).set_index("lead_id")
    assert late.loc["L1", "left"] == -5 * HOUR
    assert late.loc["L1", "took"] == 9 * HOUR


def test_friday_15_and_four_hours_is_monday_11(made: Rows) -> None:
    row = waited(3, handed_at=at("2026-03-06 15:00"))
    assert listed(made, row)["deadline"].tolist() == [at("2026-03-09 11:00")]
    around = FOUR_HOURS.model_copy(update={"time": "elapsed"})
    assert listed(made, waited(1, handed_at=at("2026-03-06 15:00")), clock=around)["deadline"].tolist() == [
        at("2026-03-06 19:00")
    ]


@pytest.mark.parametrize("calendar", CALENDARS, ids=lambda calendar: calendar.id)
def test_each_deadline_is_counted_in_the_calendar_of_its_row(made: Rows, calendar: Any) -> None:
    start = at("2026-03-26 14:10", calendar.zone)
    rows = [waited(1, handed_at=start, calendar=calendar.id), waited(1, handed_at=start)]
    own, usual = listed(made, *rows).sort_values("lead_id")["deadline"]
    for mine, deadline in ((calendar, own), (USUAL, usual)):
        oracle = Oracle(mine)
        assert (oracle.seconds(start, deadline), oracle.seconds(start, deadline - 60)) == (4 * HOUR, 4 * HOUR - 60)


def test_a_day_alone_comes_due_at_the_end_of_a_working_day(made: Rows) -> None:
    friday = {"handed_by_day": True, "handed_at": at("2026-03-06")}
    found = listed(made, waited(0, **friday))
    assert found["deadline"].tolist() == [at("2026-03-09 23:59") + 59], "half a working day is a whole one"
    assert found["by_day"].tolist() == [True]
    week = FOUR_HOURS.model_copy(update={"limit_minutes": 40 * 60})
    assert listed(made, waited(8, **friday), clock=week)["deadline"].tolist() == [at("2026-03-13 23:59") + 59]
    around = FOUR_HOURS.model_copy(update={"time": "elapsed", "limit_minutes": 60 * 30})
    assert listed(made, {**friday, "e_now": DAY, "w_now": 0}, clock=around)["deadline"].tolist() == [
        at("2026-03-08 23:59") + 59
    ]
    berlin = {**friday, "handed_at": at("2026-03-27"), "calendar": "berlin"}
    # Monday is closed in Berlin's calendar.
    tuesday = datetime(2026, 4, 1, tzinfo=ZoneInfo("Europe/Berlin")) - timedelta(seconds=1)
    assert listed(made, waited(0, **berlin))["deadline"].tolist() == [int(tuesday.timestamp())]


def test_without_a_start_there_is_no_deadline(made: Rows) -> None:
    row = {"handed_at": None, "w_now": None, "e_now": None}
    found = listed(made, row, states=("no_clock",))
    assert found["deadline"].isna().all()
    assert found["left"].isna().all()

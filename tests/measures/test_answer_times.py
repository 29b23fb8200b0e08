"""How soon: bands of time, the curve beside a plain count, hours of the week, and months."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from core.measures.answer_times import BANDS, LEFT, TOUCHED, bands, by_month, curve, hours
from tests.measures.timed_rows import AS_OF, DAY, FOUR_HOURS, HOUR, Rows, over, rows_in, touched, waited

AROUND = FOUR_HOURS.model_copy(update={"time": "elapsed"})
HORIZON = 12 * HOUR


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rows]:
    with rows_in(tmp_path_factory.mktemp("times")) as rows:
        yield rows


def in_bands(made: Rows, *rows: dict[str, Any], clock: Any = FOUR_HOURS) -> dict[str, int]:
    found = bands(made.engine, made.timed(*rows), clock)
    assert list(found["band"]) == list(BANDS)
    return {row["band"]: row["hand_offs"] for row in found.to_dict("records") if row["hand_offs"]}


def test_a_band_holds_its_upper_edge(made: Rows) -> None:
    minutes = [0, 5, 6, 15, 60, 61, 240, 241, 24 * 60, 24 * 60 + 1]
    found = in_bands(made, *(touched(m / 60) for m in minutes), {})
    assert found == {
        "0 to 5 min": 2, "5 to 15 min": 2, "15 to 60 min": 1, "1 to 4 h": 2, "4 to 24 h": 2, "over 24 h": 1, "never": 1,
    }  # fmt: skip


def test_elapsed_time_has_bands_of_its_own(made: Rows) -> None:
    assert in_bands(made, touched(1), touched(9)) == {"15 to 60 min": 1, "4 to 24 h": 1}
    assert in_bands(made, touched(1), touched(9), clock=AROUND) == {"1 to 4 h": 1, "over 24 h": 1}


def test_a_day_without_a_time_is_in_no_band_of_hours(made: Rows) -> None:
    def day(working: float, elapsed: float, **more: Any) -> dict[str, Any]:
        return (
            touched(0)
            | {"handed_by_day": True, "w_attempt": int(working * 8 * HOUR), "e_attempt": int(elapsed * DAY)}
            | more
        )

    rows = [day(0, 0), day(1, 3), day(5, 7), day(6, 8)]
    rows.append(touched(7, attempt_by_day=True))
    assert in_bands(made, *rows) == {"same day": 1, "1 day": 2, "2 to 5 days": 1, "over 5 days": 1}
    assert in_bands(made, *rows[:4], clock=AROUND) == {"same day": 1, "2 to 5 days": 1, "over 5 days": 2}


def test_validation_and_wins_stand_beside_each_band(made: Rows) -> None:
    rows = [
        touched(1, verdict="yes", verdict_at=AS_OF, won=True), touched(1, verdict="no", verdict_at=AS_OF), touched(1),
        {"verdict": "yes", "verdict_at": AS_OF}, {"handed_at": None, "w_now": None, "won": True},
    ]  # fmt: skip
    found = bands(made.engine, made.timed(*rows), FOUR_HOURS).set_index("band")
    assert found.loc["15 to 60 min"].to_dict() == {"hand_offs": 3, "judged": 2, "yes": 1, "won": 1}
    assert found.loc["never"].to_dict() == {"hand_offs": 1, "judged": 1, "yes": 1, "won": 0}
    assert found["hand_offs"].sum() == 4, "without a start there is no time"


def test_without_open_ones_the_curve_is_the_plain_share(made: Rows) -> None:
    took = [0.5, 1, 2, 2, 3.9, 4, 4.1, 9, 20, 30]
    found = curve(made.engine, made.timed(*(touched(h) for h in took)), FOUR_HOURS, horizon=HORIZON)
    for hours_ in (0.5, 1, 2, 4, 9, 12):
        share = sum(h <= hours_ for h in took) / len(took)
        assert found.by(int(hours_ * HOUR), TOUCHED) == pytest.approx(share), hours_
    assert found.at_risk[0] == len(took)


def test_the_limit_is_a_point_of_the_curve_and_open_ones_are_neither_reached_nor_gone(made: Rows) -> None:
    rows = [touched(1), over(2), waited(3), touched(4)]
    found = curve(made.engine, made.timed(*rows), FOUR_HOURS, horizon=HORIZON)
    assert FOUR_HOURS.limit_seconds in found.times
    # 1 of 4 at one hour; 1 of 3 gone at two; one open at three; the last at four takes what is left.
    assert found.by(2 * HOUR, TOUCHED) == pytest.approx(1 / 4)
    assert found.by(2 * HOUR, LEFT) == pytest.approx(1 / 4)
    assert found.by(4 * HOUR, TOUCHED) == pytest.approx(1 / 4 + 1 / 2)
    place = int(np.searchsorted(found.times, 4 * HOUR))
    assert found.at_risk[place] == 1


def test_whoever_left_first_is_never_reached_and_hours_and_days_are_not_mixed(made: Rows) -> None:
    rows = [over(1) | touched(2), touched(1, handed_by_day=True), touched(3)]
    found = curve(made.engine, made.timed(*rows), FOUR_HOURS, horizon=HORIZON)
    assert found.at_risk[0] == 2
    assert found.by(HORIZON, TOUCHED) == found.by(HORIZON, LEFT) == pytest.approx(0.5)
    days = curve(made.engine, made.timed(*rows), FOUR_HOURS, horizon=3 * 8 * HOUR, by_day=True)
    assert days.at_risk[0] == 1


def test_attempts_known_by_their_day_stay_beside_those_that_never_came(made: Rows) -> None:
    rows = [touched(0.5, attempt_by_day=True), touched(8.5, attempt_by_day=True), {}, {}]
    found = curve(made.engine, made.timed(*rows), FOUR_HOURS, horizon=HORIZON)
    assert found.at_risk[0] == 4
    assert found.by(HORIZON, TOUCHED) == pytest.approx(0.5), "two of four, and not all of those that have a day"


def test_every_hour_of_the_week_is_there_and_unknown_ones_are_left_out(made: Rows) -> None:
    rows = [{"arrived_hour": 9, "answered_hour": 33}, {"arrived_hour": 9}, {"answered_hour": 167}, {}]
    found = hours(made.engine, made.timed(*rows))
    assert list(found["hour"]) == list(range(168))
    assert found["arrived"].sum() == 2
    assert found.loc[9, "arrived"] == 2
    assert {33, 167} == set(found.loc[found["answered"] > 0, "hour"])


def test_a_month_is_that_of_the_datas_zone(made: Rows) -> None:
    new_year = 1_767_225_600  # 2026-01-01 00:00 UTC
    rows = made.timed(
        {"handed_at": new_year - 1}, {"handed_at": new_year}, {"handed_at": new_year + 70 * DAY}, {"handed_at": None}
    )
    for zone, months in (
        ("UTC", ["2025-12", "2026-01", "2026-03"]),
        ("Asia/Tokyo", ["2026-01", "2026-01", "2026-03"]),
        ("America/New_York", ["2025-12", "2025-12", "2026-03"]),
    ):
        found = made.engine.collect(by_month(rows, made.engine, ZoneInfo(zone)))
        assert list(found.sort_values("unit")["segment"]) == months, zone
    assert made.engine.collect(by_month(made.timed(), made.engine, ZoneInfo("UTC"))).empty

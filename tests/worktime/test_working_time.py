"""Working time against an oracle that counts minutes, and the rules that hold between its questions."""

from datetime import date
from pathlib import Path
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from core.engine import Engine
from core.worktime import (
    Calendar,
    Hours,
    Shift,
    Slots,
    backwards,
    between_each,
    default_calendar,
    round_the_clock,
    slot_width,
    slots,
)
from tests.worktime.oracle import CALENDARS, CHANGES, Oracle, at, weekdays

SINCE, UNTIL = at("2025-02-20"), at("2026-05-01")
NINE_TO_FIVE = default_calendar("UTC")


def random_cases(count: int) -> pd.DataFrame:
    """Calendar and two instants: around changes of the clock, around holidays, anywhere; an eighth backwards."""
    rng = np.random.default_rng(20260123)
    around = np.array([*CHANGES, at("2025-12-25"), at("2026-01-01"), at("2026-01-26"), at("2026-04-03")])
    starts = rng.choice(around, count) + rng.integers(-3 * 86_400, 2 * 86_400, count)
    ends = starts + rng.integers(-86_400 // 2, 7 * 86_400 // 2, count)
    whole = rng.random(count) < 0.5
    starts[whole], ends[whole] = starts[whole] // 60 * 60, ends[whole] // 60 * 60
    return pd.DataFrame({"calendar": rng.integers(0, len(CALENDARS), count), "start": starts, "end": ends})


@pytest.fixture(scope="module")
def cases() -> pd.DataFrame:
    made = random_cases(1_500)
    oracles = [Oracle(calendar) for calendar in CALENDARS]
    made["seconds"] = [oracles[code].seconds(start, end) for code, start, end in made.to_numpy().tolist()]
    return made


def test_the_random_cases_hold_what_they_are_to_hold(cases: pd.DataFrame) -> None:
    assert cases["calendar"].nunique() == 5
    assert (cases["end"] < cases["start"]).sum() > 100
    assert (cases["seconds"] > 0).sum() > 700
    over_a_change = [((cases["start"] < change) & (cases["end"] > change)).sum() for change in CHANGES]
    assert min(over_a_change) > 20


def test_every_method_counts_what_the_minutes_on_the_wall_say(cases: pd.DataFrame) -> None:
    codes, starts, ends = (cases[name].to_numpy() for name in ("calendar", "start", "end"))
    expected = cases["seconds"].tolist()
    for code, calendar in enumerate(CALENDARS):
        mine = cases[cases["calendar"] == code]
        found = Hours.of(calendar, SINCE, UNTIL).between(mine["start"].to_numpy(), mine["end"].to_numpy())
        assert found.tolist() == mine["seconds"].tolist(), calendar.name
    assert between_each(CALENDARS, codes, starts, ends).tolist() == expected
    flagged = backwards(starts, ends)
    assert flagged.tolist() == (cases["end"] < cases["start"]).tolist()
    assert set(cases["seconds"][flagged]) == {0}


def test_the_slots_joined_on_the_engine_count_the_same(cases: pd.DataFrame, tmp_path: Path) -> None:
    width = slot_width(CALENDARS)
    assert width == 60, "one of the calendars closes at 05:07"
    few = [CALENDARS[0], CALENDARS[2]]
    rows = cases[cases["calendar"].isin([0, 2])].reset_index(names="row")
    rows["calendar"] = [CALENDARS[code].id for code in rows["calendar"]]
    width = slot_width(few)
    with Engine(tmp_path) as engine:
        table = engine.frame(
            slots(few, int(rows[["start", "end"]].min().min()), int(rows[["start", "end"]].max().max()))
        )
        lazy = engine.frame(rows)
        for name in ("start", "end"):
            slot = table.select("calendar", "cum", "open", "slot").rename({"slot": f"slot_{name}"})
            lazy = lazy.with_columns(**{f"slot_{name}": nw.col(name) // width})
            lazy = lazy.join(slot, on=["calendar", f"slot_{name}"], how="inner")
            inside = nw.when(nw.col("open")).then(nw.col(name) - nw.col(f"slot_{name}") * width).otherwise(0)
            lazy = lazy.with_columns(**{f"until_{name}": nw.col("cum") + inside}).drop("cum", "open")
        found = engine.collect(lazy.sort("row"))
    assert len(found) == len(rows)
    assert (found["until_end"] - found["until_start"]).clip(lower=0).tolist() == rows["seconds"].tolist()


def test_slots_say_which_hour_of_the_week_it_is_there() -> None:
    made = slots([CALENDARS[2]], at("2026-01-05"), at("2026-01-06"))
    assert set(made.dtypes.astype(str)) == {"str", "int64", "bool"}
    first = made[made["slot"] * 900 == at("2026-01-05 00:00", "Asia/Kolkata") + 86_400]
    assert first["hour"].tolist() == [24]
    assert Hours.of(CALENDARS[2], SINCE, UNTIL).hour_of_week(made["slot"].to_numpy() * 900).tolist() == list(
        made["hour"]
    )
    assert not made["open"][made["hour"] % 24 < 10].any()


FRIDAY = at("2026-01-09 16:30")


@pytest.mark.parametrize(("touched", "minutes"), [("2026-01-12 09:20", 50), ("2026-01-12 09:31", 61)])
def test_golden_case_5_a_hand_off_on_friday_afternoon(touched: str, minutes: int) -> None:
    hours = Hours.of(NINE_TO_FIVE, FRIDAY, FRIDAY)
    assert hours.between(np.array([FRIDAY]), np.array([at(touched)])).tolist() == [60 * minutes]


@pytest.mark.parametrize(
    ("start", "minutes", "due"),
    [
        ("2026-01-09 15:00", 240, "2026-01-12 11:00"),
        ("2026-01-09 15:00", 120, "2026-01-09 17:00"),
        ("2026-01-09 17:00", 0, "2026-01-09 17:00"),
        ("2026-01-09 17:00", 1, "2026-01-12 09:01"),
        ("2026-01-10 12:00", 60, "2026-01-12 10:00"),
        ("2026-01-09 15:00", 100_000, "2026-10-29 09:40"),
    ],
)
def test_deadlines(start: str, minutes: int, due: str) -> None:
    hours = Hours.of(NINE_TO_FIVE, FRIDAY, FRIDAY)
    assert hours.deadline(np.array([at(start)]), 60 * minutes).tolist() == [at(due)]


def test_a_start_outside_the_hours_begins_at_the_next_opening() -> None:
    hours = Hours.of(NINE_TO_FIVE, FRIDAY, FRIDAY)
    asked = [at(day) for day in ("2026-01-09 17:00", "2026-01-10 12:00", "2026-01-12 08:59", "2026-01-12 10:15")]
    monday = at("2026-01-12 09:00")
    assert hours.opens_at(np.array(asked)).tolist() == [monday, monday, monday, asked[-1]]


def test_a_holiday_closes_the_day_on_which_a_shift_begins() -> None:
    nights = Calendar(
        id="n", name="Nights", zone="Europe/Berlin", country="DE", week=weekdays(("22:00", "06:00"), days=range(7))
    )
    hours = Hours.of(nights, SINCE, UNTIL)

    def night(day: int) -> int:
        noon = at(f"2025-12-{day} 12:00", "Europe/Berlin")
        return int(hours.between(np.array([noon]), np.array([noon + 86_400]))[0]) // 3600

    assert [night(day) for day in (23, 24, 25, 26, 27)] == [8, 8, 0, 0, 8]


def test_states_and_own_closing_days_count() -> None:
    day = np.array([at("2026-01-06", "Europe/Berlin")])
    week = weekdays(("09:00", "17:00"))
    different: dict[str, dict[str, Any]] = {
        "national": {"country": "DE"},
        "bavaria": {"country": "DE", "subdivision": "BY"},
        "own": {"closed": (date(2026, 1, 6),)},
    }
    made = {
        name: Hours.of(Calendar(id=name, name=name, zone="Europe/Berlin", week=week, **more), SINCE, UNTIL)
        for name, more in different.items()
    }
    worked = {name: int(hours.between(day, day + 86_400)[0]) // 3600 for name, hours in made.items()}
    assert worked == {"national": 8, "bavaria": 0, "own": 0}


def test_a_shift_over_a_change_of_the_clock_is_as_long_as_the_night_was() -> None:
    nights = Calendar(id="n", name="N", zone="Europe/Berlin", week=weekdays(("22:00", "06:00"), days=range(7)))
    hours = Hours.of(nights, SINCE, UNTIL)
    noons = np.array([at(f"{day} 12:00", "Europe/Berlin") for day in ("2025-10-25", "2026-03-28", "2026-03-30")])
    assert (hours.between(noons, noons + 22 * 3600) // 3600).tolist() == [9, 7, 8]


def test_round_the_clock_is_elapsed_time() -> None:
    always = [round_the_clock("America/New_York")]
    starts, ends = np.array(CHANGES[:-1]) - 5, np.array(CHANGES[1:]) + 7
    assert between_each(always, np.zeros(8, int), starts, ends).tolist() == np.maximum(ends - starts, 0).tolist()


def test_no_answer_depends_on_how_much_was_tabulated() -> None:
    narrow, wide = (Hours.of(CALENDARS[3], *span) for span in ((FRIDAY, FRIDAY), (SINCE, at("2031-01-01"))))
    starts = np.array([at("2019-05-04 22:17"), at("2026-02-28 23:59"), FRIDAY])
    ends = np.array([at("2019-06-01"), at("2029-03-01"), FRIDAY + 9])
    assert narrow.between(starts, ends).tolist() == wide.between(starts, ends).tolist()
    assert narrow.deadline(starts, 10**7).tolist() == wide.deadline(starts, 10**7).tolist()
    assert narrow.opens_at(ends).tolist() == wide.opens_at(ends).tolist()


def test_a_year_in_the_far_future_is_refused_rather_than_counted() -> None:
    with pytest.raises(ValueError, match="working time is told between"):
        Hours.of(NINE_TO_FIVE, FRIDAY, FRIDAY).between(np.array([FRIDAY]), np.array([253_402_300_799]))


def test_instants_outside_the_table_are_refused() -> None:
    table = Slots.of([NINE_TO_FIVE], FRIDAY, FRIDAY + 86_400)
    for codes, starts in (([0], [FRIDAY - 86_400]), ([1], [FRIDAY])):
        with pytest.raises(ValueError, match="not in the table"):
            table.between(np.array(codes), np.array(starts), np.array([FRIDAY]))


def test_a_zone_that_changed_its_clock_at_a_minute_past_midnight() -> None:
    week = [Shift(day=day, opens="23:30", closes="01:15") for day in range(7)]
    nights = Calendar(id="s", name="St John's", zone="America/St_Johns", week=week)
    assert slot_width([nights]) == 60
    assert slot_width([default_calendar("America/St_Johns")]) == 900
    change = at("2006-10-29 02:31")
    starts, ends = np.array([change - 86_400]), np.array([change + 86_400])
    oracle = Oracle(nights).seconds(int(starts[0]), int(ends[0]))
    assert between_each([nights], np.zeros(1, int), starts, ends).tolist() == [oracle]


def test_before_1972_there_are_no_slots_but_still_an_answer() -> None:
    calendar = default_calendar("Africa/Monrovia")
    assert slots([calendar], at("1971-06-01"), at("1972-01-09"))["slot"].min() * 900 == at("1972-01-08")
    start = np.array([at("1971-06-01 09:44:30")])
    found = between_each([calendar], np.zeros(1, int), start, start + 3600)
    assert found.tolist() == [3600]


instants = st.integers(SINCE, UNTIL)
calendars = st.sampled_from(CALENDARS)
TABLES = {calendar.id: Hours.of(calendar, SINCE, UNTIL) for calendar in CALENDARS}


@settings(max_examples=300)
@given(calendars, instants, st.integers(0, 10**6))
@example(CALENDARS[1], CHANGES[1], 3600)
def test_the_deadline_is_the_first_instant_at_which_the_limit_has_passed(
    calendar: Calendar, start: int, seconds: int
) -> None:
    hours, begun = TABLES[calendar.id], np.array([start])
    due = hours.deadline(begun, seconds)
    assert hours.between(begun, due).tolist() == [seconds]
    if seconds:
        assert hours.between(begun, due - 1).tolist() == [seconds - 1]
        assert hours.deadline(hours.opens_at(begun), seconds).tolist() == due.tolist()


@settings(max_examples=300)
@given(calendars, st.lists(instants, min_size=3, max_size=3))
def test_working_time_adds_up(calendar: Calendar, chosen: list[int]) -> None:
    first, middle, last = sorted(chosen)
    hours = TABLES[calendar.id]
    parts = hours.between(np.array([first, middle, first]), np.array([middle, last, last]))
    assert parts[0] + parts[1] == parts[2]
    assert 0 <= parts[2] <= last - first


@settings(max_examples=100)
@given(st.lists(st.tuples(st.integers(0, 4), instants, instants), min_size=1, max_size=30))
def test_slots_say_the_same_as_openings(asked: list[tuple[int, int, int]]) -> None:
    codes, starts, ends = np.array(asked).T
    expected = [
        int(TABLES[CALENDARS[code].id].between(np.array([start]), np.array([end]))[0]) for code, start, end in asked
    ]
    assert SLOTTED.between(codes, starts, ends).tolist() == expected


SLOTTED = Slots.of(CALENDARS, SINCE, UNTIL)

"""A calendar as it is filled in: what it comes to, and what is wrong with it, said beside its place."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.staff.form import Form, new_id
from core.staff.hours import shifts_of, week_told, written
from core.staff.preview import days_off, example, hours_per_day, long_shifts
from core.worktime import Calendar, country_names, default_calendar, round_the_clock, subdivisions_of, zone_names

GOOD = Form("Berlin", "Europe/Berlin", ("9-17", "9:00–17:00", "09.00 - 17.00", "9am-5pm", "9-12, 13 to 16", "", ""))
MIDDAY = int(datetime(2026, 1, 7, 12, tzinfo=UTC).timestamp())


def made(form: Form) -> Calendar:
    calendar, wrong = form.read("x", {})
    assert calendar is not None, wrong
    return calendar


def test_hours_are_read_as_people_write_them() -> None:
    calendar = made(GOOD)
    assert hours_per_day(calendar)["minutes"].tolist() == [480, 480, 480, 480, 360, 0, 0]
    assert week_told(calendar.week) == "Monday to Thursday 09–17, Friday 09–12 and 13–16"
    assert Form.of(calendar).hours == (*["09:00–17:00"] * 4, "09:00–12:00, 13:00–16:00", "", "")


@pytest.mark.parametrize(
    ("changes", "places", "words"),
    [
        ({"zone": "Europe/Berln"}, ["zone"], ['"Europe/Berlin"']),
        ({"zone": ""}, ["zone"], ["like Europe/Berlin"]),
        ({"name": " "}, ["name"], ["no name"]),
        ({"name": "OFFICE"}, ["name"], ['"OFFICE" already']),
        ({"hours": ("",) * 7}, ["week"], ["no working hour in the whole week"]),
        ({"hours": ("9-17, 16-20", *[""] * 6)}, ["day0"], ["Monday 09:00–17:00 and Monday 16:00–20:00 overlap"]),
        ({"hours": ("5-9", *[""] * 5, "22-6")}, ["week"], ["Sunday 22:00–06:00 and Monday 05:00–09:00 overlap"]),
        ({"hours": ("early", "9-25", *[""] * 5)}, ["day0", "day1"], ['"early" is no span', '"25:00"']),
        ({"hours": ("9-17 please", *[""] * 6)}, ["day0"], ["09:00–17:00"]),
        ({"country": "Germny"}, ["country"], ['"DE"']),
        ({"country": "XX"}, ["country"], ["two letters"]),
        ({"subdivision": "BY"}, ["country"], ["needs its country"]),
        ({"country": "DE", "subdivision": "XY"}, ["subdivision"], ["DE has no state or region"]),
        ({"closed": "24.12.2026"}, ["closed"], ["like 2026-12-24"]),
        ({"closed": "2026-02-30"}, ["closed"], ["is no day"]),
        ({"closed": "2026-12-31 to 2026-12-24"}, ["closed"], ["first day comes first"]),
        (
            {"zone": "Mars/Base", "hours": ("9-17, 16-20", *[""] * 6), "country": "DE", "subdivision": "XY"},
            ["zone", "day0", "subdivision"],
            ["overlap", "no time zone", "no state"],
        ),
    ],
)
def test_everything_that_is_wrong_is_said_beside_its_place(
    changes: dict[str, object], places: list[str], words: list[str]
) -> None:
    calendar, wrong = replace(GOOD, **changes).read("berlin", {"office": "Office", "berlin": "Berlin"})  # type: ignore[arg-type]
    assert calendar is None
    assert sorted(wrong) == sorted(places)
    said = " ".join(str(error) for error in wrong.values())
    assert all(error.hint for error in wrong.values())
    for word in words:
        assert word in said


def test_a_country_and_its_region_may_be_called_by_their_names() -> None:
    calendar = made(replace(GOOD, country="germany", subdivision="Bayern"))
    assert (calendar.country, calendar.subdivision) == ("DE", "BY")


TIMES = st.integers(0, 24 * 12 - 1).map(lambda place: f"{place // 12:02}:{place % 12 * 5:02}")


@given(
    zone=st.sampled_from(sorted(zone_names())),
    shifts=st.dictionaries(st.integers(0, 6), st.tuples(TIMES, TIMES), min_size=1, max_size=7),
    country=st.sampled_from(["", *sorted(country_names())]),
    closed=st.lists(st.dates(date(2024, 1, 1), date(2030, 1, 1)), max_size=8),
)
@settings(max_examples=60)
def test_a_calendar_survives_the_form(
    zone: str, shifts: dict[int, tuple[str, str]], country: str, closed: list[date]
) -> None:
    regions = subdivisions_of(country)
    hours = tuple(f"{shifts[day][0]} - {shifts[day][1]}" if day in shifts else "" for day in range(7))
    form = Form("X", zone, hours, country, regions[0] if regions else "", ", ".join(map(str, closed)))
    calendar, wrong = form.read("x", {})
    if calendar is None:
        assert "overlap" in wrong["week"].message
        assert len(wrong) == 1
        return
    assert made(Form.of(calendar)) == calendar
    for day in range(7):
        own = [shift for shift in calendar.week if shift.day == day]
        assert shifts_of(day, written(own)) == tuple(own)


def test_the_worked_example_goes_over_the_pause() -> None:
    assert str(example(default_calendar("UTC"), as_of=MIDDAY, seconds=4 * 3600)) == (
        "Fri 9 Jan 15:00 + 4 h is Mon 12 Jan 11:00"
    )
    good_friday = int(datetime(2026, 3, 31, 12, tzinfo=UTC).timestamp())
    easter = made(replace(GOOD, country="DE"))
    assert str(example(easter, as_of=good_friday, seconds=4 * 3600)) == "Thu 2 Apr 15:00 + 4 h is Tue 7 Apr 11:00"
    always = example(round_the_clock("Asia/Kolkata"), as_of=MIDDAY, seconds=5400)
    assert str(always) == "Wed 7 Jan 17:30 + 1 h 30 min is Wed 7 Jan 19:00"
    once = made(replace(GOOD, hours=("22-22:30", *[""] * 6)))
    assert str(example(once, as_of=MIDDAY, seconds=1800)) == "Mon 12 Jan 22:15 + 30 min is Mon 19 Jan 22:15"


def test_the_next_days_off_are_those_that_take_working_time() -> None:
    calendar = made(replace(GOOD, country="DE", subdivision="BY", closed="2026-04-02, 2026-04-04, 2026-04-06"))
    found = days_off(calendar, after=date(2026, 4, 1), most=4)
    assert found.to_dict("records") == [
        {"day": "2026-04-02", "weekday": "Thursday", "what": "closing day"},
        {"day": "2026-04-03", "weekday": "Friday", "what": "Good Friday"},
        {"day": "2026-04-06", "weekday": "Monday", "what": "Easter Monday"},
        {"day": "2026-05-01", "weekday": "Friday", "what": "Labor Day"},
    ]
    assert days_off(default_calendar("UTC"), after=date(2026, 4, 1)).empty


def test_a_shift_of_twenty_hours_is_asked_about() -> None:
    assert [str(shift) for shift in long_shifts(made(replace(GOOD, hours=("9-5", "22-6", *[""] * 5))))] == [
        "Monday 09:00–05:00"
    ]
    assert long_shifts(round_the_clock("UTC")) == ()


def test_ids_are_never_given_twice() -> None:
    taken: dict[str, str] = {}
    for name in ("Berlin", "berlin", "BERLIN!", "東京", "***", "always"):
        taken[new_id(name, taken)] = name
    assert list(taken) == ["berlin", "berlin-2", "berlin-3", "東京", "calendar", "always-2"]

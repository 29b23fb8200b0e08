"""A calendar that cannot be is answered in words, with its place and a way out."""

from typing import Any

import pytest

from core.errors import CalendarInvalid
from core.worktime import Calendar, Shift, country_names, default_calendar, parse_calendar, subdivisions_of


def given(**changes: Any) -> dict[str, Any]:
    week = [{"day": day, "opens": "09:00", "closes": "17:00"} for day in range(5)]
    return {"id": "x", "name": "X", "zone": "Europe/Berlin", "week": week, **changes}


def shift(day: int, opens: str, closes: str) -> dict[str, Any]:
    return {"day": day, "opens": opens, "closes": closes}


@pytest.mark.parametrize(
    ("changes", "place", "words"),
    [
        ({"zone": "Berlin"}, "zone", ['no time zone "Berlin"', '"Europe/Berlin"']),
        ({"zone": "Europe/Berln"}, "zone", ['"Europe/Berlin"']),
        ({"zone": "new york"}, "zone", ['"America/New_York"']),
        ({"zone": "CEST+1"}, "zone", ["like Europe/Berlin"]),
        ({"zone": "../../etc/passwd"}, "zone", ["no time zone"]),
        ({"country": "Germany"}, "country", ['"Germany"', '"DE"']),
        ({"country": "XX"}, "country", ["two letters"]),
        ({"country": "DE", "subdivision": "XY"}, "subdivision", ["DE has no state", "BY"]),
        ({"subdivision": "BY"}, "country", ["needs its country"]),
        ({"week": []}, "week", ["no working hour"]),
        ({"week": [shift(0, "09:00", "17:00"), shift(0, "16:00", "20:00")]}, "week", ["Monday 09:00–17:00", "16:00"]),
        ({"week": [shift(0, "22:00", "06:00"), shift(1, "05:00", "09:00")]}, "week", ["Monday 22:00", "Tuesday 05:00"]),
        ({"week": [shift(6, "22:00", "06:00"), shift(0, "05:59", "09:00")]}, "week", ["Sunday 22:00", "Monday 05:59"]),
        ({"week": [shift(2, "09:00", "09:00"), shift(3, "08:00", "10:00")]}, "week", ["Wednesday", "Thursday"]),
        ({"week": [shift(2, "09:00", "17:00")] * 2}, "week", ["overlap"]),
        ({"week": [shift(0, "9 o'clock", "17:00")]}, "week", ["9 o'clock", "09:00"]),
        ({"week": [shift(0, "24:00", "05:00")]}, "week", ["cannot open at 24:00"]),
        ({"week": [shift(0, "25:00", "05:00")]}, "week", ['"25:00"']),
        ({"week": [shift(7, "09:00", "17:00")]}, "week", ['"7" is no day']),
        ({"closed": ["31.12.2026"]}, "closed.0", ["cannot be read at closed.0"]),
        ({"hours": 8}, "hours", ["cannot be read at hours"]),
    ],
)
def test_what_is_wrong_with_a_calendar_is_said_in_words(changes: dict[str, Any], place: str, words: list[str]) -> None:
    with pytest.raises(CalendarInvalid) as refused:
        parse_calendar(given(**changes))
    assert refused.value.place == place
    assert refused.value.hint
    for word in words:
        assert word in str(refused.value)


@pytest.mark.parametrize(
    "week",
    [
        [shift(6, "22:00", "06:00"), shift(0, "06:00", "14:00")],
        [shift(day, "00:00", "24:00") for day in range(7)],
        [shift(day, "00:00", "00:00") for day in range(7)],
        [shift(3, "12:00", "12:00")],
        [shift(0, "9:00", "12:30"), shift(0, "12:30", "17:00")],
    ],
)
def test_hours_that_touch_do_not_overlap(week: list[dict[str, Any]]) -> None:
    assert len(parse_calendar(given(week=week)).week) == len(week)


def test_a_calendar_survives_being_written_down() -> None:
    calendar = parse_calendar(given(country="DE", subdivision="BE", closed=["2026-12-31"]))
    assert Calendar.model_validate_json(calendar.model_dump_json()) == calendar
    assert hash(calendar) == hash(Calendar.model_validate_json(calendar.model_dump_json()))


def test_an_empty_field_of_the_form_is_none() -> None:
    assert parse_calendar(given(country="", subdivision="")).country is None


def test_the_usual_hours_are_monday_to_friday_nine_to_five() -> None:
    calendar = default_calendar("Asia/Tokyo")
    assert calendar.zone == "Asia/Tokyo"
    assert calendar.week == tuple(Shift(day=day, opens="09:00", closes="17:00") for day in range(5))


def test_every_country_offered_can_be_chosen() -> None:
    for code in country_names():
        parse_calendar(given(country=code))
    assert "CA" in subdivisions_of("US")

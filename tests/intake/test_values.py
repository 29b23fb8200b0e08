"""One agreed format per column; what two readings fit is asked, never guessed."""

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import MappingInvalid
from core.intake import Mapping, numbers
from core.intake.dates import agree, parse
from core.settings import Settings

if TYPE_CHECKING:
    from tests.intake.conftest import Desk

BERLIN = Settings(zone="Europe/Berlin")


def leads(*dates: str, header: str = "Created Date") -> str:
    return f"Lead ID,Email,{header}\n" + "".join(f"L{at},a@b.org,{date}\n" for at, date in enumerate(dates))


def at(text: str, zone: str = "UTC") -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp())


@pytest.mark.parametrize(
    ("written", "name", "meant", "precision"),
    [
        ("2018-02-01", "2026-12-31", "2018-02-01", "day"),
        ("2018-02-26 19:58:54", "2026-12-31", "2018-02-26 19:58:54", "instant"),
        ("2018-02-26T19:58:54.123", "2026-12-31", "2018-02-26 19:58:54", "instant"),
        ("2018.02.26 19:58", "2026.12.31", "2018-02-26 19:58", "instant"),
        ("26.02.2018", "31.12.2026", "2018-02-26", "day"),
        ("2018/2/6", "2026/12/31", "2018-02-06", "day"),
        ("26/02/2018 19:58", "31/12/2026", "2018-02-26 19:58", "instant"),
        ("2/26/2018 7:58 PM", "12/31/2026", "2018-02-26 19:58", "instant"),
        ("2/26/18 12:05 am", "12/31/2026", "2018-02-26 00:05", "instant"),
        ("26-02-2018", "31-12-2026", "2018-02-26", "day"),
        ('"15 Apr, 2021 00:03:00"', "31 Dec 2026", "2021-04-15 00:03", "instant"),
        ("26-Feb-2018", "31 Dec 2026", "2018-02-26", "day"),
        ('"Feb 26, 2018"', "Dec 31, 2026", "2018-02-26", "day"),
        ("20180226", "20261231", "2018-02-26", "day"),
    ],
)
def test_formats(desk: "Desk", written: str, name: str, meant: str, precision: str) -> None:
    reading = desk.read(leads(written), settings=BERLIN)
    assert reading.columns[2].format == name
    event = desk.table(reading, "events").iloc[0]
    assert event["happened_at"] == at(meant, "Europe/Berlin")
    assert event["precision"] == precision
    assert event["day"] == (datetime.fromisoformat(meant[:10]) - datetime(1970, 1, 1)).days  # noqa: DTZ001


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2018-02-26T23:30:00Z", "2018-02-26 23:30"),
        ("2018-02-26T23:30:00.000+0000", "2018-02-26 23:30"),
        ("2018-02-27T00:30:00+01:00", "2018-02-26 23:30"),
        ("2018-02-26 23:30:00 UTC", "2018-02-26 23:30"),
        ("1519687800", "2018-02-26 23:30"),
        ("1519687800000", "2018-02-26 23:30"),
    ],
)
def test_a_stated_zone_wins_and_the_day_is_local(desk: "Desk", written: str, meant: str) -> None:
    event = desk.table(desk.read(leads(written), settings=BERLIN), "events").iloc[0]
    assert event["happened_at"] == at(meant)
    assert event["day"] == (datetime(2018, 2, 27) - datetime(1970, 1, 1)).days  # noqa: DTZ001


def test_clock_changes(desk: "Desk") -> None:
    reading = desk.read(leads("2026-03-29 02:30:00", "2026-10-25 02:30:00", "2026-10-25 03:30:00"), settings=BERLIN)
    found = desk.table(reading, "leads")["created_at"].tolist()
    assert found == [at("2026-03-29 01:30"), at("2026-10-25 00:30"), at("2026-10-25 02:30")]


def test_midnight_in_every_row_is_a_day(desk: "Desk") -> None:
    reading = desk.read(leads("2026-01-02 00:00:00", "2026-01-03 00:00:00"))
    assert set(desk.table(reading, "events")["precision"]) == {"day"}
    assert [each.code for each in reading.notices] == ["DAYS_ONLY"]


def test_an_order_that_two_readings_fit_is_asked(desk: "Desk") -> None:
    content = leads("03/04/2026", "05/06/2026")
    asked = desk.read(content)
    assert asked.undecided
    assert (asked.staged, asked.facts) == ({}, {})
    [question] = asked.questions
    assert (question.id, question.proposed) == ("date-order:Created Date", None)
    assert question.examples == ("03/04/2026", "05/06/2026")
    for answer, meant in (("day-first", "2026-04-03"), ("month-first", "2026-03-04")):
        reading = desk.read(content, answers={question.id: answer})
        assert not reading.undecided
        assert not reading.questions
        assert desk.table(reading, "leads")["created_at"].iloc[0] == at(meant)
        assert reading.mapping.answers == {question.id: answer}
        again = desk.read(content, remembered={reading.fingerprint: reading.mapping.model_dump()})
        assert not again.undecided
    with pytest.raises(MappingInvalid, match="day-first"):
        desk.read(content, answers={question.id: "dayfirst"})
    stated = desk.read(content, mapping=Mapping(formats={"Created Date": "31/12/2026"}))
    assert stated.columns[2].format == "31/12/2026"


def test_one_value_decides_an_order_wherever_it_stands(desk: "Desk") -> None:
    reading = desk.read(leads(*["03/04/2026"] * 3, *[f"{day:02d}/04/2026" for day in range(1, 13)], "13/04/2026"))
    assert reading.columns[2].format == "31/12/2026"


def test_days_that_both_orders_read_alike_are_not_asked(desk: "Desk") -> None:
    assert not desk.read(leads("03/03/2026", "04/04/2026")).questions


def test_another_column_of_the_file_decides(desk: "Desk") -> None:
    content = "Lead ID,Email,Created Date,MQL Date\nL1,a@b.org,03/04/2026,25/12/2026\nL2,a@b.org,05/06/2026,\n"
    reading = desk.read(content)
    assert not reading.undecided
    assert [(each.id, each.proposed) for each in reading.questions] == [("date-order:Created Date", "day-first")]
    assert [each.code for each in reading.notices] == ["DATE_ORDER"]
    assert desk.table(reading, "leads")["created_at"].iloc[0] == at("2026-04-03")


def test_two_columns_that_disagree_decide_nothing(desk: "Desk") -> None:
    content = "Lead ID,Email,Created Date,MQL Date,SQL Date\nL1,a@b.org,03/04/2026,25/12/2026,12/25/2026\n"
    assert [(each.id, each.proposed) for each in desk.read(content).questions] == [("date-order:Created Date", None)]


def test_a_column_of_both_orders_is_asked_with_the_better_one(desk: "Desk") -> None:
    reading = desk.read(leads("25/12/2026", "26/12/2026", "12/27/2026"))
    assert [(each.id, each.proposed) for each in reading.questions] == [("date-order:Created Date", "day-first")]
    assert desk.problems(reading) == [(4, "BAD_DATE")]


@given(st.dates(datetime(1950, 1, 1).date(), datetime(2090, 1, 1).date()), st.sampled_from(["%Y-%m-%d", "%d.%m.%Y"]))  # noqa: DTZ001
def test_days_agree_with_the_standard_library(day: "datetime", form: str) -> None:
    values = pa.array([day.strftime(form)])
    name = agree(values).name
    assert name is not None
    assert parse(values, name).local[0] // 86_400 == day.toordinal() - 719_163


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("1200", "1200"),
        ("1,200.50", "1200.50"),
        ("$1 200.5", "1200.5"),
        ("(45)", "-45"),
        ("EUR 12", "12"),
        ("12 €", "12"),
    ],
)
def test_numbers(written: str, value: str) -> None:
    assert numbers.number(written, numbers.POINT) == Decimal(value)


@given(st.decimals(-(10**9), 10**9, places=2))
def test_amounts_keep_every_cent(amount: Decimal) -> None:
    for style, text in (
        (numbers.POINT, f"{amount:,.2f}"),
        (numbers.COMMA, f"{amount:,.2f}".translate(str.maketrans(",.", ".,"))),
    ):
        read = numbers.number(text, style)
        assert read is not None
        assert numbers.minor(read, "EUR") == int(amount * 100)


def test_a_decimal_sign_that_two_readings_fit_is_asked(desk: "Desk") -> None:
    content = "Opportunity ID,Stage,Close Date,Amount\nD1,Won,2026-01-01,1.200\nD2,Won,2026-01-02,3.500\n"
    [question] = desk.read(content).questions
    assert (question.id, question.proposed) == ("decimal:Amount", None)
    assert question.options == (("point", "1.200 is 1.2"), ("comma", "1.200 is 1200"))
    for answer, cents in (("point", 120), ("comma", 120_000)):
        deals = desk.table(desk.read(content, answers={question.id: answer}), "deals")
        assert deals["amount_minor"].iloc[0] == cents


def test_a_german_export(desk: "Desk") -> None:
    content = (
        "Lead ID;Email;Employees;Score;Created Date\nL1;a@b.org;1.200;45,5;01.03.2026\nL2;a@c.org;12;7;02.03.2026\n"
    )
    reading = desk.read(content, settings=BERLIN)
    assert [(each.id, each.proposed) for each in reading.questions] == [("decimal:Employees", "comma")]
    found = desk.table(reading, "leads").iloc[0]
    assert (found["employees"], found["behaviour_score"]) == (1200.0, 45.5)
    assert found["created_at"] == at("2026-03-01", "Europe/Berlin")


def test_minor_units_follow_the_currency(desk: "Desk") -> None:
    content = (
        "Opportunity ID,Stage,Close Date,Amount,Currency\n"
        "D1,Won,2026-01-01,1054.10,EUR\nD2,Won,2026-01-01,1054,jpy\nD3,Won,2026-01-01,1.054,KWD\nD4,Won,2026-01-01,7,€\n"
    )
    reading = desk.read(content, settings=Settings(currency="USD"))
    deals = desk.table(reading, "deals")
    assert deals["amount_minor"].tolist() == [105410, 1054, 1054, 700]
    assert deals["currency"].tolist() == ["EUR", "JPY", "KWD", "USD"]
    assert desk.problems(reading) == [(5, "BAD_CURRENCY")]

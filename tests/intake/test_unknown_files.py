"""A file that is no known export is asked about where it speaks of leads, deals or events."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.intake.conftest import Desk

REST = "Email,Lead Source,Lead Owner,Status,Created Date,MQL Date,Amount"
ROW = "a{0}@example.org,Web,Ann,MQL,2026-03-0{0},2026-03-0{0},{0}"


def made(header: str, row: str) -> str:
    return "\n".join([header, *(row.format(number) for number in range(1, 8))]) + "\n"


@pytest.mark.parametrize(
    ("header", "row", "likely"),
    [
        (f"Record,{REST}", "L{0}," + ROW, "leads"),
        (f"#,{REST}", "{0}," + ROW, "leads"),
        ("Name,Lead Status", "Ann {0},MQL", "leads"),
        ("Mead ID,Lead Owner,Lead Status", "L{0},Ann,MQL", "leads"),
        ("Vorgang,Betrag,Phase", "D{0},{0},Neu", "deals"),
        ("case:name,activity,time:timestamp", "{0},Hand in,2026-03-0{0}T10:00:08", "history"),
    ],
)
def test_what_one_row_is_is_asked(desk: "Desk", header: str, row: str, likely: str) -> None:
    reading = desk.read(made(header, row))
    assert reading.undecided
    assert [question.id for question in reading.questions] == ["table"]
    value, label = reading.questions[0].options[0]
    assert value == likely
    assert "(likely, by " in label
    assert {value for value, _ in reading.questions[0].options} >= {"leads", "deals", "lookup"}


def test_the_answer_settles_it(desk: "Desk") -> None:
    reading = desk.read(made(f"Record,{REST}", "L{0}," + ROW), answers={"table": "leads", "id-column": "Record"})
    assert not reading.undecided
    assert reading.facts["leads"] == 7
    looked_up = desk.read(made(f"Record,{REST}", "L{0}," + ROW), answers={"table": "lookup"})
    assert (looked_up.shape, looked_up.undecided) == ("lookup", False)


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("seller_id,seller_zip_code_prefix,seller_city,seller_state", "s{0},1{0},campinas,SP"),
        ("account,sector,year_established,revenue,employees,office_location", "A{0},retail,1999,{0},5,Japan"),
        ("product,series,sales_price", "P{0},GTX,{0}"),
        ("Account ID,Account Name,Account Owner,Annual Revenue,Created Date", "A{0},Acme {0},Ann,{0},2026-03-0{0}"),
    ],
)
def test_tables_to_look_things_up_in_are_not_asked_about(desk: "Desk", header: str, row: str) -> None:
    reading = desk.read(made(header, row))
    assert (reading.shape, reading.questions) == ("lookup", ())


def test_a_plain_list_of_leads_is_not_pipedrives(desk: "Desk") -> None:
    plain = desk.read(made("Lead ID,Email,Lead Source,Lead Owner", "L{0},a{0}@example.org,Web,Ann"))
    assert (plain.shape, plain.system) == ("leads", "Any system leads")
    theirs = desk.read(made("Lead - ID,Lead - Title,Lead - Owner", "L{0},T,Ann"))
    assert theirs.system == "Pipedrive leads"


def test_german_deals_and_loaded_contacts_are_known(desk: "Desk") -> None:
    assert desk.read(made("Deal-ID;Phase;Betrag", "D{0};Neu;{0}")).shape == "deals"
    loaded = desk.read(made("id,property_email,property_company", "{0},a{0}@example.org,Acme"))
    assert (loaded.shape, loaded.facts["leads"]) == ("leads", 7)


def test_published_deals_are_asked_about(desk: "Desk", shared: Callable[[str], Path]) -> None:
    reading = desk.read(shared("fivetran_dbt_hubspot/deal_data.csv"))
    assert reading.undecided
    said = desk.read(shared("fivetran_dbt_hubspot/deal_data.csv"), answers={"table": "deals"})
    assert {column.name: column.field for column in said.columns}["deal_id"] == "deal_id"

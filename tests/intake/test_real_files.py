"""Real exports give the numbers that are known of them."""

import csv
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from core.intake import Reading
from core.settings import Settings

if TYPE_CHECKING:
    from tests.intake.conftest import Desk

OLIST = "olist/original/olist_{}_dataset.csv"
DOTTED = "olist/variant_semicolon_bom_dotdates/olist_{}_dataset.csv"


def all_in(reading: Reading, rows: int) -> None:
    counts = reading.counts
    assert (counts.accepted, counts.total) == (rows, rows + 1)
    assert not reading.undecided
    assert not reading.questions


def american(source: Path, columns: tuple[str, ...]) -> str:
    """The same rows with dates as 2/26/2018 19:58."""
    with source.open(encoding="utf-8", newline="") as file:
        header, *rows = list(csv.reader(file))
    out = [",".join(header)]
    for row in rows:
        for name in columns:
            at = header.index(name)
            row[at] = re.sub(
                r"(\d{4})-(\d\d)-(\d\d)( \d\d:\d\d)?(:\d\d)?",
                lambda said: f"{int(said[2])}/{int(said[3])}/{said[1]}{said[4] or ''}",
                row[at],
            )
        out.append(",".join(f'"{cell}"' for cell in row))
    return "\n".join(out) + "\n"


def test_olist_leads_and_their_variants(desk: "Desk", shared: Callable[[str], Path]) -> None:
    source = shared(OLIST.format("marketing_qualified_leads"))
    found = {}
    for name, content in (
        ("original", source),
        ("dotted", shared(DOTTED.format("marketing_qualified_leads"))),
        ("american", american(source, ("first_contact_date",))),
    ):
        reading = desk.read(content)
        all_in(reading, 8000)
        assert reading.system == "Olist marketing qualified leads"
        assert reading.facts == {"leads": 8000, "events": 8000}
        events = desk.table(reading, "events")
        assert set(events["name"]) == {"MQL"}
        assert set(events["precision"]) == {"day"}
        found[name] = (desk.table(reading, "leads"), events.set_index("lead_id")["day"].sort_index())
    leads, days = found["original"]
    assert leads["source"].isna().sum() == 60
    assert (leads["source"] == "unknown").sum() == 1099
    assert str(pd.Timestamp(int(days.min()), unit="D").date()) == "2017-06-14"
    for name in ("dotted", "american"):
        assert set(found[name][0]["lead_id"]) == set(leads["lead_id"])
        pd.testing.assert_series_equal(found[name][1], days)


def test_olist_deals_and_their_variants(desk: "Desk", shared: Callable[[str], Path]) -> None:
    source = shared(OLIST.format("closed_deals"))
    found = []
    for content in (source, shared(DOTTED.format("marketing_closed_deals")), american(source, ("won_date",))):
        reading = desk.read(content)
        all_in(reading, 842)
        assert reading.facts == {"deals": 842, "events": 842}
        deals = desk.table(reading, "deals")
        assert set(deals["outcome"]) == {"won"}
        assert deals["amount_minor"].isna().all()
        assert deals["x:declared_monthly_revenue"].notna().all()
        assert deals["deal_id"].is_unique
        events = desk.table(reading, "events")
        assert set(events["name"]) == {"Won"}
        assert set(events["lead_id"]) == set(deals["lead_id"])
        found.append(deals.set_index("deal_id").sort_index())
    for other in found[1:]:
        assert other.index.tolist() == found[0].index.tolist()
        assert other["lead_id"].tolist() == found[0]["lead_id"].tolist()
        assert (other["closed_at"] == found[0]["closed_at"] // 60 * 60).all()


def test_olist_sellers_are_a_lookup(desk: "Desk", shared: Callable[[str], Path]) -> None:
    for place in (OLIST, DOTTED):
        reading = desk.read(shared(place.format("sellers")))
        all_in(reading, 3095)
        assert reading.facts == {"lookups": 3 * 3095}
        cells = desk.table(reading, "lookups")
        assert set(cells["lookup"]) == {"sellerid"}
        assert cells.loc[cells["column"] == "seller_zip_code_prefix", "value"].str.len().max() == 5


def test_maven(desk: "Desk", shared: Callable[[str], Path]) -> None:
    reading = desk.read(shared("maven_crm/sales_pipeline.csv"), settings=Settings(currency="USD"))
    all_in(reading, 8800)
    deals = desk.table(reading, "deals")
    assert deals["outcome"].value_counts().to_dict() == {"won": 4238, "lost": 2473, "open": 2089}
    won = deals[deals["outcome"] == "won"]
    assert won["amount_minor"].sum() == 1_000_553_400
    assert set(deals["currency"]) == {"USD"}
    assert deals["opened_at"].isna().all()
    assert deals.loc[deals["outcome"] == "open", "closed_at"].isna().all()
    events = desk.table(reading, "events")
    assert events["lead_id"].str.startswith("deal:").all()
    kinds = events.groupby(["name", "shape"]).size().to_dict()
    assert kinds == {
        ("Engaging", "date"): 8300,
        ("Won", "date"): 4238,
        ("Lost", "date"): 2473,
        ("Engaging", "status"): 1589,
        ("Prospecting", "status"): 500,
    }


@pytest.mark.parametrize(
    ("name", "table", "rows", "facts"),
    [("accounts", "lookups", 85, 510), ("products", "lookups", 7, 14), ("sales_teams", "people", 35, 35)],
)
def test_what_stands_beside_the_maven_pipeline(
    desk: "Desk", shared: Callable[[str], Path], name: str, table: str, rows: int, facts: int
) -> None:
    reading = desk.read(shared(f"maven_crm/{name}.csv"))
    all_in(reading, rows)
    assert reading.facts == {table: facts}
    if table == "people":
        people = desk.table(reading, "people")
        assert set(people["team"]) == {"Central", "East", "West"}
        assert people["manager"].nunique() == 6


@pytest.mark.parametrize(
    ("place", "shape"),
    [
        ("fivetran_dbt_salesforce/sf_lead_data.csv", "leads"),
        ("fivetran_dbt_salesforce/sf_opportunity_data.csv", "deals"),
        ("fivetran_dbt_salesforce/sf_task_data.csv", "touches"),
        ("fivetran_dbt_salesforce/sf_event_data.csv", "touches"),
        ("fivetran_dbt_salesforce/sf_user_data.csv", "people"),
        ("fivetran_dbt_salesforce/sf_account_data.csv", "lookup"),
        ("fivetran_dbt_hubspot/contact_property_history_data.csv", "history"),
        ("fivetran_dbt_marketo/marketo_lead_data.csv", "leads"),
        ("fivetran_dbt_marketo/marketo_activity_change_data_value_data.csv", "history"),
        ("fivetran_dbt_marketo/marketo_activity_click_email_data.csv", "touches"),
        ("zoho_crm/Leads.csv", "leads"),
        ("zoho_crm/Potentials.csv", "deals"),
        ("zoho_crm/Campaigns.csv", "campaigns"),
        ("zoho_crm/Users.csv", "people"),
        ("x_education/Leads.csv", "leads"),
    ],
)
def test_exports_of_other_systems_are_recognised(
    desk: "Desk", shared: Callable[[str], Path], place: str, shape: str
) -> None:
    reading = desk.read(shared(place))
    assert reading.shape == shape
    assert not reading.undecided
    assert reading.counts.accepted > 0


def test_the_sample_company(desk: "Desk") -> None:
    from core.samples import make

    paths = make(desk.folder / "sample")
    read = {name: desk.read(path) for name, path in paths.items()}
    assert {name: (each.shape, each.system) for name, each in read.items()} == {
        "leads": ("leads", "Salesforce leads"),
        "lead_history": ("history", "Salesforce lead history"),
        "tasks": ("touches", "Salesforce tasks and events"),
        "opportunities": ("deals", "Salesforce opportunities"),
        "users": ("people", "Salesforce users"),
    }
    assert read["opportunities"].counts.footer == 1
    assert all(not each.questions for each in read.values())

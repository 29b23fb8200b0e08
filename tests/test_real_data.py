"""Published data sets, counted once by Handoff and once by reading the text of the files."""

import csv
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from core.measures.cohort import UNKNOWN, Query
from core.report import Report
from core.workspace import Workspace
from tests.conftest import Handoff, imported, published

BY_SOURCE = {
    "organic search": (2296, 271),
    "paid search": (1586, 195),
    "social": (1350, 75),
    "unknown": (1099, 179),
    "direct traffic": (499, 56),
    "email": (493, 15),
    "referral": (284, 24),
    "other": (150, 4),
    "display": (118, 6),
    "other publicities": (65, 3),
    UNKNOWN: (60, 14),
}
"""Olist: source → leads and won."""


def rows(files: Iterable[Path], name: str) -> list[dict[str, str]]:
    """The rows of the file whose name contains these words, as text, whatever the delimiter."""
    (file,) = (file for file in files if name in file.name)
    lines = file.read_text(encoding="utf-8-sig").splitlines()
    return list(csv.DictReader(lines, delimiter=";" if ";" in lines[0] else ","))


def stage(answer: Any, name: str) -> Any:
    """One stage of a funnel or of one of its segments."""
    (found,) = (row for row in answer["stages"] if row["stage"] == name)
    return found


def by_segment(answer: Any, first: str, last: str) -> dict[str, tuple[int, int]]:
    """Segment → how many entered the first and the last stage."""
    return {
        part["segment"]: (stage(part, first)["entered"], stage(part, last)["entered"]) for part in answer["segments"]
    }


def holds(answer: Any) -> bool:
    """Does every stage, of every segment, account for every lead?"""
    ways = ("advanced", "rejected", "recycled", "disqualified", "lost", "stalled", "waiting")
    groups = [answer, *answer["segments"]]
    each = [row for group in groups for row in group["stages"]]
    parts = [stage(part, first["stage"])["entered"] for first in answer["stages"][:1] for part in answer["segments"]]
    whole = not parts or sum(parts) == answer["stages"][0]["entered"]
    return whole and answer["identity_holds"] and all(row["entered"] == sum(row[way] for way in ways) for row in each)


# --- Olist: leads in one file, the deals they became in another -------------------------------------------------------


def test_olist_counts_8000_leads_and_842_won(olist: Path, handoff: Handoff) -> None:
    told = handoff("funnel", "--workspace", olist, "--json")
    answer = told.json
    assert told.code == 0
    assert answer["leads"] == 8000
    assert answer["without_stage"] == 0
    assert stage(answer, "mql")["entered"] == 8000
    assert stage(answer, "won")["entered"] == 842
    assert stage(answer, "won")["reached"]["value"] == 0.10525
    assert stage(answer, "mql")["rate"] | {"low": None, "high": None} == {
        **{"value": 0.10525, "hits": 842, "n": 8000, "few": False},
        **{"low": None, "high": None},
    }
    assert answer["which_stage_is_this"] == []
    assert holds(answer)


def test_olist_by_source_keeps_unknown_and_not_stated_apart(olist: Path, handoff: Handoff) -> None:
    answer = handoff("funnel", "--workspace", olist, "--by", "source", "--json").json
    assert by_segment(answer, "mql", "won") == BY_SOURCE
    assert holds(answer)
    for source in ("social", "unknown", UNKNOWN):
        leads, won = BY_SOURCE[source]
        alone = handoff("funnel", "--workspace", olist, "--where", f"source={source}", "--json").json
        assert (stage(alone, "mql")["entered"], stage(alone, "won")["entered"]) == (leads, won), source


def test_olist_a_slow_count_of_the_text_says_the_same(
    olist: Path, olist_files: Sequence[Path], handoff: Handoff
) -> None:
    leads, deals = rows(olist_files, "qualified_leads"), rows(olist_files, "closed_deals")
    met = {lead["mql_id"]: lead["first_contact_date"] for lead in leads}
    source = {lead["mql_id"]: lead["origin"] or UNKNOWN for lead in leads}
    won = Counter(source[deal["mql_id"]] for deal in deals)
    assert {name: (number, won[name]) for name, number in Counter(source.values()).items()} == BY_SOURCE

    before = [deal["mql_id"] for deal in deals if deal["won_date"][:10] < met[deal["mql_id"]]]
    odd = handoff("funnel", "--workspace", olist, "--json").json["anomalies"]
    assert odd["reversed"] == {"leads": 1, "examples": before}
    assert set(odd) == {"reversed"}, "a day and an instant of that day are no tie"


def test_olist_the_deal_won_before_its_first_contact_is_listed_and_still_counted(olist: Path) -> None:
    with Workspace(olist) as here:
        report = Report(here, here.facts())
        odd = report.anomalies()
        (lead,) = odd.loc[odd["kind"] == "reversed", "lead_id"]
        assert lead in set(report.leads(Query(), "won", limit=None)["lead_id"])
        assert len(report.leads(Query(), "won", limit=None)) == 842
        assert list(report.timeline(lead)["stage"]) == ["Won", "MQL"]


def test_olist_months_of_first_contact_are_cohorts_that_add_up(
    olist: Path, olist_files: Sequence[Path], handoff: Handoff
) -> None:
    deals = {deal["mql_id"] for deal in rows(olist_files, "closed_deals")}
    months: dict[str, list[bool]] = defaultdict(list)
    for lead in rows(olist_files, "qualified_leads"):
        months[lead["first_contact_date"][:7]].append(lead["mql_id"] in deals)
    spans = {"2017-06": "30", "2018-01": "31", "2018-05": "31"}
    for month, last in spans.items():
        period = ("--start", f"{month}-01", "--end", f"{month}-{last}")
        answer = handoff("funnel", "--workspace", olist, *period, "--json").json
        assert stage(answer, "mql")["entered"] == len(months[month]), month
        assert stage(answer, "won")["entered"] == sum(months[month]), month


def test_olist_as_it_was_known_at_the_end_of_2017(olist: Path, olist_files: Sequence[Path], handoff: Handoff) -> None:
    leads = {lead["mql_id"]: lead["first_contact_date"] for lead in rows(olist_files, "qualified_leads")}
    known = {lead for lead, day in leads.items() if day <= "2017-12-31"}
    won = {deal["mql_id"] for deal in rows(olist_files, "closed_deals") if deal["won_date"] < "2018"}
    answer = handoff("funnel", "--workspace", olist, "--as-of", "2017-12-31", "--json").json
    assert answer["as_of"] == int(datetime.fromisoformat("2017-12-31T23:59:59+00:00").timestamp())
    assert stage(answer, "mql")["entered"] == len(known | won)
    assert stage(answer, "won")["entered"] == len(won)


@pytest.mark.usefixtures("reading_here")
def test_olist_exported_by_another_tool_gives_the_same_leads_and_totals(
    shared: Path, olist: Path, tmp_path: Path, handoff: Handoff
) -> None:
    files = published(shared, "olist", "variant_semicolon_bom_dotdates")
    folder = tmp_path / "variant"
    told = handoff("import", *files, "--workspace", folder, "--json")
    assert told.code == 0
    assert {result["encoding"] for result in told.files.values()} == {"utf-8-sig"}
    assert {result["delimiter"] for result in told.files.values()} == {";"}
    answer = handoff("funnel", "--workspace", folder, "--by", "source", "--json").json
    folded: Counter[str] = Counter()
    won: Counter[str] = Counter()
    for source, (leads, deals) in by_segment(answer, "mql", "won").items():
        folded[source.casefold()] += leads
        won[source.casefold()] += deals
    # This copy files the 60 leads without a source under direct traffic.
    stated = dict(BY_SOURCE)
    more, won_more = stated.pop(UNKNOWN)
    stated["direct traffic"] = (stated["direct traffic"][0] + more, stated["direct traffic"][1] + won_more)
    assert stated["direct traffic"] == (559, 70)
    assert {source: (folded[source], won[source]) for source in folded} == stated
    assert lead_ids(folder) == lead_ids(olist)
    assert lead_ids(folder, "won") == lead_ids(olist, "won")
    assert handoff("funnel", "--workspace", folder, "--json").json["anomalies"]["reversed"]["leads"] == 1


def lead_ids(folder: Path, name: str = "mql") -> set[str]:
    """Who entered a stage."""
    with Workspace(folder) as here:
        return set(Report(here, here.facts()).leads(Query(), name, limit=None)["lead_id"])


@pytest.mark.parametrize("month_first", [True, False])
@pytest.mark.usefixtures("reading_here")
def test_olist_with_days_and_months_in_the_other_order_gives_the_same_funnel(
    olist: Path, olist_files: Sequence[Path], tmp_path: Path, handoff: Handoff, month_first: bool
) -> None:
    """The dates as an American or a European spreadsheet writes them, without leading zeros."""

    def written(text: str) -> str:
        day, _, hour = text.partition(" ")
        year, month, number = (str(int(part)) for part in day.split("-"))
        first, second = (month, number) if month_first else (number, month)
        return f"{first}/{second}/{year} {hour[:5]}".strip()

    files = []
    for name, column in (("closed_deals", "won_date"), ("qualified_leads", "first_contact_date")):
        found = rows(olist_files, name)
        files.append(tmp_path / f"{name}.csv")
        with files[-1].open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, found[0])
            writer.writeheader()
            writer.writerows({**row, column: written(row[column])} for row in found)
    told = handoff("import", *files, "--workspace", tmp_path / "workspace", "--json")
    assert told.code == 0, told.out
    assert all(result["questions"] == [] for result in told.files.values()), "13 to 31 can only be days"
    here = handoff("funnel", "--workspace", tmp_path / "workspace", "--by", "source", "--json").json
    assert by_segment(here, "mql", "won") == BY_SOURCE
    assert here["anomalies"]["reversed"]["leads"] == 1
    assert here["anomalies"] == handoff("funnel", "--workspace", olist, "--json").json["anomalies"]


# --- Maven: deals alone, with people, products and accounts beside ----------------------------------------------------


def test_maven_counts_every_deal_at_its_stage(maven: Path, maven_files: Sequence[Path], handoff: Handoff) -> None:
    deals = rows(maven_files, "pipeline")
    seen = Counter(deal["deal_stage"] for deal in deals)
    assert seen == {"Won": 4238, "Lost": 2473, "Engaging": 1589, "Prospecting": 500}
    answer = handoff("funnel", "--workspace", maven, "--json").json
    assert answer["definition"]["id"] == "pipeline"
    assert answer["definition"]["chosen"] is False
    assert answer["stages"][0]["entered"] == len(deals) == 8800
    assert stage(answer, "won")["entered"] == seen["Won"]
    assert sum(row["lost"] for row in answer["stages"]) == seen["Lost"]
    assert answer["which_stage_is_this"] == []
    assert holds(answer)

    now = handoff("funnel", "--workspace", maven, "--policy", "current", "--json").json
    assert {row["stage"]: row["entered"] for row in now["stages"]} == {
        "prospecting": seen["Prospecting"],
        "engaging": seen["Engaging"],
        "won": seen["Won"],
    }
    assert all(row["advanced"] == 0 for row in now["stages"]), "a stock is no conversion"


def test_maven_won_value_has_no_currency_since_none_is_stated(
    maven: Path, maven_files: Sequence[Path], handoff: Handoff
) -> None:
    won = [Decimal(deal["close_value"]) for deal in rows(maven_files, "pipeline") if deal["deal_stage"] == "Won"]
    assert sum(won) == 10_005_534
    answer = handoff("funnel", "--workspace", maven, "--json").json
    assert answer["won_value"] == [
        {"currency": None, "deals": 4238, "amount_minor": 1_000_553_400, "without_amount": 0}
    ]


def test_maven_people_without_a_deal_are_named_and_not_left_out(
    maven: Path, maven_files: Sequence[Path], handoff: Handoff
) -> None:
    deals = rows(maven_files, "pipeline")
    people = {person["sales_agent"] for person in rows(maven_files, "teams")}
    idle = people - {deal["sales_agent"] for deal in deals}
    assert len(idle) == 5
    answer = handoff("funnel", "--workspace", maven, "--by", "owner", "--json").json
    assert answer["nobody"] == sorted(idle)
    counted = Counter(deal["sales_agent"] for deal in deals)
    won = Counter(deal["sales_agent"] for deal in deals if deal["deal_stage"] == "Won")
    assert by_segment(answer, "prospecting", "won") == {name: (counted[name], won[name]) for name in counted}
    assert holds(answer)
    assert handoff("funnel", "--workspace", maven, "--json").json["nobody"] == []


def test_maven_won_value_by_team_adds_up(maven: Path, maven_files: Sequence[Path], handoff: Handoff) -> None:
    office = {person["sales_agent"]: person["regional_office"] for person in rows(maven_files, "teams")}
    value: Counter[str] = Counter()
    for deal in rows(maven_files, "pipeline"):
        if deal["deal_stage"] == "Won":
            value[office[deal["sales_agent"]]] += int(deal["close_value"]) * 100
    answer = handoff("funnel", "--workspace", maven, "--by", "owner_team", "--json").json
    assert {part["segment"]: part["won_value"][0]["amount_minor"] for part in answer["segments"]} == value
    assert sum(value.values()) == 1_000_553_400


def test_maven_a_product_that_the_product_list_does_not_know_is_said(
    maven: Path, maven_files: Sequence[Path], handoff: Handoff
) -> None:
    known = {product["product"] for product in rows(maven_files, "products")}
    strange = Counter(deal["product"] for deal in rows(maven_files, "pipeline") if deal["product"] not in known)
    assert strange == {"GTXPro": 1480}
    answer = handoff("funnel", "--workspace", maven, "--json").json
    assert answer["unmatched"] == [{"lookup": "product", "value": "GTXPro", "rows": 1480}]


def test_maven_a_deals_account_brings_its_sector(maven: Path, maven_files: Sequence[Path], handoff: Handoff) -> None:
    sector = {account["account"]: account["sector"] for account in rows(maven_files, "accounts")}
    deals = rows(maven_files, "pipeline")
    counted = Counter(sector[deal["account"]] if deal["account"] else UNKNOWN for deal in deals)
    with Workspace(maven) as here:
        (column,) = (name for name in Report(here, here.facts()).columns() if name.endswith("sector"))
    answer = handoff("funnel", "--workspace", maven, "--by", column, "--json").json
    assert {part["segment"]: stage(part, "prospecting")["entered"] for part in answer["segments"]} == counted


# --- every order of files ---------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("reading_here")
def test_the_order_in_which_files_come_changes_nothing(
    olist: Path, olist_files: Sequence[Path], tmp_path: Path, handoff: Handoff
) -> None:
    folder = tmp_path / "backwards"
    imported(folder, *reversed(olist_files))
    ask = ("--by", "source", "--json")
    assert handoff("funnel", "--workspace", folder, *ask).json == handoff("funnel", "--workspace", olist, *ask).json

"""The checked-in sample company is re-made byte by byte, and every planted leak is found again from the CSV text."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from core import samples

Truth = dict[str, int | float | str]
NAMES = ("leads", "lead_history", "tasks", "opportunities", "users")
OPEN_STATUSES = ("Raw", "Viable", "MQL", "Sales Accepted", "Sales Qualified")


class Files:
    """The five files as text, with the columns every finder needs."""

    def __init__(self) -> None:
        read = {
            name: pd.read_csv(samples.SAMPLE_FOLDER / f"{name}.csv", dtype=str, keep_default_na=False) for name in NAMES
        }
        self.everyone, self.history, self.tasks = read["leads"], read["lead_history"], read["tasks"]
        self.report, self.users = read["opportunities"], read["users"].set_index("Id")
        self.leads = self.everyone[self.everyone["MasterRecordId"] == ""].set_index("Id")
        self.deals = self.report[self.report["Id"].str.startswith("006")]
        kept = self.history[self.history["LeadId"].isin(self.leads.index)]
        self.reasons = kept[kept["Field"] == "Rejection_Reason__c"]
        # The file is in the order things were written, which also settles lines of one second.
        self.steps = kept[kept["Field"] == "Status"].copy()
        self.steps["at"] = pd.to_datetime(self.steps["CreatedDate"], format="%Y-%m-%dT%H:%M:%S.%f%z")
        self.first_mql = self.steps[self.steps["NewValue"] == "MQL"].groupby("LeadId")["at"].first()
        machines = self.users.index[self.users["UserType"] == "Integration"]
        self.human = self.tasks[~self.tasks["OwnerId"].isin(machines)].copy()
        self.human["at"] = pd.to_datetime(self.human["CreatedDate"], format="%Y-%m-%dT%H:%M:%S.%f%z")

    def moved(self, old: str, new: str) -> pd.Series:
        """Ids of leads with such a step."""
        hit = (self.steps["OldValue"] == old) & (self.steps["NewValue"] == new)
        return self.steps.loc[hit, "LeadId"].drop_duplicates()

    def won(self, ids: list[str]) -> int:
        """How many of these leads were bought."""
        bought = self.deals.loc[self.deals["IsWon"] == "true", "Id"]
        return int(self.leads.loc[ids, "ConvertedOpportunityId"].isin(bought).sum())

    def verdicts(self) -> pd.DataFrame:
        """The first yes or no of sales on every lead, with the reason written in the same second."""
        words = self.steps[self.steps["NewValue"].isin(["Sales Accepted", "Rejected by Sales"])]
        words = words.drop_duplicates("LeadId").copy()
        key = words["LeadId"] + words["CreatedDate"]
        reason = dict(zip(self.reasons["LeadId"] + self.reasons["CreatedDate"], self.reasons["NewValue"], strict=True))
        words["reason"] = key.map(reason).fillna("")
        words["rep"] = words["CreatedById"].map(self.users["Name"])
        words["no"] = words["NewValue"] == "Rejected by Sales"
        words["budget"] = words["LeadId"].map(self.leads["Budget__c"]) != ""
        return words


def business_hours(start: pd.Timestamp, end: pd.Timestamp) -> float:
    """Hours of Mon-Fri 09-17 UTC between two moments, day by day."""
    total = 0.0
    for day in pd.date_range(start.normalize(), end.normalize()):
        if day.weekday() < 5:
            opens, closes = max(start, day + pd.Timedelta(hours=9)), min(end, day + pd.Timedelta(hours=17))
            total += max((closes - opens).total_seconds(), 0) / 3600
    return total


def funnel(files: Files) -> Truth:
    found: Truth = {"Raw": len(files.leads)}
    for status in ("Viable", "MQL", "Sales Accepted", "Sales Qualified", "Converted"):
        found[status] = files.steps.loc[files.steps["NewValue"] == status, "LeadId"].nunique()
    assert found["Converted"] == len(files.deals) == (files.leads["IsConverted"] == "true").sum()
    return {**found, "Closed Won": files.won(list(files.leads.index))}


def black_hole(files: Files) -> Truth:
    due = files.first_mql[files.first_mql < pd.Timestamp("2026-06-01", tz="UTC")]
    owners = files.leads.loc[due.index, "OwnerId"]
    people = owners[owners.str.startswith("005")]
    last = files.steps.groupby("LeadId")["at"].last().loc[people.index]
    ignored = ~people.index.isin(files.human["WhoId"]) & (last == due.loc[people.index])
    inside = people.map(files.users["UserRole"]) == "Emerging"
    mqls, others = int(inside.sum()), int((~inside).sum())
    lost, others_lost = int((ignored & inside).sum()), int((ignored & ~inside).sum())
    assert lost / mqls > 0.3
    assert others_lost / others < 0.05
    return {
        **{"team": "Emerging", "mqls": mqls, "ignored": lost, "share": lost / mqls},
        **{"others_mqls": others, "others_ignored": others_lost, "others_share": others_lost / others},
    }


def over_rejecting_rep(files: Files) -> Truth:
    words = files.verdicts()
    by_rep = words.groupby("rep")["no"].agg(["size", "mean"])
    busy = by_rep.loc[by_rep["size"] >= 80, "mean"].sort_values()
    rep = str(busy.index[-1])
    mine, others = words[words["rep"] == rep], words[words["rep"] != rep]
    poor = mine[mine["reason"] == "No budget"]
    assert len(poor) / len(mine) > others["no"].mean() + 0.2
    assert busy.iloc[-1] > busy.iloc[-2] + 0.2
    assert poor["budget"].mean() > 0.6
    return {
        **{"rep": rep, "verdicts": len(mine), "rejected": int(mine["no"].sum()), "share": mine["no"].mean()},
        **{"no_budget": len(poor), "no_budget_share": len(poor) / len(mine), "others_share": others["no"].mean()},
        **{"budget_stated_share": poor["budget"].mean(), "highest_other_share": busy.iloc[-2]},
    }


def few_leads_rep(files: Files) -> Truth:
    words = files.verdicts()
    sizes = words.groupby("rep").size()
    (rep,) = sizes.index[sizes <= 8]
    mine = words[words["rep"] == rep]
    assert (~mine["no"].iloc[:6]).sum() <= 3
    usual = 1 - words.loc[~words["rep"].isin([rep, over_rejecting_rep(files)["rep"]]), "no"].mean()
    yes, size = int((~mine["no"]).sum()), len(mine)
    chance = sum(math.comb(size, k) * usual**k * (1 - usual) ** (size - k) for k in range(yes + 1))
    assert chance > 0.05
    return {
        **{"rep": str(rep), "verdicts": size, "accepted": yes, "share": yes / size},
        **{"usual_share": usual, "chance_of_this_or_worse": chance},
    }


def junk_source(files: Files) -> Truth:
    bought = files.leads[files.leads["LeadSource"] == "Purchased List"]
    others = files.leads[files.leads["LeadSource"] != "Purchased List"]
    away = int(bought["Status"].isin(["Rejected by Sales", "Disqualified"]).sum())
    wrong = files.reasons[files.reasons["NewValue"] == "Inaccurate data"]
    won, others_won = files.won(list(bought.index)), files.won(list(others.index))
    assert away / len(bought) > 0.85
    assert won / len(bought) < 0.02 < others_won / len(others)
    return {
        **{"source": "Purchased List", "leads": len(bought), "turned_away": away, "share": away / len(bought)},
        **{"inaccurate_data": int(bought.index.isin(wrong["LeadId"]).sum()), "won": won},
        **{"won_share": won / len(bought), "others_won_share": others_won / len(others)},
    }


def wrong_stages(files: Files) -> Truth:
    (automation,) = files.users.index[files.users["Name"] == "List Import"]
    assert files.users.loc[automation, "UserType"] == "Integration"
    mine = files.steps[files.steps["CreatedById"] == automation]
    assert set(mine["LeadId"].map(files.leads["LeadSource"])) == {"Purchased List"}
    real = files.leads["Email"].str.fullmatch(r"\S+@\S+\.\S+")
    # What has no address has no number either, and nothing else in the files lacks both.
    numbers = files.leads.loc[~real, "Phone"]
    assert set(numbers) <= {"", "0000000", "123456", "unknown"}
    assert (files.leads.loc[~real, "LeadSource"] == "Purchased List").all()
    found: Truth = {"automation": "List Import"}
    for status in ("Viable", "MQL"):
        ids = mine.loc[mine["NewValue"] == status, "LeadId"].drop_duplicates()
        wrong = int((~real.loc[ids]).sum())
        found |= {f"{status}_set": len(ids), f"{status}_wrong": wrong, f"{status}_share": wrong / len(ids)}
        assert wrong / len(ids) > 0.6
    return found


def slow_spring(files: Files) -> Truth:
    calls = files.human[files.human["Type"] == "Call"].join(files.first_mql.rename("mql"), on="WhoId")
    first = calls[calls["at"] >= calls["mql"]].groupby("WhoId")["at"].min()
    mql = files.first_mql.loc[first.index]
    hours = pd.Series([business_hours(a, b) for a, b in zip(mql, first, strict=True)], index=first.index)
    march, june = pd.Timestamp("2026-03-01", tz="UTC"), pd.Timestamp("2026-06-01", tz="UTC")
    before, spring = hours[mql < march], hours[(mql >= march) & (mql < june)]
    assert before.median() < 8
    assert spring.median() > 3 * before.median()
    return {
        **{"before_leads": len(before), "before_median_hours": before.median(), "spring_leads": len(spring)},
        **{"spring_median_hours": spring.median(), "times": spring.median() / before.median()},
    }


def recycled_buyers(files: Files) -> Truth:
    again = list(files.moved("Recycled", "MQL"))
    mine = files.steps[files.steps["LeadId"].isin(again)]
    left = mine[mine["NewValue"] == "Recycled"].groupby("LeadId")["at"].first()
    back = mine[(mine["OldValue"] == "Recycled") & (mine["NewValue"] == "MQL")].groupby("LeadId")["at"].first()
    timing = files.reasons.loc[files.reasons["NewValue"] == "Bad timing", "LeadId"]
    assert pd.Series(again).isin(timing).all()
    assert len(again) >= 60
    assert files.won(again) >= 25
    median = float((back - left).dt.days.median())
    return {
        **{"returned": len(again), "won": files.won(again), "won_share": files.won(again) / len(again)},
        "median_days_away": median,
    }


def skipped_stages(files: Files) -> Truth:
    straight, early = files.moved("MQL", "Sales Qualified"), files.moved("Raw", "MQL")
    leads = pd.concat([straight, early]).nunique()
    assert leads >= 150
    return {"mql_to_sql": len(straight), "raw_to_mql": len(early), "leads": leads}


def merged_duplicates(files: Files) -> Truth:
    twins = files.everyone[files.everyone["MasterRecordId"] != ""]
    assert len(twins) >= 40
    assert (twins["IsDeleted"] == "true").all()
    assert (files.leads["IsDeleted"] == "false").all()
    first = files.leads.loc[twins["MasterRecordId"]]
    assert list(first["Email"]) == list(twins["Email"])
    return {"leads": len(twins)}


def date_only(files: Files) -> Truth:
    columns = {"ActivityDate": files.tasks, "CloseDate": files.deals, "ConvertedDate": files.leads}
    found: Truth = {}
    for column, table in columns.items():
        filled = table.loc[table[column] != "", column]
        assert filled.str.fullmatch(r"\d{4}-\d\d-\d\d").all()
        found[column] = len(filled)
    return found


def totals_row(files: Files) -> Truth:
    last = files.report.iloc[-1]
    text = (samples.SAMPLE_FOLDER / "opportunities.csv").read_text(encoding="utf-8").splitlines()
    assert text[-1].count(",") == text[0].count(",")
    assert len(files.deals) == len(files.report) - 1
    amounts = files.deals.loc[files.deals["Amount"] != "", "Amount"].astype(float)
    assert float(last["Amount"]) == amounts.sum()
    return {"label": last["Id"], "records": len(files.deals), "amount": int(amounts.sum())}


def same_second(files: Files) -> Truth:
    after = files.steps.groupby("LeadId")[["at", "NewValue"]].shift(-1)
    both = (files.steps["NewValue"] == "MQL") & (after["NewValue"] == "Sales Accepted")
    leads = files.steps.loc[both & (after["at"] == files.steps["at"]), "LeadId"].nunique()
    assert leads >= 20
    return {"leads": leads}


def no_then_yes(files: Files) -> Truth:
    before = files.steps.groupby("LeadId")["at"].shift(1)
    turn = (files.steps["OldValue"] == "Rejected by Sales") & (files.steps["NewValue"] == "Sales Accepted")
    days = (files.steps["at"] - before)[turn].dt.days
    assert len(days) >= 10
    assert days.max() <= 7
    return {"leads": files.steps.loc[turn, "LeadId"].nunique(), "longest_days": int(days.max())}


def never_assigned(files: Files) -> Truth:
    owners = files.leads.loc[files.first_mql.index, "OwnerId"].map(files.users["UserType"])
    leads = int((owners == "Queue").sum())
    assert leads >= 20
    return {"leads": leads}


def still_open(files: Files) -> Truth:
    leads = int(files.leads["Status"].isin(OPEN_STATUSES).sum())
    return {"leads": leads, "deals": int((files.deals["IsClosed"] == "false").sum())}


def machine_tasks(files: Files) -> Truth:
    return {"tasks": len(files.tasks), "machine": len(files.tasks) - len(files.human)}


FINDERS: tuple[Callable[[Files], Truth], ...] = (
    *(funnel, black_hole, over_rejecting_rep, few_leads_rep, junk_source, wrong_stages, slow_spring, recycled_buyers),
    *(skipped_stages, merged_duplicates, date_only, totals_row, same_second, no_then_yes, never_assigned),
    *(still_open, machine_tasks),
)


@pytest.fixture(scope="module")
def files() -> Files:
    return Files()


@pytest.fixture(scope="module")
def plants() -> dict[str, samples.Plant]:
    return {plant.key: plant for plant in samples.story()}


def test_every_plant_has_a_finder(plants: dict[str, samples.Plant]) -> None:
    assert list(plants) == [finder.__name__ for finder in FINDERS]


@pytest.mark.parametrize("finder", FINDERS, ids=lambda finder: finder.__name__)
def test_a_plant_is_found_from_the_text(
    finder: Callable[[Files], Truth], files: Files, plants: dict[str, samples.Plant]
) -> None:
    truth, found = plants[finder.__name__].truth, finder(files)
    assert set(found) == set(truth)
    for name, value in truth.items():
        # Shares are written with four decimals, hours with two, and `times` from the rounded hours.
        tolerance = 0.02 if "hours" in name or name == "times" else 0.0002
        assert found[name] == (pytest.approx(value, abs=tolerance) if isinstance(value, float) else value), name


def test_remaking_gives_the_same_bytes(tmp_path: Path) -> None:
    paths = samples.make(tmp_path / "again")
    assert set(paths) == set(NAMES)
    for path in paths.values():
        assert path.read_bytes() == (samples.SAMPLE_FOLDER / path.name).read_bytes(), path.name
    assert samples.readme().encode() == (samples.SAMPLE_FOLDER / "README.md").read_bytes()


def test_another_seed_is_another_year(tmp_path: Path) -> None:
    other = samples.make(tmp_path, seed=1)["leads"].read_bytes()
    assert other != (samples.SAMPLE_FOLDER / "leads.csv").read_bytes()


def test_the_readme_table_holds_every_truth(plants: dict[str, samples.Plant]) -> None:
    text = (samples.SAMPLE_FOLDER / "README.md").read_text(encoding="utf-8")
    lines = text.split("| plant | number | value |\n|---|---|---|\n")[1].splitlines()
    table = [tuple(line.strip("| ").split(" | ")) for line in lines]
    assert table == [(key, name, str(value)) for key, plant in plants.items() for name, value in plant.truth.items()]


def test_ids_join_and_are_unique(files: Files) -> None:
    for table in (files.everyone, files.history, files.tasks, files.report):
        assert table["Id"].is_unique
    assert files.everyone["Id"].str.fullmatch(r"00Q\w{15}").all()
    assert files.history["LeadId"].isin(files.everyone["Id"]).all()
    assert files.tasks["WhoId"].isin(files.leads.index).all()
    for users in (files.everyone["OwnerId"], files.history["CreatedById"], files.tasks["OwnerId"]):
        assert users.isin(files.users.index).all()
    owners = files.history[files.history["Field"] == "Owner"]
    assert owners["OldValue"].isin(files.users.index).all()
    assert owners["NewValue"].isin(files.users.index).all()
    converted = files.leads.loc[files.leads["ConvertedOpportunityId"] != "", "ConvertedOpportunityId"]
    assert sorted(converted) == sorted(files.deals["Id"])


def test_a_history_is_an_unbroken_chain_to_the_current_status(files: Files) -> None:
    before = files.steps.groupby("LeadId")["NewValue"].shift(1).fillna("Raw")
    assert (files.steps["OldValue"] == before).all()
    last = files.steps.groupby("LeadId")["NewValue"].last().reindex(files.leads.index).fillna("Raw")
    assert (last == files.leads["Status"]).all()
    made = files.steps["LeadId"].map(files.leads["CreatedDate"])
    assert (files.steps["CreatedDate"] > made).all()
    assert (files.steps["at"].groupby(files.steps["LeadId"]).diff().dropna() >= pd.Timedelta(0)).all()


def test_the_history_holds_status_owner_and_reasons_only(files: Files) -> None:
    assert list(files.history) == ["Id", "LeadId", "CreatedById", "CreatedDate", "Field", "OldValue", "NewValue"]
    assert set(files.history["Field"]) == {"Status", "Owner", "Rejection_Reason__c"}


def test_every_sales_exit_has_a_reason_in_the_same_second(files: Files) -> None:
    out = files.steps[files.steps["NewValue"].isin(["Rejected by Sales", "Recycled", "Disqualified"])]
    assert sorted(out["LeadId"] + out["CreatedDate"]) == sorted(files.reasons["LeadId"] + files.reasons["CreatedDate"])


def test_a_deal_is_made_within_seconds_of_the_conversion(files: Files) -> None:
    at = files.steps[files.steps["NewValue"] == "Converted"].set_index("LeadId")["at"]
    deals = files.deals.set_index("Id")["CreatedDate"].loc[files.leads.loc[at.index, "ConvertedOpportunityId"]]
    gap = pd.to_datetime(deals, format="%Y-%m-%dT%H:%M:%S.%f%z").reset_index(drop=True) - at.reset_index(drop=True)
    assert gap.between(pd.Timedelta(0), pd.Timedelta(seconds=5)).all()


def test_nothing_is_dated_outside_the_year(files: Files) -> None:
    for table, column in (
        *((files.everyone, "CreatedDate"), (files.history, "CreatedDate"), (files.tasks, "CreatedDate")),
        *((files.tasks, "ActivityDate"), (files.deals, "CreatedDate"), (files.deals, "CloseDate")),
    ):
        days = table[column].str[:10]
        assert days.min() >= "2025-07-01"
        assert days.max() <= "2026-06-30"


def test_the_files_stay_small() -> None:
    sizes = [(samples.SAMPLE_FOLDER / f"{name}.csv").stat().st_size for name in NAMES]
    assert sum(sizes) < 8_000_000
    assert max(sizes) < 2_000_000

"""Writes the made year as the five exports a CRM would give."""

import csv
from pathlib import Path

from core.samples.cells import flag, sf_id, stamp
from core.samples.lead import Lead
from core.samples.odds import SEED
from core.samples.people import QUEUE, USERS, User
from core.samples.portrait import portraits
from core.samples.year import Year

SAMPLE_FOLDER = Path(__file__).resolve().parents[2] / "sample_data"
_LEAD = [
    "Id", "FirstName", "LastName", "Title", "Company", "Email", "Phone", "Country", "State", "Industry",
    "NumberOfEmployees", "LeadSource", "Campaign__c", "OwnerId", "Status", "Rating", "CreatedDate", "IsConverted",
    "ConvertedDate", "ConvertedOpportunityId", "MasterRecordId", "IsDeleted", "Budget__c", "Authority__c", "Need__c",
    "Timeline__c", "Fit_Score__c", "Behavior_Score__c", "Region__c", "HasOptedOutOfEmail"
]  # fmt: skip
_HISTORY = ["Id", "LeadId", "CreatedById", "CreatedDate", "Field", "OldValue", "NewValue"]
_TASK = [
    "Id", "WhoId", "OwnerId", "Subject", "Type", "TaskSubtype", "Status", "CallDisposition", "CallDurationInSeconds",
    "ActivityDate", "CreatedDate", "IsClosed"
]  # fmt: skip
_DEAL = [
    "Id", "Name", "AccountName", "OwnerId", "StageName", "Amount", "CurrencyIsoCode", "CreatedDate", "CloseDate",
    "IsClosed", "IsWon", "LeadSource", "Loss_Reason__c"
]  # fmt: skip
_USER = ["Id", "Name", "UserRole", "ManagerName", "TimeZoneSidKey", "IsActive", "UserType"]


def _user_id(user: User) -> str:
    return sf_id("00G" if user is QUEUE else "005", user.key)


def _lead_id(lead: Lead | None) -> str:
    return sf_id("00Q", lead.number) if lead else ""


def _tables(seed: int, year: Year) -> dict[str, tuple[list[str], list[list[str]]]]:
    """Header and rows of every file."""
    people, facts = {user.name: _user_id(user) for user in USERS}, portraits(seed, year)
    lead_rows: list[dict[str, str]] = []
    deals: list[list[str]] = []
    for lead in year.leads:
        fact = facts[lead.number]
        deal, deal_id, converted = lead.deal, "", ""
        if deal:
            deal_id, converted = sf_id("006", len(deals)), f"{lead.changes[-1].at:%Y-%m-%d}"
            won, over = deal.stage == "Closed Won", deal.stage.startswith("Closed")
            deals.append([
                deal_id, f"{fact['Company']} - {fact['Industry']} pumps", fact["Company"], _user_id(deal.owner),
                deal.stage, "" if deal.amount is None else f"{deal.amount}.00", "EUR", stamp(deal.at),
                f"{deal.closes:%Y-%m-%d}", flag(over), flag(won), lead.source, deal.loss,
            ])  # fmt: skip
        lead_rows.append({
            "Id": _lead_id(lead), **fact, "OwnerId": _user_id(lead.owner), "Status": lead.status,
            "CreatedDate": stamp(lead.created), "IsConverted": flag(bool(deal)), "ConvertedDate": converted,
            "ConvertedOpportunityId": deal_id, "MasterRecordId": _lead_id(lead.master),
            "IsDeleted": flag(lead.master is not None),
        })  # fmt: skip
    total = f"{sum(lead.deal.amount or 0 for lead in year.leads if lead.deal)}.00"
    deals.append([f"Grand Total ({len(deals)} records)", "", "", "", "", total, *[""] * (len(_DEAL) - 6)])
    # Sorting is stable, so lines of one second stay in the order they were written.
    changes = sorted(((lead, one) for lead in year.leads for one in lead.changes), key=lambda pair: pair[1].at)
    tasks = sorted(((lead, one) for lead in year.leads for one in lead.tasks), key=lambda pair: pair[1].at)
    history = [
        [sf_id("017", number), _lead_id(lead), _user_id(one.by), stamp(one.at), one.field,
         people.get(one.old, one.old), people.get(one.new, one.new)]
        for number, (lead, one) in enumerate(changes)
    ]  # fmt: skip
    activities = [
        [sf_id("00T", number), _lead_id(lead), _user_id(one.by), one.subject, one.kind,
         "Task" if one.kind == "Meeting" or one.due else one.kind, "Not Started" if one.due else "Completed",
         one.result, str(one.seconds) if one.seconds else "", f"{one.due or one.at:%Y-%m-%d}", stamp(one.at),
         flag(one.due is None)]
        for number, (lead, one) in enumerate(tasks)
    ]  # fmt: skip
    users = [[_user_id(one), one.name, one.role, one.manager, "GMT", "true", one.kind] for one in USERS]
    return {
        "leads": (_LEAD, [[row[column] for column in _LEAD] for row in lead_rows]),
        "lead_history": (_HISTORY, history),
        "tasks": (_TASK, activities),
        "opportunities": (_DEAL, deals),
        "users": (_USER, users),
    }


def make(folder: Path, *, seed: int = SEED) -> dict[str, Path]:
    """Writes the five exports into a folder and answers where each one is; the same seed gives the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    paths: dict[str, Path] = {}
    for name, (header, rows) in _tables(seed, Year(seed)).items():
        paths[name] = folder / f"{name}.csv"
        with paths[name].open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([header, *rows])
    return paths

"""Writes the made sample company's exports and says which leaks were put into them."""

from __future__ import annotations

import csv
import math
import random
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from statistics import median

from core import sample_story as made
from core.sample_story import Change, Lead, User, Year

SAMPLE_FOLDER = Path(__file__).resolve().parent.parent / "sample_data"
SEED = 20260630
OPEN_STATUSES = ("Raw", "Viable", "MQL", "Sales Accepted", "Sales Qualified")
Value = int | float | str


@dataclass(frozen=True)
class Plant:
    """One thing put into the sample on purpose: what it is, where to look, and its true numbers."""

    key: str
    title: str
    where: str
    truth: dict[str, Value]


_FIRST = [
    "Anna", "Björn", "Chen", "Diego", "Elif", "Fatima", "George", "Hana", "Ivan", "Joana", "Kwame", "Lena", "Łukasz",
    "Marta", "Nils", "Olga", "Priya", "Quentin", "Rosa", "Sven", "Tara", "Umar", "Vera", "Wei", "Ximena", "Yusuf",
    "Zoë", "Aoife", "Bram", "Chloé", "Dmitri", "Esther", "Farid", "Gwen", "Hugo", "Ines", "Jürgen", "Kofi", "Lucía"
]  # fmt: skip
_LAST = [
    "Andersson", "Baker", "Costa", "Dubois", "Eriksen", "Fischer", "García", "Hughes", "Ivanova", "Jensen", "Khan",
    "Lindgren", "Müller", "Nakamura", "O'Brien", "Patel", "Quist", "Rossi", "Sørensen", "Takahashi", "Vargas",
    "Weber", "Xu", "Yilmaz", "Zhang", "Achebe", "Byrne", "Castillo", "Desai", "Engström", "Ferreira"
]  # fmt: skip
_STEM = [
    "Alder", "Birch", "Cobalt", "Dorsal", "Ember", "Fjord", "Granite", "Harbor", "Indigo", "Juniper", "Kestrel",
    "Larch", "Meridian", "Nimbus", "Orchard", "Pinnacle", "Quarry", "Ridge", "Solstice", "Tidal", "Umber", "Vesper",
    "Willow", "Yarrow", "Zephyr", "Amberley", "Brook", "Cascade", "Delta", "Estuary"
]  # fmt: skip
_TRADE = [
    "Foods", "Water", "Chemicals", "Paper", "Mining", "Energy", "Dairy", "Marine", "Brewing", "Steel", "Textiles",
    "Pharma", "Farms", "Glass"
]  # fmt: skip
# Only countries that set phone numbers aside for fiction: company form, region, number pattern, states, share.
_COUNTRIES = {
    "United States": ("Inc", "North America", "+1 202 555 01##", "CA TX OH NY WA IL", 26),
    "Canada": ("Corp", "North America", "+1 613 555 01##", "ON QC BC AB", 7),
    "United Kingdom": ("Ltd", "UK & Ireland", "+44 20 7946 0###", "", 17),
    "Ireland": ("DAC", "UK & Ireland", "+353 20 91# ####", "", 5),
    "Germany": ("GmbH", "DACH", "+49 30 23125 ###", "", 17),
    "France": ("SAS", "France", "+33 1 99 00 ## ##", "", 10),
    "Sweden": ("AB", "Nordics", "+46 8 465 004 ##", "", 14),
    "Australia": ("Pty", "APAC", "+61 2 5550 ####", "NSW VIC QLD", 4),
}
_TITLES = [
    "Plant Manager", "Head of Procurement", "Maintenance Lead", "COO", "Process Engineer", "Buyer",
    "Facilities Director"
]  # fmt: skip
_BUDGETS = ("under 10k EUR", "10-25k EUR", "25-50k EUR", "50-100k EUR", "over 100k EUR")
# Employees from and to, and a word in the name, so that one company is never in two teams.
_SIZES = {"Enterprise": (1000, 20000, "Group"), "Mid-Market": (100, 999, ""), "Emerging": (5, 99, "Works")}
_LEAD = [
    "Id", "FirstName", "LastName", "Title", "Company", "Email", "Phone", "Country", "State", "Industry",
    "NumberOfEmployees", "LeadSource", "Campaign__c", "OwnerId", "Status", "Rating", "CreatedDate", "IsConverted",
    "ConvertedDate", "ConvertedOpportunityId", "MasterRecordId", "IsDeleted", "Budget__c", "Authority__c", "Need__c",
    "Timeline__c", "Fit_Score__c", "Behavior_Score__c", "Region__c", "HasOptedOutOfEmail"
]  # fmt: skip
_HISTORY = [
    "Id", "LeadId", "CreatedById", "CreatedDate", "Field", "OldValue", "NewValue", "DataType"
]  # fmt: skip
_TASK = [
    "Id", "WhoId", "OwnerId", "Subject", "Type", "TaskSubtype", "Status", "CallDisposition", "CallDurationInSeconds",
    "ActivityDate", "CreatedDate", "IsClosed"
]  # fmt: skip
_DEAL = [
    "Id", "Name", "AccountName", "OwnerId", "StageName", "Amount", "CurrencyIsoCode", "CreatedDate", "CloseDate",
    "IsClosed", "IsWon", "LeadSource", "Loss_Reason__c"
]  # fmt: skip
_USER = [
    "Id", "Name", "UserRole", "ManagerName", "TimeZoneSidKey", "IsActive", "UserType"
]  # fmt: skip


def _sf_id(prefix: str, number: int) -> str:
    """An 18-character id: prefix, counter in base 62, and the usual three check letters for the capitals."""
    digits, left, base = "", number * 3 + 11_000_000, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    while left:
        left, rest = divmod(left, 62)
        digits = base[rest] + digits
    core = prefix + "5g0000" + digits.rjust(6, "0")
    marks = (sum(1 << i for i, sign in enumerate(core[at : at + 5]) if sign.isupper()) for at in (0, 5, 10))
    return core + "".join("ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"[mark] for mark in marks)


def _user_id(user: User) -> str:
    return _sf_id("00G" if user is made.QUEUE else "005", user.key)


def _lead_id(lead: Lead | None) -> str:
    return _sf_id("00Q", lead.number) if lead else ""


def _stamp(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%S}.000+0000"


def _flag(yes: bool) -> str:
    return "true" if yes else "false"


def _facts(lead: Lead, rng: random.Random, mails: set[str]) -> dict[str, str]:
    """Who the lead is; none of it steers the story."""
    junk, hot = lead.source == made.JUNK, lead.status not in ("Raw", "Viable", "Disqualified")
    country = rng.choices(list(_COUNTRIES), [share for *_, share in _COUNTRIES.values()])[0]
    form, region, pattern, states, _ = _COUNTRIES[country]
    least, most, word = _SIZES[lead.team]
    mail = ""
    while not mail or mail in mails:  # two people never share an address; only merged duplicates do
        first, last, stem, trade = (rng.choice(pool) for pool in (_FIRST, _LAST, _STEM, _TRADE))
        plain = unicodedata.normalize("NFKD", f"{first}.{last}".replace("ø", "o").replace("Ł", "L").replace("'", ""))
        mail = plain.encode("ascii", "ignore").decode().lower() + f"@{stem}{trade}{word}.example".lower()
    mails.add(mail)
    phone = "".join(str(rng.randrange(10)) if sign == "#" else sign for sign in pattern)
    if junk and rng.random() < 0.7:
        mail = rng.choice((mail.replace("@", "(at)"), f"info@{stem.lower()}", "n/a", f"{first.lower()}@example"))
        phone = rng.choice(("0000000", "", "123456", "unknown"))
    fit = min(99, max(1, int(rng.gauss(35 if junk else 58, 16))))
    behavior = min(99, max(0, int(rng.gauss(62 if hot else 28, 13))))
    return {
        "FirstName": first, "LastName": last, "Title": rng.choice(_TITLES),
        "Company": " ".join(f"{stem} {trade} {word} {form}".split()),
        "Email": mail, "Phone": phone if rng.random() < 0.85 else "", "Country": country,
        "State": rng.choice(states.split()) if states else "", "Industry": trade,
        "NumberOfEmployees": str(int(math.exp(rng.uniform(math.log(least), math.log(most))))),
        "LeadSource": lead.source,
        "Campaign__c": f"Industry List {lead.created:%m/%Y}" if junk else made.SOURCES[lead.source][1],
        "Rating": "Cold" if fit + behavior < 80 else "Warm" if fit + behavior < 120 else "Hot",
        "Budget__c": rng.choice(_BUDGETS) if lead.budget else "",
        "Authority__c": "Decision maker" if lead.authority else rng.choice(("Influencer", "User", "")),
        "Need__c": rng.choice(("Replacement", "New line", "Energy saving", "")),
        "Timeline__c": rng.choice(("0-3 months", "3-6 months", "6-12 months", "", "")),
        "Fit_Score__c": str(fit), "Behavior_Score__c": str(behavior), "Region__c": region,
        "HasOptedOutOfEmail": _flag(rng.random() < 0.04),
    }  # fmt: skip


def _tables(seed: int, year: Year) -> dict[str, tuple[list[str], list[list[str]]]]:
    """Header and rows of every file."""
    rng, people = random.Random(seed + 1), {user.name: _user_id(user) for user in made.USERS}
    facts: dict[int, dict[str, str]] = {}
    mails: set[str] = set()
    lead_rows: list[dict[str, str]] = []
    deals: list[list[str]] = []
    for lead in year.leads:
        facts[lead.number] = fact = facts[lead.master.number] if lead.master else _facts(lead, rng, mails)
        deal, deal_id, converted = lead.deal, "", ""
        if deal:
            deal_id, converted = _sf_id("006", len(deals)), f"{lead.changes[-1].at:%Y-%m-%d}"
            won, over = deal.stage == "Closed Won", deal.stage.startswith("Closed")
            deals.append([
                deal_id, f"{fact['Company']} - {fact['Industry']} pumps", fact["Company"], _user_id(deal.owner),
                deal.stage, "" if deal.amount is None else f"{deal.amount}.00", "EUR", _stamp(deal.at),
                f"{deal.closes:%Y-%m-%d}", _flag(over), _flag(won), lead.source, deal.loss,
            ])  # fmt: skip
        lead_rows.append({
            "Id": _lead_id(lead), **fact, "OwnerId": _user_id(lead.owner), "Status": lead.status,
            "CreatedDate": _stamp(lead.created), "IsConverted": _flag(bool(deal)), "ConvertedDate": converted,
            "ConvertedOpportunityId": deal_id, "MasterRecordId": _lead_id(lead.master),
            "IsDeleted": _flag(lead.master is not None),
        })  # fmt: skip
    total = f"{sum(lead.deal.amount or 0 for lead in year.leads if lead.deal)}.00"
    deals.append([f"Grand Total ({len(deals)} records)", "", "", "", "", total, *[""] * (len(_DEAL) - 6)])
    # Sorting is stable, so lines of one second stay in the order they were written.
    changes = sorted(((lead, one) for lead in year.leads for one in lead.changes), key=lambda pair: pair[1].at)
    tasks = sorted(((lead, one) for lead in year.leads for one in lead.tasks), key=lambda pair: pair[1].at)
    history = [
        [_sf_id("017", number), _lead_id(lead), _user_id(one.by), _stamp(one.at), one.field,
         people.get(one.old, one.old), people.get(one.new, one.new), "EntityId" if one.field == "Owner" else "Text"]
        for number, (lead, one) in enumerate(changes)
    ]  # fmt: skip
    activities = [
        [_sf_id("00T", number), _lead_id(lead), _user_id(one.by), one.subject, one.kind,
         "Task" if one.kind == "Meeting" or one.due else one.kind, "Not Started" if one.due else "Completed",
         one.result, str(one.seconds) if one.seconds else "", f"{one.due or one.at:%Y-%m-%d}", _stamp(one.at),
         _flag(one.due is None)]
        for number, (lead, one) in enumerate(tasks)
    ]  # fmt: skip
    users = [[_user_id(one), one.name, one.role, one.manager, "GMT", "true", one.kind] for one in made.USERS]
    return {
        "leads": (_LEAD, [[row[column] for column in _LEAD] for row in lead_rows]),
        "lead_history": (_HISTORY, history),
        "tasks": (_TASK, activities),
        "opportunities": (_DEAL, deals),
        "users": (_USER, users),
    }


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4)


def _clock(at: datetime) -> float:
    """Business hours from a fixed Monday to a moment, so that two of them can be subtracted."""
    weeks, day = divmod(at.toordinal() - made.START.toordinal() + made.START.weekday(), 7)
    today = min(max(at.hour + at.minute / 60 + at.second / 3600 - made.OPENS, 0), 8) if day < 5 else 0
    return (weeks * 5 + min(day, 5)) * 8 + today


def story(*, seed: int = SEED) -> tuple[Plant, ...]:
    """What was put into the sample, with true numbers counted from the made year itself."""
    return _measure(Year(seed))


def _measure(year: Year) -> tuple[Plant, ...]:
    leads = [lead for lead in year.leads if lead.master is None]
    steps = {lead.number: [one for one in lead.changes if one.field == "Status"] for lead in leads}
    calls = {lead.number: [task for task in lead.tasks if task.by is not made.MACHINE] for lead in leads}
    mqls = {lead.number: one.at for lead in leads for one in reversed(steps[lead.number]) if one.new == "MQL"}

    def pairs(lead: Lead) -> Iterable[tuple[Change, Change]]:
        return zip(steps[lead.number], steps[lead.number][1:], strict=False)

    def count(answers: Iterable[bool]) -> int:
        return sum(answers)

    def moved(old: str, new: str) -> list[Lead]:
        return [lead for lead in leads if any((one.old, one.new) == (old, new) for one in steps[lead.number])]

    def won(some: Iterable[Lead]) -> int:
        return count(lead.deal is not None and lead.deal.stage == "Closed Won" for lead in some)

    # 1: a month is left at the end, so that a fresh MQL does not count as forgotten.
    due = [
        one for one in leads if one.owner is not made.QUEUE and mqls.get(one.number, made.END) < made.NEW_REP_WINDOW[0]
    ]
    lost = [one for one in due if not calls[one.number] and steps[one.number][-1].at == mqls[one.number]]
    hole, rest = ([one.owner.role == made.BLACK_HOLE_TEAM for one in some] for some in (due, lost))
    team, team_lost, others, others_lost = sum(hole), sum(rest), len(hole) - sum(hole), len(rest) - sum(rest)

    # 2 and 3: a rep's word on a lead is the first Sales Accepted or Rejected by Sales.
    words: dict[str, list[tuple[Lead, str, str]]] = {}
    for lead in leads:
        spoken = [one for one in lead.changes if one.new in ("Sales Accepted", "Rejected by Sales")][:1]
        for word in spoken:
            reasons = [one.new for one in lead.changes if one.field == "Rejection_Reason__c" and one.at == word.at]
            words.setdefault(word.by.name, []).append((lead, word.new, "".join(reasons)))
    noes = {rep: count(word == "Rejected by Sales" for _, word, _ in said) for rep, said in words.items()}
    rejecter, new = made.OVER_REJECTER.name, made.NEW_REP.name
    said, few = len(words[rejecter]), len(words[new])
    poor = [lead for lead, _, reason in words[rejecter] if reason == made.NO_BUDGET]
    elsewhere = sum(noes.values()) - noes[rejecter], sum(map(len, words.values())) - said
    usual = 1 - _share(elsewhere[0] - noes[new], elsewhere[1] - few)
    luck = sum(math.comb(few, yes) * usual**yes * (1 - usual) ** (few - yes) for yes in range(few - noes[new] + 1))

    # 4
    bought = [lead for lead in leads if lead.source == made.JUNK]
    away = count(lead.status in ("Rejected by Sales", "Disqualified") for lead in bought)
    wrong = count(any(one.new == made.BAD_DATA for one in lead.changes) for lead in bought)

    # 5: the wait of a lead is from its first MQL to the first call by a person.
    waits: dict[bool, list[float]] = {True: [], False: []}
    for lead in leads:
        at = mqls.get(lead.number, made.END)
        answered = [task.at for task in calls[lead.number] if task.kind == "Call" and task.at >= at]
        if answered and at < made.SPRING[1]:
            waits[at >= made.SPRING[0]].append(_clock(min(answered)) - _clock(at))
    before, spring = round(median(waits[False]), 2), round(median(waits[True]), 2)

    # 6 and the rest
    again = moved("Recycled", "MQL")
    days = [(two.at - one.at).days for lead in again for one, two in pairs(lead) if two.old == "Recycled"]
    skips = {lead.number for lead in moved("MQL", "Sales Qualified") + moved("Raw", "MQL")}
    deals = [lead.deal for lead in leads if lead.deal]
    tasks = [task for lead in year.leads for task in lead.tasks]
    funnel: dict[str, Value] = {"Raw": len(leads)}
    for status in ("Viable", "MQL", "Sales Accepted", "Sales Qualified", "Converted"):
        funnel[status] = count(any(one.new == status for one in steps[lead.number]) for lead in leads)
    no_yes = [(one, two) for lead in leads for one, two in pairs(lead) if two.new == "Sales Accepted"]

    return (
        Plant("funnel", "How many leads ever reached each status", "leads.csv, lead_history.csv, opportunities.csv",
              {**funnel, "Closed Won": won(leads)}),
        Plant("black_hole", "One team leaves MQLs lying", "users.csv team; no person's task, no status after the MQL; "
              "MQLs before 2026-06-01", {"team": made.BLACK_HOLE_TEAM, "mqls": team, "ignored": team_lost,
              "share": _share(team_lost, team), "others_mqls": others, "others_ignored": others_lost,
              "others_share": _share(others_lost, others)}),
        Plant("over_rejecting_rep", "One rep rejects far more than anybody, for a budget that is stated",
              "first Sales Accepted or Rejected by Sales of a lead, by its CreatedById; Budget__c",
              {"rep": rejecter, "verdicts": said, "rejected": noes[rejecter], "share": _share(noes[rejecter], said),
               "no_budget": len(poor), "no_budget_share": _share(len(poor), said),
               "budget_stated_share": _share(count(lead.budget for lead in poor), len(poor)),
               "others_share": _share(*elsewhere),
               "highest_other_share": max(_share(noes[one], len(words[one])) for one in words
                                          if one != rejecter and len(words[one]) >= 80)}),
        Plant("few_leads_rep", "A new rep looks as bad, but on a handful of leads: chance",
              "as above; the odds behind this rep's leads are everybody's",
              {"rep": new, "verdicts": few, "accepted": few - noes[new], "share": _share(few - noes[new], few),
               "usual_share": round(usual, 4), "chance_of_this_or_worse": round(luck, 4)}),
        Plant("junk_source", "A bought list is nearly all turned away", "leads.csv LeadSource and Status; reasons",
              {"source": made.JUNK, "leads": len(bought), "turned_away": away, "share": _share(away, len(bought)),
               "inaccurate_data": wrong, "won": won(bought), "won_share": _share(won(bought), len(bought)),
               "others_won_share": _share(won(leads) - won(bought), len(leads) - len(bought))}),
        Plant("slow_spring", "First calls came several times later from March to May 2026",
              "business hours (Mon-Fri 09-17 UTC) from the first MQL to the first call by a person, MQLs to 2026-05-31",
              {"before_leads": len(waits[False]), "before_median_hours": before, "spring_leads": len(waits[True]),
               "spring_median_hours": spring, "times": round(spring / before, 2)}),
        Plant("recycled_buyers", "Leads sent back for bad timing return months later and buy",
              "lead_history.csv Status from Recycled to MQL",
              {"returned": len(again), "won": won(again), "won_share": _share(won(again), len(again)),
               "median_days_away": float(median(days))}),
        Plant("skipped_stages", "Leads that jump a step", "Status from MQL to Sales Qualified, or from Raw to MQL",
              {"mql_to_sql": len(moved("MQL", "Sales Qualified")), "raw_to_mql": len(moved("Raw", "MQL")),
               "leads": len(skips)}),
        Plant("merged_duplicates", "Second records merged into a first one", "leads.csv MasterRecordId with IsDeleted",
              {"leads": len(year.leads) - len(leads)}),
        Plant("date_only", "Days without a time", "ActivityDate, CloseDate, ConvertedDate: filled cells, 10 signs each",
              {"ActivityDate": len(tasks), "CloseDate": len(deals), "ConvertedDate": len(deals)}),
        Plant("totals_row", "The report ends with a line that is no deal", "last line of opportunities.csv",
              {"label": f"Grand Total ({len(deals)} records)", "records": len(deals),
               "amount": sum(deal.amount or 0 for deal in deals)}),
        Plant("same_second", "MQL and Sales Accepted written in one second", "lead_history.csv, order of the lines",
              {"leads": count(any(one.at == two.at and (one.new, two.new) == ("MQL", "Sales Accepted")
                                  for one, two in pairs(lead)) for lead in leads)}),
        Plant("no_then_yes", "Rejected, then accepted within days anyway", "Status from Rejected by Sales to Sales "
              "Accepted", {"leads": len(moved("Rejected by Sales", "Sales Accepted")), "longest_days":
              max((two.at - one.at).days for one, two in no_yes if one.new == "Rejected by Sales")}),
        Plant("never_assigned", "MQLs that never left the queue", "MQLs whose OwnerId is the queue",
              {"leads": count(lead.owner is made.QUEUE and lead.number in mqls for lead in leads)}),
        Plant("still_open", "Leads and deals still open on the last day", "Status Raw to Sales Qualified; IsClosed",
              {"leads": count(lead.status in OPEN_STATUSES for lead in leads),
               "deals": count(not deal.stage.startswith("Closed") for deal in deals)}),
        Plant("machine_tasks", "Mails sent by the machine, not by people", "tasks.csv OwnerId of UserType Integration",
              {"tasks": len(tasks), "machine": count(task.by is made.MACHINE for task in tasks)}),
    )  # fmt: skip


def make(folder: Path, *, seed: int = SEED) -> dict[str, Path]:
    """Writes the five exports into a folder and answers where each one is; the same seed gives the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    paths: dict[str, Path] = {}
    for name, (header, rows) in _tables(seed, Year(seed)).items():
        paths[name] = folder / f"{name}.csv"
        with paths[name].open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([header, *rows])
    return paths


_README = """# Sample company: Lindqvist Pumps

Lindqvist Pumps is invented, and so is everybody in these files. It makes industrial pumps and sells them to
plants in eight countries. These are its exports for one year, 1 July 2025 to 30 June 2026, the way a CRM
gives them. All times are UTC; people work Monday to Friday, 09 to 17.

A lead comes in as Raw, marketing makes it Viable and then an MQL, a rule hands it from the queue to a rep, and
the rep says Sales Accepted or Rejected by Sales. Accepted leads become Sales Qualified and are converted to an
opportunity, which is won or lost. Leads leave early as Rejected by Sales, Recycled or Disqualified, with a
reason. Three teams sell: Enterprise, Mid-Market and Emerging.

| file | what it holds |
|---|---|
| leads.csv | every lead as it stands at the end, with merged duplicates |
| lead_history.csv | every change of status and owner, and the reasons |
| tasks.csv | calls, mails and meetings, by people and by the marketing machine |
| opportunities.csv | a report of the deals, with its totals line at the end |
| users.csv | reps with their teams, the queue and the machine |

## What was put in on purpose

{stories}

## The true numbers

Counted from the year as it was made. Merged duplicates are left out. Shares are parts of one.
Write the files and this page again with `python -m core.samples`.

| plant | number | value |
|---|---|---|
{truths}
"""


def readme(*, seed: int = SEED) -> str:
    """The page that tells the sample company's story, with every true number in a table."""
    plants = story(seed=seed)
    stories = "\n".join(f"- **{plant.title}** (`{plant.key}`). Where to look: {plant.where}." for plant in plants)
    lines = [f"| {plant.key} | {name} | {value} |" for plant in plants for name, value in plant.truth.items()]
    return _README.format(stories=stories, truths="\n".join(lines))


if __name__ == "__main__":
    make(SAMPLE_FOLDER)
    (SAMPLE_FOLDER / "README.md").write_text(readme(), encoding="utf-8", newline="\n")

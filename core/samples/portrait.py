"""Who a lead is: name, company, country, budget. None of it steers the story."""

import math
import random
import unicodedata

from core.samples import odds
from core.samples.cells import flag
from core.samples.lead import Lead
from core.samples.year import Year

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


def portraits(seed: int, year: Year) -> dict[int, dict[str, str]]:
    """Number of each lead → who it is; a merged duplicate is who its first record is."""
    rng, out = random.Random(seed + 1), dict[int, dict[str, str]]()
    mails: set[str] = set()
    for lead in year.leads:
        out[lead.number] = out[lead.master.number] if lead.master else _portrait(lead, rng, mails)
    return out


def _portrait(lead: Lead, rng: random.Random, mails: set[str]) -> dict[str, str]:
    junk, hot = lead.source == odds.JUNK, lead.status not in ("Raw", "Viable", "Disqualified")
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
        "Campaign__c": f"Industry List {lead.created:%m/%Y}" if junk else odds.SOURCES[lead.source][1],
        "Rating": "Cold" if fit + behavior < 80 else "Warm" if fit + behavior < 120 else "Hot",
        "Budget__c": rng.choice(_BUDGETS) if lead.budget else "",
        "Authority__c": "Decision maker" if lead.authority else rng.choice(("Influencer", "User", "")),
        "Need__c": rng.choice(("Replacement", "New line", "Energy saving", "")),
        "Timeline__c": rng.choice(("0-3 months", "3-6 months", "6-12 months", "", "")),
        "Fit_Score__c": str(fit), "Behavior_Score__c": str(behavior), "Region__c": region,
        "HasOptedOutOfEmail": flag(rng.random() < 0.04),
    }  # fmt: skip

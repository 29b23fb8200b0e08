"""Which date columns say when a stage was entered, told by their header."""

import re

from core.intake.words import fold

_BECAME = re.compile(r"(?:date )?became (?:an? |the )?(?P<stage>.+?)(?: lead status)?(?: date)?", re.IGNORECASE)
_ENTERED = re.compile(
    r"(?:date |time )?entered(?: stage)? \"?(?P<stage>[^\"]+?)\"?(?: \([^()]*\))?(?: date| on| at)?", re.IGNORECASE
)
_API = re.compile(r"hs_(?:v2_)?(?:date_entered_(?P<entered>\w+)|lifecyclestage_(?P<became>\w+)_date)", re.IGNORECASE)
_AFTER = re.compile(r"(?P<stage>.+?)[ _-]*(?:date[ /_-]?time|datetime|date|timestamp|time|at|on)", re.IGNORECASE)
_BEFORE = re.compile(r"(?:date|datum|time) (?:of )?(?P<stage>.+)", re.IGNORECASE)
_WORDS = frozenset(
    {
        "lead",
        "raw",
        "rawlead",
        "mql",
        "mqa",
        "aql",
        "sal",
        "sql",
        "sqo",
        "sgl",
        "pql",
        "opp",
        "opportunity",
        "customer",
        "viable",
    }
    | {
        "inquiry",
        "enquiry",
        "prospect",
        "subscriber",
        "evangelist",
        "engaged",
        "qualified",
        "accepted",
        "rejected",
        "recycled",
    }
    | {
        "nurture",
        "nurtured",
        "disqualified",
        "unqualified",
        "converted",
        "demo",
        "proposal",
        "negotiation",
        "won",
        "lost",
    }
    | {
        "marketingqualifiedlead",
        "marketingqualified",
        "marketingaccepted",
        "salesacceptedlead",
        "salesaccepted",
        "handedover",
    }
    | {
        "salesqualifiedlead",
        "salesqualified",
        "salesqualifiedopportunity",
        "firstcontact",
        "assigned",
        "handoff",
        "handover",
    }
)


def stage_of(header: str) -> str | None:
    """The stage that a date under this header says was entered; None where the header speaks of no stage.

    >>> stage_of("Became a marketing qualified lead date"), stage_of('Date entered "Lead (Lifecycle Stage Pipeline)"')
    ('marketing qualified lead', 'Lead')
    >>> stage_of("sql_at"), stage_of("Date entered current stage"), stage_of("Last Modified Date")
    ('sql', None, None)
    """
    text = header.strip().removesuffix("__c")
    api = _API.fullmatch(text)
    if api:
        return api["entered"] or api["became"]
    for pattern in (_BECAME, _ENTERED):
        said = pattern.fullmatch(text.replace("_", " "))
        if said:
            label = re.sub(r"\s*\([^()]*\)?$", "", said["stage"]).strip(' "')
            return None if fold(label) in ("currentstage", "stage", "") else label
    for pattern in (_AFTER, _BEFORE):
        said = pattern.fullmatch(text if pattern is _AFTER else text.replace("_", " "))
        if said and fold(said["stage"]) in _WORDS:
            return said["stage"].strip(" _-")
    return None

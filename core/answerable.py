"""What can be answered from the data that are here, and where in the CRM to get what is missing?"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from core.measures.held import Held, count
from core.tables import Column, Table
from core.workspace import Workspace

Possible = Literal["yes", "partly", "no"]

ANSWERABLE = Table(
    "answerable",
    "question that the product answers",
    (
        Column("question", "text", "the question, by the page that answers it", required=True),
        Column("page", "text", "that page; missing where there is none yet"),
        Column("possible", "text", "yes, partly or no", required=True),
        Column("needs", "text", "what it takes", required=True),
        Column("found", "text", "what is here, counted", required=True),
        Column("missing", "text", "what is not; missing where nothing is"),
        Column("where_to_get", "text", "where the CRM has it; missing where nothing is missing"),
    ),
    key=("question",),
)


Where = Mapping[str, str]
"""System → where it has something."""

_HISTORY: Where = {
    "Salesforce": "the Lead History report, or the object LeadHistory in Data Loader",
    "HubSpot": 'an export of contacts with the columns "Date entered ..." or "Became a ... date"',
}
_TASKS: Where = {
    "Salesforce": "the objects Task and Event in Data Loader, or a Tasks and Events report",
    "HubSpot": "an export of calls, emails and meetings",
}
_DEALS: Where = {
    "Salesforce": "the object Opportunity in Data Loader, or an Opportunities report",
    "HubSpot": 'an export of deals with "Associated Contact IDs"',
}
_USERS: Where = {
    "Salesforce": "the object User with UserRole and ManagerName",
    "HubSpot": "the list of users and teams in the settings",
}
_LEADS: Where = {
    "Salesforce": "the object Lead in Data Loader, or a Leads report",
    "HubSpot": "an export of contacts with all properties",
}
_ACTIVITIES: Where = {
    "Salesforce": "the object CampaignMember",
    "HubSpot": "an export of form submissions and page views",
    "Marketo": "the activity log",
}

Lack = tuple[bool, str, Where]
"""Whether something is missing, what it is, and where to get it."""


def _stages(held: Held) -> tuple[bool, Lack]:
    few = held.stages_dated < 2
    said = "a date for each stage" if not held.entries_undated else "dates: only today's status of each lead is here"
    return few, (few, said, _HISTORY)


def _funnel(held: Held) -> tuple[Possible, list[Lack]]:
    few, lack = _stages(held)
    some = held.stages_dated == 1 or held.entries_undated > 0
    return ("no" if few and not some else "partly" if few else "yes"), [lack]


def _clocks(held: Held) -> tuple[Possible, list[Lack]]:
    lacks = [
        (not held.handoffs, "the day a lead was put before sales", _HISTORY),
        (bool(held.handoffs) and not held.handoffs_timed, "the time of day of the hand-off", _HISTORY),
        (not held.touches, "calls, mails and meetings of your people", _TASKS),
        (bool(held.touches) and not held.touches_timed, "the time of day of calls and mails", _TASKS),
    ]
    return _grade(held.handoffs and (held.touches or held.replies), lacks), lacks


def _black_hole(held: Held) -> tuple[Possible, list[Lack]]:
    lacks = [
        (not held.handoffs, "the day a lead was put before sales", _HISTORY),
        (not held.replies, "what sales recorded afterwards", _HISTORY),
        (not held.touches, "touches, which tell a lead nobody called from one that was called in silence", _TASKS),
    ]
    return _grade(held.handoffs and (held.replies or held.touches), lacks), lacks


def _velocity(held: Held) -> tuple[Possible, list[Lack]]:
    _, lack = _stages(held)
    return _grade(held.entries_dated, [lack]), [lack]


def _audit(held: Held) -> tuple[Possible, list[Lack]]:
    stages = held.entries_dated or held.entries_undated
    lacks = [
        (not held.entries_dated, "the day on which each lead was put into its stage, and by whom", _HISTORY),
        (not held.leads_described, "what was known of the lead: title, company, industry, size", _LEADS),
    ]
    return _grade(stages and held.leads_described, lacks), lacks


def _reps(held: Held) -> tuple[Possible, list[Lack]]:
    lacks = [
        (not held.verdicts, "the yes or no of sales to each lead", _HISTORY),
        (bool(held.verdicts) and not held.verdicts_signed, "who said yes or no", _HISTORY),
        (not held.noes_reasoned, "the reason of each no", _HISTORY),
        (not held.leads_described, "what was known of the lead: title, company, industry, size", _LEADS),
        (not held.people, "who belongs to which team", _USERS),
    ]
    return _grade(held.verdicts_signed, lacks), lacks


def _loop(held: Held) -> tuple[Possible, list[Lack]]:
    lacks = [
        (not held.deals_won, "won deals", _DEALS),
        (bool(held.deals_won) and not held.deals_amounts, "the amounts of won deals", _DEALS),
        (bool(held.deals) and not held.deals_linked, "which lead each deal came from", _DEALS),
        (not held.leads_sourced, "the source of each lead", _LEADS),
    ]
    return _grade(held.deals_won and (held.deals_amounts or held.deals_linked), lacks), lacks


def _what_if(held: Held) -> tuple[Possible, list[Lack]]:
    inputs = held.leads_described or held.leads_scored
    lacks = [
        (not inputs, "what was known of the lead: title, company, industry, size", _LEADS),
        (not held.activities, "what the lead did: forms, downloads, visits", _ACTIVITIES),
        (not (held.replies or held.deals_won), "what became of the leads", _HISTORY),
    ]
    return _grade(inputs and (held.replies or held.deals_won), lacks), lacks


def _recycling(held: Held) -> tuple[Possible, list[Lack]]:
    lacks = [
        (not held.returns, "leads recycled, rejected or disqualified, with the day", _HISTORY),
        (bool(held.returns) and not held.returns_reasoned, "the reason why a lead was sent back", _HISTORY),
    ]
    return _grade(held.returns, lacks), lacks


def _grade(enough: int | bool, lacks: list[Lack]) -> Possible:
    return "no" if not enough else "partly" if any(lack[0] for lack in lacks) else "yes"


@dataclass(frozen=True)
class _Question:
    name: str
    needs: str
    counted: Mapping[str, str]
    """Field of `Held` → the words after its number."""
    judge: Callable[[Held], tuple[Possible, list[Lack]]]
    page: str | None = None


_QUESTIONS = (
    _Question(
        "Funnel: where do leads leak?",
        "The day on which leads entered two stages or more.",
        {
            "stages_dated": "stages with dates",
            "entries_dated": "dated entries",
            "entries_undated": "known only as today's status",
        },
        _funnel,
        "funnel",
    ),
    _Question(
        "Follow-up: how fast does sales answer?",
        "Hand-offs with the time of day, and the calls, mails and meetings of your people.",
        {"handoffs": "hand-offs", "handoffs_timed": "of them with the time", "touches": "touches"},
        _clocks,
        "clocks",
    ),
    _Question(
        "Black hole: which leads did nobody answer?",
        "Hand-offs, and what sales did or recorded afterwards.",
        {"handoffs": "hand-offs", "replies": "dated moves by sales", "touches": "touches"},
        _black_hole,
        "black_hole",
    ),
    _Question(
        "Velocity: how long do leads stay in each stage?",
        "The day on which leads entered a stage and the one after it; with the time of day, to the hour.",
        {
            "stages_dated": "stages with dates",
            "entries_dated": "dated entries",
            "entries_undated": "known only as today's status",
        },
        _velocity,
        "velocity",
    ),
    _Question(
        "Reps: do they judge leads as agreed?",
        "Each rep's yes or no with the reason, and what was known of the lead.",
        {
            "verdicts": "verdicts",
            "verdicts_signed": "with a name",
            "noes_reasoned": "noes with a reason",
            "people": "people",
        },
        _reps,
    ),
    _Question(
        "Revenue: which sources bring money?",
        "Won deals with amounts, their leads, and the source of each lead.",
        {
            "deals_won": "won deals",
            "deals_amounts": "with an amount",
            "deals_linked": "deals with a lead",
            "leads_sourced": "leads with a source",
        },
        _loop,
    ),
    _Question(
        "What if: what would another threshold do?",
        "What was known of each lead, what it did, and what became of it.",
        {"leads_described": "leads described", "leads_scored": "leads with a score", "activities": "activities"},
        _what_if,
    ),
    _Question(
        "Recycling: do leads sent back return?",
        "Leads sent back, with the day and the reason.",
        {"returns": "leads sent back", "returns_reasoned": "with a reason"},
        _recycling,
    ),
    _Question(
        "Stage audit: who puts leads into a stage against the definition?",
        "The stage of each lead, who or what put it there, and what was known of the lead.",
        {
            "entries_dated": "dated entries",
            "entries_undated": "known only as today's status",
            "leads_described": "leads described",
        },
        _audit,
        "audit",
    ),
)


def answerable(held: Held) -> pd.DataFrame:
    """Which of the product's questions these counts can answer (`ANSWERABLE`), in the order of the pages.

    >>> answerable(Held(stages_dated=3, entries_dated=40)).loc[0, "possible"]
    'yes'
    """
    rows = []
    for question in _QUESTIONS:
        possible, lacks = question.judge(held)
        lacking = [lack for lack in lacks if lack[0]]
        rows.append(
            {
                "question": question.name,
                "page": question.page,
                "possible": possible,
                "needs": question.needs,
                "found": _counted(held, question.counted),
                "missing": _sentence("; ".join(lack[1] for lack in lacking)),
                "where_to_get": _where([lack[2] for lack in lacking]),
            }
        )
    return ANSWERABLE.conform(pd.DataFrame(rows))


def _counted(held: Held, counted: Mapping[str, str]) -> str:
    """What there is any of, in words."""
    return ", ".join(f"{n:,} {words}" for name, words in counted.items() if (n := getattr(held, name))) or "nothing"


def _where(places: Sequence[Where]) -> str | None:
    """One sentence per system, each place once."""
    systems = dict.fromkeys(system for where in places for system in where)
    told = {system: dict.fromkeys(where[system] for where in places if system in where) for system in systems}
    return " ".join(f"{system}: {'; '.join(each)}." for system, each in told.items()) or None


def _sentence(words: str) -> str | None:
    return f"{words[0].upper()}{words[1:]}." if words else None


def held(workspace: Workspace) -> Held:
    """Count what the live data of a workspace hold."""
    return count(workspace.engine, workspace.sources(), workspace.labels(), workspace.definition())


__all__ = ["ANSWERABLE", "Held", "answerable", "held"]

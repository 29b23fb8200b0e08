"""What a new agreement begins with: criteria that most companies ask for, and what should hold behind each reason.

A starting offer, to be talked over: every template carries it, nothing of it is signed. Viability after the common
vocabulary of lead stages; need, authority, budget and time after BANT; questions that a rep can answer on a first call.
"""

from core.definition.agreed import Attempts, Criterion, Facts, Holds
from core.definition.conditions import All, AnyOf, Flagged, Has, HasDeal, Not, OneOf, Stated, Valid

DECIDERS = (
    "decision maker", "decision-maker", "economic buyer", "decides", "final decision", "influencer", "influences",
    "recommender", "champion", "yes", "true", "executive", "owner", "c-level",
)  # fmt: skip
"""What a field of authority says of somebody who decides or has a say in it."""

CRITERIA = (
    Criterion(
        id="reachable",
        name="A real mail address or phone number",
        condition=AnyOf(of=(Valid(what="lasting_mail"), Valid(what="phone"))),
        question="Did the mail address or the number reach this person?",
    ),
    Criterion(
        id="named",
        name="First name, last name and title are known",
        condition=All(of=(Stated(field="first_name"), Stated(field="last_name"), Stated(field="title"))),
        question="Is this who you spoke with, and what they do?",
    ),
    Criterion(
        id="permission",
        name="May be contacted",
        condition=Not(of=Flagged(field="opted_out")),
        question="Is it all right for them that you call?",
    ),
    Criterion(
        id="need",
        name="Has a need that we can meet",
        condition=Has(field="need"),
        question="Do they have a problem that we solve?",
    ),
    Criterion(
        id="authority",
        name="Decides, or has a say in it",
        condition=OneOf(field="authority", values=DECIDERS),
        question="Does this person decide, or have a say in who does?",
    ),
    Criterion(
        id="budget",
        name="Has a budget",
        condition=Has(field="budget"),
        question="Is there money for it, or a way to get it?",
    ),
    Criterion(
        id="timeline",
        name="Wants to buy within a known time",
        condition=Has(field="timeline"),
        question="By when do they want to have it?",
    ),
    Criterion(
        id="size",
        name="The size of the deal is known",
        condition=HasDeal(what="amount"),
        question="How large would it be?",
    ),
)

VALIDATED = ("reachable", "need", "authority", "budget")
"""The Universal Lead Definition that templates begin with."""

OF_STAGE = {
    "viable": ("reachable", "named"),
    "mql": ("reachable", "permission"),
    "sal": VALIDATED,
    "validated": VALIDATED,
    "sql": (*VALIDATED, "timeline"),
    "opportunity": ("authority", "timeline", "size", "permission"),
}
"""Stage id → the criteria that it begins with."""

HANDED_OVER = ("reachable", "permission")
"""What every stage that hands over begins with."""

SAID: dict[str, tuple[str, str, str]] = {
    "raw": (
        "Marketing checks what came in and completes it.",
        "Its address or number is real and we know who it is.",
        "It is taken out when its data are made up.",
    ),
    "inquiry": (
        "Marketing answers and learns who it is.",
        "It fits, or shows more interest.",
        "It is taken out when it can never buy.",
    ),
    "viable": (
        "Marketing keeps in touch until the lead is ready for sales.",
        "It meets what we agreed a lead is.",
        "It is taken out when it can never buy.",
    ),
    "mql": (
        "A rep gets the lead, calls within the agreed time and says yes or no on the first call.",
        "Sales says yes: it meets what we agreed.",
        "Sales says no, with a reason: back to nurture, or out.",
    ),
    "sal": (
        "The rep works the lead until its need is clear.",
        "A need worth pursuing is found.",
        "It is not ready to buy: back to nurture, with a reason.",
    ),
    "validated": (
        "The rep works the lead until a deal can be opened.",
        "A deal with an amount and a date is opened.",
        "It is not ready to buy: back to nurture, with a reason.",
    ),
    "sql": (
        "The rep and the buyer agree on what is needed.",
        "A deal with an amount and a date is opened.",
        "It is not ready to buy: back to nurture, with a reason.",
    ),
    "opportunity": (
        "The deal is worked until it is won or lost.",
        "They buy.",
        "The deal is lost, or put off: back to nurture, with a reason.",
    ),
    "won": ("The customer is looked after.", "", ""),
}
"""Stage id → what happens in it, what moves a lead forward, and what moves it back."""

BEHIND: dict[str, Facts] = {
    "no_budget": Holds(condition=Not(of=Has(field="budget"))),
    "no_authority": Holds(condition=Not(of=OneOf(field="authority", values=DECIDERS))),
    "no_need": Holds(condition=Not(of=Has(field="need"))),
    "bad_timing": Holds(condition=Not(of=Has(field="timeline"))),
    "unable_to_reach": Attempts(attempts=5, days=3),
    "inaccurate_data": Holds(condition=Not(of=All(of=(Valid(what="mail"), Valid(what="phone"))))),
}
"""Reason id → what should hold where it is used."""

"""What the forms for a definition call everything: fields, choices, kinds; and what a new part begins with."""

from collections.abc import Mapping
from typing import Any, Literal

Said = Mapping[str, tuple[str, str]]
_WORDS = ("Words for it", "Every word by which your CRM and your marketing automation call it")

FIELDS: Mapping[str, Said] = {
    "Stage": {
        "name": ("Name", ""),
        "side": ("Belongs to", ""),
        "meaning": ("What it means", "One sentence that both teams understand"),
        "criteria": ("A lead here meets", "All of these"),
        "happens": ("What happens here", "What is done with a lead in this stage"),
        "forward": ("Moves on when", ""),
        "back": ("Moves back or out when", ""),
        "clock_days": ("Stalls after days", "Without a move for so long, a lead counts as stalled"),
        "hands_over": ("Hands over to sales", "Exactly one stage does"),
        "won": ("Means won", "Exactly one stage does"),
        "synonyms": _WORDS,
    },
    "Exit": {
        "name": ("Name", ""),
        "kind": ("What it means", ""),
        "leaves": ("Always leaves", "Empty: whichever stage the lead was in"),
        "synonyms": _WORDS,
    },
    "Reason": {
        "name": ("Name", ""),
        "route": ("The lead", ""),
        "facts": ("What should hold where it is given", "Reps' reasons are held against it"),
        "synonyms": _WORDS,
    },
    "Criterion": {
        "name": ("Name", ""),
        "condition": ("What is asked", ""),
        "question": ("Question for the first call", "A rep can ask it in plain words"),
        "sales_own": ("Sales fills this itself after the hand-off", "Such an answer leans on the verdict"),
    },
    "FitRule": {
        "name": ("Name", ""),
        "points": ("Points", "To a tenth; below zero takes points away"),
        "when": ("Where", "What the lead is; what it did is a rule for behaviour"),
        "on": ("Counts", "Off: kept, but gives nothing"),
    },
    "BehaviourRule": {
        "name": ("Name", ""),
        "points": ("Points for each time", "To a tenth; below zero takes points away"),
        "what": ("What is counted", ""),
        "names": ("Which kinds", "As your export calls them"),
        "within_days": ("Of the last days", "Empty: however long ago"),
        "cap": ("The newest at most", "Empty: every time counts"),
        "half_life_days": ("Half its worth after days", "Empty: it keeps its worth"),
        "on": ("Counts", "Off: kept, but gives nothing"),
    },
    "Clock": {
        "name": ("Name", ""),
        "milestone": ("Waits until", ""),
        "limit_minutes": ("Limit", "From the hand-off"),
        "grace_minutes": ("Grace", "What may pass after the limit before a lead counts as fallen silent"),
        "time": ("Which minutes count", ""),
    },
    "Attention": {
        "touches_most": ("Touches a week, at most", "Empty: no ceiling"),
        "touches_least": ("Touches a week, at least", "Empty: no floor"),
        "mails_most": ("Mails a week, at most", "Empty: no ceiling"),
    },
    "Definition": {
        "name": ("Name", ""),
        "source": ("Where it comes from", ""),
        "hands_over_by": ("A lead is handed over by", ""),
        "contact_words": ("Words for a conversation", "Outcomes of a call or mail that say that the lead was reached"),
        "machines": ("Automations and integration users", "By id or name: what they do stops no clock"),
        "ignored": ("Words that are no stage", ""),
        "validated": ("Sales says yes where all of these are met", "The Universal Lead Definition"),
        "qualification": ("Leads are put before sales by their points", ""),
    },
    "Qualification": {
        "policy": ("Qualifies by", ""),
        "points": ("Whose points", ""),
    },
    "Attempts": {
        "attempts": ("Tried at least so often", ""),
        "days": ("On so many different days", ""),
    },
    "Holds": {"condition": ("What is asked", "")},
    "BothThresholds": {"fit": ("Fit, at least", ""), "behaviour": ("Behaviour, at least", "")},
    "SumThreshold": {"at_least": ("Points in all, at least", "")},
    "Grid": {
        "fit_from": ("Bands of fit, from", "The best first, such as 75, 50, 25; below the last nobody qualifies"),
        "behaviour_from": ("Behaviour that each band needs", "One for each band, such as 0, 20, never"),
    },
    "Compare": {"field": ("Field", ""), "op": ("Is", ""), "value": ("Number", "")},
    "OneOf": {"field": ("Field", ""), "values": ("One of", "Case, spaces and punctuation do not matter")},
    "Says": {"field": ("Field", ""), "place": ("Has", ""), "words": ("One of", "Case does not matter")},
    "Stated": {"field": ("Field", "")},
    "Has": {"field": ("Field", "")},
    "Flagged": {"field": ("Field", ""), "on": ("Is yes", "Off: it is no")},
    "Valid": {"what": ("What", "")},
    "Happened": {
        "what": ("What", ""),
        "names": ("Which kinds", "As your export calls them; empty: any"),
        "at_least": ("At least so often", ""),
        "within_days": ("Within days", "Before the hand-off; empty: however long ago"),
    },
    "Scored": {"side": ("Points", ""), "at_least": ("At least", "")},
    "HasDeal": {"what": ("Deal", "")},
    "Meets": {"criterion": ("Criterion", "")},
    "All": {"of": ("All of these", "")},
    "AnyOf": {"of": ("One of these", "")},
    "Not": {"of": ("Not this", "")},
    "AtLeast": {"k": ("At least so many", ""), "of": ("Of these", "")},
}
"""Model → the fields that a form asks for, in its order → label, and a word of help."""

KINDS: Mapping[str, str] = {
    "Compare": "A number is at least, at most …",
    "OneOf": "A field is one of these words",
    "Says": "A field has one of these words in it",
    "Stated": "A field is filled",
    "Has": "A field says that it is there",
    "Flagged": "A yes/no field says yes, or no",
    "Valid": "Mail address or phone number can be real",
    "Happened": "Something happened so often",
    "Scored": "Points reach a bound",
    "HasDeal": "It has a deal",
    "Meets": "It meets another criterion",
    "All": "All of these",
    "AnyOf": "One of these",
    "AtLeast": "At least so many of these",
    "Not": "Not this",
    "Attempts": "Tried often enough",
    "Holds": "A condition holds",
    "BothThresholds": "Fit and behaviour, each its own bound",
    "SumThreshold": "The sum of both",
    "Grid": "Bands of fit, each with its behaviour",
    "FitRule": "For what a lead is",
    "BehaviourRule": "For what it did",
}

_HAPPENINGS = {"activity": "something it did", "touch": "an attempt of ours to reach it", "contact": "a conversation"}
CHOICES: Mapping[tuple[str, str], Mapping[str, str]] = {
    ("Stage", "side"): {"marketing": "Marketing", "sales": "Sales"},
    ("Scored", "side"): {"fit": "for fit", "behaviour": "for behaviour", "sum": "in all"},
    ("Exit", "kind"): {
        "rejected": "sales says no",
        "recycled": "it goes back to marketing",
        "disqualified": "it is taken out of the funnel",
        "lost": "the deal is lost",
    },
    ("Reason", "route"): {"recycle": "goes back to nurture", "remove": "is taken out"},
    ("Clock", "milestone"): {
        "attempt": "somebody tried to reach it",
        "contact": "somebody spoke with it",
        "verdict": "sales said yes or no",
        "disposition": "sales recorded anything",
    },
    ("Clock", "time"): {"working": "working time", "elapsed": "all of them"},
    ("Definition", "hands_over_by"): {"stage": "entering the stage", "assignment": "being given to a person"},
    ("Qualification", "points"): {"rules": "those of the rules here", "export": "those that the export brings"},
    ("Compare", "op"): {
        ">=": "at least", ">": "above", "<=": "at most", "<": "below", "=": "exactly", "!=": "anything but",
    },
    ("Says", "place"): {"anywhere": "in it", "start": "at its start"},
    ("Valid", "what"): {
        "mail": "mail address",
        "business_mail": "mail address of a company, not of a free provider",
        "lasting_mail": "mail address, not one to throw away",
        "phone": "phone number",
    },
    ("HasDeal", "what"): {"any": "any", "amount": "with an amount", "close_date": "with a close date"},
    ("Happened", "what"): _HAPPENINGS,
    ("BehaviourRule", "what"): _HAPPENINGS,
}  # fmt: skip
"""Model and field → each choice in words."""

SPECIAL: Mapping[
    tuple[str, str], Literal["field", "criterion", "criteria", "stage", "span"]
] = {
    ("", "field"): "field",
    ("Meets", "criterion"): "criterion",
    ("Stage", "criteria"): "criteria",
    ("Definition", "validated"): "criteria",
    ("Exit", "leaves"): "stage",
    ("Clock", "limit_minutes"): "span",
    ("Clock", "grace_minutes"): "span",
}  # fmt: skip
"""Fields of text that name something: a field of the lead, a criterion, a stage."""

LONG = frozenset(("meaning", "happens", "forward", "back", "question"))
"""Texts of a sentence."""

BEGIN: Mapping[str, Mapping[str, Any]] = {
    "Stage": {"side": "marketing"},
    "Exit": {"kind": "recycled"},
    "Reason": {"route": "recycle"},
    "Criterion": {"condition": {"kind": "stated", "field": "company"}},
    "FitRule": {"points": 10, "when": {"kind": "stated", "field": "company"}},
    "BehaviourRule": {"points": 5, "names": []},
    "Clock": {"milestone": "attempt", "limit_minutes": 240},
    "Qualification": {"policy": {"kind": "sum", "at_least": 30}},
    "Attempts": {"attempts": 5, "days": 3},
    "Holds": {"condition": {"kind": "stated", "field": "company"}},
    "BothThresholds": {"fit": 20, "behaviour": 10},
    "SumThreshold": {"at_least": 30},
    "Grid": {"fit_from": [30, 20], "behaviour_from": [0, 10]},
    "Compare": {"field": "employees", "op": ">=", "value": 50},
    "OneOf": {"field": "country", "values": []},
    "Says": {"field": "title", "words": []},
    "Stated": {"field": "company"},
    "Has": {"field": "budget"},
    "Flagged": {"field": "opted_out", "on": True},
    "Valid": {"what": "mail"},
    "Scored": {"side": "sum", "at_least": 30},
    "Meets": {"criterion": ""},
    "All": {"of": []},
    "AnyOf": {"of": []},
    "Not": {"of": {"kind": "stated", "field": "company"}},
    "AtLeast": {"k": 1, "of": []},
}
"""What a new part begins with, where the model itself has no default."""

"""Zoho CRM: leads and deals, from the list export or the data backup."""

from core.intake.formats.export import Export

_ABOUT = {"lead_id": ("LEADID",), "deal_id": ("POTENTIALID",)}
"""Whom a call or an event is about. "Who Id" is neither: it holds ids of leads and of contacts, which are alike."""
_NOBODY = ("0",)
"""What stands for no record where a call or an event has none."""

EXPORTS = (
    Export(
        "Zoho",
        "leads",
        "leads",
        needs=(
            ("Record Id", "LEADID"),
            ("Lead Status",),
            ("Lead Owner", "Lead Owner.id"),
            ("Created Time",),
            ("Email", "Company"),
        ),
        columns={
            "lead_id": ("Record Id", "LEADID"),
            "created_at": ("Created Time",),
            "status": ("Lead Status",),
            "owner": ("Lead Owner.id", "Lead Owner"),
            "phone": ("Phone", "Mobile"),
            "deal_id": ("Converted Deal.id",),
            "stage:converted": ("Converted Date Time", "Lead Conversion Time"),
        },
    ),
    Export(
        "Zoho",
        "deals",
        "deals",
        needs=(
            ("Record Id", "POTENTIALID", "Deal Name", "Potential Name"),
            ("Stage",),
            ("Closing Date",),
            ("Created Time",),
        ),
        columns={
            "deal_id": ("Record Id", "POTENTIALID"),
            "lead_id": ("LEADID",),
            "opened_at": ("Created Time",),
            "closed_at": ("Closing Date",),
            "owner": ("Deal Owner.id", "Deal Owner", "Potential Owner"),
            "reason": ("Reason For Loss",),
            "keep": ("Type", "Expected Revenue"),
        },
    ),
    Export(
        "Zoho",
        "calls",
        "touches",
        needs=(("TASKID", "CALLID", "Record Id"), ("Call Start Time",), ("Call Owner", "Call Owner Id"), ("LEADID",)),
        columns={
            **_ABOUT,
            "when": ("Call Start Time",),
            "actor": ("Call Owner Id", "Call Owner"),
            "type": ("Call Type",),
        },
        nothing=_NOBODY,
    ),
    Export(
        "Zoho",
        "events",
        "touches",
        needs=(("EVENTID", "Record Id"), ("Start DateTime",), ("Event Owner", "Event Owner Id"), ("LEADID",)),
        columns={**_ABOUT, "when": ("Start DateTime",), "actor": ("Event Owner Id", "Event Owner")},
        nothing=_NOBODY,
    ),
    # What leads became. Contacts are counted from 1 on as leads are: taken for leads they would stand for others.
    Export("Zoho", "contacts", "lookup", needs=(("CONTACTID",), ("Contact Owner", "Contact Owner Id"), ("Last Name",))),
    Export(
        "Zoho",
        "campaigns",
        "campaigns",
        needs=(("CAMPAIGNID", "Record Id"), ("Campaign Name",), ("Created Time",), ("Actual Cost", "Budgeted Cost")),
        columns={"campaign_id": ("CAMPAIGNID", "Record Id"), "channel": ("Type",), "cost": ("Actual Cost",)},
    ),
    Export(
        "Zoho",
        "users",
        "people",
        needs=(("USER_ID",), ("Last Name",), ("Email",)),
        without=("Lead Status", "Company"),
        columns={"person_id": ("USER_ID",)},
    ),
)

"""Zoho CRM: leads and deals, from the list export or the data backup."""

from core.intake.formats.export import Export

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

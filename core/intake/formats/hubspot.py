"""HubSpot: contacts, deals and the history of a property. Stage dates are found by their headers, in any export."""

from core.intake.formats.export import Export

_RECORD = ("Record ID", "Record ID - Contact", "hs_object_id", "Contact ID", "contact_id")

EXPORTS = (
    Export(
        "HubSpot",
        "contacts",
        "leads",
        needs=(
            _RECORD,
            ("Lifecycle Stage", "lifecyclestage", "Lead Status", "hs_lead_status"),
            ("Email", "First Name", "Create Date"),
        ),
        without=("Deal Name", "Deal Stage"),
        columns={
            "lead_id": _RECORD,
            "created_at": ("Create Date", "createdate"),
            "status": ("Lifecycle Stage", "lifecyclestage", "Lead Status", "hs_lead_status"),
            "owner": ("Contact owner", "hubspot_owner_id"),
            "source": ("Original Traffic Source", "Original Source", "hs_analytics_source"),
            "campaign_id": ("First Touch Converting Campaign", "hs_analytics_first_touch_converting_campaign"),
            "behaviour_score": ("HubSpot Score", "hubspotscore"),
            # Of a person's deals there may be several; none of these says which deal this lead became.
            "keep": ("Close Date", "closedate", "Associated Deal IDs"),
        },
    ),
    Export(
        "HubSpot",
        "property history",
        "history",
        needs=(("contact_id", "Contact ID"), ("name", "Property"), ("value",), ("timestamp",)),
        columns={
            "lead_id": ("contact_id", "Contact ID"),
            "field": ("name", "Property"),
            "new_value": ("value",),
            "when": ("timestamp",),
            "actor": ("Updated by user ID", "source_id"),
            "keep": ("source", "Source type"),
        },
    ),
    Export(
        "HubSpot",
        "deals",
        "deals",
        needs=(
            ("Record ID", "Record ID - Deal", "hs_object_id", "Deal ID"),
            ("Deal Stage", "dealstage"),
            ("Deal Name", "dealname"),
        ),
        columns={
            "deal_id": ("Record ID", "Record ID - Deal", "hs_object_id", "Deal ID"),
            "stage": ("Deal Stage", "dealstage"),
            "opened_at": ("Create Date", "createdate"),
            "closed_at": ("Close Date", "closedate"),
            "owner": ("Deal owner", "hubspot_owner_id"),
            "is_won": ("Is Closed Won", "hs_is_closed_won"),
            "reason": ("Closed Lost Reason",),
        },
    ),
)

"""Pipedrive: lists of leads and deals, whose headers carry the name of the object."""

from core.intake.formats.export import Export

EXPORTS = (
    Export(
        "Pipedrive",
        "leads",
        "leads",
        needs=(("Lead - ID",), ("Lead - Lead created", "Lead - Lead created on", "Lead - Owner", "Lead - Title")),
        sign=" - ",
        columns={
            "lead_id": ("Lead - ID",),
            "created_at": ("Lead - Lead created", "Lead - Lead created on"),
            "owner": ("Lead - Owner",),
            "status": ("Lead - Label", "Lead - Labels"),
            "source": ("Lead - Source channel", "Lead - Source origin"),
            "company": ("Lead - Organization",),
            "email": ("Person - Email", "Person - Email - Work"),
            "phone": ("Person - Phone", "Person - Phone - Work"),
        },
    ),
    Export(
        "Pipedrive",
        "deals",
        "deals",
        needs=(("Deal - ID",), ("Deal - Status",), ("Deal - Stage",)),
        sign=" - ",
        columns={
            "deal_id": ("Deal - ID",),
            "opened_at": ("Deal - Deal created",),
            "closed_at": ("Deal - Won time", "Deal - Deal closed on"),
            "lost_at": ("Deal - Lost time",),
            "amount": ("Deal - Value",),
            "currency": ("Deal - Currency of Value", "Deal - Currency"),
            "stage": ("Deal - Stage",),
            "outcome": ("Deal - Status",),
            "reason": ("Deal - Lost reason",),
            "owner": ("Deal - Owner",),
            "company": ("Deal - Organization",),
            "source": ("Deal - Source channel", "Deal - Source origin"),
        },
    ),
)

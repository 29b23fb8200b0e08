"""Marketo: people, changed values and other activities."""

from core.intake.formats.export import Export

_WHO, _WHEN = ("leadId", "Lead ID"), ("activityDate", "Activity Date")

EXPORTS = (
    Export(
        "Marketo",
        "people",
        "leads",
        needs=(("Id",), ("Email", "Email Address"), ("createdAt",), ("updatedAt",)),
        without=("activityDate", "Deal Stage", "StageName"),
        columns={
            "lead_id": ("Id",),
            "created_at": ("createdAt",),
            "status": ("leadStatus", "Person Status"),
            "source": ("leadSource", "Person Source", "originalSourceType"),
            "behaviour_score": ("leadScore", "Person Score"),
            "campaign_id": ("acquisitionProgramId", "Acquisition Program"),
            "opted_out": ("unsubscribed",),
        },
    ),
    Export(
        "Marketo",
        "changed values",
        "history",
        needs=(_WHO, _WHEN, ("newValue",), ("primaryAttributeValue",)),
        columns={
            "lead_id": _WHO,
            "when": _WHEN,
            "field": ("primaryAttributeValue",),
            "actor": ("modifyingUser",),
            "row_id": ("Id", "marketoGUID"),
            # Why the machine changed a value, which is not why a rep turned a lead away.
            "keep": ("reason", "source"),
        },
    ),
    Export(
        "Marketo",
        "activities",
        "touches",
        needs=(_WHO, _WHEN, ("activityTypeId",)),
        without=("newValue",),
        columns={
            "lead_id": _WHO,
            "when": _WHEN,
            "type": ("activityTypeId",),
            "row_id": ("Id", "marketoGUID"),
            "disposition": ("primaryAttributeValue",),
        },
        constants={"kind": "activity"},
    ),
)

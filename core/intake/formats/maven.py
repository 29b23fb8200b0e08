"""Maven's CRM sales opportunities: a pipeline and the teams that work it."""

from core.intake.formats.export import Export

EXPORTS = (
    Export(
        "Maven",
        "sales pipeline",
        "deals",
        needs=(("opportunity_id",), ("deal_stage",), ("engage_date",), ("close_value",)),
        columns={
            "deal_id": ("opportunity_id",),
            "owner": ("sales_agent",),
            "company": ("account",),
            "stage": ("deal_stage",),
            "stage:Engaging": ("engage_date",),
            "closed_at": ("close_date",),
            "amount": ("close_value",),
        },
    ),
    Export(
        "Maven",
        "sales teams",
        "people",
        needs=(("sales_agent",), ("manager",), ("regional_office",)),
        columns={"person_id": ("sales_agent",), "manager": ("manager",), "team": ("regional_office",)},
    ),
)

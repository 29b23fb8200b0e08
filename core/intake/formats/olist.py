"""Olist's marketing funnel: qualified leads and the deals closed with them."""

from core.intake.formats.export import Export

EXPORTS = (
    Export(
        "Olist",
        "marketing qualified leads",
        "leads",
        needs=(("mql_id",), ("first_contact_date",), ("origin",)),
        columns={
            "lead_id": ("mql_id",),
            "stage:MQL": ("first_contact_date",),
            "campaign_id": ("landing_page_id",),
            "source": ("origin",),
        },
    ),
    Export(
        "Olist",
        "closed deals",
        "deals",
        needs=(("mql_id",), ("seller_id",), ("won_date",)),
        columns={
            "lead_id": ("mql_id",),
            "deal_id": ("seller_id",),
            "closed_at": ("won_date",),
            "owner": ("sr_id",),
            # The revenue is what the seller declared before selling anything: no amount of this deal.
            "keep": ("sdr_id", "declared_monthly_revenue", "lead_type", "business_segment", "business_type"),
        },
        constants={"outcome": "won"},
    ),
)

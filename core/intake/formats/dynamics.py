"""Dynamics 365 Sales: leads and opportunities, saved from Excel as CSV."""

from core.intake.formats.export import Export

EXPORTS = (
    Export(
        "Dynamics 365",
        "leads",
        "leads",
        needs=(
            ("(Do Not Modify) Lead", "leadid"),
            ("Created On", "createdon"),
            ("Status", "Status Reason", "statuscode"),
        ),
        columns={
            "lead_id": ("(Do Not Modify) Lead", "leadid"),
            "created_at": ("Created On", "createdon"),
            "status": ("Status Reason", "statuscode", "Status", "statecode"),
            "source": ("Lead Source", "leadsourcecode"),
            "email": ("Email", "emailaddress1"),
            "phone": ("Business Phone", "telephone1", "Mobile Phone"),
            "deal_id": ("Qualifying Opportunity", "qualifyingopportunityid"),
            "behaviour_score": ("Lead Score", "msdyn_leadscore"),
            "keep": ("Topic", "Subject"),
        },
    ),
    Export(
        "Dynamics 365",
        "opportunities",
        "deals",
        needs=(
            ("(Do Not Modify) Opportunity", "opportunityid"),
            ("Est. Revenue", "Actual Revenue", "estimatedvalue"),
            ("Created On", "createdon"),
        ),
        columns={
            "deal_id": ("(Do Not Modify) Opportunity", "opportunityid"),
            "lead_id": ("Originating Lead", "originatingleadid"),
            "company": ("Potential Customer", "customerid"),
            "amount": ("Actual Revenue", "actualvalue", "Est. Revenue", "estimatedvalue"),
            "closed_at": ("Actual Close Date", "actualclosedate"),
            "opened_at": ("Created On", "createdon"),
            "stage": ("Pipeline Phase", "stepname"),
            "outcome": ("Status", "statecode"),
            "reason": ("Status Reason", "statuscode"),
        },
    ),
)

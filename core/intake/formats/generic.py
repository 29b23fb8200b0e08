"""Exports of no known system, told apart by the few columns without which they would mean nothing."""

from core.intake.fields import targets_of
from core.intake.formats.export import Export


def _named(shape: str, field: str, *more: str) -> tuple[str, ...]:
    return (field, *targets_of(shape)[field].spellings, *more)


_LEAD = tuple(name for name in _named("history", "lead_id") if name not in ("Case ID", "Record ID"))
_STAGE_DATES = (
    "MQL Date",
    "SQL Date",
    "SAL Date",
    "mql_at",
    "sal_at",
    "sql_at",
    "Date entered Lead",
    "Became a Lead Date",
)
_NO_LEADS = (
    "Amount",
    "Close Date",
    "Subject",
    "Old Value",
    "New Value",
    "Activity Date",
    "Account Number",
    "_fivetran_start",
    "Unit Price",
)
_PERSON = ("Email", "E-mail", "Email Address", "First Name", "Last Name", "Company", "Company Name", "Lead Source")

_FIELD, _NEW, _WHEN = _named("history", "field"), _named("history", "new_value"), _named("history", "when")
_CHANGED = (
    *("Timestamp", "Complete Timestamp", "Changed At", "Changed On", "Entered At", "Entered On", "Change Date"),
    "Edit Date",
)
_TO = ("Activity", "Stage", "Status", "To Stage", "To Status", "New Stage", "New Value")
_TOUCH = ("Subject", "Activity Type", "Task Type", "Call Type", "Disposition", "Call Disposition", "Call Result")
_DEAL_STAGE = ("Stage", "Stage Name", "Phase", "Deal Stage", "Sales Stage", "Outcome", "Is Won", "Won", "Deal Status")
_CONTACT = ("Email", "E-mail", "Email Address", "Last Name", "Lead Source", "Lead Status", "Company Name", "Company")
_ACCOUNT_NAME = ("Account Name", "Company Name", "Name")
_ACCOUNT = (
    *("Annual Revenue", "Account Type", "Account Source", "Account Number", "Company Domain Name", "Billing City"),
    *("Billing Country", "Billing Street", "Billing State/Province"),
)
_PEOPLE = ("User ID", "Person ID", "Rep ID", "Rep", "Sales Agent", "Name", "Full Name", "person_id")
_TEAM = ("Team", "Manager", "Manager Name", "Role", "User Role", "Time Zone", "Side", "Regional Office", "Last Name")

EXPORTS = (
    Export(
        "Any system",
        "history of changes",
        "history",
        needs=(
            (*_LEAD, "Case ID", "Record ID", "Contact ID", *_named("history", "deal_id")),
            _FIELD,
            _NEW,
            _WHEN,
        ),
    ),
    Export(
        "Any system",
        "history of stages",
        "history",
        needs=((*_LEAD, "Case ID"), _TO, _CHANGED),
        without=("Email", "First Name", "Subject"),
        columns={"when": ("Entered At", "Entered On")},
    ),
    Export(
        "Any system",
        "touches",
        "touches",
        needs=(_LEAD, _TOUCH, (*_named("touches", "when"), *_named("touches", "day"))),
        without=("Lead Status", "Company", "Old Value"),
    ),
    Export(
        "Any system",
        "deals",
        "deals",
        needs=(
            (*_named("deals", "deal_id"), "Deal Name", "Potential Name"),
            _DEAL_STAGE,
            (*_named("deals", "amount"), *_named("deals", "closed_at")),
        ),
        without=("First Name",),
    ),
    Export(
        "Any system",
        "leads",
        "leads",
        needs=(
            (*_LEAD, *_named("leads", "email")),
            (*_named("leads", "status"), *_named("leads", "created_at"), *_STAGE_DATES, *_PERSON),
        ),
        without=_NO_LEADS,
    ),
    Export("Any system", "contacts", "leads", needs=(("Id", "Record ID"), _CONTACT), without=_NO_LEADS),
    Export(
        "Any system",
        "campaigns",
        "campaigns",
        needs=(
            _named("campaigns", "campaign_id"),
            ("Campaign Name", "Name"),
            ("Cost", "Spend", "Actual Cost", "Budgeted Cost", "Start Date"),
        ),
        without=("Lead ID", "Contact ID"),
    ),
    # Accounts have owners and dates of creation as leads do, but nobody moves one through a funnel.
    Export(
        "Any system",
        "accounts",
        "lookup",
        needs=(("Account ID", "ACCOUNTID", "Company ID", "Record ID", "Id"), _ACCOUNT_NAME, _ACCOUNT),
        without=(*_PERSON[:5], "Lead Source", "Lead Status", "Amount", "Stage", "Deal Stage"),
    ),
    Export(
        "Any system",
        "people",
        "people",
        needs=(_PEOPLE, _TEAM),
        without=("Status", "Lead Status", "Company", "Amount", "Stage", "Lead Source", "Master Record Id"),
    ),
)

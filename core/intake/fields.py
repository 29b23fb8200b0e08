"""The fields that a file's columns can mean, per shape, and the spellings by which any system's export names them."""

from dataclasses import dataclass
from typing import Literal

FieldKind = Literal["id", "text", "date", "number", "amount", "flag"]
"""id: text with missing words; date: a day or an instant; amount: money, kept in minor units."""


@dataclass(frozen=True)
class Target:
    """One field of a shape: its name, its kind and the header spellings that mean it in any export, best first."""

    name: str
    kind: FieldKind
    spellings: tuple[str, ...] = ()


def _text(name: str, *spellings: str) -> Target:
    return Target(name, "text", spellings)


def _id(name: str, *spellings: str) -> Target:
    return Target(name, "id", spellings)


def _date(name: str, *spellings: str) -> Target:
    return Target(name, "date", spellings)


def _number(name: str, *spellings: str) -> Target:
    return Target(name, "number", spellings)


def _amount(name: str, *spellings: str) -> Target:
    return Target(name, "amount", spellings)


def _flag(name: str, *spellings: str) -> Target:
    return Target(name, "flag", spellings)


# fmt: off
_OWNER = ("OwnerId", "Owner", "Owner Name", "Assigned to", "Assigned rep", "Sales rep", "Rep", "Account executive")
_CREATED = (
    "CreatedDate", "Created Date", "Create Date", "Created", "Created At", "Created On", "Created Time", "Date Created",
    "Creation Date", "Date added", "Erstellt am", "Erstelldatum", "Date de création", "Fecha de creación",
)
_COMPANY = (
    "Company", "Company Name", "Company / Account", "Account Name", "Account", "Organization", "Organisation", "Firma",
)
_SOURCE = (
    "LeadSource", "Source", "Origin", "Lead Origin", "Original Source", "Original Traffic Source", "Channel",
    "Person Source",
)
_CAMPAIGN = ("CampaignId", "Campaign", "Source Campaign", "Primary Campaign Source", "Campaign Source", "utm_campaign")
_LEAD_ID = (
    "LeadId", "Lead No", "Lead Number", "Lead Nr", "ContactId", "ProspectId", "PersonId", "mql_id", "Lead",
)
_DEAL_ID = ("OpportunityId", "DealId", "Opportunity No", "Deal No", "Potential Id", "POTENTIALID")
_CURRENCY = ("CurrencyIsoCode", "Currency", "Currency Code", "Amount Currency", "Währung", "Devise", "Moneda")
_AMOUNT = (
    "Amount", "Deal Amount", "Deal Value", "Value", "Opportunity Amount", "Revenue", "Betrag", "Montant", "Importe",
    "Valor",
)
_WHO = (
    "CreatedById", "Created By", "Edited By", "Changed By", "Modified By", "Last Modified By", "Modifying User",
    "Updated by user ID", "User", "User Id", "Actor", "Editado por", "Bearbeitet von", "Geändert von", "source_id",
)
_WHEN = (
    "Edit Date", "Change Date", "Changed At", "Changed On", "Timestamp", "Complete Timestamp", "Date", "Datetime",
    "When", "Time", "Happened At", "Event Time", "Activity Date", "Activity Date Time", "Data de edição",
    "Bearbeitungsdatum", "Last Modified", "LastModifiedDate", "Modified Time", *_CREATED,
)
_STAGE = (
    "Stage", "StageName", "Deal Stage", "Opportunity Stage", "Sales Stage", "Status", "Fase", "Phase", "Pipeline Stage",
)
_OLD = (
    "OldValue", "Old", "From", "Valor antigo", "Alter Wert", "Ancienne valeur", "From Stage", "From Status",
    "Old Stage",
)
_NEW = (
    "NewValue", "Value", "To", "Novo valor", "Neuer Wert", "Nouvelle valeur", "To Stage", "To Status", "New Stage",
    "Stage", "Status", "Activity", "Lead Status", "Lifecycle Stage",
)

SHAPES: dict[str, tuple[Target, ...]] = {
    "leads": (
        _id("lead_id", "Id", *_LEAD_ID, "Record ID", "Record ID - Contact"),
        _date("created_at", *_CREATED),
        _text("first_name", "FirstName", "Given Name", "Vorname", "Prénom", "Nombre"),
        _text("last_name", "LastName", "Surname", "Family Name", "Nachname", "Nom", "Apellido"),
        _text("title", "Title", "Job Title", "Position", "Designation"),
        _text("company", *_COMPANY),
        _text("email", "Email", "E-mail", "Email Address", "Mail", "E-Mail-Adresse", "Work Email"),
        _text("phone", "Phone", "Phone Number", "Business Phone", "Telephone", "MobilePhone", "Mobile Phone", "Mobile",
              "Telefon"),
        _text("country", "Country", "Country/Region", "CountryCode", "Land", "Pays", "País"),
        _text("region", "Region", "Sales Region", "Territory", "State", "State/Province", "State/Region", "Bundesland"),
        _text("industry", "Industry", "Sector", "Branche", "Business Segment"),
        _number("employees", "NumberOfEmployees", "No. of Employees", "Employees", "Number Employees", "Company Size",
                "Headcount", "Mitarbeiter"),
        _text("source", *_SOURCE),
        _text("campaign_id", *_CAMPAIGN, "Ad Campaign Name", "Acquisition Program", "Landing Page Id"),
        _text("owner", *_OWNER, "Lead Owner", "Contact owner", "sales_rep"),
        _text("status", "Status", "LeadStatus", "Lead Stage", "Stage", "Lifecycle Stage", "Person Status",
              "Lead pipeline stage"),
        _text("budget", "Budget", "Budget Amount", "Budget stated"),
        _text("authority", "Authority", "Decision Maker?", "Decision Maker"),
        _text("need", "Need", "Needs", "Pain"),
        _text("timeline", "Timeline", "Timeframe", "Purchase Timeframe", "Time frame"),
        _number("fit_score", "Fit Score", "Demographic Score", "Profile Score", "Grade Score"),
        _number("behaviour_score", "Behaviour Score", "Behavior Score", "Engagement Score", "Lead Score", "Score",
                "HubSpot Score", "Person Score"),
        _flag("opted_out", "HasOptedOutOfEmail", "Email Opt Out", "Opted Out", "Unsubscribed", "Do Not Email",
              "Opt Out"),
        _id("merged_into", "MasterRecordId", "Merged Into", "Master ID", "Merged To"),
        _id("deal_id", "ConvertedOpportunityId", *_DEAL_ID, "Converted Deal.id", "Qualifying Opportunity"),
    ),
    "history": (
        _id("lead_id", *_LEAD_ID, "Case ID", "Record ID"),
        _id("deal_id", *_DEAL_ID),
        _date("when", *_WHEN),
        _text("field", "Field", "Field / Event", "Field Name", "Property", "Property Name", "Campo/Compromisso",
              "Feld/Ereignis"),
        _text("old_value", *_OLD),
        _text("new_value", *_NEW),
        _text("reason", "Reason", "Change Reason", "Rejection Reason", "Loss Reason"),
        _text("actor", *_WHO),
        _text("campaign_id", *_CAMPAIGN),
        _id("row_id", "Id", "History Id", "marketoGUID", "Event Id"),
    ),
    "touches": (
        _id("lead_id", "WhoId", *_LEAD_ID, "Associated Contact IDs"),
        _id("deal_id", "WhatId", *_DEAL_ID),
        _date("when", "CompletedDateTime", "Completed At", "Marked as done time", "Start DateTime", "StartDateTime",
              "ActivityDateTime", "Call Start Time", "Start Time", "Timestamp", "Datetime", "First Responded Date",
              "Member First Responded Date", "Member First Associated Date", *_CREATED),
        _date("day", "ActivityDate", "Activity Date", "Date", "Due Date", "Call Date", "Meeting Date"),
        _text("type", "Type", "Activity Type", "Task Type", "Call Type", "Channel", "primaryAttributeValue"),
        _text("subtype", "TaskSubtype", "EventSubtype"),
        _text("subject", "Subject", "Title"),
        _text("disposition", "CallDisposition", "Disposition", "Outcome", "Result", "Call Result", "Call Purpose",
              "Member Status"),
        _text("actor", "OwnerId", "Assigned", "Assigned To", "Owner", "Task Owner", "Call Owner", "User", "CreatedById",
              "Rep"),
        _text("campaign_id", *_CAMPAIGN),
        _id("row_id", "Id", "Task Id", "Activity Id", "TASKID", "EVENTID", "Engagement Id", "marketoGUID"),
    ),
    "deals": (
        _id("deal_id", "Id", *_DEAL_ID, "Record ID", "Record ID - Deal"),
        _id("lead_id", *_LEAD_ID, "Originating Lead", "Associated Contact IDs", "Contact person ID"),
        _text("company", *_COMPANY, "Customer", "Potential Customer", "AccountId"),
        _text("owner", *_OWNER, "Opportunity Owner", "Deal Owner", "Potential Owner", "Sales Agent"),
        _date("opened_at", *_CREATED, "Opened", "Open Date", "Opened At", "Deal created"),
        _date("closed_at", "CloseDate", "Closed Date", "Closing Date", "Close Time", "Closed At", "Closed On",
              "Actual Close Date", "Won Date"),
        _date("lost_at", "Lost Date", "Lost Time", "Lost At"),
        _amount("amount", *_AMOUNT, "Close Value", "Est. Revenue", "Total"),
        _text("currency", *_CURRENCY, "Currency of Value"),
        _text("stage", *_STAGE),
        _text("outcome", "Outcome", "Result", "Deal Status", "Won/Lost"),
        _flag("is_won", "IsWon", "Won", "Is Closed Won", "hs_is_closed_won"),
        _flag("is_closed", "IsClosed", "Closed", "hs_is_closed"),
        _text("reason", "Loss Reason", "Lost Reason", "Closed Lost Reason", "Reason For Loss", "Reason Lost", "Reason"),
        _text("source", *_SOURCE),
        _text("campaign_id", *_CAMPAIGN),
    ),
    "people": (
        _id("person_id", "Id", "UserId", "USER_ID", "Person Id", "Employee Id", "Rep Id"),
        _text("name", "Name", "Full Name", "User Name", "Sales Agent", "Rep", "Display Name"),
        _text("first_name", "FirstName", "Given Name"),
        _text("last_name", "LastName", "Surname", "Family Name"),
        _text("side", "Side"),
        _text("team", "Team", "UserRole", "Role", "User Role Name", "UserRoleId", "Regional Office", "Department",
              "Office"),
        _text("manager", "ManagerName", "Manager", "Manager Name", "ManagerId"),
        _text("zone", "TimeZoneSidKey", "Time Zone", "Timezone", "Zone"),
        _flag("active", "IsActive", "Active"),
        _number("capacity", "Weekly Capacity", "Capacity", "Leads per Week", "Capacity per Week", "Leads a week"),
        _date("active_from", "Active From", "Start Date", "Hire Date", "Employed Since", "Joined", "Joined On"),
        _date("active_to", "Active To", "Active Until", "End Date", "Last Day", "Leaving Date", "Termination Date",
              "Left On"),
    ),
    "campaigns": (
        _id("campaign_id", "Id", "CampaignId", "Campaign Id", "CAMPAIGNID", "Program Id"),
        _text("name", "Name", "Campaign Name", "Program Name"),
        _text("channel", "Channel", "Type", "Campaign Type"),
        _amount("cost", "ActualCost", "Actual Cost", "Cost", "Spend", "BudgetedCost", "Budgeted Cost"),
        _text("currency", *_CURRENCY),
        _date("started_at", "StartDate", "Start Date", "Started", "Start"),
        _date("ended_at", "EndDate", "End Date", "Ended", "End"),
    ),
    "lookup": (_id("key"),),
}
"""The fields of each shape. What is not listed is kept as text."""
# fmt: on

KEY_FIELD: dict[str, tuple[str, ...]] = {
    "leads": ("lead_id",),
    "history": ("lead_id", "deal_id"),
    "touches": ("lead_id", "deal_id"),
    "deals": ("deal_id", "lead_id"),
    "people": ("person_id", "name"),
    "campaigns": ("campaign_id", "name"),
    "lookup": ("key",),
}
"""The fields that say whom a row is about; where the first is empty, the second does."""


def targets_of(shape: str) -> dict[str, Target]:
    """The fields of a shape by name.

    >>> targets_of("leads")["created_at"].kind
    'date'
    """
    return {target.name: target for target in SHAPES[shape]}

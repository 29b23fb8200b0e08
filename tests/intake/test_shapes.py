"""Rows become leads, deals, people and events by the rules of their shape."""

from typing import TYPE_CHECKING

import pandas as pd

from core.settings import Settings

if TYPE_CHECKING:
    from tests.intake.conftest import Desk


def told(events: pd.DataFrame, *columns: str) -> list[tuple[object, ...]]:
    """Some columns of the events, missing values as None, in the order of their names and leads."""
    rows = events.sort_values(["lead_id", "line", "shape", "name"])[list(columns)].astype(object)
    return list(rows.where(rows.notna(), None).itertuples(index=False, name=None))


def test_leads_of_salesforce(desk: "Desk") -> None:
    content = (
        "Id,FirstName,Company,Status,LeadSource,OwnerId,CreatedDate,IsConverted,ConvertedDate,ConvertedOpportunityId,"
        "MasterRecordId,NumberOfEmployees,Fit_Score__c,HasOptedOutOfEmail,Landing Page\n"
        "00Q1,Ann,Acme,Converted,Web,0051,2026-01-02T10:00:00.000+0000,true,2026-02-03,0061,,1200,55,false,/a\n"
        "00Q2,Bo,,MQL,,,2026-01-03T10:00:00.000+0000,false,,,00Q1,,,true,\n"
    )
    reading = desk.read(content)
    leads = desk.table(reading, "leads").set_index("lead_id")
    assert leads.loc["00Q1", "deal_id"] == "0061"
    assert leads.loc["00Q2", "merged_into"] == "00Q1"
    assert leads["x:landing page"].isna().tolist() == [False, True]
    assert leads["x:isconverted"].tolist() == ["true", "false"]
    assert (leads.loc["00Q1", "employees"], leads.loc["00Q1", "fit_score"]) == (1200.0, 55.0)
    assert leads["opted_out"].tolist() == [False, True]
    assert leads["company"].isna().tolist() == [False, True]
    assert told(desk.table(reading, "events"), "lead_id", "name", "shape", "precision", "kind") == [
        ("00Q1", "converted", "date", "day", "stage"),
        ("00Q1", "created", "date", "instant", "stage"),
        ("00Q1", "Converted", "status", "unknown", "stage"),
        ("00Q2", "created", "date", "instant", "stage"),
        ("00Q2", "MQL", "status", "unknown", "stage"),
    ]
    how = {each.name: (each.field, each.how) for each in reading.columns}
    assert how["Status"] == ("status", "name")
    assert how["ConvertedDate"] == ("stage:converted", "synonym")
    assert how["Landing Page"] == ("keep", "kept")


def test_stage_dates_are_told_by_their_headers(desk: "Desk") -> None:
    content = (
        "Record ID,Lifecycle Stage,Email,Became a marketing qualified lead date,"
        '"Date entered ""Opportunity (Pipeline)""",'
        "sql_at,Date entered current stage,Demo Date\n"
        "1,opportunity,a@b.org,2026-01-01,2026-01-03,2026-01-02,2026-01-03,not yet\n"
    )
    reading = desk.read(content)
    assert {each.name: each.field for each in reading.columns if each.field and each.field.startswith("stage:")} == {
        "Became a marketing qualified lead date": "stage:marketing qualified lead",
        'Date entered "Opportunity (Pipeline)"': "stage:Opportunity",
        "sql_at": "stage:sql",
    }
    assert reading.facts["events"] == 4


def test_a_history_of_changes(desk: "Desk") -> None:
    content = (
        "Id,LeadId,CreatedById,CreatedDate,Field,OldValue,NewValue\n"
        "h1,00Q1,0051,2026-01-01T10:00:00Z,created,,\n"
        "h2,00Q1,0051,2026-01-02T10:00:00Z,Status,Raw,Rejected\n"
        "h3,00Q1,0051,2026-01-02T10:00:00Z,Rejection_Reason__c,,No budget\n"
        "h4,00Q1,0051,2026-01-03T10:00:00Z,Rejection_Reason__c,No budget,Bad timing\n"
        "h5,00Q1,0051,2026-01-03T10:00:01Z,Owner,Queue,Ann\n"
        "h6,00Q2,0052,2026-01-02T10:00:00Z,Lead Status,,MQL\n"
        "h7,00Q2,0052,2026-01-02T10:00:00Z,Status,MQL,\n"
    )
    reading = desk.read(content)
    assert told(desk.table(reading, "events"), "lead_id", "line", "kind", "name", "reason", "detail", "actor") == [
        ("00Q1", 2, "change", "created", None, None, "0051"),
        ("00Q1", 3, "stage", "Rejected", "No budget", "Raw", "0051"),
        ("00Q1", 5, "change", "Rejection_Reason__c", None, "Bad timing", "0051"),
        ("00Q1", 6, "change", "Owner", None, "Ann", "0051"),
        ("00Q2", 7, "stage", "MQL", None, None, "0052"),
        ("00Q2", 8, "change", "Status", None, None, "0052"),
    ]
    assert desk.problems(reading) == [(8, "NO_STAGE")]
    assert set(desk.table(reading, "events")["shape"]) == {"log"}
    assert (reading.counts.accepted, reading.facts["events"]) == (7, 6)


def test_a_history_of_a_deals_stages(desk: "Desk") -> None:
    content = (
        "Opportunity ID,Opportunity Name,From Stage,To Stage,Last Modified,Last Modified By\n"
        "0061,Big,,Prospecting,2026-01-01 10:00,Ann\n0061,Big,Prospecting,Closed Won,2026-01-05 10:00,Ann\n"
    )
    reading = desk.read(content)
    assert reading.shape == "history"
    assert told(desk.table(reading, "events"), "lead_id", "name", "kind", "detail") == [
        ("deal:0061", "Prospecting", "stage", None),
        ("deal:0061", "Closed Won", "stage", "Prospecting"),
    ]


def test_touches(desk: "Desk") -> None:
    content = (
        "Id,WhoId,WhatId,OwnerId,Subject,Type,TaskSubtype,CallDisposition,ActivityDate,CreatedDate\n"
        "t1,00Q1,,0051,Hello,Call,Task,Left voicemail,2026-01-05,2026-01-02T10:00:00Z\n"
        "t2,00Q1,,0051,Invitation,,Email,,2026-01-06,\n"
        "t3,,,0051,Nobody,Call,Task,,2026-01-06,2026-01-02T10:00:00Z\n"
    )
    reading = desk.read(content)
    assert told(desk.table(reading, "events"), "line", "kind", "name", "detail", "precision") == [
        (2, "touch", "Call", "Left voicemail", "instant"),
        (3, "touch", "Email", "Invitation", "day"),
    ]
    assert desk.problems(reading) == [(4, "MISSING_ID")]


def test_campaign_members_are_activities(desk: "Desk") -> None:
    content = "Id,CampaignId,LeadId,Status,HasResponded,FirstRespondedDate\nm1,7011,00Q1,Attended,true,2026-01-05\n"
    [event] = desk.table(desk.read(content), "events").to_dict("records")
    assert (event["kind"], event["name"], event["campaign_id"]) == ("activity", "Attended", "7011")


def test_deals(desk: "Desk") -> None:
    content = (
        "Id,AccountName,OwnerId,StageName,Amount,CurrencyIsoCode,CreatedDate,CloseDate,IsClosed,IsWon,Loss_Reason__c\n"
        "1,Acme,0051,Closed Won,100.10,EUR,2026-01-01T10:00:00Z,2026-02-01,true,true,\n"
        "2,Beta,0051,Closed Lost,200,EUR,2026-01-01T10:00:00Z,2026-02-02,true,false,Price\n"
        "3,Cor,0051,Proposal,300,EUR,2026-01-01T10:00:00Z,2030-02-03,false,false,\n"
        "Total,,,,600.10,,,,,,\n"
    )
    reading = desk.read(content, now=1_800_000_000)
    deals = desk.table(reading, "deals")
    assert deals["outcome"].tolist() == ["won", "lost", "open"]
    assert deals["amount_minor"].tolist() == [10010, 20000, 30000]
    assert deals["closed_at"].isna().tolist() == [False, False, True]
    assert deals["x:closedate"].isna().tolist() == [True, True, False]
    assert told(desk.table(reading, "events"), "lead_id", "name", "shape", "precision", "reason") == [
        ("deal:1", "Won", "date", "day", None),
        ("deal:1", "opportunity created", "date", "instant", None),
        ("deal:2", "Lost", "date", "day", "Price"),
        ("deal:2", "opportunity created", "date", "instant", None),
        ("deal:3", "opportunity created", "date", "instant", None),
        ("deal:3", "Proposal", "status", "unknown", None),
    ]
    # What is expected of an open deal is no date of a fact.
    assert reading.future == 0
    assert desk.problems(reading) == [(5, "TOTALS_ROW")]


def test_outcomes_by_the_words_of_a_stage(desk: "Desk") -> None:
    stages = ["Closed Won", "Won", "6 - Closed Lost", "Negotiation", "Cancelled", "gewonnen"]
    content = "Deal ID,Lead ID,Stage,Amount\n" + "".join(f"{at},L{at},{stage},1\n" for at, stage in enumerate(stages))
    reading = desk.read(content, settings=Settings(currency="EUR"))
    assert desk.table(reading, "deals")["outcome"].tolist() == ["won", "won", "lost", "open", "other", "won"]
    names = told(desk.table(reading, "events"), "lead_id", "name", "shape")
    assert names[0] == ("L0", "Won", "status")
    assert names[4] == ("L4", "Cancelled", "status")


def test_people_and_campaigns(desk: "Desk") -> None:
    people = desk.read(
        "Id,FirstName,LastName,UserRole,ManagerName,TimeZoneSidKey,IsActive\n0051,Ann,Lee,Emerging,Bo,GMT,true\n"
    )
    [ann] = desk.table(people, "people").to_dict("records")
    assert (ann["person_id"], ann["name"], ann["team"], ann["zone"], ann["active"]) == (
        "0051",
        "Ann Lee",
        "Emerging",
        "GMT",
        True,
    )
    campaigns = desk.read(
        "Campaign ID,Campaign Name,Type,Start Date,End Date,Actual Cost\n"
        '7011,Fair,Event,2026-01-01,2026-01-02,"$1,200.50"\n',
        settings=Settings(currency="USD"),
    )
    [fair] = desk.table(campaigns, "campaigns").to_dict("records")
    assert (fair["name"], fair["cost_minor"], fair["currency"]) == ("Fair", 120_050, "USD")


def test_a_lookup_has_a_row_per_cell(desk: "Desk") -> None:
    reading = desk.read("Code,Country,Zone\nNA,Namibia,South\nDE,Germany,North\n")
    assert reading.shape == "lookup"
    cells = desk.table(reading, "lookups")
    assert sorted(cells[["lookup", "key", "column", "value"]].itertuples(index=False, name=None)) == [
        ("code", "DE", "Country", "Germany"),
        ("code", "DE", "Zone", "North"),
        ("code", "NA", "Country", "Namibia"),
        ("code", "NA", "Zone", "South"),
    ]


def test_an_event_keeps_its_id_when_the_file_grows(desk: "Desk") -> None:
    head = "Id,LeadId,CreatedById,CreatedDate,Field,OldValue,NewValue\n"
    old = "h2,00Q1,0051,2026-01-02T10:00:00Z,Status,Raw,MQL\n"
    first = desk.table(desk.read(head + old), "events")
    later = desk.table(desk.read(head + "h1,00Q9,0051,2026-01-01T10:00:00Z,Status,,Raw\n" + old), "events")
    assert set(first["event_id"]) < set(later["event_id"])
    assert first["event_id"].str.fullmatch("[0-9a-f]{32}").all()


def test_instants_span_only_what_is_plausible(desk: "Desk") -> None:
    content = "Lead ID,Email,Created Date\nL1,a@b.org,2026-01-01\nL2,a@c.org,2062-01-01\nL3,a@d.org,2026-02-01\n"
    reading = desk.read(content, now=1_800_000_000)
    assert (reading.first_instant, reading.last_instant, reading.future) == (1767225600, 1769904000, 1)


def test_contacts_with_nothing_but_dates_of_stages_are_leads(desk: "Desk") -> None:
    reading = desk.read(
        "Record ID,Became a marketing qualified lead date,Became a customer date\n"
        "1,2026-01-05 09:00,2026-02-01 10:00\n"
        "2,2026-01-06 09:00,\n"
    )
    assert reading.shape == "leads"
    assert told(desk.table(reading, "events"), "lead_id", "name", "shape") == [
        ("1", "customer", "date"),
        ("1", "marketing qualified lead", "date"),
        ("2", "marketing qualified lead", "date"),
    ]

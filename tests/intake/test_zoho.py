"""Zoho CRM: whom a call, an event or a contact is about."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from tests.intake.conftest import Desk

CALLS = """TASKID,Call Start Time,Call Owner,Call Owner Id,Subject,Call Type,CONTACTID,POTENTIALID,LEADID,Who Id,What Id
1,2026-03-02 10:00:00,Ada,1001,Intro,Outbound,,0,77,77,
2,2026-03-02 11:00:00,Ada,1001,Offer,Outbound,77,501,,77,501
3,2026-03-02 12:00:00,Ben,1002,Hello,Inbound,78,0,,78,
"""


def test_a_call_is_about_the_lead_or_the_deal_and_never_about_a_contact_of_the_same_number(desk: "Desk") -> None:
    reading = desk.read(CALLS)
    assert (reading.system, reading.shape) == ("Zoho calls", "touches")
    assert (reading.counts.accepted, reading.counts.quarantined) == (2, 1), "nobody knows which lead contact 78 was"
    assert desk.problems(reading) == [(4, "MISSING_ID")], "deal 0 is no deal"
    calls = desk.table(reading, "events").sort_values("line")
    assert calls["lead_id"].tolist() == ["77", "deal:501"]
    assert calls["actor"].tolist() == ["1001", "1001"]
    assert calls["kind"].unique().tolist() == ["touch"]


def test_contacts_are_no_leads_though_they_are_numbered_alike(desk: "Desk") -> None:
    reading = desk.read("CONTACTID,Last Name,Contact Owner,Email,Lead Source,Created Time\n77,Li,Ada,li@x.example,,\n")
    assert (reading.system, reading.shape) == ("Zoho contacts", "lookup")
    assert "leads" not in reading.facts


def test_the_published_calls_and_events(desk: "Desk", shared: Callable[[str], Path]) -> None:
    leads = pd.read_csv(shared("zoho_crm/Leads.csv"), dtype=str)
    for name, owner in (("Calls", "Call Owner Id"), ("Events", "Event Owner Id")):
        source = pd.read_csv(shared(f"zoho_crm/{name}.csv"), dtype=str, keep_default_na=False)
        about = source["LEADID"].ne("") | ~source["POTENTIALID"].isin(["", "0"])
        reading = desk.read(shared(f"zoho_crm/{name}.csv"))
        assert reading.shape == "touches"
        assert (reading.counts.accepted, reading.counts.quarantined) == (about.sum(), (~about).sum())
        touches = desk.table(reading, "events").sort_values("line")
        assert touches["actor"].tolist() == source.loc[about, owner].tolist()
        of_leads = touches[~touches["lead_id"].str.startswith("deal:")]
        assert len(of_leads) == source["LEADID"].ne("").sum()
        assert set(of_leads["lead_id"]) <= set(leads["LEADID"])
        assert not touches["lead_id"].eq("deal:0").any()

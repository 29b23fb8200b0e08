"""Leads: one row each, an event per stage date, and the status at export as an event without a time."""

import numpy as np
import pyarrow as pa

from core.intake.shapes.events import events
from core.intake.shapes.rows import Part, Rows
from core.intake.shapes.staging import Staging
from core.intake.validity import Checks

CREATED = "created"
"""Name of the stage event that a lead's creation makes."""
_TEXT = (
    *("first_name", "last_name", "title", "company", "email", "phone", "country", "region", "industry", "source"),
    *("campaign_id", "owner", "status", "budget", "authority", "need", "timeline"),
)


def convert(rows: Rows, staging: Staging) -> None:
    """Stage the rows as leads and events."""
    checks = Checks()
    for part in rows.parts():
        if part.size:
            staging.add("leads", _leads(part, checks))
            for piece in _events(part):
                staging.add("events", piece)


def _leads(part: Part, checks: Checks) -> pa.Table:
    columns = {"lead_id": part.ids("lead_id"), "created_at": part.instants("created_at").at}
    columns |= {name: part.text(name) for name in _TEXT}
    columns |= {
        "employees": part.number("employees"),
        "fit_score": part.number("fit_score"),
        "behaviour_score": part.number("behaviour_score"),
        "opted_out": part.flag("opted_out"),
        "merged_into": part.ids("merged_into"),
        "deal_id": part.ids("deal_id"),
        **_checked(columns, checks),
        "batch": pa.array([0] * part.size, pa.int64()),
        "line": part.lines,
    }
    return pa.table(columns | part.extras())


def _checked(columns: dict[str, pa.Array], checks: Checks) -> dict[str, pa.Array]:
    codes = checks.countries(columns["country"])
    phones = checks.phones(columns["phone"], codes)
    return {**checks.mails(columns["email"]), "phone_ok": phones, "country_code": codes}


def _events(part: Part) -> list[pa.Table]:
    out = []
    lead_id, every = part.ids("lead_id"), np.ones(part.size, np.bool_)
    for target, label in (("created_at", CREATED), *part.all.stages()):
        when = part.instants(target)
        part.note(when, every, target)
        out.append(
            events(
                lead_id=lead_id,
                when=when,
                kind="stage",
                name=label,
                shape="date",
                lines=part.lines,
                keep=pa.array(when.known),
            )
        )
    status = part.text("status")
    out.append(
        events(
            lead_id=lead_id,
            when=None,
            kind="stage",
            name=status,
            shape="status",
            lines=part.lines,
            keep=status.is_valid(),
        )
    )
    return out

"""How what is measured by stands, in one sentence that both teams understand."""

from datetime import datetime, tzinfo

from core.agreement.agreement import Agreement
from core.agreement.people import SIDES
from core.agreement.standing import Version


def in_use(agreement: Agreement, *, at: datetime) -> Version | None:
    """The version that leads are measured by now, however it stands; None before any was chosen."""
    used = agreement.workspace.store.in_use()
    return None if used is None else agreement.version(used.definition_id, used.version, at=at)


def headline(version: Version | None, zone: tzinfo) -> str:
    """Which version it is and how it stands; None: nobody has chosen any yet."""
    if version is None:
        return "Nothing is agreed yet: this is a template that nobody has signed"
    name = f"Version {version.number}"
    if version.state == "in_force" and version.starts_at is not None:
        return f"{name} is in force since {_day(version.starts_at, zone)}, signed by marketing and sales"
    if version.state == "signed" and version.starts_at is not None:
        return f"{name} is signed by both sides and holds from {_day(version.starts_at, zone)}"
    if version.state == "proposed":
        return f"{name} is proposed and waits for {' and '.join(version.missing)} to sign"
    if version.state == "withdrawn":
        return f"{name} was taken off the table: nobody agreed on it"
    if version.state == "superseded":
        return f"{name} no longer holds: a later one took its place"
    return f"{name} is used, but nobody has signed it"


def signed_by(version: Version, zone: tzinfo) -> str:
    """Who signed, for which side and when; empty where nobody did."""
    signed = {one.side: one for one in version.signatures}
    return "; ".join(
        f"{signed[side].name} for {side} on {_day(signed[side].signed_at, zone)}"
        f"{'' if signed[side].account else ' (not authenticated)'}"
        for side in SIDES
        if side in signed
    )


def _day(instant: datetime, zone: tzinfo) -> str:
    return f"{instant.astimezone(zone):%d %b %Y}"

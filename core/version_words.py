"""Which version is looked at and how it stands, in one sentence that both teams understand."""

from datetime import tzinfo

from core.agreement import SIDES, Version
from core.agreement_words import both, on, proven, signature_of

NOBODY = "Nothing is agreed yet: this is a template that nobody has signed"


def version_headline(version: Version | None, zone: tzinfo, *, used: bool = False) -> str:
    """How it stands; None: nobody has chosen a definition yet. `used`: leads are measured by it."""
    if version is None:
        return NOBODY
    name = f"Version {version.number}"
    if version.state == "in_force" and version.starts_at is not None:
        return f"{name} is in force since {on(version.starts_at, zone)}, signed by marketing and sales"
    if version.state == "signed" and version.starts_at is not None:
        return f"{name} is signed by both sides and holds from {on(version.starts_at, zone)}"
    if version.state == "proposed":
        return f"{name} is proposed and waits for {both(version.missing)} to sign"
    if version.state == "withdrawn":
        return f"{name} was taken off the table: nobody agreed on it"
    if version.state == "superseded":
        return f"{name} no longer holds: a later one took its place"
    return f"{name} is used, but nobody has signed it" if used else f"{name} was signed by nobody"


def signed_by(version: Version, zone: tzinfo) -> str:
    """Who signed, for which side and when, and whether it is known who it was; empty where nobody did."""
    signed = {side: signature_of(version, side) for side in SIDES}
    return "; ".join(
        f"{one.name} for {side} on {on(one.signed_at, zone)} ({proven(one.account)})"
        for side, one in signed.items()
        if one is not None
    )

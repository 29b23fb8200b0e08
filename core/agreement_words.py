"""How versions, signatures and voices stand, in words: the titles and lines of the agreement's pages."""

from collections.abc import Sequence
from datetime import datetime, tzinfo

from core.agreement import STANDS, STATES, Side, Spoken, Version
from core.store import Signature
from core.words import day, things

NO_LOGIN = "not authenticated"
"""Said of whoever gave a name and was not asked to prove it."""


def on(instant: datetime, zone: tzinfo) -> str:
    """An instant as a day in the data's zone.

    >>> from datetime import UTC
    >>> on(datetime(2026, 3, 2, 9, tzinfo=UTC), UTC)
    '2 Mar 2026'
    """
    return day(int(instant.timestamp()), zone)


def at(instant: datetime, zone: tzinfo) -> str:
    """An instant to the minute in the data's zone.

    >>> from datetime import UTC
    >>> at(datetime(2026, 3, 2, 9, tzinfo=UTC), UTC)
    '2 Mar 2026, 09:00'
    """
    return f"{on(instant, zone)}, {instant.astimezone(zone):%H:%M}"


def both(words: Sequence[str]) -> str:
    """One, or two joined.

    >>> both(["marketing", "sales"])
    'marketing and sales'
    """
    return " and ".join(words)


def proven(account: str | None) -> str:
    """Under which login somebody acted.

    >>> proven(None), proven("ada@example.com")
    ('not authenticated', 'logged in as ada@example.com')
    """
    return NO_LOGIN if account is None else f"logged in as {account}"


def headline(versions: Sequence[Version], zone: tzinfo) -> str:
    """How the newest matter stands, in one sentence. `versions`: newest first."""
    if not versions:
        return "Nothing has been agreed yet"
    force = standing_at("in_force", versions)
    waiting, coming = standing_at("proposed", versions), standing_at("signed", versions)
    if waiting is not None:
        now = f"version {force.number} is in force" if force else "nothing is in force yet"
        return f"Version {waiting.number} waits for {both(waiting.missing)}; {now}"
    if coming is not None and coming.starts_at is not None:
        until = f"; version {force.number} is in force until then" if force else ""
        return f"Version {coming.number} is signed by both sides and begins on {on(coming.starts_at, zone)}{until}"
    if force is not None and force.starts_at is not None:
        by = both([signature.name for signature in force.signatures])
        return f"Version {force.number} is in force since {on(force.starts_at, zone)}, signed by {by}"
    return "Nothing is signed by both sides yet"


def standing_at(state: str, versions: Sequence[Version]) -> Version | None:
    """The newest version that stands so."""
    return next((version for version in versions if version.state == state), None)


def measured_by(number: int | None, versions: Sequence[Version]) -> str:
    """What every figure goes by, where that is not what is in force; else nothing."""
    force = standing_at("in_force", versions)
    if number is None or (force is not None and force.number == number):
        return ""
    if force is None:
        return f"Every figure goes by version {number}, which no two sides have signed."
    return f"Every figure goes by version {number}, which somebody has chosen since, and not by what is in force."


def stands(version: Version) -> str:
    """How a version stands, with what is asked of whom."""
    if version.state == "proposed":
        return f"waits for {both(version.missing)}"
    if version.state == "in_force":
        return "in force"
    return STATES[version.state]


def term(version: Version, zone: tzinfo) -> str:
    """From when until when a version is in force; what was proposed of it where that is not settled."""
    if version.starts_at is not None:
        until = f" to {on(version.until, zone)}" if version.until is not None else ""
        return f"from {on(version.starts_at, zone)}{until}"
    if version.state != "proposed" or version.proposal is None:
        return ""
    wanted = version.proposal.starts_at
    return "as soon as both have signed" if wanted is None else f"from {on(wanted, zone)}, once both have signed"


def signed(signature: Signature, zone: tzinfo) -> str:
    """Who signed and when, and whether it is known who it was."""
    return f"{signature.name}, {at(signature.signed_at, zone)}, {proven(signature.account)}"


def signature_of(version: Version, side: Side) -> Signature | None:
    """A side's signature that stands."""
    return next((one for one in version.signatures if one.side == side), None)


def proposed(version: Version, zone: tzinfo) -> str:
    """Who put a version before both sides, when, and with which words."""
    proposal = version.proposal
    if proposal is None:
        return ""
    said = f"{proposal.proposed_by or 'Somebody'} on {on(proposal.proposed_at, zone)}"
    if proposal.withdrawn_at is not None:
        why = f": {proposal.withdrawn_why}" if proposal.withdrawn_why else ""
        said += f"; withdrawn by {proposal.withdrawn_by or 'somebody'} on {on(proposal.withdrawn_at, zone)}{why}"
    return said


def voices_headline(voices: Sequence[Spoken], zone: tzinfo) -> str:
    """How many questions and objections wait for an answer, and since when."""
    waiting = [one for one in voices if one.open]
    if not waiting:
        return "No question and no objection is open" if voices else "Nobody has asked anything yet"
    numbers = [(kind, sum(one.voice.kind == kind for one in waiting)) for kind in ("question", "objection")]
    words = both([things(number, kind) for kind, number in numbers if number])
    oldest = on(min(one.voice.left_at for one in waiting), zone)
    since = f"since {oldest}" if len(waiting) == 1 else f"the oldest since {oldest}"
    return f"{words} {'is' if len(waiting) == 1 else 'are'} open, {since}"


def became(voice: Spoken, zone: tzinfo) -> str:
    """What became of a voice: which version answers it, or why it stays as it is."""
    if not voice.answers:
        return STANDS[voice.stands]
    last = voice.answers[-1]
    who = f"{last.name}, {on(last.answered_at, zone)}"
    if voice.stands == "pending":
        return f"Version {last.version} answers it, once both sides have signed it ({who})"
    if voice.stands == "changed":
        return f"Version {last.version} changed it ({who})"
    if voice.stands == "kept":
        return f"It stays as it is: {last.why} ({who})"
    if last.outcome == "reopened":
        return f"Asked again: {last.why} ({who})"
    return f"Version {last.version} was to answer it, and was not signed ({who})"

"""How soon after the hand-off something must have happened, and who does not count as a person."""

from typing import Literal

from pydantic import Field

from core.definition.frozen import Frozen, fold

Milestone = Literal["attempt", "contact", "verdict", "disposition"]
Time = Literal["working", "elapsed"]

MILESTONES: dict[Milestone, str] = {
    "attempt": "somebody tried to reach the lead",
    "contact": "somebody spoke with the lead",
    "verdict": "sales said yes or no",
    "disposition": "sales recorded anything at all",
}
"""What each milestone means. An attempt is no contact, and neither is a verdict."""


class Clock(Frozen):
    """One agreed limit: within `limit_minutes` of the hand-off the milestone is reached.

    `time` says which minutes count: those of the owner's calendar, or all of them. `grace_minutes` are what passes
    after the limit before a lead counts as fallen silent.

    >>> Clock(id="first_attempt", name="First attempt", milestone="attempt", limit_minutes=240).limit_seconds
    14400
    """

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    name: str = Field(min_length=1)
    milestone: Milestone
    limit_minutes: int = Field(ge=1, le=60 * 24 * 3650)
    grace_minutes: int = Field(0, ge=0, le=60 * 24 * 3650)
    time: Time = "working"

    @property
    def limit_seconds(self) -> int:
        """The limit in seconds."""
        return 60 * self.limit_minutes

    @property
    def patience_seconds(self) -> int:
        """Limit and grace in seconds."""
        return 60 * (self.limit_minutes + self.grace_minutes)


USUAL_CLOCKS: tuple[Clock, ...] = (
    Clock(id="first_attempt", name="First attempt", milestone="attempt", limit_minutes=4 * 60),
    Clock(id="first_contact", name="First contact", milestone="contact", limit_minutes=16 * 60),
    Clock(id="verdict", name="Verdict", milestone="verdict", limit_minutes=40 * 60, grace_minutes=8 * 60),
    Clock(id="disposition", name="Disposition", milestone="disposition", limit_minutes=40 * 60, grace_minutes=40 * 60),
)
"""Our starting offer, in working time: half a day, two days, a week, and a week's grace for anything written down."""

USUAL_CONTACTS: tuple[str, ...] = (
    "connected", "contacted", "conversation", "spoke", "spoken", "talked", "reached", "answered", "replied",
    "positive", "meeting", "meeting held", "meeting scheduled", "demo", "demo held", "interested", "not interested",
)  # fmt: skip
"""Types and outcomes of a touch that say that the lead was reached."""

_NOT = frozenset(("no", "not", "never", "without", "cannot", "didnt", "couldnt", "unable", "failed"))


def reached(said: str, words: tuple[str, ...]) -> bool:
    """Does the type or outcome of a touch say that the lead was reached?

    It is one of the words, or has one in it without a no beside it.

    >>> [reached(said, ("connected",)) for said in ("Connected", "Call: connected", "Not connected", "No answer")]
    [True, True, False, False]
    """
    if fold(said) in {fold(word) for word in words}:
        return True
    parts = _parts(said)
    return not _NOT & set(parts) and any(_holds(parts, _parts(word)) for word in words)


def _parts(said: str) -> list[str]:
    return "".join(ch if ch.isalnum() else " " for ch in said.replace("'", "").casefold()).split()


def _holds(parts: list[str], sought: list[str]) -> bool:
    size = len(sought)
    return bool(size) and any(parts[at : at + size] == sought for at in range(len(parts) - size + 1))

"""What can happen to one lead: changes, tasks and a deal."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from core.samples.clock import END
from core.samples.people import MACHINE, QUEUE, User


@dataclass(frozen=True)
class Change:
    """One line of a lead's history."""

    at: datetime
    field: str
    old: str
    new: str
    by: User


@dataclass(frozen=True)
class Task:
    """One call, mail or meeting on a lead; an unfinished one carries its due day."""

    at: datetime
    by: User
    kind: str
    subject: str
    result: str = ""
    seconds: int = 0
    due: datetime | None = None


@dataclass
class Deal:
    """The opportunity a lead turned into."""

    at: datetime
    owner: User
    stage: str
    amount: int | None
    closes: datetime
    loss: str = ""


@dataclass
class Lead:
    """One lead with everything that ever happened to it."""

    created: datetime
    source: str
    team: str
    budget: bool
    authority: bool
    owner: User = QUEUE
    status: str = "Raw"
    changes: list[Change] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)
    deal: Deal | None = None
    master: Lead | None = None
    number: int = 0

    def move(self, at: datetime, status: str, by: User, reason: str = "") -> bool:
        """Changes the status, unless that would fall after the company's last day."""
        if at > END:
            return False
        self.changes.append(Change(at, "Status", self.status, status, by))
        self.status = status
        if reason:
            self.changes.append(Change(at, "Rejection_Reason__c", "", reason, by))
        return True

    def assign(self, at: datetime, rep: User) -> bool:
        """Hands the lead from the queue to a rep."""
        if at <= END:
            self.changes.append(Change(at, "Owner", self.owner.name, rep.name, MACHINE))
            self.owner = rep
        return at <= END

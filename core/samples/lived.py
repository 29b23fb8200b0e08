"""What the leads of a made year did, in the shapes that are asked for."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from core.samples.lead import Change, Deal, Lead, Task
from core.samples.people import MACHINE
from core.samples.year import Year


@dataclass(frozen=True)
class Word:
    """A rep's word on a lead: the first Sales Accepted or Rejected by Sales."""

    lead: Lead
    no: bool
    reason: str


class Lived:
    """A made year, looked at without its merged duplicates."""

    def __init__(self, year: Year) -> None:
        self.year, self.everyone = year, year.leads
        self.leads = [lead for lead in year.leads if lead.master is None]
        self.steps = {lead.number: [one for one in lead.changes if one.field == "Status"] for lead in self.leads}
        self.touches = {lead.number: [one for one in lead.tasks if one.by is not MACHINE] for lead in self.leads}
        self.mqls = {
            lead.number: one.at for lead in self.leads for one in reversed(self.steps[lead.number]) if one.new == "MQL"
        }
        self.deals: list[Deal] = [lead.deal for lead in self.leads if lead.deal]
        self.tasks: list[Task] = [task for lead in year.leads for task in lead.tasks]

    def pairs(self, lead: Lead) -> Iterator[tuple[Change, Change]]:
        """Every step of a lead with the one after it."""
        return zip(self.steps[lead.number], self.steps[lead.number][1:], strict=False)

    def moved(self, old: str, new: str) -> list[Lead]:
        """The leads with such a step."""
        return [one for one in self.leads if any((step.old, step.new) == (old, new) for step in self.steps[one.number])]

    @cached_property
    def words(self) -> dict[str, list[Word]]:
        """What every rep said."""
        said: dict[str, list[Word]] = {}
        for lead in self.leads:
            for word in [one for one in lead.changes if one.new in ("Sales Accepted", "Rejected by Sales")][:1]:
                reasons = [one.new for one in lead.changes if one.field == "Rejection_Reason__c" and one.at == word.at]
                no = word.new == "Rejected by Sales"
                said.setdefault(word.by.name, []).append(Word(lead, no, "".join(reasons)))
        return said

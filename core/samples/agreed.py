"""What the made company agreed on: the common vocabulary, in force from its first day."""

from datetime import datetime

from core.agreement import Agreement, Person
from core.samples.clock import START
from core.samples.people import OPS, REPS
from core.workspace import Workspace

SIGNERS = (Person(OPS.name, "marketing"), Person(REPS["Enterprise"][0].manager, "sales"))


def agree(here: Workspace, *, at: datetime) -> None:
    """Let marketing and sales of the made company sign what its words propose; nothing where a choice was made."""
    used = here.store.in_use()
    if used is None or here.definition_chosen():
        return
    agreement, (first, second) = Agreement(here), SIGNERS
    draft = agreement.begin_from_version(used.definition_id, used.version, at=at, by=first.name)
    made = agreement.propose(draft.id, seen=draft.revision, by=first, at=at, starts=START.date())
    for person in (first, second):
        agreement.sign(made.definition_id, made.number, by=person, content_hash=made.content_hash, at=at)
    agreement.discard(draft.id, at=at)

"""Somebody who drafts, proposes, signs and asks without end, in a process of its own."""

from multiprocessing.synchronize import Event
from pathlib import Path

from core.agreement import Agreement
from core.workspace import Workspace
from tests.agreement.told import ADA, BEN, NOW, begun, signed


def live_for_ever(folder: Path, ready: Event, seed: int) -> None:
    """One version after the other; each answers the voice that was left on the one before."""
    with Workspace(folder) as here:
        agreement = Agreement(here)
        agreement.people()
        ready.set()
        employees = 1000 * (seed + 1)
        while True:
            employees += 1
            draft = begun(agreement, employees)
            waiting = [one.voice.id for one in agreement.voices("classic", at=NOW, open_only=True)]
            version = agreement.propose(draft.id, seen=draft.revision, by=ADA, at=NOW, closes=waiting)
            signed(agreement, version, ADA)
            signed(agreement, version, BEN)
            agreement.leave_voice("classic", version.number, kind="question", text="Why?", by=BEN, at=NOW)

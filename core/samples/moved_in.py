"""The made company in a workspace: its files imported, its agreement signed."""

from collections.abc import Callable
from datetime import datetime

from core.samples.agreed import agree
from core.samples.exports import SAMPLE_FOLDER
from core.workspace import Workspace


def move_in(here: Workspace, *, at: datetime, say: Callable[[str], None] = lambda _: None) -> None:
    """Import what is missing of the made company, and let its two sides sign; `say` is told before what takes long."""
    seen = {batch.file_name for batch in here.store.batches()}
    missing = [file for file in sorted(SAMPLE_FOLDER.glob("*.csv")) if file.name not in seen]
    if missing:
        say("Importing the sample company (some seconds, once).")
    for file in missing:
        here.add(file, at=at)
    agree(here, at=at)
    here.facts()

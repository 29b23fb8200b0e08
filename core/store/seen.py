"""What a schedule has been told: how far each clock was known when `handoff watch` last asked. One run at a time.

A small SQLite file of its own: its lock is held from before the question until the answer is out, falls with the
process that holds it, and keeps no import waiting. It says which imports had been read, and nothing of any lead.
"""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from core.errors import StoreError, WorkspaceBusy

FILE = "watch.sqlite"
_PATIENCE_S = 2


@dataclass(frozen=True)
class Seen:
    """What was known at a run: the instant it was true at, and the imports that it had read."""

    as_of: int
    live: tuple[int, ...]


class Watch:
    """What the last run saw of each clock. What is noted is kept once the block of `watching` ends well."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def last(self, clock_id: str) -> Seen | None:
        """What the last run saw of this clock; None where there was none."""
        row = self._connection.execute("SELECT as_of, live FROM seen WHERE clock = ?", (clock_id,)).fetchone()
        return None if row is None else Seen(int(row[0]), tuple(json.loads(row[1])))

    def note(self, clock_id: str, seen: Seen) -> None:
        """Note what this run has seen of the clock."""
        row = (clock_id, seen.as_of, json.dumps(seen.live))
        self._connection.execute("INSERT OR REPLACE INTO seen (clock, as_of, live) VALUES (?, ?, ?)", row)


@contextmanager
def watching(folder: Path) -> Iterator[Watch]:
    """Hold the memory of the last runs during the block; `WorkspaceBusy` while another run holds it.

    What the block notes is written when it ends, and not at all when it raises.
    """
    try:
        with closing(sqlite3.connect(folder / FILE, timeout=_PATIENCE_S, isolation_level=None)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute(
                "CREATE TABLE IF NOT EXISTS seen (clock TEXT PRIMARY KEY, as_of INTEGER NOT NULL, live TEXT NOT NULL)"
            )
            yield Watch(connection)
            connection.execute("COMMIT")
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            raise WorkspaceBusy(
                "Another watch of this workspace is under way.", "Wait until it has ended: it tells what is new."
            ) from error
        raise StoreError(
            f"What the last watch saw cannot be read or written in {folder} ({error}).",
            "Check that the folder may be written and has space left.",
        ) from error
    except sqlite3.DatabaseError as error:
        raise StoreError(
            f"{folder / FILE} is damaged ({error}).", "Remove it: the next run is a first run, and tells nothing yet."
        ) from error

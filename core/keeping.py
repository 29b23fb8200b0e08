"""Reduced facts are kept: found again at once, made anew beside the old ones, thrown away when space runs short."""

import json
import math
import os
import shutil
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from core.definition import Definition, parse
from core.journeys.reduce import Facts

KEEP_BYTES = 4_000_000_000
"""Kept facts beyond this are thrown away, the least recently used first. They are a cache: nothing is lost."""

LEFT_S = 86_400
"""Unfinished work older than this many seconds belongs to nobody."""

_STATE, _WORK = "facts.json", ".work-"
Make = Callable[[Path, "Progress"], Facts]
Progress = Callable[[float, str], None]


@dataclass(frozen=True)
class Answer:
    """Facts to show now; `stale` while newer ones are being made (`share` done, `doing` what)."""

    facts: Facts | None
    stale: bool
    share: float = 1.0
    doing: str = ""
    failed: BaseException | None = None


class Work:
    """One reduction under way in the background."""

    def __init__(self) -> None:
        self.share, self.doing = 0.0, ""
        self.made: Future[Facts] | None = None

    def progress(self, share: float, doing: str) -> None:
        """Note how far it is."""
        self.share, self.doing = share, doing

    @property
    def failed(self) -> BaseException | None:
        """What it ended with, where it ended badly."""
        return self.made.exception() if self.made is not None and self.made.done() else None


class Kept:
    """The facts kept below one folder. Safe for several threads and several processes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = threading.Lock()
        self._work: dict[str, Work] = {}
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="reduce")

    def find(self, key: str, definition: Definition | None = None) -> Facts | None:
        """The facts of this key, if they are kept; worded as `definition`, which may say the same in newer words."""
        state = self.folder / key / _STATE
        try:
            stated = json.loads(state.read_text(encoding="utf-8"))
            os.utime(state)
        except FileNotFoundError:
            return None
        if "live" not in stated:
            return None  # kept by an earlier version, which did not note what it was made of
        worded = definition or parse(stated["definition"])
        return Facts(self.folder / key, worded, int(stated["as_of"]), int(stated["units"]), tuple(stated["live"]))

    def newest(self) -> Facts | None:
        """The facts used last, whatever they are of."""
        return next(filter(None, (self.find(name) for name in self._by_use())), None)

    def make(self, key: str, definition: Definition, make: Make, progress: Progress) -> Facts:
        """The facts of this key, made now if they are not kept."""
        found = self.find(key, definition)
        if found is not None:
            return found
        work = self.folder / f"{_WORK}{uuid.uuid4().hex}"
        work.mkdir(parents=True)
        try:
            facts = make(work, progress)
            state = {
                "definition": definition.model_dump(mode="json"),
                "as_of": facts.as_of,
                "units": facts.n_units,
                "live": facts.live,
            }
            (work / _STATE).write_text(json.dumps(state), encoding="utf-8")
            self._place(work, self.folder / key)
        finally:
            shutil.rmtree(work, ignore_errors=True)
        self.prune(spare=key)
        made = self.find(key, definition)
        assert made is not None, "facts that were just placed are there"
        return made

    def answer(self, key: str, definition: Definition, make: Make) -> Answer:
        """What can be shown now: the facts of this key, or the last ones, stale, while a thread makes them."""
        found = self.find(key, definition)
        if found is not None:
            with self._lock:
                self._work.pop(key, None)
            return Answer(found, stale=False)
        with self._lock:
            work = self._work.get(key)
            if work is None or (work.made is not None and work.made.done() and work.failed is None):
                # Not begun, or made meanwhile and thrown away again.
                work = self._work[key] = Work()
                work.made = self._pool.submit(self.make, key, definition, make, work.progress)
        failed = work.failed
        if failed is not None:
            # Said once; the next question tries again.
            with self._lock:
                self._work.pop(key, None)
        return Answer(self.newest(), stale=True, share=work.share, doing=work.doing, failed=failed)

    def close(self) -> None:
        """Finish what is under way and let go of the thread."""
        self._pool.shutdown()

    def _place(self, work: Path, target: Path) -> None:
        try:
            work.rename(target)
        except OSError:
            # Somebody else has made the same facts meanwhile; theirs are as good.
            if not (target / _STATE).exists():
                raise

    def prune(self, *, spare: str, keep_bytes: int = KEEP_BYTES) -> None:
        """Throw away the least recently used facts beyond `keep_bytes`, but never those of `spare`."""
        total = 0
        for name in self._by_use():
            total += _size(self.folder / name)
            if total > keep_bytes and name != spare:
                shutil.rmtree(self.folder / name, ignore_errors=True)
        sweep(self.folder, f"{_WORK}*")

    def _by_use(self) -> list[str]:
        """The keys that are kept, the one used last first; work under way is none of them."""
        states = [state for state in self.folder.glob(f"*/{_STATE}") if not state.parent.name.startswith(_WORK)]
        return [state.parent.name for state in sorted(states, key=lambda state: _size_and_age(state)[1])]


def sweep(folder: Path, pattern: str) -> None:
    """Remove what a process that ended in the middle left behind more than a day ago."""
    for left in folder.glob(pattern):
        if _size_and_age(left)[1] > LEFT_S:
            shutil.rmtree(left, ignore_errors=True)


@contextmanager
def apart(below: Path) -> Iterator[Path]:
    """A folder of one's own for as long as it is needed; what others left behind goes with it."""
    place = below / uuid.uuid4().hex
    place.mkdir(parents=True)
    sweep(below, "*")
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _size(folder: Path) -> int:
    """Bytes of the files in a folder; nothing where another process has removed it."""
    try:
        return sum(_size_and_age(file)[0] for file in folder.iterdir())
    except FileNotFoundError:
        return 0


def _size_and_age(path: Path) -> tuple[int, float]:
    """Bytes, and seconds since it was last used; nothing, and for ever, where another process has removed it."""
    try:
        seen = path.stat()
    except FileNotFoundError:
        return 0, math.inf
    return seen.st_size, time.time() - seen.st_mtime

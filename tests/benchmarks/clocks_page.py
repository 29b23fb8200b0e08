"""How long does each figure of the clocks page take on kept journeys, beside the reduction of the same data?

Run: `python tests/benchmarks/clocks_page.py 1000000`. Each lead has eight stage events, three touches, a change of
owner and one of another field, and is handed over one and a half times. Every figure is asked of the kept facts, as a
first look at it is; the fastest of three. The reduction, what followed and its times are made once.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from core.definition.templates import CLASSIC
from core.measures.cohort import Query
from core.report import Report
from core.store import NewBatch
from core.timekeeping import Timekeeping
from core.workspace import Workspace
from tests.benchmarks.follow_up import followed
from tests.benchmarks.made_events import make
from tests.benchmarks.reduce import AS_OF, peak

ASKED: dict[str, Callable[[Timekeeping], object]] = {
    "states": Timekeeping.states,
    "states by source": lambda asked: asked.by("source"),
    "states by rep": lambda asked: asked.by("rep"),
    "each rep's own clock": Timekeeping.reps,
    "months": Timekeeping.months,
    "curve": Timekeeping.curve,
    "bands": Timekeeping.bands,
    "hours of the week": Timekeeping.week,
    "what speaks against it": Timekeeping.trust,
    "running, first 1,000": lambda asked: asked.leads(("running",)),
    "missed, first 1,000": lambda asked: asked.leads(("breached",)),
    "back-test": lambda asked: asked.moves(asked.clock.model_copy(update={"limit_minutes": 480})),
    "findings": Timekeeping.findings,
    "who came first": Timekeeping.first_by,
}


def imported(here: Workspace, leads: int) -> None:
    """Import that many leads with what followed their hand-offs."""
    folder = here.store.staging / "made"
    files = make(folder, leads)
    files["events"].append(str(followed(folder, leads)))
    new = NewBatch.model_validate({"file_name": "made", "sha256": "0" * 64, "size_bytes": 0, "shape": "history"})
    now = datetime.now(UTC)
    with here.store.begin(new, at=now) as writing:
        for table, paths in files.items():
            for path in paths:
                writing.append(table, Path(path))
        writing.commit(at=now, last_instant=AS_OF)
    here.choose(CLASSIC, at=now)


def taken(work: Callable[[], object], times: int = 1) -> tuple[float, float]:
    """Seconds on the wall and of the processors, of the fastest of some times; others' work moves the second less."""
    found = []
    for _ in range(times):
        begun, used = time.perf_counter(), time.process_time()
        work()
        found.append((time.perf_counter() - begun, time.process_time() - used))
    return min(found)


def main(leads: int) -> None:
    """Print seconds, and which share of the reduction's they are."""
    with tempfile.TemporaryDirectory() as place, Workspace(Path(place)) as here:
        imported(here, leads)
        reduced = taken(here.facts)
        report = Report(here, here.facts())

        def told(name: str, seconds: tuple[float, float]) -> None:
            wall, used = (f"{one:9.3f} s {one / whole:7.3f}" for one, whole in zip(seconds, reduced, strict=True))
            print(f"{leads:>10,} leads  {name:24}{wall} of the reduction, processors {used}", flush=True)

        told("reduction", reduced)
        told("hand-offs and times", taken(report.timed))
        told("owners and their times", taken(report.timed_spells))
        clock = report.facts.definition.clocks[0]
        for name, ask in ASKED.items():
            # A new question each time: nothing of an earlier one is held.
            told(name, taken(lambda ask=ask: ask(Timekeeping(report, Query(), clock)), 3))  # type: ignore[misc]
        found = Timekeeping(report, Query(), clock).states().total()
        print(f"{leads:>10,} leads  {found['handed']:,} hand-offs; peak {peak():.2f} GB")


if __name__ == "__main__":
    for size in map(int, sys.argv[1:] or ["10000", "1000000"]):
        main(size)

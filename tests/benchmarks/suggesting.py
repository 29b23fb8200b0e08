"""How long does it take to hold every recorded stage against a definition, and to learn points from history?

Run: `python tests/benchmarks/suggesting.py 100000`. The data and the definition are those of judging.py, each stage
asking for two criteria; the points are learned from four columns.
"""

import multiprocessing as mp
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

import narwhals as nw

from core.definition import Definition
from core.engine import Engine
from core.journeys.audited import audited
from core.journeys.people import everyone
from core.journeys.reduce import reduce
from core.journeys.sources import live_sources
from core.measures.audit import audit
from core.measures.cohort import Query
from core.measures.suggested_points import suggest_points
from core.settings import Settings
from tests.benchmarks.judging import definition, mixed
from tests.benchmarks.made_events import make
from tests.benchmarks.reduce import AS_OF, peak


def asking() -> Definition:
    """The definition of judging.py, each stage asking for two of its criteria."""
    plain = definition()
    ids = [criterion.id for criterion in plain.criteria]
    stages = tuple(
        stage.model_copy(update={"criteria": (ids[k % 20], ids[(k + 7) % 20])}) for k, stage in enumerate(plain.stages)
    )
    return plain.model_copy(update={"stages": stages})


def run(leads: int) -> None:
    """Print seconds and the most memory held."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        files = make(folder / "made", leads)
        mixed(files, leads)
        process = mp.get_context("spawn").Process(target=measured, args=(folder, files, leads))
        process.start()
        process.join()


def measured(folder: Path, files: dict[str, list[str]], leads: int) -> None:
    """One run in a process of its own, so that its peak memory is its own."""
    agreed = asking()

    def timed(what: str, do: Callable[[], Any]) -> Any:
        started = time.perf_counter()
        found = do()
        print(f"{leads:>10,} leads  {what:24} {time.perf_counter() - started:6.2f} s  peak {peak():.2f} GB")
        return found

    with Engine(folder) as engine:
        sources = live_sources(engine, files.__getitem__, [1], rename=str)
        facts = timed("reduce", lambda: reduce(engine, sources, agreed, folder / "facts" / "made", as_of=AS_OF))
        found = timed("audit, the first time", lambda: audited(engine, sources, facts, agreed))
        people = everyone(engine, sources, agreed)
        for what in ("audit, counted", "audit, counted again"):
            made = timed(what, lambda: audit(engine, facts, found, agreed, Query(), Settings(), people))
        print(f"{'':>17}  {made.total()['n']:,} recorded stages")
        passes = facts.passes(engine)
        beyond = nw.col("furthest") > agreed.hand_off
        taken = beyond | (nw.col("industry") == "Pharma")
        units = facts.units(engine).select("unit", "industry")
        rows = passes.filter(nw.col("furthest") >= agreed.hand_off).join(units, on="unit", how="inner").select(
            "unit", "pass", "reason", handed_at=nw.col(f"at_{agreed.hand_off}"), won=beyond,
            verdict=nw.when(taken).then(nw.lit("yes")).otherwise(nw.lit("no")),
        )  # fmt: skip
        columns = ("title", "industry", "country", "employees")
        timed(
            "points, learned",
            lambda: suggest_points(
                engine, facts, rows, columns, "validated", doubling=5, mature_days=90, titles={}
            ),
        )  # fmt: skip


if __name__ == "__main__":
    for size in map(int, sys.argv[1:] or ["10000", "100000"]):
        run(size)

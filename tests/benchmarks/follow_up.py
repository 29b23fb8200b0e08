"""What does it take to read what followed each hand-off, beside the reduction of the same data?

Run: `python tests/benchmarks/follow_up.py 100000`. Each lead has eight stage events, three touches, a change of owner
and a change of another field.
"""

import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from core.definition.templates import CLASSIC
from core.engine import Engine
from core.journeys.follow_up import follow_up
from core.journeys.reduce import reduce
from core.journeys.sources import live_sources
from tests.benchmarks.made_events import YEAR, make
from tests.benchmarks.reduce import AS_OF, peak


def followed(folder: Path, leads: int, *, seed: int = 11) -> Path:
    """Touches and changes of the leads that `made_events.make` makes."""
    rng = np.random.default_rng(seed)
    n = leads * 5
    kind = np.tile(np.array(["touch", "touch", "touch", "change", "change"]), leads)
    name = np.tile(np.array(["Call", "Email", "Meeting", "Owner", "Rating"]), leads)
    said = np.array(["Connected", "No answer", "Left voicemail"])[rng.integers(0, 3, n)]
    reps = np.char.add("rep ", rng.integers(0, 40, n).astype(str))
    at = 1_750_000_000 + rng.integers(0, 2 * YEAR, n)
    ids = np.char.add("00Q", np.char.zfill(np.arange(leads).astype(str), 12))
    table = pa.table(
        {
            "event_id": pa.array(np.char.add("f", np.char.zfill(np.arange(n).astype(str), 15))),
            "lead_id": pa.array(np.repeat(ids, 5)),
            "happened_at": pa.array(at),
            "day": pa.array((at // 86_400).astype(np.int32)),
            "precision": pa.array(np.full(n, "instant")),
            "kind": pa.array(kind),
            "name": pa.array(name),
            "shape": pa.array(np.full(n, "log")),
            "actor": pa.array(reps),
            "detail": pa.array(np.where(kind == "touch", said, np.roll(reps, 1))),
            "batch": pa.array(np.ones(n, np.int64)),
            "line": pa.array(np.arange(n)),
        }
    )
    file = folder / "followed.parquet"
    pq.write_table(table, file)
    return file


def main(leads: int) -> None:
    """Print seconds, and how many times the reduction's they are."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        files = make(folder / "made", leads)
        files["events"].append(str(followed(folder / "made", leads)))
        with Engine(folder) as engine:
            sources = live_sources(engine, files.__getitem__, [1], rename=str)
            started = time.perf_counter()
            facts = reduce(engine, sources, CLASSIC, folder / "facts" / "made", as_of=AS_OF)
            reduced = time.perf_counter() - started
            started = time.perf_counter()
            handoffs, owners = follow_up(engine, sources, facts)
            seconds = time.perf_counter() - started
            rows = [len(engine.collect(one.select("unit"))) for one in (handoffs, owners)]
        print(f"{leads:>10,} leads  reduce    {reduced:6.2f} s")
        print(f"{leads:>10,} leads  follow-up {seconds:6.2f} s  {rows[0]:,} hand-offs, {rows[1]:,} owners")
        print(f"{leads:>10,} leads  ratio     {seconds / reduced:6.2f}  peak {peak():.2f} GB")


if __name__ == "__main__":
    for size in map(int, sys.argv[1:] or ["10000", "100000"]):
        main(size)

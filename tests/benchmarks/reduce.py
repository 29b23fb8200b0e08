"""How long does a reduction take beside the same by hand in pandas? Run: `python tests/benchmarks/reduce.py 100000`.

Each side runs in a process of its own, so that peak memory is its own; the answers must be identical.
"""

import json
import multiprocessing as mp
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

import pandas as pd

from core.definition.templates import CLASSIC
from core.engine import Engine
from core.journeys.reduce import reduce
from core.journeys.sources import live_sources
from tests.benchmarks import reference
from tests.benchmarks.made_events import make

AS_OF = 1_800_000_000


def peak() -> float:
    """Most memory this process ever held, in GB. (`getrusage` would tell its parent's.)"""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) / 1e6


def by_engine(folder: str, files: dict[str, list[str]], out: str) -> None:
    """The product's way."""
    started = time.perf_counter()
    with Engine(Path(folder)) as engine:
        sources = live_sources(engine, files.__getitem__, [1], rename=str)
        facts = reduce(engine, sources, CLASSIC, Path(folder) / "facts" / "made", as_of=AS_OF)
        seconds = time.perf_counter() - started
        Path(out).write_text(json.dumps([seconds, peak()]))
        passes = engine.collect(facts.passes(engine).sort("unit", "pass"))
    passes.to_parquet(out + ".parquet")


def by_hand(folder: str, files: dict[str, list[str]], out: str) -> None:
    """The reference: reads the columns it needs, reduces, writes the same facts."""
    started = time.perf_counter()
    names = ["lead_id", "happened_at", "name", "reason", "event_id"]
    passes = reference.reduced(pd.read_parquet(files["events"][0], columns=names), CLASSIC, as_of=AS_OF)
    passes.to_parquet(out + ".parquet", compression="zstd")
    pd.read_parquet(files["leads"][0]).to_parquet(out + ".units.parquet", compression="zstd")
    seconds = time.perf_counter() - started
    Path(out).write_text(json.dumps([seconds, peak()]))


def main(leads: int) -> None:
    """Print seconds, peak memory and the ratio."""
    with tempfile.TemporaryDirectory() as place:
        files = make(Path(place) / "made", leads)
        measured = {}
        for name, work in (("engine", by_engine), ("pandas", by_hand)):
            out = str(Path(place) / name)
            process = mp.get_context("spawn").Process(target=work, args=(place, files, out))
            process.start()
            process.join()
            measured[name] = json.loads(Path(out).read_text())
        left, right = (pd.read_parquet(str(Path(place) / name) + ".parquet") for name in ("engine", "pandas"))
        same = ["pass", "n_passes", "furthest", "shadow", "end", "observed", *(f"at_{k}" for k in range(7))]
        left["reason"], right["reason"] = left["reason"].astype("str"), right["reason"].astype("str")
        assert len(left) == len(right), (len(left), len(right))
        for column in [*same, "reason"]:
            differ = (left[column].fillna(-9) if column != "reason" else left[column].fillna("")).to_numpy() != (
                right[column].fillna(-9) if column != "reason" else right[column].fillna("")
            ).to_numpy()
            assert not differ.any(), (column, int(differ.sum()), left[differ].head(), right[differ].head())
        for name, (seconds, peak) in measured.items():
            print(f"{leads:>10,} leads  {name:8} {seconds:6.2f} s  {peak:5.2f} GB")
        print(f"{leads:>10,} leads  ratio    {measured['engine'][0] / measured['pandas'][0]:6.2f}")


if __name__ == "__main__":
    for size in map(int, sys.argv[1:] or ["10000", "100000"]):
        main(size)

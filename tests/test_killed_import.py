"""A program that imports is ended at a random moment: what it was importing is there whole or not at all."""

import functools
import random
import time
from multiprocessing import get_all_start_methods, get_context
from multiprocessing.context import SpawnContext
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import cast

import pandas as pd
import pytest

from core import intake
from core.measures.cohort import Query
from core.report import Report
from core.workspace import Workspace
from tests.conftest import AT, SAMPLE

SEEDS = 20
NAMES = ("users.csv", "opportunities.csv", "leads.csv")


def exports(folder: Path, seed: int) -> list[Path]:
    """The sample's files with some empty lines below, so that each seed's are other bytes."""
    folder.mkdir()
    for name in NAMES:
        text = (SAMPLE / name).read_text(encoding="utf-8")
        (folder / name).write_text(text + "\n" * (seed + 1), encoding="utf-8")
    return [folder / name for name in NAMES]


def import_them(folder: Path, files: list[Path], ready: Event) -> None:
    """What is killed: an import of one file after the other, read in the same process."""
    pytest.MonkeyPatch().setattr("core.workspace.read", functools.partial(intake.read, apart=False))
    with Workspace(folder) as here:
        ready.set()
        for file in files:
            here.add(file, at=AT)
        time.sleep(60)


@pytest.fixture
def processes() -> SpawnContext:
    if "forkserver" not in get_all_start_methods():
        return get_context("spawn")
    context = get_context("forkserver")
    context.set_forkserver_preload(["tests.test_killed_import"])
    return cast("SpawnContext", context)


def held(here: Workspace, table: str) -> dict[int, int]:
    """Live import → rows that a reader sees of it in this table."""
    seen = here.store.snapshot()
    if not seen.files[table]:
        return {}
    batches = pd.concat([pd.read_parquet(file, columns=["batch"], partitioning=None) for file in seen.files[table]])
    counted = batches["batch"].value_counts()
    return {number: int(counted.get(number, 0)) for number in seen.live if counted.get(number, 0)}


@pytest.mark.slow
@pytest.mark.usefixtures("reading_here")
def test_a_killed_import_is_whole_or_absent_and_the_next_one_works(tmp_path: Path, processes: SpawnContext) -> None:
    folder, rng, cut = tmp_path / "workspace", random.Random(11), 0
    for seed in range(SEEDS):
        files, ready = exports(tmp_path / f"exports-{seed}", seed), processes.Event()
        worker = processes.Process(target=import_them, args=(folder, files, ready))
        worker.start()
        assert ready.wait(60)
        worker.join(rng.uniform(0, 1))
        worker.kill()
        worker.join()

        with Workspace(folder) as here:
            live = here.live_batches()
            for table in ("leads", "deals", "people", "events"):
                promised = {b.id: b.counts[f"made_{table}"] for b in live if b.counts.get(f"made_{table}")}
                assert held(here, table) == promised, f"seed {seed}, {table}"
            mine = [batch for batch in live if batch.counts["rows_blank"] == seed + 1]
            assert [batch.file_name for batch in reversed(mine)] == list(NAMES[: len(mine)]), "one after the other"
            cut += len(mine) < len(NAMES)
            if len(mine) > 1 or (seed % 5 == 0 and any(batch.file_name != "users.csv" for batch in live)):
                found = Report(here, here.facts()).funnel(Query())
                assert found.broken().empty
                leads = 5950 if any(batch.file_name == "leads.csv" for batch in live) else 815
                assert int(found.total()["entered"].iloc[0]) == leads
            receipt = here.add(files[0], at=AT)
            assert receipt.already == bool(mine), f"seed {seed}: the next import works"
            assert receipt.batch.state == "live"
    assert cut >= SEEDS // 4, "too few imports were met in the middle for this to say anything"

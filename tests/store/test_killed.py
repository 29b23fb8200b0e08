"""An importing process is ended at a random moment: its batch is there whole or not at all."""

import random
from multiprocessing.context import SpawnContext
from pathlib import Path

import pytest

from core.store import Store
from tests.store.imports import import_for_ever, import_three_tables, in_ledger, visible

TABLES = ("leads", "people", "campaigns")


@pytest.mark.slow
def test_a_killed_import_is_whole_or_absent_and_swept(tmp_path: Path, processes: SpawnContext) -> None:
    orphans = 0
    for seed in range(100):
        if seed >= 20 and orphans >= 3:
            break
        ready = processes.Event()
        worker = processes.Process(target=import_for_ever, args=(tmp_path, ready))
        worker.start()
        assert ready.wait(20)
        worker.join(random.Random(seed).uniform(0, 0.25))
        worker.kill()
        worker.join()

        with Store.open(tmp_path) as store:
            for table in TABLES:
                promised = {batch.id: batch.counts[table] for batch in store.batches()}
                assert visible(store, table)["batch"].value_counts().to_dict() == promised, f"seed {seed}, {table}"
            live = set(store.live())
            orphans += any(in_ledger(store, table) - live for table in TABLES)
            fresh = import_three_tables(store)
            for table in TABLES:
                assert in_ledger(store, table) == live | {fresh.id}, f"seed {seed}, {table}"
    assert orphans >= 3, "too few imports were met in the middle for this to say anything"

"""Imports as the tests of the store make them, and a worker that makes them in a process of its own."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from multiprocessing.synchronize import Barrier, Event
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq

from core.errors import WorkspaceBusy
from core.store import Batch, NewBatch, Store, decode_column

AT = datetime(2026, 3, 1, 9, tzinfo=UTC)


def new_batch(name: str = "leads.csv", **facts: Any) -> NewBatch:
    return NewBatch.model_validate({"file_name": name, "sha256": name, "size_bytes": 1, "shape": "test", **facts})


def leads(ids: Sequence[str], **columns: Sequence[object]) -> pd.DataFrame:
    return pd.DataFrame({"lead_id": list(ids), "line": range(2, len(ids) + 2), **columns})


def import_leads(
    store: Store, ids: Sequence[str], name: str = "leads.csv", columns: Mapping[str, Sequence[object]] | None = None
) -> Batch:
    with store.begin(new_batch(name), at=AT) as writing:
        writing.append("leads", leads(ids, **(columns or {})))
        return writing.commit(at=AT)


def visible(store: Store, table: str = "leads") -> pd.DataFrame:
    """The rows that a reader sees: those of live batches in the listed files."""
    seen = store.snapshot()
    if not seen.files[table]:
        return pd.DataFrame({"batch": []})
    frame: pd.DataFrame = pd.concat([pq.read_table(path, partitioning=None).to_pandas() for path in seen.files[table]])
    held = frame.loc[frame["batch"].isin(seen.live)].rename(columns=decode_column)
    return held.reset_index(drop=True)


def ids(store: Store) -> list[str]:
    found = visible(store)
    return sorted(found["lead_id"]) if len(found) else []


def in_ledger(store: Store, table: str = "leads") -> set[int]:
    """The batches that have rows in the ledger, seen or not."""
    held = (pq.read_table(path, columns=["batch"], partitioning=None) for path in store.files(table))
    return {number for rows in held for number in rows["batch"].unique().to_pylist()}


def import_three_tables(store: Store) -> Batch:
    """One import of several appends; its counts say how many rows every table was given."""
    with store.begin(new_batch(), at=AT) as writing:
        for part in range(2):
            writing.append("leads", leads([f"{part}-{number}" for number in range(50)], email=["a@b.example"] * 50))
            writing.append("people", pd.DataFrame({"person_id": ["p1", "p2"], "line": [2, 3]}))
            writing.append("campaigns", pd.DataFrame({"campaign_id": ["c"] * 5, "line": range(5)}))
        return writing.commit(counts={"leads": 100, "people": 4, "campaigns": 10})


def import_for_ever(folder: Path, ready: Event) -> None:
    with Store.open(folder) as store:
        ready.set()
        while True:
            import_three_tables(store)


def import_patiently(folder: Path, times: int, together: Barrier) -> None:
    """So many imports, each tried again for as long as somebody else writes."""
    with Store.open(folder) as store:
        together.wait()
        done = 0
        while done < times:
            try:
                import_three_tables(store)
                done += 1
            except WorkspaceBusy:
                continue


def hold(folder: Path, ready: Event, go: Event) -> None:
    """Begin an import, and end it when told."""
    with Store.open(folder) as store, store.begin(new_batch("held.csv"), at=AT) as writing:
        writing.append("leads", leads(["held"]))
        ready.set()
        go.wait(20)
        writing.commit(at=AT)

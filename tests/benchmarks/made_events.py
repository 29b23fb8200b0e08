"""Events for the benchmarks: n leads with eight events each, as Parquet files of the canonical tables."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from core.tables import DEALS, LOOKUPS, PEOPLE

LABELS = np.array(["Raw", "Viable", "MQL", "SAL", "SQL", "Opportunity", "Won", "Recycled", "Disqualified", "Lost"])
REASONS = np.array(["No budget", "Bad timing", "No need", "Not a fit"])
YEAR = 365 * 86_400


def make(folder: Path, leads: int, *, seed: int = 7) -> dict[str, list[str]]:
    """Write the files; gives table → paths. Each lead walks forward, sometimes skips, leaves or comes back."""
    rng = np.random.default_rng(seed)
    n = leads * 8
    start = 1_750_000_000 + rng.integers(0, YEAR, leads)
    gaps = rng.integers(3_600, 20 * 86_400, (leads, 8))
    when = start[:, None] + gaps.cumsum(axis=1)
    # Forward with skips, and one in eight a way out after which the walk begins again.
    step = rng.integers(0, 2, (leads, 8)) + (rng.random((leads, 8)) < 0.1)
    place = np.minimum(np.cumsum(step, axis=1), 6)
    leaves = rng.random((leads, 8)) < 0.12
    code = np.where(leaves, rng.integers(7, 10, (leads, 8)), place).reshape(-1)
    ids = np.char.add("00Q", np.char.zfill(np.arange(leads).astype(str), 12))
    order = rng.permutation(n)
    lead = np.repeat(np.arange(leads), 8)
    reason = pa.array(REASONS[rng.integers(0, 4, n)], mask=code < 7)
    at = when.reshape(-1)
    events = pa.table(
        {
            "event_id": pa.array(np.char.zfill(np.arange(n).astype(str), 16)),
            "lead_id": pa.array(ids[lead]),
            "happened_at": pa.array(at),
            "day": pa.array((at // 86_400).astype(np.int32)),
            "precision": pa.array(np.full(n, "instant")),
            "kind": pa.array(np.full(n, "stage")),
            "name": pa.array(LABELS[code]),
            "shape": pa.array(np.full(n, "log")),
            "reason": reason,
            "batch": pa.array(np.ones(n, np.int64)),
            "line": pa.array(np.arange(n)),
        }
    ).take(pa.array(order))
    sources = np.array(["Search", "Paid", "Social", "Event", "Referral"])
    people = pa.table(
        {
            "lead_id": pa.array(ids),
            "source": pa.array(sources[rng.integers(0, 5, leads)]),
            "owner": pa.array(np.char.add("rep ", rng.integers(0, 40, leads).astype(str))),
            "batch": pa.array(np.ones(leads, np.int64)),
            "line": pa.array(np.arange(leads)),
        }
    )
    folder.mkdir(parents=True, exist_ok=True)
    files = {"events": folder / "events.parquet", "leads": folder / "leads.parquet"}
    pq.write_table(events, files["events"])
    pq.write_table(people, files["leads"])
    return {name: [str(file)] for name, file in files.items()} | {t.name: [] for t in (DEALS, PEOPLE, LOOKUPS)}

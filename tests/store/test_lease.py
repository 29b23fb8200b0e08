import os
import platform
from datetime import UTC, datetime, timedelta
from multiprocessing.context import SpawnContext
from pathlib import Path
from typing import Any

import pytest

from core.errors import StoreError, WorkspaceBusy
from core.store import Store
from core.store.register import Register
from core.store.rows import LeaseRow
from tests.store.imports import (
    AT,
    hold,
    ids,
    import_leads,
    import_patiently,
    import_three_tables,
    in_ledger,
    leads,
    new_batch,
    visible,
)

HERE = {"host": platform.node(), "pid": os.getpid()}


def set_lease(folder: Path, *, silent_s: int = 0, **values: object) -> None:
    """Another holder's lease, its last sign of life `silent_s` seconds ago: told at the time of the test."""
    beat = datetime.now(UTC) - timedelta(seconds=silent_s)
    register = Register(folder)
    with register.writing() as session:
        row = session.get_one(LeaseRow, 1)
        row.sqlmodel_update({"token": "t", "holder": "bob@there (process 1)", "since": beat, "beat_at": beat, **values})
        session.add(row)
    register.close()


def test_the_second_writer_is_told_who_and_since_when_and_readers_go_on(store: Store) -> None:
    import_leads(store, ["first"])
    with store.begin(new_batch(), at=AT), Store.open(store.folder) as other:
        with pytest.raises(
            WorkspaceBusy, match=r"\(process \d+\) has been writing .* since \d\d:\d\d:\d\d UTC"
        ) as busy:
            import_leads(other, ["second"])
        assert "Wait until that import has ended" in busy.value.hint
        assert ids(other) == ["first"]
        other.undo(1)
    import_leads(store, ["third"])
    assert ids(store) == ["third"]


@pytest.mark.parametrize(
    ("left", "freed"),
    [
        pytest.param({**HERE, "started": 1.0}, True, id="process number used again"),
        pytest.param({"host": platform.node(), "pid": 2**22 + 1}, True, id="dead here"),
        pytest.param({"host": "elsewhere", "pid": 1}, False, id="elsewhere, alive a moment ago"),
        pytest.param({"host": "elsewhere", "silent_s": 61}, True, id="elsewhere, silent"),
    ],
)
def test_a_writer_that_is_gone_gives_way(store: Store, left: dict[str, Any], freed: bool) -> None:
    set_lease(store.folder, **left)
    if freed:
        import_leads(store, ["a"])
        assert ids(store) == ["a"]
    else:
        with pytest.raises(WorkspaceBusy, match="bob@there"):
            import_leads(store, ["a"])


def test_a_writer_that_was_taken_over_cannot_commit(store: Store) -> None:
    with store.begin(new_batch("slow.csv"), at=AT) as slow:
        slow.append("leads", leads(["slow"]))
        set_lease(store.folder, silent_s=61)
        with Store.open(store.folder) as other:
            import_leads(other, ["fast"])
        assert in_ledger(store) == {2}, "the other one swept"
        for step in (lambda: slow.append("leads", leads(["more"])), lambda: slow.commit()):
            with pytest.raises(StoreError, match="took over"):
                step()
    assert ids(store) == ["fast"]


def test_rows_that_come_after_being_swept_go_at_the_next_write(store: Store) -> None:
    import_leads(store, ["kept"])
    store._ledger.append("leads", leads(["late"]), batch=77)
    assert in_ledger(store) == {1, 77}
    import_leads(store, ["next"])
    assert in_ledger(store) == {1, 2}
    assert ids(store) == ["kept", "next"]


def test_of_two_processes_one_is_told_and_neither_loses_anything(store: Store, processes: SpawnContext) -> None:
    ready, go = processes.Event(), processes.Event()
    other = processes.Process(target=hold, args=(store.folder, ready, go))
    other.start()
    assert ready.wait(20)
    with pytest.raises(WorkspaceBusy, match=f"process {other.pid}"):
        import_leads(store, ["mine"])
    go.set()
    other.join(20)
    assert other.exitcode == 0
    import_leads(store, ["mine"])
    assert ids(store) == ["held", "mine"]


def test_two_processes_that_try_again_lose_nothing(store: Store, processes: SpawnContext) -> None:
    together = processes.Barrier(2)
    both = [processes.Process(target=import_patiently, args=(store.folder, 4, together)) for _ in range(2)]
    for process in both:
        process.start()
    for process in both:
        process.join(40)
    assert [process.exitcode for process in both] == [0, 0]
    assert len(store.live()) == 8
    assert len(visible(store)) == 800
    import_three_tables(store)
    assert len(visible(store, "people")) == 36

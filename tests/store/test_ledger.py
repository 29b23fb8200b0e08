import os
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from deltalake import DeltaTable

from core.errors import StoreError
from core.store import Store
from core.store.ledger import COMPACT_AT, Ledger
from core.tables import LEADS
from tests.store.imports import ids, import_leads, in_ledger, leads

MAIL = "ada.lovelace@lead.example"


def log_of(store: Store, table: str = "leads") -> str:
    log = store.folder / "ledger" / table / "_delta_log"
    texts = [path.read_text() for path in log.glob("*.json")]
    return "".join(texts + [str(pq.read_table(path).to_pylist()) for path in log.glob("*.parquet")])


def test_many_small_files_become_few_and_the_log_holds_no_mail(store: Store) -> None:
    for number in range(COMPACT_AT):
        import_leads(store, [f"lead {number}"], columns={"email": [MAIL]})
    listed = store.files("leads")
    assert len(listed) == COMPACT_AT
    import_leads(store, ["last"], columns={"email": [MAIL]})
    assert len(store.files("leads")) == 2
    assert all(Path(path).exists() for path in listed), "a reader may still hold the list"
    assert len(ids(store)) == COMPACT_AT + 1
    store.undo(5)
    assert "lead 4" not in ids(store)
    log = log_of(store)
    assert "numRecords" in log
    assert MAIL not in log
    assert "lovelace" not in log


def test_files_that_left_the_table_are_deleted_a_day_later(store: Store) -> None:
    import_leads(store, ["a"])
    young, old = (store.folder / "ledger" / "leads" / name for name in ("young.parquet", "old.parquet"))
    for path in (young, old, *map(Path, store.files("leads"))):
        path.touch()
        os.utime(path, (1, 1))
    young.touch()
    import_leads(store, ["b"])
    assert (young.exists(), old.exists()) == (True, False)
    assert ids(store) == ["a", "b"]


def test_a_register_put_back_from_a_copy_meets_no_strange_rows(store: Store) -> None:
    import_leads(store, ["old"])
    ledger = Ledger(store.folder / "ledger")
    for number in range(2, COMPACT_AT + 2):
        ledger.append("leads", leads(["after the copy"]), batch=number)
    ledger.tidy()
    assert len(store.files("leads")) == 1
    batch = import_leads(store, ["new"])
    assert in_ledger(store) == {1, batch.id}
    assert ids(store) == ["new", "old"]


@pytest.mark.parametrize(
    "asked",
    [
        {"delta.enableDeletionVectors": "true", "delta.minReaderVersion": "3", "delta.minWriterVersion": "7"},
        {"delta.columnMapping.mode": "name", "delta.minReaderVersion": "2", "delta.minWriterVersion": "5"},
    ],
)
def test_a_table_that_asks_more_of_its_readers_is_refused(store: Store, asked: dict[str, str | None]) -> None:
    folder = store.folder / "ledger" / "leads"
    DeltaTable.create(str(folder), schema=pa.schema([("lead_id", pa.string())]), configuration=asked)
    with pytest.raises(StoreError, match="changed by another program and now needs"):
        store.files("leads")
    with pytest.raises(StoreError, match="changed by another program"):
        import_leads(store, ["a"])
    assert store.live() == ()


def test_a_broken_table_is_said(store: Store) -> None:
    import_leads(store, ["a"])
    log = store.folder / "ledger" / "leads" / "_delta_log"
    (log / "00000000000000000000.json").write_text("{broken")
    with pytest.raises(StoreError, match='table "leads" cannot be read'):
        store.files("leads")


def test_every_column_is_typed_on_disk(store: Store) -> None:
    import_leads(store, ["a"])
    schema = pq.read_schema(store.files("leads")[0])
    assert schema.names == list(LEADS.names)
    assert [str(schema.field(name).type) for name in ("lead_id", "created_at", "fit_score", "opted_out", "batch")] == [
        "string",
        "int64",
        "double",
        "bool",
        "int64",
    ]

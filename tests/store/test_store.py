from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import StoreError
from core.store import NewBatch, Store
from tests.store.imports import AT, ids, import_leads, in_ledger, leads, new_batch, visible


def test_rows_are_seen_only_after_commit(store: Store) -> None:
    with store.begin(new_batch(), at=AT) as writing:
        assert writing.append("leads", leads(["a", "b"])) == 2
        assert in_ledger(store) == {writing.batch_id}
        assert (ids(store), store.live(), store.batches()) == ([], (), ())
        batch = writing.commit(at=AT, counts={"accepted": 2}, first_instant=5)
    assert ids(store) == ["a", "b"]
    assert store.batches() == (batch,)
    assert (batch.state, batch.counts, batch.first_instant, batch.imported_at) == ("live", {"accepted": 2}, 5, AT)


def test_an_import_left_without_commit_leaves_nothing(store: Store) -> None:
    def stumble() -> None:
        with store.begin(new_batch(), at=AT) as writing:
            writing.append("leads", leads(["lost"]))
            raise KeyError("on the way")

    with pytest.raises(KeyError):
        stumble()
    assert in_ledger(store) == set()
    assert store.batches() == ()
    assert import_leads(store, ["kept"]).id == 2, "a number is not given twice"
    assert ids(store) == ["kept"]


def test_nothing_is_added_to_a_committed_import(store: Store) -> None:
    with store.begin(new_batch(), at=AT) as writing:
        writing.commit()
        with pytest.raises(ValueError, match="committed"):
            writing.append("leads", leads(["late"]))
    with store.begin(new_batch(), at=AT) as writing:
        pass
    with pytest.raises(StoreError, match="took over"):
        writing.append("leads", leads(["late"]))


@pytest.fixture(scope="module")
def four(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with Store.open(tmp_path_factory.mktemp("four")) as store:
        for number in range(1, 5):
            import_leads(store, [f"lead of {number}", "in all"], name=f"{number}.csv")
        yield store


@settings(max_examples=40)
@given(st.lists(st.tuples(st.booleans(), st.integers(1, 4)), max_size=8))
def test_undo_and_redo_in_any_order_leave_the_remaining_batches(four: Store, turns: list[tuple[bool, int]]) -> None:
    for number in range(1, 5):
        four.redo(number)
    start, expected = four.version(), {1, 2, 3, 4}
    for back, number in turns:
        assert (four.undo if back else four.redo)(number).id == number
        expected = expected - {number} if back else expected | {number}
    assert four.live() == tuple(sorted(expected))
    assert ids(four) == sorted([f"lead of {number}" for number in expected] + ["in all"] * len(expected))
    assert (four.version() == start) == (len(expected) == 4)


def test_the_same_bytes_are_found_again(store: Store) -> None:
    assert store.find("leads.csv") is None
    first, second = import_leads(store, ["a"]), import_leads(store, ["a"])
    store.undo(second.id)
    assert store.find("leads.csv") == store.batches()[1] == first
    store.undo(first.id)
    undone = store.find("leads.csv", {})
    assert undone is not None
    assert (undone.id, undone.state) == (second.id, "undone")
    assert store.find("leads.csv", {"read": "otherwise"}) is None


@pytest.mark.parametrize("turn", ["undo", "redo", "problems"])
def test_an_unknown_import_is_said(store: Store, turn: str) -> None:
    with pytest.raises(StoreError, match=r"no import number 7\. Choose"):
        getattr(store, turn)(7)
    with store.begin(new_batch(), at=AT) as writing, pytest.raises(StoreError):
        getattr(store, turn)(writing.batch_id)


def test_every_kind_of_source_gives_the_same_rows(store: Store) -> None:
    frame = leads(["a", "b"], fit_score=[1.5, None])
    table = pa.Table.from_pandas(frame, preserve_index=False)
    pq.write_table(
        table.set_column(0, "lead_id", table["lead_id"].dictionary_encode()), store.staging / "leads.parquet"
    )
    with store.begin(new_batch(), at=AT) as writing:
        for source in (frame, table, table.to_reader(), store.staging / "leads.parquet"):
            assert writing.append("leads", source) == 2
        assert writing.append("leads", frame.head(0)) == 0
        writing.commit()
    assert ids(store) == ["a"] * 4 + ["b"] * 4
    assert visible(store)["fit_score"].sum() == 6


def test_problems_come_back_as_declared(store: Store) -> None:
    told = pd.DataFrame(
        {
            "line": [9, 4],
            "column": [None, "Email"],
            "raw": ["x", "y"],
            "code": ["short", "mail"],
            "sentence": ["s", "t"],
        }
    ).assign(quarantined=[True, False])
    for code in ("first", "second"):
        with store.begin(new_batch(), at=AT) as writing:
            writing.append("problems", told.assign(code=code))
            writing.commit()
    found = store.problems(2)
    assert found["line"].tolist() == [4, 9]
    assert found["code"].tolist() == ["second", "second"]
    assert found["quarantined"].tolist() == [False, True]
    assert store.problems(import_leads(store, ["a"]).id).empty


def test_naive_instants_are_refused(store: Store) -> None:
    naive = datetime(2026, 3, 1)  # noqa: DTZ001
    with pytest.raises(ValueError, match="without a zone"), store.begin(new_batch(), at=naive):
        pass
    with pytest.raises(ValueError, match="without a zone"):
        store.put_setting("zone", "UTC", at=naive)
    with store.begin(new_batch(), at=AT) as writing, pytest.raises(ValueError, match="without a zone"):
        writing.commit(at=naive)
    assert store.live() == ()


def test_what_a_batch_says_is_validated() -> None:
    with pytest.raises(ValueError):
        new_batch(size_bytes=-1)
    with pytest.raises(ValueError):
        new_batch(colour="red")
    with pytest.raises(ValueError, match="frozen"):
        setattr(new_batch(), "file_name", "other")  # noqa: B010


@pytest.mark.parametrize("name", ["plain", "mit Leer ü 漢 #&'", "a{b}`c"])
def test_a_folder_may_have_any_usual_name(tmp_path: Path, name: str) -> None:
    with Store.open(tmp_path / name) as store:
        import_leads(store, ["a"])
        assert ids(store) == ["a"]


@pytest.mark.parametrize("name", ["a%20b", "a[1]", "a*", "a?", "a|b", "a\nb"])
def test_a_folder_whose_name_the_ledger_cannot_take_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(StoreError, match="cannot lie in"):
        Store.open(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_a_file_in_the_folders_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("here")
    with pytest.raises(StoreError, match="cannot be made"):
        Store.open(tmp_path / "taken")


def test_the_fields_of_an_import_survive(store: Store) -> None:
    batch = NewBatch(
        file_name="é.csv",
        sha256="ab",
        size_bytes=2**40,
        shape="hubspot",
        mapping={"Email": {"field": "email", "options": [1, None]}},
        counts={"rows": 3},
        first_instant=-1,
        last_instant=2**33,
        fingerprint="f",
        exported_at=7,
    )
    with store.begin(batch, at=AT, by="ada") as writing:
        writing.commit()
    kept = store.batches()[0]
    assert {name: getattr(kept, name) for name in NewBatch.model_fields} == batch.model_dump()
    assert kept.imported_by == "ada"

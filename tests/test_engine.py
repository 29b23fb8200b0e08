"""The engine touches one folder and nothing else, and keeps results whole."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import narwhals as nw
import pandas as pd
import pytest

from core.engine import Engine
from core.tables import CANONICAL, LEADS, PEOPLE, Table

ADA = PEOPLE.conform(pd.DataFrame({"person_id": ["p1"], "name": ["Ada"], "batch": [1], "line": [2]}))


@pytest.fixture
def inside(tmp_path: Path) -> Path:
    folder = tmp_path / "workspace"
    folder.mkdir()
    return folder


@pytest.fixture
def engine(inside: Path) -> Iterator[Engine]:
    with Engine(inside, threads=1) as made:
        yield made


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A file beside the folder, of a neighbour."""
    other = tmp_path / "neighbour"
    other.mkdir()
    with Engine(other, threads=1) as made:
        made.keep(made.frame(ADA, PEOPLE), other / "people.parquet")
    return other / "people.parquet"


def test_a_file_outside_the_folder_cannot_be_read(engine: Engine, inside: Path, outside: Path) -> None:
    for path in (outside, inside / ".." / "neighbour" / "people.parquet"):
        with pytest.raises(duckdb.Error, match="Permission"):
            engine.collect(engine.read([path]))
        with pytest.raises(duckdb.Error, match="Permission"):
            engine.collect(engine.scan([str(path)], PEOPLE))


def test_a_folder_whose_name_only_begins_alike_is_outside(inside: Path, engine: Engine) -> None:
    alike = inside.with_name("workspace two")
    alike.mkdir()
    with pytest.raises(duckdb.Error, match="Permission"):
        engine.keep(engine.frame(ADA, PEOPLE), alike / "people.parquet")
    assert list(alike.iterdir()) == []


def test_nothing_can_be_written_outside_the_folder(engine: Engine, outside: Path) -> None:
    before = outside.read_bytes()
    for path in (outside, outside.with_name("new.parquet")):
        with pytest.raises(duckdb.Error, match="Permission"):
            engine.keep(engine.frame(ADA, PEOPLE), path)
    assert outside.read_bytes() == before
    assert [file.name for file in outside.parent.iterdir() if file.is_file()] == ["people.parquet"]


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM read_csv('{outside}/leads.csv')",
        "SELECT * FROM read_text('{outside}/leads.csv')",
        "SELECT * FROM glob('{outside}/*')",
        "COPY (SELECT 1) TO '{outside}/new.csv'",
        "ATTACH '{outside}/new.db'",
        "SELECT * FROM read_parquet('https://example.com/a.parquet')",
        "INSTALL httpfs",
        "LOAD httpfs",
    ],
)
def test_no_statement_reaches_beyond_the_folder(engine: Engine, outside: Path, statement: str) -> None:
    (outside.parent / "leads.csv").write_text("lead_id\na\n")
    before = sorted(outside.parent.iterdir())
    with pytest.raises(duckdb.Error):
        engine._connection.execute(statement.format(outside=outside.parent)).fetchall()
    assert sorted(outside.parent.iterdir()) == before


@pytest.mark.parametrize(
    "statement",
    [
        "SET enable_external_access = true",
        "SET memory_limit = '64GB'",
        "SET allowed_directories = ['/']",
        "SET lock_configuration = false",
        "RESET memory_limit",
        "PRAGMA temp_directory='elsewhere'",
    ],
)
def test_the_configuration_is_locked_here_and_beside(engine: Engine, statement: str) -> None:
    for one in (engine, engine.beside()):
        with pytest.raises(duckdb.Error):
            one._connection.execute(statement)


def test_a_frame_of_the_program_is_no_table(engine: Engine) -> None:
    ada = ADA
    assert len(ada) == 1
    with pytest.raises(duckdb.CatalogException):
        engine._connection.execute("SELECT * FROM ada")


@pytest.mark.parametrize("table", CANONICAL, ids=lambda table: table.name)
def test_no_files_are_an_empty_table_with_every_column_typed(engine: Engine, table: Table) -> None:
    rows = engine.scan([], table)
    types = {
        "text": nw.String,
        "integer": nw.Int64,
        "number": nw.Float64,
        "flag": nw.Boolean,
        "instant": nw.Int64,
        "day": nw.Int32,
    }
    assert dict(rows.collect_schema()) == {column.name: types[column.kind]() for column in table.columns}
    assert engine.collect(rows).empty


def test_columns_that_a_file_does_not_have_are_there_and_missing(engine: Engine, inside: Path) -> None:
    few = pd.DataFrame({"lead_id": ["a"], "batch": [1], "line": [2], "x_3a_page": ["/home"]})
    engine.keep(engine.frame(few), inside / "leads.parquet")
    rows = engine.scan([str(inside / "leads.parquet")], LEADS, rename=lambda name: name.replace("_3a_", ":"))
    found = engine.collect(rows)
    assert set(LEADS.names) <= set(found.columns)
    assert list(found.loc[0, ["lead_id", "x:page"]]) == ["a", "/home"]
    assert bool(found[["employees", "opted_out", "created_at"]].isna().to_numpy().all())


def test_files_of_different_columns_are_read_together(engine: Engine, inside: Path) -> None:
    one = pd.DataFrame({"lead_id": ["a"], "source": ["web"], "batch": [1], "line": [2]})
    two = pd.DataFrame({"lead_id": ["b"], "x:page": ["/"], "batch": [2], "line": [2]})
    files = []
    for number, frame in enumerate((one, two)):
        files.append(str(inside / f"{number}.parquet"))
        engine.keep(engine.frame(frame), Path(files[-1]))
    found = engine.collect(engine.scan(files, LEADS).sort("lead_id"))
    assert found["source"].isna().tolist() == [False, True]
    assert found["x:page"].isna().tolist() == [True, False]


def test_a_kept_result_is_whole_or_not_there(engine: Engine, inside: Path) -> None:
    file = inside / "people.parquet"
    broken = engine.frame(ADA, PEOPLE).with_columns(number=nw.col("name").cast(nw.Int64))
    with pytest.raises(duckdb.Error):
        engine.keep(broken, file)
    assert not file.exists()
    engine.keep(engine.frame(ADA, PEOPLE), file)
    with pytest.raises(duckdb.Error):
        engine.keep(broken, file)
    assert engine.collect(engine.read([file]))["name"].tolist() == ["Ada"]


def test_a_frame_of_missing_values_keeps_its_types(engine: Engine) -> None:
    rows = engine.frame(LEADS.conform(pd.DataFrame({"lead_id": ["a"], "batch": [1], "line": [1]})), LEADS)
    assert rows.collect_schema()["employees"] == nw.Float64()
    assert rows.collect_schema()["email"] == nw.String()


def test_an_engine_beside_reads_the_same_files_within_the_same_limits(
    engine: Engine, inside: Path, outside: Path
) -> None:
    engine.keep(engine.frame(ADA, PEOPLE), inside / "people.parquet")
    other = engine.beside()
    assert other.collect(other.read([inside / "people.parquet"]))["name"].tolist() == ["Ada"]
    with pytest.raises(duckdb.Error, match="Permission"):
        other.collect(other.read([outside]))


def test_what_does_not_fit_in_memory_is_spilled_into_the_folder(inside: Path, engine: Engine) -> None:
    assert (inside / "facts" / ".spill").is_dir()
    setting = engine._connection.execute("SELECT current_setting('temp_directory')").fetchone()
    assert setting == (str((inside / "facts" / ".spill").resolve()),)


def test_two_that_keep_one_file_at_once_do_not_get_in_each_others_way(engine: Engine, inside: Path) -> None:
    """Two windows that ask the same question of new facts both write its answer."""
    frame = pd.DataFrame({"n": range(200_000)})

    def keep(_: int) -> int:
        beside = engine.beside()
        beside.keep(beside.frame(frame), inside / "kept.parquet")
        return beside.number(beside.read([inside / "kept.parquet"]).select(nw.len()))

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(keep, range(24))) == {len(frame)}
    assert [file.name for file in inside.iterdir() if file.is_file()] == ["kept.parquet"]

"""One workspace: imports that can be repeated, undone and redone, and a definition that can be changed."""

import itertools
import os
import random
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from core import keeping
from core.as_json import funnel_json
from core.definition import IGNORED, Definition, named, propose
from core.errors import FileRefused, NotYet, ReadingUndecided, SettingInvalid, StoreError, WorkspaceBusy
from core.measures.cohort import Query
from core.report import Report
from core.store import Batch, NewBatch
from core.workspace import Workspace
from tests.conftest import AT, SAMPLE

pytestmark = pytest.mark.usefixtures("reading_here")

FILES = {
    "leads.csv": (
        "Lead ID,Company,Lead Source,Owner,Created Date,Status\n"
        "L1,Ash,Web,u1,2026-01-01,MQL\nL2,Birch,Fair,u1,2026-01-02,MQL\nL3,Cedar,Web,u2,2026-01-03,Raw\n"
    ),
    "newer leads.csv": (
        "Lead ID,Company,Lead Source,Owner,Created Date,Status\n"
        "L3,Cedar,Partner,u1,2026-01-03,Viable\nL4,Dogwood,Web,u2,2026-02-01,Raw\n"
    ),
    "lead_history.csv": (
        "Id,LeadId,CreatedById,CreatedDate,Field,OldValue,NewValue\n"
        "h1,L1,u1,2026-01-05T09:00:00.000+0000,Status,Raw,MQL\n"
        "h2,L1,u1,2026-01-06T09:00:00.000+0000,Status,MQL,Sales Accepted\n"
        "h3,L2,u1,2026-01-07T09:00:00.000+0000,Status,Raw,MQL\n"
        "h4,L2,u1,2026-01-08T09:00:00.000+0000,Status,MQL,Recycled\n"
        "h5,L2,u1,2026-03-01T09:00:00.000+0000,Status,Recycled,MQL\n"
    ),
    "opportunities.csv": (
        "Id,Name,AccountName,OwnerId,StageName,Amount,CurrencyIsoCode,CreatedDate,CloseDate,IsClosed,IsWon\n"
        "D1,Ash pumps,Ash,u1,Closed Won,1000.50,EUR,2026-02-01T10:00:00.000+0000,2026-02-20,true,true\n"
        "D2,Elm pumps,Elm,u2,Prospecting,500.00,USD,2026-02-02T10:00:00.000+0000,2026-09-20,false,false\n"
    ),
    "users.csv": (
        "Id,Name,UserRole,ManagerName,IsActive\n"
        "u1,Ada,North,Grace,true\nu2,Bo,South,Grace,true\nu3,Cy,South,Grace,true\n"
    ),
}
"""File name → its text. The second file of leads says something newer of one lead of the first."""


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    folder = tmp_path / "exports"
    folder.mkdir()
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    return {name: folder / name for name in FILES}


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Workspace]:
    with Workspace(tmp_path / "workspace") as opened:
        yield opened


def write(folder: Path, name: str, *lines: str) -> Path:
    file = folder / name
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def said(workspace: Workspace) -> Any:
    """What the command line would say of this workspace by owner, and more; None before there is anything to say."""
    try:
        report = Report(workspace, workspace.facts())
    except NotYet:
        return None
    passes = report.funnel(Query(policy="observed", counting="passes"))
    return funnel_json(report, Query(by="owner")), passes.stages.to_dict("list"), report.columns()


def entered(workspace: Workspace, query: Query | None = None, *, as_of: int | None = None) -> dict[str, int]:
    total = Report(workspace, workspace.facts(as_of=as_of)).funnel(query or Query()).total()
    return {str(row["stage"]): int(row["entered"]) for _, row in total.iterrows()}


# --- again, undone, redone --------------------------------------------------------------------------------------------


def test_the_same_bytes_again_change_nothing(here: Workspace, files: dict[str, Path]) -> None:
    for file in files.values():
        here.add(file, at=AT)
    version, facts, answers, batches = here.store.version(), here.facts(), said(here), here.store.batches()
    held = sorted(path for path in here.folder.joinpath("ledger").rglob("*") if path.is_file())
    for file in files.values():
        later = file.rename(file.with_name(f"copy of {file.name}"))
        receipt = here.add(later, at=AT + timedelta(days=1))
        assert receipt.already, file.name
        assert receipt.batch in batches
    assert here.store.version() == version
    assert here.facts() == facts
    assert said(here) == answers
    assert here.store.batches() == batches
    assert sorted(path for path in here.folder.joinpath("ledger").rglob("*") if path.is_file()) == held


def test_a_real_export_imported_again_changes_nothing(sample: Path, copied: Callable[[Path], Path]) -> None:
    with Workspace(copied(sample)) as here:
        version, key = here.store.version(), here.facts().key
        receipt = here.add(SAMPLE / "leads.csv", at=AT)
        assert receipt.already
        assert (here.store.version(), here.facts().key) == (version, key)


@pytest.mark.slow
def test_any_import_can_be_undone_and_redone_in_any_order_as_if_it_had_never_been(
    tmp_path: Path, files: dict[str, Path]
) -> None:
    fresh: dict[tuple[str, ...], Any] = {}

    def never_had(kept: tuple[str, ...]) -> Any:
        if kept not in fresh:
            with Workspace(tmp_path / f"fresh-{len(fresh)}") as other:
                for name in kept:
                    other.add(files[name], at=AT)
                fresh[kept] = said(other)
        return fresh[kept]

    rng = random.Random(20)
    with Workspace(tmp_path / "workspace") as here:
        ids = {name: here.add(file, at=AT).batch.id for name, file in files.items()}
        live = set(FILES)
        # First one import alone is left, then as chance wants it.
        for name in [*list(FILES)[:-1], *rng.choices(list(FILES), k=4)]:
            turned = here.undo(ids[name], at=AT) if name in live else here.redo(ids[name], at=AT)
            live ^= {name}
            assert turned.state == ("live" if name in live else "undone")
            assert {batch.file_name for batch in here.live_batches()} == live
            assert said(here) == never_had(tuple(name for name in FILES if name in live)), sorted(live)
        for name in reversed(FILES):
            here.undo(ids[name], at=AT)
        assert said(here) is None


def test_undoing_a_correction_gives_back_what_was_said_before(here: Workspace, files: dict[str, Path]) -> None:
    here.add(files["leads.csv"], at=AT)
    newer = here.add(files["newer leads.csv"], at=AT).batch

    def sources() -> set[str]:
        return set(Report(here, here.facts()).values("source"))

    assert sources() == {"Web", "Fair", "Partner"}
    here.undo(newer.id, at=AT)
    assert sources() == {"Web", "Fair"}


def test_undoing_twice_is_undoing_once(here: Workspace, files: dict[str, Path]) -> None:
    batch = here.add(files["leads.csv"], at=AT).batch
    other = here.add(files["users.csv"], at=AT).batch
    assert here.undo(other.id, at=AT) == here.undo(other.id, at=AT)
    assert [live.id for live in here.live_batches()] == [batch.id]
    with pytest.raises(StoreError, match="There is no import number 77"):
        here.undo(77, at=AT)


def test_importing_an_undone_file_again_is_redoing_it(here: Workspace, files: dict[str, Path]) -> None:
    batch = here.add(files["leads.csv"], at=AT).batch
    here.undo(batch.id, at=AT)
    receipt = here.add(files["leads.csv"], at=AT)
    assert not receipt.already, "it counts again, so something changed"
    assert receipt.batch.id == batch.id
    assert len(here.store.batches()) == 1


def test_files_that_speak_of_different_things_may_come_in_any_order(tmp_path: Path, files: dict[str, Path]) -> None:
    names = [name for name in FILES if name != "newer leads.csv"]
    orders = random.Random(5).sample(list(itertools.permutations(names)), 2)
    seen = []
    for place, order in enumerate(orders):
        with Workspace(tmp_path / f"order-{place}") as here:
            for name in order:
                here.add(files[name], at=AT)
            seen.append(said(here))
    assert all(other == seen[0] for other in seen[1:])


# --- whole or not at all ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "text", "error"),
    [
        ("empty.csv", "", FileRefused),
        ("page.csv", "<!DOCTYPE html><html><body>Log in</body></html>", FileRefused),
        ("which.csv", "Lead ID,MQL date\nL1,03/04/2026\nL2,05/06/2026\n", ReadingUndecided),
    ],
)
def test_a_file_that_is_not_taken_leaves_no_trace(
    here: Workspace, tmp_path: Path, files: dict[str, Path], name: str, text: str, error: type[Exception]
) -> None:
    here.add(files["leads.csv"], at=AT)
    before = here.store.version(), here.store.batches(), said(here), here.store.mappings()
    file = tmp_path / name
    file.write_text(text, encoding="utf-8")
    with pytest.raises(error):
        here.add(file, at=AT)
    assert (here.store.version(), here.store.batches(), said(here), here.store.mappings()) == before
    assert list(here.store.staging.iterdir()) == []


def test_a_question_is_asked_once_and_its_answer_remembered_for_the_next_file(here: Workspace, tmp_path: Path) -> None:
    january = write(tmp_path, "january.csv", "Lead ID,MQL date,Won date", "L1,03/04/2026,05/06/2026")
    with pytest.raises(ReadingUndecided) as asked:
        here.add(january, at=AT)
    (question, *_) = asked.value.questions
    assert question.examples
    assert question.proposed is None
    assert len(question.options) == 2
    answers = {each.id: each.options[0][0] for each in asked.value.questions}
    here.add(january, at=AT, answers=answers)
    assert here.add(january, at=AT).already, "the answer is remembered, so the file reads as it did"
    february = write(tmp_path, "february.csv", "Lead ID,MQL date,Won date", "L2,04/05/2026,06/07/2026")
    assert here.check(february, at=AT).undecided is False
    here.add(february, at=AT)
    assert entered(here)["mql"] == 2


def test_checking_a_file_writes_nothing(here: Workspace, files: dict[str, Path]) -> None:
    here.add(files["leads.csv"], at=AT)
    before = here.store.version(), here.store.mappings()
    held = {path for path in here.folder.rglob("*") if "register" not in path.name}
    reading = here.check(files["lead_history.csv"], at=AT)
    assert reading.staged == {}
    assert reading.counts.accepted == 5
    assert (here.store.version(), here.store.mappings()) == before
    assert {path for path in here.folder.rglob("*") if "register" not in path.name} == held


def test_somebody_elses_import_of_the_same_bytes_meanwhile_is_not_doubled(
    here: Workspace, files: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    find = here.store.find
    asked: list[str] = []

    def meanwhile(sha256: str, mapping: dict[str, Any] | None = None) -> Batch | None:
        found = find(sha256, mapping)
        if not asked:
            asked.append(sha256)
            with Workspace(here.folder) as other:
                assert not other.add(files["leads.csv"], at=AT, by="somebody else").already
        return found

    monkeypatch.setattr(here.store, "find", meanwhile)
    receipt = here.add(files["leads.csv"], at=AT)
    assert receipt.already
    assert receipt.batch.imported_by == "somebody else"
    assert len(here.store.batches()) == 1


def test_while_somebody_imports_others_are_told_who_and_can_read(here: Workspace, files: dict[str, Path]) -> None:
    here.add(files["leads.csv"], at=AT)
    before = said(here)
    long = NewBatch.model_validate({"file_name": "long.csv", "sha256": "0", "size_bytes": 1, "shape": "leads"})
    with Workspace(here.folder) as other, other.store.begin(long, at=AT):
        with pytest.raises(WorkspaceBusy, match="has been writing to this workspace since"):
            here.add(files["users.csv"], at=AT)
        assert said(here) == before
    assert not here.add(files["users.csv"], at=AT).already


def test_what_a_killed_import_left_in_staging_is_removed_after_a_day(here: Workspace, files: dict[str, Path]) -> None:
    for name, age in (("young", 60.0), ("old", keeping.LEFT_S + 60.0)):
        (here.store.staging / name).mkdir()
        os.utime(here.store.staging / name, (time.time() - age, time.time() - age))
    here.add(files["leads.csv"], at=AT)
    assert [folder.name for folder in here.store.staging.iterdir()] == ["young"]


# --- the definition in use --------------------------------------------------------------------------------------------


def template(template_id: str) -> Definition:
    found = named(template_id)
    assert found is not None
    return found


def test_before_any_data_there_is_a_definition_and_no_funnel(here: Workspace) -> None:
    assert here.definition() == propose([])
    assert not here.definition_chosen()
    with pytest.raises(NotYet, match="no leads here yet"):
        here.facts()


def test_the_proposed_definition_grows_with_the_words_seen_and_shrinks_again(
    here: Workspace, files: dict[str, Path]
) -> None:
    here.add(files["lead_history.csv"], at=AT)
    small = here.definition().id
    more = here.add(files["newer leads.csv"], at=AT).batch
    assert here.definition().id != small
    here.undo(more.id, at=AT)
    assert here.definition().id == small


def test_a_chosen_definition_changes_the_funnel_and_is_not_replaced_by_later_imports(
    here: Workspace, files: dict[str, Path]
) -> None:
    here.add(files["lead_history.csv"], at=AT)
    first = here.store.version()
    here.choose(template("validated"), at=AT)
    assert here.definition_chosen()
    assert here.store.version() != first
    assert list(entered(here)) == ["mql", "validated", "opportunity", "won"]
    for name in ("leads.csv", "newer leads.csv", "opportunities.csv"):
        here.add(files[name], at=AT)
        assert here.definition().id == "validated"
    for batch in here.live_batches():
        here.undo(batch.id, at=AT)
    assert here.definition().id == "validated"
    assert here.definition_chosen()


def test_another_definition_reads_the_same_events_by_its_own_stages(
    sample: Path, copied: Callable[[Path], Path]
) -> None:
    with Workspace(copied(sample)) as here:
        before = entered(here)
        here.choose(template("three_stages"), at=AT)
        after = entered(here)
        assert list(after) == ["mql", "opportunity", "won"]
        assert (after["won"], after["opportunity"]) == (before["won"], before["opportunity"])
        unknown = set(here.unanswered()["name"])
        assert {"Viable", "Sales Accepted"} <= unknown, "words that this definition does not name are asked about"


def test_a_word_nobody_explained_is_listed_counted_and_moved_by_an_answer(here: Workspace, tmp_path: Path) -> None:
    history = write(
        tmp_path,
        "history.csv",
        "Id,LeadId,CreatedDate,Field,OldValue,NewValue",
        "h1,L1,2026-01-05T09:00:00.000+0000,Status,Raw,MQL",
        "h2,L1,2026-01-06T09:00:00.000+0000,Status,MQL,Zugeteilt",
        "h3,L2,2026-01-06T09:00:00.000+0000,Status,MQL,Zugeteilt",
        "h4,L3,2026-01-06T09:00:00.000+0000,Status,Raw,Blau",
    )
    here.add(history, at=AT)
    here.choose(template("classic"), at=AT)
    assert here.unanswered()[["name", "rows"]].to_dict("list") == {"name": ["Zugeteilt", "Blau"], "rows": [2, 1]}
    assert entered(here)["sal"] == 0
    report = Report(here, here.facts())
    assert report.unplaced() == 2, "leads known only by words that nobody explained"
    assert [row["name"] for row in funnel_json(report, Query())["which_stage_is_this"]] == ["Zugeteilt", "Blau"]

    here.answer_label("Zugeteilt", "sal", at=AT)
    assert entered(here)["sal"] == 2
    here.answer_label("Zugeteilt", "mql", at=AT)
    assert (entered(here)["sal"], entered(here)["mql"]) == (0, 2)
    here.answer_label("Blau", IGNORED, at=AT)
    assert here.unanswered().empty
    assert Report(here, here.facts()).unplaced() == 1
    here.answer_label("Zugeteilt", None, at=AT)
    assert list(here.unanswered()["name"]) == ["Zugeteilt"]


def test_an_answer_outlives_a_later_import(here: Workspace, tmp_path: Path) -> None:
    header = "Id,LeadId,CreatedDate,Field,OldValue,NewValue"
    here.add(write(tmp_path, "a.csv", header, "h1,L1,2026-01-05T09:00:00.000+0000,Status,MQL,Zugeteilt"), at=AT)
    here.answer_label("Zugeteilt", "mql", at=AT)
    here.add(write(tmp_path, "b.csv", header, "h2,L2,2026-01-06T09:00:00.000+0000,Status,MQL,Zugeteilt"), at=AT)
    assert entered(here)["mql"] == 2


# --- the instant a report is true at ----------------------------------------------------------------------------------


def test_the_report_is_true_at_the_newest_instant_in_the_data(here: Workspace, files: dict[str, Path]) -> None:
    here.add(files["lead_history.csv"], at=AT)
    assert here.as_of() == int(datetime(2026, 3, 1, 9, tzinfo=UTC).timestamp())


def test_one_row_dated_2062_moves_nobodys_clock(here: Workspace, tmp_path: Path) -> None:
    header = "Id,LeadId,CreatedDate,Field,OldValue,NewValue"
    mql = "h1,L1,2026-01-05T09:00:00.000+0000,Status,Raw,MQL"
    slip = "h2,L2,2062-01-05T09:00:00.000+0000,Status,Raw,MQL"
    with Workspace(tmp_path / "without") as other:
        other.add(write(tmp_path, "without.csv", header, mql), at=AT)
        without = entered(other), other.as_of()
    receipt = here.add(write(tmp_path, "with.csv", header, mql, slip), at=AT)
    assert receipt.reading.future == 1
    assert here.as_of() == without[1]
    assert entered(here) == without[0]
    odd = Report(here, here.facts()).anomalies()
    assert list(odd.loc[odd["kind"] == "future", "lead_id"]) == ["L2"], "kept, and listed"


def test_a_report_of_an_earlier_day_knows_nothing_of_what_came_later(here: Workspace, files: dict[str, Path]) -> None:
    here.add(files["lead_history.csv"], at=AT)
    here.add(files["opportunities.csv"], at=AT)
    here.choose(template("classic"), at=AT)

    def at(day: int, month: int = 1) -> int:
        return int(datetime(2026, month, day, 23, tzinfo=UTC).timestamp())

    assert entered(here, as_of=at(5))["mql"] == 1
    assert entered(here, as_of=at(5))["sal"] == 0
    assert entered(here, as_of=at(6))["sal"] == 1
    assert entered(here, as_of=at(7))["mql"] == 2
    before = Report(here, here.facts(as_of=at(19, 2))).won_value(Query())
    after = Report(here, here.facts(as_of=at(21, 2))).won_value(Query())
    assert (len(before), list(after["amount_minor"])) == (0, [100_050])


def test_data_without_any_date_are_true_at_their_import(here: Workspace, tmp_path: Path) -> None:
    people = write(tmp_path, "users.csv", "Id,Name,UserRole,IsActive", "u1,Ada,North,true")
    here.add(people, at=AT - timedelta(days=1))
    with pytest.raises(NotYet):
        here.as_of()
    here.add(write(tmp_path, "leads.csv", "Lead ID,Company,Status", "L1,Ash,MQL"), at=AT)
    here.add(write(tmp_path, "more.csv", "Id,Name,UserRole,IsActive", "u2,Bo,North,true"), at=AT + timedelta(days=1))
    assert here.as_of() == int(AT.timestamp())
    assert entered(here)["mql"] == 1


# --- what is stated ---------------------------------------------------------------------------------------------------


def test_a_stated_zone_reads_the_dates_of_the_next_import(here: Workspace, tmp_path: Path) -> None:
    here.state("zone", "Asia/Tokyo", at=AT)
    here.add(
        write(tmp_path, "leads.csv", "Lead ID,MQL date", "L1,2026-01-05 08:30:00", "L2,2026-01-20 08:30:00"), at=AT
    )
    assert here.as_of() == int(datetime(2026, 1, 19, 23, 30, tzinfo=UTC).timestamp())
    assert here.settings.zone == "Asia/Tokyo"


def test_a_setting_that_cannot_be_used_leaves_the_old_one(here: Workspace) -> None:
    here.state("currency", "eur", at=AT)
    version = here.store.version()
    with pytest.raises(SettingInvalid, match="three letters"):
        here.state("currency", "Euros", at=AT)
    assert (here.settings.currency, here.store.version()) == ("EUR", version)


def test_a_workspace_is_its_folder_and_can_be_moved(here: Workspace, files: dict[str, Path], tmp_path: Path) -> None:
    for file in files.values():
        here.add(file, at=AT)
    before = said(here)
    here.close()
    moved = here.folder.rename(tmp_path / "elsewhere, with spaces and ü")
    with Workspace(moved) as there:
        assert said(there) == before
        assert there.add(files["leads.csv"], at=AT).already

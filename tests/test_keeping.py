"""Reductions are made once, shown while newer ones are made, and thrown away only when space runs short."""

import multiprocessing
import os
import shutil
import threading
import time
from collections.abc import Iterator
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest

from core import keeping
from core.definition import propose
from core.errors import StoreError
from core.journeys.reduce import Facts, reduce
from core.keeping import Answer, Kept, Progress
from core.workspace import Workspace
from tests.conftest import AT, Handoff

DEFINITION = propose(["MQL", "Won"])


class Made:
    """A reduction that counts how often it is made, and waits until it may go on."""

    def __init__(self, size: int = 10, *, wait: bool = False) -> None:
        self.times, self.size = 0, size
        self.go = threading.Event()
        self.begun = threading.Event()
        if not wait:
            self.go.set()

    def __call__(self, folder: Path, progress: Progress) -> Facts:
        self.times += 1
        progress(0.5, "Half of it")
        self.begun.set()
        assert self.go.wait(30)
        (folder / "units.parquet").write_bytes(b"x" * self.size)
        return Facts(folder, DEFINITION, 7, self.size, (1,))


def quiet(share: float, doing: str) -> None:
    pass


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    opened = Kept(tmp_path / "facts")
    yield opened
    opened.close()


def settled(kept: Kept, key: str, make: Made) -> Answer:
    """The answer once nothing is under way any more."""
    for _ in range(3000):
        answer = kept.answer(key, DEFINITION, make)
        if not answer.stale or answer.failed is not None:
            return answer
        time.sleep(0.01)
    raise AssertionError("the reduction never ended")


def test_what_was_made_once_is_not_made_again(kept: Kept) -> None:
    make = Made()
    first = kept.make("a", DEFINITION, make, quiet)
    again = kept.make("a", DEFINITION, make, quiet)
    assert make.times == 1
    assert first == again
    assert (again.key, again.as_of, again.n_units, again.definition) == ("a", 7, 10, DEFINITION)


def test_what_was_made_is_found_after_the_program_was_ended_and_begun_again(kept: Kept) -> None:
    make = Made()
    kept.make("a", DEFINITION, make, quiet)
    later = Kept(kept.folder)
    assert later.make("a", DEFINITION, make, quiet).n_units == 10
    assert make.times == 1
    later.close()


def test_old_facts_are_shown_as_stale_while_new_ones_are_made(kept: Kept) -> None:
    kept.make("old", DEFINITION, Made(), quiet)
    make = Made(wait=True)
    first = kept.answer("new", DEFINITION, make)
    assert first.stale
    assert first.facts is not None
    assert first.facts.key == "old"
    assert make.begun.wait(30)
    under_way = kept.answer("new", DEFINITION, make)
    assert (under_way.stale, under_way.share, under_way.doing) == (True, 0.5, "Half of it")
    make.go.set()
    done = settled(kept, "new", make)
    assert (done.stale, done.failed) == (False, None)
    assert done.facts is not None
    assert done.facts.key == "new"
    assert make.times == 1, "asking again begins nothing anew"


def test_before_the_first_facts_there_is_nothing_to_show_and_that_is_said(kept: Kept) -> None:
    make = Made(wait=True)
    first = kept.answer("a", DEFINITION, make)
    assert (first.facts, first.stale, first.failed) == (None, True, None)
    make.go.set()
    assert settled(kept, "a", make).facts is not None


def test_facts_under_way_are_never_shown_as_the_newest(kept: Kept) -> None:
    kept.make("old", DEFINITION, Made(), quiet)
    half = kept.folder / ".work-1234"
    shutil.copytree(kept.folder / "old", half)
    newest = kept.newest()
    assert newest is not None
    assert newest.key == "old"


def test_a_reduction_that_fails_says_so_and_the_next_question_tries_again(kept: Kept) -> None:
    def broken(folder: Path, progress: Progress) -> Facts:
        (folder / "half.parquet").write_bytes(b"x")
        raise StoreError("The disk is full.", "Make room.")

    for _ in range(3000):
        answer = kept.answer("a", DEFINITION, broken)
        if answer.failed is not None:
            break
        time.sleep(0.01)
    assert isinstance(answer.failed, StoreError)
    assert list(kept.folder.iterdir()) == [], "nothing half made stays behind"
    assert settled(kept, "a", Made()).facts is not None


def test_facts_thrown_away_before_anybody_asked_again_are_made_anew(kept: Kept) -> None:
    make = Made()
    kept.answer("a", DEFINITION, make)
    under_way = kept._work["a"].made
    assert under_way is not None
    under_way.result(60)
    shutil.rmtree(kept.folder / "a")
    assert settled(kept, "a", make).facts is not None
    assert make.times == 2


def test_when_space_runs_short_the_facts_used_longest_ago_go_first(kept: Kept) -> None:
    for place, key in enumerate(("a", "b", "c", "d")):
        kept.make(key, DEFINITION, Made(1000), quiet)
        moment = time.time() - 1000 + place
        os.utime(kept.folder / key / "facts.json", (moment, moment))
    assert kept.find("a") is not None, "used just now"
    each = sum(file.stat().st_size for file in (kept.folder / "a").iterdir())
    kept.prune(spare="b", keep_bytes=2 * each + 10)
    assert {folder.name for folder in kept.folder.iterdir()} == {"a", "b", "d"}


def test_the_facts_just_made_stay_even_when_they_alone_are_too_large(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Kept.prune, "__kwdefaults__", {"keep_bytes": 1})
    assert kept.make("a", DEFINITION, Made(), quiet).n_units == 10
    assert kept.make("b", DEFINITION, Made(), quiet).n_units == 10
    assert {folder.name for folder in kept.folder.iterdir()} == {"b"}


def test_what_a_killed_process_left_half_made_is_removed_after_a_day(kept: Kept) -> None:
    for name, age in ((".work-fresh", 60.0), (".work-old", keeping.LEFT_S + 60.0)):
        (kept.folder / name).mkdir(parents=True)
        (kept.folder / name / "units.parquet").write_bytes(b"x")
        os.utime(kept.folder / name, (time.time() - age, time.time() - age))
    kept.make("a", DEFINITION, Made(), quiet)
    assert {folder.name for folder in kept.folder.iterdir()} == {"a", ".work-fresh"}


def _make_together(folder: str, gate: Barrier, said: "multiprocessing.Queue[int]") -> None:
    own = Kept(Path(folder))
    make = Made()
    for place in range(20):
        gate.wait(60)
        assert own.make(f"key-{place}", DEFINITION, make, quiet).n_units == 10
        own.prune(spare=f"key-{place}", keep_bytes=1)
    own.close()
    said.put(make.times)


def test_two_processes_that_make_the_same_facts_at_once_do_not_clash(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    gate, said = context.Barrier(2), context.Queue()
    workers = [context.Process(target=_make_together, args=(str(tmp_path / "facts"), gate, said)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(90)
    assert [worker.exitcode for worker in workers] == [0, 0]
    assert 20 <= said.get() + said.get() <= 40
    assert list((tmp_path / "facts").glob(".work-*")) == []


# --- through the workspace --------------------------------------------------------------------------------------------


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A workspace of three leads."""
    file = tmp_path / "leads.csv"
    file.write_text("Lead ID,MQL date,Won date\nL1,2026-01-05,2026-02-05\nL2,2026-01-06,\nL3,2026-01-07,\n")
    with Workspace(tmp_path / "workspace") as here:
        here.add(file, at=AT)
    return tmp_path / "workspace"


def test_a_second_funnel_reduces_nothing_again(small: Path, handoff: Handoff, monkeypatch: pytest.MonkeyPatch) -> None:
    first = handoff("funnel", "--workspace", small, "--json")

    def never(*_: object, **__: object) -> Facts:
        raise AssertionError("reduced again")

    monkeypatch.setattr("core.workspace.reduce", never)
    assert handoff("funnel", "--workspace", small, "--json").json == first.json
    assert handoff("funnel", "--workspace", small, "--policy", "ordered", "--json").code == 0


def test_a_page_sees_the_old_funnel_until_the_new_import_is_reduced(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    more = tmp_path / "more.csv"
    more.write_text("Lead ID,MQL date,Won date\nL4,2026-03-05,2026-04-05\n")
    go = threading.Event()

    def slowly(*arguments: object, **named: object) -> Facts:
        assert go.wait(30)
        return reduce(*arguments, **named)  # type: ignore[arg-type]

    with Workspace(small) as here:
        assert here.facts().n_units == 3
        here.add(more, at=AT)
        monkeypatch.setattr("core.workspace.reduce", slowly)
        before = here.facts_now()
        assert before.stale
        assert before.facts is not None
        assert before.facts.n_units == 3
        go.set()
        for _ in range(3000):
            after = here.facts_now()
            if not after.stale:
                break
            time.sleep(0.02)
        assert after.facts is not None
        assert (after.stale, after.facts.n_units) == (False, 4)


def test_a_change_of_wording_reduces_nothing_and_a_change_of_structure_does(small: Path) -> None:
    with Workspace(small) as here:
        first = here.facts()
        used = here.definition()
        here.choose(used.model_copy(update={"name": "Our funnel"}), at=AT)
        assert here.facts().key == first.key
        assert here.facts().definition.name == "Our funnel", "the new wording is shown all the same"
        assert here.facts_now().facts == here.facts()
        stages = [stage.model_copy(update={"clock_days": 3}) for stage in used.stages]
        here.choose(used.model_copy(update={"stages": tuple(stages)}), at=AT)
        assert here.facts().key != first.key

"""Which workspace is opened when nobody names one."""

from pathlib import Path

import pytest

from core import places
from tests.conftest import Handoff


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(places.HOME, str(tmp_path / "home"))
    return tmp_path / "home"


def test_the_home_is_the_one_stated_in_the_environment(home: Path) -> None:
    assert places.home() == home
    assert places.demo_folder().parent == home
    assert places.last_folder().parent == home


def test_a_tilde_in_the_environment_means_the_users_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(places.HOME, "~/handoff")
    assert places.home() == Path.home() / "handoff"


def test_without_a_stated_home_it_is_the_platforms_folder_for_data(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(places.HOME)
    assert places.home().name == "handoff"
    assert places.home().is_absolute()


def test_the_workspace_opened_last_is_opened_again(home: Path, tmp_path: Path) -> None:
    mine = tmp_path / "my data, größer"
    mine.mkdir()
    places.remember(mine)
    assert places.chosen(None) == mine
    assert places.chosen(tmp_path / "other") == tmp_path / "other"


def test_a_relative_folder_is_remembered_by_its_whole_path(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path)
    places.remember(Path("here"))
    monkeypatch.chdir("/")
    assert places.last_folder() == tmp_path / "here"


def test_a_last_workspace_that_is_gone_is_forgotten(home: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    places.remember(mine)
    mine.rmdir()
    assert places.last_folder() == home / "workspace"


@pytest.mark.parametrize("note", ["", "\n", "."])
def test_an_empty_note_names_no_folder(home: Path, note: str) -> None:
    home.mkdir()
    (home / "last-workspace").write_text(note, encoding="utf-8")
    assert places.last_folder() == home / "workspace"


def test_the_sample_company_is_never_taken_for_the_users_own_data(home: Path) -> None:
    places.demo_folder().mkdir(parents=True)
    places.remember(places.demo_folder())
    assert places.last_folder() == home / "workspace"


def test_an_import_into_a_named_folder_makes_it_the_last_one(home: Path, tmp_path: Path, handoff: Handoff) -> None:
    file = tmp_path / "leads.csv"
    file.write_text("Lead ID,MQL date,Won date\nL1,2026-01-05,2026-02-05\nL2,2026-01-06,\n", encoding="utf-8")
    assert handoff("import", file, "--workspace", tmp_path / "named").code == 0
    told = handoff("funnel", "--json")
    assert told.code == 0
    assert told.json["leads"] == 2


def test_the_first_import_of_all_goes_into_the_home(home: Path, tmp_path: Path, handoff: Handoff) -> None:
    file = tmp_path / "leads.csv"
    file.write_text("Lead ID,MQL date,Won date\nL1,2026-01-05,2026-02-05\n", encoding="utf-8")
    assert handoff("import", file).code == 0
    assert (home / "workspace" / "ledger").is_dir()
    assert handoff("funnel", "--json").json["leads"] == 1

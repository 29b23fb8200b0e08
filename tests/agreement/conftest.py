"""A workspace that knows some people or nobody, and its agreement."""

import functools
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from core import intake
from core.agreement import Agreement
from core.workspace import Workspace
from tests.agreement.told import PEOPLE
from tests.conftest import AT


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new workspace. Only to be copied."""
    folder = tmp_path_factory.mktemp("empty") / "workspace"
    Workspace(folder).close()
    return folder


@pytest.fixture(scope="session")
def peopled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace that knows who is who. Only to be copied."""
    folder = tmp_path_factory.mktemp("peopled")
    (folder / "users.csv").write_text(PEOPLE)
    with pytest.MonkeyPatch.context() as patch, Workspace(folder / "workspace") as here:
        patch.setattr("core.workspace.read", functools.partial(intake.read, apart=False))
        here.add(folder / "users.csv", at=AT)
    return folder / "workspace"


@pytest.fixture
def agreement(empty: Path, tmp_path: Path) -> Iterator[Agreement]:
    """The agreement of a workspace without any data."""
    with Workspace(Path(shutil.copytree(empty, tmp_path / "workspace"))) as here:
        yield Agreement(here)


@pytest.fixture
def staffed(peopled: Path, tmp_path: Path) -> Iterator[Agreement]:
    """The agreement of a workspace that knows who is who."""
    with Workspace(Path(shutil.copytree(peopled, tmp_path / "workspace"))) as here:
        yield Agreement(here)

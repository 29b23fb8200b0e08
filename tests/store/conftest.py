from collections.abc import Iterator
from multiprocessing import get_all_start_methods, get_context
from multiprocessing.context import SpawnContext
from pathlib import Path
from typing import cast

import pytest

from core.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "workspace") as opened:
        yield opened


@pytest.fixture(scope="session")
def processes() -> SpawnContext:
    """Where processes come from: a server that has imported the core already, where the system has one."""
    if "forkserver" not in get_all_start_methods():
        return get_context("spawn")
    context = get_context("forkserver")
    context.set_forkserver_preload(["tests.store.imports"])
    return cast("SpawnContext", context)

"""A real browser on real servers: one Chromium per file of tests, one server per workspace, one window per test."""

import shutil
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from core.overview import headlines
from core.report import Report
from core.workspace import Workspace
from tests.browser.driving import FLAGS, NAMES, Tab, chromium, running

if TYPE_CHECKING:
    from playwright.sync_api import Browser

FAILED = pytest.StashKey[bool]()
Serve = Callable[[Path], str]
"""The address of the app on a workspace."""
Open = Callable[..., Tab]
"""A new window on an address, light or `dark=True`."""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    item.stash[FAILED] = item.stash.get(FAILED, False) or report.failed
    return report


@pytest.fixture(scope="session", autouse=True)
def executable() -> str:
    """Where Chromium is. Used by every test here, so that none prepares anything where there is none."""
    pytest.importorskip("playwright.sync_api", reason="Playwright is not installed: pip install playwright")
    found = chromium()
    if found is None:
        pytest.skip(f"no Chromium found: neither CHROMIUM nor {', '.join(NAMES)} on the path is one")
    return found


@pytest.fixture(scope="module")
def browser(executable: str) -> "Iterator[Browser]":
    """Chromium without a screen. Not for the whole run: while it is open, no other event loop may run."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium_running = playwright.chromium.launch(executable_path=executable, args=list(FLAGS))
        yield chromium_running
        chromium_running.close()


@pytest.fixture(scope="session")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serve]:
    """The app on a workspace, started once and stopped at the end of the run, when no log may tell of an error."""
    logs, known = tmp_path_factory.mktemp("servers"), dict[Path, str]()
    with ExitStack() as servers:

        def start(folder: Path) -> str:
            if folder not in known:
                known[folder] = servers.enter_context(running(folder, logs / f"{len(known)}.log"))
            return known[folder]

        yield start
    said = [log.read_text(encoding="utf-8", errors="replace") for log in logs.iterdir()]
    failed = [text[text.index("Traceback") :] for text in said if "Traceback" in text]
    assert not failed, "the app met errors:\n" + "\n".join(failed)


@pytest.fixture
def opened(browser: "Browser", request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Open]:
    """Windows for one test. When it ends, nothing may have gone wrong in any of them; if so there is a picture."""
    tabs: list[Tab] = []

    def open_tab(address: str, *, dark: bool = False) -> Tab:
        tabs.append(Tab(browser, address, dark=dark))
        return tabs[-1]

    yield open_tab
    faults = [fault for tab in tabs for fault in tab.faults]
    if faults or request.node.stash.get(FAILED, False):
        for place, tab in enumerate(tabs):
            tab.page.screenshot(path=tmp_path / f"window-{place}.png")
    for tab in tabs:
        tab.close()
    assert not faults, f"pictures in {tmp_path}: {faults}"


@pytest.fixture(scope="session")
def olist_app(olist: Path, serve: Serve, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The app on Olist's data. Only for reading."""
    return serve(Path(shutil.copytree(olist, tmp_path_factory.mktemp("served") / "olist")))


@pytest.fixture(scope="session")
def sample_app(sample: Path, serve: Serve, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The app on the sample company, counted before anybody waits for a window. Only for reading."""
    with Workspace(sample) as here:
        headlines(Report(here, here.facts()))
    return serve(Path(shutil.copytree(sample, tmp_path_factory.mktemp("served") / "sample")))

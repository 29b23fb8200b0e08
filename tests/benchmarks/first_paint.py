"""How long until the funnel page shows its picture on kept facts? Run: `python tests/benchmarks/first_paint.py 100000`.

A server of its own, a Chromium of the system, five visits each in a new window; the first pays for the imports.
"""

import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from playwright.sync_api import Page, sync_playwright

from core.measures.cohort import Query
from core.report import Report
from core.store import NewBatch
from core.workspace import Workspace
from tests.benchmarks.made_events import make

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")


def built(folder: Path, leads: int) -> None:
    """A workspace with that many leads, its facts kept."""
    files = make(folder / "staging" / "made", leads)
    with Workspace(folder) as here:
        new = NewBatch.model_validate({"file_name": "made", "sha256": "0" * 64, "size_bytes": 0, "shape": "history"})
        with here.store.begin(new, at=datetime.now(UTC)) as writing:
            for table, paths in files.items():
                for path in paths:
                    writing.append(table, Path(path))
            writing.commit(at=datetime.now(UTC), last_instant=1_790_000_000)
        started = time.perf_counter()
        report = Report(here, here.facts())
        reduced = time.perf_counter() - started
        started = time.perf_counter()
        report.funnel(Query())
        print(f"{leads:>10,} leads  reduce {reduced:5.2f} s  one funnel {time.perf_counter() - started:5.3f} s")


def main(leads: int) -> None:
    """Print the seconds of each visit."""
    with tempfile.TemporaryDirectory() as place:
        built(Path(place), leads)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        command = [sys.executable, "-m", "streamlit", "run", str(ROOT / "app.py"), "--server.headless", "true"]
        server = subprocess.Popen(
            [*command, "--server.port", str(port)],
            cwd=ROOT,
            env={**os.environ, "HANDOFF_WORKSPACE": place},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            _healthy(port)
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
                visits = [_visit(browser.new_page(), port) for _ in range(5)]
                browser.close()
        finally:
            server.terminate()
            server.wait()
    print(f"{leads:>10,} leads  first visit {visits[0]:5.2f} s, later {statistics.median(visits[1:]):5.2f} s")


def _healthy(port: int) -> None:
    for _ in range(200):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health") as answer:
                if answer.read() == b"ok":
                    return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError("the server did not start")


def _visit(page: Page, port: int) -> float:
    started = time.perf_counter()
    page.goto(f"http://127.0.0.1:{port}/funnel")
    page.locator(".js-plotly-plot .main-svg").first.wait_for(timeout=60_000)
    seconds = time.perf_counter() - started
    page.close()
    return seconds


if __name__ == "__main__":
    for size in map(int, sys.argv[1:] or ["100000"]):
        main(size)

"""A browser as its user drives it: one running app per workspace, tabs that notice everything that went wrong."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

with suppress(ModuleNotFoundError):  # Tests that need it skip and say so.
    from playwright.sync_api import Browser, ConsoleMessage, Dialog, Locator, Page, Request, WebSocket, expect

ROOT = Path(__file__).resolve().parents[2]
NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    # Nothing but the app can be reached, not even by mistake.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
PATIENCE_MS = 25_000
LOOPBACK = re.compile(r"(https?|wss?)://127\.0\.0\.1[:/]|data:|blob:|about:")
PROBES = re.compile(r"/[^/]+/_stcore/(health|host-config)$")
"""On a deep link the framework looks for its server below the page first: these two are not found, by design."""
IDLE = """() => {
    const app = document.querySelector("[data-testid=stApp]");
    if (!app) return "no app yet";
    const state = app.getAttribute("data-test-script-state");
    if (app.getAttribute("data-test-connection-state") !== "CONNECTED" || state !== "notRunning") return state;
    if (!document.querySelector("h1")) return "no title yet";
    if (document.querySelector("[data-testid=stSkeleton], [data-stale=true]")) return "still drawing";
    const charts = [...document.querySelectorAll("[data-testid=stPlotlyChart]")];
    return charts.every(chart => chart.querySelector(".main-svg")) ? "" : "charts to come";
}"""


def chromium() -> str | None:
    """Where the browser is: what CHROMIUM says, else the first of the usual names on the path."""
    stated = os.environ.get("CHROMIUM")
    return next(filter(None, map(shutil.which, [stated] if stated else NAMES)), None)


@contextmanager
def running(workspace: Path, log: Path) -> Iterator[str]:
    """The app on this workspace, as a process of its own; gives its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless", "true"]
    environment = {**os.environ, "HANDOFF_WORKSPACE": str(workspace)}
    with log.open("wb") as out:
        process = subprocess.Popen(
            [*command, "--server.port", str(port)], cwd=ROOT, env=environment, stdout=out, stderr=subprocess.STDOUT
        )
        try:
            address = f"http://127.0.0.1:{port}"
            _until_healthy(address, process, log)
            yield address
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _until_healthy(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end and process.poll() is None:
        # The body is read, since an unknown path answers with a page too.
        with suppress(OSError), urllib.request.urlopen(f"{address}/_stcore/health", timeout=5) as answer:
            if answer.read() == b"ok":
                return
        time.sleep(0.1)
    raise AssertionError(f"the app did not start:\n{log.read_text(encoding='utf-8', errors='replace')}")


class Tab:
    """One window on the app, private to its test, with what a user does in it."""

    def __init__(self, browser: Browser, address: str, *, dark: bool = False) -> None:
        self.address = address
        self.faults: list[str] = []
        """What must not happen anywhere: errors in the console, requests to elsewhere, dialogs that pop up."""
        self._context = browser.new_context(
            viewport={"width": 1280, "height": 720},
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
            locale="en-US",
            timezone_id="UTC",
            accept_downloads=True,
            service_workers="block",
        )
        self._context.set_default_timeout(PATIENCE_MS)
        self._context.on("request", self._asked)
        self.page: Page = self._context.new_page()
        self.page.on("console", self._logged)
        self.page.on("dialog", self._popped_up)
        self.page.on("pageerror", lambda error: self.faults.append(f"script error: {error}"))
        self.page.on("websocket", self._connected)

    def close(self) -> None:
        """Close the window."""
        self._context.close()

    def _asked(self, request: Request) -> None:
        if not LOOPBACK.match(request.url):
            self.faults.append(f"asked for {request.url}")

    def _connected(self, socket: WebSocket) -> None:
        if not LOOPBACK.match(socket.url):
            self.faults.append(f"connected to {socket.url}")

    def _logged(self, message: ConsoleMessage) -> None:
        place = urlsplit(message.location.get("url", "")).path
        probed = "404" in message.text and PROBES.fullmatch(place)
        if message.type in ("error", "assert") and not probed:
            self.faults.append(f"console: {message.text} ({place})")

    def _popped_up(self, dialog: Dialog) -> None:
        self.faults.append(f"a dialog popped up: {dialog.message}")
        dialog.dismiss()

    def open(self, path: str = "/") -> Tab:
        """Type an address, and wait until the page is drawn."""
        self.page.goto(self.address + path)
        return self.settled()

    def settled(self) -> Tab:
        """Wait until nothing moves: what is waited for is better said by `sees`, `titled` or `asks`."""
        end, state = time.monotonic() + PATIENCE_MS / 1000, "?"
        while time.monotonic() < end:
            state = self.page.evaluate(IDLE)
            if not state:
                self._check()
                return self
            self.page.wait_for_timeout(50)
        raise AssertionError(f"{self.page.url} does not come to rest: {state}")

    def _check(self) -> None:
        shown = self.page.get_by_test_id("stException").all_inner_texts()
        assert not shown, f"an exception on {self.page.url}: {shown}"

    @property
    def title(self) -> str:
        """The page's one title."""
        return self.page.locator("h1").inner_text()

    @property
    def text(self) -> str:
        """Every word on the page."""
        return self.page.get_by_test_id("stMain").inner_text()

    def titled(self, words: str | re.Pattern[str]) -> Tab:
        """Wait for this title, whole or as a pattern."""
        # While a page is redrawn, the title before may still stand below the new one.
        expect(self.page.locator("h1").filter(has_text=words).first).to_be_visible(timeout=PATIENCE_MS)
        return self.settled()

    def sees(self, words: str | re.Pattern[str]) -> Tab:
        """Wait until these words can be read somewhere on the page."""
        expect(self.page.get_by_text(words).filter(visible=True).first).to_be_visible(timeout=PATIENCE_MS)
        return self

    def asks(self, **parameters: str | None) -> Tab:
        """Wait until the address carries these parameters; None: does not carry it."""
        end = time.monotonic() + PATIENCE_MS / 1000
        while (found := {name: self.asked.get(name) for name in parameters}) != parameters:
            assert time.monotonic() < end, f"the address asks for {found}, not for {parameters}"
            self.page.wait_for_timeout(50)
        self.page.wait_for_timeout(200)  # The window changes the address before the server is asked.
        return self.settled()

    @property
    def asked(self) -> dict[str, str]:
        """The parameters in the address."""
        stated = parse_qs(urlsplit(self.page.url).query, keep_blank_values=True)
        return {name: "|".join(values) for name, values in stated.items()}

    @property
    def link(self) -> str:
        """The address, to be sent to somebody who has the same app."""
        return self.page.url.removeprefix(self.address)

    def at(self, key: str) -> Locator:
        """The control with this key."""
        return self.page.locator(f".st-key-{key}")

    def pill(self, key: str, name: str) -> Locator:
        """One pill of a group."""
        return self.at(key).get_by_role("radio", name=name, exact=True)

    def chosen(self, key: str) -> list[str]:
        """The pills that are pressed."""
        return self.at(key).get_by_role("radio", checked=True).all_inner_texts()

    def go(self, name: str) -> None:
        """Follow the navigation at the top; what is set up is in a menu."""
        if name != "Data":
            self.page.get_by_test_id("stTopNav").get_by_role("link", name=name).click()
            return
        self.page.get_by_role("button", name="Set up").click()
        self.page.get_by_role("menuitem", name=name).click()

    def part(self, name: str) -> None:
        """Open one part of the data page."""
        self.page.get_by_role("tab", name=name, exact=True).click()
        self.asks(part=None if name == "Import" else name)

    def pick(self, key: str, typed: str) -> None:
        """Choose from a list by typing and Enter."""
        self.settled()  # A page that is redrawn meanwhile closes the list, and what was typed is gone.
        box = self.at(key).get_by_role("combobox")
        box.click()
        box.fill(typed)
        self.page.get_by_role("option").filter(has_text=typed).first.wait_for()
        box.press("Enter")
        box.press("Escape")

    def date(self, key: str, day: str) -> None:
        """Type a day, part by part."""
        self.at(key).get_by_role("spinbutton").first.focus()  # A click would open a calendar over the next field.
        self.page.keyboard.type(day.replace("-", ""))
        self.page.locator("h1").click()  # It is taken when the field is left.

    def bars(self, key: str) -> list[Locator]:
        """The bars of a chart, in the order in which they were drawn."""
        self.at(key).locator(".trace.bars .point path").first.wait_for()
        return self.at(key).locator(".trace.bars .point path").all()

    def upload(self, *files: Path) -> None:
        """Drop files."""
        self.at("up").locator("input[type=file]").set_input_files(list(files))

    def download(self, button: Locator, folder: Path) -> Path:
        """Press a button that gives a file."""
        with self.page.expect_download() as given:
            button.click()
        path = folder / given.value.suggested_filename
        given.value.save_as(path)
        return path


def middle(bar: Locator) -> tuple[float, float]:
    """Where to click on something drawn."""
    box = bar.bounding_box()
    assert box is not None, "it is drawn"
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def bottom(part: Locator) -> float:
    """How far down it reaches, in pixels."""
    box = part.bounding_box()
    assert box is not None, "it is drawn"
    return box["y"] + box["height"]

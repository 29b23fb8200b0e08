"""The web application started for one workspace."""

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Never

from core.errors import SettingInvalid

ROOT = Path(__file__).resolve().parent.parent
_PATIENCE = 10.0
"""Seconds that the server has to end by itself."""


def serve(folder: Path, *, port: int | None, browser: bool) -> int:
    """Run the app on this workspace until it is stopped; gives its exit code, 0 where this process was told to end.

    Raises `SettingInvalid` for a port that there is not, or that somebody listens on. The server never outlives this
    process's being told to end.
    """
    chosen = _free(port) if port is not None else free_port()
    command = [sys.executable, "-m", "streamlit", "run", str(ROOT / "app.py")]
    command += ["--server.port", str(chosen), *([] if browser else ["--server.headless", "true"])]
    environment = {**os.environ, "HANDOFF_WORKSPACE": str(folder)}
    server: subprocess.Popen[bytes] | None = None
    try:
        with _ending_interrupts():
            server = subprocess.Popen(command, cwd=ROOT, env=environment)
            return server.wait()
    except KeyboardInterrupt:
        return 0
    finally:
        if server is not None:
            _end(server)


def _end(server: "subprocess.Popen[bytes]") -> None:
    if server.poll() is None:
        server.terminate()
    try:
        server.wait(_PATIENCE)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


@contextmanager
def _ending_interrupts() -> Iterator[None]:
    """Being told to end (by a service manager, or a terminal that closes) is what Ctrl-C is."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    kinds = [signal.SIGTERM, *([signal.SIGHUP] if hasattr(signal, "SIGHUP") else [])]
    before = {kind: signal.signal(kind, _interrupt) for kind in kinds}
    try:
        yield
    finally:
        for kind, handler in before.items():
            signal.signal(kind, handler)


def _interrupt(_kind: int, _frame: object) -> Never:
    raise KeyboardInterrupt


def _free(port: int) -> int:
    if not 1 <= port <= 65_535:
        raise SettingInvalid(f"There is no port {port:,}.", "Name one from 1024 to 65535, or leave --port out.")
    if _taken(port):
        raise SettingInvalid(
            f"Somebody already listens on port {port}.",
            "Perhaps Handoff is open already; name another port, or leave --port out to take the first free one.",
        )
    return port


def _taken(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def free_port(first: int = 8501) -> int:
    """The first port that nobody listens on: somebody may have another workspace open."""
    return next((port for port in range(first, first + 100) if not _taken(port)), first)

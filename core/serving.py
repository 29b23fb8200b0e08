"""The web application started for one workspace."""

import os
import socket
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def serve(folder: Path, *, port: int | None, browser: bool) -> int:
    """Run the app on this workspace until it is stopped; gives its exit code."""
    command = [sys.executable, "-m", "streamlit", "run", str(ROOT / "app.py")]
    command += ["--server.port", str(port or free_port()), *([] if browser else ["--server.headless", "true"])]
    environment = {**os.environ, "HANDOFF_WORKSPACE": str(folder)}
    try:
        return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
    except KeyboardInterrupt:
        return 0


def free_port(first: int = 8501) -> int:
    """The first port that nobody listens on: somebody may have another workspace open."""
    for port in range(first, first + 100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)):
                return port
    return first

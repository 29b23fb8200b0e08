"""The app is started where it can be, ends with its command, and a closed pipe is no accident."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from core.serving import free_port
from tests.conftest import Handoff

COMMAND = [sys.executable, "-m", "core.cli"]
ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.parametrize("port", [0, 99_999])
def test_a_port_that_there_is_not_is_refused(tmp_path: Path, handoff: Handoff, port: int) -> None:
    told = handoff("run", "--workspace", tmp_path / "here", "--port", str(port))
    assert told.code == 2
    assert "There is no port" in told.out


def test_a_port_in_use_is_refused(tmp_path: Path, handoff: Handoff) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        told = handoff("run", "--workspace", tmp_path / "here", "--port", str(port))
    assert told.code == 2
    assert f"already listens on port {port}" in told.out


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_the_server_ends_with_its_command(tmp_path: Path) -> None:
    port = free_port(18_700)
    command = [*COMMAND, "run", "--no-browser", "--workspace", str(tmp_path / "here"), "--port", str(port)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as started:
        deadline = time.monotonic() + 90
        children: list[psutil.Process] = []
        while not children and time.monotonic() < deadline and started.poll() is None:
            children = psutil.Process(started.pid).children(recursive=True)
            time.sleep(0.2)
        assert children, "no server was started"
        started.send_signal(signal.SIGTERM)
        assert started.wait(60) == 0
        left = psutil.wait_procs(children, timeout=10)[1]
        for process in left:
            process.kill()
        assert left == []


@pytest.mark.skipif(os.name == "nt", reason="pipes of POSIX")
def test_a_refusal_that_nobody_takes_is_a_sentence(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [*COMMAND, "funnel", "--workspace", str(tmp_path / "none")],
        cwd=ROOT,
        stdout=writing,
        stderr=subprocess.PIPE,
        check=False,
        text=True,
        timeout=120,
    )
    os.close(writing)
    assert done.returncode == 2
    assert "could not be written" in done.stderr
    assert "BrokenPipeError" not in done.stderr
    assert "Traceback" not in done.stderr

"""An export of 300 MB, imported by the program as a person would start it."""

import json
import os
import random
import re
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from core import places
from tests.conftest import ROOT

SIZE = 300_000_000
MEMORY = 4 << 30
SOURCES = ("Web", "Email", "Fair", "Partner", "Paid search")


def large(file: Path) -> tuple[int, int]:
    """Write leads until the file is large enough; gives how many there are and how many of them won."""
    rng, size, leads, won = random.Random(3), 0, 0, 0
    with file.open("w", encoding="utf-8", newline="") as stream:
        size += stream.write("Lead ID,Email,Company,Lead Source,Owner,MQL Date,Won Date,Notes\n")
        while size < SIZE:
            mql = f"2025-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}"
            bought = rng.random() < 0.1
            end = f"2026-0{rng.randint(1, 6)}-{rng.randint(1, 28):02}" if bought else ""
            company = leads % 50_000
            size += stream.write(
                f"L{leads:08},person{leads}@company{company}.example,Company {company},{rng.choice(SOURCES)},"
                f'owner{leads % 40},{mql},{end},"what a rep wrote, in some words, about {leads % 977}"\n'
            )
            leads, won = leads + 1, won + bought
    return leads, won


def resident(pid: int) -> int:
    """Bytes of memory that the process and everything it started hold."""
    total = 0
    try:
        tree = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    except psutil.NoSuchProcess:
        return 0
    for process in tree:
        try:
            total += process.memory_info().rss
        except psutil.NoSuchProcess:
            continue
    return total


@pytest.mark.slow
def test_a_large_export_is_imported_whole_with_progress_and_within_memory(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    if not hasattr(os, "openpty"):
        pytest.skip("a terminal of its own, to see the progress, is absent: os.openpty")
    file = tmp_path / "large.csv"
    leads, won = large(file)
    assert file.stat().st_size >= SIZE

    environment = {**os.environ, places.HOME: str(tmp_path / "home")}
    command = [sys.executable, "-m", "core.cli"]
    ours, theirs = os.openpty()
    begun, peak, seen = time.monotonic(), 0, b""
    with (tmp_path / "told.json").open("wb") as out:
        process = subprocess.Popen(
            [*command, "import", str(file), "--json"], cwd=ROOT, env=environment, stdout=out, stderr=theirs
        )
        os.close(theirs)
        os.set_blocking(ours, False)
        while process.poll() is None:
            peak = max(peak, resident(process.pid))
            with suppress(OSError):
                seen += os.read(ours, 65536)
            time.sleep(0.05)
    seconds = time.monotonic() - begun
    with suppress(OSError):
        seen += os.read(ours, 65536)
    os.close(ours)
    record_property("seconds", round(seconds, 1))
    record_property("peak_megabytes", peak >> 20)
    print(f"imported {leads:,} rows in {seconds:.0f} s, at most {peak >> 20:,} MB")

    assert process.returncode == 0
    (told,) = json.loads((tmp_path / "told.json").read_text(encoding="utf-8"))["files"]
    assert told["rows"]["accepted"] == leads
    assert told["rows"]["total"] == leads + 1
    assert peak < MEMORY

    shares = [int(share) for share in re.findall(rb"large\.csv:\s+(\d+)%", seen)]
    assert len(shares) > 5
    assert shares == sorted(shares), "it never goes back"
    assert shares[-1] == 100

    asked = subprocess.run([*command, "funnel", "--json"], cwd=ROOT, env=environment, capture_output=True, check=True)
    stages = {stage["stage"]: stage["entered"] for stage in json.loads(asked.stdout)["stages"]}
    assert (stages["mql"], stages["won"]) == (leads, won)

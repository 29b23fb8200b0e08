"""Reading in a process of its own, which is ended when it takes too much memory or time.

The process is started afresh, not forked, and answers in JSON lines: nothing that it sends can run here. It is not
`multiprocessing`, because that would run the main script again in the child, and under Streamlit the main script is a
page. On Linux the child's address space is limited as well; elsewhere the watcher alone guards the memory.
"""

import gc
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from collections.abc import Mapping as Dict
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import IO, Any

import psutil
from pydantic import TypeAdapter

from core.errors import FileRefused, HandoffError, MappingInvalid
from core.intake.front import read_here
from core.intake.mapping import Mapping
from core.intake.reading import Reading
from core.settings import Settings

_ROOT = Path(__file__).resolve().parents[2]
_READING = TypeAdapter(Reading)
_CHILD = "from core.intake.apart import child; child()"


@dataclass(frozen=True)
class Limits:
    """What the reading process may take: resident bytes, address space (Linux only) and seconds."""

    resident: int = 3 << 30
    address: int = 4 << 30
    seconds: float = 900.0


def read(
    path: Path,
    *,
    settings: Settings,
    mapping: Mapping | None = None,
    answers: Dict[str, str] | None = None,
    staging: Path | None,
    now: int,
    remembered: Dict[str, dict[str, Any]] | None = None,
    progress: Callable[[float, str], None] | None = None,
    apart: bool = True,
    limits: Limits | None = None,
) -> Reading:
    """What a file holds: its rows as canonical tables (Parquet files in `staging`) and everything that was odd.

    `mapping`: what a person says about the columns; it may name only what differs, and wins. `answers`: question id →
    value. `remembered`: fingerprint → mapping of an earlier import. `now`: seconds since 1970 UTC, the moment after
    which a date is in the future. `progress`: called with a share of 1 and a phrase. Without `staging` nothing is
    written. A question without a proposal leaves the reading `undecided` and nothing staged.

    Raises `FileRefused` (with a code) for a file that is no table or cannot be read safely, `MappingInvalid` for a
    mapping or an answer that names what is not there.
    """
    with tempfile.TemporaryDirectory(prefix="handoff-") as scratch:
        # Made here, so that it is gone again also where the reading process is ended.
        if not apart:
            return read_here(
                path, settings=settings, mapping=mapping, answers=answers, staging=staging, now=now,
                remembered=remembered, progress=progress, scratch=Path(scratch),
            )  # fmt: skip
        request = _request(path, settings, mapping, answers, staging, now, remembered)
        extra = {"scratch": scratch, "address": (limits or Limits()).address}
        return _ask({**request, **extra}, progress, limits or Limits())


def _request(
    path: Path,
    settings: Settings,
    mapping: Mapping | None,
    answers: Dict[str, str] | None,
    staging: Path | None,
    now: int,
    remembered: Dict[str, dict[str, Any]] | None,
) -> dict[str, Any]:
    return {
        "path": str(path.resolve()),
        "settings": settings.model_dump(mode="json"),
        "mapping": mapping.model_dump(mode="json") if mapping else None,
        "answers": dict(answers or {}),
        "staging": str(staging.resolve()) if staging else None,
        "now": now,
        "remembered": dict(remembered or {}),
    }


def _ask(request: dict[str, Any], progress: Callable[[float, str], None] | None, limits: Limits) -> Reading:
    """Run the child, watch it, and give back what it answers."""
    paths = [str(_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    process = subprocess.Popen(
        [sys.executable, "-P", "-c", _CHILD],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=tempfile.gettempdir(),
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths), "PYTHONIOENCODING": "utf-8"},
    )
    if process.stdin is None or process.stdout is None:
        raise _unsafe("its process could not be started")
    said: SimpleQueue[bytes] = SimpleQueue()
    listener = threading.Thread(target=_listen, args=(process.stdout, said), daemon=True)
    listener.start()
    try:
        try:
            process.stdin.write(json.dumps(request).encode())
            process.stdin.close()
        except BrokenPipeError:
            raise _unsafe("its process ended at once") from None
        return _watch(process, said, progress, limits)
    finally:
        process.kill()
        process.wait()
        listener.join()
        process.stdout.close()


def _listen(stream: IO[bytes], said: "SimpleQueue[bytes]") -> None:
    for line in stream:
        said.put(line)
    said.put(b"")


def _watch(
    process: "subprocess.Popen[bytes]",
    said: "SimpleQueue[bytes]",
    progress: Callable[[float, str], None] | None,
    limits: Limits,
) -> Reading:
    begun = time.monotonic()
    while True:
        try:
            line = said.get(timeout=0.05)
        except Empty:
            line = None
        if line == b"":
            raise _unsafe("its process ended without an answer")
        if line:
            answer = json.loads(line)
            if "reading" in answer:
                return _READING.validate_python(answer["reading"])
            if "error" in answer:
                raise _error(answer)
            if progress:
                progress(answer["share"], answer["what"])
        if _resident(process.pid) > limits.resident:
            raise _unsafe(f"it needs more than {limits.resident >> 20} MB of memory")
        if time.monotonic() - begun > limits.seconds:
            raise _unsafe(f"it takes longer than {limits.seconds:.0f} seconds")


def _resident(pid: int) -> int:
    try:
        return int(psutil.Process(pid).memory_info().rss)
    except psutil.Error:
        return 0


def _unsafe(why: str) -> FileRefused:
    return FileRefused(
        f"The file could not be read safely: {why}.",
        "Split it into smaller files, or export fewer columns.",
        code="UNSAFE",
    )


def _error(answer: dict[str, str]) -> HandoffError:
    if answer["error"] == "FileRefused":
        return FileRefused(answer["message"], answer["hint"], code=answer["code"])
    return MappingInvalid(answer["message"], answer["hint"])


def child() -> None:
    """The reading process: one request on standard input, JSON lines on standard output."""
    request = json.loads(sys.stdin.buffer.read())
    gc.disable()  # Rows hold no cycles, and looking for some takes a third of the time.
    _limit(request.pop("address"))
    out = sys.stdout.buffer

    def say(message: dict[str, Any]) -> None:
        out.write(json.dumps(message).encode() + b"\n")
        out.flush()

    try:
        reading = read_here(
            Path(request["path"]),
            settings=Settings.model_validate(request["settings"]),
            mapping=Mapping.model_validate(request["mapping"]) if request["mapping"] else None,
            answers=request["answers"],
            staging=Path(request["staging"]) if request["staging"] else None,
            now=request["now"],
            remembered=request["remembered"],
            progress=lambda share, what: say({"share": share, "what": what}),
            scratch=Path(request["scratch"]),
        )
    except FileRefused as refused:
        say({"error": "FileRefused", "message": refused.message, "hint": refused.hint, "code": refused.code})
    except MappingInvalid as invalid:
        say({"error": "MappingInvalid", "message": invalid.message, "hint": invalid.hint})
    except MemoryError:
        unsafe = _unsafe("it needs more memory than it may have")
        say({"error": "FileRefused", "message": unsafe.message, "hint": unsafe.hint, "code": unsafe.code})
    else:
        say({"reading": _READING.dump_python(reading, mode="json")})


def _limit(address: int) -> None:
    if sys.platform == "linux":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (address, address))

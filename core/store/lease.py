"""One writer per workspace at a time, and the second one is told who and since when."""

import getpass
import os
import platform
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta

import psutil
from sqlmodel import Session

from core.errors import StoreError, WorkspaceBusy
from core.store.register import Register
from core.store.rows import LeaseRow

EXPIRES_S = 60
"""Seconds without a sign of life after which a writer counts as gone; a dead process of this machine at once."""
BEAT_S = 10


def who() -> str:
    """The system's user and machine, as `ada@laptop`."""
    try:
        user = getpass.getuser()
    except (OSError, KeyError, ImportError):
        user = "somebody"
    return f"{user}@{platform.node()}"


class Lease:
    """The right to write, as long as `kept`."""

    def __init__(self, token: str) -> None:
        self._token = token

    def kept(self, session: Session) -> LeaseRow:
        """The lease's row, refreshed; `StoreError` when somebody else took over because this writer seemed gone."""
        row = _row(session)
        if row.token != self._token:
            raise StoreError(
                "Another import took over the workspace because this one gave no sign of life for a minute.",
                "Nothing of this import is visible. Import the file again.",
            )
        row.beat_at = datetime.now(UTC)
        session.add(row)
        return row


@contextmanager
def lease(register: Register) -> Iterator[Lease]:
    """Hold the right to write during the block; `WorkspaceBusy` when somebody else holds it."""
    token = secrets.token_hex(16)
    with register.writing() as session:
        _take(session, token)
    held, over = Lease(token), threading.Event()
    beats = threading.Thread(target=_beat, args=(register, held, over), daemon=True)
    beats.start()
    try:
        yield held
    finally:
        over.set()
        beats.join()
        # What the block did is done: a lease that cannot be given back now runs out by itself.
        with suppress(StoreError), register.writing() as session:
            row = _row(session)
            if row.token == token:
                _fill(session, row, {})


def _take(session: Session, token: str) -> None:
    row, now = _row(session), datetime.now(UTC)
    if row.token is not None and row.since is not None and not _gone(row, now):
        raise WorkspaceBusy(
            f"{row.holder} has been writing to this workspace since {row.since:%H:%M:%S} UTC on {row.since:%d %B %Y}.",
            "Wait until that import has ended, then try again. Reading is possible all the time.",
        )
    pid = os.getpid()
    place = {"host": platform.node(), "pid": pid, "started": psutil.Process(pid).create_time()}
    _fill(session, row, {"token": token, "holder": f"{who()} (process {pid})", **place, "since": now, "beat_at": now})


def _fill(session: Session, row: LeaseRow, values: dict[str, object]) -> None:
    fresh = LeaseRow.model_validate({"id": 1, **values})
    row.sqlmodel_update(fresh.model_dump())
    session.add(row)


def _row(session: Session) -> LeaseRow:
    return session.get_one(LeaseRow, 1, with_for_update=True)


def _gone(row: LeaseRow, now: datetime) -> bool:
    if row.beat_at is None or now - row.beat_at > timedelta(seconds=EXPIRES_S):
        return True
    if row.host != platform.node() or row.pid is None:
        return False
    try:
        process = psutil.Process(row.pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return True
        return row.started is not None and abs(process.create_time() - row.started) > 1
    except psutil.NoSuchProcess:
        return True
    except psutil.AccessDenied:
        return False


def _beat(register: Register, held: Lease, over: threading.Event) -> None:
    while not over.wait(BEAT_S):
        try:
            with register.writing() as session:
                held.kept(session)
        except StoreError:
            # Lost or unreachable: the next append or the commit asks again and tells the person.
            continue

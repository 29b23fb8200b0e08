"""Uploads: kept by the uploader, written to the disk only while a file is read or imported."""

import shlex
import shutil
import unicodedata
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from core.keeping import sweep
from core.workspace import Workspace
from pages._ui import plain

MOST_MB = 200
_TYPES = ("csv", "tsv", "txt", "xlsx")
_ROUND = "data_round"
_FOLDER = "upload-"


def uploads(here: Workspace) -> list[UploadedFile]:
    """The uploader, and the files in it that are small enough to be read here."""
    sweep(here.store.staging, f"{_FOLDER}*")
    turn = st.session_state.get(_ROUND, 0) % len(_TYPES)
    files = st.file_uploader(
        "Exports of your CRM",
        # The order of the types is part of the uploader's identity: another order is an empty uploader of the same key.
        type=[*_TYPES[turn:], *_TYPES[:turn]],
        accept_multiple_files=True,
        key="up",
        max_upload_size=MOST_MB,
    )
    command = f"handoff import FILE --workspace {shlex.quote(str(here.folder))}"
    st.caption(f"A file larger than {MOST_MB} MB: import it from a terminal with **{plain(command)}**")
    fitting = [file for file in files if file.size <= MOST_MB * 1024 * 1024]
    for file in files:
        if file not in fitting:
            st.error(_too_large(file.name), icon=":material/error:")
    return fitting


def empty_uploader() -> None:
    """Let go of every upload."""
    st.session_state[_ROUND] = st.session_state.get(_ROUND, 0) + 1


@contextmanager
def on_disk(here: Workspace, upload: UploadedFile) -> Iterator[Path]:
    """The upload as a file of the workspace's staging folder, gone when the block ends."""
    place = here.store.staging / f"{_FOLDER}{uuid.uuid4().hex}"
    place.mkdir(parents=True)
    try:
        path = place / file_name(upload.name)
        upload.seek(0)
        with path.open("wb") as file:
            shutil.copyfileobj(upload, file, 1 << 20)
        yield path
    finally:
        shutil.rmtree(place, ignore_errors=True)


def file_name(stated: str) -> str:
    r"""The last part of a stated name, without signs that mean something to a file system or a terminal.

    >>> file_name("../../etc/le*ads\n.csv"), file_name("..")
    ('le_ads_.csv', 'upload')
    """
    last = stated.replace("\\", "/").rsplit("/", 1)[-1]
    clean = "".join("_" if ch in '<>:"|?*' or unicodedata.category(ch).startswith("C") else ch for ch in last)
    while len(clean.encode()) > 200:
        clean = clean[1:]
    return clean if clean.strip(" .") else "upload"


def _too_large(name: str) -> str:
    return f"{plain(name)} is larger than {MOST_MB} MB. Import it from a terminal with the command above."

"""How each upload would be read: asked once per file and per answer, kept small beside the upload."""

from dataclasses import dataclass, field

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from core.errors import HandoffError
from core.intake import Mapping, Reading
from core.workspace import Workspace
from pages._data_upload import on_disk
from pages._ui import now, plain

_FILES = "data_files"


@dataclass
class Upload:
    """One upload in this session: what was said about it, and how it would be read after that."""

    file: UploadedFile
    answers: dict[str, str] = field(default_factory=dict)
    table: str | None = None
    columns: dict[str, str] = field(default_factory=dict)
    formats: dict[str, str] = field(default_factory=dict)
    reading: Reading | None = None
    refused: HandoffError | None = None
    read_as: str = ""

    @property
    def id(self) -> str:
        """Its name in widget keys."""
        return self.file.file_id

    @property
    def mapping(self) -> Mapping | None:
        """What was said by hand about its columns."""
        if not (self.table or self.columns or self.formats):
            return None
        return Mapping(table=self.table, columns=self.columns, formats=self.formats)

    @property
    def ready(self) -> bool:
        """Whether it can be imported as it stands."""
        return self.reading is not None and not self.reading.undecided


def known(files: list[UploadedFile]) -> list[Upload]:
    """The uploads of this session that are still in the uploader, with what was said about them."""
    seen: dict[str, Upload] = st.session_state.get(_FILES, {})
    kept = {file.file_id: seen.get(file.file_id, Upload(file)) for file in files}
    st.session_state[_FILES] = kept
    return list(kept.values())


def read(here: Workspace, upload: Upload) -> None:
    """Read it, where it was not read so before; nothing is written."""
    mapping = upload.mapping
    said = repr((mapping, sorted(upload.answers.items()), here.settings.model_dump_json()))
    # Always there: what stands below must keep its place from run to run, or it is drawn anew and closes.
    place = st.empty()
    if upload.read_as == said:
        return
    bar = place.progress(0.0, text=f"Reading {plain(upload.file.name)}")

    def progress(share: float, what: str) -> None:
        bar.progress(min(share, 1.0), text=f"{plain(upload.file.name)}: {what}")

    try:
        with on_disk(here, upload.file) as path:
            upload.reading = here.check(path, at=now(), mapping=mapping, answers=upload.answers, progress=progress)
        upload.refused = None
    except HandoffError as error:
        upload.reading, upload.refused = None, error
    upload.read_as = said
    place.empty()


def reasons(reading: Reading) -> list[str]:
    """Why rows would be set aside or cells left empty: each reason with how often and what stands first."""
    out = []
    for kind in reading.problems:
        times = "once" if kind.times == 1 else f"{kind.times:,} times"
        where = f"line {kind.first_line:,}"
        if kind.column:
            where += f", column {plain(kind.column)}"
        stood = f": {plain(kind.raw[:80])}" if kind.raw else ""
        became = "Set aside" if kind.set_aside else "Remark"
        out.append(f"**{became}** {times}, first on {where}{stood}. {plain(kind.sentence)}")
    return out


def forget() -> None:
    """Forget every upload of this session."""
    st.session_state.pop(_FILES, None)

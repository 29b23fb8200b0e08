"""Import: exports are dropped here, checked before anything is written, and imported all at once."""

import streamlit as st

from core.answerable import Held, answerable
from core.errors import HandoffError
from core.workspace import Workspace
from pages import _data_file
from pages._data_reading import Upload, forget, known, read
from pages._data_told import files_of, sentence, told, waiting
from pages._data_upload import empty_uploader, on_disk, uploads
from pages._ui import now, plain

_RESULTS = "data_results"

Result = tuple[bool, str]
"""Whether it went well, and the sentence about it."""


def show(here: Workspace) -> str | None:
    """Draw the tab; gives what the uploads wait for, where there are any."""
    above = st.container()
    files = known(uploads(here))
    with above:
        _results(files)
    if not files:
        _next(here)
        return None
    for upload in files:
        read(here, upload)
    _button(here, files)
    for upload in files:
        _data_file.show(here, upload)
    return waiting(files)


def _button(here: Workspace, files: list[Upload]) -> None:
    ready = [upload for upload in files if upload.ready]
    asking = [upload.file.name for upload in files if upload.reading is not None and upload.reading.undecided]
    pressed = st.button(
        f"Import {files_of(len(ready))}",
        type="primary",
        key="import",
        icon=":material/upload:",
        disabled=not ready or bool(asking),
    )
    if asking:
        st.caption(f"{', '.join(map(plain, asking))}: answer the question below first, or take the file out.")
    elif ready:
        st.caption("Nothing is written until you press the button.")
    place = st.empty()
    if pressed:
        with place:
            results = _import(here, ready)
        if all(well for well, _ in results):
            results += [(False, told(one.file.name, one.refused)) for one in files if one.refused is not None]
            files = []
            forget()
            empty_uploader()
        # What failed for want of somebody else's turn stays in the uploader, to be tried again.
        st.session_state[_RESULTS] = (_ids(files), results)
        st.rerun()


def _import(here: Workspace, files: list[Upload]) -> list[Result]:
    """Import every file; one that is refused does not keep the others out."""
    results: list[Result] = []
    bar = st.progress(0.0)
    for place, upload in enumerate(files):

        def progress(share: float, what: str, place: int = place, upload: Upload = upload) -> None:
            bar.progress(min((place + share) / len(files), 1.0), text=f"{plain(upload.file.name)}: {what}")

        try:
            with on_disk(here, upload.file) as path:
                receipt = here.add(path, at=now(), mapping=upload.mapping, answers=upload.answers, progress=progress)
            results.append((True, sentence(receipt)))
        except HandoffError as error:
            results.append((False, told(upload.file.name, error)))
    bar.empty()
    return results


def _ids(files: list[Upload]) -> frozenset[str]:
    return frozenset(upload.id for upload in files)


def _results(files: list[Upload]) -> None:
    """What the last import did, until other files are dropped."""
    after, results = st.session_state.get(_RESULTS, (frozenset(), []))
    if after != _ids(files):
        st.session_state.pop(_RESULTS, None)
        return
    done = [says for well, says in results if well]
    if done:
        st.success("\n\n".join(done), icon=":material/check:")
        st.page_link("funnel.py", label="See where leads leak", icon=":material/filter_alt:")
    for well, says in results:
        if not well:
            st.error(says, icon=":material/error:")


def _next(here: Workspace) -> None:
    """Where nothing is here yet: what to export first, or what to look at without any."""
    if not here.live_batches():
        funnel = answerable(Held()).iloc[0]
        st.markdown(f"Start with one file that has a date for each stage. {funnel['where_to_get']}")
        st.caption(f"Nothing at hand? In a terminal, **{plain('handoff demo')}** opens a sample company.")

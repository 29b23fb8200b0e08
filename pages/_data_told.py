"""What uploads wait for and what an import did, in sentences."""

from core.errors import HandoffError
from core.workspace import Receipt
from pages._data_file import ROWS
from pages._data_reading import Upload
from pages._ui import day, plain


def waiting(files: list[Upload]) -> str:
    """What the uploads wait for, as a title."""
    asking = sum(upload.reading is not None and upload.reading.undecided for upload in files)
    if asking:
        return "1 file waits for your answer" if asking == 1 else f"{asking} files wait for your answer"
    ready = [upload.reading for upload in files if upload.reading is not None]
    rows = rows_of(sum(reading.counts.accepted for reading in ready))
    if not ready:
        return "This file cannot be read as it is" if len(files) == 1 else "These files cannot be read as they are"
    return f"Ready to import: {rows} in {files_of(len(ready))}"


def sentence(receipt: Receipt) -> str:
    """What an import did."""
    reading, batch = receipt.reading, receipt.batch
    name = plain(reading.file_name)
    if receipt.already:
        when = day(int(batch.imported_at.timestamp()))
        return f"{name} was already imported on {when} as import {batch.id}; nothing changed."
    counts = reading.counts
    return (
        f"{counts.accepted:,} {ROWS[reading.shape]} from {name}: {rows_of(counts.accepted)} taken; "
        f"{counts.quarantined:,} set aside (import {batch.id})."
    )


def told(name: str, error: HandoffError) -> str:
    """What went wrong with a file, and the way out."""
    return f"{plain(name)}: {plain(error.message)} {plain(error.hint)}"


def rows_of(number: int) -> str:
    """So many rows."""
    return "1 row" if number == 1 else f"{number:,} rows"


def files_of(number: int) -> str:
    """So many files."""
    return "1 file" if number == 1 else f"{number} files"

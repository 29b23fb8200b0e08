"""Is a packed file a workbook that can be opened safely? Told from its directory, before anything is unpacked."""

import zipfile
from pathlib import Path

from core.errors import FileRefused

MAX_UNPACKED = 1 << 30
MAX_RATIO = 200
"""A workbook's text packs to a twentieth or so; far beyond that it was made to fill a machine."""
MAX_PARTS = 10_000
_AS_XLSX = "Open it, save it as an Excel workbook (.xlsx), or the sheet as CSV (UTF-8), and choose that file."
_KINDS = (
    ("xl/workbook.bin", "This is a binary Excel workbook (.xlsb).", "NOT_TABULAR"),
    ("word/document.xml", "This is a Word document, not a table.", "NOT_TABULAR"),
    ("ppt/presentation.xml", "These are slides, not a table.", "NOT_TABULAR"),
    ("content.xml", "This is an OpenDocument file.", "NOT_TABULAR"),
)


def check_packed(path: Path) -> None:
    """Raises `FileRefused` for a packed file that is no workbook, holds macros, or would unpack beyond all measure."""
    try:
        with zipfile.ZipFile(path) as packed:
            parts = packed.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError):
        raise damaged() from None
    names = {part.filename for part in parts}
    size, taken = sum(part.file_size for part in parts), sum(part.compress_size for part in parts)
    if len(parts) > MAX_PARTS or size > MAX_UNPACKED or size > max(taken, 1) * MAX_RATIO:
        raise FileRefused(
            f"Unpacked, this workbook would be {size >> 20:,} MB, {size // max(taken, 1):,} times its size.",
            f"Up to {MAX_UNPACKED >> 20:,} MB and {MAX_RATIO} times are read: save the sheet as CSV (UTF-8).",
            code="TOO_LARGE",
        )
    if any(part.flag_bits & 1 for part in parts):
        raise FileRefused("The file is protected by a password.", "Save it without one.", code="NOT_TABULAR")
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise FileRefused(
            "The workbook holds macros, and those are not accepted.",
            "Save it as an Excel workbook without macros (.xlsx), or the sheet as CSV (UTF-8).",
            code="XLSX_MACRO",
        )
    if "xl/workbook.xml" not in names:
        for name, sentence, code in _KINDS:
            if name in names:
                raise FileRefused(sentence, _AS_XLSX, code=code)
        raise FileRefused(
            "This is a packed file, not a table.", "Unpack it, and choose the file inside.", code="NOT_TABULAR"
        )


def damaged() -> FileRefused:
    """The refusal of what cannot be opened as a workbook."""
    return FileRefused(
        "The file is damaged, or not an Excel workbook.",
        "Open it in Excel and save it again, or save the sheet as CSV (UTF-8).",
        code="NOT_TABULAR",
    )

"""A text file → its rows as text, every record accounted for, with physical line numbers.

Rows are kept as Arrow text columns, a batch at a time, so that a file of some hundred megabytes needs little more
memory than its own size. A record is what a spreadsheet shows as a row: a quoted cell may span physical lines.
"""

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from core.intake.dialect import Dialect
from core.intake.encoding import Text
from core.intake.problems import Problems
from core.intake.records import Progress, Reader

MAX_CELL = 1 << 20
"""Longest cell in characters; a quotation mark open for longer counts as never closed."""
Lines = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Sheet:
    """The rows of a file that are as wide as its header, as text, in the order of the file.

    `table` has one text column per header cell, named by position ("0", "1", …); `start` and `end` are the physical
    lines of each row; `hashes` are equal for rows of equal content. The counts are those of all other records, and
    `total` is the number of records including the rows of `table`.
    """

    table: pa.Table
    start: Lines
    end: Lines
    hashes: Lines
    problems: Problems
    total: int
    preamble: int
    repeated: int
    blank: int
    footer: int
    quarantined: int


def read_sheet(path: Path, text: Text, dialect: Dialect, progress: Progress | None = None) -> Sheet:
    """All records of the file, each in exactly one class. Raises `FileRefused` for quotes that never close."""
    csv.field_size_limit(MAX_CELL)
    with text.open(path) as file:
        reader = Reader(file, dialect, text, progress)
        reader.skip_to_header()
        reader.read_rows()
        reader.close_tail()
    table = reader.batches.table()
    return Sheet(
        table=table,
        start=np.array(reader.start, np.int64),
        end=np.array(reader.end, np.int64),
        hashes=np.array(reader.hashes, np.int64),
        problems=reader.problems,
        total=reader.others + table.num_rows,
        preamble=reader.preamble,
        repeated=reader.repeated,
        blank=reader.blank,
        footer=reader.footer,
        quarantined=reader.quarantined,
    )

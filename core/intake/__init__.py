"""Intake: a file → rows of the canonical tables and problems. `read` is the way in."""

from core.intake.apart import Limits, read
from core.intake.mapping import Mapping, Question, mapping_from
from core.intake.reading import WORKBOOK, Counts, Kind, Notice, Reading, SeenColumn

__all__ = [
    "WORKBOOK",
    "Counts",
    "Kind",
    "Limits",
    "Mapping",
    "Notice",
    "Question",
    "Reading",
    "SeenColumn",
    "mapping_from",
    "read",
]

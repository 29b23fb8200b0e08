"""Which words stand for stages in these data, and what the definition makes of each."""

from dataclasses import dataclass

import narwhals as nw
import pandas as pd

from core.definition import IGNORED, Definition, fold
from core.engine import Engine, Lazy
from core.tables import Column, Table

EXIT = 100
"""Codes from here on are ways out (`EXIT` + place among the definition's exits); codes below are places of stages."""

LABELS = Table(
    "labels",
    "stage label in the data",
    (
        Column("name", "text", "the label as exported", required=True),
        Column("rows", "integer", "events that carry it", required=True),
        Column("meaning", "text", "stage id, exit id, `ignore`, or missing: nobody has said which stage this is"),
        Column("code", "integer", "place of the stage, or EXIT + place of the way out; missing without one"),
    ),
)

UNASKED = frozenset(map(fold, ("created", "lead created", "opportunity created", "converted", "lead converted")))
"""Words of our own making at intake: the date a record was made. A definition without a stage for them passes over
them without a question."""


@dataclass(frozen=True)
class Codes:
    """The codes of one definition."""

    definition: Definition

    def of(self, meaning: str) -> int | None:
        """The code of a stage id or exit id; None for `ignore`."""
        if meaning in self.definition.stage_ids:
            return self.definition.place(meaning)
        for place, way in enumerate(self.definition.exits):
            if way.id == meaning:
                return EXIT + place
        return None


def stage_labels(engine: Engine, events: Lazy, definition: Definition) -> pd.DataFrame:
    """Every stage label in the events with its count and meaning (`LABELS`), most frequent first."""
    counted = engine.collect(
        events.filter(nw.col("kind") == "stage", ~nw.col("name").is_null()).group_by("name").agg(rows=nw.len())
    )
    known, codes = definition.labels(), Codes(definition)
    meanings = [known.get(fold(name)) for name in counted["name"]]
    numbers = pd.array([None if word is None else codes.of(word) for word in meanings], dtype="Int64")
    out = counted.assign(meaning=pd.array(meanings, dtype="str"), code=numbers).sort_values(
        ["rows", "name"], ascending=[False, True], ignore_index=True
    )
    return LABELS.conform(out)


def unanswered(labels: pd.DataFrame) -> pd.DataFrame:
    """The labels that no stage, way out or answer names: each is a question on the data page, none is dropped."""
    named = labels.assign(_word=labels["name"].map(fold))
    asked = named[named["meaning"].isna() & ~named["_word"].isin(UNASKED)]
    # Spellings of one word are one question, asked in the most frequent one.
    together = asked.groupby("_word", sort=False)["rows"].transform("sum")
    once = asked.assign(rows=together).drop_duplicates("_word").sort_values(["rows", "name"], ascending=[False, True])
    return once.drop(columns="_word").reset_index(drop=True)


__all__ = ["EXIT", "IGNORED", "LABELS", "Codes", "stage_labels", "unanswered"]

"""What the columns of a file mean, in words, and what a person corrected of it."""

from dataclasses import dataclass

import pandas as pd

from core.definition import TEMPLATES
from core.intake import Reading
from core.intake.fields import targets_of
from core.intake.mapping import IGNORE, KEEP, STAGE
from core.workspace import Workspace

_HOW = {
    "name": "its name says so",
    "synonym": "its name says so",
    "remembered": "as last time",
    "by hand": "by hand",
    "kept": "nothing known of it",
    "none": "nothing known of it",
}


@dataclass(frozen=True)
class Changes:
    """What a person corrected: column → meaning, column → format."""

    columns: dict[str, str]
    formats: dict[str, str]


def columns(reading: Reading) -> pd.DataFrame:
    """The columns of the file and what was made of them."""
    return pd.DataFrame(
        {
            "column": [seen.name for seen in reading.columns],
            "examples": [" · ".join(seen.examples) for seen in reading.columns],
            "filled": [seen.filled for seen in reading.columns],
            "meaning": [seen.field or IGNORE for seen in reading.columns],
            "format": [seen.format for seen in reading.columns],
            "how": [_HOW[seen.how] for seen in reading.columns],
        }
    )


def changes(before: pd.DataFrame, after: pd.DataFrame) -> Changes:
    """What the second table says otherwise than the first; a format that was emptied is no correction."""
    meant = (before["meaning"] != after["meaning"]) & after["meaning"].notna()
    formed = (before["format"].fillna("") != after["format"].fillna("")) & after["format"].notna()
    return Changes(
        dict(after.loc[meant, ["column", "meaning"]].itertuples(index=False)),
        dict(after.loc[formed, ["column", "format"]].itertuples(index=False)),
    )


def words(target: object) -> str:
    """A target in words.

    >>> words("stage:MQL"), words("lead_id"), words("keep")
    ('when it entered MQL', 'lead id', 'keep as text')
    """
    target = str(target)
    if target.startswith(STAGE):
        return f"when it entered {target[len(STAGE) :]}"
    return {KEEP: "keep as text", IGNORE: "leave out"}.get(target, target.replace("_", " "))


def targets(here: Workspace, reading: Reading) -> list[str]:
    """What a column of this file can mean: the fields of its table, a stage's date, or nothing."""
    stages = [stage.name for stage in here.definition().stages]
    # Before any data the smallest template is in use; a file may name stages of the others.
    stages += [stage.name for template in TEMPLATES for stage in template.stages]
    dated = [f"{STAGE}{name}" for name in dict.fromkeys(stages)] if reading.shape in ("leads", "deals") else []
    present = [seen.field for seen in reading.columns if seen.field]
    return list(dict.fromkeys([*targets_of(reading.shape), KEEP, IGNORE, *present, *dated]))

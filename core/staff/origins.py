"""Where does each cell of a person come from: a file, the data, or somebody who stated it here?"""

import pandas as pd

from core.definition import fold
from core.journeys.people import type_columns
from core.journeys.stated import CELLS
from core.tables import Column, Table

STATED, FILE, DERIVED = "stated here", "file", "derived"
"""stated here: somebody said so on the page; file: a file says so; derived: concluded from the data."""

ORIGINS = Table(
    "origins",
    "person, queue or machine",
    (
        Column("person_id", "text", "as in `people.EVERYBODY`", required=True),
        *(Column(name, "text", f"where its {name} comes from; missing where it is unknown") for name in CELLS),
    ),
    key=("person_id",),
)


def origins(people: pd.DataFrame, listed: pd.DataFrame, stated: pd.DataFrame) -> pd.DataFrame:
    """Where each cell comes from (`ORIGINS`), in the order of `people` (`people.EVERYBODY`).

    `listed` are the rows of the files, `stated` what is stated here (`stated.STATED`).

    >>> from core.journeys.people import EVERYBODY
    >>> people = EVERYBODY.conform(pd.DataFrame({"person_id": ["Ada"], "kind": ["person"], "team": ["North"]}))
    >>> stated = pd.DataFrame({"person_id": ["Ada"], **dict.fromkeys(CELLS)}).assign(team="North")
    >>> origins(people, pd.DataFrame({"person_id": []}), stated)[["kind", "team"]].iloc[0].tolist()
    ['derived', 'stated here']
    """
    ids = pd.Index(people["person_id"])
    given = stated.set_index("person_id").reindex(ids)
    filed = listed.drop_duplicates("person_id").set_index("person_id")
    if "side" in filed.columns:
        sides = filed["side"].map(fold, na_action="ignore")
        filed = filed.assign(side=filed["side"].where(sides.isin(["marketing", "sales"])))
    types = type_columns(listed)
    typed = filed[types].notna().any(axis=1) if types else pd.Series(False, index=filed.index)
    out: dict[str, list[str | None]] = {"person_id": [str(one) for one in ids]}
    for name in CELLS:
        said = given[name].notna().to_numpy()
        in_file = typed if name == "kind" else filed[name].notna() if name in filed.columns else typed & False
        of_file = in_file.reindex(ids, fill_value=False).to_numpy(dtype=bool)
        known = people[name].notna().to_numpy()
        out[name] = [
            STATED if here else FILE if file and there else DERIVED if there else None
            for here, file, there in zip(said, of_file, known, strict=True)
        ]
    return ORIGINS.conform(pd.DataFrame(out))


__all__ = ["DERIVED", "FILE", "ORIGINS", "STATED", "origins"]

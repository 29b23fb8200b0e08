"""The stages of a funnel, the ways out of it, and the reasons for a no."""

from typing import Literal

from pydantic import Field

from core.definition.agreed import Facts
from core.definition.frozen import Frozen

Side = Literal["marketing", "sales"]
ExitKind = Literal["rejected", "recycled", "disqualified", "lost"]


class Stage(Frozen):
    """One step of the agreed funnel."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    name: str = Field(min_length=1)
    side: Side
    meaning: str = ""
    synonyms: tuple[str, ...] = ()
    criteria: tuple[str, ...] = ()
    """Ids of the criteria that a lead meets to be in this stage, all of them."""
    happens: str = ""
    """What is done with a lead in this stage, in a sentence."""
    forward: str = ""
    """What moves it on."""
    back: str = ""
    """What moves it back, or out."""
    hands_over: bool = False
    won: bool = False
    clock_days: int | None = Field(None, ge=1, le=3650)


class Exit(Frozen):
    """A way out of a stage that is not forward; `leaves` names the stage it always belongs to, where there is one."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    name: str = Field(min_length=1)
    kind: ExitKind
    leaves: str | None = None
    synonyms: tuple[str, ...] = ()


class Reason(Frozen):
    """One of the handful of reasons for a no; `route` says what becomes of the lead."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    name: str = Field(min_length=1)
    route: Literal["recycle", "remove"]
    synonyms: tuple[str, ...] = ()
    facts: Facts | None = None
    """What should hold where this reason is given; None where nothing can be checked."""

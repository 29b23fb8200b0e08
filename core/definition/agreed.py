"""Parts of an agreement beyond its stages: named criteria, facts behind a reason, how often a person is contacted."""

from typing import Annotated, Literal

from pydantic import Field

from core.definition.conditions import Condition
from core.definition.frozen import Frozen


class Criterion(Frozen):
    """One thing that a lead must be or do, with the plain question by which sales can check it on the first call.

    `sales_own`: sales itself fills what is asked for after the hand-off, so that the answer leans on the verdict.
    """

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    name: str = Field(min_length=1, max_length=200)
    condition: Condition
    question: str = Field("", max_length=300)
    sales_own: bool = False


class Attempts(Frozen):
    """A reason that holds once the lead was tried at least so often, on so many days."""

    kind: Literal["attempts"] = "attempts"
    attempts: int = Field(ge=1, le=100)
    days: int = Field(1, ge=1, le=100)


class Holds(Frozen):
    """A reason that holds where the condition is met."""

    kind: Literal["holds"] = "holds"
    condition: Condition


Facts = Annotated[Attempts | Holds, Field(discriminator="kind")]


class Attention(Frozen):
    """How often a lead in a stage is contacted in a week: no more than the ceilings, no less than the floor."""

    stage: str
    touches_most: int | None = Field(None, ge=0, le=200)
    touches_least: int | None = Field(None, ge=0, le=200)
    mails_most: int | None = Field(None, ge=0, le=200)

"""What can be asked of a lead: conditions that a machine can check and a person can read.

A condition is data. It is met, not met, or cannot be told, because what it asks for is not known of the lead (Kleene's
three values). Conditions are built from each other with `All`, `AnyOf`, `Not` and `AtLeast`.
"""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from core.definition.frozen import Frozen

MOST_VALUES, LONGEST = 2000, 200
"""A list holds at most so many values, each of at most so many characters."""
MOST_DEEP, MOST_PARTS = 12, 200

Op = Literal["<", "<=", "=", "!=", ">=", ">"]
Name = Annotated[str, Field(min_length=1, max_length=LONGEST)]


def _listed(values: tuple[str, ...]) -> tuple[str, ...]:
    if not values or not all(value.strip() for value in values):
        raise ValueError("a list needs at least one value, and none that is empty")
    if len(values) > MOST_VALUES:
        raise ValueError(f"a list holds at most {MOST_VALUES:,} values, not {len(values):,}")
    longest = max(map(len, values))
    if longest > LONGEST:
        raise ValueError(f"a value has at most {LONGEST} characters, not {longest:,}")
    return values


Listed = Annotated[tuple[str, ...], AfterValidator(_listed)]


class Compare(Frozen):
    """A number of the lead against a bound; a cell that holds no number is not known."""

    kind: Literal["compare"] = "compare"
    field: Name
    op: Op
    value: float = Field(allow_inf_nan=False)


class OneOf(Frozen):
    """The field says one of these words, whatever their case, spaces and punctuation; a number is compared as one.

    Where it says none of them, and what it says is no more than that nobody knows (`UNKNOWN_WORDS`), it cannot be told.
    """

    kind: Literal["one_of"] = "one_of"
    field: Name
    values: Listed


class Says(Frozen):
    """The field's text has one of these words in it, or at its start; case does not matter.

    Where it has none of them, and says no more than that nobody knows (`UNKNOWN_WORDS`), it cannot be told.
    """

    kind: Literal["says"] = "says"
    field: Name
    words: Listed
    place: Literal["anywhere", "start"] = "anywhere"


class Stated(Frozen):
    """The field is filled, and not with a word for "nobody knows" (`UNKNOWN_WORDS`). What is empty is not met here:
    that nothing is stated is itself known."""

    kind: Literal["stated"] = "stated"
    field: Name


class Has(Frozen):
    """The field says that it is there, as a budget or an authority does.

    A word for no, or a text that begins with one ("No budget yet"), or nothing but zeros is not met. What is empty,
    says that nobody knows, or begins with "not" ("Not decided") cannot be told.
    """

    kind: Literal["has"] = "has"
    field: Name


NO_WORDS = ("no", "none", "false", "0", "nothing", "without", "not any", "nein", "non")
"""What a filled cell may say that means no, in the eyes of `Has`."""
NO_BEGINS = ("no", "none", "without")
"""Words that mean no at the beginning of a longer text."""
UNKNOWN_WORDS = ("unknown", "n/a", "na", "not known", "not stated", "not sure", "select", "-", "?", "tbd", "null")
"""What a filled cell may say without saying anything."""


class Flagged(Frozen):
    """A yes/no of the lead stands at `on`: permission to follow up is `opted_out` at false."""

    kind: Literal["flagged"] = "flagged"
    field: Name
    on: bool = True


class Valid(Frozen):
    """An address or number that can be real, checked once when it was imported. Nothing stated is not valid."""

    kind: Literal["valid"] = "valid"
    what: Literal["mail", "business_mail", "lasting_mail", "phone"]


class Happened(Frozen):
    """At least so many activities of the lead, touches of ours, or conversations, up to the judged instant.

    `names` narrows them to types (as exported, folded); `within_days` to a window that ends at the judged instant and
    is closed at its old end. Data without any such record cannot tell.
    """

    kind: Literal["happened"] = "happened"
    what: Literal["activity", "touch", "contact"] = "activity"
    names: tuple[str, ...] = ()
    at_least: int = Field(1, ge=1, le=10_000)
    within_days: int | None = Field(None, ge=1, le=3650)

    @model_validator(mode="after")
    def _named(self) -> "Happened":
        if self.names:
            _listed(self.names)
        return self


class Scored(Frozen):
    """The lead's points reach a bound: `fit` against a profile is likeness to those who bought."""

    kind: Literal["scored"] = "scored"
    side: Literal["fit", "behaviour", "sum"]
    at_least: float = Field(allow_inf_nan=False)


class HasDeal(Frozen):
    """A deal of the lead stood open or closed by the judged instant, with what is asked of it."""

    kind: Literal["has_deal"] = "has_deal"
    what: Literal["any", "amount", "close_date"] = "any"


class Meets(Frozen):
    """Another criterion of the same definition, by its id."""

    kind: Literal["meets"] = "meets"
    criterion: Name


class All(Frozen):
    """Every one is met. One that is not met settles it, whatever cannot be told beside it."""

    kind: Literal["all"] = "all"
    of: Annotated[tuple["Condition", ...], Field(min_length=1)]


class AnyOf(Frozen):
    """One of them is met."""

    kind: Literal["any"] = "any"
    of: Annotated[tuple["Condition", ...], Field(min_length=1)]


class Not(Frozen):
    """It is not met. What cannot be told stays untold."""

    kind: Literal["not"] = "not"
    of: "Condition"


class AtLeast(Frozen):
    """At least `k` of them are met."""

    kind: Literal["at_least"] = "at_least"
    k: int = Field(ge=1)
    of: Annotated[tuple["Condition", ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _possible(self) -> "AtLeast":
        if self.k > len(self.of):
            raise ValueError(f"at least {self.k} of {len(self.of)} can never be met")
        return self


Condition = Annotated[
    Compare
    | OneOf
    | Says
    | Stated
    | Has
    | Flagged
    | Valid
    | Happened
    | Scored
    | HasDeal
    | Meets
    | All
    | AnyOf
    | Not
    | AtLeast,
    Field(discriminator="kind"),
]

for _one in (All, AnyOf, Not, AtLeast):
    _one.model_rebuild()


def parts(condition: Condition) -> tuple[Condition, ...]:
    """The conditions that it is built of; none for one that asks the data."""
    if isinstance(condition, All | AnyOf | AtLeast):
        return condition.of
    return (condition.of,) if isinstance(condition, Not) else ()


def leaves(condition: Condition) -> Iterator[Condition]:
    """Every condition in it that asks the data, or another criterion.

    >>> [leaf.kind for leaf in leaves(All(of=(Stated(field="email"), Not(of=Stated(field="phone")))))]
    ['stated', 'stated']
    """
    inside = parts(condition)
    if not inside:
        yield condition
    for part in inside:
        yield from leaves(part)


def depth(condition: Condition) -> int:
    """How deep it is nested; 1 for one that asks the data."""
    return 1 + max(map(depth, parts(condition)), default=0)


def fields_of(condition: Condition) -> tuple[str, ...]:
    """The fields of the lead that it asks for, each once, in order.

    >>> fields_of(AnyOf(of=(Valid(what="phone"), Compare(field="employees", op=">=", value=50))))
    ('phone', 'employees')
    """
    asked = []
    for leaf in leaves(condition):
        if isinstance(leaf, Compare | OneOf | Says | Stated | Has | Flagged):
            asked.append(leaf.field)
        elif isinstance(leaf, Valid):
            asked.append("phone" if leaf.what == "phone" else "email")
    return tuple(dict.fromkeys(asked))

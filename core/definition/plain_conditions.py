"""A condition as a clause that a tired reader understands."""

from collections.abc import Iterable, Mapping, Sequence

from core.definition.conditions import (
    All,
    AnyOf,
    AtLeast,
    Compare,
    Condition,
    Flagged,
    Happened,
    Has,
    HasDeal,
    Meets,
    Not,
    OneOf,
    Says,
    Scored,
    Stated,
    Valid,
)

MOST_SAID = 12
"""A longer list is cut, and how many more there are is said."""

_FIELDS = {
    "first_name": "first name", "last_name": "last name", "title": "job title", "email": "mail address",
    "phone": "phone number", "employees": "number of employees", "campaign_id": "campaign", "created_at": "creation",
    "fit_score": "exported fit score", "behaviour_score": "exported behaviour score",
}  # fmt: skip
_OPS = {
    ">=": ("is at least", "is below"),
    ">": ("is above", "is at most"),
    "<": ("is below", "is at least"),
    "<=": ("is at most", "is above"),
    "=": ("is", "is not"),
    "!=": ("is not", "is"),
}
_VALID = {
    "mail": ("mail address can be real", "mail address is missing or cannot be real"),
    "business_mail": (
        "mail address is a company's own",
        "mail address is missing, cannot be real, or is free or disposable",
    ),
    "lasting_mail": ("mail address can be real and lasts", "mail address is missing, cannot be real, or is disposable"),
    "phone": ("phone number can be real", "phone number is missing or cannot be real"),
}
_DEALS = {"any": "deal", "amount": "deal with an amount", "close_date": "deal with a close date"}
_POINTS = {"fit": "points for fit", "behaviour": "points for behaviour", "sum": "points in all"}


def clause(condition: Condition, names: Mapping[str, str] | None = None, *, yes: bool = True) -> str:
    """The condition as a clause without a full stop; `names`: criterion id → its name. `yes` False: that it is not so.

    What is not so is said of each part (not all of them is one of them not), which is exact with three values too.

    >>> clause(All(of=(Valid(what="phone"), Compare(field="employees", op=">=", value=50))))
    'phone number can be real and number of employees is at least 50'
    >>> clause(Not(of=AnyOf(of=(Stated(field="title"), OneOf(field="country", values=("Atlantis", "Utopia"))))))
    'job title is not stated; and country is neither Atlantis nor Utopia'
    """
    known = names or {}
    if isinstance(condition, Not):
        return clause(condition.of, known, yes=not yes)
    if isinstance(condition, All | AnyOf):
        if len(condition.of) == 1:
            return clause(condition.of[0], known, yes=yes)
        word = "and" if isinstance(condition, All) == yes else "or"
        return _joined([_inner(part, known, yes, word) for part in condition.of], word)
    if isinstance(condition, AtLeast):
        number = f"at least {condition.k}" if yes else f"fewer than {condition.k}"
        return f"{number} of these {len(condition.of)}: {'; '.join(_inner(c, known, True, 'of') for c in condition.of)}"
    if isinstance(condition, Meets):
        return f'"{known.get(condition.criterion, condition.criterion)}" is {"" if yes else "not "}met'
    return _asked(condition, yes)


def field_words(name: str) -> str:
    """A field's name for people: an export's own column stands in quotation marks.

    >>> field_words("employees"), field_words("opted_out"), field_words("x:Lead Quality")
    ('number of employees', 'opted out', '"Lead Quality"')
    """
    if name.startswith("x:"):
        return f'"{name.removeprefix("x:")}"'
    return _FIELDS.get(name, name.replace("_", " "))


def listed(words: Sequence[str], last: str = "or", *, most: int = MOST_SAID) -> str:
    """A list in words.

    >>> listed(("Water", "Pharma", "Food")), listed(("a, b", "c"), "and"), listed(tuple("abcde"), most=3)
    ('Water, Pharma or Food', '"a, b" and c', 'a, b, c or 2 more')
    """
    said = [_quoted(word) for word in words[:most]]
    if len(words) > most:
        said.append(f"{len(words) - most:,} more")
    return said[0] if len(said) == 1 else f"{', '.join(said[:-1])} {last} {said[-1]}" if said else "nothing"


def number(value: float) -> str:
    """A number as it was meant.

    >>> number(50.0), number(2.5), number(12000)
    ('50', '2.5', '12,000')
    """
    return f"{int(value):,}" if value == int(value) else f"{value:,}"


def times(count: int) -> str:
    """How often.

    >>> times(1), times(2), times(3)
    ('once', 'twice', '3 times')
    """
    return {1: "once", 2: "twice"}.get(count, f"{count:,} times")


def days(count: float) -> str:
    """A number of days.

    >>> days(1), days(30), days(1.5)
    ('1 day', '30 days', '1.5 days')
    """
    return f"{number(count)} day{'' if count == 1 else 's'}"


def happening(what: str, names: Iterable[str]) -> str:
    """What is counted, for one time of it: an activity of the lead, a touch of ours, a conversation.

    >>> happening("activity", ("webinar", "demo")), happening("touch", ()), happening("contact", ("call",))
    ('webinar or demo', 'attempt to reach it', 'conversation by call')
    """
    said = tuple(names)
    if what == "activity":
        return listed(said) if said else "activity"
    if what == "touch":
        return f"attempt by {listed(said)}" if said else "attempt to reach it"
    return f"conversation by {listed(said)}" if said else "conversation"


def _inner(part: Condition, names: Mapping[str, str], yes: bool, word: str) -> str:
    """A part of a longer clause, in brackets where its own parts are joined by another word."""
    said = clause(part, names, yes=yes)
    inside, own = part, yes
    while isinstance(inside, Not) or (isinstance(inside, All | AnyOf) and len(inside.of) == 1):
        if isinstance(inside, Not):
            inside, own = inside.of, not own
        else:
            inside = inside.of[0]
    if isinstance(inside, AtLeast):
        return f"({said})"
    if isinstance(inside, All | AnyOf):
        joined = "and" if isinstance(inside, All) == own else "or"
        return said if joined == word else f"({said})"
    return said


def _joined(parts: Sequence[str], word: str) -> str:
    long = any(mark in _outside(part) for part in parts for mark in (", ", " or ", " nor ", " and ", ";"))
    if long:
        return f"; {word} ".join(parts)
    return f"{', '.join(parts[:-1])} {word} {parts[-1]}"


def _outside(part: str) -> str:
    return "" if part.startswith("(") and part.endswith(")") else part


def _quoted(word: str) -> str:
    plain = word == word.strip() and not any(mark in word for mark in ',;"():') and word.casefold() not in ("and", "or")
    return word if plain else f'"{word}"'


def _asked(leaf: Condition, yes: bool) -> str:
    if isinstance(leaf, Happened):
        return _happened(leaf, yes)
    if isinstance(leaf, Scored):
        return f"{_POINTS[leaf.side]} are {'at least' if yes else 'below'} {number(leaf.at_least)}"
    if isinstance(leaf, HasDeal):
        return f"it has {'a' if yes else 'no'} {_DEALS[leaf.what]}"
    if isinstance(leaf, Valid):
        return _VALID[leaf.what][0 if yes else 1]
    if isinstance(leaf, Compare | OneOf | Says | Stated | Has | Flagged):
        return f"{field_words(leaf.field)} {_of_field(leaf, yes)}"
    raise TypeError(f"no such condition: {leaf!r}")


def _of_field(leaf: Compare | OneOf | Says | Stated | Has | Flagged, yes: bool) -> str:
    if isinstance(leaf, Compare):
        return f"{_OPS[leaf.op][0 if yes else 1]} {number(leaf.value)}"
    if isinstance(leaf, Stated):
        return "is stated" if yes else "is not stated"
    if isinstance(leaf, Has):
        return "is there" if yes else "is said not to be there"
    if isinstance(leaf, Flagged):
        return f"is {'yes' if leaf.on == yes else 'no'}"
    if isinstance(leaf, Says):
        does, does_not = ("starts with", "starts with neither") if leaf.place == "start" else ("has", "has neither")
        return _either(leaf.words, does if yes else does_not, yes)
    return _either(leaf.values, "is" if yes else "is neither", yes)


def _either(words: tuple[str, ...], verb: str, yes: bool) -> str:
    if not yes and len(words) == 1:
        one = {"is neither": "is not", "has neither": "does not have", "starts with neither": "does not start with"}
        return f"{one[verb]} {listed(words)}{' in it' if verb.startswith('has') else ''}"
    in_it = " in it" if verb.startswith("has") else ""
    return f"{verb} {listed(words, 'or' if yes else 'nor')}{in_it}"


def _happened(leaf: Happened, yes: bool) -> str:
    never = not yes and leaf.at_least == 1
    window = "" if leaf.within_days is None else f" within {days(leaf.within_days)}"
    often = f" at least {times(leaf.at_least)}" if yes else f" fewer than {leaf.at_least:,} times"
    by = f" by {listed(leaf.names)}" if leaf.names else ""
    did = {
        "activity": f"it {'never did' if never else 'did'} {listed(leaf.names) if leaf.names else 'anything'}",
        "touch": f"we {'never tried' if never else 'tried'} to reach it{by}",
        "contact": f"we {'never spoke' if never else 'spoke'} with it{by}",
    }[leaf.what]
    return f"{did}{'' if leaf.at_least == 1 else often}{window}"

"""What does one field of a lead say: this word, this number, yes or no, or nothing that could be told?"""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import reduce

import narwhals as nw

from core.definition import Compare, Condition, Flagged, Has, OneOf, Says, Stated, fields_of
from core.definition.conditions import NO_BEGINS, NO_WORDS, UNKNOWN_WORDS
from core.engine import Lazy
from core.journeys.then import as_text

YES, NO = ("true", "yes", "y", "1", "ja", "oui", "si"), ("false", "no", "n", "0", "nein", "non")
"""Words of a text column that a yes/no condition understands."""
OfField = Compare | OneOf | Says | Stated | Has | Flagged
_NUMBER = r"^\s*[+-]?(\d{1,30}\.?\d{0,30}|\.\d{1,30})([eE][+-]?\d{1,2})?\s*$"
"""A plain number; thousands have no marks here, since nobody can tell which mark they would have."""
_LONGEST_PATTERN = 20_000
_BEGINS = r"(?i)^[^\p{L}\p{N}]*(%s)([^\p{L}\p{N}]|$)"


def low(text: str) -> str:
    """A text in small letters as every engine writes them: letter by letter, one form of the small sigma.

    >>> low("ΟΔΟΣ") == low("οδος")
    True
    """
    return "".join(letter.lower()[0] for letter in text).replace("ς", "σ")


def plain(text: str) -> str:
    """A word as it is compared: small letters and digits alone.

    >>> plain("Decision-Maker ") == plain("decision maker")
    True
    """
    return "".join(letter for letter in low(text) if letter.isalnum())


def word_of(name: str) -> str:
    """The column with a field's text as `plain` makes its words."""
    return f"word of {name}"


def number_of(name: str) -> str:
    """The column with the number that a text field says."""
    return f"number of {name}"


def with_words(rows: Lazy, kinds: Mapping[str, str], asked: Iterable[Condition], numbers: Iterable[str] = ()) -> Lazy:
    """The rows with what `said` and the checks of addresses look at, once per field: `word_of` and `number_of`.

    `numbers`: further fields of which the number is asked for.
    """
    leaves = list(asked)
    words = {name for leaf in leaves if not isinstance(leaf, Compare) for name in fields_of(leaf)}
    compared = {leaf.field for leaf in leaves if isinstance(leaf, Compare)} | set(numbers)
    columns = {word_of(name): _folded(as_text(nw.col(name), kinds[name])) for name in sorted(words) if name in kinds}
    columns |= {number_of(name): _number(nw.col(name)) for name in sorted(compared) if kinds.get(name) == "text"}
    return rows.with_columns(**columns) if columns else rows


def filled(name: str) -> nw.Expr:
    """Is anything stated in the field? Never missing."""
    return ~nw.coalesce(_silent(nw.col(word_of(name))), nw.lit(True))


def said(leaf: OfField, kind: str) -> nw.Expr:
    """The condition on a field of that kind (text, number or flag), of rows that have `with_words`."""
    column, word = nw.col(leaf.field), nw.col(word_of(leaf.field))
    if isinstance(leaf, Compare):
        return _compared(nw.col(number_of(leaf.field)) if kind == "text" else column, leaf)
    if isinstance(leaf, Stated):
        return filled(leaf.field)
    if isinstance(leaf, Flagged):
        return (column if leaf.on else ~column) if kind == "flag" else _flagged(word, on=leaf.on)
    if isinstance(leaf, Says):
        return _known(_says(_low(as_text(column, kind)), leaf), word)
    if isinstance(leaf, OneOf):
        if kind == "number":
            return column.is_in(sorted({float(text) for text in leaf.values if re.match(_NUMBER, text, re.ASCII)}))
        return _known(word.is_in(sorted(set(map(plain, leaf.values)))), word)
    if kind != "text":
        return column != 0 if kind == "number" else column
    return _has(column, word)


def _number(column: nw.Expr) -> nw.Expr:
    return nw.when(column.str.contains(_NUMBER)).then(column.str.strip_chars()).cast(nw.Float64)


def _low(column: nw.Expr) -> nw.Expr:
    return column.str.to_lowercase().str.replace_all("ς", "σ", literal=True)


def _folded(column: nw.Expr) -> nw.Expr:
    return _low(column).str.replace_all(r"[^\p{L}\p{N}]+", "")


def _silent(word: nw.Expr) -> nw.Expr:
    return word.is_in(sorted({"", *map(plain, UNKNOWN_WORDS)}))


def _known(holds: nw.Expr, word: nw.Expr) -> nw.Expr:
    """Met where it holds; else not met, but where the field says nothing it cannot be told."""
    return nw.when(holds).then(nw.lit(True)).when(~_silent(word)).then(nw.lit(False))


def _has(column: nw.Expr, word: nw.Expr) -> nw.Expr:
    no = word.is_in(sorted(set(map(plain, NO_WORDS)))) | word.str.contains("^0+$") | _begins(column, NO_BEGINS)
    return (
        nw.when(~_silent(word) & no)
        .then(nw.lit(False))
        .when(~_silent(word) & ~_begins(column, ("not",)))
        .then(nw.lit(True))
    )


def _begins(column: nw.Expr, words: Sequence[str]) -> nw.Expr:
    return column.str.contains(_BEGINS % "|".join(words))


def _compared(number: nw.Expr, leaf: Compare) -> nw.Expr:
    against = {
        "<": number < leaf.value,
        "<=": number <= leaf.value,
        "=": number == leaf.value,
        "!=": number != leaf.value,
        ">=": number >= leaf.value,
        ">": number > leaf.value,
    }
    return against[leaf.op]


def _flagged(word: nw.Expr, *, on: bool) -> nw.Expr:
    return (
        nw.when(word.is_in(list(YES if on else NO)))
        .then(nw.lit(True))
        .when(word.is_in(list(NO if on else YES)))
        .then(nw.lit(False))
    )


def _says(text: nw.Expr, leaf: Says) -> nw.Expr:
    begin = r"^\s*" if leaf.place == "start" else ""
    words = [_literally(low(word).strip() if begin else low(word)) for word in leaf.words]
    patterns, size = [[words[0]]], len(words[0])
    for word in words[1:]:
        # A pattern of too many letters is more than an engine holds.
        size += len(word)
        if size > _LONGEST_PATTERN:
            patterns, size = [*patterns, []], len(word)
        patterns[-1].append(word)
    found = [text.str.contains(f"{begin}({'|'.join(some)})") for some in patterns]
    return reduce(lambda one, other: one | other, found)


def _literally(word: str) -> str:
    return re.sub(r"([\\.^$*+?{}\[\]|()])", r"\\\1", word)

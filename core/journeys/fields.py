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
    here = sorted(words & set(kinds))
    columns = {word_of(name): _folded(as_text(nw.col(name), kinds[name])) for name in here}
    columns |= {number_of(name): _number(nw.col(name)) for name in sorted(compared) if kinds.get(name) == "text"}
    rows = rows.with_columns(**columns) if columns else rows
    silent = {_silence_of(name): _is(nw.col(word_of(name)), ("", *UNKNOWN_WORDS)) for name in here}
    return rows.with_columns(**silent) if silent else rows


def filled(name: str) -> nw.Expr:
    """Is anything stated in the field? Never missing."""
    return ~nw.coalesce(nw.col(_silence_of(name)), nw.lit(True))


def said(leaf: OfField, kind: str) -> nw.Expr:
    """The condition on a field of that kind (text, number or flag), of rows that have `with_words`."""
    column, word = nw.col(leaf.field), nw.col(word_of(leaf.field))
    if isinstance(leaf, Compare):
        return _compared(nw.col(number_of(leaf.field)) if kind == "text" else column, leaf)
    if isinstance(leaf, Stated):
        return filled(leaf.field)
    if isinstance(leaf, Flagged):
        return (column if leaf.on else ~column) if kind == "flag" else _flagged(word, on=leaf.on)
    silent = nw.col(_silence_of(leaf.field))
    if isinstance(leaf, Says):
        return _known(_says(_low(as_text(column, kind)), leaf), silent)
    if isinstance(leaf, OneOf):
        if kind == "number":
            numbers = {float(text) for text in leaf.values if re.match(_NUMBER, text, re.ASCII)}
            # Beside a list without any number an engine may say no even of what is missing.
            return nw.when(~column.is_null()).then(column.is_in(sorted(numbers)))
        return _known(_is(word, leaf.values), silent)
    if kind != "text":
        return column != 0 if kind == "number" else column
    return _has(column, word, silent)


def _silence_of(name: str) -> str:
    return f"silence of {name}"


def _number(column: nw.Expr) -> nw.Expr:
    return nw.when(column.str.contains(_NUMBER)).then(column.str.strip_chars()).cast(nw.Float64)


def _low(column: nw.Expr) -> nw.Expr:
    return column.str.to_lowercase().str.replace_all("ς", "σ", literal=True)


def _folded(column: nw.Expr) -> nw.Expr:
    return _low(column).str.replace_all(r"[^\p{L}\p{N}]+", "")


def _is(word: nw.Expr, words: Iterable[str]) -> nw.Expr:
    """Is the word one of these? By pattern: an engine would make each list a table, and join it."""
    return _finds(word, "^", sorted(set(map(plain, words))), "$")


def _known(holds: nw.Expr, silent: nw.Expr) -> nw.Expr:
    """Met where it holds; else not met, but where the field says nothing it cannot be told."""
    return nw.when(holds).then(nw.lit(True)).when(~silent).then(nw.lit(False))


def _has(column: nw.Expr, word: nw.Expr, silent: nw.Expr) -> nw.Expr:
    no = _is(word, NO_WORDS) | word.str.contains("^0+$") | _begins(column, NO_BEGINS)
    return nw.when(~silent & no).then(nw.lit(False)).when(~silent & ~_begins(column, ("not",))).then(nw.lit(True))


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
        nw.when(_is(word, YES if on else NO)).then(nw.lit(True)).when(_is(word, NO if on else YES)).then(nw.lit(False))
    )


def _says(text: nw.Expr, leaf: Says) -> nw.Expr:
    if leaf.place == "start":
        return _finds(text, r"^\s*", [low(word).strip() for word in leaf.words], "")
    return _finds(text, "", [low(word) for word in leaf.words], "")


def _finds(text: nw.Expr, begin: str, words: Sequence[str], end: str) -> nw.Expr:
    """Does the text hold one of the words, in as many patterns as an engine needs to hold them?"""
    patterns: list[list[str]] = [[]]
    size = 0
    for word in map(_literally, words):
        size += len(word)
        if size > _LONGEST_PATTERN:
            patterns, size = [*patterns, []], len(word)
        patterns[-1].append(word)
    found = [text.str.contains(f"{begin}({'|'.join(some)}){end}") for some in patterns]
    return reduce(lambda one, other: one | other, found)


def _literally(word: str) -> str:
    return re.sub(r"([\\.^$*+?{}\[\]|()])", r"\\\1", word)

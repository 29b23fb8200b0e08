"""Columns of text → columns of dates, numbers, amounts and flags, by way of their distinct values."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from core.intake import dates, numbers
from core.intake.words import MISSING, NO, YES
from core.intake.zones import Ints

Bools = npt.NDArray[np.bool_]
_MISSING = pa.array(sorted(MISSING))


@dataclass(frozen=True)
class Distinct:
    """A column by its distinct values without outer spaces: `codes` gives each row's value, -1 where it is missing."""

    values: pa.Array
    codes: npt.NDArray[np.int32]

    def at(self, rows: Ints) -> npt.NDArray[np.int32]:
        """Codes of some rows."""
        return self.codes[rows]


def distinct(column: pa.ChunkedArray, *, only_empty: bool = False) -> Distinct:
    """A text column by its distinct values; missing are the words for "no value", or only the empty cells."""
    encoded = column.dictionary_encode().combine_chunks()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.chunk(0) if encoded.num_chunks else pa.array([], pa.string()).dictionary_encode()
    values = pc.utf8_trim_whitespace(encoded.dictionary)
    gone = pc.equal(values, "") if only_empty else pc.is_in(pc.utf8_lower(values), _MISSING)
    keep = ~np.asarray(gone.to_numpy(zero_copy_only=False), np.bool_)
    new = np.where(keep, np.cumsum(keep) - 1, -1).astype(np.int32)
    codes = np.asarray(encoded.indices.to_numpy(zero_copy_only=False), np.int32)
    return Distinct(values.filter(pa.array(keep)), new[codes] if len(new) else codes)


@dataclass(frozen=True)
class Dates:
    """A date column in the format of that name. Per distinct value: seconds UTC, day in the zone, whether it has a
    time, whether it is a date.
    """

    source: Distinct
    name: str | None
    at: Ints
    day: npt.NDArray[np.int32]
    timed: Bools
    ok: Bools

    def rows(self, rows: Ints) -> tuple[Ints, npt.NDArray[np.int32], Bools, Bools]:
        """Seconds, days, timed and valid for some rows."""
        if not len(self.ok):
            none = np.zeros(len(rows), np.bool_)
            return np.zeros(len(rows), np.int64), np.zeros(len(rows), np.int32), none, none
        codes = self.source.at(rows)
        return self.at[codes], self.day[codes], self.timed[codes], self.ok[codes] & (codes >= 0)


@dataclass(frozen=True)
class Values:
    """A typed column that is no date: per distinct value what it means, None where it cannot be read."""

    source: Distinct
    meaning: tuple[object, ...]

    @property
    def ok(self) -> Bools:
        """Per distinct value, whether it can be read."""
        return np.array([each is not None for each in self.meaning], np.bool_)

    def rows(self, rows: Ints, kind: pa.DataType) -> pa.Array:
        """What some rows mean, as a column of that type."""
        table = pa.array(list(self.meaning), kind)
        codes = self.source.at(rows)
        return table.take(pa.array(codes, mask=codes < 0))


def read_dates(source: Distinct, name: str | None, zone: ZoneInfo) -> tuple[Dates, bool]:
    """A column of dates in the agreed format, and whether its times were dropped.

    Where every value is midnight sharp, the time says nothing: the column holds days.
    """
    size = len(source.values)
    if name is None or not size:
        none = np.zeros(size, np.bool_)
        return Dates(source, name, np.zeros(size, np.int64), np.zeros(size, np.int32), none, none), False
    parsed = dates.parse(source.values, name)
    timed = parsed.timed & parsed.ok
    days_only = (
        bool(timed.any()) and bool((timed | ~parsed.ok).all()) and not bool((parsed.local[parsed.ok] % 86_400).any())
    )
    if days_only:
        none = np.zeros(size, np.bool_)
        parsed = dates.Parsed(parsed.ok, none, parsed.local, parsed.shift, none)
    at, day = parsed.instants(zone)
    return Dates(source, name, at, day, parsed.timed, parsed.ok), days_only


def read_numbers(source: Distinct, style: str) -> Values:
    """A column of numbers in the agreed style."""
    return Values(source, tuple(_float(numbers.number(text, style)) for text in source.values.to_pylist()))


def _float(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def read_flags(source: Distinct) -> Values:
    """A column of yes and no."""
    words = [text.casefold() for text in source.values.to_pylist()]
    return Values(source, tuple(True if word in YES else False if word in NO else None for word in words))


@dataclass(frozen=True)
class Amounts:
    """A column of money: per distinct value the number, per row the minor units of that row's currency."""

    source: Distinct
    value: tuple[Decimal | None, ...]

    @property
    def ok(self) -> Bools:
        """Per distinct value, whether it can be read."""
        return np.array([each is not None for each in self.value], np.bool_)

    def rows(self, rows: Ints, currencies: Sequence[str | None]) -> pa.Array:
        """Minor units for some rows, given the currency of each."""
        codes = self.source.at(rows)
        exponents = {code: numbers.exponent(code) for code in set(currencies)}
        tables = {
            exponent: pa.array(
                [None if each is None else numbers.minor(each, code) for each in self.value], pa.int64()
            ).take(pa.array(codes, mask=codes < 0))
            for code, exponent in exponents.items()
        }
        if len(tables) <= 1:
            return next(iter(tables.values()), pa.array([], pa.int64()))
        out = pa.nulls(len(rows), pa.int64())
        for exponent, table in tables.items():
            out = pc.if_else(pa.array([exponents[code] == exponent for code in currencies]), table, out)
        return out


def read_amounts(source: Distinct, style: str) -> Amounts:
    """A column of money in the agreed style."""
    return Amounts(source, tuple(numbers.number(text, style) for text in source.values.to_pylist()))

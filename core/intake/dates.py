"""Text → dates and instants, by one format agreed over every value of a column.

A format is a family of spellings that read in one way only: `31/12/2026` also covers `31/12/2026 19:58:54`. Whether
`03/04/2026` is in March or in April is a question about the column, never about the value.
"""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from core.intake.zones import Ints, day_of, utc_of

Bools = npt.NDArray[np.bool_]
_TIME = (
    r"(?:(?:[T ]|, ?)\s?(?P<H>\d{1,2}):(?P<M>\d{2})(?::(?P<S>\d{2})(?:[.,]\d{1,9})?)?"
    r"(?:\s?(?P<p>[AaPp])\.?[Mm]\.?)?(?:\s?(?P<z>Z|z|UTC|GMT|[+-]\d{2}:?(?:\d{2})?))?)?"
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_Y, _M, _D = r"(?P<y>\d{4})", r"(?P<m>\d{1,2})", r"(?P<d>\d{1,2})"
_YY = r"(?P<y>\d{4}|\d{2})"
_B = r"(?P<b>[A-Za-z]{3})[a-z]{0,6}\.?"
FORMATS: dict[str, str] = {
    "2026-12-31": rf"{_Y}-{_M}-{_D}{_TIME}",
    "2026/12/31": rf"{_Y}/{_M}/{_D}{_TIME}",
    "2026.12.31": rf"{_Y}\.{_M}\.{_D}{_TIME}",
    "31.12.2026": rf"{_D}\.\s?{_M}\.\s?{_YY}{_TIME}",
    "31/12/2026": rf"{_D}/{_M}/{_YY}{_TIME}",
    "12/31/2026": rf"{_M}/{_D}/{_YY}{_TIME}",
    "31-12-2026": rf"{_D}-{_M}-{_YY}{_TIME}",
    "12-31-2026": rf"{_M}-{_D}-{_YY}{_TIME}",
    "31 Dec 2026": rf"{_D}\.?[ -]{_B},?[ -]{_YY}{_TIME}",
    "Dec 31, 2026": rf"{_B} {_D},? {_Y}{_TIME}",
    "20261231": r"(?P<y>(?:19|20)\d{2})(?P<m>\d{2})(?P<d>\d{2})",
    "epoch seconds": r"(?P<e>\d{9,10})(?:\.\d+)?",
    "epoch milliseconds": r"(?P<e>\d{12,13})",
}
"""Name of each format (the last day of 2026 in it) and what it looks like."""
EXCEL = "Excel days"
"""Days since the end of 1899, as a spreadsheet shows a date without its format: read only where somebody says so."""
_EXCEL = r"(?P<x>[1-7]\d{4})(?:[.,]\d+)?"
NAMES = (*FORMATS, EXCEL)
"""Every format that can be stated."""
TWINS = {"31/12/2026": "12/31/2026", "12/31/2026": "31/12/2026", "31-12-2026": "12-31-2026", "12-31-2026": "31-12-2026"}
"""Formats that only the order of day and month tells apart."""
DAY_FIRST = ("31/12/2026", "31-12-2026")


@dataclass(frozen=True)
class Parsed:
    """Values read in one format: `local` seconds on the stated or on the zone's clock, `shift` what to subtract to get
    UTC (where the value says its zone), `timed` whether it has a time, `ok` whether it is a date at all.
    """

    ok: Bools
    timed: Bools
    local: Ints
    shift: Ints
    zoned: Bools

    def instants(self, zone: ZoneInfo) -> tuple[Ints, npt.NDArray[np.int32]]:
        """Seconds UTC and day in the zone. Where only a day is known, its first second and the day itself."""
        at = np.where(self.zoned, self.local - self.shift, 0)
        naive = ~self.zoned
        at[naive] = utc_of(self.local[naive], zone)
        days = day_of(at, zone)
        return at, np.where(self.timed, days, self.local // 86_400).astype(np.int32)


def parse(values: pa.Array, name: str) -> Parsed:
    """Read text values in the format of that name; what does not fit, or never was a day, is not `ok`.

    >>> parsed = parse(pa.array(["31/12/2026", "31/02/2026"]), "31/12/2026")
    >>> parsed.ok.tolist()
    [True, False]
    """
    found = pc.extract_regex(values, f"^{_EXCEL if name == EXCEL else FORMATS[name]}$")
    fits = pc.is_valid(found).to_numpy(zero_copy_only=False)
    parts = {field.name: found.field(index) for index, field in enumerate(found.type)}
    if "e" in parts:
        return _epoch(parts["e"], fits, 1000 if "milli" in name else 1)
    if "x" in parts:
        return _excel(parts["x"], fits)
    year, day = _ints(parts["y"]), _ints(parts["d"])
    year = np.where(year < 69, year + 2000, np.where(year < 100, year + 1900, year))
    month = _month(parts["b"]) if "b" in parts else _ints(parts["m"])
    hour, minute, second = (_ints(parts[key]) if key in parts else np.zeros(len(fits), np.int64) for key in "HMS")
    timed = _filled(parts.get("H"), len(fits))
    ok = fits & (year >= 1900) & (month >= 1) & (month <= 12) & (day >= 1) & (hour < 24) & (minute < 60) & (second < 61)
    if "p" in parts:
        half = _filled(parts["p"], len(fits))
        afternoon = half & pc.fill_null(pc.equal(pc.utf8_lower(parts["p"]), "p"), False).to_numpy(zero_copy_only=False)
        ok &= ~half | ((hour >= 1) & (hour <= 12))
        hour = np.where(half, hour % 12 + 12 * afternoon, hour)
    start = np.zeros(len(fits), "datetime64[D]")
    safe = np.where(ok, (year - 1970) * 12 + month - 1, 0)
    start = safe.astype("datetime64[M]")
    ok &= day <= (((start + 1).astype("datetime64[D]") - start.astype("datetime64[D]")).astype(np.int64))
    days = start.astype("datetime64[D]").astype(np.int64) + day - 1
    local = np.where(ok, days * 86_400 + hour * 3600 + minute * 60 + np.minimum(second, 59), 0)
    zoned = _filled(parts.get("z"), len(fits)) & ok
    return Parsed(
        ok, timed & ok, local, _shift(parts["z"], zoned) if "z" in parts else np.zeros(len(fits), np.int64), zoned
    )


def _epoch(texts: pa.Array, fits: Bools, per_second: int) -> Parsed:
    seconds = _ints(texts) // per_second
    ok = fits & (seconds >= 631_152_000) & (seconds < 4_102_444_800)
    return Parsed(ok, ok, np.where(ok, seconds, 0), np.zeros(len(ok), np.int64), ok)


def _excel(texts: pa.Array, fits: Bools) -> Parsed:
    """Whole days, so that the part behind the point, a time on nobody's clock, is left out."""
    none, zero = np.zeros(len(fits), np.bool_), np.zeros(len(fits), np.int64)
    return Parsed(fits, none, np.where(fits, (_ints(texts) - 25_569) * 86_400, 0), zero, none)


def _ints(texts: pa.Array) -> Ints:
    filled = pc.if_else(pc.equal(pc.fill_null(texts, ""), ""), "0", pc.fill_null(texts, "0"))
    return np.asarray(pc.cast(filled, pa.int64()).to_numpy(zero_copy_only=False))


def _filled(texts: pa.Array | None, size: int) -> Bools:
    if texts is None:
        return np.zeros(size, np.bool_)
    return np.asarray(pc.not_equal(pc.fill_null(texts, ""), "").to_numpy(zero_copy_only=False))


def _month(texts: pa.Array) -> Ints:
    at = pc.index_in(pc.utf8_lower(texts), pa.array(_MONTHS))
    return np.asarray(pc.fill_null(at, -1).to_numpy(zero_copy_only=False)).astype(np.int64) + 1


def _shift(texts: pa.Array, zoned: Bools) -> Ints:
    """Seconds east of UTC that each value states."""
    out = np.zeros(len(zoned), np.int64)
    unique = texts.dictionary_encode()
    codes = np.asarray(pc.fill_null(unique.indices, 0).to_numpy(zero_copy_only=False))
    table = np.array([_east(text) for text in unique.dictionary.to_pylist()] or [0], np.int64)
    out[zoned] = table[codes[zoned]]
    return out


def _east(text: str | None) -> int:
    if not text or text[0] not in "+-":
        return 0
    digits = text[1:].replace(":", "").ljust(4, "0")
    return (1 if text[0] == "+" else -1) * (int(digits[:2]) * 3600 + int(digits[2:]) * 60)


@dataclass(frozen=True)
class Fit:
    """Which format a column's values agree on. `name` is None where none fits. `unsure`: its twin with day and month
    the other way round fits as many values. `mixed`: some values fit only the one, some only the other.
    """

    name: str | None
    fitting: int
    unsure: bool = False
    mixed: bool = False


def agree(values: pa.Array) -> Fit:
    """The format that fits most of the distinct values given (all of them, not a sample).

    >>> agree(pa.array(["03/04/2026", "05/06/2026"])).unsure
    True
    >>> agree(pa.array(["03/04/2026", "25/06/2026"])).name
    '31/12/2026'
    """
    fits: dict[str, Bools] = {}
    tried: set[str] = set()
    few = values.slice(0, 200)
    for name in sorted(FORMATS, key=lambda name: -_looks(few, name)):
        tried.add(name)
        ok = _fitting(values, name)
        if ok is not None:
            fits[name] = ok
        # Formats other than twins exclude each other: where one fits everything, no third can.
        if any(fit.all() and TWINS.get(each, each) in tried for each, fit in fits.items()):
            break
    if not fits:
        return Fit(None, 0)
    best = max(fits, key=lambda name: int(fits[name].sum()))
    count = int(fits[best].sum())
    twin = TWINS.get(best)
    if twin is None or twin not in fits:
        return Fit(best, count)
    other = fits[twin]
    if int(other.sum()) == count:
        apart = bool((fits[best] & ~other).any())
        both = fits[best] & other
        same = bool((parse(values, best).local[both] == parse(values, twin).local[both]).all())
        return Fit(best, count, unsure=apart or not same, mixed=apart)
    return Fit(best, count, mixed=bool((other & ~fits[best]).any()))


def _looks(values: pa.Array, name: str) -> int:
    """How many values look like the format, be they real dates or not."""
    return int(pc.sum(pc.match_substring_regex(values, f"^{FORMATS[name]}$")).as_py() or 0)


def _fitting(values: pa.Array, name: str) -> Bools | None:
    ok = parse(values, name).ok if _looks(values, name) else np.zeros(0, np.bool_)
    return ok if bool(ok.any()) else None

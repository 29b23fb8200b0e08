"""Text → numbers, by one decimal sign agreed over every value of a column; money in minor units, without floats."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

POINT, COMMA = "1,234.5", "1.234,5"
FORMATS = (POINT, COMMA)
"""Names of the two styles: how twelve hundred thirty-four and a half is written."""
ANSWERS = {"point": POINT, "comma": COMMA}

_BODY = re.compile(r"[+-]?[0-9](?:[0-9.,' \u00a0\u2009\u202f’]*[0-9])?[.,]?|[+-]?[.,][0-9]+")
_DRESS = re.compile(r"^(?:[A-Z]{3}\b|[€$£¥₹₽₺₩]|R\$|kr|zł|CHF)\s*|\s*(?:\b[A-Z]{3}|[€$£¥₹₽₺₩]|kr|zł|CHF)$")
_SCALED = re.compile(r"(?<=[0-9])\s?(k|K|M|mn|Mn|bn|Bn)(?=\)?$)")
_SCALES = {"k": 3, "m": 6, "mn": 6, "bn": 9}
"""A letter behind an amount → its power of ten. A small m may be anything."""
_SPACES = re.compile(r"[' \u00a0\u2009\u202f’]")
_THOUSANDS = {
    POINT: re.compile(r"[0-9]{1,3}(?:,[0-9]{2,3})*,[0-9]{3}"),
    COMMA: re.compile(r"[0-9]{1,3}(?:\.[0-9]{2,3})*\.[0-9]{3}"),
}
_EXPONENT = {
    **dict.fromkeys(
        [
            "BIF",
            "CLP",
            "DJF",
            "GNF",
            "ISK",
            "JPY",
            "KMF",
            "KRW",
            "PYG",
            "RWF",
            "UGX",
            "UYI",
            "VND",
            "VUV",
            "XAF",
            "XOF",
            "XPF",
        ],
        0,
    ),
    **dict.fromkeys(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"], 3),
}
_MOST = 10**15


@dataclass(frozen=True)
class Style:
    """Which decimal sign a column's values agree on. `unsure`: both fit all of them and say different things."""

    name: str
    unsure: bool


def bare(text: str) -> str | None:
    """The number without currency and spaces, brackets turned into a minus; None where there is no number.

    >>> bare("$ 1 200.50"), bare("(45)"), bare("0x1A")
    ('1200.50', '-45', None)
    """
    body = text.strip()
    if body.startswith("(") and body.endswith(")"):
        body = "-" + body[1:-1].strip()
    sign = body[:1] if body[:1] in "+-" else ""
    body = sign + _DRESS.sub("", _DRESS.sub("", body.removeprefix(sign).strip(), count=1), count=1).strip()
    return _SPACES.sub("", body) if len(body) <= 40 and _BODY.fullmatch(body) else None


def number(text: str, style: str) -> Decimal | None:
    """The number that the text means in this style; None for anything else (not a number, infinite, hexadecimal).

    >>> number("1.200", POINT), number("1.200", COMMA), number("1e400", POINT), number("$342.09K", POINT)
    (Decimal('1.200'), Decimal('1200'), None, Decimal('342090.00'))
    """
    short = _SCALED.search(text.strip())
    if short is not None:
        value = number(_SCALED.sub("", text.strip()), style)
        larger = None if value is None else value * 10 ** _SCALES[short[1].lower()]
        return larger if larger is not None and abs(larger) < _MOST else None
    body = bare(text)
    if body is None:
        return None
    group, point = (",", ".") if style == POINT else (".", ",")
    whole, mark, part = body.partition(point)
    digits = whole.lstrip("+-")
    if point in part or group in part or (group in digits and not _THOUSANDS[style].fullmatch(digits)):
        return None
    value = Decimal(f"{whole.replace(group, '') or '0'}{'.' if mark else ''}{part}" if digits else f"{whole}0.{part}")
    return value if abs(value) < _MOST else None


def agree(values: Iterable[str]) -> Style:
    """The style that fits most of the distinct values given.

    >>> agree(["1.200", "45,5"]), agree(["1.200"]).unsure, agree(["7", "12"]).unsure
    (Style(name='1.234,5', unsure=False), True, False)
    """
    fits, differ = {POINT: 0, COMMA: 0}, False
    for text in values:
        point, comma = number(text, POINT), number(text, COMMA)
        fits[POINT] += point is not None
        fits[COMMA] += comma is not None
        differ = differ or (point is not None and comma is not None and point != comma)
    name = COMMA if fits[COMMA] > fits[POINT] else POINT
    return Style(name, differ and fits[POINT] == fits[COMMA])


def minor(value: Decimal, currency: str | None) -> int:
    """The amount in the currency's minor unit, hundredths where no currency is stated; halves go to the even unit.

    >>> minor(Decimal("1054.10"), None), minor(Decimal("1054"), "JPY")
    (105410, 1054)
    """
    return int((value * 10 ** exponent(currency)).to_integral_value())


def exponent(currency: str | None) -> int:
    """How many decimals the currency's minor unit has.

    >>> exponent("EUR"), exponent("KWD")
    (2, 3)
    """
    return _EXPONENT.get(currency or "", 2)

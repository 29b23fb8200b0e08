"""Which zones, countries and public holidays are there, and which one was meant?"""

import difflib
import zoneinfo
from collections.abc import Iterable
from datetime import date
from functools import cache

import holidays
from holidays.registry import COUNTRIES

from core.errors import CalendarInvalid


@cache
def zone_names() -> frozenset[str]:
    """The zones that are known here, such as Europe/Berlin."""
    return frozenset(zoneinfo.available_timezones() - {"localtime", "Factory"})


@cache
def _supported() -> dict[str, tuple[str, ...]]:
    return {code: tuple(parts) for code, parts in holidays.list_supported_countries(include_aliases=True).items()}


@cache
def country_names() -> dict[str, str]:
    """Country code → name in English, by name; these have public holidays here.

    >>> country_names()["DE"]
    'Germany'
    """
    named = {codes[1]: module.replace("_", " ").title() for module, codes in COUNTRIES.items()}
    return {code: named[code] for code in sorted(named, key=named.__getitem__)}


def subdivisions_of(country: str) -> tuple[str, ...]:
    """Codes of the states or regions of a country that have holidays of their own.

    >>> "BY" in subdivisions_of("DE")
    True
    """
    return _supported().get(country, ())


@cache
def subdivision_names(country: str) -> dict[str, str]:
    """Code → name of the states or regions of a country that have holidays of their own; the code where none is known.

    >>> subdivision_names("DE")["BY"]
    'Bayern'
    """
    known = subdivisions_of(country)
    if not known:
        return {}
    aliases = type(holidays.country_holidays(country)).subdivisions_aliases
    named = {code: name for name, code in reversed(aliases.items())}
    return {code: named.get(code, code) for code in known}


def agreed_zone(said: str) -> str:
    """The zone that is meant; raises `CalendarInvalid` with the nearest one where there is none of that name.

    >>> agreed_zone("Europe/Berlin")
    'Europe/Berlin'
    """
    if said in zone_names():
        return said
    raise CalendarInvalid(
        f'There is no time zone "{said[:60]}".',
        _meant(said, zone_names(), otherwise="Zones are written like Europe/Berlin or America/New_York."),
        place="zone",
    )


def agreed_country(said: str) -> str:
    """The code of the country that is meant; raises `CalendarInvalid` where none is known by it."""
    if said in _supported():
        return said
    by_name = {name.casefold(): code for code, name in country_names().items()}
    by_name |= {codes[2].casefold(): codes[1] for codes in COUNTRIES.values()}
    near = difflib.get_close_matches(said.casefold(), by_name, n=1, cutoff=0.7)
    raise CalendarInvalid(
        f'No public holidays are known for the country "{said[:60]}".',
        f'Did you mean "{by_name[near[0]]}"?'
        if near
        else "Write its two letters, such as DE or US, or leave it empty.",
        place="country",
    )


def agreed_subdivision(country: str, said: str) -> str:
    """The state or region that is meant; raises `CalendarInvalid` where the country has none of that code."""
    known = subdivisions_of(country)
    if said in known:
        return said
    if not known:
        hint = "Leave it empty: that country has the same holidays everywhere here."
    elif said.casefold() in (named := {name.casefold(): code for code, name in subdivision_names(country).items()}):
        hint = f'Did you mean "{named[said.casefold()]}"?'
    else:
        some = ", ".join(known[:20])
        hint = _meant(said, known, otherwise=f"Use one of {some}{' and more' if len(known) > 20 else ''}.")
    raise CalendarInvalid(f'{country} has no state or region "{said[:60]}".', hint, place="subdivision")


def _meant(said: str, names: Iterable[str], *, otherwise: str) -> str:
    """A hint with the nearest name: of the whole, or of its last part (`Berlin`, `europe/berln`)."""
    by_name = {name.rpartition("/")[2].casefold(): name for name in sorted(names)}
    by_name |= {name.casefold(): name for name in names}
    sought = said.strip().casefold().replace(" ", "_")
    for word in (sought, sought.rpartition("/")[2]):
        near = difflib.get_close_matches(word, by_name, n=1, cutoff=0.75)
        if near:
            return f'Did you mean "{by_name[near[0]]}"?'
    return otherwise


@cache
def public_holidays(country: str, subdivision: str | None, year: int) -> frozenset[date]:
    """The public holidays of a year, observed days included.

    >>> date(2026, 12, 25) in public_holidays("DE", None, 2026)
    True
    """
    return frozenset(holiday_names(country, subdivision, year))


@cache
def holiday_names(country: str, subdivision: str | None, year: int) -> dict[date, str]:
    """The public holidays of a year with their names in English.

    >>> holiday_names("DE", None, 2026)[date(2026, 4, 3)]
    'Good Friday'
    """
    found = holidays.country_holidays(country, subdiv=subdivision, years=year, language="en_US")
    return {day: found[day] for day in sorted(found)}

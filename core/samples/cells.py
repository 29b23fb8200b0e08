"""How ids, moments and flags are written in a cell."""

from datetime import datetime


def sf_id(prefix: str, number: int) -> str:
    """An 18-character id: prefix, counter in base 62, and the usual three check letters for the capitals."""
    digits, left, base = "", number * 3 + 11_000_000, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    while left:
        left, rest = divmod(left, 62)
        digits = base[rest] + digits
    core = prefix + "5g0000" + digits.rjust(6, "0")
    marks = (sum(1 << i for i, sign in enumerate(core[at : at + 5]) if sign.isupper()) for at in (0, 5, 10))
    return core + "".join("ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"[mark] for mark in marks)


def stamp(at: datetime) -> str:
    """A moment the way Salesforce writes it."""
    return f"{at:%Y-%m-%dT%H:%M:%S}.000+0000"


def flag(yes: bool) -> str:
    """Yes or no the way Salesforce writes it."""
    return "true" if yes else "false"

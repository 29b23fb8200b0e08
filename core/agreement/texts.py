"""What people write beside an agreement: notes, reasons, questions."""

from core.errors import AgreementRefused

LONGEST = 4_000


def brief(text: str, what: str) -> str:
    """The text without space around it; `AgreementRefused` where it is longer than anybody reads.

    >>> brief("  more budget ", "The note")
    'more budget'
    """
    said = text.strip()
    if len(said) > LONGEST:
        raise AgreementRefused(
            f"{what} has {len(said):,} characters, and at most {LONGEST:,} are kept.",
            "Say it shorter, or name a document.",
            code="too_long",
        )
    return said


def needed(text: str, what: str, hint: str, *, code: str) -> str:
    """The text, which must say something."""
    said = brief(text, what)
    if not said:
        raise AgreementRefused(f"{what} is empty.", hint, code=code)
    return said

"""From a draft to what is in force: the rules of proposing, signing and taking back."""

from collections.abc import Iterable
from datetime import datetime

from core.agreement.people import Person, Side, same
from core.agreement.standing import Version, agreed, spans, standing
from core.agreement.texts import brief
from core.errors import AgreementRefused, StoreError
from core.store import Book, Signature, Who


def propose(
    book: Book,
    draft_id: int,
    *,
    by: Person,
    starts_at: datetime | None,
    past: bool,
    note: str,
    at: datetime,
) -> int:
    """Freeze what the draft holds now as the next version and put it before both sides; gives the version's number.

    A version equal to the newest one is that one, so that what is measured by today can be signed as it stands.
    `past`: the day of `starts_at` is over where the data are.
    """
    draft = book.draft(draft_id)
    definition_id = draft.definition_id
    newest = next(iter(standing(book, definition_id, at=at)), None)
    if newest is not None and newest.content_hash == draft.content_hash:
        said = {"proposed": "is proposed", "signed": "is signed", "in_force": "is in force"}.get(newest.state)
        if said is not None:
            raise AgreementRefused(
                f"Version {newest.number} says exactly this, and {said} already.",
                "Change the draft first.",
                code="nothing_new",
            )
    before = agreed(book.proposals(definition_id), book.signatures(definition_id))
    if past and before:
        raise AgreementRefused(
            "The day lies in the past, and another version was agreed for it: "
            "leads handed over since were worked by that one.",
            "Choose today or a later day. Only the first agreement may reach back, since before it nothing was agreed.",
            code="past",
        )
    number = book.save_version(
        draft.definition,
        definition_id=definition_id,
        content_hash=draft.content_hash,
        at=at,
        note=brief(note, "The note"),
    )
    book.propose(definition_id, number, starts_at=starts_at, at=at, by=by.name, note=brief(note, "The note"))
    return number


def withdraw(book: Book, version: Version, *, by: Person, why: str, at: datetime) -> None:
    """Take a proposal off the table, while it is not in force."""
    _not_in_force(version, "It can be replaced by another version, not taken back.")
    if version.state not in ("proposed", "signed") or version.proposal is None:
        raise _closed(version)
    book.withdraw_proposal(version.proposal.id, at=at, by=by.name, why=brief(why, "The reason"))


def sign(book: Book, version: Version, *, by: Person, content_hash: str, note: str, at: datetime) -> None:
    """Say yes to exactly what was seen (`content_hash`), for one side."""
    if version.state == "signed" or version.state == "in_force":
        raise AgreementRefused(
            f"Version {version.number} is signed by both sides already.",
            "Nothing is left to do.",
            code="already_signed",
        )
    if version.state != "proposed" or version.proposal is None:
        raise _closed(version)
    if content_hash != version.content_hash:
        raise AgreementRefused(
            f"What you saw is not what is proposed as version {version.number}: a draft can have changed since.",
            "Look at the proposed version, and sign that.",
            code="other_content",
        )
    for signature in version.signatures:
        if signature.side == by.side:
            raise AgreementRefused(
                f"{signature.name} has signed for {by.side} already.",
                f"One signature for each side is enough. {_waiting(version.missing)}",
                code="already_signed",
            )
        if same(_who(signature), by.who):
            raise AgreementRefused(
                f"{signature.name} has signed for {signature.side}: one person cannot sign for both sides.",
                f"Let somebody of {by.side} sign.",
                code="same_person",
            )
    if any(signature.signed_at > at for signature in version.signatures):
        raise StoreError("The other side's signature lies in the future.", "Check the clock of this machine.")
    book.sign(version.proposal.id, content_hash=content_hash, note=brief(note, "The note"), at=at, **by.who)


def withdraw_signature(book: Book, version: Version, *, by: Person, why: str, at: datetime) -> None:
    """Take one's own signature back, while the version is not in force."""
    _not_in_force(version, "A signature counts once it has come into force; propose another version.")
    if version.state not in ("proposed", "signed"):
        raise _closed(version)
    for signature in version.signatures:
        if signature.side == by.side and same(_who(signature), by.who):
            book.withdraw_signature(signature.id, at=at, why=brief(why, "The reason"))
            return
    raise AgreementRefused(
        f"{by.name} has not signed version {version.number} for {by.side}.",
        "A signature is taken back by whoever gave it; anybody can withdraw the proposal.",
        code="not_signer",
    )


def due(book: Book, *, at: datetime) -> tuple[str, int] | None:
    """The definition and version that should be measured by since they came into force; None where they are, or where
    a person has chosen another version since."""
    begun = [
        (span.effective_at, span.proposal.id, span.proposal.definition_id, span.proposal.version)
        for definition_id in book.definition_ids()
        for span in spans(book.proposals(definition_id), book.signatures(definition_id))
        if span.effective_at <= at
    ]
    if not begun:
        return None
    since, _, definition_id, number = max(begun)
    used = book.used()
    if used is not None and used.chosen_by != "import" and used.chosen_at >= since:
        # Of two agreements of one instant the later one holds; a person's choice of that instant stays.
        same = (used.definition_id, used.version) == (definition_id, number)
        if same or used.chosen_by == "person" or used.chosen_at > since:
            return None
    return definition_id, number


def settle(book: Book, *, at: datetime) -> bool:
    """Measure by what has come into force; did that change anything?"""
    wanted = due(book, at=at)
    if wanted is not None:
        book.use(*wanted, at=at)
    return wanted is not None


def closes(book: Book, voice_ids: Iterable[int], number: int, *, by: Person, at: datetime) -> None:
    """Note that a version answers these voices; they are closed once it is signed by both sides."""
    for voice_id in dict.fromkeys(voice_ids):
        book.voice(voice_id)
        book.answer(voice_id, outcome="changed", version=number, why="", name=by.name, account=by.account, at=at)


def _who(signature: Signature) -> Who:
    return {
        "side": signature.side,
        "name": signature.name,
        "person_id": signature.person_id,
        "account": signature.account,
    }


def _waiting(sides: tuple[Side, ...]) -> str:
    return f"It waits for {sides[0]}." if sides else ""


def _not_in_force(version: Version, hint: str) -> None:
    if version.state == "in_force":
        raise AgreementRefused(f"Version {version.number} is in force.", hint, code="in_force")


def _closed(version: Version) -> AgreementRefused:
    said = {
        "saved": "was never proposed",
        "withdrawn": "was withdrawn",
        "superseded": "was superseded: a later version has been proposed or signed",
    }.get(version.state, "is not open")
    return AgreementRefused(
        f"Version {version.number} {said}.", "Propose it, or the draft that follows it.", code="not_open"
    )

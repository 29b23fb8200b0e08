"""Which version stands where: proposed, signed, in force, superseded; and which was in force when."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Literal

from core.agreement.people import SIDES, Side
from core.definition import Definition, parse
from core.store import Book, DefinitionVersion, Proposal, Signature

State = Literal["saved", "proposed", "withdrawn", "signed", "in_force", "superseded"]
STATES: dict[State, str] = {
    "saved": "kept, proposed by nobody",
    "proposed": "waits for signatures",
    "withdrawn": "taken off the table",
    "signed": "signed by both sides, not yet in force",
    "in_force": "what holds now",
    "superseded": "a later version took its place",
}


@dataclass(frozen=True)
class Version:
    """One version of a definition and how it stands at the instant that was asked about.

    `signatures` are those that stand, marketing's first. In force from `starts_at` until `until`, both missing where
    it never is; `agreed_at` is when the second side signed.
    """

    kept: DefinitionVersion
    state: State
    proposal: Proposal | None = None
    signatures: tuple[Signature, ...] = ()
    agreed_at: datetime | None = None
    starts_at: datetime | None = None
    until: datetime | None = None

    @cached_property
    def definition(self) -> Definition:
        """What it says."""
        return parse(self.kept.definition)

    @property
    def definition_id(self) -> str:
        """The definition that it is a version of."""
        return self.kept.definition_id

    @property
    def number(self) -> int:
        """Counts the versions, from 1."""
        return self.kept.version

    @property
    def saved_at(self) -> datetime:
        """When it was kept."""
        return self.kept.saved_at

    @property
    def note(self) -> str:
        """What was said with it."""
        return self.kept.note

    @property
    def content_hash(self) -> str:
        """What a signature binds to: the hash that was kept with the version, not one made anew."""
        return self.kept.content_hash

    @property
    def missing(self) -> tuple[Side, ...]:
        """The sides that have not signed."""
        signed = {signature.side for signature in self.signatures}
        return tuple(side for side in SIDES if side not in signed)


@dataclass(frozen=True)
class Span:
    """From when a signed version is in force; `until` the next one is."""

    proposal: Proposal
    agreed_at: datetime
    starts_at: datetime
    until: datetime | None = None

    @property
    def effective_at(self) -> datetime:
        """From when people can measure by it: the first agreement may reach back behind its own signatures."""
        return max(self.starts_at, self.agreed_at)


def standing_signatures(proposal: Proposal, signatures: Iterable[Signature]) -> tuple[Signature, ...]:
    """The signatures under a proposal that were not taken back, marketing's first."""
    own = [one for one in signatures if one.proposal_id == proposal.id and one.withdrawn_at is None]
    return tuple(sorted(own, key=lambda one: SIDES.index(one.side)))


def agreed(proposals: Sequence[Proposal], signatures: Sequence[Signature]) -> tuple[Span, ...]:
    """Every proposal that both sides signed, in the order in which they were proposed, with the start that it got.

    A start never lies before the second signature, since a lead cannot have been judged by what nobody had agreed.
    The first agreement alone may start earlier: before it there was nothing that it could overrule.
    """
    out: list[Span] = []
    for proposal in proposals:
        signed = standing_signatures(proposal, signatures)
        if proposal.withdrawn_at is not None or len(signed) < len(SIDES):
            continue
        at = max(signature.signed_at for signature in signed)
        wanted = proposal.starts_at or at
        out.append(Span(proposal, at, max(wanted, at) if out else wanted))
    return tuple(out)


def spans(proposals: Sequence[Proposal], signatures: Sequence[Signature]) -> tuple[Span, ...]:
    """The times in force, one after the other without a gap. Of two agreements on one day the later one holds."""
    held: list[Span] = []
    for span in agreed(proposals, signatures):
        held = [earlier for earlier in held if earlier.starts_at < span.starts_at]
        held.append(span)
    ends = [*(span.starts_at for span in held), None][1:]
    return tuple(replace(span, until=until) for span, until in zip(held, ends, strict=True))


def is_open(proposal: Proposal, proposals: Sequence[Proposal], signatures: Sequence[Signature]) -> bool:
    """May it be signed? It is the newest proposal, was not withdrawn, and not both sides have signed it."""
    newest = proposal.id == max(one.id for one in proposals)
    return newest and proposal.withdrawn_at is None and len(standing_signatures(proposal, signatures)) < len(SIDES)


def standing(book: Book, definition_id: str, *, at: datetime) -> tuple[Version, ...]:
    """Every version of a definition as it stands at `at`, newest first."""
    proposals, signatures = book.proposals(definition_id), book.signatures(definition_id)
    held = spans(proposals, signatures)
    both = {span.proposal.id: span.agreed_at for span in agreed(proposals, signatures)}
    out = []
    for kept in book.versions(definition_id):
        own = [proposal for proposal in proposals if proposal.version == kept.version]
        newest = own[-1] if own else None
        span = next((one for one in held if newest is not None and one.proposal.id == newest.id), None)
        out.append(
            Version(
                kept,
                _state(newest, span, both, proposals, signatures, at),
                newest,
                () if newest is None else standing_signatures(newest, signatures),
                None if newest is None else both.get(newest.id),
                None if span is None else span.starts_at,
                None if span is None else span.until,
            )
        )
    return tuple(out)


def _state(
    proposal: Proposal | None,
    span: Span | None,
    both: dict[int, datetime],
    proposals: Sequence[Proposal],
    signatures: Sequence[Signature],
    at: datetime,
) -> State:
    if proposal is None:
        return "saved"
    if proposal.withdrawn_at is not None:
        return "withdrawn"
    if proposal.id in both:
        if span is None or (span.until is not None and span.until <= at):
            return "superseded"
        return "in_force" if span.effective_at <= at else "signed"
    return "proposed" if is_open(proposal, proposals, signatures) else "superseded"

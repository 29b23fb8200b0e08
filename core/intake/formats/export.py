"""What a system's export is known by, as data."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Export:
    """One export of one system.

    `needs`: groups of header spellings, one of each group must be there; `without`: spellings that rule it out.
    `columns`: target → header spellings, best first, before the spellings of any system are tried; a header may be sent
    to a field of the shape, to `stage:<label>`, or to `keep`. `constants`: what every row of this export is, though no
    column says so (`outcome`: won). `nothing`: what stands in an id where there is none, beside the usual words.
    Spellings are compared without case, spaces and punctuation, so `sign` is what the needed headers must contain as
    they stand (Pipedrive's "Lead - Owner" is not anybody's "Lead Owner").
    """

    system: str
    title: str
    shape: str
    needs: tuple[tuple[str, ...], ...]
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    without: tuple[str, ...] = ()
    constants: Mapping[str, str] = field(default_factory=dict)
    nothing: tuple[str, ...] = ()
    sign: str = ""

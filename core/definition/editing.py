"""A definition while it is written: parts added, taken out, moved, replaced. It may contradict itself meanwhile."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from core.definition.agreed import Attention, Criterion
from core.definition.clocks import Clock
from core.definition.conditions import All, Condition, Happened, Meets
from core.definition.differing import KINDS
from core.definition.forms import begun
from core.definition.frozen import Frozen
from core.definition.model import Definition
from core.definition.scoring import BehaviourRule, FitRule
from core.definition.stages import Exit, Reason, Stage

Raw = dict[str, Any]
"""A definition, or a part of one, as it is written down; it holds what `parse` may refuse."""

MODELS: Mapping[str, tuple[type[Frozen], ...]] = {
    "stage": (Stage,),
    "criterion": (Criterion,),
    "rule": (FitRule, BehaviourRule),
    "reason": (Reason,),
    "exit": (Exit,),
    "clock": (Clock,),
    "attention": (Attention,),
}
"""Kind of part (as in `differing.KINDS`) → what it may be."""


def raw_of(definition: Definition) -> Raw:
    """The definition, to be written on."""
    found: Raw = definition.model_dump(mode="json")
    return found


def items(raw: Raw, kind: str) -> dict[str, Raw]:
    """Id → part of that kind, in order."""
    return {str(item[KINDS[kind].key]): item for item in raw[KINDS[kind].field]}


def model_of(kind: str, item: Mapping[str, Any]) -> type[Frozen]:
    """The model of one part."""
    models = MODELS[kind]
    return next((one for one in models if len(models) > 1 and _kind(one) == item.get("kind")), models[0])


def with_new(raw: Raw, kind: str, name: str, model: type[Frozen] | None = None) -> tuple[Raw, str]:
    """With one more part of that kind, at the end, and its id; a new stage stands before the one that is won."""
    made = model or MODELS[kind][0]
    key = KINDS[kind].key
    own = name if kind == "attention" else _new_id(name, raw)
    item = {key: own, **begun(made)} if kind == "attention" else {key: own, "name": name.strip(), **begun(made)}
    listed = list(raw[KINDS[kind].field])
    place = len(listed)
    if kind == "stage":
        place = next((k for k, stage in enumerate(listed) if stage.get("won")), place)
        handed = next((k for k, stage in enumerate(listed) if stage.get("hands_over")), place)
        item["side"] = "sales" if place > handed else "marketing"
    listed.insert(place, item)
    return {**raw, KINDS[kind].field: listed}, own


def without(raw: Raw, kind: str, key: str) -> Raw:
    """Without that part; stages, ways out and what sales validates no longer name it."""
    name, own = KINDS[kind].key, KINDS[kind].field
    out = {**raw, own: [item for item in raw[own] if item[name] != key]}
    if kind == "criterion":
        out["validated"] = [one for one in raw["validated"] if one != key]
        out["stages"] = [{**s, "criteria": [c for c in s.get("criteria", ()) if c != key]} for s in raw["stages"]]
    if kind == "stage":
        out["exits"] = [{**way, "leaves": None} if way.get("leaves") == key else way for way in raw["exits"]]
        out["attention"] = [one for one in raw["attention"] if one["stage"] != key]
    return out


def moved(raw: Raw, kind: str, key: str, by: int) -> Raw:
    """With that part so many places further down, as far as there are places."""
    name, own = KINDS[kind].key, KINDS[kind].field
    listed = list(raw[own])
    place = next(k for k, item in enumerate(listed) if item[name] == key)
    item = listed.pop(place)
    listed.insert(min(max(place + by, 0), len(listed)), item)
    return {**raw, own: listed}


def replaced(raw: Raw, kind: str, key: str, item: Raw) -> Raw:
    """With that part written anew."""
    name, own = KINDS[kind].key, KINDS[kind].field
    return {**raw, own: [item if old[name] == key else old for old in raw[own]]}


def asked_by(kind: str, part: Any, definition: Definition) -> Condition | None:
    """The condition by which leads can be counted that a part speaks of; None where it speaks of none.

    Of a stage: everything that a lead in it meets. Of a rule for behaviour: that it counted at all.

    >>> from core.definition.templates import THREE_STAGES
    >>> asked_by("criterion", THREE_STAGES.criteria[2], THREE_STAGES) == THREE_STAGES.criteria[2].condition
    True
    """
    if kind == "criterion":
        found: Condition = part.condition
        return found
    if kind == "stage":
        return meeting_all(part.criteria)
    if kind == "validated":
        return meeting_all(definition.validated)
    if kind == "reason":
        return part.facts.condition if part.facts is not None and part.facts.kind == "holds" else None
    if isinstance(part, FitRule):
        return part.when
    if isinstance(part, BehaviourRule):
        return Happened(what=part.what, names=part.names, within_days=part.within_days)
    return None


def meeting_all(criteria: tuple[str, ...]) -> Condition | None:
    """That all of these criteria are met; None without any."""
    return All(of=tuple(Meets(criterion=one) for one in criteria)) if criteria else None


def _kind(model: type[Frozen]) -> Any:
    return model.model_fields["kind"].default


def _new_id(name: str, raw: Raw) -> str:
    """A short name of small letters that nothing in the definition has yet."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    word = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:40]
    word = word if word[:1].isalpha() else f"part_{word}".rstrip("_")
    taken = {str(item.get("id")) for kind in KINDS.values() for item in raw[kind.field]}
    return next(one for k in range(1, len(taken) + 2) if (one := word if k == 1 else f"{word}_{k}") not in taken)

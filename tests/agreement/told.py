"""Who agrees in the tests, and short ways to agree."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from core.agreement import Agreement, Draft, Person, Version
from core.definition import Definition, parse

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
DAY = timedelta(days=1)
ADA, BEN = Person("Ada Reid", "marketing"), Person("Ben Okoye", "sales")

PEOPLE = """Id,Name,UserRole,ManagerName,TimeZoneSidKey,IsActive,UserType
0055g000000k9b1AAA,Ada Reid,Marketing,,GMT,true,Standard
0055g000000k9b2AAA,Ben Okoye,Inside Sales,,GMT,true,Standard
0055g000000k9b3AAA,Cleo Hahn,Board,,GMT,true,Standard
0055g000000k9b4AAA,Dan Cox,Board,,GMT,true,Standard
0055g000000k9b5AAA,Dan Cox,Board,,GMT,true,Standard
0055g000000k9b6AAA,Lead Robot,Marketing,,GMT,true,Integration
00G5g000000k9b7AAA,Unassigned leads queue,Sales,,GMT,true,Queue
"""


def bigger(definition: Definition, employees: int, key: str = "big") -> Definition:
    """The definition with one criterion more, or with another bound in it."""
    asked = {"kind": "compare", "field": "employees", "op": ">=", "value": employees}
    content: dict[str, Any] = definition.model_dump(mode="json")
    content["criteria"] = [one for one in content["criteria"] if one["id"] != key]
    content["criteria"].append({"id": key, "name": f"Criterion {key}", "condition": asked})
    return parse(content)


def begun(agreement: Agreement, employees: int = 50) -> Draft:
    """A draft of "classic" that differs from every other of these by its number of employees."""
    draft = agreement.begin_from_template("classic", at=NOW, by="Ada Reid")
    return agreement.save(draft.id, bigger(draft.definition, employees), seen=1, at=NOW, by="Ada Reid")


def proposed(agreement: Agreement, employees: int = 50, *, at: datetime = NOW, starts: date | None = None) -> Version:
    draft = begun(agreement, employees)
    return agreement.propose(draft.id, seen=draft.revision, by=ADA, at=at, starts=starts)


def signed(agreement: Agreement, version: Version, who: Person, at: datetime = NOW) -> Version:
    return agreement.sign(version.definition_id, version.number, by=who, content_hash=version.content_hash, at=at)


def agreed(agreement: Agreement, employees: int = 50, *, at: datetime = NOW, starts: date | None = None) -> Version:
    version = proposed(agreement, employees, at=at, starts=starts)
    signed(agreement, version, ADA, at)
    return signed(agreement, version, BEN, at)

"""Who works at the made company: the reps and their teams, the queue and the machines."""

from dataclasses import dataclass

BLACK_HOLE_TEAM = "Emerging"


@dataclass(frozen=True)
class User:
    """Who can own a lead, do a task or change a record."""

    key: int
    name: str
    role: str
    manager: str
    kind: str = "Standard"


QUEUE = User(1, "Unassigned leads queue", "Marketing", "", "Queue")
MACHINE = User(2, "Marketing Automation", "Marketing", "", "Integration")
LIST_IMPORT = User(4, "List Import", "Marketing", "", "Integration")
OPS = User(3, "Agnes Holm", "Marketing Operations", "Petra Sand")
_TEAMS = {
    "Enterprise": ("Ingrid Vallon", ("Tomas Berge", "Aisha Karim", "Declan Moore", "Mei Tanaka")),
    "Mid-Market": ("Ravi Menon", ("Viktor Lund", "Sofia Pereira", "Hannah Okoye", "Luca Ferri", "Noor Haddad")),
    BLACK_HOLE_TEAM: ("Greta Olin", ("Jonas Ek", "Carla Ruiz", "Samuel Adeyemi", "Emma Falk", "Pavel Novak")),
}
REPS: dict[str, list[User]] = {}
for _team, (_boss, _names) in _TEAMS.items():
    REPS[_team] = [User(10 + sum(map(len, REPS.values())) + i, n, _team, _boss) for i, n in enumerate(_names)]
OVER_REJECTER, NEW_REP = REPS["Mid-Market"][0], REPS["Mid-Market"][4]
USERS = (QUEUE, MACHINE, LIST_IMPORT, OPS, *(rep for team in REPS.values() for rep in team))

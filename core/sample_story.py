"""Lives one invented year at a made company, lead by lead, for the checked-in sample exports."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

START, END = datetime(2025, 7, 1, tzinfo=UTC), datetime(2026, 6, 30, 17, tzinfo=UTC)
OPENS, CLOSES = 9, 17
SPRING = (datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC))
# Leads that come back need months to do so, so only early ones are picked.
RETURNERS_UNTIL = datetime(2025, 11, 1, tzinfo=UTC)
NEW_REP_WINDOW = (datetime(2026, 6, 1, tzinfo=UTC), datetime(2026, 6, 17, tzinfo=UTC))
# What the new rep's first leads happen to get: a bad start by luck, with everybody's usual odds behind it.
NEW_REP_LUCK = (False, True, False, False, True, False, True, True)
JUNK, BLACK_HOLE_TEAM = "Purchased List", "Emerging"
LIST_UPLOADS = (
    datetime(2025, 9, 9, 10, 5, tzinfo=UTC),
    datetime(2025, 11, 18, 14, 30, tzinfo=UTC),
    datetime(2026, 1, 20, 11, 15, tzinfo=UTC),
)
# Every source with its weight and the campaign it runs.
SOURCES = {
    "Website": (26, "FY26 Always-on Web"),
    "Content Download": (19, "Pump Sizing Guide"),
    "Webinar": (16, "Energy Savings Webinar"),
    "Paid Search": (15, "Search Brand+Generic"),
    "Trade Show": (12, "FlowTech Expo"),
    "Partner": (7, ""),
    "Referral": (5, ""),
}
LEADS, JUNK_LEADS, DUPLICATES = 5560, 390, 56
NO_BUDGET, BAD_TIMING, BAD_DATA = "No budget", "Bad timing", "Inaccurate data"
REASONS = (NO_BUDGET, "No authority", "No need", BAD_TIMING, "Unable to reach", BAD_DATA, "Not a fit")
REASON_ODDS = (14, 12, 20, 22, 17, 4, 11)


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
OPS = User(3, "Agnes Holm", "Marketing Operations", "Petra Sand")
_TEAMS = {
    "Enterprise": ("Ingrid Vallon", ("Tomas Berge", "Aisha Karim", "Declan Moore", "Mei Tanaka")),
    "Mid-Market": ("Ravi Menon", ("Viktor Lund", "Sofia Pereira", "Hannah Okoye", "Luca Ferri", "Noor Haddad")),
    "Emerging": ("Greta Olin", ("Jonas Ek", "Carla Ruiz", "Samuel Adeyemi", "Emma Falk", "Pavel Novak")),
}
REPS: dict[str, list[User]] = {}
for _team, (_boss, _names) in _TEAMS.items():
    REPS[_team] = [User(10 + sum(map(len, REPS.values())) + i, n, _team, _boss) for i, n in enumerate(_names)]
OVER_REJECTER, NEW_REP = REPS["Mid-Market"][0], REPS["Mid-Market"][4]
USERS = (QUEUE, MACHINE, OPS, *(rep for team in REPS.values() for rep in team))


@dataclass(frozen=True)
class Change:
    """One line of a lead's history."""

    at: datetime
    field: str
    old: str
    new: str
    by: User


@dataclass(frozen=True)
class Task:
    """One call, mail or meeting on a lead; an unfinished one carries its due day."""

    at: datetime
    by: User
    kind: str
    subject: str
    result: str = ""
    seconds: int = 0
    due: datetime | None = None


@dataclass
class Deal:
    """The opportunity a lead turned into."""

    at: datetime
    owner: User
    stage: str
    amount: int | None
    closes: datetime
    loss: str = ""


@dataclass
class Lead:
    """One lead with everything that ever happened to it."""

    created: datetime
    source: str
    team: str
    budget: bool
    authority: bool
    owner: User = QUEUE
    status: str = "Raw"
    changes: list[Change] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)
    deal: Deal | None = None
    master: Lead | None = None
    number: int = 0

    def move(self, at: datetime, status: str, by: User, reason: str = "") -> bool:
        """Changes the status, unless that would fall after the company's last day."""
        if at > END:
            return False
        self.changes.append(Change(at, "Status", self.status, status, by))
        self.status = status
        if reason:
            self.changes.append(Change(at, "Rejection_Reason__c", "", reason, by))
        return True

    def assign(self, at: datetime, rep: User) -> bool:
        """Hands the lead from the queue to a rep."""
        if at <= END:
            self.changes.append(Change(at, "Owner", self.owner.name, rep.name, MACHINE))
            self.owner = rep
        return at <= END


def add_hours(at: datetime, hours: float) -> datetime:
    """The moment so many business hours (Mon-Fri 09-17) after another one."""
    left = timedelta(seconds=int(hours * 3600))
    while True:
        opens, closes = at.replace(hour=OPENS, minute=0, second=0), at.replace(hour=CLOSES, minute=0, second=0)
        if at.weekday() < 5 and at < closes:
            at = max(at, opens)
            if at + left < closes:
                return at + left
            left -= closes - at
        at = opens + timedelta(days=1)


class Year:
    """Plays the year out once for a seed; `leads` is everything that happened."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.lucky = list(NEW_REP_LUCK)
        self.new_rep_leads = 0
        self.leads: list[Lead] = []
        for number in range(LEADS + JUNK_LEADS):
            # A power just under one leans late: a company that grows a little.
            at = START + timedelta(seconds=int(364.9 * 86400 * self.rng.random() ** 0.9))
            if self._hit(0.75) and add_hours(at, 6) < END:  # the rest are forms filled in at night and at weekends
                at = add_hours(at, self.rng.random() * 6)
            source = self.rng.choices(list(SOURCES), [weight for weight, _ in SOURCES.values()])[0]
            if number >= LEADS:
                at, source = self.rng.choice(LIST_UPLOADS) + timedelta(seconds=self.rng.randrange(50)), JUNK
            team = self.rng.choices(list(REPS), (27, 46, 27))[0]
            self.leads.append(Lead(at, source, team, self._hit(0.5), self._hit(0.5)))
        self.leads.sort(key=lambda one: one.created)
        for lead in self.leads:
            self._live(lead)
        self._duplicate()
        self.leads.sort(key=lambda one: one.created)
        for number, lead in enumerate(self.leads):
            lead.number = number

    def _hit(self, odds: float) -> bool:
        return self.rng.random() < odds

    def _around(self, median: float, spread: float = 0.6) -> float:
        return median * math.exp(self.rng.gauss(0, spread))

    def _live(self, lead: Lead) -> None:
        """Raw, Viable, MQL: marketing's half of a lead's life."""
        rng, junk = self.rng, lead.source == JUNK
        lead.changes.append(Change(lead.created, "created", "", "", OPS if junk else MACHINE))
        back = not junk and lead.created < RETURNERS_UNTIL and self._hit(0.065)
        fate = 0.0 if back else rng.random()
        at = add_hours(lead.created, self._around(5, 0.9))
        if fate > (0.5 if junk else 0.715):
            if junk or self._hit(0.5):
                lead.move(add_hours(at, 16), "Disqualified", OPS, BAD_DATA if junk or self._hit(0.3) else "Not a fit")
            return
        if not self._hit(0.05):
            if not lead.move(at, "Viable", OPS if self._hit(0.3) else MACHINE):
                return
            self._mail(lead, at)
        if fate > 0.465:
            return
        at = add_hours(at, 4 + self._around(14, 0.9))
        if not junk and not back and self._hit(0.022) and at <= END:
            # A rep who found the lead alone runs a flow that writes both steps in one second.
            rep = self._rep(lead, at)
            lead.assign(at, rep)
            lead.move(at, "MQL", rep)
            lead.move(at, "Sales Accepted", rep)
            self._after_accept(lead, self._calls(lead, at, 1), back)
        elif lead.move(at, "MQL", MACHINE if self._hit(0.9) else OPS):
            self._hand_off(lead, at, back)

    def _rep(self, lead: Lead, at: datetime) -> User:
        new = lead.team == NEW_REP.role and NEW_REP_WINDOW[0] <= at < NEW_REP_WINDOW[1] and self.new_rep_leads < 10
        if new and self._hit(0.35):
            self.new_rep_leads += 1
            return NEW_REP
        pool = [rep for rep in REPS[lead.team] if rep is not NEW_REP]
        return self.rng.choices(pool, [6 if rep is OVER_REJECTER else 10 for rep in pool])[0]

    def _hand_off(self, lead: Lead, at: datetime, back: bool) -> None:
        """MQL to the rep's first word: where most leads leak."""
        junk = lead.source == JUNK
        if not (junk or back) and self._hit(0.026):
            return  # stays in the queue for good
        given = at + timedelta(seconds=self.rng.randrange(20, 2400))
        rep = self._rep(lead, at)
        if not lead.assign(given, rep):
            return
        if self._hit(0.2):
            self._mail(lead, add_hours(given, 4))  # the machine writes on, also to leads nobody calls
        ignored = 0.43 if lead.team == BLACK_HOLE_TEAM else 0.027
        if rep is not NEW_REP and not (junk or back) and self._hit(ignored):
            return
        at = self._calls(lead, add_hours(at, 0.7), 1 if rep is NEW_REP else self.rng.choice((1, 1, 2, 2, 3)))
        word = add_hours(at, self._around(2, 0.8))
        if rep is NEW_REP:
            yes = self.lucky.pop(0) if self.lucky else None
            luck = "pending" if yes is None else "yes" if yes else "no"
        elif junk:
            luck = self.rng.choices(("yes", "no", "out"), (6, 52, 42))[0]
        elif back:
            luck = self.rng.choice(("later", "no"))
        elif rep is OVER_REJECTER:
            luck = self.rng.choices(("yes", "no", "skip"), (36, 60, 4))[0]
        else:
            luck = self.rng.choices(("yes", "no", "skip", "later", "pending"), (74, 16, 6, 2, 2))[0]
        if luck == "yes" and lead.move(word, "Sales Accepted", rep):
            self._after_accept(lead, word, back)
        elif luck == "skip" and lead.move(word, "Sales Qualified", rep):
            self._convert(lead, add_hours(word, self._around(20)), back)
        elif luck == "out":
            lead.move(word, "Disqualified", rep, BAD_DATA)
        elif luck == "later" and lead.move(word, "Recycled", rep, BAD_TIMING if back else "Unable to reach") and back:
            self._return(lead, word)
        elif luck == "no":
            self._say_no(lead, word, rep, back)

    def _say_no(self, lead: Lead, at: datetime, rep: User, back: bool) -> None:
        reason = self.rng.choices(REASONS, REASON_ODDS)[0]
        if lead.source == JUNK:
            reason = BAD_DATA if self._hit(0.92) else "Unable to reach"
        elif back:
            reason = BAD_TIMING
        elif rep is OVER_REJECTER and self._hit(0.93):
            reason = NO_BUDGET
        if reason == NO_BUDGET:
            # The over-rejecter says it of leads that did state one; the others mostly do not.
            lead.budget = self._hit(0.82 if rep is OVER_REJECTER else 0.25)
        if not lead.move(at, "Rejected by Sales", rep, reason):
            return
        if back:
            after = add_hours(at, self._around(12))
            lead.move(after, "Recycled", OPS, BAD_TIMING)
            self._return(lead, after)
        elif lead.source != JUNK and rep not in (OVER_REJECTER, NEW_REP) and self._hit(0.09):
            after = add_hours(at, self.rng.uniform(5, 26))
            if lead.move(after, "Sales Accepted", rep):
                self._after_accept(lead, after, back)

    def _return(self, lead: Lead, at: datetime) -> None:
        """Months after "bad timing" the lead is back, and far more ready to buy."""
        at = add_hours(at + timedelta(days=self.rng.randrange(70, 150)), 1)
        if lead.move(at, "MQL", MACHINE):
            word = add_hours(self._calls(lead, at, 1), self._around(3))
            if lead.move(word, "Sales Accepted", lead.owner):
                self._after_accept(lead, word, True)

    def _after_accept(self, lead: Lead, at: datetime, back: bool) -> None:
        met = add_hours(at, 2 + self._around(22))
        if back or self._hit(0.6):
            if met <= END:
                lead.tasks.append(Task(met, lead.owner, "Meeting", "Discovery meeting", "", 1800))
            met = add_hours(met, self._around(2))
            if lead.move(met, "Sales Qualified", lead.owner):
                self._convert(lead, add_hours(met, 2 + self._around(20)), back)
        elif self._hit(0.75):
            out = self._hit(0.3)
            reason = self.rng.choice(
                ("Not a fit", "No need") if out else ("No need", "Unable to reach", "No authority")
            )
            lead.move(add_hours(met, self._around(50)), "Disqualified" if out else "Recycled", lead.owner, reason)
        elif met <= END:
            due = min(met + timedelta(days=14), END)
            lead.tasks.append(Task(met, lead.owner, "Call", "Follow up", due=due))

    def _convert(self, lead: Lead, at: datetime, back: bool) -> None:
        rng, rep = self.rng, lead.owner
        if not back and self._hit(0.27):
            if self._hit(0.6):
                lead.move(add_hours(at, 30), "Recycled", rep, rng.choice(("No need", "No authority")))
            return
        lead.budget = lead.authority = True
        if not lead.move(at, "Converted", rep):
            return
        closes = at + timedelta(days=int(self._around(30 if back else 44, 0.5)))
        amount = int(self._around({"Enterprise": 62000, "Mid-Market": 24000, "Emerging": 8000}[lead.team]) / 100) * 100
        made = at + timedelta(seconds=rng.randrange(4))
        if closes > END:
            share = (END - at) / (closes - at)
            stage = ("Prospecting", "Qualification", "Proposal/Price Quote", "Negotiation/Review")[int(share * 4)]
            # Open deals carry the quarter's last day, as reps tend to leave it.
            lead.deal = Deal(made, rep, stage, None if stage == "Prospecting" and self._hit(0.2) else amount, END)
        elif self._hit(0.01 if lead.source == JUNK else 0.5 if back else 0.31):
            lead.deal = Deal(made, rep, "Closed Won", amount, closes)
        else:
            loss = rng.choice(("Price", "Competitor", "No decision", "Project stopped"))
            lead.deal = Deal(made, rep, "Closed Lost", amount, closes, loss)

    def _calls(self, lead: Lead, at: datetime, tries: int) -> datetime:
        """The rep's calls after a hand-off; answers when the last one was over."""
        slow = SPRING[0] <= at < SPRING[1]
        at = add_hours(at, self._around(15 if slow else 2.4, 0.65))
        for turn in range(tries):
            talked = turn == tries - 1 and self._hit(0.85)
            result = "Connected" if talked else self.rng.choice(("No answer", "Left voicemail"))
            if lead.source == JUNK:
                talked, result = False, "Wrong number"
            subject = "Call: first contact" if turn == 0 else "Call: another try"
            if at <= END:
                seconds = self.rng.randrange(90, 1500) if talked else self.rng.randrange(4, 60)
                lead.tasks.append(Task(at, lead.owner, "Call", subject, result, seconds))
                if self._hit(0.3) and (mailed := add_hours(at, 0.2)) <= END:
                    lead.tasks.append(Task(mailed, lead.owner, "Email", "Email: as discussed"))
            if turn < tries - 1:
                at = add_hours(at, 3 + self._around(6))
        return at

    def _mail(self, lead: Lead, at: datetime) -> None:
        if at <= END:
            subject = self.rng.choice(("Email: pump guide", "Email: newsletter", "Email: invitation"))
            lead.tasks.append(Task(at, MACHINE, "Email", subject))

    def _duplicate(self) -> None:
        """The same person fills in a second form; marketing merges it into the first record."""
        kept = [one for one in self.leads if one.source != JUNK and one.created < END - timedelta(days=45)]
        for first in self.rng.sample(kept, DUPLICATES):
            at = add_hours(first.created + timedelta(days=self.rng.randrange(1, 30)), 2)
            twin = Lead(at, first.source, first.team, first.budget, first.authority, master=first)
            twin.changes.append(Change(at, "created", "", "", MACHINE))
            if self._hit(0.5):
                twin.move(add_hours(at, 3), "Viable", MACHINE)
            self.leads.append(twin)

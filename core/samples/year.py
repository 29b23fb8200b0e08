"""How the made company's leads live through the year, one after the other."""

import math
import random
from datetime import datetime, timedelta

from core.samples import odds
from core.samples.clock import END, START, add_hours
from core.samples.lead import Deal, Lead, Task
from core.samples.people import BLACK_HOLE_TEAM, LIST_IMPORT, MACHINE, NEW_REP, OPS, OVER_REJECTER, REPS, User


class Year:
    """Plays the year out once for a seed; `leads` is everything that happened."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.lucky = list(odds.NEW_REP_LUCK)
        self.new_rep_leads = 0
        self.leads: list[Lead] = []
        for number in range(odds.LEADS + odds.JUNK_LEADS):
            # A power just under one leans late: a company that grows a little.
            at = START + timedelta(seconds=int(364.9 * 86400 * self.rng.random() ** 0.9))
            if self._hit(0.75) and add_hours(at, 6) < END:  # the rest are forms filled in at night and at weekends
                at = add_hours(at, self.rng.random() * 6)
            source = self.rng.choices(list(odds.SOURCES), [weight for weight, _ in odds.SOURCES.values()])[0]
            if number >= odds.LEADS:
                at, source = self.rng.choice(odds.LIST_UPLOADS) + timedelta(seconds=self.rng.randrange(50)), odds.JUNK
            team = self.rng.choices(list(REPS), (27, 46, 27))[0]
            self.leads.append(Lead(at, source, team, self._hit(0.5), self._hit(0.5)))
        self.leads.sort(key=lambda one: one.created)
        for lead in self.leads:
            self._live(lead)
        self._duplicate()
        self.leads.sort(key=lambda one: one.created)
        for number, lead in enumerate(self.leads):
            lead.number = number

    def _hit(self, chance: float) -> bool:
        return self.rng.random() < chance

    def _around(self, median: float, spread: float = 0.6) -> float:
        return median * math.exp(self.rng.gauss(0, spread))

    def _live(self, lead: Lead) -> None:
        """Raw, Viable, MQL: marketing's half of a lead's life."""
        rng, junk = self.rng, lead.source == odds.JUNK
        machine = LIST_IMPORT if junk else MACHINE  # which puts up whatever is on the list, real or not
        back = not junk and lead.created < odds.RETURNERS_UNTIL and self._hit(0.065)
        fate = 0.0 if back else rng.random()
        at = add_hours(lead.created, self._around(5, 0.9))
        if fate > (0.5 if junk else 0.715):
            if junk or self._hit(0.5):
                lead.move(
                    add_hours(at, 16), "Disqualified", OPS, odds.BAD_DATA if junk or self._hit(0.3) else "Not a fit"
                )
            return
        if not self._hit(0.05):
            if not lead.move(at, "Viable", OPS if self._hit(0.3) else machine):
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
        elif lead.move(at, "MQL", machine if self._hit(0.9) else OPS):
            self._hand_off(lead, at, back)

    def _rep(self, lead: Lead, at: datetime) -> User:
        new = (
            lead.team == NEW_REP.role
            and odds.NEW_REP_WINDOW[0] <= at < odds.NEW_REP_WINDOW[1]
            and self.new_rep_leads < 10
        )
        if new and self._hit(0.35):
            self.new_rep_leads += 1
            return NEW_REP
        pool = [rep for rep in REPS[lead.team] if rep is not NEW_REP]
        return self.rng.choices(pool, [6 if rep is OVER_REJECTER else 10 for rep in pool])[0]

    def _hand_off(self, lead: Lead, at: datetime, back: bool) -> None:
        """MQL to the rep's first word: where most leads leak."""
        junk = lead.source == odds.JUNK
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
            lead.move(word, "Disqualified", rep, odds.BAD_DATA)
        elif (
            luck == "later"
            and lead.move(word, "Recycled", rep, odds.BAD_TIMING if back else "Unable to reach")
            and back
        ):
            self._return(lead, word)
        elif luck == "no":
            self._say_no(lead, word, rep, back)

    def _say_no(self, lead: Lead, at: datetime, rep: User, back: bool) -> None:
        reason = self.rng.choices(odds.REASONS, odds.REASON_ODDS)[0]
        if lead.source == odds.JUNK:
            reason = odds.BAD_DATA if self._hit(0.92) else "Unable to reach"
        elif back:
            reason = odds.BAD_TIMING
        elif rep is OVER_REJECTER and self._hit(0.93):
            reason = odds.NO_BUDGET
        if reason == odds.NO_BUDGET:
            # The over-rejecter says it of leads that did state one; the others mostly do not.
            lead.budget = self._hit(0.82 if rep is OVER_REJECTER else 0.25)
        if not lead.move(at, "Rejected by Sales", rep, reason):
            return
        if back:
            after = add_hours(at, self._around(12))
            lead.move(after, "Recycled", OPS, odds.BAD_TIMING)
            self._return(lead, after)
        elif lead.source != odds.JUNK and rep not in (OVER_REJECTER, NEW_REP) and self._hit(0.09):
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
        opened = at + timedelta(seconds=rng.randrange(4))
        if closes > END:
            share = (END - at) / (closes - at)
            stage = ("Prospecting", "Qualification", "Proposal/Price Quote", "Negotiation/Review")[int(share * 4)]
            # Open deals carry the quarter's last day, as reps tend to leave it.
            lead.deal = Deal(opened, rep, stage, None if stage == "Prospecting" and self._hit(0.2) else amount, END)
        elif self._hit(0.01 if lead.source == odds.JUNK else 0.5 if back else 0.31):
            lead.deal = Deal(opened, rep, "Closed Won", amount, closes)
        else:
            loss = rng.choice(("Price", "Competitor", "No decision", "Project stopped"))
            lead.deal = Deal(opened, rep, "Closed Lost", amount, closes, loss)

    def _calls(self, lead: Lead, at: datetime, tries: int) -> datetime:
        """The rep's calls after a hand-off; answers when the last one was over."""
        slow = odds.SPRING[0] <= at < odds.SPRING[1]
        at = add_hours(at, self._around(15 if slow else 2.4, 0.65))
        for turn in range(tries):
            talked = turn == tries - 1 and self._hit(0.85)
            result = "Connected" if talked else self.rng.choice(("No answer", "Left voicemail"))
            if lead.source == odds.JUNK:
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
        kept = [one for one in self.leads if one.source != odds.JUNK and one.created < END - timedelta(days=45)]
        for first in self.rng.sample(kept, odds.DUPLICATES):
            at = add_hours(first.created + timedelta(days=self.rng.randrange(1, 30)), 2)
            twin = Lead(at, first.source, first.team, first.budget, first.authority, master=first)
            if self._hit(0.5):
                twin.move(add_hours(at, 3), "Viable", MACHINE)
            self.leads.append(twin)

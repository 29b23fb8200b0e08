"""Which leaks were put into the made year, where to look for each, and its true numbers."""

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median

from core.samples import odds
from core.samples.clock import END, business_hours
from core.samples.lead import Change, Lead
from core.samples.lived import Lived, Word
from core.samples.people import BLACK_HOLE_TEAM, LIST_IMPORT, MACHINE, NEW_REP, OVER_REJECTER, QUEUE
from core.samples.portrait import portraits
from core.samples.year import Year

Truth = dict[str, int | float | str]
OPEN_STATUSES = ("Raw", "Viable", "MQL", "Sales Accepted", "Sales Qualified")


@dataclass(frozen=True)
class Plant:
    """One thing put into the sample on purpose: what it is, where to look, and its true numbers."""

    key: str
    title: str
    where: str
    truth: Truth


def _count(answers: Iterable[bool]) -> int:
    return sum(answers)


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4)


def _won(leads: Iterable[Lead]) -> int:
    return _count(lead.deal is not None and lead.deal.stage == "Closed Won" for lead in leads)


def _noes(words: Iterable[Word]) -> int:
    return _count(word.no for word in words)


def _funnel(year: Lived) -> Truth:
    truth: Truth = {"Raw": len(year.leads)}
    for status in ("Viable", "MQL", "Sales Accepted", "Sales Qualified", "Converted"):
        truth[status] = _count(any(one.new == status for one in steps) for steps in year.steps.values())
    return {**truth, "Closed Won": _won(year.leads)}


def _black_hole(year: Lived) -> Truth:
    # A month is left at the end, so that a fresh MQL does not count as forgotten.
    given = [one for one in year.leads if one.owner is not QUEUE and one.number in year.mqls]
    due = [one for one in given if year.mqls[one.number] < odds.NEW_REP_WINDOW[0]]
    lost = [
        one for one in due if not year.touches[one.number] and year.steps[one.number][-1].at == year.mqls[one.number]
    ]
    team, team_lost = (_count(one.owner.role == BLACK_HOLE_TEAM for one in some) for some in (due, lost))
    others, others_lost = len(due) - team, len(lost) - team_lost
    return {
        **{"team": BLACK_HOLE_TEAM, "mqls": team, "ignored": team_lost, "share": _share(team_lost, team)},
        **{"others_mqls": others, "others_ignored": others_lost, "others_share": _share(others_lost, others)},
    }


def _over_rejecting_rep(year: Lived) -> Truth:
    rep = OVER_REJECTER.name
    mine, others = year.words[rep], {name: said for name, said in year.words.items() if name != rep}
    poor = [word.lead for word in mine if word.reason == odds.NO_BUDGET]
    theirs = [word for said in others.values() for word in said]
    return {
        **{"rep": rep, "verdicts": len(mine), "rejected": _noes(mine), "share": _share(_noes(mine), len(mine))},
        **{"no_budget": len(poor), "no_budget_share": _share(len(poor), len(mine))},
        "budget_stated_share": _share(_count(lead.budget for lead in poor), len(poor)),
        "others_share": _share(_noes(theirs), len(theirs)),
        "highest_other_share": max(_share(_noes(said), len(said)) for said in others.values() if len(said) >= 80),
    }


def _few_leads_rep(year: Lived) -> Truth:
    rep = NEW_REP.name
    mine, apart = year.words[rep], (rep, OVER_REJECTER.name)
    theirs = [word for name, said in year.words.items() if name not in apart for word in said]
    few, yes, usual = len(mine), len(mine) - _noes(mine), 1 - _share(_noes(theirs), len(theirs))
    luck = sum(math.comb(few, one) * usual**one * (1 - usual) ** (few - one) for one in range(yes + 1))
    return {
        **{"rep": rep, "verdicts": few, "accepted": yes, "share": _share(yes, few)},
        **{"usual_share": round(usual, 4), "chance_of_this_or_worse": round(luck, 4)},
    }


def _junk_source(year: Lived) -> Truth:
    bought = [lead for lead in year.leads if lead.source == odds.JUNK]
    away = _count(lead.status in ("Rejected by Sales", "Disqualified") for lead in bought)
    wrong = _count(any(one.new == odds.BAD_DATA for one in lead.changes) for lead in bought)
    others_won = _share(_won(year.leads) - _won(bought), len(year.leads) - len(bought))
    return {
        **{"source": odds.JUNK, "leads": len(bought), "turned_away": away, "share": _share(away, len(bought))},
        **{"inaccurate_data": wrong, "won": _won(bought), "won_share": _share(_won(bought), len(bought))},
        "others_won_share": others_won,
    }


def _wrong_stages(year: Lived, seed: int) -> Truth:
    """What the import of lists put up although nobody can be reached: the mail address is none, nor is the number."""
    made = portraits(seed, year.year)
    unreal = {lead.number for lead in year.leads if not re.fullmatch(r"[^@]+@[^@]+\.[^@]+", made[lead.number]["Email"])}
    truth: Truth = {"automation": LIST_IMPORT.name}
    for status in ("Viable", "MQL"):
        by = [lead for lead in year.leads if any(one.new == status and one.by is LIST_IMPORT for one in lead.changes)]
        wrong = _count(lead.number in unreal for lead in by)
        truth |= {f"{status}_set": len(by), f"{status}_wrong": wrong, f"{status}_share": _share(wrong, len(by))}
    return truth


def _slow_spring(year: Lived) -> Truth:
    # The wait of a lead is from its first MQL to the first call by a person.
    waits: dict[bool, list[float]] = {True: [], False: []}
    for lead in year.leads:
        at = year.mqls.get(lead.number, END)
        answered = [task.at for task in year.touches[lead.number] if task.kind == "Call" and task.at >= at]
        if answered and at < odds.SPRING[1]:
            waits[at >= odds.SPRING[0]].append(business_hours(min(answered)) - business_hours(at))
    before, spring = round(median(waits[False]), 2), round(median(waits[True]), 2)
    return {
        **{"before_leads": len(waits[False]), "before_median_hours": before},
        **{"spring_leads": len(waits[True]), "spring_median_hours": spring, "times": round(spring / before, 2)},
    }


def _recycled_buyers(year: Lived) -> Truth:
    again = year.moved("Recycled", "MQL")
    days = [(two.at - one.at).days for lead in again for one, two in year.pairs(lead) if two.old == "Recycled"]
    return {
        **{"returned": len(again), "won": _won(again), "won_share": _share(_won(again), len(again))},
        "median_days_away": float(median(days)),
    }


def _skipped_stages(year: Lived) -> Truth:
    late, early = year.moved("MQL", "Sales Qualified"), year.moved("Raw", "MQL")
    return {"mql_to_sql": len(late), "raw_to_mql": len(early), "leads": len({lead.number for lead in late + early})}


def _totals_row(year: Lived) -> Truth:
    amount = sum(deal.amount or 0 for deal in year.deals)
    return {"label": f"Grand Total ({len(year.deals)} records)", "records": len(year.deals), "amount": amount}


def _same_second(year: Lived) -> Truth:
    def hit(one: Change, two: Change) -> bool:
        return one.at == two.at and (one.new, two.new) == ("MQL", "Sales Accepted")

    return {"leads": _count(any(hit(*pair) for pair in year.pairs(lead)) for lead in year.leads)}


def _no_then_yes(year: Lived) -> Truth:
    turn = ("Rejected by Sales", "Sales Accepted")
    pairs = [pair for lead in year.leads for pair in year.pairs(lead) if (pair[1].old, pair[1].new) == turn]
    return {"leads": len(year.moved(*turn)), "longest_days": max((two.at - one.at).days for one, two in pairs)}


def _still_open(year: Lived) -> Truth:
    leads = _count(lead.status in OPEN_STATUSES for lead in year.leads)
    return {"leads": leads, "deals": _count(not deal.stage.startswith("Closed") for deal in year.deals)}


def story(*, seed: int = odds.SEED) -> tuple[Plant, ...]:
    """What was put into the sample, with true numbers counted from the made year itself."""
    year = Lived(Year(seed))
    twins = len(year.everyone) - len(year.leads)
    queued = _count(lead.owner is QUEUE and lead.number in year.mqls for lead in year.leads)
    machine = _count(task.by is MACHINE for task in year.tasks)
    return (
        Plant("funnel", "How many leads ever reached each status", "leads.csv, lead_history.csv, opportunities.csv",
              _funnel(year)),
        Plant("black_hole", "One team leaves MQLs lying", "users.csv team; no person's task, no status after the MQL; "
              "MQLs before 2026-06-01", _black_hole(year)),
        Plant("over_rejecting_rep", "One rep rejects far more than anybody, for a budget that is stated",
              "first Sales Accepted or Rejected by Sales of a lead, by its CreatedById; Budget__c",
              _over_rejecting_rep(year)),
        Plant("few_leads_rep", "A new rep looks as bad, but on a handful of leads: chance",
              "as above; the odds behind this rep's leads are everybody's", _few_leads_rep(year)),
        Plant("junk_source", "A bought list is nearly all turned away", "leads.csv LeadSource and Status; reasons",
              _junk_source(year)),
        Plant("wrong_stages", "The import of lists puts leads up that nobody can reach", "lead_history.csv CreatedById "
              "List Import, Status to Viable and to MQL; leads.csv Email that is no address, Phone that is no number",
              _wrong_stages(year, seed)),
        Plant("slow_spring", "First calls came several times later from March to May 2026",
              "business hours (Mon-Fri 09-17 UTC) from the first MQL to the first call by a person, MQLs to 2026-05-31",
              _slow_spring(year)),
        Plant("recycled_buyers", "Leads sent back for bad timing return months later and buy",
              "lead_history.csv Status from Recycled to MQL", _recycled_buyers(year)),
        Plant("skipped_stages", "Leads that jump a step", "Status from MQL to Sales Qualified, or from Raw to MQL",
              _skipped_stages(year)),
        Plant("merged_duplicates", "Second records merged into a first one", "leads.csv MasterRecordId with IsDeleted",
              {"leads": twins}),
        Plant("date_only", "Days without a time", "ActivityDate, CloseDate, ConvertedDate: filled cells, 10 signs each",
              {"ActivityDate": len(year.tasks), "CloseDate": len(year.deals), "ConvertedDate": len(year.deals)}),
        Plant("totals_row", "The report ends with a line that is no deal", "last line of opportunities.csv",
              _totals_row(year)),
        Plant("same_second", "MQL and Sales Accepted written in one second", "lead_history.csv, order of the lines",
              _same_second(year)),
        Plant("no_then_yes", "Rejected, then accepted within days anyway", "Status from Rejected by Sales to Sales "
              "Accepted", _no_then_yes(year)),
        Plant("never_assigned", "MQLs that never left the queue", "MQLs whose OwnerId is the queue",
              {"leads": queued}),
        Plant("still_open", "Leads and deals still open on the last day", "Status Raw to Sales Qualified; IsClosed",
              _still_open(year)),
        Plant("machine_tasks", "Mails sent by the machine, not by people", "tasks.csv OwnerId of UserType Integration",
              {"tasks": len(year.tasks), "machine": machine}),
    )  # fmt: skip

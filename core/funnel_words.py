"""A funnel in words for a terminal: every stage, the groups asked for, what stands out, and what nobody has placed."""

from core.measures.anomalies import KINDS
from core.measures.cohort import Query
from core.measures.findings import sentence
from core.measures.funnel import Funnel
from core.report import Report
from core.words import count, headline, identity, money, share, things

_NAME = 28


def funnel_words(report: Report, query: Query) -> str:
    """The answer to one question, as lines of at most some 100 signs."""
    whole = report.funnel(query.model_copy(update={"by": None}))
    lines = [f"{headline(whole)}.", *_check(whole), "", *_stages(whole)]
    if query.by:
        lines += ["", *_groups(report, query, whole)]
    lines += ["", *_won(report, query)]
    found = report.findings(query)
    lines += ["What stands out:", *(f"  {sentence(one, report.title(one.column))}" for one in found)] if found else []
    return "\n".join([*lines, *_open(report)]).strip()


def _check(found: Funnel) -> list[str]:
    said = identity(found)
    return [f"{said[:1].upper()}{said[1:]}."] if said else []


def _stages(found: Funnel) -> list[str]:
    lines = [f"{'':{_NAME}}{'entered':>10}{'advanced':>10}{'left':>10}{'stalled':>10}{'waiting':>10}{'rate':>12}"]
    for row in found.total().to_dict("records"):
        left = sum(int(row[way]) for way in ("rejected", "recycled", "disqualified", "lost"))
        numbers = (int(row["entered"]), int(row["advanced"]), left, int(row["stalled"]), int(row["waiting"]))
        last = row["stage"] == found.definition.stages[-1].id
        rate = "" if last else share(found.rate(str(row["stage"])))
        lines.append(f"{_cut(row['name'])}{''.join(f'{count(number):>10}' for number in numbers)}{rate:>12}")
    return lines


def _groups(report: Report, query: Query, whole: Funnel) -> list[str]:
    """One line per group, the largest first: of those who entered the stage that loses most, how many went on; and how
    many of the whole cohort were won."""
    found, leak = report.funnel(query), whole.leak()
    stages = found.definition.stages
    base, won = query.base or stages[0].id, stages[found.definition.won].id
    at = base if leak is None or query.policy == "current" else leak.stage
    name = stages[found.definition.place(at)].name
    title = _cut(report.title(query.by or ""))
    lines = [
        f"At {name}, where most are lost:" if leak is not None else f"At {name}:",
        f"{title}{'entered':>10}{'advanced':>10}{'rate':>12}{'won':>10}{'of all':>12}",
    ]
    for segment in found.segments:
        rows = found.total(segment).set_index("stage")
        entered, advanced = (int(rows[name].get(at, 0)) for name in ("entered", "advanced"))
        sold = int(rows["entered"].get(won, 0))
        lines.append(
            f"{_cut(segment)}{count(entered):>10}{count(advanced):>10}{share(found.rate(at, segment)):>12}"
            f"{count(sold):>10}{share(found.reached(won, segment)):>12}"
        )
    idle = report.idle_people() if query.by in ("owner", "owner_name") else ()
    return [*lines, *(f"{_cut(name)}{count(0):>10}" for name in idle)]


def _won(report: Report, query: Query) -> list[str]:
    """What was won, per currency; deals that state no amount are said to be such, and are worth nothing here."""
    value = report.won_value(query).groupby("currency", dropna=False)[["deals", "amount_minor", "without_amount"]].sum()
    stated = value[value["deals"] > value["without_amount"]]
    amounts = [
        money(int(minor), code if isinstance(code, str) else None) for code, minor in stated["amount_minor"].items()
    ]
    silent = int(value["without_amount"].sum())
    lines = [f"Won: {'; '.join(amounts)}."] if amounts else []
    return [*lines, f"{things(silent, 'won deal')} without an amount."] if silent else lines


def _open(report: Report) -> list[str]:
    """What the numbers above leave out or doubt: never dropped in silence."""
    lines = [
        f'Which stage is "{row["name"]}"? ({things(int(row["rows"]), "row")}; say so on the page Data)'
        for row in report.workspace.unanswered().to_dict("records")
    ]
    if lost := report.unplaced():
        lines.append(
            f"{things(lost, 'lead')} of which no stage is known: in no funnel. Say what the words of your CRM mean on "
            "the page Data, or map the column of the stage."
        )
    odd = report.anomalies().groupby("kind", sort=True)["lead_id"].size()
    lines += [f"{things(int(leads), 'lead')}: {KINDS[str(kind)]}" for kind, leads in odd.items()]
    lines += [
        f'{row["lookup"]} "{row["value"]}" matches nothing: {things(int(row["rows"]), "row")}.'
        for row in report.unmatched().to_dict("records")
    ]
    return ["", *lines] if lines else []


def _cut(name: object) -> str:
    return f"{str(name)[: _NAME - 1]:{_NAME}}"

"""How long does it take to judge every lead by a large definition, beside the reduction of the same data?

Run: `python tests/benchmarks/judging.py 100000`. Fifteen stages, forty rules (half of them for fit; of the others all
have a window, some a cap, one a half-life), twenty criteria; eight events a lead, half of them of its stages, the
others activities, touches and changes of a field.
"""

import multiprocessing as mp
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from core.definition import (
    All,
    AnyOf,
    AtLeast,
    BehaviourRule,
    BothThresholds,
    Compare,
    Condition,
    Criterion,
    Definition,
    FitRule,
    Flagged,
    Happened,
    Has,
    Meets,
    Not,
    OneOf,
    Qualification,
    Rule,
    Says,
    Scored,
    Stage,
    Stated,
    Valid,
)
from core.definition.templates import CLASSIC
from core.engine import Engine
from core.journeys.judging import judge
from core.journeys.reduce import reduce
from core.journeys.sources import live_sources
from tests.benchmarks.made_events import make
from tests.benchmarks.reduce import AS_OF, peak

TITLES = ("CEO", "Head of Procurement", "Plant Manager", "Engineer", "Student", "Buyer", "Intern", "CFO", "Unknown")
INDUSTRIES = ("Pharma", "Water", "Food", "Paper", "Glass", "Energy", "Textiles")
COUNTRIES = ("Germany", "Sweden", "France", "United States", "Canada", "Brazil")
BUDGETS = ("under 10k", "10-25k", "25-50k", "none", "unknown", None, None)
NEEDS = ("Replacement of an old line", "New line", "Energy saving", "no", None, None)
DID = ("Form", "Download", "Webinar", "Visit", "Pricing page", "Demo request", "Trial", "Email click")
REACHED = ("Call", "Email", "Meeting")


def definition() -> Definition:
    """The usual stages and eight more, and all that leads are asked."""
    more = (
        Stage(id=f"step_{k}", name=f"Step {k}", side="marketing" if k < 4 else "sales", clock_days=30) for k in range(8)
    )
    steps = list(more)
    h = CLASSIC.hand_off
    stages = (*CLASSIC.stages[:h], *steps[:4], CLASSIC.stages[h], *steps[4:], *CLASSIC.stages[h + 1 :])
    plain = [stage.model_copy(update={"criteria": ()}) for stage in stages]
    written = CLASSIC.model_dump() | {"stages": [stage.model_dump() for stage in plain], "validated": ()}
    written |= {"reasons": [{**reason.model_dump(), "facts": None} for reason in CLASSIC.reasons]}
    written |= {"criteria": criteria(), "rules": rules()}
    written |= {"qualification": Qualification(policy=BothThresholds(fit=30, behaviour=20))}
    return Definition.model_validate(written)


def criteria() -> list[Criterion]:
    """Twenty criteria, of the kinds that agreements are made of."""
    asked: list[Condition] = [
        AnyOf(of=(Valid(what="lasting_mail"), Valid(what="phone"))),
        All(of=(Stated(field="first_name"), Stated(field="title"))),
        Not(of=Flagged(field="opted_out")),
        Has(field="need"),
        Has(field="budget"),
        OneOf(field="title", values=("CEO", "CFO", "Plant Manager", "Buyer")),
        Says(field="title", words=("head", "chief", "manager", "ceo", "cfo")),
        Compare(field="employees", op=">=", value=50),
        All(of=(OneOf(field="industry", values=INDUSTRIES[:4]), Compare(field="employees", op="<", value=20_000))),
        OneOf(field="country", values=COUNTRIES[:5]),
        Happened(names=("Demo request", "Trial"), within_days=90),
        Happened(names=("Pricing page",), at_least=2, within_days=30),
        Happened(what="contact", at_least=1),
        Happened(what="touch", at_least=3, within_days=60),
        AtLeast(k=2, of=(Has(field="budget"), Has(field="need"), Meets(criterion="c_05"), Meets(criterion="c_10"))),
        Scored(side="fit", at_least=40),
        Scored(side="sum", at_least=60),
        All(of=(Meets(criterion="c_00"), Meets(criterion="c_14"))),
        Not(of=Says(field="email", words=("gmail", "example.org"))),
        AnyOf(of=(Meets(criterion="c_16"), Meets(criterion="c_10"))),
    ]
    return [Criterion(id=f"c_{k:02}", name=f"Criterion {k}", condition=one) for k, one in enumerate(asked)]


def rules() -> list[Rule]:
    """Forty rules, half of them for what a lead is."""
    fit: list[Condition] = [
        *(OneOf(field="industry", values=(name,)) for name in INDUSTRIES),
        *(OneOf(field="country", values=(name,)) for name in COUNTRIES[:5]),
        *(Compare(field="employees", op=">=", value=bound) for bound in (10, 100, 1000)),
        *(Says(field="title", words=(word,)) for word in ("head", "manager", "student")),
        Has(field="budget"),
        Stated(field="phone"),
    ]
    out: list[Rule] = [
        FitRule(id=f"fit_{k}", name=f"Fit {k}", points=5 + k % 4, when=when) for k, when in enumerate(fit)
    ]
    for k in range(20):
        out.append(
            BehaviourRule(
                id=f"did_{k}",
                name=f"Did {k}",
                points=2 + k % 5,
                what="touch" if k >= 17 else "activity",
                names=(REACHED[k - 17],) if k >= 17 else (DID[k % 8], DID[(k + 3) % 8])[: 1 + k % 2],
                within_days=(30, 60, 90, 180)[k % 4],
                cap=3 if k % 3 == 0 else None,
                half_life_days=14 if k == 6 else None,
            )
        )
    return out


def mixed(files: dict[str, list[str]], leads: int, *, seed: int = 5) -> None:
    """Half of the events made into activities, touches and changes, and the leads given what is asked of them."""
    rng = np.random.default_rng(seed)
    events = pq.read_table(files["events"][0])
    n = events.num_rows
    kind = rng.choice(4, n, p=(0.5, 0.33, 0.12, 0.05))
    kinds = np.array(["stage", "activity", "touch", "change"])
    said = np.array(["Connected", "No answer", "Left voicemail"])[rng.integers(0, 3, n)]
    told = np.array([text or "" for text in BUDGETS])[rng.integers(0, len(BUDGETS), n)]
    changed = {
        "kind": pa.array(kinds[kind]),
        "name": pc.choose(
            pa.array(kind),
            events["name"].combine_chunks(),
            pa.array(np.array(DID)[rng.integers(0, len(DID), n)]),
            pa.array(np.array(REACHED)[rng.integers(0, len(REACHED), n)]),
            pa.array(np.full(n, "Budget__c")),
        ),
        "detail": pc.if_else(pa.array(kind == 3), pa.array(told), pa.array(said)),
        "before": pa.array(np.full(n, "unknown"), mask=kind != 3),
        "actor": pa.array(np.char.add("rep ", rng.integers(0, 40, n).astype(str))),
    }
    for name, column in changed.items():
        events = events.drop_columns([name]) if name in events.column_names else events
        events = events.append_column(name, column)
    pq.write_table(events, files["events"][0])
    rows = pq.read_table(files["leads"][0])
    people = {
        "title": TITLES, "industry": INDUSTRIES, "country": COUNTRIES, "budget": BUDGETS, "need": NEEDS,
        "first_name": ("Ada", "Ben", "Cleo", None), "phone": ("+46 8 465 004 13", None),
    }  # fmt: skip
    for name, words in people.items():
        rows = rows.append_column(name, pa.array(list(words), pa.string()).take(rng.integers(0, len(words), leads)))
    mails = np.char.add(np.char.add("p", np.arange(leads).astype(str)), "@firm.example")
    rows = rows.append_column("email", pa.array(mails))
    rows = rows.append_column("employees", pa.array(np.round(10 ** rng.uniform(0, 5, leads))))
    rows = rows.append_column("opted_out", pa.array(rng.random(leads) < 0.05))
    for name, share in (("email_ok", 0.95), ("email_free", 0.2), ("email_disposable", 0.02), ("phone_ok", 0.8)):
        rows = rows.append_column(name, pa.array(rng.random(leads) < share))
    pq.write_table(rows, files["leads"][0])


def run(leads: int) -> None:
    """Print seconds, how many times the reduction's they are, and the most memory held."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        files = make(folder / "made", leads)
        mixed(files, leads)
        agreed = definition()
        assert (len(agreed.stages), len(agreed.rules), len(agreed.criteria)) == (15, 40, 20)
        process = mp.get_context("spawn").Process(target=measured, args=(folder, files, leads))
        process.start()
        process.join()


def measured(folder: Path, files: dict[str, list[str]], leads: int) -> None:
    """One run in a process of its own, so that its peak memory is its own."""
    agreed = definition()
    with Engine(folder) as engine:
        sources = live_sources(engine, files.__getitem__, [1], rename=str)
        started = time.perf_counter()
        facts = reduce(engine, sources, agreed, folder / "facts" / "made", as_of=AS_OF)
        reduced, before = time.perf_counter() - started, peak()
        started = time.perf_counter()
        judgement = judge(engine, sources, facts, agreed)
        seconds = time.perf_counter() - started
        rows = len(engine.collect(judgement.rows.select("unit")))
    print(f"{leads:>10,} leads  reduce {reduced:6.2f} s  peak {before:.2f} GB")
    print(f"{leads:>10,} leads  judge  {seconds:6.2f} s  peak {peak():.2f} GB  {rows:,} judged")
    print(f"{leads:>10,} leads  ratio  {seconds / reduced:6.2f}")


if __name__ == "__main__":
    for size in map(int, sys.argv[1:] or ["10000", "100000"]):
        run(size)

"""`ordered` against the published test data of the PostHog funnels (MIT): same events, same question, same answer.

The cases live outside the repository, in `peers/posthog/cases_dev.json` of the folder HANDOFF_SHARED names. Here stands
only what turns a case into a call: date range, filters, breakdown by an event property, entrance periods. The matching
itself is `core.journeys.ordered`. Runs that need something else are skipped, each with the name of what they need.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest

from core.journeys.ordered import Exclusion, Predicate, Step, ordered

SHARED = Path(os.environ.get("HANDOFF_SHARED") or Path(__file__).resolve().parents[2].parent / "shared")
CASES = SHARED / "peers" / "posthog" / "cases_dev.json"
pytestmark = pytest.mark.skipif(not CASES.is_file(), reason=f"no PostHog cases: {CASES.parent} is missing")

MICRO = 1_000_000
RUNNABLE = 111
"""Runs of the development cases that `ordered` answers; the rest needs something else than ordered matching."""

IN_ANOTHER_ZONE = {("test_timezones", 0), ("test_timezones_trends", 1)}
"""Runs asked in a time zone that the record does not keep; their expected counts differ from the UTC ones."""

Run = dict[str, Any]
Check = tuple[str, object, object]


def load() -> list[Run]:
    if not CASES.is_file():
        return []
    cases: list[Run] = json.loads(CASES.read_text(encoding="utf-8"))["cases"]
    return cases


ALL = {
    f"{case['id'].split('.', 1)[1]}-{number}": (case, run) for case in load() for number, run in enumerate(case["runs"])
}


# --- what a run needs -------------------------------------------------------------------------------------------------


def needed(case: Run, run: Run) -> str | None:
    """The feature a run needs beyond ordered matching, or None where it can be run."""
    breakdown = run["breakdown"] or {}
    filters = run["filter"] if isinstance(run["filter"], list) else []
    wheres = [rule for step in run["steps"] for rule in rules(step["where"])] + filters
    if run["order"] != "ordered":
        return f"{run['order']} order of steps"
    if (case["id"].rsplit(".", 1)[1], case["runs"].index(run)) in IN_ANOTHER_ZONE:
        return "project time zone"
    if isinstance(run["filter"], dict):
        return "person property filter"
    if breakdown.get("type") in ("person", "cohort", "group"):
        return f"breakdown by {breakdown['type']}"
    if breakdown.get("limit") is not None:
        return "breakdown limit"
    if any(rule.get("type") in ("person", "cohort") for rule in wheres):
        return "person or cohort property filter"
    if any(rule.get("type") == "element" for rule in wheres):
        return "element property"
    flags = set(case["flags"]) - {"person properties", "peer test only partly replayed"}
    if flags:
        return str(min(flags))
    if not case["events"] and not run["expected"].get("steps"):
        return "events that the published record lacks"
    if not checkable(run):
        return "chart layout or recordings (no claim about matching)"
    return None


def checkable(run: Run) -> bool:
    expected = run["expected"]
    if expected.get("steps") or expected.get("breakdowns"):
        return True
    if any(entry["step"] is not None for entry in expected.get("actors", [])):
        return True
    return any(readable(run, claim) for claim in expected.get("other", []))


def readable(run: Run, claim: Run) -> bool:
    if run["viz"] == "trends":
        return bool(claim["path"] == ["*", "conversion_rate"])
    if run["viz"] == "time_to_convert":
        return bool(claim["path"] == [] and "bins" in claim["value"])
    if claim["path"] == [] and isinstance(claim["value"], dict):
        return "$run" in claim["value"]
    return bool(run["breakdown"]) and (claim["path"][-1] in ("len()", "breakdown"))


# --- from a case to a call --------------------------------------------------------------------------------------------


def micros(text: str) -> int:
    return int(pd.Timestamp(text, tz="UTC").value // 1000)


def rules(where: Any) -> list[Run]:
    if isinstance(where, dict):
        return [{"key": key, "value": value} for key, value in where.items()]
    return list(where or [])


def obeys(properties: Run, rule: Run) -> bool:
    value = properties.get(rule["key"])
    wanted = rule["value"] if isinstance(rule["value"], list) else [rule["value"]]
    match rule.get("operator") or "exact":
        case "exact":
            return value is not None and str(value) in map(str, wanted)
        case "is_not":
            return value is None or str(value) not in map(str, wanted)
        case "icontains":
            return value is not None and any(str(item).casefold() in str(value).casefold() for item in wanted)
        case other:
            raise NotImplementedError(other)


def matcher(event: str, where: Any = ()) -> Predicate:
    def matches(events: pd.DataFrame) -> npt.NDArray[np.bool_]:
        pairs = zip(events["event"], events["properties"], strict=True)
        return np.array([name == event and all(obeys(p, rule) for rule in rules(where)) for name, p in pairs], np.bool_)

    return matches


def period(run: Run) -> tuple[int, int]:
    now, date_from, date_to = run["now"], run["date_from"], run["date_to"]
    if date_from == "all":
        begin = -(2**62)
    else:
        begin = micros(date_from) if date_from else micros(str(pd.Timestamp(now).normalize() - pd.Timedelta(days=7)))
    if not date_to:
        return begin, micros(now)
    whole_day = len(date_to) == len("2020-01-01")
    return begin, micros(date_to) + (24 * 3600 * MICRO - 1 if whole_day else 0)


def frame(case: Run, run: Run) -> pd.DataFrame:
    begin, end = period(run)
    seen = case["events"][: run["events_seen"]]
    rows = [
        (event["actor"], at, event["seq"], event["event"], event["properties"])
        for event in seen
        if begin <= (at := micros(event["timestamp"])) <= end
        and all(obeys(event["properties"], rule) for rule in run["filter"] or [])
    ]
    events = pd.DataFrame(rows, columns=["lead", "happened_at", "seq", "event", "properties"])
    return events.astype({"happened_at": "int64", "seq": "int64"})


def steps_of(run: Run) -> list[Step]:
    return [Step(step["label"] or step["event"], matcher(step["event"], step["where"])) for step in run["steps"]]


def matched(run: Run, events: pd.DataFrame, steps: Sequence[Step] | None = None) -> pd.DataFrame:
    exclusions = [Exclusion(matcher(x["event"]), x["from_step"], x["to_step"]) for x in run["exclusions"]]
    return ordered(events, steps or steps_of(run), window=run["window_seconds"] * MICRO, exclusions=exclusions)


def summary(leads: pd.DataFrame, steps: int) -> list[Run]:
    """Count, average and median conversion time (seconds) of each step, as the cases state them."""
    result: list[Run] = []
    for k in range(1, steps + 1):
        reached = leads[leads["depth"] >= k]
        times = (
            ((reached[f"at_{k}"] - reached[f"at_{k - 1}"]) / MICRO).astype(float) if k > 1 else pd.Series(dtype=float)
        )
        result.append(
            {
                "count": len(reached),
                "average_conversion_time": times.mean() if len(times) else None,
                "median_conversion_time": times.median() if len(times) else None,
            }
        )
    return result


def actors(leads: pd.DataFrame, step: int) -> list[str]:
    chosen = leads["depth"] >= step if step > 0 else leads["depth"] == -step - 1
    return sorted(str(lead) for lead in leads.loc[chosen, "lead"])


# --- breakdown by an event property, and entrance periods -------------------------------------------------------------


def groups(run: Run, events: pd.DataFrame) -> dict[tuple[str, ...], pd.DataFrame]:
    """Events of each value of the broken-down property; a lead has one value, with `all_events` one per event."""
    breakdown = run["breakdown"]
    by = breakdown["by"] if isinstance(breakdown["by"], list) else [breakdown["by"]]
    steps = steps_of(run)
    attribution = breakdown["attribution"] or "first_touch"
    values = pd.Series([tuple(str(p.get(key, "")) for key in by) for p in events["properties"]], index=events.index)
    if attribution != "all_events":
        serving = [steps[int(breakdown["attribution_step"])]] if attribution == "step" else steps
        bearing = np.logical_or.reduce([step.matches(events) for step in serving])
        told = events[bearing].sort_values(["happened_at", "seq"], ascending=attribution != "last_touch")
        owner: dict[str, tuple[str, ...]] = {}
        for lead, value in zip(told["lead"], values[told.index], strict=True):
            if lead not in owner or not any(owner[lead]):
                owner[lead] = value
        values = events["lead"].map(owner)
    return {value: events[values == value] for value in sorted(set(values.dropna()))}


def entrances(run: Run, events: pd.DataFrame) -> list[Run]:
    """One row per entrance period: leads whose attempt began in it, and how many of them reached the last step."""
    begin, end = (pd.Timestamp(instant, unit="us") for instant in period(run))
    width = pd.Timedelta(1, run["interval"])
    edges = pd.date_range(begin.floor(width), end, freq=width)
    first, *others = steps_of(run)
    last = run["to_step"] if run["to_step"] is not None else len(run["steps"]) - 1
    result: list[Run] = []
    for edge in edges:
        low, high = micros(str(edge)), micros(str(edge + width))

        def inside(rows: pd.DataFrame, low: int = low, high: int = high) -> npt.NDArray[np.bool_]:
            return first.matches(rows) & rows["happened_at"].between(low, high, inclusive="left").to_numpy()

        depth = matched(run, events, [Step(first.name, inside), *others])["depth"]
        entered, through = int((depth > (run["from_step"] or 0)).sum()), int((depth > last).sum())
        rate = round(100 * through / entered, 2) if entered else 0
        result.append({"reached_from_step_count": entered, "reached_to_step_count": through, "conversion_rate": rate})
    return result


# --- checks -----------------------------------------------------------------------------------------------------------


def compare(label: str, found: Sequence[Run], wanted: Iterable[tuple[int, Run]]) -> list[Check]:
    return [
        (f"{label} step {index} {key}", found[index][key], value)
        for index, claim in wanted
        for key, value in claim.items()
        if key != "name"
    ]


def checks(case: Run, run: Run) -> list[Check]:
    events, expected = frame(case, run), run["expected"]
    claimed = [(int(index), claim) for index, claim in (expected.get("steps") or {}).items()]
    others = [claim for claim in expected.get("other", []) if readable(run, claim)]
    if run["viz"] == "trends":
        rows = entrances(run, events)
        rates: list[Check] = [("rates", [row["conversion_rate"] for row in rows], claim["value"]) for claim in others]
        return compare("period", rows, claimed) + rates
    if run["breakdown"]:
        return broken_down(run, events)
    leads = matched(run, events)
    if run["viz"] == "time_to_convert":
        return conversion_times(run, leads, others)
    found = compare("", summary(leads, len(run["steps"])), claimed)
    found += [
        (f"actors {entry['step']}", actors(leads, entry["step"]), sorted(entry["actors"]))
        for entry in expected.get("actors", [])
    ]
    for claim in others:
        if claim["value"]["$run"] >= len(case["runs"]):  # compares with a run that the record does not keep
            continue
        twin = summary(matched(other := case["runs"][claim["value"]["$run"]], frame(case, other)), len(run["steps"]))
        same = summary(leads, len(run["steps"])) == twin
        found.append((f"same as run {claim['value']['$run']}", same, claim["op"] != "ne"))
    return found


def broken_down(run: Run, events: pd.DataFrame) -> list[Check]:
    expected = run["expected"]
    split = {value: matched(run, rows) for value, rows in groups(run, events).items()}
    split = {value: leads for value, leads in split.items() if len(leads)}
    found: list[Check] = []
    for entry in expected.get("breakdowns", []):
        leads = split.get(tuple(map(str, entry["breakdown"])), pd.DataFrame())
        found += compare(str(entry["breakdown"]), summary(leads, len(run["steps"])), enumerate(entry["steps"]))
    for entry in expected.get("actors", []):
        value = entry["breakdown"] if isinstance(entry["breakdown"], list) else [entry["breakdown"]]
        chosen = list(split.values()) if entry["breakdown"] is None else [split[tuple(map(str, value))]]
        names = sorted({name for leads in chosen for name in actors(leads, entry["step"])})
        found.append((f"actors {entry['step']} of {value}", names, sorted(entry["actors"])))
    for claim in expected.get("other", []):
        if claim["path"][-1:] == ["len()"]:
            found.append(("values", len(split), claim["value"]))
        elif claim["path"][-1:] == ["breakdown"]:
            found.append(("values", sorted(map(list, split)), sorted(claim["value"])))
    return found


def conversion_times(run: Run, leads: pd.DataFrame, others: Sequence[Run]) -> list[Check]:
    begin = (run["from_step"] or 0) + 1
    end = (run["to_step"] if run["to_step"] is not None else len(run["steps"]) - 1) + 1
    reached = leads[leads["depth"] >= end]
    times = ((reached[f"at_{end}"] - reached[f"at_{begin}"]) / MICRO).astype(float)
    found: list[Check] = []
    for claim in others:
        edges = [edge for edge, _ in claim["value"]["bins"]]
        counts = np.histogram(times, bins=[*edges, np.inf])[0].tolist()
        found.append(("bins", counts, [count for _, count in claim["value"]["bins"]]))
        found.append(("average", times.mean(), claim["value"]["average_conversion_time"]))
    return found


@pytest.mark.parametrize("name", list(ALL) or ["no cases"])
def test_case(name: str) -> None:
    case, run = ALL[name]
    if feature := needed(case, run):
        pytest.skip(f"needs {feature}")
    made = checks(case, run)
    assert made
    for label, found, wanted in made:
        assert found == (pytest.approx(wanted) if isinstance(wanted, float) else wanted), label


def test_enough_cases_run() -> None:
    skipped = Counter(feature for case, run in ALL.values() if (feature := needed(case, run)))
    assert len(ALL) - skipped.total() >= RUNNABLE, skipped

"""Who reports to whom, and where that goes round in a circle."""

import pandas as pd


def circles(people: pd.DataFrame) -> tuple[tuple[str, ...], ...]:
    """Every circle of managers: person_ids in order, each reporting to the next and the last one to the first.

    `people` has `person_id` and `manager`, a person_id. A person who reports to themselves is a circle of one.

    >>> circles(pd.DataFrame({"person_id": ["a", "b", "c"], "manager": ["b", "a", "a"]}))
    (('a', 'b'),)
    """
    above = dict(zip(people["person_id"], people["manager"], strict=True))
    done: set[str] = set()
    found = []
    for start in sorted(above):
        way: list[str] = []
        at: object = start
        while isinstance(at, str) and at in above and at not in done and at not in way:
            way.append(at)
            at = above[at]
        if isinstance(at, str) and at in way:
            found.append(tuple(way[way.index(at) :]))
        done.update(way)
    return tuple(found)


def circle_told(circle: tuple[str, ...], names: dict[str, str]) -> str:
    """A circle in words.

    >>> circle_told(("a", "b"), {"a": "Ada", "b": "Ben"}), circle_told(("a",), {"a": "Ada"})
    ('Ada reports to Ben, and Ben to Ada', 'Ada reports to Ada')
    """
    called = [names.get(one, one) for one in circle]
    steps = [f"{called[0]} reports to {called[1 % len(called)]}"]
    steps += [f"{one} to {called[(place + 1) % len(called)]}" for place, one in enumerate(called) if place]
    return steps[0] if len(steps) == 1 else f"{', '.join(steps[:-1])}, and {steps[-1]}"


__all__ = ["circle_told", "circles"]

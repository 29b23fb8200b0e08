"""Lazy frames of an object that several threads ask: each thread gets one of its own engine, made once."""

from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

from core.engine import Engine, Lazy


class HasEngine(Protocol):
    """Anything that has an engine for whichever thread asks."""

    @property
    def engine(self) -> Engine:
        """This thread's engine."""
        ...


class Asks(Protocol):
    """Anything that asks one report."""

    @property
    def report(self) -> HasEngine:
        """The report."""
        ...


A = TypeVar("A", bound=Asks)


class OncePerThread(Generic[A]):
    """A lazy frame that is made once for each thread that asks: it belongs to the engine of the thread that made it.

    Parts of a page run again later, in another thread than the page itself.
    """

    def __init__(self, make: Callable[[A], Lazy]) -> None:
        self._make, self.__doc__ = make, make.__doc__

    def __set_name__(self, _: type, name: str) -> None:
        self._name = f"{name} and its engine"

    def __get__(self, asked: A, _: type | None = None) -> Lazy:
        engine = asked.report.engine
        held: tuple[Engine, Lazy] | None = asked.__dict__.get(self._name)
        if held is None or held[0] is not engine:
            held = asked.__dict__[self._name] = engine, self._make(asked)
        return held[1]

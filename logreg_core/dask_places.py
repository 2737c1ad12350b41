"""Partitions as tasks nobody has run yet, and what is said of one where something fails."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from .dask_facts import Facts
from .errors import DataError, LogregError, MissingDependencyError

__all__ = ["Parts", "killed", "located", "not_installed"]


@dataclass(frozen=True)
class Parts:
    """Partitions: ``make(*inputs[i])`` gives the i-th.

    inputs : keys of ``given`` (Dask's Delayed objects), or plain values. places : where each lies,
    for messages. lengths : rows of each, where they were counted. facts : of each with rows, where
    they were surveyed: a partition that is not the same any more is refused. watched : ``make``
    itself refuses what has changed, as far as size and time of a file tell.

    Examples
    --------
    >>> Parts(((1,), (2,)), (), ("partition 0", "partition 1"), float, (3, 4)).firsts
    (0, 3)
    """

    inputs: tuple[tuple[Any, ...], ...]
    given: tuple[Any, ...]
    places: tuple[str, ...]
    make: Callable[..., Any]
    lengths: tuple[int, ...] | None = None
    facts: tuple[Facts | None, ...] | None = None
    watched: bool = False

    @property
    def firsts(self) -> tuple[int, ...]:
        """The row of the whole that is each partition's first."""
        return tuple(accumulate(self.lengths or (), initial=0))[:-1]


def located(problem: LogregError, number: int, parts: Parts, first: int | None) -> LogregError:
    """The same error with the partition named, and its row counted from the first of all."""
    place = parts.places[number]
    start = f" (its row 0 is row {first} of all)" * bool(first)
    evidence = {**problem.evidence, "partition": number, "place": place}
    row = evidence.get("row")
    if row is not None:
        evidence |= {"row_in_partition": row, "row": row + (first or 0)}
    words = problem.expected, problem.meaning, problem.remedy
    return type(problem)(f"{place}{start}: {problem.found}", *words, **evidence)


def killed(problem: Any, parts: Parts, number: int | None) -> DataError:
    """What Dask's `KilledWorker` means: a partition at which workers died."""
    place = "a sum of partitions" if number is None else parts.places[number]
    n_rows = parts.lengths[number] if parts.lengths and number is not None else None
    deaths = int(problem.allowed_failures) + 1
    return DataError(
        f"{place}{'' if n_rows is None else f', {n_rows} rows'}: {deaths} "
        f"worker{'s' * (deaths != 1)} died at work on it, or with it next in line",
        "partitions that fit into a worker's memory, as many at once as it has threads",
        "the memory of the workers was probably exceeded; as doubles, columns may take several "
        "times the room they take on disk",
        "cut the data into smaller partitions, or give workers more memory or fewer threads; "
        "persist=False keeps none. The logs of the workers say how they died",
        partition=number,
        place=place,
        n_rows=n_rows,
        task=str(problem.task),
    )


def not_installed(problem: ModuleNotFoundError) -> MissingDependencyError:
    """What it means that a worker, or this process, lacks a package."""
    return MissingDependencyError(
        f"a worker has no module {problem.name!r}",
        "the same packages on the workers as here",
        "the sums are computed where the partitions lie",
        "install logreg-core with its extra dask on every worker, in one version",
        module=problem.name,
    )

"""Sums over partitions on Dask: a task a partition, then one tree of additions in a fixed order.

Only sums travel. The tree is that of `workers.pairwise_sum`, whoever runs which task: the same bits
for any number of workers, in any order of completion, before and after a worker dies. Keys are
never used twice, so no evaluation can meet the results of another; a task that is run again gives
what it gave before.
"""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import count
from typing import Any

import numpy as np

from .array_blocks import ArrayBlocks
from .blocks import Terms
from .dask_facts import Facts, check_facts
from .dask_places import Parts, killed, located, not_installed
from .errors import DataChangedError, LogregError, MissingDependencyError
from .spans import Span
from .workers import pairwise_sum

__all__ = ["PAUSE", "Cluster", "add_up", "tree"]

FAN_IN = 8  # partial sums a task adds: a power of two, so that the tree is that of pairs
LARGE = 1 << 14  # bytes of a function from which it goes to a worker once, not with every task
PAUSE = 0.2  # seconds before a reading that failed is tried again, then twice that, and so on


class Cluster:
    """Where tasks run: a client's workers, or the scheduler that Dask is configured to use.

    retries : how often what cannot be read (OSError) is tried again.
    """

    def __init__(self, client: Any = None, retries: int = 3) -> None:
        try:
            from dask import base, threaded
        except ModuleNotFoundError as problem:
            raise MissingDependencyError(
                "Dask is not installed",
                "dask and distributed",
                "they run the sums where the partitions lie",
                "pip install 'logreg-core[dask]'",
            ) from problem
        configured: Any = base.get_scheduler
        get = client.get if client is not None else configured()
        owner = getattr(get, "__self__", None)
        self.client = owner if hasattr(owner, "scheduler_info") else None
        self.retries = retries
        self._get: Callable[..., Any] = get or threaded.get
        self._prefix, self._numbers = f"logreg-{uuid.uuid4().hex[:12]}", count()

    def map(
        self, function: Callable[[Any], Any] | Mapping[int, Callable[[Any], Any]], parts: Parts
    ) -> list[Any]:
        """function(partition) of all partitions, or of some, each with its own, in their order.

        Raises
        ------
        LogregError
            The first in the order of rows, whichever task ended first; its row is told from the
            first of all where lengths are known or results count them (``n_rows``).
        """
        name, layer = self._name(), dict[str, Any]()
        tasks = function if isinstance(function, Mapping) else None
        wanted = range(len(parts.inputs)) if tasks is None else tasks
        keys = [
            self._task(layer, name, function if tasks is None else tasks[i], parts, i, _tried)
            for i in wanted
        ]
        found = self._run(layer, keys, parts, name) if keys else []
        first = 0
        for i, result in zip(wanted, found, strict=True):
            if isinstance(result, LogregError):
                raise located(result, i, parts, parts.firsts[i] if parts.lengths else first)
            first += getattr(result, "n_rows", 0)
        return found

    def total(self, function: Callable[[ArrayBlocks], Any], parts: Parts) -> Any:
        """The sum of function(partition) over the partitions that have rows.

        Raises
        ------
        DataChangedError
            A partition that is not what it was when it was surveyed, naming it.
        """
        import cloudpickle  # what Dask sends functions with

        name, layer = self._name(), dict[str, Any]()
        task: Any = partial(sum_of_part, function)
        if len(cloudpickle.dumps(function)) > LARGE:
            layer[f"{name}-function"] = (_same, task)
            task = f"{name}-function"
        held = [i for i, n in enumerate(parts.lengths or ()) if n]
        keys = [self._task(layer, name, task, parts, i) for i in held]
        above, last = tree(keys, f"{name}-sum")
        try:
            return whole(self._run({**layer, **above}, [last], parts, name)[0])
        except DataChangedError as problem:
            number = problem.evidence.get("partition")
            if number is None:
                raise
            raise located(problem, number, parts, None) from problem

    def persist(self, parts: Parts) -> Parts:
        """The same partitions, kept in the memory of the workers from now on."""
        from dask.delayed import Delayed

        lazily: Any = Delayed
        persist: Any = _persist_here if self.client is None else self.client.persist
        name, layer = self._name(), dict[str, Any]()
        bare = replace(parts, facts=None)  # checked where they are used
        keys = [self._task(layer, name, _same, bare, i) for i in range(len(parts.inputs))]
        graph = _graph(name, layer, parts)
        kept = persist([lazily(key, graph, layer=name) for key in keys], optimize_graph=False)
        inputs = tuple((key,) for key in keys)
        return replace(parts, inputs=inputs, given=tuple(kept), make=_same)

    def memory(self) -> int:
        """Bytes of memory of all workers together; 0 where that is not known."""
        if self.client is None:
            return _own_memory()
        try:
            workers = self.client.scheduler_info(n_workers=-1)["workers"]
        except TypeError:  # before 2025.4 it took no number, and gave all
            workers = self.client.scheduler_info()["workers"]
        return sum(worker["memory_limit"] or 0 for worker in workers.values())

    def _name(self) -> str:
        return f"{self._prefix}-{next(self._numbers)}"

    @staticmethod
    def _task(
        layer: dict[str, Any], name: str, function: Any, parts: Parts, i: int, run: Any = None
    ) -> str:
        facts = parts.facts[i] if parts.facts else None
        known = None if facts is None else (i, *facts)
        layer[f"{name}-{i}"] = (run or _apply, function, parts.make, known, *parts.inputs[i])
        return f"{name}-{i}"

    def _run(self, layer: dict[str, Any], keys: list[str], parts: Parts, name: str) -> list[Any]:
        graph = _graph(name, layer, parts)
        for attempt in range(self.retries + 1):
            try:
                return list(self._get(graph, keys))
            except LogregError:
                raise
            except OSError:
                if attempt == self.retries:
                    raise
                time.sleep(PAUSE * 2**attempt)
            except ModuleNotFoundError as problem:
                raise not_installed(problem) from problem
            except Exception as problem:
                if type(problem).__name__ != "KilledWorker":
                    raise
                number = _number_of(str(getattr(problem, "task", "")), graph, layer)
                raise killed(problem, parts, number) from problem
        raise AssertionError  # the last attempt returns or raises


def _graph(name: str, layer: dict[str, Any], parts: Parts) -> Any:
    from dask import highlevelgraph

    build: Any = highlevelgraph.HighLevelGraph.from_collections
    return build(name, layer, dependencies=parts.given)


def _persist_here(lazy: list[Any], **how: Any) -> tuple[Any, ...]:
    from dask import base

    kept: tuple[Any, ...] = base.persist(*lazy, **how)  # type: ignore[no-untyped-call]
    return kept


def _number_of(task: str, graph: Any, layer: dict[str, Any]) -> int | None:
    """The number of the partition that a task belongs to, by the keys of its sums."""
    from dask import optimization

    cull: Any = optimization.cull
    for key in layer:
        number = key.rpartition("-")[2]
        if layer[key][0] in (_apply, _tried) and task in map(str, cull(dict(graph), [key])[0]):
            return int(number)
    return None


def _same(value: Any) -> Any:
    return value


Known = tuple[Any, ...] | None  # the number of a partition and its facts, plain for Dask's graph


def _apply(
    function: Callable[[Any], Any], make: Callable[..., Any], known: Known, *given: Any
) -> Any:
    part = make(*given)
    if known is not None:
        check_facts(part, known[0], Facts(*known[1:]))
    return function(part)


def _tried(
    function: Callable[[Any], Any], make: Callable[..., Any], known: Known, *given: Any
) -> Any:
    """The same, or the error it raises as a value: so all partitions answer, and errors are told
    in the order of rows."""
    try:
        return _apply(function, make, known, *given)
    except LogregError as problem:
        return problem


def tree(keys: Sequence[str], name: str) -> tuple[dict[str, Any], str]:
    """Tasks that add up these keys in the order of `pairwise_sum`, and the key of the total.

    >>> layer, total = tree([f"p{i}" for i in range(10)], "sum")
    >>> [inner for _, inner in layer.values()][1:], total
    ([['p8', 'p9'], ['sum-0-0', 'sum-0-1']], 'sum-1-0')
    """
    layer: dict[str, Any] = {}
    level, here = 0, list(keys)
    while len(here) > 1:
        above = []
        for first in range(0, len(here), FAN_IN):
            key = f"{name}-{level}-{first // FAN_IN}"
            layer[key] = (add_up, here[first : first + FAN_IN])
            above.append(key)
        level, here = level + 1, above
    return layer, here[0]


def add_up(parts: list[Any]) -> Any:
    """Their sum, in order and by pairs."""
    return pairwise_sum(parts)


def sum_of_part(function: Callable[[ArrayBlocks], Any], span: Span) -> Any:
    """function(part), as it travels: of a symmetric information one triangle."""
    found = function(ArrayBlocks(*span))
    if isinstance(found, Terms) and found.information.size:
        found = replace(found, information=found.information[np.tril_indices(len(found.gradient))])
    return found


def whole(total: Any) -> Any:
    """What a sum that has travelled stands for."""
    if not isinstance(total, Terms) or not total.information.size:
        return total
    k = len(total.gradient)
    information, lower = np.empty((k, k)), np.tril_indices(k)
    information[lower] = total.information
    information.T[lower] = total.information
    return replace(total, information=information)


def _own_memory() -> int:
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return 0

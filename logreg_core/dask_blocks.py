"""`DaskBlocks`: rows in the partitions of a Dask cluster, in place of X and y.

The fit runs here and sees sums only. Each evaluation is one task a partition and one tree of
additions in a fixed order (`dask_sums`), so the bits depend on how the rows are cut into
partitions, and on nothing else: not on workers, threads, order, or a worker that dies.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any, Literal

import numpy as np

from .array_blocks import ArrayBlocks, PartedBlocks, Starts, span_rows
from .dask_opening import open_arrays, open_table
from .dask_rows import Where, blame_first, joined, rows_at, stretches_of, survey
from .dask_sums import Cluster
from .design import Design
from .encoding import Encoding
from .errors import DataError
from .extremes import Largest
from .named_blocks import NamedBlocks
from .regrid import regrid
from .sampling import SAMPLE, sampled_places
from .spans import Span
from .streamed_design import asked_for

__all__ = ["DaskBlocks"]

LEAST_WORK = 1_000_000  # rows times columns from which it asks for stretches too
SHARE = 0.6  # of the workers' memory that partitions may take to be kept in it


class DaskBlocks(NamedBlocks, PartedBlocks):
    """Rows in the partitions of a Dask cluster: `fit` takes it in place of X and y.

    Parameters
    ----------
    data : Dask DataFrame; Dask Array (or DataFrame of numbers) with ``y``; or Parquet files, a
        partition each: a list of paths, a pattern, a folder. Workers must see the same paths.
    design : `Design` or `Encoding` whose rule makes the columns, or a formula. Without one
        ``target`` names the outcome, and positive, features, categorical, reference and missing
        are as in `Design.from_frame`. Levels and classes come from a light first pass.
    y : outcomes, cut as ``data`` is; then data holds the columns of X and nothing else.
    client, address : where to run: a `distributed.Client`, or a scheduler's address, for which a
        client is made (TLS as Dask is configured). Without both, Dask's own choice: the current
        client, or the scheduler of ``dask.config``.
    weight, offset : names of columns; with y Dask Arrays or Series.
    retries : how often a reading that fails (OSError) is tried again. Nothing else is.
    persist : keep the encoded partitions in the workers' memory; "auto" does where all of them
        take less than 60 % of it. The result is the same.

    Attributes
    ----------
    report : what was dropped and chosen, as `Design.report`; None where nothing was chosen.

    Raises
    ------
    DataError
        As `Design.from_frame`, with the partition; rows are counted in it and from the first of
        all. Also where workers died at a partition again and again.
    DataChangedError
        A partition that is not the same whenever it is made; also when a fit sums over it.

    Notes
    -----
    Cost: a light pass to count rows and find classes, one that checks all rows and brings a
    sample, then a pass an evaluation, which moves 4 k^2 bytes a partition (k coefficients).

    Examples
    --------
    >>> import dask, dask.array as da, numpy as np, logreg_core as lc
    >>> X = da.from_array(np.arange(8.0).reshape(8, 1), chunks=3)
    >>> y = da.from_array(np.array([0, 0, 1, 0, 1, 0, 1, 1]), chunks=3)
    >>> with dask.config.set(scheduler="synchronous"):
    ...     lc.fit(lc.DaskBlocks(X, y=y)).coef.round(6)
    array([-2.079295,  0.594084])
    """

    def __init__(
        self,
        data: Any,
        design: Design | Encoding | str | None = None,
        *,
        y: Any = None,
        client: Any = None,
        address: str | None = None,
        target: Any = None,
        positive: Any = None,
        features: Sequence[Any] | None = None,
        categorical: Sequence[Any] = (),
        reference: dict[Any, Any] | None = None,
        missing: Literal["raise", "drop"] = "raise",
        weight: Any = None,
        offset: Any = None,
        retries: int = 3,
        persist: bool | str = "auto",
    ) -> None:
        _check_options(client, retries, persist)
        if address is not None:
            from .dask_client import client_of

            client = client_of(address)
        self._cluster = Cluster(client, retries)
        if y is None:
            asked = asked_for(
                design, target=target, positive=positive, features=features,
                categorical=categorical, reference=reference, missing=missing,
            )  # fmt: skip
            opened = open_table(self._cluster, data, asked, weight, offset)
        else:
            _refuse_both(design, target)
            opened = open_arrays(self._cluster, data, y, weight, offset)
        self.names, self.classes, self.encoding = opened.names, opened.classes, opened.encoding
        self.weighted, self.with_offset = weight is not None, offset is not None
        self.report, self._parts = opened.report, opened.parts
        self._survey(persist)

    @property
    def n_rows(self) -> int:
        return sum(self._parts.lengths or ())

    @property
    def n_partitions(self) -> int:
        """Partitions, empty ones too."""
        return len(self._parts.inputs)

    def identity(self) -> dict[str, Any]:
        """Rows cut elsewhere are other sums: the lengths of the partitions belong to it."""
        return {**super().identity(), "partitions": list(self._parts.lengths or ())}

    # -- sums -----------------------------------------------------------------------------------
    def total(self, function: Callable[[ArrayBlocks], Any]) -> Any:
        """The sum of function(partition), by a tree fixed by the number of partitions.

        ``function`` travels to the workers: a module's function, or a partial of one.
        """
        return self._cluster.total(function, self._parts)

    def totals(self) -> tuple[float, float]:
        return self._sums.success, self._sums.failure

    def mean_offset(self) -> float:
        return self._sums.offset / self.n_rows

    def largest_offset(self) -> float:
        return float(self.total(_largest_offset).sizes[0]) if self.with_offset else 0.0

    def blame(self) -> None:
        blame_first(self._cluster, self._parts, self.names)

    # -- rows -----------------------------------------------------------------------------------
    def sample(self, n_rows: int) -> Span:
        return self._rows((_every(self.n_rows, n_rows),))[0]

    def stretches(self, starts: Starts, length: int) -> tuple[ArrayBlocks, Starts]:
        rows = joined(self._rows(stretches_of(starts, length)))
        return ArrayBlocks(*rows), tuple(range(0, length * len(starts), length))

    def spans(self) -> Iterator[Span]:
        """All rows in order, brought here a partition at a time: for what is no sum."""
        held = [i for i, rows in enumerate(self._parts.lengths or ()) if rows]
        parts = (self._cluster.map({i: _same}, self._parts)[0] for i in held)
        return regrid(parts, span_rows(self.n_rows, self.n_columns), self.n_rows)

    def _rows(self, wanted: tuple[Where, ...]) -> list[Span]:
        """The rows of each slice: those that the survey brought, or fetched now."""
        found = self._fetched.get(wanted)
        return rows_at(self._cluster, self._parts, wanted) if found is None else found

    def _survey(self, persist: bool | str) -> None:
        """The first reading of all rows, which also brings those a fit will ask for."""
        if persist is True:
            self._parts = self._cluster.persist(self._parts)
        n, k = self.n_rows, self.n_columns + 1
        evenly = (_every(n, SAMPLE),)
        apart = stretches_of(*sampled_places(n, k - 1, k)) if n * k >= LEAST_WORK else ()
        self._sums, rows = survey(self._cluster, self._parts, (*evenly, *apart))
        self._parts = replace(self._parts, facts=self._sums.facts)
        self._fetched = {evenly: rows[:1], apart: rows[1:]}
        if persist == "auto" and self._sums.n_bytes < SHARE * self._cluster.memory():
            self._parts = self._cluster.persist(self._parts)


def _every(n: int, rows: int) -> Where:
    """About so many of n rows, as `ArrayBlocks.sample` takes them."""
    return Where(0, n, max(1, n // max(1, rows)))


def _same(span: Span) -> Span:
    return span


def _largest_offset(part: ArrayBlocks) -> Largest:
    return Largest(np.abs(part.offset).max(initial=0.0, keepdims=True))


def _check_options(client: Any, retries: Any, persist: Any) -> None:
    for name, value, valid, expected, remedy in (
        (
            "client", client, client is None or hasattr(client, "scheduler_info"),
            "a distributed.Client", "give one, such as distributed.Client(cluster), or an address",
        ),
        (
            "retries", retries,
            isinstance(retries, int) and not isinstance(retries, bool) and retries >= 0,
            "a whole number from 0 on", "use 0 to try once, or 3, the default",
        ),
        (
            "persist", persist, isinstance(persist, bool) or persist == "auto",
            "True, False or 'auto'", "use 'auto', the default, to keep what fits into memory",
        ),
    ):  # fmt: skip
        if not valid:
            raise DataError(
                f"{name} is {value!r:.60}",
                expected,
                "it is not clear how the partitions are to be read",
                remedy,
                option=name,
            )


def _refuse_both(*others: Any) -> None:
    if any(other is not None for other in others):
        raise DataError(
            "y and a design or a target were given",
            "y with a matrix of numbers, or a target that is a column of the data",
            "two outcomes may differ",
            "leave one out",
        )

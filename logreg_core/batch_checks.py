"""Batches checked as they pass: their shape always, weights and offsets once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from .column_fill import in_batch
from .encoding import Encoding
from .errors import DataError
from .row_checks import LARGEST
from .spans import Span

__all__ = [
    "Batch",
    "Source",
    "announced",
    "check_count",
    "first_not_finite",
    "located",
    "right_shapes",
    "sound_column",
    "sound_vectors",
    "wrong_count",
]

Floats = NDArray[np.float64]


class Batch(NamedTuple):
    """Some rows, any number of them; place: where the first lies, for messages.

    X (m, columns) float64 in C order, y (m,) uint8, or success and failure (m,); weight and
    offset (m,), or none. Their memory stays as it is: a source that fills its arrays again says
    so by an attribute ``lent = True``.
    """

    span: Span
    place: str


class Source(Protocol):
    """Where batches come from. names of the columns of X; classes, the positive one last.

    weighted, with_offset: whether batches carry them. n_rows: where it is known without reading.
    One that can tell whether it has changed without reading it may have a method ``check()``.
    """

    names: tuple[str, ...]
    classes: tuple[Any, Any]
    encoding: Encoding | None
    weighted: bool
    with_offset: bool
    n_rows: int | None

    def batches(self) -> Iterator[Batch]:
        """All rows in order, from the first on at each call."""
        ...

    def identity(self) -> dict[str, Any]:
        """What must be equal for the rows to be the same; {} where it cannot tell."""
        ...


def right_shapes(
    batches: Iterable[Batch], source: Source, *, outcomes_only: bool = False
) -> Iterator[tuple[Span, int, str]]:
    """Each batch that has rows, with its first row's number and place.

    Raises
    ------
    DataError
        Another number of columns, parts of other lengths, weights or offsets in some batches only.
    """
    first, names = 0, () if outcomes_only else source.names
    for span, place in batches:
        m = len(span.X)
        if span.X.ndim != 2 or span.X.shape[1] != len(names):
            raise DataError(
                f"a batch has X of shape {span.X.shape} (from row {first} on; {place})",
                f"(rows, {len(names)}): " + ", ".join(map(repr, names[:8])),
                "columns and coefficients cannot be matched",
                "make every batch of the same columns, in the same order",
                row=first,
                place=place,
            )
        if m:
            _complete(span, m, source, first, place)
            yield span, first, place
        first += m


def _complete(span: Span, m: int, source: Source, first: int, place: str) -> None:
    counts = len(span.success) == len(span.failure) == m and not len(span.y)
    outcomes = counts or (len(span.y) == m and not len(span.success) and not len(span.failure))
    weights = counts or len(span.weight) == (m if source.weighted else 0)
    offsets = len(span.offset) == (m if source.with_offset else 0)
    for good, name, there in (
        (outcomes, "outcomes", len(span.y) or len(span.success)),
        (weights, "weights", len(span.weight)),
        (offsets, "offsets", len(span.offset)),
    ):
        if not good:
            raise DataError(
                f"a batch of {m} rows has {there} {name} (from row {first} on; {place})",
                f"{name} for all rows of all batches, or of none",
                "rows and what belongs to them cannot be matched",
                f"check how the batches are made, and whether {name} were announced",
                row=first,
                place=place,
            )


def sound_vectors(span: Span, first: int, place: str) -> None:
    """Refuse a weight or an offset without which a row has no likelihood."""
    checks = (
        ("sample_weight", span.weight, 0.0),
        ("successes", span.success, 0.0),
        ("failures", span.failure, 0.0),
        ("offset", span.offset, -LARGEST),
    )
    for name, values, least in checks:
        if values.size:
            _sound(name, values, least, lambda row: first + row, place)


def sound_column(
    name: Any, values: Floats, taken: NDArray[np.intp] | None, *, offset: bool = False
) -> Floats:
    """A batch's weights, or offsets, at the rows taken (None: all of them).

    Raises
    ------
    DataError
        For the first without which a row has no likelihood; ``row`` counts all rows of the batch.

    Examples
    --------
    >>> sound_column("w", np.array([1.0, -2.0, 3.0]), np.array([0, 2]))
    array([1., 3.])
    """
    kept = np.ascontiguousarray(values if taken is None else values[taken], dtype=np.float64)
    least = -LARGEST if offset else 0.0
    _sound(name, kept, least, lambda row: row if taken is None else int(taken[row]))
    return kept


def _sound(
    name: Any, values: Floats, least: float, row_of: Callable[[int], int], place: str = ""
) -> None:
    good = (values >= least) & (values <= LARGEST)  # NaN is neither
    if good.all():
        return
    at = int(np.argmin(good))
    row, value = row_of(at), float(values[at])
    where = {"place": place} if place else {}
    raise DataError(
        f"column {name!r} holds {_word(value)} in row {row}" + f" ({place})" * bool(place),
        f"finite log-odds below {LARGEST:g} in size" if least else "finite numbers, 0 or more",
        "this row has no likelihood",
        "drop or correct such rows",
        column=name,
        row=row,
        value=value,
        **where,
    )


def first_not_finite(span: Span, first: int, place: str, names: tuple[str, ...]) -> None:
    """Refuse the first NaN or infinity in the rows of X."""
    bad = ~np.isfinite(span.X)
    if not bad.any():
        return
    row, column = (int(i) for i in np.argwhere(bad)[0])
    value = float(span.X[row, column])
    raise DataError(
        f"column {names[column]!r} holds {_word(value)} in row {first + row} ({place})",
        "finite numbers",
        "this row has no likelihood and no probability, even at weight 0",
        "drop or fill such rows",
        column=names[column],
        row=first + row,
        value=value,
        place=place,
    )


def located(error: DataError, first: int, place: str) -> DataError:
    """The error of one batch, told by the row's number in the whole and by where it lies."""
    error = in_batch(error, "drop or fill such rows")
    evidence = dict(error.evidence)
    row = evidence.get("row")
    where = place
    if isinstance(row, int):
        evidence["row"] = first + row
        where = f"row {first + row} of all; {place}" if first else place
    evidence["place"] = place
    return DataError(
        f"{error.found} ({where})", error.expected, error.meaning, error.remedy, **evidence
    )


def _word(value: float) -> str:
    return "NaN (no value)" if value != value else f"{value:g}"


def check_count(n_rows: Any) -> None:
    """Refuse what is no number of rows; None is none."""
    if n_rows is None or (
        isinstance(n_rows, int | np.integer) and not isinstance(n_rows, bool) and n_rows >= 0
    ):
        return
    raise DataError(
        f"n_rows is {n_rows!r:.60}",
        "a whole number, 0 or more",
        "it is how many rows all batches hold",
        "leave it out to have them counted",
    )


def wrong_count(n_rows: int, found: str) -> DataError:
    """The error of an ``n_rows`` that the caller gave and that is not true."""
    return DataError(
        f"n_rows={n_rows} was given and the batches hold {found} rows",
        "as many rows as were announced",
        "rows would be left out, or are missing",
        "leave n_rows out, or correct it",
        n_rows=n_rows,
    )


def announced(batches: Iterable[Batch], n_rows: int) -> Iterator[Batch]:
    """The batches of a first reading, as long as they hold the rows that the caller announced.

    Raises
    ------
    DataError
        They hold others; not `DataChangedError`, as nothing was counted before.
    """
    rows = 0
    for batch in batches:
        rows += len(batch.span.X)
        if rows > n_rows:
            raise wrong_count(n_rows, f"more than {n_rows}")
        yield batch
    if rows != n_rows:
        raise wrong_count(n_rows, str(rows))

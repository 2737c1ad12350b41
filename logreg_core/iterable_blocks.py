"""Any batches that can be had again as the rows of a fit: generators, readers, query results."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, nullcontext
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .arrays import as_matrix, as_vector, is_frame
from .batch_checks import Batch, announced, check_count, located, wrong_count
from .batch_labels import ClassesSeen, outcome_codes
from .columns import Table
from .design import Design
from .encoding import Encoding
from .errors import DataError
from .spans import NO_BYTES, NOTHING, Span
from .stream_blocks import StreamBlocks

__all__ = ["IterableBlocks"]

FORMS = "(X, y), (X, y, weight) or (X, y, weight, offset), or a frame where there is an encoding"
Columns = str | None
Pieces = tuple[Any, Any, Any, Any]


class IterableBlocks(StreamBlocks):
    """Rows that a function gives in batches, for `fit`: of any size, from the first at each call.

    Gives the bits of a fit with all rows in memory.

    Parameters
    ----------
    factory : a function without arguments that makes a fresh iterable of batches at every call,
        always the same rows in the same order; or such an iterable that is no iterator, a list.
        A batch is (X, y), (X, y, weight) or (X, y, weight, offset), with X (m, columns) an array
        or a frame of numbers, as `fit` takes them, and None for no weight; or, with an encoding,
        a data frame (pandas, polars, Arrow table or record batch) that holds the outcome too.
        Batches of 0 rows are passed over. Arrays may be filled again for the next batch.
    names : of the columns of X; else those of a frame, or "x1", "x2", ...
    classes : the negative and the positive one; found by a reading where they are not given
    encoding : an `Encoding`, or a `Design` or a fit that has one
    n_rows : of all batches; counted by a reading where it is not given
    weight, offset : with an encoding: names of the columns that hold them
    read_ahead : spans read ahead on a thread; 0 where batches must be made on the caller's own

    Raises
    ------
    DataError
        Here and during a fit, naming row and batch of what cannot be used.

    Notes
    -----
    Cost: one reading here, unless classes and n_rows are given; one more for a survey at the
    first use; and one a pass of the fit.

    Examples
    --------
    >>> import numpy as np
    >>> import logreg_core as lc
    >>> def batches():
    ...     rng = np.random.default_rng(7)
    ...     for _ in range(10):
    ...         X = rng.normal(size=(50, 2))
    ...         yield X, X[:, 0] + rng.logistic(size=50) > 0.0
    >>> blocks = lc.IterableBlocks(batches)
    >>> blocks.n_rows, blocks.names, blocks.classes
    (500, ('x1', 'x2'), (False, True))
    >>> lc.fit(blocks).coef.round(3)
    array([0.055, 1.121, 0.174])
    """

    def __init__(
        self,
        factory: Callable[[], Iterable[Any]] | Iterable[Any],
        *,
        names: Sequence[str] | None = None,
        classes: tuple[Any, Any] | None = None,
        encoding: Encoding | Design | Any = None,
        n_rows: int | None = None,
        weight: Columns = None,
        offset: Columns = None,
        read_ahead: int = 2,
    ) -> None:
        rule = None if encoding is None else getattr(encoding, "encoding", encoding)
        if rule is not None and not isinstance(rule, Encoding):
            raise DataError(
                f"encoding is a {type(encoding).__name__} without an encoding",
                "an Encoding, a Design, or a fit made from one",
                "frames cannot become columns of X by it",
                "pass Design.from_frame(...) of some rows, or X and y as arrays",
            )
        source = _Batches(factory, rule, weight, offset)
        source.learn(names, classes, n_rows)
        super().__init__(source, read_ahead=read_ahead)


class _Batches:
    """The source: see `batch_checks.Source`."""

    lent = True  # the arrays are the user's: he may fill them again

    def __init__(
        self, factory: Any, encoding: Encoding | None, weight: Columns, offset: Columns
    ) -> None:
        self._factory = factory if callable(factory) else lambda: factory
        self.encoding, self._weight, self._offset = encoding, weight, offset
        self.names: tuple[str, ...] = ()
        self._own: tuple[str, ...] | None = None  # of the first batch, where it is a frame
        self.classes: tuple[Any, Any] = (0, 1)
        self.weighted = self.with_offset = False
        self.n_rows: int | None = None
        self._last: Callable[[], Any] = lambda: None
        self._some = False  # whether a reading has given a row
        self._announced = False  # whether nobody has counted the rows but the caller

    def identity(self) -> dict[str, Any]:
        """Nothing: what a function will give cannot be told without calling it."""
        return {}

    def learn(
        self, names: Sequence[str] | None, classes: tuple[Any, Any] | None, n_rows: int | None
    ) -> None:
        """Names, classes and number of rows: those given, else by a reading."""
        if self.encoding is not None:
            names, classes = self.encoding.names, self.encoding.classes
        if classes is not None and len(set(classes)) != 2:
            raise DataError(
                f"classes is {classes!r:.60}",
                "two different labels, the positive class last",
                "the outcome is binary",
                "name both classes, or leave them to be found",
            )
        check_count(n_rows)
        seen, rows = ClassesSeen(), 0
        for (X, y, weight, offset), m, place in self._pieces():
            if not rows:
                self._name(X, names)
                self.weighted, self.with_offset = weight is not None, offset is not None
            if classes is None:
                _told(rows, place, partial(seen.see, y, m))
            rows += m
            if classes is not None and n_rows is not None:
                break
        self.classes = seen.classes if classes is None else (classes[0], classes[1])
        if classes is None and n_rows is not None and rows != n_rows:
            raise wrong_count(n_rows, str(rows))
        self._announced = classes is not None and n_rows is not None
        self.n_rows = rows if n_rows is None else int(n_rows)

    def _name(self, X: Any, names: Sequence[str] | None) -> None:
        """Names of the columns, by the first batch."""
        if self.encoding is not None:
            self.names = self.encoding.names
            return
        own = as_matrix(X)[1]
        self._own = own if is_frame(X) else None
        self.names = own if names is None else tuple(map(str, names))
        if len(self.names) != len(own) or len(set(self.names)) != len(own):
            raise DataError(
                f"names is {list(self.names)!r:.200} for {len(own)} columns",
                "a name for each column, none twice",
                "coefficients cannot be told apart by them",
                "name each column once, in their order",
            )

    def _matched(self, X: Any) -> NDArray[Any]:
        """X with its columns in the order of the first batch."""
        array, now = as_matrix(X)
        own, now_own = self._own, now if is_frame(X) else None
        if now_own == own:
            return array
        if own is None or now_own is None or sorted(own) != sorted(now_own):
            said = ["no names" if n is None else f"{list(n)!r:.100}" for n in (now_own, own)]
            raise DataError(
                f"the columns of a batch are {said[0]}",
                f"{said[1]}, as in the first batch",
                "columns and coefficients cannot be matched",
                "make every batch of the same columns: all frames, or all arrays",
            )
        return np.asarray(array)[:, [now_own.index(name) for name in own]]

    def batches(self) -> Iterator[Batch]:
        """All rows in order."""
        if self._announced and self.n_rows is not None:
            yield from announced(self._read(), self.n_rows)
            self._announced = False  # from now on another number is a change
        else:
            yield from self._read()

    def _read(self) -> Iterator[Batch]:
        first = 0
        for pieces, m, place in self._pieces():
            yield Batch(_told(first, place, partial(self._span, pieces, m)), place)
            first += m

    def _span(self, pieces: Pieces, m: int) -> Span:
        X, y, weight, offset = pieces
        if self.encoding is not None and is_frame(X):
            table = Table(X)
            array: NDArray[Any] = self.encoding.transform(table)
            y = self.encoding.encode_target(table) if y is None else y
            classes = (0, 1) if pieces[1] is None else self.classes
        else:
            classes = self.classes
            array = as_matrix(X)[0] if self.encoding is not None else self._matched(X)
        return Span(
            array,
            outcome_codes(y, m, classes) if m else NO_BYTES,
            NOTHING if weight is None else as_vector(weight, m, "sample_weight"),
            NOTHING,
            NOTHING,
            NOTHING if offset is None else as_vector(offset, m, "offset"),
        )

    def _pieces(self) -> Iterator[tuple[Pieces, int, str]]:
        """X, y, weight and offset of each batch that has rows, their number, and which it is."""
        some = False
        batches: Any = self._fresh()
        with closing(batches) if hasattr(batches, "close") else nullcontext():
            for number, batch in enumerate(batches):
                place = f"batch {number}"
                pieces = _told(0, place, partial(self._parted, batch))
                shape = getattr(pieces[0], "shape", None)
                m = int(shape[0]) if shape else len(pieces[0])
                if m:
                    some = True
                    yield pieces, m, place
        if not some:
            raise self._empty()
        self._some = True

    def _fresh(self) -> Iterator[Any]:
        given = self._factory()
        try:
            batches: Iterator[Any] = iter(given)
        except TypeError as problem:
            raise DataError(
                f"the factory gave a {type(given).__name__}",
                "an iterable of batches",
                "there is nothing to read",
                "yield batches, " + FORMS,
            ) from problem
        if batches is given:
            if self._last() is given:
                raise self._empty()
            try:
                self._last = weakref.ref(given)
            except TypeError:  # some built-in iterators: their end is noticed by its rows
                self._last = lambda: None
        return batches

    def _parted(self, batch: Any) -> Pieces:
        if isinstance(batch, tuple) and 2 <= len(batch) <= 4:
            X, y, weight, offset = (*batch, None, None)[:4]
            return X, y, weight, offset
        if self.encoding is not None and is_frame(batch):
            table = Table(batch)
            weight, offset = (
                None if name is None else table.column(name)
                for name in (self._weight, self._offset)
            )
            return batch, None, weight, offset
        raise DataError(
            f"a batch is a {type(batch).__name__}"
            + (f" of {len(batch)}" if isinstance(batch, tuple) else ""),
            FORMS,
            "it is not clear what is to be explained by what",
            "yield tuples, or pass encoding=Design.from_frame(...) of some rows",
        )

    def _empty(self) -> DataError:
        again = self._some or self._last() is not None
        return DataError(
            "the factory gave an iterator that had been read before"
            if again
            else "the factory gave no rows",
            "a fresh iterable of batches at every call",
            "every pass of the fit reads all rows, and an iterator can be read only once",
            "pass a function that makes the iterator anew, such as "
            "lambda: pd.read_csv(path, chunksize=100_000), not one that returns the same",
        )


def _told(first: int, place: str, what: Callable[[], Any]) -> Any:
    """The result; or the error, with the row's number in the whole."""
    try:
        return what()
    except DataError as error:
        raise located(error, first, place) from error

"""Which rows train the model, and which judge it?"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .errors import DataError

__all__ = ["Split", "stratified_folds", "stratified_split"]

Rows = NDArray[np.intp]


class Split(NamedTuple):
    """Positions of the rows, ascending; every row is in exactly one part."""

    train: Rows
    test: Rows


def stratified_split(y: NDArray[Any], test_size: float = 0.25, seed: int = 0) -> Split:
    """Set part of the rows aside for judging, the same share of each class.

    The test part holds round(test_size * n) rows, at least one of each class; what rounding
    leaves over goes to the class whose share it serves best (largest remainder).

    Parameters
    ----------
    y : (n,) outcomes of two classes, 1 for the positive one
    test_size : share of the rows to set aside, between 0 and 1
    seed : of NumPy's PCG64 generator: the same rows on every machine, and whichever class is
        called positive

    Returns
    -------
    Split

    Raises
    ------
    DataError
        When test_size is not between 0 and 1, or a class has fewer than two rows.

    Notes
    -----
    Split before anything is learnt from the rows, and before any row is repeated: a copy of a
    test row among the training rows makes the test worthless.

    Examples
    --------
    >>> y = np.array([0, 0, 0, 0, 0, 0, 1, 1])
    >>> train, test = stratified_split(y, test_size=0.5, seed=1)
    >>> len(train), y[test].tolist()
    (4, [0, 0, 0, 1])
    """
    if not 0 < test_size < 1:
        raise DataError(
            f"test_size is {test_size!r}",
            "a share of the rows between 0 and 1",
            "one of the two parts would be empty",
            "leave it at 0.25, which tests on a quarter of the rows",
        )
    classes = _classes(y, 2, "it cannot be in the training and in the test rows")
    generator = np.random.Generator(np.random.PCG64(seed))
    taken = [
        generator.permutation(members)[:count]
        for members, count in zip(classes, _counts(classes, test_size), strict=True)
    ]
    test = np.sort(np.concatenate(taken))
    return Split(np.delete(np.arange(len(y)), test), test)


def stratified_folds(y: NDArray[Any], n_folds: int = 5, seed: int = 0) -> Rows:
    """Deal the rows into folds, each with the same share of each class.

    Each class is shuffled and dealt round, the second from where the first ended: the sizes of
    any two folds differ by one row at most, and so do their counts of either class.

    Parameters
    ----------
    y : (n,) outcomes of two classes, 1 for the positive one
    n_folds : how many, 2 or more
    seed : of NumPy's PCG64 generator: the same folds on every machine, and whichever class is
        called positive

    Returns
    -------
    (n,) the fold of each row, from 0

    Raises
    ------
    DataError
        When n_folds is below 2, or a class has fewer rows than there are folds.

    Examples
    --------
    >>> stratified_folds(np.array([0, 0, 0, 0, 1, 1]), n_folds=2)
    array([1, 0, 0, 1, 1, 0])
    """
    if not n_folds >= 2:
        raise DataError(
            f"n_folds is {n_folds!r}",
            "a whole number, 2 or more",
            "there would be no rows to learn from",
            "leave it at 5",
        )
    generator = np.random.Generator(np.random.PCG64(seed))
    fold, dealt = np.empty(len(y), dtype=np.intp), 0
    for members in _classes(y, n_folds, "some folds would judge without it"):
        shuffled = generator.permutation(members)
        fold[shuffled] = (np.arange(len(shuffled)) + dealt) % n_folds
        dealt += len(shuffled)
    return fold


def _classes(y: NDArray[Any], least: int, meaning: str) -> list[Rows]:
    """Positions of the rows of either class, that of row 0 first: whichever is called positive."""
    classes = [np.flatnonzero(y == 0), np.flatnonzero(y != 0)]
    for name, members in zip(("negative", "positive"), classes, strict=True):
        if len(members) < least:
            raise DataError(
                f"the {name} class has {len(members)} row{'s' * (len(members) != 1)}",
                f"at least {'two' if least == 2 else least} of each class",
                meaning,
                "use more rows, or fit all of them without a test",
            )
    classes.sort(key=lambda members: int(members[0]))
    return classes


def _counts(classes: list[Rows], test_size: float) -> list[int]:
    """Test rows of each class, by largest remainder, with one row of each class in each part."""
    exact = [test_size * len(members) for members in classes]
    counts = [int(share) for share in exact]
    left_over = round(sum(exact)) - sum(counts)
    by_remainder = sorted(range(2), key=lambda i: counts[i] - exact[i])
    for i in by_remainder[:left_over]:
        counts[i] += 1
    return [
        min(max(count, 1), len(members) - 1) for count, members in zip(counts, classes, strict=True)
    ]

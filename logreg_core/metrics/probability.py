"""Are the probabilities right, and not only their order? Log loss and Brier score."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import DataError, LogregWarning
from .checks import (
    Array,
    check_choice,
    check_lengths,
    column,
    float_block,
    no_weight,
    score_column,
    weight_block,
    weight_column,
)
from .labels import all_codes, label_union
from .loss_kernels import sum_log
from .outcome import positive_rows
from .threads import map_blocks, pairwise

__all__ = ["brier_score_loss", "log_loss"]

Floats = NDArray[np.float64]
_NO_WEIGHT = np.empty(0)


def log_loss(
    y_true: ArrayLike,
    y_proba: ArrayLike,
    *,
    normalize: bool = True,
    sample_weight: ArrayLike | None = None,
    labels: ArrayLike | None = None,
) -> float:
    """How surprising are the outcomes to these probabilities?

    loss = - mean of log(probability given to the class that occurred), in nats; it is minus the
    mean log-likelihood, and the quantity a logistic regression minimises.

    Parameters
    ----------
    y_true : (n,) labels
    y_proba : (n,) probability of the greater label, or (n, m) of all m labels in sorted order
    normalize : False returns the sum instead of the mean
    sample_weight : (n,) non-negative weight of each row (rows)
    labels : all labels, where ``y_true`` does not show them all

    Returns
    -------
    float, nats a row (nats in all with ``normalize=False``)

    Raises
    ------
    DataError : a probability outside 0 to 1 or missing, one class without ``labels``, labels and
        columns that differ in number, all weights zero.

    Warns
    -----
    LogregWarning : probabilities of a row do not sum to 1; ``labels`` are not in sorted order.

    Notes
    -----
    Probabilities are clipped to [eps, 1 - eps] with the eps of their type (2.2e-16 for float64,
    1.2e-7 for float32), so one certain and wrong row costs 36 nats and not infinity. Logs and
    sums are float64 whatever the type. Two passes over the rows, one byte a row of memory.

    Examples
    --------
    >>> round(log_loss([0, 1, 1], [0.1, 0.9, 0.8]), 12)
    0.144621527543
    >>> round(log_loss(["no", "yes"], [[0.9, 0.1], [0.2, 0.8]]), 12)
    0.164252033486
    """
    proba = np.asarray(y_proba)
    single = proba.dtype == np.float32
    proba = _columns(proba)
    true, weight = column(y_true, "y_true"), weight_column(sample_weight)
    n = check_lengths(y_true=true, y_proba=proba, sample_weight=weight)
    codes, n_classes = _class_codes(true, labels)
    n_columns = 2 if proba.ndim == 1 else proba.shape[1]
    if n_classes != n_columns:
        raise DataError(
            f"y_proba has {n_columns} columns for {n_classes} labels",
            "one column a label, in sorted order (or one column for two labels)",
            "columns cannot be matched with labels", "pass labels=[...] with all labels",
            n_columns=n_columns, n_labels=n_classes,
        )  # fmt: skip
    eps = float(np.finfo(np.float32 if single else np.float64).eps)
    _check_rows_sum_to_one(proba, eps)

    def work(start: int, stop: int) -> Floats:
        given = _given_probability(proba, codes, start, stop)
        weights = _NO_WEIGHT if weight is None else _float_weights(weight, start, stop)
        total = stop - start if weight is None else weights.sum()
        return np.array([-sum_log(given, weights, eps, 1.0 - eps), total])

    loss, total = pairwise(map_blocks(work, n), np.add)
    return _mean(loss, total) if normalize else float(loss)


def _columns(proba: Array) -> Array:
    """(n,) as it is, (n, 1) flattened, (n, m) kept."""
    if proba.ndim == 2 and proba.shape[1] > 1:
        if len(proba) and proba.dtype.kind in "biuf":
            return proba
        return np.stack([score_column(one, "y_proba") for one in proba.T], axis=1)
    return score_column(proba, "y_proba")


def _float_weights(weight: Array, start: int, stop: int) -> Floats:
    return weight_block(weight, start, stop).astype(np.float64, copy=False)


def _mean(total: float, weight: float) -> float:
    if weight == 0:
        raise no_weight("the mean is 0/0")
    return float(total / weight)


def _class_codes(true: Array, labels: ArrayLike | None) -> tuple[Array, int]:
    """(column number of every row's label, number of labels)."""
    present, codes = all_codes(true, "y_true")
    if labels is None:
        known = present
    else:
        asked = np.asarray(labels)
        known = label_union(asked.tolist())
        if asked.tolist() != known.tolist():
            warnings.warn(
                LogregWarning(
                    f"labels={asked.tolist()} are not in sorted order",
                    f"{known.tolist()}",
                    "columns of y_proba are taken in sorted order",
                    "sort labels, and the columns with them",
                ),
                stacklevel=3,
            )
        label_union(present.tolist(), known.tolist())
        unknown = [label for label in present.tolist() if label not in known.tolist()]
        if unknown:
            raise DataError(
                f"y_true holds {unknown[:5]}", f"one of labels={known.tolist()}",
                "these rows were given no probability", "add the labels or drop the rows",
                labels=unknown,
            )  # fmt: skip
    if len(known) < 2:
        raise DataError(
            f"there is one label: {known.tolist()}", "at least two",
            "a probability needs something to be compared with",
            "pass labels=[...] with all labels", labels=known.tolist(),
        )  # fmt: skip
    if len(present) < len(known):
        codes = np.searchsorted(known, present)[codes]
    return codes, len(known)


def _given_probability(proba: Array, codes: Array, start: int, stop: int) -> Floats:
    """What each row's own class was given."""
    some = codes[start:stop]
    if proba.ndim == 1:
        p = float_block(proba, start, stop, "y_proba", 0.0, 1.0)
        return np.where(some.view(np.bool_) if some.dtype == np.uint8 else some != 0, p, 1.0 - p)
    block = np.empty((stop - start, proba.shape[1]))
    for j in range(proba.shape[1]):
        block[:, j] = float_block(proba[:, j], start, stop, "y_proba", 0.0, 1.0)
    given: Floats = block[np.arange(stop - start), some]
    return given


def _check_rows_sum_to_one(proba: Array, eps: float) -> None:
    if proba.ndim == 1:
        return
    off = map_blocks(
        lambda start, stop: float(np.abs(proba[start:stop].sum(axis=1, dtype=float) - 1).max()),
        len(proba),
    )
    if max(off) > np.sqrt(eps):
        warnings.warn(
            LogregWarning(
                f"rows of y_proba miss a sum of 1 by up to {max(off):.3g}",
                "probabilities of all labels, summing to 1",
                "the loss is that of the numbers as given",
                "pass probabilities",
            ),
            stacklevel=3,
        )


def brier_score_loss(
    y_true: ArrayLike,
    y_proba: ArrayLike,
    *,
    sample_weight: ArrayLike | None = None,
    pos_label: Any = None,
    labels: ArrayLike | None = None,
    scale_by_half: bool | str = "auto",
) -> float:
    """How far are the probabilities from the outcomes, squared?

    Brier = mean of (p - y)^2 for two classes; in general half (or, for more than two classes, the
    whole) of the sum over classes of (p_class - [class occurred])^2, averaged over rows.

    Parameters
    ----------
    y_true : (n,) labels
    y_proba : (n,) probability of the positive class, or (n, m) of all m labels in sorted order
    sample_weight : (n,) non-negative weight of each row (rows)
    pos_label : the positive class; None takes 1 among {0, 1} and {-1, 1}, else the greater number
    labels : all labels, where ``y_true`` does not show them all and ``y_proba`` is (n, m)
    scale_by_half : halve the sum over classes; "auto" does so for two classes

    Returns
    -------
    float from 0 to 1 (to 2 without halving), squared probability

    Raises
    ------
    DataError : as in :func:`log_loss`; text labels without ``pos_label``.

    Notes
    -----
    Two passes over the rows, one byte a row of memory.

    References
    ----------
    G. W. Brier (1950), doi:10.1175/1520-0493(1950)078<0001:VOFEIT>2.0.CO;2

    Examples
    --------
    >>> round(brier_score_loss([0, 1, 1, 0], [0.1, 0.9, 0.8, 0.3]), 12)
    0.0375
    """
    check_choice(scale_by_half, ("auto", True, False), "scale_by_half")
    proba = _columns(np.asarray(y_proba))
    true, weight = column(y_true, "y_true"), weight_column(sample_weight)
    n = check_lengths(y_true=true, y_proba=proba, sample_weight=weight)
    n_columns = 2 if proba.ndim == 1 else proba.shape[1]
    if proba.ndim == 1:
        _, codes = positive_rows(true, pos_label, greater=True)
    else:
        codes, n_classes = _class_codes(true, labels)
        if n_classes != n_columns:
            raise DataError(
                f"y_proba has {n_columns} columns for {n_classes} labels", "one column a label",
                "columns cannot be matched with labels", "pass labels=[...] with all labels",
                n_columns=n_columns, n_labels=n_classes,
            )  # fmt: skip
        _check_rows_sum_to_one(proba, float(np.finfo(np.float64).eps))

    def work(start: int, stop: int) -> Floats:
        squares = _squared_distance(proba, codes, start, stop)
        if weight is None:
            return np.array([squares.sum(), stop - start])
        weights = _float_weights(weight, start, stop)
        return np.array([(squares * weights).sum(), weights.sum()])

    score = _mean(*pairwise(map_blocks(work, n), np.add))
    halved = n_columns < 3 if scale_by_half == "auto" else bool(scale_by_half)
    return score / 2 if halved else score


def _squared_distance(proba: Array, codes: Array, start: int, stop: int) -> Floats:
    """Sum over classes of squared distances, (rows,)."""
    some = codes[start:stop]
    if proba.ndim == 1:
        p = float_block(proba, start, stop, "y_proba", 0.0, 1.0)
        squares: Floats = 2.0 * (p - some) ** 2
        return squares
    squares = np.zeros(stop - start)
    for j in range(proba.shape[1]):
        p = float_block(proba[:, j], start, stop, "y_proba", 0.0, 1.0)
        squares += (p - (some == j)) ** 2
    return squares

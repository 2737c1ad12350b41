"""How often does each label meet each prediction? The one table every count-based score reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .checks import Array, check_lengths, column, no_weight, weight_block, weight_column
from .count_kernels import count_bits, count_pairs, weigh_pairs, weigh_two
from .labels import LabelReader, TooManyLabelsError, all_codes, label_union, positions
from .threads import map_blocks, pairwise

__all__ = ["LabelTable", "label_table"]


@dataclass(frozen=True)
class LabelTable:
    """Counts (int64) or weight sums of every pair of labels met.

    ``labels`` (m,) is sorted; ``counts`` (m, m) has a row a true label and a column a prediction;
    ``true_seen`` (m,) says which labels occur among the true ones.
    """

    labels: Array
    counts: Array
    true_seen: NDArray[np.bool_]

    def select(self, labels: Array) -> Array:
        """The square table of these labels in this order; zeros for labels never met."""
        place = {label: position for position, label in enumerate(self.labels.tolist())}
        found = [place.get(label, -1) for label in labels.tolist()]
        padded = np.pad(self.counts, ((0, 1), (0, 1)))
        return padded[np.ix_(found, found)]

    def margins(self, labels: Array) -> tuple[Array, Array, Array]:
        """(hits, predicted, true) totals of each of these labels over all rows."""
        place = {label: position for position, label in enumerate(self.labels.tolist())}
        found = [place.get(label, -1) for label in labels.tolist()]
        totals = (self.counts.diagonal(), self.counts.sum(axis=0), self.counts.sum(axis=1))
        hits, predicted, true = (np.append(total, total.dtype.type(0))[found] for total in totals)
        return hits, predicted, true


def label_table(y_true: Any, y_pred: Any, sample_weight: Any = None) -> LabelTable:
    """Count (or weigh) every pair of labels in one pass over both columns."""
    true, predicted = column(y_true, "y_true"), column(y_pred, "y_pred")
    weight = weight_column(sample_weight)
    check_lengths(y_true=true, y_pred=predicted, sample_weight=weight)
    try:
        table = _few_labels(true, predicted, weight)
    except TooManyLabelsError:
        table = _many_labels(true, predicted, weight)
    if not table.counts.any():
        raise no_weight("no row is left to count")
    return table


def _few_labels(true: Array, predicted: Array, weight: Array | None) -> LabelTable:
    readers = LabelReader(true, "y_true"), LabelReader(predicted, "y_pred")

    def work(start: int, stop: int) -> Array:
        rows, columns = (reader.codes(start, stop) for reader in readers)
        # Taken after reading: another thread may since have met labels, but none of this block's.
        shape = tuple(len(reader.labels) for reader in readers)
        if weight is None:
            return _count_block(rows, columns, stop - start, shape)
        return _weigh_block(rows, columns, weight_block(weight, start, stop), shape)

    partials = map_blocks(work, len(true))
    shape = tuple(len(reader.labels) for reader in readers)
    counts = pairwise([_grown(part, shape) for part in partials], np.add)
    labels = label_union(readers[0].labels, readers[1].labels)
    rows, columns = (positions(reader.labels, labels) for reader in readers)
    square = np.zeros((len(labels), len(labels)), dtype=counts.dtype)
    square[np.ix_(rows, columns)] = counts
    return LabelTable(labels, square, np.isin(np.arange(len(labels)), rows))


def _count_block(rows: Array, columns: Array, n: int, shape: tuple[int, ...]) -> Array:
    if max(shape) > 2:
        table = np.zeros(shape, dtype=np.int64)
        count_pairs(rows[:n], columns[:n], table)
        return table
    n_true, n_predicted, n_both = count_bits(rows.view(np.uint64), columns.view(np.uint64))
    table = np.array(
        [
            [n - n_true - n_predicted + n_both, n_predicted - n_both],
            [n_true - n_both, n_both],
        ],
        dtype=np.int64,
    )
    return table[: shape[0], : shape[1]]


def _weigh_block(rows: Array, columns: Array, weight: Array, shape: tuple[int, ...]) -> Array:
    rows, columns = rows[: len(weight)], columns[: len(weight)]
    if max(shape) <= 2 and weight.dtype == np.float64:
        sums: Array = np.array(weigh_two(rows, columns, weight)).reshape(2, 2)
        return sums[: shape[0], : shape[1]]
    tables = np.zeros((4, *shape), dtype=weight.dtype)
    weigh_pairs(rows, columns, weight, tables)
    table: Array = (tables[0] + tables[1]) + (tables[2] + tables[3])
    return table


def _grown(table: Array, shape: tuple[int, ...]) -> Array:
    grow = [(0, want - have) for want, have in zip(shape, table.shape, strict=True)]
    return np.pad(table, grow)


def _many_labels(true: Array, predicted: Array, weight: Array | None) -> LabelTable:
    """More labels than bytes number: sort each column and count pairs at once."""
    (true_labels, rows), (predicted_labels, columns) = (
        all_codes(true, "y_true"),
        all_codes(predicted, "y_pred"),
    )
    labels = label_union(list(true_labels), list(predicted_labels))
    row_at = positions(true_labels.tolist(), labels)
    column_at = positions(predicted_labels.tolist(), labels)
    checked = None if weight is None else weight_block(weight, 0, len(weight))
    n = len(labels)
    counts = np.zeros(n * n, dtype=np.int64 if checked is None else checked.dtype)
    np.add.at(counts, row_at[rows] * n + column_at[columns], 1 if checked is None else checked)
    return LabelTable(labels, counts.reshape(n, n), np.isin(np.arange(n), row_at))

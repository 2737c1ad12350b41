"""Which labels are there, and which one has each row? One pass, whatever the type of the labels.

A :class:`LabelReader` numbers labels in the order in which it meets them and hands out the rows
of a block as byte codes; the sorted order is restored when a result is put together, so it does
not depend on which thread met a label first.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import DataError
from .checks import Array
from .count_kernels import number_keys, number_words
from .threads import map_blocks

__all__ = ["LabelReader", "TooManyLabelsError", "all_codes", "label_union", "positions"]

_MOST_LABELS = 254  # codes are bytes
_MOST_OBJECTS = 64  # beyond, searching the list of addresses costs more than a dictionary


class TooManyLabelsError(Exception):
    """More labels than a byte can number; the caller takes the general road."""


class LabelReader:
    """Byte codes of one column of labels, block by block; ``labels[code]`` is the label."""

    def __init__(self, values: Array, name: str) -> None:
        kind = values.dtype.kind
        if kind not in "biufUOT" or (values.dtype.itemsize > 8 and kind == "f"):
            raise DataError(
                f"{name} has type {values.dtype}", "numbers, booleans or text",
                "these values do not name classes", "convert the labels to text or integers",
                argument=name,
            )  # fmt: skip
        self.name = name
        self.labels: list[Any] = []
        self._values = values
        self._numbers: dict[Any, int] = {}
        self._lock = threading.Lock()
        self._plain = kind in "OT"
        self._by_address = kind == "O" and sys.implementation.name == "cpython"
        # Addresses of label objects met, and the label code of each.
        self._addresses = np.empty(0, np.int64), np.empty(0, np.uint8)
        self._keys = np.empty(0) if self._plain else self._as_keys(values[:0])
        # Meeting the labels before threads start keeps their numbers the same in most runs.
        self.codes(0, min(1024, len(values)))

    def codes(self, start: int, stop: int) -> NDArray[np.uint8]:
        """Codes of rows ``start:stop``, padded with zeros to a multiple of eight bytes."""
        codes = np.empty(-(-(stop - start) // 8) * 8, dtype=np.uint8)
        codes[stop - start :] = 0
        if self._plain:
            if not (self._by_address and self._address_codes(start, stop, codes)):
                codes[: stop - start] = self._plain_codes(start, stop)
            return codes
        keys = self._as_keys(self._values[start:stop])
        number = number_words if keys.ndim == 2 else number_keys
        row = number(keys, self._keys, codes, 0)
        while row >= 0:
            self._meet(start + row)
            row = number(keys, self._keys, codes, row)
        return codes

    def _as_keys(self, block: Array) -> Array:
        """Values as integers that are equal exactly where the labels are."""
        kind, itemsize = block.dtype.kind, block.dtype.itemsize
        if kind == "U":
            text = np.ascontiguousarray(block, dtype=block.dtype.newbyteorder("="))
            width = itemsize // 4
            return text.view(np.uint32).reshape(len(block), width)
        if kind == "f":
            return (block.astype(np.float64) + 0.0).view(np.int64)  # -0.0 is the label 0.0
        if itemsize == 1:
            return np.ascontiguousarray(block).view(np.uint8)
        return np.ascontiguousarray(block).astype(np.int64, copy=False)

    def _address_codes(self, start: int, stop: int, codes: NDArray[np.uint8]) -> bool:
        """Codes by which object a row holds; False where there are too many objects for that.

        Columns of repeated text mostly hold the same few objects over and over, and the same
        object is the same label: 30 times faster than a dictionary look-up a row.
        """
        keys = _object_addresses(self._values[start:stop])
        known, label_codes = self._addresses
        row = number_keys(keys, known, codes, 0)
        while row >= 0:
            label = self._values[start + row]
            self._plain_codes(start + row, start + row + 1)  # meets the label if it is new
            with self._lock:
                known, label_codes = self._addresses
                if keys[row] not in known:
                    known = np.append(known, keys[row])
                    label_codes = np.append(label_codes, np.uint8(self._numbers[label]))
                    self._addresses = known, label_codes
            if len(known) > _MOST_OBJECTS:
                self._by_address = False
                return False
            row = number_keys(keys, known, codes, row)
        if not np.array_equal(label_codes, np.arange(len(label_codes))):
            codes[: stop - start] = label_codes[codes[: stop - start]]
        return True

    def _plain_codes(self, start: int, stop: int) -> NDArray[np.uint8]:
        block = self._values[start:stop].astype(object, copy=False)
        while True:
            try:
                return np.fromiter(map(self._numbers.__getitem__, block), np.uint8, len(block))
            except KeyError:
                missing = next(i for i, v in enumerate(block) if v not in self._numbers)
                self._meet(start + missing)
            except TypeError:  # something that cannot be hashed, so it is not a label either
                for row, label in enumerate(block, start):
                    check_label(label, row, self.name)

    def _meet(self, row: int) -> None:
        """Give the label of this row the next number."""
        label = self._values[row]
        with self._lock:
            if label in self._numbers:
                return
            check_label(label, row, self.name)
            if len(self.labels) == _MOST_LABELS:
                raise TooManyLabelsError
            labels = [*self.labels, label]
            if not self._plain:
                self._keys = self._as_keys(np.asarray(labels, dtype=self._values.dtype))
            self.labels = labels
            self._numbers[label] = len(labels) - 1


def _object_addresses(values: Array) -> NDArray[np.int64]:
    """Where in memory the object of each row is; ``values`` keeps the objects alive."""
    view = {**values.__array_interface__, "typestr": np.dtype(np.intp).str}
    view.pop("descr")
    addresses = np.asarray(SimpleNamespace(__array_interface__=view, owner=values))
    return np.ascontiguousarray(addresses, dtype=np.int64)


def label_union(*columns: Sequence[Any]) -> Array:
    """All labels of several columns, sorted; text and numbers do not mix."""
    together = {label for labels in columns for label in labels}
    if len({isinstance(label, str) for label in together}) > 1:
        texts = sorted(str(label) for label in together if isinstance(label, str))
        numbers = sorted(label for label in together if not isinstance(label, str))
        raise DataError(
            f"the labels mix text {texts[:3]} and numbers {[n + 0 for n in numbers[:3]]}",
            "labels of one kind", "the number 1 and the text '1' would be two classes",
            "convert all labels to text or all to numbers",
        )  # fmt: skip
    return np.asarray(sorted(together))


def all_codes(values: Array, name: str) -> tuple[Array, Array]:
    """``(labels, codes)`` of a whole column: labels sorted, ``labels[codes]`` is the column."""
    try:
        reader = LabelReader(values, name)
        codes = np.empty(len(values), dtype=np.uint8)

        def work(start: int, stop: int) -> None:
            codes[start:stop] = reader.codes(start, stop)[: stop - start]

        map_blocks(work, len(values))
    except TooManyLabelsError:
        return _many_codes(values, name)
    labels = label_union(reader.labels)
    order = positions(reader.labels, labels)
    if len(order) == 2 and order[0] == 1:
        np.bitwise_xor(codes, 1, out=codes)
    elif len(order) > 2:
        codes = order.astype(np.uint8)[codes]
    return labels, codes


def positions(labels: Sequence[Any], among: Array) -> NDArray[np.intp]:
    """Where each label stands in an array of distinct labels that holds it."""
    place = {label: position for position, label in enumerate(among.tolist())}
    return np.array([place[label] for label in labels], dtype=np.intp)


def _many_codes(values: Array, name: str) -> tuple[Array, Array]:
    """The general road: sort the column."""
    if values.dtype.kind in "OT":
        for row, label in enumerate(values):
            check_label(label, row, name)
    if values.dtype.kind == "f":
        whole = np.isfinite(values) & (values == np.floor(values))
        if not whole.all():
            row = int(np.argmin(whole))
            check_label(values[row], row, name)
    if values.dtype.kind == "O":
        label_union(list(values))
    labels, codes = np.unique(values, return_inverse=True)
    return labels, codes


def check_label(label: Any, row: int, name: str) -> None:
    """Refuse what names no class: missing values, fractions, anything but text and numbers."""
    if isinstance(label, str | bool | int | np.bool_ | np.integer):
        return
    if not isinstance(label, float | np.floating):
        problem = "is missing or not a label"
    elif not np.isfinite(label):
        problem = "is missing or infinite"
    elif label != np.floor(label):
        problem = "is continuous"
    else:
        return
    raise DataError(
        f"{name} in row {row} is {label!r}, which {problem}",
        "text, booleans or whole numbers, one label a row",
        "the row belongs to no class",
        "drop or fill the row; turn probabilities into labels with a threshold",
        argument=name,
        row=row,
        value=label,
    )

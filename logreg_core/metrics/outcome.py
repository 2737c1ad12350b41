"""Which rows are positive? The two-class reading of a column of labels."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import DataError
from .checks import Array
from .labels import all_codes

__all__ = ["one_class_error", "positive_label", "positive_rows"]


def positive_label(labels: Array, pos_label: Any, *, greater: bool = False) -> Any:
    """The positive class: as asked, or 1 among {0, 1} and {-1, 1}.

    ``greater=True`` takes the greater of two numbers where that rule does not decide.
    """
    known = labels.tolist()
    if pos_label is not None:
        if pos_label not in known and len(known) > 1:
            raise DataError(
                f"pos_label={pos_label!r} does not occur in y_true", f"one of {known[:5]}",
                "there is no positive class", "pass pos_label as it is spelled in the data",
                pos_label=pos_label, labels=known,
            )  # fmt: skip
        return pos_label
    if labels.dtype.kind in "biuf" and (set(known) <= {0, 1} or set(known) <= {-1, 1}):
        return 1
    if greater and labels.dtype.kind in "biuf":
        return known[-1]
    raise DataError(
        f"y_true takes the values {known[:5]} and pos_label is not given",
        "labels {0, 1} or {-1, 1}, or a pos_label",
        "nothing says which class is the positive one",
        f"pass for example pos_label={known[-1]!r}",
        labels=known,
    )


def positive_rows(
    y_true: Array, pos_label: Any, *, most_labels: int = 2, greater: bool = False
) -> tuple[Array, NDArray[np.uint8]]:
    """``(labels, flags)``: the sorted labels, and 1 for every row of the positive class."""
    labels, codes = all_codes(y_true, "y_true")
    if len(labels) > most_labels:
        raise DataError(
            f"y_true holds {len(labels)} labels: {labels[:5].tolist()}", "two",
            "this score is defined for two classes",
            "score one class against the rest: (y == label)", labels=labels.tolist(),
        )  # fmt: skip
    positive = positive_label(labels, pos_label, greater=greater)
    found = [i for i, label in enumerate(labels.tolist()) if label == positive]
    if len(labels) == 2 and found == [1]:
        return labels, codes
    if not found:
        return labels, np.zeros(len(codes), dtype=np.uint8)
    return labels, (codes == found[0]).astype(np.uint8)


def one_class_error(labels: Array, name: str) -> DataError:
    """Only one class has rows of positive weight."""
    return DataError(
        f"y_true holds one class (labels {labels[:5].tolist()})",
        "rows of positive weight in two classes",
        f"{name} compares rows of two classes and is not defined",
        "score a sample that holds both classes",
        labels=labels.tolist(),
    )

"""`DesignTransformer`: the rule of a `Design` as a step of a scikit-learn pipeline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from .arrays import is_frame
from .columns import Level, Table
from .contrasts import terms_of, variables_of
from .encoding import Encoding, Feature
from .errors import DataError
from .formula import parse
from .levels import choose_levels

__all__ = ["DesignTransformer"]


class DesignTransformer(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Columns of a frame, with its categories, as the columns of X; new rows by the same rule.

    Parameters
    ----------
    formula : the terms, such as "C(status) + log1p(views)" (see ``Design.from_formula``); an
        outcome before a "~" is passed over. None takes columns as they are, as
        ``Design.from_frame`` does.
    features, categorical, reference : as in ``Design.from_frame``; only without a formula.

    Attributes
    ----------
    encoding_ : the `Encoding`; it can be saved, and a fit can be given it.
    n_features_in_, feature_names_in_ : columns of the frame it was fitted to.

    Raises
    ------
    DataError
        In ``fit`` and ``transform``: as ``Design.from_frame`` and ``Encoding.transform``, for a
        missing value, an unseen level, an unusable type.

    Notes
    -----
    An intercept is no column of X: a formula's "0 +" only changes how categories are coded. Set
    ``fit_intercept=False`` of the estimator that follows. Arrays of numbers are taken as columns
    x0, x1, ...; text needs a frame.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"city": ["Rome", "Oslo", "Rome"], "views": [0.0, 10.0, 5.0]})
    >>> rule = DesignTransformer("city + log1p(views)").set_output(transform="pandas").fit(frame)
    >>> rule.transform(frame.tail(1))
       city_Rome  log1p(views)
    2        1.0      1.791759
    """

    def __init__(
        self,
        formula: str | None = None,
        *,
        features: Sequence[Any] | None = None,
        categorical: Sequence[Any] | None = None,
        reference: Mapping[Any, Level] | None = None,
    ) -> None:
        self.formula = formula
        self.features = features
        self.categorical = categorical
        self.reference = reference

    def fit(self, X: Any, y: Any = None) -> DesignTransformer:
        """Choose the levels from a frame X (n, columns); y is not looked at."""
        self.fit_transform(X)
        return self

    def fit_transform(self, X: Any, y: Any = None) -> NDArray[np.float64]:
        """``fit`` and ``transform`` at once: a fit reads every value to refuse what is missing."""
        table = self._table(X, first=True)
        rows = np.arange(table.n_rows)
        chosen: tuple[Any, ...]
        if self.formula is None:
            chosen = self._columns(table, rows)
        elif self.features is None and self.categorical is None and self.reference is None:
            asked = parse(self.formula if "~" in str(self.formula) else f"~{self.formula}")
            for name in variables_of(asked):
                table.column(name)
            chosen = terms_of(asked, table, rows)
        else:
            raise DataError(
                "both a formula and features, categorical or reference",
                "one of the two",
                "it is not clear which columns are meant",
                'write C(name, ref="level") in the formula',
            )
        encoding = Encoding(chosen, "", (0, 1))
        matrix = encoding.transform(table)
        self.encoding_ = encoding
        return matrix

    def _columns(self, table: Table, rows: NDArray[np.intp]) -> tuple[Feature, ...]:
        names = table.names if self.features is None else tuple(self.features)
        as_category, bases = set(self.categorical or ()), dict(self.reference or {})
        for name in (*as_category, *bases):
            if name not in names:
                table.column(name)  # absent ones are refused here
                raise DataError(
                    f"column {name!r} is in categorical or reference and not in features",
                    "a name in features",
                    "it would change nothing",
                    "add it to features, or leave it out",
                    column=name,
                )
        return tuple(
            Feature(name, choose_levels(table, name, rows, name in as_category, bases.get(name)))
            for name in names
        )

    def transform(self, X: Any) -> NDArray[np.float64]:
        """The columns of X (m, k) for the rows of a frame, each in the unit of its column."""
        check_is_fitted(self)
        return self.encoding_.transform(self._table(X, first=False))

    def get_feature_names_out(self, input_features: Any = None) -> NDArray[Any]:
        """(k,) names of the columns of X; ``input_features`` can only repeat those fitted."""
        from sklearn.utils.validation import _check_feature_names_in

        check_is_fitted(self)
        _check_feature_names_in(self, input_features, generate_names=False)
        return np.asarray(self.encoding_.names, dtype=object)

    def _table(self, X: Any, *, first: bool) -> Table:
        if is_frame(X):
            table = Table(X)
            header = pd.DataFrame(columns=list(table.names))
            validate_data(self, header, reset=first, skip_check_array=True)
            return table
        array = validate_data(self, X, reset=first)
        return Table(pd.DataFrame(array, columns=[f"x{j}" for j in range(array.shape[1])]))

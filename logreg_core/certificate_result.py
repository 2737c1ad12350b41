"""What a certificate says: estimated digits and proven bounds, kept apart."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from .separation import Separation

__all__ = ["MOST_DIGITS", "Certificate", "digits_words", "right_digits"]

Floats = NDArray[np.float64]

MOST_DIGITS = 15.95  # a double holds no more: -log10(2^-53)


@dataclass(frozen=True, eq=False)
class Certificate:
    """How good a fit's numbers are.

    Attributes
    ----------
    names : (k,) coefficients.
    digits : (k,) *estimated* right digits of each coefficient, 0 to 15.95; NaN for dropped
        columns and where there is no finite maximum.
    std_error_digits : (k,) the same of the standard errors; NaN without them.
    bound : *proven* distance to the maximum, in the metric of the information: no coefficient
        is off by more than so many of its standard errors. Infinite where nothing is proven.
    coef_bound : (k,) *proven* distance of each coefficient from the maximum's, in its own units.
    decrement : Newton decrement at the coefficients: the estimated distance, in std errors.
    row_norm : R of the theorem (see the module), with rounding; infinite where not bounded.
    proven : whether the theorem's condition holds, so that the bounds are finite.
    status : "proven", "estimated", "stalled" or "no finite maximum".
    separation : the proof that there is no maximum, or None.
    passes : readings of the data, exact ones included.
    """

    names: tuple[str, ...]
    digits: Floats
    std_error_digits: Floats
    bound: float
    coef_bound: Floats
    decrement: float
    row_norm: float
    proven: bool
    status: str
    passes: int
    coef: Floats = field(repr=False)
    separation: Separation | None = field(default=None, repr=False)

    @property
    def proven_digits(self) -> Floats:
        """(k,) right digits the bound proves, 0 to 15.95; NaN for dropped columns."""
        found = right_digits(self.coef_bound, np.abs(self.coef) - self.coef_bound)
        return np.where(np.isnan(self.coef_bound), np.nan, found)

    def explain(self) -> str:
        """The finding in words.

        >>> import logreg_core as lc
        >>> X, y = [[1.0], [2.0], [3.0], [4.0]], [0, 1, 0, 1]
        >>> print(lc.certify(lc.fit(X, y), X, y).explain())     # doctest: +ELLIPSIS
        Estimated: at least 15... digits of every coefficient are right, fewest of '...'. Proven: \
at least 15...; no coefficient is off by more than ... standard errors.
        """
        if self.separation is not None:
            return f"No finite maximum. {self.separation.explain()}"
        if self.status == "stalled":
            return "The maximum was not found from here: nothing is known of the digits."
        worst = int(np.nanargmin(self.digits))
        claim = (
            f"Estimated: at least {digits_words(self.digits[worst])} digits of every coefficient "
            f"are right, fewest of {self.names[worst]!r}. "
        )
        if not self.proven:
            return claim + "Nothing is proven: rounding in these columns is too large for it."
        proven = digits_words(float(np.nanmin(self.proven_digits)))
        return claim + (
            f"Proven: at least {proven}; no coefficient is off by more than {_above(self.bound)} "
            "standard errors."
        )

    def __str__(self) -> str:
        return self.explain()


def right_digits(error: Floats, size: Floats) -> Floats:
    """-log10(error / size), between 0 and what a double holds."""
    with np.errstate(all="ignore"):
        digits = -np.log10(error / size)
    digits = np.where(size > 0.0, digits, 0.0)
    return np.asarray(np.clip(np.nan_to_num(digits, nan=MOST_DIGITS), 0.0, MOST_DIGITS))


def digits_words(digits: float, decimals: int = 1) -> str:
    """Digits rounded down: who has 14.97 has not 15.

    >>> digits_words(14.97), digits_words(14.97, 0), digits_words(6.0)
    ('14.9', '14', '6.0')
    """
    scale = 10**decimals
    return f"{math.floor(digits * scale + 1e-9) / scale:.{decimals}f}"


def _above(bound: float) -> str:
    """A bound in two figures, rounded up: 1.01e-14 is not within 1.0e-14."""
    written = f"{bound:.1e}"
    if float(written) >= bound:
        return written
    return f"{bound + 0.06 * 10.0 ** math.floor(math.log10(bound)):.1e}"

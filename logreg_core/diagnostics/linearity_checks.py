"""Each check of the model's shape: straight lines in the log-odds, the link, the whole."""

from __future__ import annotations

import math

from .assumption_table import Check
from .binned import binned_residuals_of
from .box_tidwell import box_tidwell_of
from .goodness import link_test_of, sum_of_squares_test_of
from .hosmer_lemeshow import OVERPOWERED
from .observed import Observed

__all__ = ["bends", "bins_off", "link_holds", "model_fits"]

LINEAR = "linear in the log-odds"
MANY = (
    " With so many rows tests find departures that do not matter: judge their size by "
    "lc.diagnostics.binned_residuals."
)


def _many(seen: Observed) -> str:
    return MANY if seen.terms.n_rows > OVERPOWERED else ""


def bends(seen: Observed, alpha: float) -> Check:
    """Box-Tidwell for every numeric column, adjusted by Holm."""
    table = box_tidwell_of(seen)
    tested = table["p_value"].dropna().sort_values()
    skipped = [str(name) for name in table.index[table["p_value"].isna()]]
    aside = f"; not tested: {', '.join(skipped[:6])} (values below 0, or redundant)" * bool(skipped)
    if not len(tested):
        return Check(
            LINEAR, "Box-Tidwell", "-", math.nan, None,
            "no column with more than two values, none below 0" + aside,
            "plot lc.diagnostics.binned_residuals(fit, X, y, by=column)" * bool(skipped),
        )  # fmt: skip
    m, least = len(tested), float(tested.iloc[0])
    worst, adjusted = str(tested.index[0]), min(1.0, least * m)
    figure = f"smallest p {least:.2g} ({worst}); {adjusted:.2g} adjusted for {m} columns"
    if adjusted >= alpha:
        return Check(
            LINEAR, "Box-Tidwell", figure, adjusted, True,
            "no numeric column bends by more than chance explains" + aside,
        )  # fmt: skip
    bent = []
    for i, (name, p) in enumerate(zip(tested.index, tested.to_numpy(dtype=float), strict=True)):
        if p * (m - i) >= alpha:
            break  # Holm stops at the first that stands
        bent.append(str(name))
    power = float(table["power"][worst])
    return Check(
        LINEAR, "Box-Tidwell", figure, adjusted, False,
        f"the log-odds bends in {', '.join(bent[:6])}{aside}.{_many(seen)}",
        f"try log1p, a root, or a spline of the column (first guess for {worst}: the power "
        f"{power:.2g}); plot lc.diagnostics.binned_residuals(fit, X, y, by=column)",
    )  # fmt: skip


def bins_off(seen: Observed) -> Check:
    """Share of bins of the prediction whose average residual is beyond two standard errors."""
    table = binned_residuals_of(seen)
    n, outside = len(table), int((~table["inside"]).sum())
    row = table.iloc[int(table["z"].abs().to_numpy().argmax())]
    figure = f"{outside} of {n} bins beyond 2 std errors"
    # nineteen in twenty are expected inside; more outside than chance gives one time in forty
    allowed = 0.05 * n + 2.0 * math.sqrt(0.05 * 0.95 * n)
    if outside <= max(allowed, 1.0):
        return Check(
            LINEAR, "binned residuals", figure, outside / n, True,
            "averages of residuals scatter as they should",
        )  # fmt: skip
    return Check(
        LINEAR, "binned residuals", figure, outside / n, False,
        f"about 1 in 20 is expected; near a probability of {row['mean']:.3g} the observed share "
        f"is off by {row['residual']:+.2g}",
        "plot lc.diagnostics.binned_residuals for each column: look for a bend, or a column or "
        "interaction that is missing",
    )  # fmt: skip


def link_holds(seen: Observed, alpha: float) -> Check:
    """Stata's link test."""
    found = link_test_of(seen)
    if math.isnan(found.p_value):
        return Check(
            LINEAR, "link test", "-", math.nan, None,
            "the log-odds take too few values to be squared",
        )  # fmt: skip
    figure = f"p {found.p_value:.2g} (squared log-odds {found.coef:+.2g})"
    if found.p_value >= alpha:
        return Check(
            LINEAR, "link test", figure, found.p_value, True,
            "squared log-odds add nothing: no sign of a wrong link or a missing bend",
        )  # fmt: skip
    return Check(
        LINEAR, "link test", figure, found.p_value, False,
        f"squared log-odds still explain something.{_many(seen)}",
        "look for columns that bend, interactions, or columns that are missing; it does not say "
        "which",
    )  # fmt: skip


def model_fits(seen: Observed, alpha: float) -> Check:
    """The unweighted sum of squares."""
    found = sum_of_squares_test_of(seen)
    name, check = "calibrated shape", "sum of squares"
    if math.isnan(found.p_value):
        return Check(
            name, check, "-", math.nan, None,
            "the columns leave this test nothing to see (a saturated model)",
        )  # fmt: skip
    figure = f"p {found.p_value:.2g} (z {found.z:+.2f})"
    if found.p_value >= alpha:
        return Check(
            name, check, figure, found.p_value, True,
            "squared errors are as large as the model itself expects",
        )  # fmt: skip
    direction = "larger" if found.z > 0 else "smaller"
    return Check(
        name, check, figure, found.p_value, False,
        f"squared errors are {direction} than the model expects.{_many(seen)}",
        "see lc.diagnostics.calibration_table on rows kept aside; look for bends and interactions",
    )  # fmt: skip

"""Each check of the data behind a model: its figure, its verdict, and the way out."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from ..design import Design
from ..encoding import Encoding
from .assumption_table import Check
from .collinearity import condition_indices, generalised_vif, vif
from .duplicates import duplicate_rows_of
from .influence_summary import influence_summary_of
from .observed import Observed
from .sample_size import events_per_variable_of

__all__ = [
    "binary_outcome",
    "collinear_columns",
    "collinear_combination",
    "enough_events",
    "influential_rows",
    "no_separation",
    "repeated_rows",
    "unexplained_rows",
]

NO_NUMBER = float("nan")


def binary_outcome(seen: Observed) -> Check:
    """Two classes, which `fit` enforces; their balance."""
    success, failure = seen.blocks.totals()
    share = success / (success + failure)
    label = str(seen.fit.classes[1])
    label = "1" if label == "1.0" else label
    what = "trials" if seen.blocks.success.size else "rows"
    return Check(
        "binary outcome", "classes",
        f"{success:,.10g} of {success + failure:,.10g} {what} are {label!r} ({share:.3g})",
        share, True, "two classes, by construction of the fit",
        "quote accuracy beside the share of the larger class" if min(share, 1 - share) < 0.2
        else "",
    )  # fmt: skip


def repeated_rows(seen: Observed) -> Check:
    """Independence: the data know their copies only."""
    found = duplicate_rows_of(seen)
    figure = f"{found.n_repeated:,} of {found.n_rows:,}"
    ask = (
        "ask how the rows came about: several rows of one person, account or place call for "
        "standard errors clustered by it, or a model of it"
    )
    cannot = "whether rows depend on each other cannot be read from these columns"
    if not found.n_repeated:
        return Check(
            "independent rows", "repeated rows", figure, 0.0, None,
            f"no row repeats another; {cannot}", ask,
        )  # fmt: skip
    first = found.most.iloc[0]
    verdict = (
        f"row {first['first_row']} stands {first['copies']} times. Where columns take few values "
        f"that is to be expected; copies from a join or from resampling make std errors too "
        f"small. Beyond that, {cannot}"
    )
    return Check(
        "independent rows", "repeated rows", figure, found.share, None, verdict,
        f"look at lc.diagnostics.duplicate_rows(fit, X, y).most; {ask}",
    )  # fmt: skip


def no_separation(seen: Observed) -> Check:
    """No hyperplane tells the outcomes apart."""
    fit, name = seen.fit, "finite estimates"
    found = fit.separation
    if found is not None and found.kind != "none" and not fit.converged:
        return Check(
            name, "separation", f"{found.kind}: {found.n_separated:,} of {found.n_rows:,} rows",
            float(found.n_separated), False, found.explain(),
            "drop or merge the columns named, or fit with penalty='firth' or l2",
        )  # fmt: skip
    if not fit.converged:
        return Check(
            name, "separation", fit.status.word, NO_NUMBER, False, str(fit.status),
            "no other figure of this table can be trusted before the fit has converged",
        )  # fmt: skip
    kind = "of the penalised likelihood " if fit.l2 or fit.penalty else ""
    return Check(
        name, "separation", "none", 0.0, True, f"the fit reached a finite maximum {kind}".strip()
    )


def enough_events(seen: Observed) -> Check:
    """Rows of the rarer outcome for each slope, and the expected shrinkage."""
    found = events_per_variable_of(seen)
    figure = (
        f"{found.per_variable:.3g} ({found.events:,.10g} of the rarer outcome, "
        f"{found.parameters} slopes)"
    )
    shrinkage = "" if math.isnan(found.shrinkage) else f"; expected shrinkage {found.shrinkage:.3g}"
    few = found.per_variable < 10.0
    weak = found.shrinkage < 0.9
    if not few and not weak:
        verdict = f"at least 10 rows of the rarer outcome for each slope{shrinkage}"
        return Check(
            "enough rows", "events per variable", figure, found.per_variable, True, verdict
        )
    reasons = ["fewer than 10 rows of the rarer outcome for each slope"] * few
    reasons += ["predictions are expected to be too extreme on new rows"] * weak
    return Check(
        "enough rows", "events per variable", figure, found.per_variable, False,
        " and ".join(reasons) + shrinkage,
        "fewer columns, more rows, or a penalty (penalty='firth', l2); profile-likelihood "
        "intervals instead of Wald's",
    )  # fmt: skip


def collinear_columns(
    seen: Observed, groups: Design | Encoding | Mapping[Any, Iterable[str]] | None
) -> Check:
    """The largest variance inflation of a term, categories taken whole."""
    fit, name = seen.fit, "no multicollinearity"
    dropped = [relation.name for relation in fit.aliased]
    if groups is None:
        values, check = vif(fit)["vif"], "VIF"
    else:
        values, check = generalised_vif(fit, groups)["comparable"], "generalised VIF"
    values = values[values.notna() & (values < math.inf)]
    if not len(values):
        return Check(name, check, "-", NO_NUMBER, None, "no slope has a finite standard error", "")
    worst, value = str(values.idxmax()), float(values.max())
    figure = f"{value:.3g} ({worst})"
    also = f"; dropped as redundant: {', '.join(dropped)}" if dropped else ""
    kind = "from the fit's information"
    if value < 5.0:
        return Check(
            name, check, figure, value, not dropped, f"all below 5, {kind}{also}",
            "read the relations in fit.aliased: those columns carry nothing new" * bool(dropped),
        )  # fmt: skip
    above = [str(term) for term in values.index[values >= 5.0]]
    strength = "above 10: strong" if value >= 10.0 else "between 5 and 10: noticeable"
    return Check(
        name, check, figure, value, False if value >= 10.0 else None,
        f"{strength}, {kind}; its std error is {math.sqrt(value):.2g} times that of an orthogonal "
        f"column{also}",
        f"read the effects of {', '.join(above[:6])} together, not one by one; drop or combine "
        "some if single effects matter. Predictions are not harmed",
    )  # fmt: skip


def collinear_combination(seen: Observed) -> Check:
    """Belsley's largest condition index, about the weighted means."""
    table = condition_indices(seen.fit)
    last = table.iloc[-1]
    value = float(last["condition_index"])
    shares = last.drop("condition_index")
    involved = [str(name) for name in shares.index[shares > 0.5]]
    name, check = "no multicollinearity", "condition index"
    if value <= 30.0 or len(involved) < 2:
        verdict = "at most 30" if value <= 30.0 else "above 30, but no two columns share it"
        return Check(name, check, f"{value:.3g}", value, True, f"{verdict}, columns centred")
    return Check(
        name, check, f"{value:.3g}", value, False,
        f"above 30: {', '.join(involved[:6])} nearly form a combination that is constant",
        "drop or combine some of these columns if their single effects matter",
    )  # fmt: skip


def influential_rows(seen: Observed) -> Check:
    """The largest Cook's distance."""
    found = influence_summary_of(seen, 3)
    row, value = found.largest.index[0], float(found.largest["cooks_distance"].iloc[0])
    figure = f"{value:.3g} (row {row})"
    moved = found.dfbetas["largest"]
    coefficient = f"{moved.max():.2g} std errors ({moved.idxmax()})"
    name, check = "no undue influence", "Cook's distance"
    if value <= 0.5:
        return Check(
            name, check, figure, value, True,
            f"all below 0.5; no row moves a coefficient by more than {coefficient}",
        )  # fmt: skip
    many = int(found.counts["rows"].iloc[1])
    size = "above 1" if value > 1.0 else "above 0.5"
    return Check(
        name, check, figure, value, False,
        f"{size}, {many} {'row' if many == 1 else 'rows'} above 0.5: the fit hangs on them; the "
        f"largest change of a coefficient is {coefficient}",
        "check these rows for errors (lc.diagnostics.influence_summary); report the fit with and "
        "without them; do not drop them for being unusual",
    )  # fmt: skip


def unexplained_rows(seen: Observed) -> Check:
    """Rows of large standardised Pearson residuals, beside what the model itself expects."""
    found = influence_summary_of(seen, 1)
    rows = int(found.counts["rows"].iloc[-1])
    expected = _expected_beyond(seen, 3.0)
    figure = f"{rows:,} rows above 3 in size ({expected:,.3g} expected)"
    slack = 3.0 * math.sqrt(expected) + 3.0
    name, check = "no undue influence", "standardised residuals"
    if rows <= expected + slack:
        return Check(
            name, check, figure, float(rows), True,
            "no more outcomes against the odds than the model itself expects",
        )  # fmt: skip
    return Check(
        name, check, figure, float(rows), False,
        "more outcomes against all odds than the model expects",
        "look at these rows together: a missing column, or labels that are wrong",
    )  # fmt: skip


def _expected_beyond(seen: Observed, limit: float) -> float:
    """Expected rows of |Pearson| > limit: those whose unlikely outcome has odds below 1 to
    limit^2, each counted with its probability (0/1 outcomes; trials are counted likewise)."""
    size = np.abs(seen.log_odds)
    z = np.exp(-size)
    rare = z / (1.0 + z)
    counted = size > 2.0 * math.log(limit)
    return float(np.sum(np.where(counted, rare * (seen.weight > 0.0), 0.0)))

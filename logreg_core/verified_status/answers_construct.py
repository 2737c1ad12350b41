"""How the model is built, and whether it may be believed: answers of the Construct stage."""

from __future__ import annotations

import numpy as np

from ..certificate_result import digits_words
from .columns import words
from .phrasing import listing, p_words, percent, plural
from .study import CaseStudy

__all__ = ["approach", "assumptions", "encoding", "features", "fitted", "models", "split"]


def features(study: CaseStudy) -> str:
    """The outcome, the features, and what is left out."""
    used = [words(name) for name in study.models.seven.features]
    return (
        "Outcome: `verified_status`, with *verified* as the positive class. Features: "
        f"{listing(used)}. Left out: the row number and `video_id`, which number the rows and "
        "would only be learnt by heart; likes, which the other counts largely tell already (AIC "
        f"{study.models.with_likes.fit.aic:.1f} with them, {study.models.seven.fit.aic:.1f} "
        "without); and the transcript's text."
    )


def approach(study: CaseStudy) -> str:
    """Linear or logistic?"""
    line = study.approach
    outside = (
        f"{plural(line.n_below_0, 'fitted value')} below 0 and {line.n_above_1:,} above 1, which "
        "are no probabilities"
        if line.n_below_0 + line.n_above_1
        else "no fitted value outside 0 to 1 on these rows, though nothing keeps them inside on "
        "others"
    )
    unequal = line.p_value < 1 - study.level
    spread = (
        f"its errors are {line.variance_ratio:.1f} times as variable where the line is highest as "
        f"where it is lowest (Breusch-Pagan {line.breusch_pagan:.0f}, {line.df} df, "
        f"{p_words(line.p_value)}), so least squares' standard errors are wrong"
        if unequal
        else f"unequal variances are not demonstrable here ({p_words(line.p_value)}), though a "
        "0/1 outcome must have them"
    )
    return (
        f"**Logistic.** The outcome is one of two classes. A straight line was fitted all the "
        f"same: it gives {outside} (from {line.smallest:.4f} to {line.largest:.4f}); and {spread}. "
        f"Logistic regression keeps every probability between 0 and 1 (here "
        f"{line.logistic_smallest:.4f} to {line.logistic_largest:.4f}), has p(1 - p) for its "
        "variance by construction, and its coefficients are odds ratios."
    )


def split(study: CaseStudy) -> str:
    """How the rows were parted."""
    held = study.held_out
    return (
        f"{held.n_train:,} rows train and {held.n_test:,} judge ({percent(study.test_size, 0)}, "
        f"seed {study.seed}), with the same share of verified rows in both: "
        f"{held.n_train_verified:,} and {held.n_test_verified:,}. The split comes **before** "
        "anything is learnt, and no row is repeated, so no test row has a copy in training."
    )


def encoding(study: CaseStudy) -> str:
    """How text became numbers."""
    names = [f"`{effect.name}`" for effect in study.effects.effects if "(against" in effect.label]
    return (
        f"Text becomes 0/1 columns, one for each level but the reference: {listing(names)}. The "
        "references are *claim* and *active*; coefficients of the columns compare with them. "
        "*verified* is 1, *not verified* 0. Numbers stay as they are: centring and scaling happen "
        "inside the fit and leave no trace in the coefficients."
    )


def fitted(study: CaseStudy) -> str:
    """Whether the fit is the maximum, and how many digits are right."""
    fit = study.models.seven.fit
    if not fit.converged:
        return f"**The fit is not at its maximum**: {fit.status}."
    digits = float(np.nanmin(study.certificate.digits))
    return (
        f"The fit is the maximum of the likelihood: the gradient vanishes, and a certificate finds "
        f"at least {digits_words(digits, 0)} right digits in every coefficient. Log-likelihood "
        f"{fit.loglik:.3f} against {fit.null_loglik:.3f} without any column. (Tests and intervals "
        "use all complete rows; the evaluation below uses a fit of the training rows alone.)"
    )


def models(study: CaseStudy) -> str:
    """What the other columns add to claim status."""
    found = study.models
    one, seven, without = found.claim_only, found.seven, found.without_claim
    gain = one.fit.aic - seven.fit.aic
    worth = (
        f"lowers AIC by {gain:.1f}"
        if gain > 2
        else f"raises AIC by {-gain:.1f}"
        if gain < -2
        else f"leaves AIC where it was ({one.fit.aic:.2f} against {seven.fit.aic:.2f})"
    )
    return (
        f"Claim status alone has an area under the ROC curve of {one.auc.auc:.3f} on the test "
        f"rows, all seven features {seven.auc.auc:.3f} ({seven.auc.lower:.3f} to "
        f"{seven.auc.upper:.3f}); the difference is {found.gain.difference:+.3f} "
        f"({found.gain.lower:+.3f} to {found.gain.upper:+.3f}). Adding the other six {worth}; "
        f"taking claim status away {_moves(without.fit.aic - seven.fit.aic)}. "
        f"The model with the least AIC is “{found.least_aic.title}”."
    )


def _moves(change: float) -> str:
    if abs(change) < 2.0:
        return "leaves it where it was"
    return f"{'raises' if change > 0 else 'lowers'} it by {abs(change):.0f}"


def assumptions(study: CaseStudy) -> str:
    """Which assumptions hold."""
    checks = study.checks
    bent = checks.box_tidwell["p_adjusted"].dropna()
    straight = bent.min() >= 1 - study.level
    wrong = [check.check for check in checks.assumptions.doubtful]
    fits = checks.hosmer_lemeshow
    return (
        f"{checks.assumptions.headline}"
        + (f" (not holding: {listing(wrong)}). " if wrong else ". ")
        + "Outcome binary: yes. Independence: "
        + (
            "cannot be checked, as no column names the account"
            if study.data.account_column is None
            else "rows of one account must be expected to be alike"
        )
        + ". Collinearity:"
        f" largest VIF {checks.vif['fit'].max():.1f}"
        + (" (below 10). " if checks.vif["fit"].max() < 10 else " (above 10: severe). ")
        + "Straight in the log-odds: Box and Tidwell's test "
        + ("finds no bend" if straight else "finds a bend")
        + f" (smallest p {checks.box_tidwell['p_value'].min():.3f}, {bent.min():.2f} adjusted for "
        f"{len(bent)} columns). Influence: largest Cook's distance {checks.largest_cook:.3f}. "
        f"Agreement of predicted and observed counts: Hosmer-Lemeshow {fits.statistic:.2f}, "
        f"{fits.df} df, {p_words(fits.p_value)}. Events: "
        f"{study.data.n_verified / len(study.effects.effects):.0f} verified rows for each slope."
    )

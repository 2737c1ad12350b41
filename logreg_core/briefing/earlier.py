"""Why the figures differ from an earlier draft: the usual recipe, done again on the same rows."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from ..report.html import Section, Table
from ..report.words import number, percent

if TYPE_CHECKING:
    from ..evaluation import AtThreshold
    from ..verified_status import UsualRecipe

__all__ = ["earlier_section"]


def earlier_section(usual: UsualRecipe, prevalence: float, at: AtThreshold) -> Section:
    """What the usual answer to this case does, and what each step costs.

    Parameters
    ----------
    usual : the recipe done again
    prevalence : share of verified rows in the data
    at : the honest test rows at the threshold of the overall share

    Returns
    -------
    Section of plain text and two tables, for `report.html.render_page`
    """
    return Section(
        "Why this differs from an earlier draft",
        (
            _done_again(usual),
            *_stopped(usual),
            _leaked(usual),
            _prevalence(usual, prevalence),
            _capped(usual),
        ),
        (_measures(usual, at), _coefficients(usual)),
    )


def _done_again(usual: UsualRecipe) -> str:
    text = (
        "The usual answer caps likes and comments, repeats verified rows until both classes are "
        "equally many, then splits, then fits by scikit-learn’s default (lbfgs) on the raw "
        f"columns. It was done again here with scikit-learn {usual.scikit_learn}"
    )
    if usual.reproduces_published:
        return f"{text}, and gives the published matrix."
    if usual.is_published_file:
        return (
            f"{text}; another version printed the published figures, whose coefficients give the "
            "published matrix on these very rows."
        )
    return f"{text}, on other rows than the published ones."


def _stopped(usual: UsualRecipe) -> list[str]:
    warned = f"with {usual.n_warnings} warning(s)" if usual.n_warnings else "without a warning"
    steps = f"after {usual.n_iter} of at most {usual.max_iter} steps, {warned}"
    said = [
        f"Its fit stopped {steps}, {usual.shortfall:.2g} log-likelihood units below the maximum of "
        "the very same rows: its coefficients are not the answer to its own question."
        if usual.shortfall > 0.05
        else f"Its fit ended {steps}, at the maximum of its rows to {usual.shortfall:.1g} "
        "log-likelihood units."
    ]
    if usual.is_published_file:
        table = usual.coefficients
        names = ("video_duration_sec", "claim_status_opinion")
        (d, d_max), (o, o_max) = (
            (float(table["published"][name]), float(table["maximum"][name])) for name in names
        )
        sides = ", the wrong sign," if d * d_max < 0 else ""
        said.append(
            f"The published coefficients lie {usual.published_shortfall:,.0f} log-likelihood units "
            f"below that maximum: {number(d)} for duration{sides} where the maximum has "
            f"{number(d_max)}, and {number(o)} for opinion where it has {number(o_max)}. Accuracy "
            "hides it."
        )
    return said


def _leaked(usual: UsualRecipe) -> str:
    low, high = usual.std_error_ratio
    return (
        f"Repeating before splitting puts the original of {usual.n_seen:,} of the "
        f"{usual.n_test_verified:,} verified test rows into the training rows, so its test is no "
        "test: a rule that only knows the training rows by heart has an accuracy of "
        f"{percent(usual.memory_accuracy)} on it. Standard errors shrink to {low:.2f} to "
        f"{high:.2f} of their size. Here the split comes first, and nothing is resampled."
    )


def _prevalence(usual: UsualRecipe, prevalence: float) -> str:
    known = usual.published_at_prevalence
    return (
        f"Its test set is half verified. At the true share of {percent(prevalence)} the published "
        f"rates mean a precision of {percent(known.precision)} and an accuracy of "
        f"{percent(known.accuracy)}, where always answering “not verified” has "
        f"{percent(max(prevalence, 1 - prevalence))}."
    )


def _capped(usual: UsualRecipe) -> str:
    shares = usual.capped[["share_claim", "share_opinion"]].max()
    return (
        f"Capping at Q3 + 1.5 IQR changes up to {percent(shares['share_claim'], 0)} of claims and "
        f"{percent(shares['share_opinion'], 0)} of opinions: it bends the very comparison in "
        "question. Here nothing is capped; influence is measured instead."
    )


def _row(name: str, at: AtThreshold) -> tuple[str, ...]:
    counts = (at.true_negative, at.false_positive, at.false_negative, at.true_positive)
    tn, fp, fn, tp = (f"{int(count):,}" for count in counts)
    rates = map(percent, (at.accuracy, at.precision, at.recall))
    return (name, f"[[{tn}, {fp}], [{fn}, {tp}]]", *rates)


def _measures(usual: UsualRecipe, at: AtThreshold) -> Table:
    told = usual.published
    (tn, fp), (fn, tp) = told.matrix
    rates = map(percent, (told.accuracy, told.precision, told.recall))
    rows = (
        ("as published", f"[[{tn:,}, {fp:,}], [{fn:,}, {tp:,}]]", *rates),
        _row(f"the same code, scikit-learn {usual.scikit_learn}", usual.reported),
        _row("its rows, at the maximum", usual.at_maximum),
        _row("honest test rows, from the overall share on", at),
    )
    header = ("", "matrix [[TN, FP], [FN, TP]]", "accuracy", "precision", "recall")
    return Table("Measures", header, rows)


def _coefficients(usual: UsualRecipe) -> Table:
    columns = ("published", "reported", "maximum", "std_error")
    rows = tuple(
        (str(name), *("–" if math.isnan(row[c]) else number(row[c]) for c in columns))
        for name, row in usual.coefficients.iterrows()
    )
    header = ("column", "published", "reported here", "at the maximum", "std error there")
    return Table("Coefficients on its own rows", header, rows)

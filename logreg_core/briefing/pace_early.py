"""PACE, the first half, plan and analyse: a question and the paragraphs that answer it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..report.words import count_words, percent
from ..verified_status import words
from .judgement import approach_words, missing_words
from .phrases import joined, rate_words

if TYPE_CHECKING:
    from ..verified_status import CaseStudy

__all__ = ["analyze", "plan"]

Answers = tuple[tuple[str, ...], ...]


def plan(study: CaseStudy) -> Answers:
    """Stakeholders, the problem, first observations, resources."""
    data = study.data
    versions = ", ".join(f"{name} {version}" for name, version in study.versions.items())
    return (
        (
            "Who are the external stakeholders?",
            "The operations lead, who asks how the features relate to verified status and by which "
            "kind of regression; the data science manager, who asks for the model, its confusion "
            "matrix and accuracy, and a summary; leadership, who read only the summary. Authors of "
            "videos are touched by whatever is built on this, and have no say in it.",
        ),
        (
            "What are we trying to solve?",
            "Which features of a video go with its author being verified, how strongly and how "
            "surely; and whether a model of them can tell verified authors on videos it has not "
            "seen. It prepares the model of claims and opinions, the project’s aim.",
            approach_words(study),
        ),
        (
            "What are the first observations?",
            f"{data.n_rows:,} rows, {data.n_columns} columns; {data.n_complete:,} rows are "
            f"complete, of which {data.n_verified:,} ({percent(data.prevalence, 2)}) are verified: "
            f"one answer is {(1 - data.prevalence) / data.prevalence:.0f} times as frequent as the "
            "other.",
            f"Verified are {rate_words(study, 'claim_status')}, and "
            f"{rate_words(study, 'author_ban_status')}.",
            missing_words(study),
            _repeats(study),
        ),
        (
            "Which resources are needed?",
            f"The file, its column descriptions, and open software: {versions}. What is missing is "
            "an account number, and somebody who knows how the incomplete rows came about."
            if data.account_column is None
            else f"The file, its column descriptions, and open software: {versions}.",
        ),
    )


def _repeats(study: CaseStudy) -> str:
    data = study.data
    account = (
        "There is no column that tells authors apart, so whether several videos are one author’s "
        "cannot be known."
        if data.account_column is None
        else f"Column {data.account_column} tells authors apart."
    )
    copies = (
        f"{count_words(data.n_duplicates, 'complete row')} repeat an earlier one"
        if data.n_duplicates
        else "No complete row repeats an earlier one"
    )
    return f"{copies} in everything but its number. {account}"


def analyze(study: CaseStudy) -> Answers:
    """Why explore before the model, and which ethical questions the data raise."""
    return (
        (
            "What are the purposes of exploration before the model?",
            "To see what could mislead a model before it misleads: how rare the outcome is, what "
            "is missing and whether at random, columns that say the same, values that could carry "
            "too much weight.",
            _columns_alike(study),
            _outliers(study),
        ),
        (
            "Are there ethical considerations at this stage?",
            "Verified status and ban status are standings that a platform gives to people. A "
            "relation found here may mirror how the platform gave them rather than how authors "
            "behave, and nothing in the file tells the two apart.",
            missing_words(study) + " To drop rows unseen would hide that.",
        ),
    )


def _columns_alike(study: CaseStudy) -> str:
    pair = study.exploration.pairs.iloc[0]
    vif, wide = study.checks.vif["fit"], study.checks.vif_with_likes["fit"]
    return (
        f"The numbers rise and fall together: {words(pair['first'])} and {words(pair['second'])} "
        f"have a correlation of {pair['r']:.2f}. What matters for the model is the variance "
        f"inflation: with likes up to {wide.max():.1f}, without them {vif.max():.1f} at most "
        f"({words(str(vif.idxmax()))}; from the fit’s own information). Likes are left out, and "
        "the effects of the counts are to be read together."
    )


def _outliers(study: CaseStudy) -> str:
    table = study.exploration.numbers
    capped = table[table["share_above"] > 0]
    if not len(capped):
        return "No number lies beyond the usual fence for outliers."
    names = joined([words(str(name)) for name in capped.index])
    return (
        f"Values beyond Q3 + 1.5 IQR occur in {names}: up to "
        f"{percent(capped['share_above_claim'].max(), 0)} of claims and "
        f"{percent(capped['share_above_opinion'].max(), 0)} of opinions. They are popular videos, "
        "no errors; capping them would change the comparison in question, so they stay, and their "
        f"influence is measured instead (largest Cook’s distance {study.checks.largest_cook:.3f}, "
        "where 0.5 would draw attention)."
    )

"""Why the usual answer to this case says otherwise, in sentences made from figures."""

from __future__ import annotations

from typing import Any

from .phrasing import percent, plural
from .study import CaseStudy

__all__ = ["usual"]


def usual(study: CaseStudy) -> str:
    """Why an earlier draft says otherwise."""
    found = study.usual
    low, high = found.std_error_ratio
    told = found.published_at_prevalence
    table: Any = found.coefficients
    worst = table["score"].iloc[1:].abs().idxmax()
    stopped = (
        "It reached the maximum of its rows"
        if found.is_maximum
        else f"It stopped {found.shortfall:.1f} log-likelihood units short of the maximum of its "
        f"own rows: the score, 0 at a maximum, is {table.loc[worst, 'score']:+.0f} for `{worst}`, "
        f"reported as {table.loc[worst, 'reported']:.3f} where the maximum has "
        f"{table.loc[worst, 'maximum']:.3f}"
    )
    warned = "no warning" if not found.n_warnings else plural(found.n_warnings, "warning")
    return (
        f"Done again with scikit-learn {found.scikit_learn}: {found.n_iter} of {found.max_iter} "
        f"iterations, {warned}, matrix {_written(found.matrix)}, accuracy "
        f"{percent(found.reported.accuracy)}. {stopped}. {_published(study)}\n\n"
        f"Whatever the solver, the recipe judges itself on copies: the originals of "
        f"{found.n_seen:,} of {found.n_test_verified:,} verified test rows were trained on. A rule "
        "that merely knows the training rows by heart scores "
        f"{percent(found.memory_accuracy)} there. Standard errors shrink to {low:.2f} to "
        f"{high:.2f} of their size. And half its test rows are "
        f"verified: at the true share its published rates mean a precision of "
        f"{percent(told.precision)} and an accuracy of {percent(told.accuracy)}."
    )


def _published(study: CaseStudy) -> str:
    found = study.usual
    table: Any = found.coefficients
    if not found.is_published_file:
        return (
            "The published figures come from the course file; these are other rows, so they are "
            "not compared in detail."
        )
    duration, opinion = "video_duration_sec", "claim_status_opinion"
    return (
        f"The published coefficients (an older version, 63 iterations) give the published matrix "
        f"{_written(found.published.matrix)} on these rows, and lie "
        f"{found.published_shortfall:.0f} units short: duration "
        f"{table.loc[duration, 'published']:+.4f} where the maximum has "
        f"{table.loc[duration, 'maximum']:+.4f}, opinion "
        f"{table.loc[opinion, 'published']:.4f} where it has {table.loc[opinion, 'maximum']:.3f}."
    )


def _written(matrix: tuple[tuple[int, int], tuple[int, int]]) -> str:
    return str([list(row) for row in matrix])

"""PACE, the second half: construct and execute."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..certificate_result import digits_words
from ..report.words import number, p_words, percent
from .judgement import better_than_chance, screens, use_words
from .phrases import clear_effects, effect_sentence, joined
from .relations import claim_alone, claim_is_clear, others_words, re_runs, relates

if TYPE_CHECKING:
    from ..verified_status import CaseStudy, Effect

__all__ = ["construct", "execute"]

Answers = tuple[tuple[str, ...], ...]


def construct(study: CaseStudy) -> Answers:
    """What was odd, what could be better, which resources."""
    digits = float(study.certificate.digits.min())
    return (
        (
            "Did anything look odd?",
            _checks(study),
            _usual(study),
        ),
        (
            "Can the model be improved?",
            _alternatives(study),
            "No resampling of the rare class and no other threshold changes how well videos are "
            "ranked: both only move along the same curve.",
        ),
        (
            "Which resources were used?",
            "Likelihood-ratio tests with Holm’s correction, a stratified split made before "
            "anything was learnt, and a certificate of the coefficients: "
            f"at least {digits_words(digits, 0)} digits of each are right, found by its own "
            "refinement step.",
        ),
    )


def _checks(study: CaseStudy) -> str:
    found = study.checks.assumptions
    text = f"Of the model’s assumptions, {found.headline}"
    if found.doubtful:
        names = joined([f"{check.check} ({check.figure})" for check in found.doubtful])
        text += f": not {names}"
    test = study.checks.hosmer_lemeshow
    verdict = "no sign of" if test.p_value >= 0.05 else "a sign of"
    return (
        f"{text}. Predicted and observed shares give {verdict} misfit (Hosmer-Lemeshow "
        f"{number(test.statistic)}, df {test.df}, {p_words(test.p_value)}). Independence of videos "
        "cannot be read from the columns."
    )


def _usual(study: CaseStudy) -> str:
    usual, known = study.usual, study.usual.published_at_prevalence
    text = (
        "The usual recipe for this case repeats verified rows before splitting, so that the "
        f"original of {usual.n_seen:,} of {usual.n_test_verified:,} verified test rows is in its "
        "training set. At the true share of verified videos its published rates mean a precision "
        f"of {percent(known.precision)} and an accuracy of {percent(known.accuracy)}."
    )
    if usual.is_published_file:
        text += (
            f" Its published coefficients lie {usual.published_shortfall:,.0f} log-likelihood "
            "units below the maximum of its own rows."
        )
    return text


def _alternatives(study: CaseStudy) -> str:
    seven, others = study.models.seven, [m for m in study.models.all if m.key != "seven"]
    told = joined([f"{m.title} {m.auc.auc:.3f} (AIC {m.fit.aic:,.1f})" for m in others])
    better = [m.title for m in others if m.auc.lower > seven.auc.upper]
    verdict = (
        f"Perhaps: {joined(better)} ranks better" if better else "Not by another use of the columns"
    )
    return (
        f"{verdict}. Area under the ROC curve of unseen videos: the seven features "
        f"{seven.auc.auc:.3f} (AIC {seven.fit.aic:,.1f}); {told}."
    )


def execute(study: CaseStudy) -> Answers:
    """Insights, recommendations, interpretation, ethics."""
    return (
        (
            "What are the key insights?",
            relates(study),
            others_words(study),
            screens(study),
        ),
        (
            "Which business recommendations follow from the model?",
            use_words(study),
        ),
        (
            "Why interpret the coefficients?",
            "Because the question was how the features relate to verified status; a score answers "
            "none of that. A coefficient is a change of log-odds with the other columns held "
            "equal, its exponential an odds ratio; neither is a change of probability, and "
            "neither is a cause.",
            *(effect_sentence(effect, study.effects.level) for effect in _told(study)),
        ),
        (
            "What are potential recommendations?",
            "Quote every figure with its interval, and accuracy only beside "
            f"{percent(study.held_out.no_information_rate)}, which needs no model.",
            _circular(study),
        ),
        (
            "Could the model be improved, why and how?",
            _how_good(study),
            "What would help is new information, not a cleverer fit: an account number, the "
            "author’s history, what is said in the video. This model explains little of the "
            f"variation (McFadden’s pseudo-R² {study.models.seven.fit.pseudo_r2:.3f}).",
        ),
        (
            "Which recommendations for the organisation?",
            "Let the reviewers of claims see verified status as it is recorded, and no prediction "
            "of it. "
            + (
                "Record an account number with every video. "
                if study.data.account_column is None
                else ""
            )
            + "Report results at the share of verified videos that really occurs.",
        ),
        (
            "Which other questions could data and model answer?",
            "Whether a video states a claim or an opinion, from its counts and its text; whether "
            "claims are watched and shared more; how ban status goes with claims. "
            f"{claim_alone(study)}",
        ),
        (
            "Are there ethical considerations?",
            _harm(study),
            "Association must not be told as cause: nothing here says that verification makes "
            "authors opinionated, or that opinions earn it.",
        ),
    )


def _how_good(study: CaseStudy) -> str:
    area, folds = study.held_out.auc, study.held_out.cross_validation
    return (
        f"It ranks unseen videos with an area of {area.auc:.3f} ({area.lower:.3f} to "
        f"{area.upper:.3f}), where 0.5 is chance and 1 is perfect; over five folds of all rows "
        f"{folds.auc:.3f} ({folds.lower:.3f} to {folds.upper:.3f}), so this split is no exception. "
        if folds.lower <= area.auc <= folds.upper
        else f"It ranks unseen videos with an area of {area.auc:.3f}, but over five folds of all "
        f"rows {folds.auc:.3f} ({folds.lower:.3f} to {folds.upper:.3f}): this split is unusual. "
    ).strip()


def _told(study: CaseStudy) -> list[Effect]:
    """The clear effects, and beside them the one of the rest that looks strongest."""
    clear = clear_effects(study)
    rest = [e for e in study.effects.effects if e not in clear]
    return [*clear[:3], *sorted(rest, key=lambda effect: effect.p_value)[:1]]


def _circular(study: CaseStudy) -> str:
    if not claim_is_clear(study):
        return "No feature is recommended for prediction: none has a demonstrable relation."
    return (
        "Claim status is what the next phase is to predict. A score of verified status built on it "
        "would be circular there, and must not be used. " + re_runs(study)
    )


def _harm(study: CaseStudy) -> str:
    if not better_than_chance(study):
        return (
            "A score that is not shown to be better than chance would treat authors arbitrarily: "
            "it should not be used."
        )
    rule = study.held_out.prevalence.at
    return (
        f"Any rule made of this flags {rule.false_positive:,} of {rule.n_rows:,} unseen videos "
        f"wrongly and misses {rule.false_negative:,} of {rule.n_positive:,} verified ones. Used on "
        "accounts, it would treat authors by the kind of video they post. It may order a queue "
        "that people look through; it may not decide."
    )

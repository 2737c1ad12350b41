"""What the data themselves say: answers of the Analyze stage, in sentences made from figures."""

from __future__ import annotations

from typing import Any

from .columns import words
from .phrasing import interval, listing, p_words, percent, plural
from .study import CaseStudy

__all__ = [
    "balance",
    "correlations",
    "duplicates",
    "first_look",
    "missing",
    "outliers",
    "rates",
    "transcripts",
]

STRONG = 0.7  # |r| from which columns say much the same


def first_look(study: CaseStudy) -> str:
    """Shape, types, and what one row is."""
    data = study.data
    kinds = data.columns["type"].value_counts()
    parts = [f"{count} with {kind}s" if kind != "text" else f"{count} with text"
             for kind, count in kinds.items()]  # fmt: skip
    return (
        f"{data.n_rows:,} rows and {data.n_columns} columns ({listing(parts)}). One row is one "
        "video: an identifier, what the video says and for how long, the standing of its author, "
        "and five counts of what viewers did. The outcome, `verified_status`, is text with two "
        "values: it has to be encoded, and it is a yes or no, not a quantity."
    )


def missing(study: CaseStudy) -> str:
    """How many rows lack something, and whether they are like the others."""
    data = study.data
    if not data.n_incomplete:
        return "No value is missing: every row is used."
    gaps = data.columns["missing"]
    names = [f"`{name}`" for name in gaps.index[gaps > 0]]
    found = (
        f"{plural(data.n_incomplete, 'row')} ({percent(data.n_incomplete / data.n_rows)}) "
        f"lack some value, in {listing(names)}. Models need complete rows, so "
        f"{data.n_complete:,} remain. "
    )
    shares = (
        f"Of the incomplete rows {percent(data.incomplete_rate)} are verified, of the complete "
        f"ones {percent(data.prevalence)} (Fisher's exact test {p_words(data.missing_p_value)})"
    )
    if data.missing_p_value >= 1 - study.level:
        return found + shares + ": no sign that they differ in the outcome."
    bound = study.sensitivity.missing
    return (
        f"{found}{shares}: **they are not a random part of the rows**, and dropping them unseen "
        "would hide that. Were it the outcome alone that decides which rows lack values, odds "
        "ratios would not suffer, only the intercept; but that cannot be known. How much could it "
        "matter? The incomplete rows lack claim status; filled in at worst, either way, the odds "
        f"ratio of opinion against claim moves from {bound.observed:.2f} to {bound.least:.2f} or "
        f"{bound.greatest:.2f}. "
        + (
            "The answer stands whatever they hold."
            if bound.answer_stands
            else "The answer depends on what they hold."
        )
    )


def duplicates(study: CaseStudy) -> str:
    """Rows that stand twice, and what cannot be checked."""
    data = study.data
    found = (
        f"{plural(data.n_duplicates, 'complete row')} repeat another in every column but the row "
        f"number and `video_id`; {plural(data.n_repeated_ids, '`video_id`')} occur twice. "
    )
    if data.account_column is not None:
        return found + f"Column `{data.account_column}` tells accounts apart: cluster by it."
    return (
        found + "No column says which account a video belongs to. If accounts have several videos "
        "each, rows are not independent and the intervals below are too short; **these data "
        "cannot tell**."
    )


def outliers(study: CaseStudy) -> str:
    """Which columns have outliers, whose rows they are, and what is done."""
    table: Any = study.exploration.numbers
    far = table[table["above"] > 0]
    if not len(far):
        return "No value lies above Q3 + 1.5 IQR: nothing is to be done."
    parts = [f"{words(str(name))} {percent(row['share_above'])}" for name, row in far.iterrows()]
    claim, opinion = far["share_above_claim"].max(), far["share_above_opinion"].max()
    influence = study.checks.largest_cook
    verdict = (
        f"no row carries the model (largest Cook's distance {influence:.3f}, where 0.5 would call "
        "for a look)"
        if influence < 0.5
        else f"the largest Cook's distance is {influence:.2f}: that row is to be looked at"
    )
    return (
        f"Beyond Q3 + 1.5 IQR lie: {listing(parts)} of the rows. The counts are skewed, as counts "
        "of popular things are, and nothing marks these values as errors. Capping them, as is "
        f"often done, would change up to {percent(claim, 0)} of the claims and "
        f"{percent(opinion, 0)} of "
        f"the opinions, and so bend the very comparison in question. **Nothing is capped or "
        f"removed.** Instead: {verdict}, and a run with log(1 + count) and one without the most "
        "influential rows are reported further down."
    )


def balance(study: CaseStudy) -> str:
    """How rare verified accounts are, and what is not done about it."""
    data = study.data
    return (
        f"{data.n_verified:,} of {data.n_complete:,} videos ({percent(data.prevalence, 2)}) are of "
        f"verified accounts. Whoever always says “not verified” is right in "
        f"{percent(data.no_information_rate)} of the cases: every accuracy below has to be read "
        "against that. **The classes are not evened out.** Repeating the rare rows adds no "
        "information, makes standard errors too small, ruins the probabilities and, before the "
        "split, copies test rows into the training set. A rare outcome calls for another "
        "threshold, not for other data."
    )


def transcripts(study: CaseStudy) -> str:
    """Transcript length by class, and where the difference comes from."""
    by_class: Any = study.exploration.transcripts
    by_claim: Any = study.exploration.transcripts_by_claim
    negative, positive = (by_class.loc[label, "mean"] for label in study.data.classes)
    claim, opinion = by_claim.loc["claim", "mean"], by_claim.loc["opinion", "mean"]
    longer = "shorter" if positive < negative else "longer"
    return (
        f"Transcripts of verified accounts are {abs(positive - negative):.1f} characters {longer} "
        f"on average ({positive:.1f} against {negative:.1f}). But claims and opinions differ by "
        f"{abs(claim - opinion):.1f} ({claim:.1f} against {opinion:.1f})"
        + (
            ": the length speaks mostly of claim status, which the model already holds, so it is "
            "left out."
            if abs(claim - opinion) > abs(positive - negative)
            else ", which does not explain it. The length is left out as the course does; a "
            "model with it would be worth a look."
        )
    )


def rates(study: CaseStudy) -> str:
    """Share of verified videos by claim status and ban status."""
    table: Any = study.exploration.rates
    claim, opinion = (table.loc[("claim_status", level)] for level in ("claim", "opinion"))
    alone: Any = study.effects.claim_only.iloc[0]
    often = (
        "a difference that chance explains"
        if alone["lower"] <= 1.0 <= alone["upper"]
        else f"opinions {'more' if opinion['rate'] > claim['rate'] else 'less'} often"
    )
    ban = table.loc["author_ban_status"].sort_values("rate", ascending=False)
    parts = [f"{level} {percent(row['rate'], 2)}" for level, row in ban.iterrows()]
    return (
        f"Of opinions {percent(opinion['rate'], 2)} "
        f"({interval(100 * opinion['lower'], 100 * opinion['upper'], 1)}%) come from verified "
        f"accounts, of claims {percent(claim['rate'], 2)} "
        f"({interval(100 * claim['lower'], 100 * claim['upper'], 1)}%): {often}. "
        f"By ban status: {listing(parts)}. {_together(study)}"
    )


def _together(study: CaseStudy) -> str:
    rows: Any = study.exploration.claim_by_ban["rows"].unstack("claim_status", fill_value=0)
    share = (rows["opinion"] / rows.sum(axis=1)).sort_values()
    least, most = (f"{percent(share.iloc[i])} of the videos of {share.index[i]} accounts"
                   for i in (0, -1))  # fmt: skip
    return (
        f"But opinions are {least} and {most}: the two columns go together, and only a model of "
        "both can say which of them it is."
        if share.iloc[-1] - share.iloc[0] > 0.05
        else "Opinions are as frequent at every ban status, so the two can be read apart."
    )


def correlations(study: CaseStudy) -> str:
    """Which columns are correlated, and which assumption that touches."""
    pairs = study.exploration.pairs
    strong = pairs[pairs["r"].abs() >= STRONG]
    parts = [
        f"{words(str(row['first']))} and {words(str(row['second']))} ({row['r']:.2f})"
        for _, row in strong.iterrows()
    ]
    wide = study.checks.vif_with_likes["columns"].sort_values(ascending=False)
    worst = [f"{words(str(name))} {value:.1f}" for name, value in wide.iloc[:3].items()]
    left = study.checks.vif
    return (
        f"Strongly correlated (|r| of {STRONG} or more): {listing(parts)}. This touches the "
        "assumption of **no severe multicollinearity**: columns that say the same have uncertain "
        "coefficients, though predictions do not suffer. Pairs do not show it all; the variance "
        f"inflation of one column by all others does. By least squares on the columns, with likes "
        f"in: {listing(worst)}. Likes are left out, then the largest is "
        f"{left['columns'].max():.1f} by least squares, {left['fit'].max():.1f} by the information "
        "of the fit, which is the one that matters here."
    )

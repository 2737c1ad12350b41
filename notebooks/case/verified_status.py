# %% [markdown]
# # What relates to `verified_status`?
# @STATE@
#
# The data are fictional: a short-video platform's team is half-way through telling *claims* from
# *opinions*. The operations lead asks whether this will be a linear or a logistic regression, and
# how the variables relate to whether a user is verified. Organised as Plan, Analyze, Construct,
# Execute. **Every paragraph under a result is made from the figures above it**: with other data it
# says something else. `study` holds all of them.

# %%
import os
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd
from IPython.display import Markdown

folder = os.environ.get("LOGREG_DATA_DIR")
file = Path(folder) / "tiktok_dataset.csv" if folder else lc.datasets.path("verified_status")
print("Data:", "the course file, " + file.name if folder else "the bundled sample, synthetic")

# %% [markdown]
# # Plan
# ## Why explore before a logistic regression?
# Because the model takes things for granted that only the data can show: that the outcome has two
# classes and how rare one of them is; that rows are complete, or incomplete at random; that rows
# are independent; that no column repeats another; that the log-odds are straight in the columns;
# and that no few rows carry the answer. Each is looked at below, before or after the fit.
#
# ## Which resources were used?
# The course file and its data dictionary; the library's documents on
# [statistics](../docs/statistics.md) and [evaluation](../docs/evaluation.md), which give formula
# and source of every figure; for the comparison with the usual recipe, scikit-learn.
#
# ## Load
# `case_study` computes every figure in one call; the cells then look at them one by one.

# %%
frame = pd.read_csv(file)
study = lc.verified_status.case_study(frame)


def answer(question):
    return Markdown(lc.verified_status.answer(study, question))


# %% [markdown]
# # Analyze
# ## What do the data look like? Head, shape, types

# %%
frame.head()

# %%
print(frame.shape)
study.data.columns

# %%
frame.describe().T.round(1)

# %% answer
answer("first_look")

# %% [markdown]
# ## Are values missing?

# %%
frame.isna().sum()[lambda count: count > 0].to_frame("missing")

# %%
complete = frame.notna().all(axis=1).map({True: "complete", False: "incomplete"})
pd.crosstab(complete.rename("row"), frame["verified_status"])

# %% answer
answer("missing")

# %% [markdown]
# ## Are there duplicates?

# %%
print("equal rows:", frame.duplicated().sum())
print("repeated video_id:", frame["video_id"].duplicated().sum())

# %% answer
answer("duplicates")

# %% [markdown]
# ## Are there outliers, and what is to be done about them?

# %%
rows = frame.dropna()
shown = {
    "video_duration_sec": "duration (s)", "video_view_count": "views",
    "video_like_count": "likes", "video_comment_count": "comments",
}  # fmt: skip
figure, axes = plt.subplots(1, 4, figsize=(11, 3.2), layout="constrained")
for ax, (name, title) in zip(axes, shown.items(), strict=True):
    ax.boxplot(
        [rows.loc[rows["claim_status"] == level, name] for level in ("claim", "opinion")],
        tick_labels=["claim", "opinion"],
        flierprops={"markersize": 2, "alpha": 0.3},
    )
    ax.set_title(title)
    if name != "video_duration_sec":
        ax.set_yscale("symlog", linthresh=10)  # opinions have a hundredth of the claims' counts
    ax.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
plt.close(figure)
figure

# %%
study.exploration.numbers[
    [
        "q1",
        "median",
        "q3",
        "maximum",
        "fence",
        "share_above",
        "share_above_claim",
        "share_above_opinion",
    ]
].round(3)

# %% answer
answer("outliers")

# %% [markdown]
# ## How balanced are the classes?

# %%
study.exploration.balance

# %% answer
answer("balance")

# %% [markdown]
# ## How often is an account verified, by claim status and ban status?

# %%
study.exploration.rates.round(4)

# %% answer
answer("rates")

# %% [markdown]
# ## How long are the transcripts of either class?

# %%
study.exploration.transcripts.round(1)

# %%
bins = study.exploration.transcript_histogram
figure, ax = plt.subplots(figsize=(7, 3), layout="constrained")
for label, colour in (("not verified", "#bbbbbb"), ("verified", "#1f4e79")):
    share = bins[label] / bins[label].sum()
    ax.bar(
        bins["left"],
        share,
        bins["right"] - bins["left"],
        align="edge",
        color=colour,
        alpha=0.6,
        label=label,
    )
ax.set(xlabel="transcript length (characters)", ylabel="share of the class")
ax.legend(frameon=False)
plt.close(figure)
figure

# %% answer
answer("transcripts")

# %% [markdown]
# ## Which variables are correlated, and which assumption does that touch?

# %%
study.exploration.correlations.round(3)

# %%
table = study.exploration.correlations
names = [lc.verified_status.words(name).split(" (")[0] for name in table]
figure, ax = plt.subplots(figsize=(6.5, 5.2), layout="constrained")
image = ax.imshow(table, cmap="RdBu_r", vmin=-1, vmax=1)
ax.set_xticks(range(len(names)), names, rotation=35, ha="right")
ax.set_yticks(range(len(names)), names)
for i in range(len(names)):
    for j in range(len(names)):
        value = table.iloc[i, j]
        ax.text(
            j,
            i,
            f"{value:.2f}",
            ha="center",
            va="center",
            size=8,
            color="white" if abs(value) > 0.6 else "black",
        )
figure.colorbar(image, label="Pearson's r")
plt.close(figure)
figure

# %%
study.checks.vif_with_likes.round(2)

# %% answer
answer("correlations")

# %% [markdown]
# # Construct
# ## Which outcome, which features, and why these?

# %% answer
answer("features")

# %% [markdown]
# ## Linear or logistic?

# %%
study.approach.residuals.round(4)

# %%
line = study.approach.residuals
figure, ax = plt.subplots(figsize=(6, 3.2), layout="constrained")
ax.plot(line["fitted"], line["variance"], "o", label="variance of the straight line's errors")
ax.plot(line["fitted"], line["implied"], "-", color="grey", label="p (1 - p) of a 0/1 outcome")
ax.set(xlabel="fitted by the straight line (tenths of the rows)", ylabel="variance", ylim=(0, None))
ax.legend(frameon=False)
plt.close(figure)
figure

# %% answer
answer("approach")

# %% [markdown]
# ## How are the two categorical columns encoded?

# %%
design = lc.Design.from_frame(frame, **lc.datasets.VERIFIED_STATUS, missing="drop")
print(design.report)

# %% answer
answer("encoding")

# %% [markdown]
# ## How are the rows split?

# %%
held = study.held_out
pd.DataFrame(
    {
        "rows": [held.n_train, held.n_test],
        "verified": [held.n_train_verified, held.n_test_verified],
    },
    index=["train", "test"],
)

# %% answer
answer("split")

# %% [markdown]
# ## Fit
# All complete rows, for tests and intervals.

# %%
fit = lc.fit(design)
fit.summary()

# %% answer
answer("fitted")

# %% [markdown]
# ## Do the assumptions hold?

# %%
study.checks.assumptions

# %%
lc.plots.check_model(fit, design)

# %% answer
answer("assumptions")

# %% [markdown]
# ## Would another model be better?

# %%
study.models.table.round(4)

# %% answer
answer("models")

# %% [markdown]
# # Execute
# ## What does the model predict on the test set?

# %%
held.table.T.round(4)

# %% answer
answer("predictions")

# %% [markdown]
# ## The confusion matrix: what are its four quadrants, and what is the accuracy?

# %%
lc.plots.confusion(held.prevalence.at, classes=study.data.classes).figure

# %%
at = held.prevalence.at
(at.true_negative + at.true_positive) / at.n_rows, held.prevalence.accuracy

# %% answer
answer("confusion")

# %% [markdown]
# ## The classification report

# %%
print(held.prevalence.report)

# %% answer
answer("report")

# %% [markdown]
# ## How well are rows ranked, and can the probabilities be believed?

# %%
figure, axes = plt.subplots(1, 3, figsize=(13, 4.3), layout="constrained")
lc.plots.roc(held.outcome, held.probability, at=at, ax=axes[0])
lc.plots.precision_recall(held.outcome, held.probability, at=at, ax=axes[1])
lc.plots.calibration(held.outcome, held.probability, ax=axes[2])
plt.close(figure)
figure

# %% answer
answer("ranking")

# %% [markdown]
# ## The features and their coefficients

# %%
study.effects.table[
    [
        "label",
        "coef",
        "std_error",
        "odds_ratio",
        "lower",
        "upper",
        "p_value",
        "p_adjusted",
        "significant",
    ]
]

# %%
study.effects.term_table

# %%
lc.plots.coefficients(fit, design).figure

# %% answer
answer("coefficients")

# %% [markdown]
# ## Would another choice have given another answer?

# %%
study.sensitivity.table.round(3)

# %% answer
answer("sensitivity")

# %% [markdown]
# ## Why does an earlier draft say otherwise?
# The usual recipe caps outliers, repeats the verified rows until the classes are even, splits, and
# calls scikit-learn's default solver on the raw columns. `score` is the slope of the log-likelihood
# at the reported point, per standard deviation of the column: at a maximum it is 0.

# %%
study.usual.coefficients

# %% answer
answer("usual")

# %% [markdown]
# ## Key takeaways

# %% answer
answer("takeaways")

# %% [markdown]
# ## What can be presented?

# %% answer
answer("present")

# %% [markdown]
# # 08 Thresholds, prevalence and honest evaluation
# **Goal.** Judge a classifier by what it does among those it will meet.
#
# A sample made in the shape of the case study's file: 6.3 % of the videos come from verified
# authors. Split first; then fit, and look at rows the fit has not seen.

# %%
from logreg_core.split import stratified_split

frame = lc.datasets.verified_status()
design = lc.Design.from_frame(frame, **lc.datasets.VERIFIED_STATUS, missing="drop")
train, test = stratified_split(design.y, 0.25, 0)
fit = lc.fit(design.take(train))
score, truth = fit.probability(design.X[test]), design.y[test]

# %% [markdown]
# **Question.** The usual threshold is 1/2. How many videos will be called verified?

# %%
lc.metrics.confusion_matrix(truth, score >= 0.5), lc.metrics.accuracy_score(truth, score >= 0.5)

# %% [markdown]
# Nobody, and the accuracy is splendid.
#
# **Exercise 08-2.** The true share is 1,200 of 19,084. Which accuracy has a rule that never says
# "verified"?

# %%
answer = ...
lc.teach.check("08-2", answer)

# %% solution
lc.teach.check("08-2", 1 - 1200 / 19084)

# %% [markdown]
# Move the threshold instead, to the share of verified rows.

# %%
prevalence = design.y[train].mean()
flagged = score >= prevalence
lc.metrics.confusion_matrix(truth, flagged), lc.metrics.recall_score(truth, flagged)

# %%
lc.plots.roc(fit, design.X[test], truth).figure

# %% [markdown]
# ## Prevalence
# A published solution of this case made its classes equal by copying rows, and reports a
# precision of 0.61: of 4,483 verified rows 3,758 were flagged, of 4,459 others 2,415.
#
# **Question.** Among real videos, will 61 % of the flagged be verified?
#
# **Exercise 08-1.** Keep the two rates. What is the precision where 1,200 of 19,084 are verified?

# %%
answer = ...
lc.teach.check("08-1", answer)

# %% solution
recall, false_rate, share = 3758 / 4483, 2415 / 4459, 1200 / 19084
lc.teach.check("08-1", recall * share / (recall * share + false_rate * (1 - share)))

# %% [markdown]
# ## A threshold from costs
# **Exercise 08-3.** To miss a case costs 10, a false alarm costs 1. From which probability on
# should a case be flagged?

# %%
answer = ...
lc.teach.check("08-3", answer)

# %% solution
lc.teach.check("08-3", 1 / (1 + 10))

# %% [markdown]
# **Taken along.** Recall and false-alarm rate belong to the rule; precision belongs to the rule
# *and* those it meets. Never resample before the split; move the threshold; give accuracy only
# beside the rate of always guessing the commoner class.

# %% [markdown]
# # 06 When no maximum exists: separation
# **Goal.** Recognise data without an estimate, and know what can still be said.

# %%
X, y = [[1.0], [2.0], [3.0], [4.0]], np.array([0, 0, 1, 1])
steps = list(lc.newton_steps(X, y, endless=True, max_iter=20))
curves = [(-5, 2), (-10, 4), (-50, 20)]
lc.teach.pictures.curves(X, y, curves, labels=["slope 2", "slope 4", "slope 20"]).figure

# %% [markdown]
# **Question.** Which of the three curves is the most likely? Is there a better one?
#
# **Exercise 06-1.** At which slope is the log-likelihood largest? (`np.inf` is a number.)

# %%
answer = ...
lc.teach.check("06-1", answer)

# %% solution
lc.teach.check("06-1", np.inf)

# %%
lc.teach.pictures.growth(steps).figure

# %% [markdown]
# The coefficient grows by the same amount each step, its standard error exponentially.
#
# **Exercise 06-2.** To which value does Wald's z tend?

# %%
answer = ...
lc.teach.check("06-2", answer)

# %% solution
lc.teach.check("06-2", 0.0)

# %% [markdown]
# Programs that stop when the log-likelihood hardly changes report some number here and call it
# an estimate. The library proves the separation, in exact arithmetic, and says what is infinite.

# %%
import warnings

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    fit = lc.fit(X, y)
fit.status.word, fit.coef, fit.separation.kind

# %% [markdown]
# Separation need not be complete. Six rows, two columns of zeros and ones.

# %%
six, outcome = map(np.array, lc.teach.SIX)
found = lc.separation.detect(six, outcome)
six.T, outcome, found.kind

# %% [markdown]
# **Exercise 06-3.** Take the outcomes (0, 0, 0, 1, 0, 1) as predicted in the best case: rows 1
# and 2 without error, the other four at 1/2. What is the limit of the log-likelihood?

# %%
answer = ...
lc.teach.check("06-3", answer)

# %% solution
lc.teach.check("06-3", 4 * np.log(0.5))

# %% [markdown]
# What can be said? Report the infinity; give an interval by profile likelihood, which has one
# finite end; or maximise something else, and say so. Firth's penalty is finite for all data.

# %%
firth = lc.fit(X, y, penalty="firth")
firth.coef, firth.std_error

# %% [markdown]
# **Taken along.** Growing log-odds while the likelihood hardly rises mean separation. A huge
# coefficient with a huge standard error is not a weak effect.

# %% [markdown]
# # 01 Odds, log-odds and likelihood
# **Goal.** Read a coefficient, and say what "the most likely line" means.
#
# A row has a column x and an outcome y, 0 or 1. A straight line for the probability would leave
# the interval from 0 to 1. So the line is drawn elsewhere: for the *log-odds*.
#
#     odds = p / (1 - p)        log-odds = log(odds) = intercept + slope * x

# %%
X, y = [[1.0], [2.0], [3.0], [4.0]], [0, 1, 0, 1]
guesses = [(-2.0, 0.8), (0.0, 0.0), (-6.0, 2.4)]
lc.teach.pictures.curves(X, y, guesses, labels=["(-2, 0.8)", "(0, 0)", "(-6, 2.4)"]).figure

# %% [markdown]
# **Question.** Even odds (1 : 1) have log-odds 0. Which log-odds have odds of 3 : 1, and which
# have 1 : 3? Think first; then run the next cell.

# %%
np.log(3.0), np.log(1 / 3)

# %% [markdown]
# Log-odds are symmetric: swap the outcomes and the sign changes. The way back is the *sigmoid*.

# %%
from logreg_core.formulas import log_sigmoid, sigmoid

sigmoid(np.array([-4.0, -1.0, 0.0, 1.0, 4.0]))

# %% [markdown]
# **Exercise 01-1.** Which probability has log-odds 2?

# %%
answer = ...
lc.teach.check("01-1", answer)

# %% solution
lc.teach.check("01-1", 1 / (1 + np.exp(-2)))

# %% [markdown]
# **Exercise 01-2.** The slope is 0.8. By which factor do two units more of x multiply the odds?

# %%
answer = ...
lc.teach.check("01-2", answer)

# %% solution
lc.teach.check("01-2", np.exp(2 * 0.8))

# %% [markdown]
# ## Likelihood
# Which of the three curves fits best? Each says how probable what happened was: multiply the
# probabilities of the four outcomes, or add their logarithms.
#
# **Question.** The flat curve gives every row 1/2. What is its log-likelihood?

# %%
4 * np.log(0.5)

# %% [markdown]
# **Exercise 01-3.** What is the log-likelihood of the first curve, intercept -2 and slope 0.8?
# A success contributes `log_sigmoid(eta)`, a failure `log_sigmoid(-eta)`.

# %%
answer = ...
lc.teach.check("01-3", answer)

# %% solution
eta = -2 + 0.8 * np.array([1.0, 2.0, 3.0, 4.0])
lc.teach.check("01-3", log_sigmoid(np.where(np.array(y) == 1, eta, -eta)).sum())

# %% [markdown]
# The maximum-likelihood estimate is the pair at which this is largest.

# %%
fit = lc.fit(X, y)
fit.coef, fit.loglik

# %% [markdown]
# **Taken along.** exp(slope) is the factor of the odds per unit of x, wherever you start. The
# likelihood is the probability of what happened, and fitting is looking for its top. How that
# top is found is the next lesson. `logreg explore` shows all of this on points you can drag.

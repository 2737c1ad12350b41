# %% [markdown]
# # 05 Standard errors and tests
# **Goal.** Get a standard error from the curvature of the hill, and know three tests apart.
#
# A sharp top leaves little doubt, a flat one much. The curvature at the top is the information;
# its inverse is the covariance of the coefficients.

# %%
X, y = [[1.0], [2.0], [3.0], [4.0]], np.array([0, 1, 0, 1])
fit = lc.fit(X, y)
*_, last = lc.newton_steps(X, y)
last.information

# %% [markdown]
# **Exercise 05-1.** What is the standard error of the slope?

# %%
answer = ...
lc.teach.check("05-1", answer)

# %% solution
lc.teach.check("05-1", np.sqrt(np.linalg.inv(last.information)[1, 1]))

# %% [markdown]
# ## Three tests of "the slope is zero"
# - **Wald** asks the parabola at the top: (slope / standard error)^2.
# - **Likelihood ratio** asks the hill itself: twice the drop to the best point with slope 0.
# - **Score** asks the parabola at that point.
#
# **Question.** When do the three agree?

# %%
random = np.random.default_rng(4)
x = random.normal(size=(300, 1))
outcome = (random.random(300) < 1 / (1 + np.exp(-0.5 * x[:, 0]))).astype(int)
large = lc.fit(x, outcome)
[(one.z[1] ** 2, 2 * (one.loglik - one.null_loglik)) for one in (large, fit)]  # Wald, LR

# %% [markdown]
# With 300 rows the hill is nearly a parabola; with four it is not.
#
# **Exercise 05-2.** What is the likelihood-ratio statistic of the slope for the four rows?

# %%
answer = ...
lc.teach.check("05-2", answer)

# %% solution
lc.teach.check("05-2", 2 * (fit.loglik - fit.null_loglik))

# %% [markdown]
# **Exercise 05-3.** Every row is there four times. By which factor do standard errors shrink,
# without anything new being known?

# %%
answer = ...
lc.teach.check("05-3", answer)

# %% solution
four_times = lc.fit(np.repeat(X, 4, axis=0), np.repeat(y, 4))
lc.teach.check("05-3", fit.std_error[1] / four_times.std_error[1])

# %% [markdown]
# That is what upsampling a rare class before a fit does: significance out of copies.
#
# The profile of the slope is the best log-likelihood with the slope held; where it has fallen by
# 1.92 the likelihood-ratio interval ends. Four rows, and Wald's parabola for comparison:

# %%
lc.inference.profile_intervals(fit, X, y).loc["x1"], fit.conf_int().loc["x1"]

# %%
lc.teach.pictures.profile(X, y, fit).figure

# %% [markdown]
# **Taken along.** A standard error is the curvature read backwards. Where the three tests differ,
# trust the likelihood ratio.

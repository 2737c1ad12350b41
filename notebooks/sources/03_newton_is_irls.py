# %% [markdown]
# # 03 Newton is IRLS
# **Goal.** See that a step of Newton's method is a weighted linear regression.
#
# Put the step into the normal equations and it reads
#
#     X' W X (beta + step) = X' W v,       v = eta + (y - mu) / W
#
# which is the weighted least squares of a *working response* v on the columns. Hence the name:
# iteratively reweighted least squares.

# %%
X, y = [[1.0], [2.0], [3.0], [4.0]], np.array([0, 1, 0, 1])
steps = list(lc.newton_steps(X, y))
lc.teach.pictures.regression(X, y, steps[0]).figure

# %% [markdown]
# **Question.** At the start every log-odds is 0 and every weight 1/4. Which two heights do the
# four points have, and why only two?
#
# **Exercise 03-1.** What is the working response of a success at eta = 0?

# %%
answer = ...
lc.teach.check("03-1", answer)

# %% solution
lc.teach.check("03-1", 0 + (1 - 0.5) / (0.5 * 0.5))

# %% [markdown]
# At the second point the weights differ: rows whose outcome is nearly certain weigh less.

# %%
second = steps[1]
second.working_response, second.working_weight

# %%
lc.teach.pictures.regression(X, y, second).figure

# %% [markdown]
# **Exercise 03-2.** Do the regression at the second point: which intercept and slope come out?
# Multiply rows and responses by the root of the weight, then `np.linalg.lstsq`.

# %%
answer = ...
lc.teach.check("03-2", answer)

# %% solution
root = np.sqrt(second.working_weight)
Z = np.column_stack([np.ones(4), X])
beta, *_ = np.linalg.lstsq(Z * root[:, None], second.working_response * root, rcond=None)
lc.teach.check("03-2", beta)

# %%
beta - steps[2].beta  # Newton's next point, to rounding

# %% [markdown]
# **Exercise 03-3.** What weight has a row with mu = 0.9?

# %%
answer = ...
lc.teach.check("03-3", answer)

# %% solution
lc.teach.check("03-3", 0.9 * (1 - 0.9))

# %% [markdown]
# **Question.** A row is far out on the wrong side: eta = 20 and y = 0. Which response and weight?

# %%
next(lc.newton_steps([[0.0], [20.0], [1.0]], [1, 0, 0], start=[0.0, 1.0])).working_response

# %% [markdown]
# The response is a number of nine digits, its weight 2e-9: their product is what counts. The two
# must be computed from eta, never from mu: 1 - mu would be 0 from eta = 37 on.
#
# **Taken along.** `lc.fit(X, y, solver="irls")` does this by QR, and gives the same answer.

# %%
np.abs(lc.fit(X, y, solver="irls").coef - lc.fit(X, y).coef).max() < 1e-14

# %% [markdown]
# # 02 Newton by hand
# **Goal.** Take two steps of Newton's method in NumPy, and see why so few are enough.
#
# The log-likelihood is a hill over the coefficients. Where we stand, it has a slope (the
# *gradient*) and a curvature (the *information*, minus the matrix of second derivatives):
#
#     gradient     g = X' (y - mu)
#     information  I = X' W X,       W = mu (1 - mu)

# %%
X, y = [[1.0], [2.0], [3.0], [4.0]], np.array([0, 1, 0, 1])
Z = np.column_stack([np.ones(4), X])  # a column of ones for the intercept
beta = np.zeros(2)

# %% [markdown]
# **Question.** At beta = (0, 0), what is mu in every row? And so, what is the residual y - mu?

# %%
mu = 1 / (1 + np.exp(-Z @ beta))
mu, y - mu

# %% [markdown]
# **Exercise 02-1.** What is the gradient at (0, 0)? Two numbers.

# %%
answer = ...
lc.teach.check("02-1", answer)

# %% solution
lc.teach.check("02-1", Z.T @ (y - mu))

# %% [markdown]
# Near here the hill looks like a parabola with this slope and curvature. Its top lies at
#
#     step = I^-1 g          (solve I @ step = g)
#
# **Exercise 02-2.** Where does the first step from (0, 0) lead? Two numbers.

# %%
answer = ...
lc.teach.check("02-2", answer)

# %% solution
information = (Z.T * (mu * (1 - mu))) @ Z
beta = beta + np.linalg.solve(information, Z.T @ (y - mu))
lc.teach.check("02-2", beta)

# %% [markdown]
# The library's steps hold everything that was just computed, and say it in words.

# %%
steps = list(lc.newton_steps(X, y))
steps[0].explain().split("\n")

# %%
lc.teach.pictures.climb(X, y, {"Newton": [step.beta for step in steps]}).figure

# %% [markdown]
# **Question.** The first step left an error of about 0.3. If a step squares the error, how many
# right decimals will the next points have?

# %%
lc.teach.pictures.digits(steps).figure

# %% [markdown]
# The digits double: that is *quadratic convergence*. A good stopping rule costs one more step,
# and that step is worth as many digits as all before it.
#
# **Exercise 02-3.** At the second point, (-2, 0.8): by how much does the parabola promise the
# log-likelihood to rise? It is half of g' I^-1 g.

# %%
answer = ...
lc.teach.check("02-3", answer)

# %% solution
second = steps[1]
lc.teach.check("02-3", second.gradient @ np.linalg.solve(second.information, second.gradient) / 2)

# %% [markdown]
# Gradient descent only knows the slope. Here is how far it gets in 30 steps, each as long as is
# safe.

# %%
descent = [step.beta for step in lc.gradient_descent_steps(X, y, max_iter=30)]
lc.teach.pictures.climb(X, y, {"Newton": [s.beta for s in steps], "gradient": descent}).figure

# %% [markdown]
# **Taken along.** Newton's step is a solved system of two equations; four of them gave ten right
# decimals. The derivation stands in `docs/method.md`.

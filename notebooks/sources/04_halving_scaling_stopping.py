# %% [markdown]
# # 04 Why halving, why scaling, why a stopping rule
# **Goal.** Break Newton's method in three ways, and mend it.
#
# ## Halving
# Five rows, two columns; a finite maximum exists. Here is Newton's method as first written.

# %%
X, y = map(np.array, lc.teach.FIVE)
Z = np.column_stack([np.ones(5), X])
beta = np.zeros(3)
far = []
for _ in range(12):
    mu = 1 / (1 + np.exp(-np.clip(Z @ beta, -700, 700)))
    beta = beta + np.linalg.pinv((Z.T * (mu * (1 - mu))) @ Z) @ (Z.T @ (y - mu))
    far.append(f"{np.abs(Z @ beta).max():.3g}")
far  # the largest log-odds after each step

# %% [markdown]
# **Question.** It went well for five steps. What single check would have noticed the sixth?

# %%
steps = list(lc.newton_steps(X, y, start=np.zeros(3)))
[(step.number, round(step.loglik, 4), step.halvings) for step in steps]

# %% [markdown]
# The log-likelihood of the safeguarded climb never falls: a step that would lower it is halved.

# %%
halved = next(step for step in steps if step.halvings)
lc.teach.pictures.line_search(X, y, halved).figure

# %% [markdown]
# **Exercise 04-1.** What is the largest number of halvings in a step of this climb?

# %%
answer = ...
lc.teach.check("04-1", answer)

# %% solution
lc.teach.check("04-1", max(step.halvings for step in steps))

# %% [markdown]
# ## Scaling
# Views are counted in hundreds of thousands, shares of the likes in fractions. The condition
# number of X'WX says how many digits a solver loses.

# %%
random = np.random.default_rng(0)
x = random.normal(size=(200, 2))
outcome = (random.random(200) < 1 / (1 + np.exp(-x.sum(axis=1)))).astype(int)
for factor in (1, 100, 10_000, 1_000_000):
    first = next(lc.newton_steps(x * [1, factor], outcome))
    raw, scaled = first.condition_number, first.scaled_condition_number
    print(f"{factor:>9,}: {raw:.1e} as given, {scaled:.2f} scaled")

# %% [markdown]
# **Exercise 04-2.** The factor grows by 10^2. By which power of ten does the condition number grow?

# %%
answer = ...
lc.teach.check("04-2", answer)

# %% solution
lc.teach.check("04-2", 4)

# %% [markdown]
# Newton's path is the same in all units, so the library centres and scales inside, solves there,
# and converts back once. Gradient methods have no such luck.
#
# ## Stopping: the course data
# A sample made in the shape of the case study's file, columns as they come.

# %%
frame = lc.datasets.verified_status()
design = lc.Design.from_frame(frame, **lc.datasets.VERIFIED_STATUS, missing="drop")
fit = lc.fit(design, solver="newton")
stopped = lc.lbfgs_path(design.X, design.y, l2=1.0, max_iter=100)
len(fit.trace), fit.loglik, stopped.loglik[-1]

# %% [markdown]
# **Question.** L-BFGS was stopped after 100 iterations, a common default. What would be reported
# for "opinion"?

# %%
which = fit.names.index("claim_status_opinion")
fit.coef[which], stopped.beta[-1][which]

# %%
lc.plots.convergence(fit).figure

# %% [markdown]
# **Exercise 04-3.** Three rules: stop when the "gradient" is small, when the "coefficient" hardly
# changes, or when the "decrement" sqrt(g' I^-1 g / n) is small. Which one does not depend on the
# units of the columns?

# %%
answer = ...
lc.teach.check("04-3", answer)

# %% solution
lc.teach.check("04-3", "decrement")

# %% [markdown]
# **Taken along.** Halve what falls, centre and scale, stop by what has no units. An early stop
# looks exactly like a result.

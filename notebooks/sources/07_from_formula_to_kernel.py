# %% [markdown]
# # 07 From formula to kernel
# **Goal.** Make three lines of NumPy ten times as fast, and know what limits them.
#
# A pass over the rows computes log-likelihood, gradient and information. In NumPy:

# %%
import time

import numba

random = np.random.default_rng(0)
n, k = 100_000, 20
X = random.normal(size=(n, k))
y = (random.random(n) < 0.5).astype(float)
beta = random.normal(size=k) / 10


def with_numpy(X, y, beta):
    eta = X @ beta
    z = np.exp(-np.abs(eta))
    mu = np.where(eta >= 0, 1, z) / (1 + z)
    return X.T @ (y - mu), (X.T * (z / (1 + z) ** 2)) @ X


def fastest(function, *arguments, rounds=5):
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        function(*arguments)
        times.append(time.perf_counter() - start)
    return min(times)


# %% [markdown]
# **Question.** How many times does this code write or read an array as large as X?
#
# `X.T * weight` makes a new one, and X is read three times. The same as a loop over rows, compiled:


# %%
@numba.njit(fastmath={"contract", "reassoc", "arcp", "nsz"})
def fused(X, y, beta):
    n, k = X.shape
    gradient, information = np.zeros(k), np.zeros((k, k))
    for i in range(n):
        row = X[i]
        eta = 0.0
        for j in range(k):
            eta += row[j] * beta[j]
        z = np.exp(-abs(eta))
        r = y[i] - (1.0 if eta >= 0 else z) / (1 + z)
        w = z / (1 + z) ** 2
        for j in range(k):
            gradient[j] += r * row[j]
            for m in range(j + 1):
                information[j, m] += w * row[j] * row[m]
    return gradient, information + np.tril(information, -1).T


fused(X[:10], y[:10], beta)  # compile
[np.allclose(a, b) for a, b in zip(with_numpy(X, y, beta), fused(X, y, beta), strict=True)]

# %% [markdown]
# **Exercise 07-1.** How many operations (products and sums) does the lower triangle of the
# information cost for a row of k = 20 columns?

# %%
answer = ...
lc.teach.check("07-1", answer)

# %% solution
lc.teach.check("07-1", 2 * (20 * 21 / 2))

# %% [markdown]
# **Exercise 07-2.** How many operations is that for each byte of the row?

# %%
answer = ...
lc.teach.check("07-2", answer)

# %% solution
lc.teach.check("07-2", 420 / (20 * 8))

# %% [markdown]
# The library's kernel packs 256 rows at a time, transposes them into a small scratch, and sums
# tiles of 4 x 3 entries in registers: no sum is stored until its rows are through.

# %%
from logreg_core.blocks import ArrayBlocks, Coordinates, Workers, sum_terms

blocks = ArrayBlocks(X, y.astype(np.uint8))
plain = Coordinates(np.arange(k), np.zeros(k), np.ones(k))


def tiled():
    with Workers(1, 0) as one:
        return sum_terms(blocks, beta, 2, coordinates=plain, workers=one)


tiled()
np.allclose(tiled().information, fused(X, y, beta)[1])

# %%
seconds = {
    "NumPy": fastest(with_numpy, X, y, beta),
    "fused loop": fastest(fused, X, y, beta),
    "tiled kernel": fastest(tiled),
}
{name: f"{1e3 * value:.1f} ms" for name, value in seconds.items()}

# %% [markdown]
# The *roofline*: arithmetic caps the rate at the top, memory along the slope. Peak and bandwidth
# are measured here, on this machine, by a product of two matrices and a sum.

# %%
A = random.normal(size=(600, 600))
peak = 2 * 600**3 / fastest(np.matmul, A, A) / 1e9
bandwidth = X.nbytes / fastest(np.sum, X) / 1e9
work = n * (k * (k + 1) + 4 * k)
# what each reads and writes, in bytes for a row: NumPy X three times and a product written and read
traffic = {"NumPy": 5 * 8 * k, "fused loop": 8 * k, "tiled kernel": 8 * k}
points = {name: (work / n / traffic[name], work / value / 1e9) for name, value in seconds.items()}
lc.teach.pictures.roofline(points, peak, bandwidth).figure

# %% [markdown]
# **Exercise 07-3.** A colleague saves a line with `1 - mu` for the probability of a failure. Is
# that right at eta = 40? True or False.

# %%
answer = ...
lc.teach.check("07-3", answer)

# %% solution
lc.teach.check("07-3", bool(1 - 1 / (1 + np.exp(-40)) > 0))

# %% [markdown]
# **Taken along.** Fuse, so that X is read once; tile, so that sums stay in registers; keep the
# slow twin (`logreg_core/formulas.py`) beside it, and test one by the other. The rest of the
# story, with what did not work, is in `docs/kernels.md`.

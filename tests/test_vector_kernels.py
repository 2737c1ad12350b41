"""The vector functions as compiled, against NumPy: what a span's sums are made of.

exp and log1p are held to the last bits in test_kernels.py.
"""

from __future__ import annotations

import numpy as np
import pytest

from logreg_core import vector_kernels as v
from logreg_core.jit_kernels import kernel
from logreg_core.vector_kernels import PACK

CLOSE = 1e-14


@kernel()
def predictor(X, center, slopes, out):
    v.add_predictor(X, 0, center, slopes, out, 0, 0)


@kernel()
def gradient(X, center, residual, out):
    v.add_gradient(X, 0, center, residual, out, 1, 0, 0)


@kernel()
def gram(X, center, scale, root, panel, k, stride, out):
    v.pack(X, 0, center, scale, root, panel)
    v.add_gram(panel, k, stride, out, 0)


@kernel()
def both(a, b, n, out):
    out[0] = v.dot(a, 1, b, 2, n)
    v.subtract(out[1:], a, 1, 2.5, n)


def rows(k):
    rng = np.random.default_rng(k)
    return rng.normal(size=(PACK, k)), rng.normal(size=k), rng.normal(size=k), rng.normal(size=PACK)


@pytest.mark.parametrize("k", [1, 2, 3, 4, 5, 7, 8, 9, 16, 31, 100])
def test_predictor_and_gradient(k):
    X, center, slopes, residual = rows(k)
    eta, out = np.ones(PACK), np.ones(k + 1)
    predictor(X, center, slopes, eta)
    np.testing.assert_allclose(eta, 1.0 + (X - center) @ slopes, rtol=1e-13, atol=1e-13)
    gradient(X, center, residual, out)
    assert out[0] == 1.0
    np.testing.assert_allclose(out[1:], 1.0 + residual @ (X - center), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("k", [1, 3, 8, 9, 15, 16, 17, 40])
@pytest.mark.parametrize(("kind", "close"), [(np.float64, 1e-13), (np.float32, 1e-5)])
def test_gram(k, kind, close):
    X, center, scale, root = rows(k)
    root = np.abs(root)
    width = 64 // np.dtype(kind).itemsize
    stride = -(-k // width) * width
    panel, out = np.zeros(PACK * stride, kind), np.zeros(k * stride)
    gram(X, center, scale, root, panel, k, stride, out)
    Z = (X - center) * scale * root[:, None]
    size = np.sqrt(np.outer((Z**2).sum(axis=0), (Z**2).sum(axis=0)))
    found = out.reshape(k, stride)[:, :k]
    lower = np.tril_indices(k)
    assert (np.abs(found - Z.T @ Z)[lower] <= close * size[lower]).all()


@pytest.mark.parametrize("n", [0, 1, 3, 4, 7, 8, 33, 300])
def test_dot_and_subtract(n):
    rng = np.random.default_rng(n)
    a, b, out = rng.normal(size=n + 1), rng.normal(size=n + 2), np.ones(n + 1)
    both(a, b, n, out)
    assert out[0] == pytest.approx(a[1:] @ b[2:], abs=1e-12)
    np.testing.assert_allclose(out[1:], 1.0 - 2.5 * a[1:], rtol=CLOSE, atol=CLOSE)

"""Robust covariances from sources of rows: the bits of those from memory; of parts, to 1e-12.

That those from memory are right is `test_inference_robust`'s business; the sum itself is held
against the sum written out in NumPy, to 1e-12 (sums of some thousand terms, in another order).
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest
from block_sources import Parts, Stream

import logreg_core as lc
from logreg_core.blocks import sum_over
from logreg_core.errors import DataError
from logreg_core.fitted_rows import match_blocks
from logreg_core.inference import robust_covariance, score_products
from logreg_core.workers import Workers

NAMES = ("a", "b", "c")


def rows(n: int = 150_007, **kinds: bool) -> dict[str, Any]:
    rng = np.random.default_rng(12)
    X = rng.normal(size=(n, 3)) * [1.0, 10.0, 0.1] + [0.0, 300.0, 5.0]
    found: dict[str, Any] = {"X": X}
    eta = X @ [0.8, 0.1, -7.0] + 4.5 + rng.normal(0.0, 1.0, n)
    if kinds.get("offset"):
        found["offset"] = rng.normal(0.0, 0.5, n)
        eta = eta + found["offset"]
    found["y"] = (rng.random(n) < 1.0 / (1.0 + np.exp(-eta))).astype(np.uint8)
    if kinds.get("weight"):
        found["weight"] = rng.integers(0, 4, n).astype(float)
    return found


def in_memory(fit: lc.LogitFit, data: dict[str, Any], kind: str) -> Any:
    import pandas as pd

    given = {"sample_weight": data.get("weight"), "offset": data.get("offset")}
    frame = pd.DataFrame(data["X"], columns=list(NAMES))
    return robust_covariance(fit, frame, data["y"], kind, **given)


def close(found: Any, expected: Any, tolerance: float) -> None:
    scale = np.sqrt(np.outer(expected.covariance.diagonal(), expected.covariance.diagonal()))
    np.testing.assert_allclose(
        found.covariance / scale, expected.covariance / scale, atol=tolerance
    )
    assert found.factor == expected.factor


@pytest.mark.parametrize("kinds", [{}, {"weight": True}, {"weight": True, "offset": True}])
@pytest.mark.parametrize("kind", ["HC0", "HC1"])
def test_a_stream_gives_the_bits_of_memory_and_parts_nearly(kinds: Any, kind: str) -> None:
    data = rows(**kinds)
    stream = Stream(NAMES, **data)
    fit = lc.fit(stream)
    stream.readings = 0
    found, expected = robust_covariance(fit, stream, kind=kind), in_memory(fit, data, kind)
    assert stream.readings == 1
    assert found.covariance.tobytes() == expected.covariance.tobytes()
    assert (found.factor, found.rule) == (expected.factor, expected.rule)
    for n_parts in (1, 5):
        close(robust_covariance(fit, Parts(NAMES, n_parts, **data), kind=kind), expected, 1e-12)


def test_the_sum_is_what_it_says() -> None:
    data = rows(4_001, weight=True, offset=True)
    fit = lc.fit(Stream(NAMES, **data))
    found, scale = score_products.sum_products(match_blocks(fit, Stream(NAMES, **data)))
    Z = np.column_stack([np.ones(4_001), data["X"] - fit.center[1:]]) * scale
    mu = fit.probability(data["X"], offset=data["offset"])
    scores = Z * (data["y"] - mu)[:, None]
    expected = (scores * data["weight"][:, None]).T @ scores
    size = np.sqrt(np.outer(expected.diagonal(), expected.diagonal()))
    np.testing.assert_allclose(found.matrix / size, expected / size, atol=1e-12)
    assert found.n_observations == data["weight"].sum()
    assert found.terms.loglik == pytest.approx(fit.loglik, rel=1e-12)


def test_same_bits_for_any_number_of_threads() -> None:
    data = rows()
    seen = match_blocks(lc.fit(Stream(NAMES, **data)), Stream(NAMES, **data))
    at = seen.coordinates(seen.kept)
    add = partial(score_products._of_span, seen.scorer, at, seen.beta(at))
    bits = set()
    for threads in (1, 2, 5):
        with Workers(threads, 10**9) as workers:
            bits.add(sum_over(seen.blocks, add, workers).matrix.tobytes())
    assert len(bits) == 1


def test_other_rows_and_misuse_are_refused() -> None:
    data = rows(3_000)
    fit = lc.fit(Stream(NAMES, **data))
    other = {**data, "y": 1 - data["y"]}
    with pytest.raises(DataError, match="not the rows"):
        robust_covariance(fit, Stream(NAMES, **other))
    with pytest.raises(DataError, match="does not say which of its rows belong together"):
        robust_covariance(fit, Stream(NAMES, **data), kind="cluster", groups=np.zeros(3_000))
    with pytest.raises(DataError, match="leave y out"):
        robust_covariance(fit, Stream(NAMES, **data), data["y"])
    with pytest.raises(DataError, match="X and y in memory"):
        lc.inference.drop1(fit, Stream(NAMES, **data))
    turned = lc.fit(Stream(NAMES, (1, 0), **data))
    with pytest.raises(DataError, match="the last the positive one"):
        robust_covariance(turned, Stream(NAMES, **data))
    broken = {**data, "X": data["X"].copy()}
    broken["X"][2_999, 2] = np.inf
    with pytest.raises(DataError) as found:
        robust_covariance(fit, Stream(NAMES, **broken))
    assert (found.value.column, found.value.row) == ("c", 2_999)

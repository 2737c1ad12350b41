"""What a sample tells: its own maximum nearly, and a tilted one that agrees with all rows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from logreg_core.blocks import ArrayBlocks
from logreg_core.newton import newton
from logreg_core.problem import Objective, null_log_odds, sample_coordinates
from logreg_core.sample_model import SampleModel, newton_step, sample_model
from logreg_core.workers import Workers

N, K = 60_000, 20


@pytest.fixture(scope="module")
def objective():
    rng = np.random.default_rng(5)
    X = rng.normal(size=(N, K - 1))
    eta = 0.2 + X @ (rng.normal(size=K - 1) / np.sqrt(K))
    y = (rng.random(N) < 1.0 / (1.0 + np.exp(-eta))).astype(np.uint8)
    blocks = ArrayBlocks(X, y=y)
    with Workers(1, 0) as workers:
        yield Objective(blocks, sample_coordinates(blocks, True), workers)


@pytest.fixture
def model(objective) -> SampleModel:
    found = sample_model(objective, null_log_odds(objective.blocks), True)
    assert found is not None
    return found


def away(objective, beta, end) -> float:
    """Distance in log-odds, root mean square by the information at the end."""
    terms = objective(end, 2)
    return float(np.sqrt((beta - end) @ terms.information @ (beta - end) / terms.weight_sum))


def test_the_start_is_near_the_maximum_of_the_sample(objective, model):
    own = newton(model.objective, model.beta).beta
    assert away(objective, model.beta, own) < 0.5 * model.error
    best = newton(objective, model.beta).beta
    assert away(objective, model.beta, best) < 2.0 * model.error


def test_the_tilted_sample_comes_closer_by_its_error(objective, model):
    best = newton(objective, model.beta).beta
    before = away(objective, model.beta, best)
    step, _ = model.tilted(objective(model.beta, 1), model.beta)
    assert away(objective, model.beta + step, best) < 3.0 * model.error * before


def test_with_the_information_of_all_rows_it_is_nearly_cubic(objective, model):
    best = newton(objective, model.beta).beta
    step, _ = model.tilted(objective(model.beta, 1), model.beta)
    near = model.beta + step
    before = away(objective, near, best)
    step, curvature = model.tilted(objective(near, 2), near)
    after = away(objective, near + step, best)
    assert after < 3.0 * model.error * before**2
    gradient = objective(near + step, 1).gradient
    left = away(objective, near + step + curvature.solve(gradient), best)
    assert left < max(10.0 * model.error * before * after, 1e-14)


def test_a_sample_without_events_or_of_repeated_columns_tells_nothing(objective):
    blocks = objective.blocks
    rare = replace(blocks, y=(np.arange(N) % 2000 == 0).astype(np.uint8))
    assert sample_model(replace(objective, blocks=rare), -7.0, True) is None
    X = blocks.X.copy()
    X[:, 4] = X[:, 1]
    same = ArrayBlocks(X, y=blocks.y)
    assert sample_model(replace(objective, blocks=same), 0.0, True) is None


def test_a_singular_information_has_no_step():
    assert newton_step(np.ones((2, 2)), np.ones(2)) is None
    assert newton_step(np.full((2, 2), np.nan), np.ones(2)) is None

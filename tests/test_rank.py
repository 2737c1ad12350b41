"""Which columns say nothing new: found, named, and told from columns that only nearly repeat.

Tolerances: relations are printed to six digits; a residual is zero when it is within sixteen
units in the last place of what it is the difference of. A column that differs from a combination
by 1e-10 of its size is six orders above that and must stay.
"""

from __future__ import annotations

import numpy as np
import pytest
from kernel_cases import make, terms

import logreg_core as lc
from logreg_core.errors import IllConditionedWarning, SingularError, SingularWarning
from logreg_core.rank import Relation, whitened


def drawn(n=300, columns=3, seed=0):
    random = np.random.default_rng(seed)
    X = random.normal(size=(n, columns))
    y = random.random(n) < 1 / (1 + np.exp(-(X @ np.resize([0.8, -0.5, 0.3], columns))))
    return X, y


def dropped(X, y, **settings):
    with pytest.warns(SingularWarning):
        fit = lc.fit(X, y, **settings)
    return {r.name: str(r) for r in fit.aliased}, fit


@pytest.mark.parametrize("solver", ["newton", "irls"])
def test_sums_duplicates_and_constants_are_named(solver):
    X, y = drawn()
    wide = np.column_stack([X, X[:, 0] + X[:, 1], X[:, 2], np.full(len(X), 5.0), 2 - 3 * X[:, 1]])
    found, fit = dropped(wide, y, solver=solver)
    assert found == {
        "x4": "`x4` = `x1` + `x2`",
        "x5": "`x5` = `x3`",
        "x6": "`x6` is constant (5)",
        "x7": "`x7` = 2 - 3 `x2`",
    }
    plain = lc.fit(X, y, solver=solver)
    np.testing.assert_allclose(fit.coef[:4], plain.coef, rtol=1e-12)
    assert np.isnan(fit.coef[4:]).all()
    assert fit.loglik == pytest.approx(plain.loglik, rel=1e-13)
    np.testing.assert_allclose(fit.probability(wide), plain.probability(X), rtol=1e-12)


def test_the_leftmost_stay():
    X, y = drawn()
    found, _ = dropped(np.column_stack([X[:, 0], X[:, 0], X[:, 1]]), y)
    assert list(found) == ["x2"]


def test_a_dummy_trap():
    X, y = drawn()
    level = np.arange(len(X)) % 3
    dummies = np.eye(3)[level]
    found, _ = dropped(dummies, y)
    assert found == {"x3": "`x3` = 1 - `x1` - `x2`"}
    assert not lc.fit(dummies, y, fit_intercept=False).aliased


@pytest.mark.parametrize("scale", [1e-12, 1e-6, 1e6, 1e12])
def test_units_do_not_matter(scale):
    X, y = drawn()
    total = X[:, 0] + X[:, 1]
    wide = np.column_stack([X, total]) * [scale, 1, 1, 1 / scale]
    found, _ = dropped(wide, y)
    assert list(found) == ["x4"]


@pytest.mark.parametrize("shift", [1e3, 1e6])
def test_origins_do_not_matter(shift):
    X, y = drawn()
    wide = np.column_stack([X + shift, X[:, 0] + X[:, 1] + 2 * shift])
    found, _ = dropped(wide, y)
    assert list(found) == ["x4"]


@pytest.mark.parametrize("share", [1e-3, 1e-6, 1e-8, 1e-10])
def test_a_column_that_only_nearly_repeats_stays(share):
    X, y = drawn()
    wide = np.column_stack(
        [X, X[:, 0] + X[:, 1] + share * np.random.default_rng(9).normal(size=300)]
    )
    if share < 1e-9:
        with pytest.warns(IllConditionedWarning, match="x4"):
            fit = lc.fit(wide, y)
    else:
        fit = lc.fit(wide, y)
    assert not fit.aliased
    assert fit.converged
    assert fit.condition_number == pytest.approx(1 / share, rel=3)


def test_fewer_rows_than_columns():
    X, y = drawn(n=6, columns=9)
    with pytest.warns((SingularWarning, lc.errors.SeparationWarning)):
        fit = lc.fit(X, y)
    assert len(fit.aliased) == 4  # six rows hold an intercept and five columns


def test_a_column_that_is_constant_among_rows_that_count():
    X, y = drawn()
    X[:150, 2] = 1.0
    weight = np.r_[np.ones(150), np.zeros(150)]
    found, _ = dropped(X, y, sample_weight=weight)
    assert list(found) == ["x3"]


def test_it_can_be_an_error():
    X, y = drawn()
    with pytest.raises(SingularError, match="x4"):
        lc.fit(np.column_stack([X, X[:, 0]]), y, on_singular="raise")


def test_a_ridge_needs_no_dropping():
    X, y = drawn()
    fit = lc.fit(np.column_stack([X, X[:, 0]]), y, l2=1.0)
    assert not fit.aliased
    assert fit.coef[1] == pytest.approx(fit.coef[4], rel=1e-12)


def test_the_whitened_map_makes_the_information_the_identity():
    case = make(2000, 4)
    turned = whitened(case.coordinates, terms(case).information)
    inside = np.linalg.solve(turned.rotation, case.beta)
    from dataclasses import replace

    seen = terms(replace(case, coordinates=turned, beta=inside, step=inside))
    np.testing.assert_allclose(seen.information, np.eye(4), atol=1e-12)


def test_relations_in_words():
    assert str(Relation("a", 0.0, (("b", -1.0),))) == "`a` = -`b`"
    assert str(Relation("a", 0.0, (("b", 0.5), ("c", 1.0)))) == "`a` = 0.5 `b` + `c`"

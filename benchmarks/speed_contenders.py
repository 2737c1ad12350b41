"""The libraries that race: each given what it likes best, outside the clock.

A contender's ``begin`` makes everything a user could have ready before fitting (a column of ones,
the memory layout the library is fastest with); only the call it returns is timed.
``contenders.py`` asks what these libraries get right as they come; here each is told how tight to
converge, so that equal digits are compared.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np

from benchmarks.problems import Unavailable
from benchmarks.reference_suite import Floats

__all__ = ["AGAIN", "BLAS", "CONTENDERS", "NOTHING", "OURS", "Answer", "Contender", "named"]

Solve = Callable[[float], "Answer"]
SMALL = 2_500_000  # entries of X up to which our IRLS by QR, made for accuracy, takes part


@dataclass(frozen=True)
class Answer:
    """Coefficients, intercept first, and what the library tells about its way there."""

    coef: Floats
    passes: float | None = None


@dataclass(frozen=True)
class Contender:
    """A library with one choice of solver.

    begin(X, y, tol) -> Answer in two steps: begin(X, y) prepares, untimed; its result is timed.
    tuned: takes a tolerance, which is searched for; the others run as they come.
    inference: the timed call gives standard errors too.
    searched_as: the contender that does the same fit, whose tolerances serve this one.
    """

    name: str
    modules: tuple[str, ...]
    begin: Callable[[Floats, Floats], Solve]
    tuned: bool = True
    inference: bool = False
    searched_as: str = ""
    takes_part: Callable[[str, int, int], bool] = field(default=lambda name, n, k: True)

    @property
    def ours(self) -> bool:
        """Whether this is the library that publishes the benchmark."""
        return self.modules == ("logreg_core",)


def _intercept_first(intercept: Any, slopes: Any) -> Floats:
    return np.concatenate([np.ravel(intercept), np.ravel(slopes)])


def _ours(**settings: Any) -> Callable[[Floats, Floats], Solve]:
    def begin(X: Floats, y: Floats) -> Solve:
        import logreg_core

        many = np.random.default_rng(1).standard_normal((20_000, 60))
        try:
            logreg_core.fit([[0.0], [1.0], [0.5], [0.7]], [0, 1, 1, 0], **settings)
            logreg_core.fit(many[:, 1:], many[:, 0] > 0.0, **settings)  # what large ones compile
        except logreg_core.errors.DataError as refusal:
            raise Unavailable(str(refusal)) from refusal

        def solve(_: float) -> Answer:
            fit = logreg_core.fit(X, y, **settings)
            return Answer(fit.coef, _passes(fit.steps))

        return solve

    return begin


def _passes(steps: Any) -> float:
    """Passes are counted from the start of a climb, as the seconds are; a refinement is another."""
    ends = [a.passes for a, b in pairwise(steps) if b.seconds < a.seconds]
    return float(sum(ends) + (steps[-1].passes if steps else 0))


def _sklearn(solver: str) -> Callable[[Floats, Floats], Solve]:
    def begin(X: Floats, y: Floats) -> Solve:
        from sklearn.linear_model import LogisticRegression

        def solve(tol: float) -> Answer:
            model = LogisticRegression(C=np.inf, solver=solver, tol=tol, max_iter=10_000)
            model.fit(X, y)
            return Answer(_intercept_first(model.intercept_, model.coef_))

        return solve

    return begin


def _sklearnex(X: Floats, y: Floats) -> Solve:
    from sklearnex.linear_model import LogisticRegression

    def solve(tol: float) -> Answer:
        # It hands C = inf to scikit-learn's own code; C = 1e12 is a ridge of 1e-12, below rounding.
        model = LogisticRegression(C=1e12, solver="lbfgs", tol=tol, max_iter=10_000)
        model.fit(X, y)
        return Answer(_intercept_first(model.intercept_, model.coef_))

    return solve


def _statsmodels_logit(X: Floats, y: Floats) -> Solve:
    import statsmodels.api as sm

    design = np.asfortranarray(np.column_stack([np.ones(len(y)), X]))

    def solve(tol: float) -> Answer:
        # ridge_factor: its default spoils columns of small values.
        fit = sm.Logit(y, design).fit(disp=0, tol=tol, maxiter=200, ridge_factor=0)
        return Answer(np.asarray(fit.params))

    return solve


def _statsmodels_glm(X: Floats, y: Floats) -> Solve:
    import statsmodels.api as sm

    design = np.asfortranarray(np.column_stack([np.ones(len(y)), X]))

    def solve(tol: float) -> Answer:
        fit = sm.GLM(y, design, family=sm.families.Binomial()).fit(tol=tol, maxiter=200)
        return Answer(np.asarray(fit.params))

    return solve


def _glum(*, inference: bool) -> Callable[[Floats, Floats], Solve]:
    def begin(X: Floats, y: Floats) -> Solve:
        from glum import GeneralizedLinearRegressor

        columns = np.asfortranarray(X)

        def solve(tol: float) -> Answer:
            model = GeneralizedLinearRegressor(
                family="binomial", alpha=0, gradient_tol=tol, max_iter=1000
            )
            model.fit(columns, y)
            if inference:
                choices = {"dispersion": 1.0, "robust": False, "expected_information": True}
                model.std_errors(columns, y, **choices)
            return Answer(_intercept_first(model.intercept_, model.coef_))

        return solve

    return begin


def _firthmodels(X: Floats, y: Floats) -> Solve:
    from firthmodels import FirthLogisticRegression

    def solve(tol: float) -> Answer:
        # penalty_weight=0: plain maximum likelihood, what all others do here. max_step: its
        # default, 5 a coefficient, would stop it on the way on columns of small values.
        model = FirthLogisticRegression(
            penalty_weight=0.0, gtol=tol, xtol=tol, max_iter=200, max_step=1e9
        )
        model.fit(X, y)
        return Answer(_intercept_first(model.intercept_, model.coef_))

    return solve


def _blas(X: Floats, y: Floats) -> Solve:
    def solve(_: float) -> Answer:
        X.T @ X
        return Answer(np.empty(0))

    return solve


def _nothing(X: Floats, y: Floats) -> Solve:
    answer = Answer(np.empty(0))
    return lambda _: answer


def _us(name: str, begin: Callable[[Floats, Floats], Solve], **rest: Any) -> Contender:
    return Contender(name, ("logreg_core",), begin, tuned=False, **rest)


def _small(name: str, n: int, k: int) -> bool:
    return n * k <= SMALL


def _million(name: str, n: int, k: int) -> bool:
    return name == "1000000x20"


OURS = (
    _us("logreg_core", _ours(inference=False)),
    _us("logreg_core, inference", _ours(), inference=True),
    _us("logreg_core newton", _ours(solver="newton", inference=False)),
    _us("logreg_core newton, inference", _ours(solver="newton"), inference=True),
    _us("logreg_core fast", _ours(solver="fast", inference=False)),
    _us("logreg_core fast, inference", _ours(solver="fast"), inference=True),
    _us("logreg_core irls", _ours(solver="irls", inference=False), takes_part=_small),
    _us("logreg_core, 1 thread", _ours(inference=False, threads=1), takes_part=_million),
)
SKLEARN = ("sklearn.linear_model",)
STATSMODELS = ("statsmodels.api",)
PEERS = (
    Contender("scikit-learn newton-cholesky", SKLEARN, _sklearn("newton-cholesky")),
    Contender("scikit-learn newton-cg", SKLEARN, _sklearn("newton-cg")),
    Contender("scikit-learn lbfgs", SKLEARN, _sklearn("lbfgs")),
    Contender("scikit-learn-intelex lbfgs", ("sklearnex.linear_model",), _sklearnex),
    Contender("glum", ("glum",), _glum(inference=False)),
    Contender(
        "glum, inference", ("glum",), _glum(inference=True), inference=True, searched_as="glum"
    ),
    Contender("firthmodels, inference", ("firthmodels",), _firthmodels, inference=True),
    Contender("statsmodels Logit, inference", STATSMODELS, _statsmodels_logit, inference=True),
    Contender("statsmodels GLM, inference", STATSMODELS, _statsmodels_glm, inference=True),
)
NOTHING = Contender("nothing", (), _nothing, tuned=False)
BLAS = Contender("BLAS X'X", (), _blas, tuned=False)
AGAIN = _us("logreg_core again", _ours(inference=False))  # for --noise: ourselves twice
CONTENDERS = (NOTHING, *OURS, *PEERS)


def named(name: str) -> Contender:
    """The contender of this name."""
    return {c.name: c for c in (*CONTENDERS, BLAS, AGAIN)}[name]

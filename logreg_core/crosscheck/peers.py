"""The other libraries: how each is asked, at which settings, and what it can be asked at all.

Every setting but "untouched" asks for the very problem of the `Task`: its penalty, its weights,
its offset. "default" leaves the tolerances as they come; "tight" stops as late as is sensible;
"untouched" is the call as a beginner writes it, penalty included.

A library is imported when it is asked, in a process of its own (`worker`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import DataError
from .task import Task

__all__ = ["GROUPS", "PEERS", "Peer", "Said", "Unsupported", "chosen", "named"]

Floats = NDArray[np.float64]


class Unsupported(Exception):
    """A library has no way to be asked this; the message says what it lacks."""


@dataclass(frozen=True)
class Said:
    """What a library answered, intercept first; None for what it does not offer.

    converged : its own claim. penalty : the l2 it was given; penalises_intercept : with it too.
    ridge : what it adds to the diagonal of its Hessian per unit weight, in the raw columns.
    """

    coef: Floats
    std_error: Floats | None = None
    loglik: float | None = None
    converged: bool | None = None
    steps: int | None = None
    penalty: float = 0.0
    penalises_intercept: bool = False
    ridge: float = 0.0
    firth: bool = False


@dataclass(frozen=True)
class Peer:
    """A library with one choice of solver.

    key : what a user types; group : the key of all solvers of a library; module : what must be
    there; settings : those it knows; solve(task, setting) -> Said.
    """

    key: str
    title: str
    group: str
    module: str
    solve: Callable[[Task, str], Said]
    settings: tuple[str, ...] = ("default", "tight")
    experiment: str = ""

    @property
    def installed(self) -> bool:
        """Whether the library is there; it is not imported."""
        return find_spec(self.module) is not None


NEGLIGIBLE = 1e-12  # an l2 below rounding, for libraries that refuse to be asked for none


def _one_or_more_columns(task: Task) -> None:
    if not task.X.shape[1]:
        raise Unsupported("needs a column beside the intercept")


def _sklearn(solver: str, module: str = "sklearn.linear_model") -> Callable[[Task, str], Said]:
    def solve(task: Task, setting: str) -> Said:
        from importlib import import_module

        if task.offset is not None:
            raise Unsupported("takes no offset")
        _one_or_more_columns(task)
        least = 0.0 if solver != "liblinear" and module.startswith("sklearn.") else NEGLIGIBLE
        l2 = 1.0 if setting == "untouched" else max(task.l2, least)
        choices: dict[str, Any] = (
            {} if setting == "untouched" else {"C": 1.0 / l2 if l2 else np.inf}
        )
        if setting == "tight":
            choices |= {"tol": 1e-12, "max_iter": 10_000}
            if solver == "liblinear":
                choices["intercept_scaling"] = 1e4  # its ridge on the intercept becomes 1e-8 of it
        model = import_module(module).LogisticRegression(
            solver=solver, fit_intercept=task.intercept, **choices
        )
        model.fit(task.X, task.y, sample_weight=task.weight)
        steps = int(np.max(model.n_iter_))
        return Said(
            np.concatenate([np.ravel(model.intercept_)[: int(task.intercept)], model.coef_[0]]),
            converged=steps < model.max_iter,
            steps=steps,
            penalty=l2,
            penalises_intercept=solver == "liblinear" and setting != "tight",
        )

    return solve


def _design(task: Task) -> Floats:
    if not task.intercept:
        return task.X
    return np.column_stack([np.ones(len(task.y)), task.X])


def _no_penalty(task: Task) -> None:
    if task.l2:
        raise Unsupported("has no ridge penalty with standard errors")


def _statsmodels_logit(task: Task, setting: str) -> Said:
    import statsmodels.api as sm

    if task.weight is not None:
        raise Unsupported("takes no weights")
    _no_penalty(task)
    choices: dict[str, Any] = {
        "tight": {"tol": 1e-14, "maxiter": 200},
        "without ridge": {"ridge_factor": 0.0},
    }.get(setting, {})
    result = sm.Logit(task.y, _design(task), offset=task.offset).fit(disp=0, **choices)
    claimed = result.mle_retvals
    return Said(
        np.asarray(result.params), np.asarray(result.bse), float(result.llf),
        bool(claimed["converged"]), int(claimed["iterations"]),
        ridge=float(result.mle_settings["ridge_factor"]),
    )  # fmt: skip


def _statsmodels_glm(task: Task, setting: str) -> Said:
    import statsmodels.api as sm

    _no_penalty(task)
    choices: dict[str, Any] = {"tol": 1e-14, "maxiter": 200} if setting == "tight" else {}
    model = sm.GLM(
        task.y, _design(task), family=sm.families.Binomial(), offset=task.offset,
        freq_weights=task.weight,
    )  # fmt: skip
    result = model.fit(**choices)
    return Said(
        np.asarray(result.params), np.asarray(result.bse), float(result.llf),
        bool(result.converged), int(result.fit_history["iteration"]),
    )  # fmt: skip


def _glum(task: Task, setting: str) -> Said:
    from glum import GeneralizedLinearRegressor

    _one_or_more_columns(task)
    choices: dict[str, Any] = {}
    errors: dict[str, Any] = {}
    if setting == "tight":
        choices = {"gradient_tol": 1e-12, "max_iter": 1000}
        errors = {"dispersion": 1.0, "robust": False, "expected_information": True}
    model = GeneralizedLinearRegressor(
        family="binomial", alpha=task.l2 / task.total, fit_intercept=task.intercept, **choices
    )
    given = {"sample_weight": task.weight, "offset": task.offset}
    X = np.asfortranarray(task.X)
    model.fit(X, task.y, **given)
    coef = np.concatenate([[model.intercept_][: int(task.intercept)], model.coef_])
    spread = None if task.l2 else np.asarray(model.std_errors(X, task.y, **given, **errors))
    steps = int(model.n_iter_)
    return Said(coef, spread, None, steps < model.max_iter, steps, penalty=task.l2)


def _firthmodels(task: Task, setting: str) -> Said:
    from firthmodels import FirthLogisticRegression

    _one_or_more_columns(task)
    _no_penalty(task)
    choices: dict[str, Any] = {} if setting == "untouched" else {"penalty_weight": 0.0}
    if setting == "tight":
        # max_step: its bound of 5 a step would end it on the way in columns of small values
        choices |= {"gtol": 1e-12, "xtol": 1e-12, "max_iter": 500, "max_step": 1e9}
    model = FirthLogisticRegression(fit_intercept=task.intercept, **choices)
    model.fit(task.X, task.y, sample_weight=task.weight, offset=task.offset)
    order = np.r_[len(model.coef_), : len(model.coef_)] if task.intercept else slice(None)
    return Said(
        np.concatenate([np.ravel(model.intercept_)[: int(task.intercept)], model.coef_]),
        np.asarray(model.bse_)[order], float(model.loglik_), bool(model.converged_),
        int(model.n_iter_), firth=setting == "untouched",
    )  # fmt: skip


_AS_WRITTEN = ("untouched", "default", "tight")


def _sk(solver: str) -> Peer:
    return Peer(
        f"sklearn-{solver}", f"scikit-learn {solver}", "sklearn", "sklearn", _sklearn(solver),
        _AS_WRITTEN,
    )  # fmt: skip


PEERS = (
    _sk("lbfgs"),
    _sk("newton-cholesky"),
    _sk("newton-cg"),
    _sk("liblinear"),
    Peer("statsmodels-logit", "statsmodels Logit", "statsmodels", "statsmodels",
         _statsmodels_logit, experiment="without ridge"),
    Peer("statsmodels-glm", "statsmodels GLM", "statsmodels", "statsmodels", _statsmodels_glm),
    Peer("glum", "glum", "glum", "glum", _glum),
    Peer("firthmodels", "firthmodels", "firthmodels", "firthmodels", _firthmodels, _AS_WRITTEN),
    Peer("sklearnex", "scikit-learn-intelex lbfgs", "sklearnex", "sklearnex",
         _sklearn("lbfgs", "sklearnex.linear_model"), _AS_WRITTEN),
)  # fmt: skip
GROUPS = tuple(dict.fromkeys(peer.group for peer in PEERS))


def named(key: str) -> Peer:
    """The peer of this key."""
    return next(peer for peer in PEERS if peer.key == key)


def chosen(against: str | tuple[str, ...] | list[str]) -> tuple[Peer, ...]:
    """The peers that some names stand for: of a library, of one of its solvers, or "all".

    Raises
    ------
    DataError
        For a name that stands for none.

    Examples
    --------
    >>> [peer.title for peer in chosen(("statsmodels", "glum"))]
    ['statsmodels Logit', 'statsmodels GLM', 'glum']
    """
    names = (against,) if isinstance(against, str) else tuple(against)
    if "all" in names:
        return PEERS
    known = {*GROUPS, *(peer.key for peer in PEERS)}
    for name in names:
        if name not in known:
            raise DataError(
                f"there is no way to call {name!r}",
                f"all, {', '.join(GROUPS)}, or one of {', '.join(p.key for p in PEERS)}",
                "nothing was compared with it",
                "use one of these names; results of other programs come in as a file of "
                "coefficients",
                name=name,
            )
    return tuple(peer for peer in PEERS if {peer.key, peer.group} & set(names))

"""scikit-learn's documented examples of LogisticRegression, with nothing but the import changed.

Every binary example of the installed version's docstrings is run twice. As it stands, no statement
may fail. With scikit-learn's own default C = 1 (ours is infinite) everything an example shows must
be what scikit-learn itself computes when told to converge (tol=1e-12): numbers to 1e-6, which
covers figures that forests, chains and permutations make of them.
"""

from __future__ import annotations

import ast
import doctest
import importlib
import warnings
from typing import Any

import matplotlib
import numpy as np
import pytest
import sklearn.linear_model

import logreg_core as lc
from logreg_core.errors import LogregWarning

matplotlib.use("Agg")
IMPORT = "from sklearn.linear_model import LogisticRegression"

# where the example stands, and where its binary part ends
EXAMPLES = {
    "sklearn.ensemble:VotingClassifier": "",
    "sklearn.calibration:CalibrationDisplay": "",
    "sklearn.calibration:CalibrationDisplay.from_estimator": "",
    "sklearn.calibration:CalibrationDisplay.from_predictions": "",
    "sklearn.metrics:roc_auc_score": "load_iris",
    "sklearn.metrics:PrecisionRecallDisplay.from_estimator": "",
    "sklearn.metrics:PrecisionRecallDisplay.from_predictions": "",
    "sklearn.inspection:permutation_importance": "",
    "sklearn.frozen:FrozenEstimator": "",
    "sklearn.feature_selection:SelectFromModel": "",
    "sklearn.multioutput:ClassifierChain": "",
    "sklearn.multioutput:MultiOutputClassifier": "",
    "sklearn.model_selection:FixedThresholdClassifier": "",
    "sklearn.utils.validation:check_is_fitted": "",
}


class Ours(lc.LogisticRegression):
    """With scikit-learn's default C."""

    def __init__(self, penalty: str = "l2", *, C: float = 1.0, solver: str = "auto",
                 random_state: Any = None) -> None:  # fmt: skip
        super().__init__(penalty, C=C, solver=solver, random_state=random_state)


class Theirs(sklearn.linear_model.LogisticRegression):
    """Converged."""

    def __init__(self, *, C: float = 1.0, solver: str = "lbfgs", random_state: Any = None) -> None:
        super().__init__(C=C, solver="newton-cholesky", random_state=random_state, tol=1e-12)


def statements(place: str) -> list[str]:
    module, _, path = place.partition(":")
    thing: Any = importlib.import_module(module)
    for name in path.split("."):
        thing = getattr(thing, name)
    found = [e.source for e in doctest.DocTestParser().get_examples(thing.__doc__)]
    stop = EXAMPLES[place]
    end = next((i for i, s in enumerate(found) if stop and stop in s), len(found))
    assert any(IMPORT in s for s in found[:end]), f"{place} no longer shows a LogisticRegression"
    return found[:end]


def run(place: str, replacement: str) -> list[Any]:
    """The values of the expressions of an example, in order."""
    shown: list[Any] = []
    names: dict[str, Any] = {"Ours": Ours, "Theirs": Theirs}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LogregWarning)  # small examples are separated
        warnings.filterwarnings("ignore", "FigureCanvasAgg is non-interactive")
        warnings.filterwarnings("ignore", category=FutureWarning)
        for source in statements(place):
            tree = ast.parse(source.replace(IMPORT, replacement))
            if isinstance(tree.body[-1], ast.Expr):
                code = compile(ast.Expression(tree.body[-1].value), place, "eval")
                shown.append(eval(code, names))
            else:
                exec(compile(tree, place, "exec"), names)
    return shown


@pytest.mark.parametrize("place", EXAMPLES)
def test_runs_with_only_the_import_changed(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # Unpenalised, most of them are separated; proofs in exact arithmetic would take half a minute.
    monkeypatch.setattr("logreg_core.separation._EXACT_DIGITS", 0)
    run(place, "from logreg_core import LogisticRegression")


@pytest.mark.parametrize("place", EXAMPLES)
def test_shows_what_scikit_learn_shows_when_the_penalty_is_the_same(place: str) -> None:
    ours = run(place, "LogisticRegression = Ours")
    theirs = run(place, "LogisticRegression = Theirs")
    assert len(ours) == len(theirs)
    for mine, yours in zip(ours, theirs, strict=True):
        if isinstance(yours, np.ndarray | np.generic | float | int | list):
            np.testing.assert_allclose(mine, yours, rtol=1e-6, atol=1e-9)
        else:
            assert type(mine).__name__.replace("Ours", "Theirs") == type(yours).__name__

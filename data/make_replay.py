"""Record the two climbs that the explorer's last panel replays: Newton's and L-BFGS's.

    LOGREG_DATA_DIR=folder python data/make_replay.py

Fits the seven course features of `tiktok_dataset.csv` (complete rows, columns as they are) and
writes the coefficients and log-likelihood of every step to logreg_core/learn/replay.json. Sums
over 19,084 rows only: no row of the course file is in it.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import scipy.optimize
import sklearn.linear_model

import logreg_core as lc
from logreg_core.formulas import log_sigmoid

HERE = Path(__file__).resolve().parent
GOAL = HERE.parent / "logreg_core" / "learn" / "replay.json"
DIGITS = 7


def record(folder: Path) -> dict[str, Any]:
    """The steps of both methods, as the explorer takes them."""
    frame = pd.read_csv(folder / "tiktok_dataset.csv")
    design = lc.Design.from_frame(frame, **lc.datasets.VERIFIED_STATUS, missing="drop")
    steps = list(lc.newton_steps(design))
    top = lc.fit(design)
    path, message = scikit_learn_path(design.X, design.y)
    return {
        "names": list(top.names),
        "n_rows": top.n_rows,
        "top": {"beta": _short(top.coef), "std_error": _short(top.std_error), "loglik": top.loglik},
        "newton": {"beta": [_short(s.beta) for s in steps], "loglik": [s.loglik for s in steps]},
        "lbfgs": {
            "beta": [_short(beta) for beta in path],
            "loglik": [round(_loglik(design, beta), 4) for beta in path],
            "message": message,
            "version": sklearn.__version__,
        },
    }


def scikit_learn_path(X: Any, y: Any) -> tuple[list[Any], str]:
    """Every point of scikit-learn's default solver, given 1,000 iterations instead of 100.

    Its call of SciPy's optimiser is given a callback on the way. Where the run ends depends on
    the last bits of every sum, so another machine or version records another path.
    """
    path, plain, messages = [np.zeros(X.shape[1] + 1)], scipy.optimize.minimize, []

    def recording(*given: Any, **options: Any) -> Any:
        options["callback"] = lambda beta: path.append(np.roll(beta, 1))
        found = plain(*given, **options)
        messages.append(str(found.message))
        return found

    scipy.optimize.minimize = recording
    try:
        sklearn.linear_model.LogisticRegression(max_iter=1000).fit(X, y)
    finally:
        scipy.optimize.minimize = plain
    return path, messages[0]


def _loglik(design: lc.Design, beta: Any) -> float:
    eta = beta[0] + design.X @ beta[1:]
    return float(np.sum(np.where(design.y, log_sigmoid(eta), log_sigmoid(-eta))))


def _short(values: Any) -> list[float]:
    return [float(f"{value:.{DIGITS}g}") for value in values]


if __name__ == "__main__":
    text = json.dumps(record(Path(os.environ["LOGREG_DATA_DIR"])), separators=(",", ":"))
    GOAL.write_text(text + "\n", encoding="utf-8")
    print(f"{GOAL}: {len(text):,} characters")

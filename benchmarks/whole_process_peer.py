"""What a user of pandas and scikit-learn runs instead of ``logreg fit``: the peer to be timed.

``python benchmarks/whole_process_peer.py DATA SOLVER`` reads, drops incomplete rows, encodes,
fits without penalty and prints the coefficients. It computes no standard errors, which ours does.
"""

from __future__ import annotations

import sys

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression

NUMBERS = [
    "video_duration_sec",
    "video_view_count",
    "video_share_count",
    "video_download_count",
    "video_comment_count",
]
CATEGORIES = ["claim_status", "author_ban_status"]
TARGET = "verified_status"


def main(data: str, solver: str) -> None:
    """Fit the case study's model and print it."""
    frame = pd.read_csv(data, usecols=[*NUMBERS, *CATEGORIES, TARGET]).dropna()
    X = pd.get_dummies(frame[NUMBERS + CATEGORIES], drop_first=True, dtype=float)
    y = (frame[TARGET] == "verified").astype(int)
    # C=inf: plain maximum likelihood. lbfgs stops at 100 steps otherwise, far from the maximum.
    model = LogisticRegression(C=np.inf, solver=solver, max_iter=1000).fit(X, y)
    print(f"{'intercept':40}{model.intercept_[0]:.10g}")
    for name, value in zip(X.columns, model.coef_[0], strict=True):
        print(f"{name:40}{value:.10g}")


if __name__ == "__main__":
    main(*sys.argv[1:])

"""dask-glm's admm is clocked at its first iterate that is right; errors here are powers of ten."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from benchmarks.dask_admm import Enough, Watched, setting_of, table


def problem() -> Any:
    return SimpleNamespace(digits=lambda beta: -np.log10(abs(beta[0])))


def test_the_first_iterate_with_so_many_digits_counts() -> None:
    watched = Watched(problem(), 1e9)
    for error in (1e-1, 1e-4, 1e-2, 1e-5):
        beta = np.array([error])
        assert watched.proximal_operator(beta, 0.0) is beta
    with pytest.raises(Enough):
        watched.proximal_operator(np.array([1e-7]), 0.0)
    assert {mark: found[1] for mark, found in watched.reached.items()} == {3.0: 2, 5.0: 4, 6.0: 5}


def test_time_that_is_up_ends_a_run() -> None:
    watched = Watched(problem(), 0.0)
    with pytest.raises(Enough):
        watched.proximal_operator(np.array([1e-2]), 0.0)
    assert (watched.reached, watched.iterations, watched.best) == ({}, 1, 2.0)


def test_the_table_says_ratios_only_of_what_was_reached() -> None:
    rho, relax, kind = setting_of("2000:1.6:own")
    ours = [{"kind": "ours", "seconds": s, "digits": 9.0} for s in (0.4, 0.5, 0.6)]
    reached = {"3": (2.0, 5), "5": (4.0, 11), "6": None}
    row = {"kind": "admm", "rho": rho, "over_relax": relax, "solver": kind, "best": 5.9,
           "reached": reached}  # fmt: skip
    assert table([*ours, row]).splitlines()[2:] == [
        "| | | ours: whole fit | 0.50 s | 0.50 s | 0.50 s | 9.0 |",
        "| 2,000 | 1.6 | own | 2.0 s in 5: 4 | 4.0 s in 11: 8 | - | 5.9 |",
    ]

"""Every exception and warning: its four parts, its evidence, its family."""

from __future__ import annotations

import pickle

import pytest

from logreg_core import errors


@pytest.mark.parametrize("name", errors.__all__)
def test_parts_evidence_and_pickling(name: str) -> None:
    kind = getattr(errors, name)
    problem = kind("found it", "another", "that", "this", row=3)
    assert str(problem) == ("found it. Expected: another. This means: that. What to do: this.")
    assert problem.row == 3
    again = pickle.loads(pickle.dumps(problem))
    assert (type(again), str(again), again.row) == (kind, str(problem), 3)


def test_families() -> None:
    assert issubclass(errors.DataError, ValueError)
    assert issubclass(errors.MissingDependencyError, ImportError)
    for name in errors.__all__:
        base = errors.LogregWarning if name.endswith("Warning") else errors.LogregError
        assert issubclass(getattr(errors, name), base)


def test_parts_left_out_leave_no_label() -> None:
    assert str(errors.DataError("only this")) == "only this."

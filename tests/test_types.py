"""Types for users: a program of theirs passes mypy --strict, and its mistakes do not.

mypy sees the package as an installed one: errors inside it are not reported here (`make lint`
looks for those), its types are.
"""

from __future__ import annotations

import os
import subprocess
import sys
import warnings
from pathlib import Path

import pytest
import user_program

import logreg_core

ROOT = Path(__file__).parent.parent
WRONG = """\
import logreg_core as lc
fit = lc.fit([[1.0], [2.0]], [0, 1])
fit.coeff  # error
fit.save(3)  # error
number: int = fit.loglik  # error
lc.load()  # error
lc.fitt  # error
lc.fit([[1.0]], [1], penalti="firth")  # error
fit.to_sql("videos", score="p")  # error
fit.probability([[1.0]])
"""


def test_programs_of_users_pass_mypy_strict_and_their_mistakes_do_not(request, tmp_path):
    pytest.importorskip("mypy", reason="mypy is not installed")
    (tmp_path / "wrong.py").write_text(WRONG)
    names = [name for name in logreg_core.__all__ if not name.startswith("_")]
    (tmp_path / "names.py").write_text(
        "import logreg_core as lc\n" + "".join(f"lc.{name}\n" for name in names)
    )
    cache = getattr(request.config, "cache", None)  # 15 seconds without, 2 with
    folder = cache.mkdir("mypy") if cache is not None else tmp_path / "cache"
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--follow-imports", "silent",
         "--config-file=", "--cache-dir", str(folder),
         user_program.__file__, "wrong.py", "names.py"],
        capture_output=True, text=True, check=False, cwd=tmp_path,
        env=os.environ | {"MYPYPATH": str(ROOT)},
    )  # fmt: skip
    errors = [line for line in done.stdout.splitlines() if ": error:" in line]
    found = [line.split(":")[:2] for line in errors]
    expected = [i for i, line in enumerate(WRONG.splitlines(), 1) if line.endswith("# error")]
    assert found == [["wrong.py", str(line)] for line in expected], done.stdout + done.stderr


def test_the_program_runs(tmp_path):
    text = user_program.report(tmp_path)
    assert "0.9371" in text
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert user_program.careful([[1.0], [2.0], [3.0]], [0, 1, 1]) is not None
    assert user_program.careful([[1.0], [2.0]], [1, 1]) is None


def test_the_package_says_that_it_is_typed():
    assert (Path(logreg_core.__file__).parent / "py.typed").is_file()

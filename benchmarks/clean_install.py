"""Does the wheel work alone?  ``python -m benchmarks.clean_install`` builds, installs and runs it.

`python -m build` makes the wheel in a temporary copy of nothing but itself; a new virtual
environment gets it with the extra "report" and no other package of this checkout; there, in
another folder, `logreg report`, `logreg fit --save` and `logreg predict` have to run on the
bundled sample. Exit code 1 and a word where anything fails, or the wheel is larger than 3 MB.
Needs the package index, or a folder of wheels named by pip's own settings (PIP_FIND_LINKS).
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
import zipfile
from itertools import pairwise
from pathlib import Path

__all__ = ["build", "install", "main", "use"]

ROOT = Path(__file__).resolve().parents[1]
MOST_BYTES = 3_000_000


def _run(*command: str | Path, cwd: Path) -> str:
    """Run a command that must succeed; it must not see this checkout."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, capture_output=True, text=True, check=False,
        env=environment,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(
            f"{' '.join(map(str, command))} ended with {done.returncode}:\n"
            f"{done.stdout[-2000:]}{done.stderr[-2000:]}"
        )
    return done.stdout


def build(folder: Path) -> Path:
    """The wheel of this checkout; it is small, typed and holds nothing that is not of it."""
    _run(sys.executable, "-m", "build", "--wheel", "--outdir", folder, ROOT, cwd=folder)
    (wheel,) = folder.glob("*.whl")
    size = wheel.stat().st_size
    names = zipfile.ZipFile(wheel).namelist()
    ours = ("logreg_core/", "logreg_core-")
    strange = [n for n in names if not n.startswith(ours) or n.endswith((".pyc", ".nbi", ".nbc"))]
    if size > MOST_BYTES or strange or "logreg_core/py.typed" not in names:
        raise SystemExit(f"{wheel.name}: {size:,} bytes, {len(names)} files, strange: {strange}")
    print(f"{wheel.name}: {size:,} bytes, {len(names)} files")
    return wheel


def install(wheel: Path, folder: Path) -> Path:
    """A new environment with the wheel; its folder of programs."""
    environment = folder / "venv"
    _run(sys.executable, "-m", "venv", environment, cwd=folder)
    programs = environment / ("Scripts" if os.name == "nt" else "bin")
    _run(
        programs / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
        "--constraint", ROOT / "constraints.txt", f"logreg-core[report] @ {wheel.as_uri()}",
        cwd=folder,
    )  # fmt: skip
    return programs


def use(programs: Path, folder: Path) -> None:
    """Report, fit, save and predict, far from the checkout."""
    logreg, work = programs / "logreg", folder / "work"
    work.mkdir()
    _run(logreg, "report", "--out", "report", cwd=work)
    documents = sorted(path.name for path in (work / "report").iterdir())
    if "report.html" not in documents:
        raise SystemExit(f"logreg report wrote {documents}")
    code = (
        "from logreg_core import datasets; import sys; "
        "sys.stdout.write(str(datasets.path('verified_status')))"
    )
    sample = _run(programs / "python", "-c", code, cwd=work)
    if str(ROOT) in sample:
        raise SystemExit(f"the sample is not the wheel's own: {sample}")
    _run(logreg, "fit", sample, "--save", "model.json", cwd=work)
    print(_run(logreg, "predict", "model.json", sample, "--out", "scores.csv", cwd=work), end="")


def main() -> None:
    """Build, install, use; say how long each took."""
    argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0]).parse_args()
    with tempfile.TemporaryDirectory(prefix="logreg_wheel_") as place:
        folder, clock = Path(place), [time.perf_counter()]
        wheel = build(folder)
        clock.append(time.perf_counter())
        programs = install(wheel, folder)
        clock.append(time.perf_counter())
        use(programs, folder)
        clock.append(time.perf_counter())
    seconds = [after - before for before, after in pairwise(clock)]
    print("seconds: built in {:.0f}, installed in {:.0f}, used for {:.0f}".format(*seconds))


if __name__ == "__main__":
    main()

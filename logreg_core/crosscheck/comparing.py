"""`compare`: every installed library on the same problem, each in a process of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..arrays import as_matrix, blame
from ..blocks import ArrayBlocks
from ..design import Design
from ..errors import DataError, MissingDependencyError
from ..option_checks import check_options
from ..problem import prepare
from .arbiter import Arbiter, arbitrate
from .comparison import Comparison
from .foreign import Foreign, read_coefficients
from .judging import judge, judge_foreign
from .peers import Peer, chosen
from .pool import Pool
from .process import Answer
from .task import Task
from .verdict import Verdict

__all__ = ["Options", "compare", "make_task", "run"]

SETTINGS = ("untouched", "default", "tight")
SMALL = 1_000_000  # numbers in X below which more than one thread costs a library time
Shown = Callable[[str], None]


def compare(
    X: Any,
    y: Any = None,
    against: str | Sequence[str] = ("sklearn", "statsmodels", "glum"),
    *,
    sample_weight: Any = None,
    offset: Any = None,
    fit_intercept: bool = True,
    l2: float = 0.0,
    digits: float = 6.0,
    settings: Sequence[str] = ("default", "tight"),
    coefficients: Any = (),
    time_limit: float = 20.0,
    threads: int | None = None,
    callback: Shown | None = None,
) -> Comparison:
    """Which libraries agree on this fit, to how many digits, and why do the others not?

    Each library is asked for the very same problem (penalty, weights, offset, intercept) in a
    process of its own; its coefficients are held against the maximum, and where digits are
    missing the cause is tested for, see `reasons`.

    Parameters
    ----------
    X, y, sample_weight, offset, fit_intercept, l2 : as for `fit`.
    against : libraries ("sklearn", "statsmodels", "glum", "firthmodels", "sklearnex", all their
        solvers), single solvers ("sklearn-lbfgs"), or "all". What is not installed is a row that
        says so.
    digits : right digits that count as agreement.
    settings : "default" (its own tolerances), "tight", and "untouched": the call as a beginner
        writes it, with scikit-learn's C = 1.
    coefficients : a file of name, coefficient and standard error (`read_coefficients`), a
        `Foreign`, or several.
    time_limit : seconds for one fit of one library.
    callback : called with a few words before each run.

    Returns
    -------
    Comparison

    Raises
    ------
    DataError
        For input that cannot be fitted, unknown names, or coefficients of another model.
    MissingDependencyError
        When nothing that was asked for is installed, and no coefficients are given.

    Notes
    -----
    A process takes one to three seconds to import its library. The data are written once to a
    temporary folder (8 bytes a number) and copied by each library as it pleases. Times are those
    of one call beside the next process's start: `python -m benchmarks.run` holds a race.

    Examples
    --------
    >>> theirs = Foreign("a table in a paper", ("intercept", "x1"), np.array([-2.27, 0.908]))
    >>> X, y = [[1.0], [2.0], [3.0], [4.0]], [0, 1, 0, 1]
    >>> found = compare(X, y, against=(), coefficients=theirs, digits=3)
    >>> found.verdicts[0].digits.round(1)
    array([3.7, 3.7])
    >>> found.agree
    True
    """
    _check(settings, digits, time_limit)
    check_options(threads=threads, l2=l2, fit_intercept=fit_intercept)
    foreign = _foreign(coefficients)
    peers = chosen(tuple(against) if not isinstance(against, str) else against) if against else ()
    if peers and not foreign and not any(peer.installed for peer in peers):
        missing = ", ".join(peer.title for peer in peers)
        raise MissingDependencyError(
            f"none of {missing} is installed", "a library to compare with",
            "there is nothing to compare", 'pip install "logreg-core[peers]"',
        )  # fmt: skip
    say = callback or (lambda _: None)
    task, names, levels, classes = make_task(X, y, sample_weight, offset, fit_intercept, l2)
    say("the maximum")
    with arbitrate(task, names, levels, threads) as arbiter:
        verdicts = [judge_foreign(arbiter, given, digits) for given in foreign]
        if peers:
            options = Options(tuple(settings), digits, time_limit, say)
            with Pool.open(1 if task.X.size < SMALL else None) as pool:
                verdicts += run(arbiter, peers, options, pool)
        return Comparison.of(arbiter, tuple(verdicts), digits, classes)


@dataclass(frozen=True)
class Options:
    """settings to ask for, digits that count as agreement, seconds for one fit, and whom to tell
    of progress."""

    settings: tuple[str, ...]
    digits: float
    limit: float
    say: Shown


def _check(settings: Sequence[str], digits: float, time_limit: float) -> None:
    rules = (
        ("settings", settings, "some of " + ", ".join(SETTINGS),
         not isinstance(settings, str) and bool(settings) and set(settings) <= set(SETTINGS)),
        ("digits", digits, "a number from 1 to 15", 1 <= digits <= 15),
        ("time_limit", time_limit, "seconds, more than 0", time_limit > 0),
    )  # fmt: skip
    for name, value, expected, good in rules:
        if not good:
            raise DataError(
                f"{name} is {value!r:.60}", expected, "the call cannot be meant so",
                f"correct {name}", option=name, value=value,
            )  # fmt: skip


def _foreign(given: Any) -> tuple[Foreign, ...]:
    several = given if isinstance(given, list | tuple) else (given,)
    return tuple(g if isinstance(g, Foreign) else read_coefficients(g) for g in several)


def make_task(
    X: Any, y: Any, weight: Any, offset: Any, fit_intercept: bool, l2: float
) -> tuple[Task, tuple[str, ...], dict[str, tuple[str, ...]], tuple[Any, Any]]:
    """The problem as plain arrays, names of its columns, levels of its categories, classes."""
    problem = prepare(X, y, weight, offset, None, fit_intercept)
    blocks = problem.blocks
    if not isinstance(blocks, ArrayBlocks):
        as_matrix(X)  # refuses what has no rows in memory
    assert isinstance(blocks, ArrayBlocks)
    names = problem.names[1:] if fit_intercept else problem.names
    blame(blocks.X, names, only_if_found=True)
    levels = {}
    if isinstance(X, Design):
        levels = {str(f.name): tuple(map(str, f.levels)) for f in X.encoding.features if f.levels}
    task = Task(
        np.ascontiguousarray(blocks.X, dtype=np.float64),
        blocks.y.astype(np.float64),
        blocks.weight if blocks.weight.size else None,
        blocks.offset if blocks.offset.size else None,
        bool(fit_intercept),
        float(l2),
    )
    return task, names, levels, problem.classes


def run(
    arbiter: Arbiter,
    peers: tuple[Peer, ...],
    options: Options,
    pool: Pool,
    name: str = "task",
    keep: bool = False,
) -> list[Verdict]:
    """Ask each peer at each setting, and judge. keep : leave the processes for other problems."""
    verdicts: list[Verdict] = []
    present = [peer for peer in peers if peer.installed]
    place = pool.give(arbiter.task, name) if present else None
    for peer in peers:
        if place is None or peer not in present:
            verdicts.append(Verdict(peer.title, "", "not installed", None, "not installed"))
            continue
        at = present.index(peer)
        pool.start(peer)
        if at + 1 < len(present):
            pool.start(present[at + 1])  # it imports while this one is asked
        for setting in (s for s in options.settings if s in peer.settings):
            options.say(f"{peer.title}, {setting} ({at + 1} of {len(present)})")
            answer = pool.ask(peer, place, setting, options.limit)

            def ask(other: str, standardised: bool, peer: Peer = peer) -> Answer:
                return pool.ask(peer, place, other, options.limit, standardised)

            verdicts.append(judge(arbiter, peer, setting, answer, options.digits, ask))
        if not keep:
            pool.end(peer)
    return verdicts

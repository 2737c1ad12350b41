"""The gallery of failures: what each library answers, what is true, and why.

>>> names()[:3]
('tiktok', 'six-rows', 'endometrial')
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from .. import __version__
from ..errors import DataError
from ..summary import number
from .arbiter import arbitrate
from .comparing import Options, make_task, run
from .comparison import Comparison
from .exhibits import EXHIBITS, Exhibit, Problem
from .peers import Peer, chosen
from .pool import Pool
from .words import cells

__all__ = ["EXHIBITS", "Showing", "exhibit", "names", "page", "show"]

ALL = "all"
TIME_LIMIT = 20.0


@dataclass(frozen=True, eq=False)
class Showing:
    """An exhibit, its data, and what the libraries made of it."""

    exhibit: Exhibit
    problem: Problem
    comparison: Comparison

    @property
    def maximum(self) -> str:
        """The coefficients in a line."""
        found = self.comparison
        dropped = found.aliased
        words = [
            "undetermined" if np.isnan(value) and name not in dropped else number(float(value))
            for name, value in zip(found.names, found.coef, strict=True)
        ]
        return ", ".join(map(" ".join, zip(found.names, words, strict=True)))

    def __str__(self) -> str:
        e = self.exhibit
        return "\n".join(
            [
                e.title, "", f"data: {self.problem.source}; {len(self.problem.y):,} rows",
                f"true: {e.truth}", f"here: {self.maximum}", f"why:  {e.why}", "",
                str(self.comparison),
            ]
        )  # fmt: skip


def names() -> tuple[str, ...]:
    """Names of the exhibits."""
    return tuple(exhibit.name for exhibit in EXHIBITS)


def exhibit(name: str) -> Exhibit:
    """The exhibit of a name.

    Raises
    ------
    DataError
        When there is none.

    Examples
    --------
    >>> exhibit("aliased").title
    'total = a + b'
    """
    for found in EXHIBITS:
        if found.name == name:
            return found
    raise DataError(
        f"the gallery has no {name!r}",
        f"one of {', '.join(names())}",
        "there is nothing to show",
        "choose one of these",
        name=name,
    )


def show(
    name: str,
    against: str | Sequence[str] = ALL,
    *,
    time_limit: float = TIME_LIMIT,
    callback: Callable[[str], None] | None = None,
) -> Showing:
    """What do the libraries answer on this exhibit?

    Parameters
    ----------
    name : one of `names()`.
    against, time_limit, callback : as for `compare`; what is not installed is left out.
    """
    with Pool.open(1) as pool:
        return _shown(exhibit(name), _present(against), pool, time_limit, callback)


def _present(against: str | Sequence[str]) -> tuple[Peer, ...]:
    peers = chosen(against if isinstance(against, str) else tuple(against)) if against else ()
    return tuple(peer for peer in peers if peer.installed)


def _shown(
    chosen_exhibit: Exhibit,
    peers: tuple[Peer, ...],
    pool: Pool,
    time_limit: float,
    callback: Callable[[str], None] | None,
    keep: bool = False,
) -> Showing:
    import pandas as pd

    e = chosen_exhibit
    problem = e.make()
    say = callback or (lambda _: None)
    frame = pd.DataFrame(problem.X, columns=list(problem.names), copy=False)
    task, columns, levels, classes = make_task(frame, problem.y, None, None, True, 0.0)
    options = Options(e.settings, e.digits, time_limit, lambda text: say(f"{e.name}: {text}"))
    with arbitrate(task, columns, levels) as arbiter:
        verdicts = run(arbiter, peers, options, pool, e.name, keep)
        found = Comparison.of(arbiter, tuple(verdicts), e.digits, classes)
    return Showing(e, problem, found)


def page(
    against: str | Sequence[str] = ALL, *, callback: Callable[[str], None] | None = None
) -> str:
    """The whole gallery as a page of Markdown; without times, which would differ each time."""
    from ..summary import MARKUP

    peers = _present(against)
    with Pool.open(1) as pool:
        shown = [_shown(e, peers, pool, TIME_LIMIT, callback, keep=True) for e in EXHIBITS]
    lines = [
        "# Gallery of failures", "",
        "What installed libraries answer on small problems whose truth is known, held against the",
        "certified maximum. `logreg gallery --markdown docs/gallery.md` writes this page;",
        "`logreg gallery NAME` shows one exhibit with times and a sentence for each library.",
        "*digits* are right digits of the worst coefficient; *untouched* is the call as a beginner",
        "writes it, *default* the same problem at default tolerances, *tight* with tight ones.",
        "", f"Versions: {_versions(peers)}.", "",
    ]  # fmt: skip
    for one in shown:
        e = one.exhibit
        lines += [f"## {e.title}", "", f"`{e.name}`: {one.problem.source}, "
                  f"{len(one.problem.y):,} rows.", "", f"**True.** {e.truth}",
                  f"Maximum here: {one.maximum.translate(MARKUP)}.", "", f"**Why.** {e.why}",
                  ""]  # fmt: skip
        header, rows = cells(one.comparison)
        keep = [j for j, name in enumerate(header) if name != "ms"]
        lines.append("| " + " | ".join(header[j] for j in keep) + " |")
        lines.append("|" + "---|" * len(keep))
        lines += ["| " + " | ".join(row[j].translate(MARKUP) for j in keep) + " |" for row in rows]
        lines.append("")
    return "\n".join(lines)


def _versions(peers: Sequence[Peer]) -> str:
    from importlib.metadata import version

    packages = {"sklearn": "scikit-learn", "sklearnex": "scikit-learn-intelex"}
    groups = dict.fromkeys(packages.get(peer.group, peer.group) for peer in peers)
    return ", ".join([f"logreg-core {__version__}", *(f"{g} {version(g)}" for g in groups)])

"""What we say about our speed, held against the measurement: claim, target, measured, reached."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from benchmarks.results_file import BASE, BASE_INFERENCE, YARDSTICK, Cell, Results

__all__ = ["Claim", "claims", "claims_table"]

LARGE = ("100000x20", "1000000x20", "200000x100", "50000x300", "5000000x8", "correlated")
MILLION, TENTH = "1000000x20", "100000x20"

# All targets in one place. Ratios are minimum by minimum.
MOST_TIMES_BLAS = 1.5  # a fit without inference, by one BLAS X'X
MOST_TIMES_BLAS_INFERENCE = 2.2
LEAST_TIMES_FASTER = {100: 8.0, 300: 4.0}  # than the fastest peer with at least 6 digits, by k
LEAST_TIMES_FASTER_ELSEWHERE = 10.0
MOST_GROWTH = 10.5  # of the time, for ten times the rows
LEAST_SPEED_UP = 1.8  # of two threads over one
MOST_MEGABYTES = 67.1  # over the input: 64 MiB


@dataclass(frozen=True)
class Claim:
    """One line: measured is None where the file does not hold what it takes."""

    claim: str
    target: float
    at_most: bool
    measured: float | None
    unit: str = "x"

    @property
    def reached(self) -> bool | None:
        """None where it was not measured."""
        if self.measured is None:
            return None
        return self.measured <= self.target if self.at_most else self.measured >= self.target


def claims(results: Results) -> list[Claim]:
    """Every claim, measured or not."""
    return [
        *_against_blas(results),
        *_against_peers(results),
        *_scaling(results),
        *_memory(results),
    ]


def _ratio(top: Cell | None, bottom: Cell | None) -> float | None:
    return None if top is None or bottom is None else top.least / bottom.least


def _right(cell: Cell | None) -> Cell | None:
    """A time counts only if the answer is right."""
    return cell if cell is not None and cell.right else None


def _against_blas(results: Results) -> Iterator[Claim]:
    for name, most, words in (
        (BASE, MOST_TIMES_BLAS, "fit without inference"),
        (BASE_INFERENCE, MOST_TIMES_BLAS_INFERENCE, "fit with inference"),
    ):
        for problem in LARGE:
            ours = _right(results.cell(problem, name))
            ratio = _ratio(ours, results.cell(problem, YARDSTICK))
            yield Claim(f"{words} / BLAS X'X, {problem}", most, True, ratio)


def _against_peers(results: Results) -> Iterator[Claim]:
    for problem in results.problems:
        for name, inference in ((BASE, False), (BASE_INFERENCE, True)):
            peer = results.fastest_peer(problem, inference=inference)
            words = "with inference" if inference else "without inference"
            rival = peer.contender.removesuffix(", inference") if peer else "none"
            text = f"fastest peer with 6 digits ({rival}) / ours, {words}, {problem}"
            ratio = _ratio(peer, _right(results.cell(problem, name)))
            columns = int(results.problems[problem]["k"])
            least = LEAST_TIMES_FASTER.get(columns, LEAST_TIMES_FASTER_ELSEWHERE)
            yield Claim(text, least, False, ratio)


def _scaling(results: Results) -> Iterator[Claim]:
    ours = _right(results.cell(MILLION, BASE))
    growth = _ratio(ours, _right(results.cell(TENTH, BASE)))
    yield Claim("time of 1,000,000 rows / of 100,000, 20 columns", MOST_GROWTH, True, growth)
    alone = _right(results.cell(MILLION, f"{BASE}, 1 thread"))
    text = f"time of 1 thread / of {results.machine['threads']}, {MILLION}"
    yield Claim(text, LEAST_SPEED_UP, False, _ratio(alone, ours))


def _memory(results: Results) -> Iterator[Claim]:
    for problem in LARGE:
        for name in (BASE, BASE_INFERENCE):
            cell = results.cell(problem, name)
            peak = None if cell is None else cell.peak_mb
            yield Claim(f"peak memory of {name}, {problem}", MOST_MEGABYTES, True, peak, " MB")


def claims_table(results: Results) -> str:
    """The claims in Markdown."""
    word: Callable[[bool | None], str] = {True: "yes", False: "**no**", None: "not measured"}.get  # type: ignore[assignment]
    lines = ["| claim | target | measured | reached |", "|---|---:|---:|---|"]
    for c in claims(results):
        sign = "at most" if c.at_most else "at least"
        measured = "-" if c.measured is None else f"{c.measured:.2f}{c.unit}"
        lines.append(
            f"| {c.claim} | {sign} {c.target:g}{c.unit} | {measured} | {word(c.reached)} |"
        )
    return "\n".join(lines) + "\n"

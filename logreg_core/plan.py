"""How many rows to sample, and which reading takes the information: the cheapest, by a model.

Costs are in readings that take the gradient only. A sample of m rows leaves its maximum and its
information off by sqrt(k / m); a reading that takes the information of all rows at a distance
leaves it off by about that distance, or by the sample's share of that where the sample is
asked how it changes (`sample_model`). Prices were measured on one machine (docs/kernels.md);
a wrong one costs time, never digits.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

__all__ = ["BEND", "Plan", "plan", "single"]

LEAST_SINGLE = 50  # columns from which single precision pays
WANTED_ROWS_A_COLUMN = 50  # in the sample: fewer may well be separated
MOST_ELEMENTS = 1 << 22  # of X in the sample, unless the columns want more: a stream holds them
MOST_SHARE = 0.25  # of the rows in the sample
CALL = 6e5  # elements of X that are read in the time that the calls of a look take
LOOKS = 5.0  # at the sample's information, for a whole climb
CHEAP = 0.6  # a look at the sample this much of a reading is worth its price every time
BEND = 1.0  # change of the information per log-odds, as a share of itself
WORST_RATE = 0.5
TARGET = 5e-12  # distance at which the climb of `fit`'s default tolerance ends
NEVER = 1 << 30


def single(k: int) -> bool:
    """Whether single precision is worth its compilation: what it multiplies is a model only."""
    return k >= LEAST_SINGLE


@dataclass(frozen=True)
class Plan:
    """rows: of the sample; whole: the reading, from 0, that takes the information of all rows, or
    `NEVER`; cheap: whether the sample is asked again how the information changes; cost: of all."""

    rows: int
    whole: int
    cheap: bool
    cost: float


@lru_cache(maxsize=64)
def plan(n: int, k: int, target: float = TARGET) -> Plan:
    """The cheapest climb to the distance ``target`` with n rows of k columns.

    >>> plan(1_000_000, 21).whole
    1
    """
    fewest = min(int(MOST_SHARE * n), WANTED_ROWS_A_COLUMN * k)
    most = max(fewest, min(int(MOST_SHARE * n), MOST_ELEMENTS // k))
    sizes, m = [most], fewest
    while m < most:
        sizes.append(m)
        m = int(1.4 * m) + 1
    return min((_with(n, k, m, target) for m in sizes), key=lambda p: (p.cost, p.rows))


def _with(n: int, k: int, m: int, target: float) -> Plan:
    error, whole = math.sqrt(k / max(m, 1)), 1.0 + k / (70.0 if single(k) else 20.0)
    look = m / n * whole + CALL / (n * k)
    cheap = look < CHEAP
    costs = {NEVER: _readings(error, error, target)}
    for before in range(4):
        away = error * error**before
        rate = BEND * away * (error if cheap else 1.0)
        costs[before] = before + whole + _readings(away * rate, rate, target)
    best = min(costs, key=lambda reading: (costs[reading], reading))
    return Plan(m, best, cheap, costs[best] + (LOOKS if cheap else 2.0) * look)


def _readings(away: float, rate: float, target: float) -> float:
    """Until a step leaves less than the target: the distance falls by the rate at each."""
    return max(1, math.ceil(math.log(target / away) / math.log(min(rate, WORST_RATE))))

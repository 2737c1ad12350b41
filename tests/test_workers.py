"""The tree, and the workers: order, bits, errors, and no pool for little work."""

from __future__ import annotations

import operator
import threading
import time

import numpy as np
import pytest
from kernel_cases import flat, make, terms

from logreg_core import array_blocks, blocks, workers
from logreg_core.kernels import LEAF
from logreg_core.workers import Workers, pairwise_sum


def test_the_tree_adds_in_order_and_pairs_neighbours():
    class Node(str):
        def __add__(self, other):
            return Node(f"({self}{other})")

    trees = [str(pairwise_sum(Node(c) for c in "abcdefgh"[:n])) for n in range(1, 9)]
    assert trees[:3] == ["a", "(ab)", "((ab)c)"]
    assert trees[7] == "(((ab)(cd))((ef)(gh)))"
    assert trees[6] == "(((ab)(cd))((ef)g))"


def test_the_tree_keeps_small_terms():
    assert pairwise_sum([1e16] + [1.0] * 1023 + [-1e16]) == pytest.approx(1023, abs=16)


def test_adding_in_place_gives_the_same_bits():
    parts = np.random.default_rng(0).normal(size=(13, 5))
    whole = pairwise_sum([part.copy() for part in parts], operator.iadd)
    assert whole.tobytes() == pairwise_sum(list(parts)).tobytes()


@pytest.fixture
def forced_pool(monkeypatch):
    """A pool for any amount of work."""
    monkeypatch.setattr(workers, "SERIAL_WORK", 0)
    monkeypatch.setattr(workers, "SERIAL_PASS", 0)


@pytest.mark.usefixtures("forced_pool")
@pytest.mark.parametrize("threads", [2, 3, 8])
@pytest.mark.parametrize("outcome", ["plain", "weighted"])  # spans at hand, and made as they go
def test_bits_do_not_depend_on_the_order_of_completion(monkeypatch, threads, outcome):
    monkeypatch.setattr(array_blocks, "LEAST_ELEMENTS", 1)
    case = make(19 * LEAF + 11, 4, outcome=outcome)
    serial = flat(terms(case))
    kernel, random, order = blocks.terms_span, np.random.default_rng(threads), []

    def late(X, *rest):
        time.sleep(random.choice([0.0, 0.004, 0.01]))
        kernel(X, *rest)
        order.append(X[0, 0])

    monkeypatch.setattr(blocks, "terms_span", late)
    assert (flat(terms(case, threads=threads)) == serial).all()
    assert order != [p.X[0, 0] for (p,) in case.blocks.groups()], "nothing was shuffled"


@pytest.mark.usefixtures("forced_pool")
@pytest.mark.parametrize("items", [range(9), iter(range(9))])
def test_results_come_in_the_order_of_the_items(items):
    def slow_first(i):
        time.sleep(0.02 if i == 0 else 0.0)
        return i

    with Workers(4, 1) as pool:
        assert list(pool.map(slow_first, items)) == list(range(9))


@pytest.mark.usefixtures("forced_pool")
def test_an_error_cancels_what_has_not_started():
    done = []

    def fail(i):
        if i == 0:
            raise KeyboardInterrupt
        time.sleep(0.01)
        done.append(i)

    with pytest.raises(KeyboardInterrupt), Workers(2, 1) as pool:
        list(pool.map(fail, range(500)))
    assert len(done) < 100
    assert not [t for t in threading.enumerate() if t.name.startswith("logreg")]


def test_small_work_makes_no_pool():
    with Workers(8, workers.SERIAL_WORK) as pool:
        assert list(pool.map(lambda _: threading.current_thread().name, [1])) == ["MainThread"]
    assert Workers(None, 0).threads >= 1


@pytest.mark.parametrize("threads", [1, 2, 5])
@pytest.mark.parametrize("lazy", [False, True])
@pytest.mark.parametrize("n", [1, 2, 7, 64])
def test_a_sum_is_the_tree_of_its_parts(monkeypatch, threads, lazy, n):
    monkeypatch.setattr(workers, "SERIAL_WORK", 0)
    parts = np.random.default_rng(n).normal(size=(n, 3)) * 10.0 ** np.arange(n)[:, None]
    items = (i for i in range(n)) if lazy else range(n)
    with Workers(threads, 1) as pool:
        found = pool.sum(lambda i: parts[i].copy(), items)
    assert found.tobytes() == pairwise_sum(list(parts)).tobytes()


def test_a_sum_of_little_work_stays_in_its_thread(monkeypatch):
    monkeypatch.setattr(workers, "SERIAL_WORK", 0)
    seen = set()

    def note(i):
        seen.add(threading.current_thread().name)
        return float(i)

    with Workers(4, 1) as pool:
        assert pool.sum(note, range(50), workers.SERIAL_PASS - 1) == 1225.0
    assert seen == {"MainThread"}

"""Formulas: the designs of patsy, the same rule for new rows, and nothing but DataError otherwise.

Columns of X are copies, products and elementary functions of the same floats as patsy's, so they
are equal to the last bit (log, log1p and sqrt are NumPy's on both sides).
"""

from __future__ import annotations

import builtins
import json
import os
import random
import subprocess
from typing import Any

import numpy as np
import pandas as pd
import patsy
import polars as pl
import pyarrow as pa
import pytest
import statsmodels.formula.api as smf
from hypothesis import given, settings
from hypothesis import strategies as st

import logreg_core as lc
from logreg_core.contrasts import coded
from logreg_core.encoding import Encoding
from logreg_core.errors import DataError
from logreg_core.formula import parse
from logreg_core.terms import Term

RNG = np.random.default_rng(2)
N = 80
FRAME = pd.DataFrame(
    {
        "y": RNG.integers(0, 2, N),
        "a": RNG.choice(list("pqr"), N),
        "b": RNG.choice(["u", "v"], N),
        "c": RNG.choice(["k", "l", "m"], N),
        "x": RNG.standard_normal(N),
        "z": RNG.exponential(size=N),
        "g": RNG.integers(1, 4, N),
        "body mass": RNG.exponential(size=N),
        "class": RNG.standard_normal(N),
    }
)
AS_PATSY = [
    "x", "a", "x + a", "a * b", "a:b", "x:a", "x + x:a", "a * x", "a:b:x", "0 + a", "0 + a + b",
    "a + b + a:b - 1", "0 + a:b", "0 + x:a", "x * z", "a * b * c", "a:b + c", "b + a:b",
    "x + log1p(z) + C(g)", "0 + C(g) + x", "C(g):a", "a * b - a", "a * b * x", "(a + b) * x",
    "a + b:x + c:x", "0 + a:b:c", "a:b + a:c", "sqrt(z):a + log(z)", "(a + x):b", "x:z",
    "C(a, ref='q') * x", "C(g, ref=2) + a", "a * b * c - a:b:c", "(a + b + c) * x", "a - 1",
    "-1 + a", "1 + x", "x:x", "a:a:b", "x + 0", "b:z + z", "b:z:x + b:z",
]  # fmt: skip


def in_patsys_words(terms: str) -> str:
    for ours, theirs in (
        ("ref='q'", "Treatment('q')"), ("ref=2", "Treatment(2)"), ("log1p(", "np.log1p("),
        ("sqrt(", "np.sqrt("), ("log(", "np.log("),
    ):  # fmt: skip
        terms = terms.replace(ours, theirs)
    return terms


def same_as_patsy(terms: str) -> None:
    design = lc.Design.from_formula(f"y ~ {terms}", FRAME)
    matrix = patsy.dmatrix(in_patsys_words(terms), FRAME)
    names = matrix.design_info.column_names
    expected = np.asarray(matrix)[:, int("Intercept" in names) :]
    assert design.encoding.intercept == ("Intercept" in names)
    np.testing.assert_array_equal(design.X, expected)
    assert len(set(design.names)) == len(design.names)


@pytest.mark.parametrize("terms", AS_PATSY)
def test_designs_are_patsys(terms: str) -> None:
    same_as_patsy(terms)


FACTORS = ["a", "b", "c", "x", "z", "C(g)", "log1p(z)"]
PRODUCTS = st.lists(st.sampled_from(FACTORS), min_size=1, max_size=3, unique=True).map(":".join)


@settings(max_examples=30, deadline=None)
@given(st.lists(PRODUCTS, min_size=1, max_size=4), st.sampled_from(["", "0 + "]))
def test_any_sum_of_products_is_patsys(products: list[str], first: str) -> None:
    same_as_patsy(first + " + ".join(products))


def test_a_fit_is_statsmodels() -> None:
    design = lc.Design.from_formula("y ~ C(a, ref='q') * log1p(z) + x", FRAME)
    fit = lc.fit(design)
    theirs = smf.logit("y ~ C(a, Treatment('q')) * np.log1p(z) + x", FRAME).fit(disp=0)
    assert sorted(fit.coef) == pytest.approx(sorted(theirs.params), rel=1e-8)
    assert fit.loglik == pytest.approx(theirs.llf, rel=1e-12)
    raw = fit.probability(FRAME)  # the fit remembers the formula's rule
    assert raw.tobytes() == fit.probability(design.X).tobytes()
    bare = lc.fit(lc.Design.from_formula("y ~ 0 + a + x", FRAME))
    assert bare.names == ("a_p", "a_q", "a_r", "x")


def test_names_of_columns() -> None:
    def names(terms: str) -> tuple[str, ...]:
        return lc.Design.from_formula(f"y ~ {terms}", FRAME).names

    assert names("a*x") == ("a_q", "a_r", "x", "a_q:x", "a_r:x")
    assert names("`body mass` + log(`body mass`) + class") == (
        "body mass", "log(body mass)", "class",
    )  # fmt: skip
    assert names('C(a, ref="r")') == ("a_p", "a_q")
    report = str(lc.Design.from_formula("y ~ a + log1p(z)", FRAME).report)
    assert "category 'a': reference 'p'" in report
    assert "'z'" not in report.split("not used:")[1]


def test_the_rule_is_remembered_for_new_rows_and_on_disk() -> None:
    design = lc.Design.from_formula("y ~ a:x + C(g)*log1p(z) - x:a + b", FRAME)
    rule = Encoding.from_dict(json.loads(json.dumps(design.encoding.to_dict())))
    assert rule == design.encoding
    few = FRAME.iloc[:5]  # not every level is there
    assert rule.transform(few).tobytes() == design.X[:5].tobytes()
    for other in (pl.from_pandas(few), pl.from_pandas(few).lazy(), pa.Table.from_pandas(few)):
        assert rule.transform(other).tobytes() == design.X[:5].tobytes()
    assert design.transform(FRAME, np.array([7, 3])).tobytes() == design.X[[7, 3]].tobytes()
    with pytest.raises(DataError, match="'new' in row 1") as caught:
        rule.transform(few.assign(b=["u", "new", "u", "v", "u"]))
    assert caught.value.column == "b"
    bare = lc.Design.from_formula("y ~ 0 + a", FRAME).encoding
    assert Encoding.from_dict(json.loads(json.dumps(bare.to_dict()))) == bare


@pytest.mark.parametrize(
    "change",
    [lambda d: d | {"intercept": 0}, lambda d: d | {"intercept": True}, lambda d: d | {"more": 1},
     lambda d: d["features"][0].update(more=1), lambda d: d["features"][0].update(parts=[]),
     lambda d: d["features"][0].update(parts=[[]]), lambda d: d["features"][0].update(name=3),
     lambda d: d["features"][0]["parts"][0][0].update(function="exec"),
     lambda d: d["features"][0]["parts"][0][0].update(levels=["p"]),
     lambda d: d["features"][0]["parts"][0][0].update(levels=["p", "p"]),
     lambda d: d["features"][0]["parts"][0][0].update(function="log"),
     lambda d: d["features"][0]["parts"][0][0].update(full=1),
     lambda d: d["features"][0]["parts"][0][0].update(column=None)],
)  # fmt: skip
def test_a_changed_rule_is_refused(change: Any) -> None:
    content = lc.Design.from_formula("y ~ a:x", FRAME).encoding.to_dict()
    changed = change(content) or content
    with pytest.raises(DataError, match="no encoding"):
        Encoding.from_dict(changed)


def test_missing_values() -> None:
    gaps = FRAME.assign(z=FRAME["z"].mask(FRAME.index == 4), c=None)
    with pytest.raises(DataError, match="missing value in row 4"):
        lc.Design.from_formula("y ~ a + log(z)", gaps)
    design = lc.Design.from_formula("y ~ a + log(z)", gaps, missing="drop")
    assert design.report.n_dropped == 1  # column c is not used
    with pytest.raises(DataError, match="missing value in row 4"):
        design.transform(gaps)
    assert len(design.transform(gaps, design.complete_rows(gaps))) == N - 1


@pytest.mark.parametrize(
    ("function", "value"), [("log", 0.0), ("log", -1.0), ("log1p", -1.0), ("sqrt", -1e-300)]
)
def test_functions_outside_their_range(function: str, value: float) -> None:
    frame = FRAME.assign(z=FRAME["z"].mask(FRAME.index == 6, value))
    with pytest.raises(DataError, match=f"row 6.*{function} of it") as caught:
        lc.Design.from_formula(f"y ~ {function}(z)", frame)
    assert (caught.value.column, caught.value.row, caught.value.value) == ("z", 6, value)
    lc.Design.from_formula("y ~ sqrt(z)", FRAME.assign(z=0.0 * FRAME["z"]))  # 0 has a root


# (formula, where it goes wrong)
WRONG = [
    ("y", 1), ("y ~", 3), ("y ~ ", 4), ("", 0), ("~ a", 0), ("a b ~ x", 2), ("log(y) ~ x", 3),
    ("y ~ x +", None), ("y ~ + + x", 6), ("y ~ x - - z", 8), ("y ~ x ** 2", 7), ("y ~ x / z", 6),
    ("y ~ x ~ z", 6), ("y ~ poly(x, 2)", 4), ("y ~ exp(x)", 4), ("y ~ log(x + z)", 4),
    ("y ~ log(log(x))", 4), ("y ~ log(x, 2)", 4), ("y ~ C(x, Treatment)", 4),
    ("y ~ C(a, reference='p')", 19), ("y ~ C(a, ref=b)", 13), ("y ~ C(a, ref=b())", 13),
    ("y ~ C()", 4), ("y ~ C", None), ("y ~ 2", 4), ("y ~ x + 1.0", 8), ("y ~ 3*x", 4),
    ("y ~ x:1", 6), ("y ~ (x", None), ("y ~ x)", 5), ("y ~ 'x'", 4), ("y ~ x.__class__", None),
    ("y ~ x[0]", 5), ("y ~ [x]", 4), ("y ~ {x}", 4), ("y ~ lambda: x", None),
    ("y ~ x if y else z", None),
    ("y ~ x; import os", 5), ("y ~ x\\n", 5), ("y ~ f'{x}'", None), ("y ~ x = z", None),
    ("y ~ (x := z)", None), ("y ~ x and z", None), ("y ~ not x", None), ("y ~ x - z", 8),
    ("y ~ `x", 4), ("y ~ ``", 4), ("y ~ nothing", None), ("y ~ y", None), ("y ~ log(a)", None),
    ("y ~ C(a, ref='nix')", None), ("nothing ~ x", None), ("y ~ 1" + "0" * 5000, None),
    ("y ~ " + "(" * 30 + "x" + ")" * 30, 24), ("y ~ x" + " + x" * 9000, None),
    ("y ~ " + "*".join("abcxzg") + "*class", None), ("y ~ x\x00", 5), ("y ~ *x", None),
    ("y ~ C(*a)", None), ("y ~ C(**a)", None), ("y ~ log(x=a)", None), ("y ~ @x", 4),
    ("y ~ C(a)(b)", None), ("y ~ a(b)", 4),
]  # fmt: skip


@pytest.mark.parametrize(("formula", "place"), WRONG, ids=[w[0][:30] for w in WRONG])
def test_anything_else_is_refused_with_its_place(formula: str, place: int | None) -> None:
    with pytest.raises(DataError) as caught:
        lc.Design.from_formula(formula, FRAME)
    if place is not None:
        assert caught.value.place == place
        assert repr(">>>" + formula[place : place + 8])[1:-1] in caught.value.found


def test_no_text_is_no_formula() -> None:
    for wrong in (None, 3, b"y ~ x", ["y ~ x"]):
        with pytest.raises(DataError):
            lc.Design.from_formula(wrong, FRAME)  # type: ignore[arg-type]


PAYLOADS = [
    "__import__('os').system('touch {f}')", "open('{f}', 'w')", "exec('1')", "eval(\"1\")",
    "().__class__.__bases__[0].__subclasses__()", "[x for x in ().__class__.__mro__]",
    "lambda: __import__('os')", "os.system('id')", "getattr(x, '__class__')", "globals()",
    "C(__import__('os'))", "log(open('{f}','w'))", "C(a, ref=__import__('os'))",
    "C(a, ref=f'{{open(1)}}')", "`x`.__class__", "{{x: open('{f}')}}", "@x",
    "x if open('{f}') else x",
    "(yield x)", "await x", "x := open('{f}')", "I(open('{f}'))", "Q('x')", "np.log(x)",
    "breakpoint()", "print(x)", "__builtins__", "x.__init__.__globals__", "''.join(x)",
]  # fmt: skip
PIECES = [
    "y", "~", "x", "a", "+", "-", ":", "*", "(", ")", ",", "=", "C(", "log(", "0", "1", "'", '"',
    "`", "\\", "\n", "\x00", ";", "#", "{", "}", "[", "]", "@", "!", "%", "é", "\u202e", "𝕏",
    "9" * 40, "ref=", " ", "**", "//", "->", "lambda", "import os", "__", ".",
]  # fmt: skip


def hostile(seed: int, folder: str) -> str:
    """A payload between harmless terms, cut and mixed with signs."""
    rng = random.Random(seed)
    payload = rng.choice(PAYLOADS).format(f=os.path.join(folder, "executed"))
    if seed % 3 == 0:
        return f"y ~ {rng.choice(['x + ', 'a:', 'C(a) * ', '', '0 + '])}{payload}"
    if seed % 3 == 1:
        return f"{payload} ~ {rng.choice(['x', 'a + x', payload])}"
    parts = [rng.choice(PIECES) for _ in range(rng.randrange(1, 14))]
    parts.insert(rng.randrange(len(parts) + 1), payload)
    return rng.choice(["y ~ ", ""]) + "".join(parts)


def test_five_hundred_hostile_formulas_end_in_an_error_and_run_nothing(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def caught(*_: Any, **__: Any) -> None:
        raise AssertionError("a formula was run")

    design = lc.Design.from_formula  # everything it needs is loaded before the traps are set
    design("y ~ C(a, ref='q'):log1p(z)", FRAME)
    for place, name in ((builtins, "eval"), (builtins, "exec"), (builtins, "open"),
                        (os, "system"), (os, "popen"), (subprocess, "Popen")):  # fmt: skip
        monkeypatch.setattr(place, name, caught)
    ended = 0
    for seed in range(500):
        with pytest.raises(DataError):
            design(hostile(seed, str(tmp_path)), FRAME)
        ended += 1
    monkeypatch.undo()
    assert ended == 500
    assert not list(tmp_path.iterdir())


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_any_mixture_is_a_design_or_a_data_error(text: str) -> None:
    found, place = None, 0
    try:
        found = parse("y ~ " + text)
    except DataError as error:
        place = error.place  # type: ignore[attr-defined]
    assert 0 <= place <= len(text) + 4
    if found is not None:
        assert len(coded(found)) == len(found.terms)


def test_parts_of_a_term_may_be_two() -> None:
    # 1 + a:b: what b alone gives is not there yet, so the term brings it along, as in patsy
    (term,) = lc.Design.from_formula("y ~ a:b", FRAME).encoding.features
    assert isinstance(term, Term)
    assert term.columns == ("b_v", "a_q:b_u", "a_r:b_u", "a_q:b_v", "a_r:b_v")
    assert term.variables == ("b", "a")

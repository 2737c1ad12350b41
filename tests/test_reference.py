"""The slow twin, held against other arithmetic; and the certified suite, held against the twin.

Tolerances. EPS is half a unit in the last place of a double; a formula of a few operations may
lose a few of them. Complex-step derivatives have no truncation error and lose only what the sums
lose. Central differences with h = 1e-6 keep about 9 digits. Fits are exact to the last bit of the
nearest double; DESIGN's Spector values were computed from the decimals as printed, the fit from
the nearest doubles, which moves the answer by about 1e-16. Certified strings have 50 digits, so
the correction that Newton still finds there is their own rounding: below 1e-49.
"""

from __future__ import annotations

import json
import sys
from itertools import islice

import numpy as np
import pytest

from benchmarks import reference_suite as suite
from benchmarks.accuracy import cell, main, score, table
from benchmarks.contenders import Answer, Contender
from logreg_core import reference as ref
from logreg_core.errors import (
    DataError,
    LogregError,
    MissingDependencyError,
    SeparationError,
    SingularError,
)
from logreg_core.formulas import climb, dependent_columns

mpmath = pytest.importorskip("mpmath")
EPS = 2.0**-53
FIVE_X = np.array([[26.7, -228.1], [0.4, -0.2], [50.8, 271.8], [9.5, -0.3], [-0.3, 0.4]])
FIVE_Y = np.array([0, 1, 0, 0, 0])
EXTREMES = [0.0, 1e-300, 1e-8, 1.0, 20.0, 36.9, 37.5, 100.0, 700.0, 709.8, 740.0, 745.0, 800.0, 1e5]


def _problem(seed=0, n=40, k=3):
    rng = np.random.default_rng(seed)
    X = np.column_stack([np.ones(n), rng.normal(size=(n, k - 1))])
    y = (rng.random(n) < 0.4).astype(float)
    success, failure = ref.outcome_weights(y, rng.uniform(0.5, 3, n))
    return X, success, failure, rng.normal(0, 0.5, k), rng.normal(0, 0.3, n)


def _naive(X, success, failure, beta, offset):
    """The textbook's formula, analytic, right at moderate eta: for complex steps."""
    eta = X @ beta + offset
    return (success * eta - (success + failure) * np.log(1 + np.exp(eta))).sum()


# --- the formulas ---------------------------------------------------------------------------------


def test_log_likelihood_is_the_textbooks():
    problem = _problem()
    assert ref.log_likelihood(*problem) == pytest.approx(_naive(*problem), rel=20 * EPS)


def test_gradient_by_complex_step():
    X, success, failure, beta, offset = _problem()
    steps = 1e-30j * np.eye(len(beta))
    exact = [_naive(X, success, failure, beta + h, offset).imag / 1e-30 for h in steps]
    scale = np.abs(X).T @ (success + failure)
    error = abs(ref.gradient(X, success, failure, beta, offset) - exact)
    assert (error <= 20 * EPS * scale).all()


def test_hessian_by_complex_step_of_the_gradient():
    X, success, failure, beta, offset = _problem()

    def slope(point):
        return X.T @ (success - (success + failure) / (1 + np.exp(-(X @ point + offset))))

    exact = np.array([slope(beta + h).imag / 1e-30 for h in 1e-30j * np.eye(len(beta))])
    assert ref.hessian(X, success, failure, beta, offset) == pytest.approx(exact, rel=1e-13)


def test_derivatives_by_central_differences_of_our_own_log_likelihood():
    X, success, failure, beta, offset = _problem(1)
    h = 1e-6 * np.eye(len(beta))

    def central(function):
        pairs = [
            (
                function(X, success, failure, beta + e, offset),
                function(X, success, failure, beta - e, offset),
            )
            for e in h
        ]
        return np.array([(up - down) / 2e-6 for up, down in pairs])

    slope = ref.gradient(X, success, failure, beta, offset)
    bend = ref.hessian(X, success, failure, beta, offset)
    assert slope == pytest.approx(central(ref.log_likelihood), rel=1e-7, abs=1e-7)
    assert bend == pytest.approx(central(ref.gradient), rel=1e-7, abs=1e-7)
    assert (np.linalg.eigvalsh(bend) < 0).all()


@pytest.mark.parametrize("eta", EXTREMES + [-eta for eta in EXTREMES])
def test_rows_at_any_log_odds(eta):
    """Naive forms give inf, nan or 0 from |eta| = 37 on; 5e-324 is the smallest double."""
    with mpmath.workdps(60):
        mp_eta = mpmath.mpf(eta)
        mu, rest = 1 / (1 + mpmath.exp(-mp_eta)), 1 / (1 + mpmath.exp(mp_eta))
        expected = {
            "sigmoid": mu,
            "log_sigmoid": -mpmath.log1p(mpmath.exp(-mp_eta)),
            "residual of a success": rest,
            "residual of a failure": -mu,
            "working_weight": mu * rest,
        }
    row = np.array([eta])
    one, none = np.ones(1), np.zeros(1)
    found = {
        "sigmoid": ref.sigmoid(row),
        "log_sigmoid": ref.log_sigmoid(row),
        "residual of a success": ref.residual(row, one, none),
        "residual of a failure": ref.residual(row, none, one),
        "working_weight": ref.working_weight(row, one, none),
    }
    for name, value in found.items():
        error = abs(mpmath.mpf(float(value[0])) - expected[name])
        assert error <= 8 * EPS * abs(expected[name]) + 5e-324, name


def test_newton_step_solves_its_equation():
    X, success, failure, beta, offset = _problem(2)
    penalty = np.array([0.0, 2.0, 3.0])
    step = ref.newton_step(X, success, failure, beta, offset, penalty)
    information = -ref.hessian(X, success, failure, beta, offset) + np.diag(penalty)
    slope = ref.gradient(X, success, failure, beta, offset) - penalty * beta
    assert information @ step == pytest.approx(slope, rel=1e-12)


def test_newton_step_on_dependent_columns_is_refused():
    ones = np.ones((4, 2))
    with pytest.raises(SingularError, match="cannot be inverted"):
        ref.newton_step(ones, np.ones(4), np.zeros(4), np.zeros(2))


def test_undamped_newton_diverges_where_halving_does_not():
    X = np.column_stack([np.ones(5), FIVE_X])
    success, failure = ref.outcome_weights(FIVE_Y)

    def undamped():
        beta = np.zeros(3)
        for _ in range(30):
            beta = beta + ref.newton_step(X, success, failure, beta)

    with pytest.raises(SingularError), np.errstate(all="ignore"):
        undamped()
    heights = [
        ref.log_likelihood(X, success, failure, point)
        for point, _ in islice(climb(X, success, failure, np.zeros(3)), 20)
    ]
    assert np.diff(heights).min() > -1e-13  # rounding, once at the top
    assert heights[-1] == pytest.approx(-1.5448649305812975, rel=1e-14)


def test_dependent_columns_keep_the_leftmost():
    a, b = np.array([1.0, 2, 5, 3]), np.array([0.0, 1, 1, 7])
    assert dependent_columns(np.column_stack([a, b, a + b, 2 * a, a * b])) == [2, 3]


def test_formulas_answer_in_the_precision_they_are_asked_in():
    problem = _problem(3)
    exact = [np.frompyfunc(mpmath.mpf, 1, 1)(part) for part in problem]
    for function in (ref.log_likelihood, ref.gradient, ref.hessian, ref.newton_step):
        many = np.asarray(function(*exact))
        assert isinstance(many.flat[0] if many.ndim else many.item(), mpmath.mpf)
        assert many.astype(float) == pytest.approx(function(*problem), rel=1e-12)


# --- fit ------------------------------------------------------------------------------------------


def test_spector():
    datasets = pytest.importorskip("statsmodels.datasets")
    data = datasets.spector.load_pandas()
    fit = ref.fit(data.exog.to_numpy(), data.endog.to_numpy(), names=list(data.exog.columns))
    expected = [-13.02134685811568871, 2.8261125948893208843, 0.095157661317909286643]
    expected.append(2.3786876550933544856)
    std_error = [4.9313242136027580601, 1.2629410756290923059, 0.14155420567369473988]
    std_error.append(1.0645642544971329736)
    assert fit.names == ("intercept", "GPA", "TUCE", "PSI")
    assert fit.coef == pytest.approx(expected, rel=1e-15)
    assert fit.std_error == pytest.approx(std_error, rel=1e-15)
    assert fit.loglik == pytest.approx(-12.88963422213141513, rel=2e-16)


def test_five_rows():
    fit = ref.fit(FIVE_X, FIVE_Y)
    expected = [-0.055578732846457002, -0.34227739269563073, -0.011276948120196824]
    assert fit.coef.tolist() == expected
    assert fit.loglik == -1.5448649305812975


def test_intercept_only_is_log_3():
    fit = ref.fit(np.empty((4, 0)), [1, 1, 1, 0], 50)
    with mpmath.workdps(60):
        assert abs(mpmath.mpf(fit.coef_digits[0]) - mpmath.log(3)) < mpmath.mpf(10) ** -49
        assert abs(mpmath.mpf(fit.std_error_digits[0]) - mpmath.sqrt(4) / mpmath.sqrt(3)) < 1e-49
    assert fit.coef[0] == np.log(3)


def test_certificate_fields():
    fit = ref.fit(FIVE_X, FIVE_Y, digits=30)
    assert fit.digits == 30
    assert fit.last_step <= 1e-30
    assert fit.gradient_norm <= 1e-60
    assert all(len(text.lstrip("-0.").replace(".", "")) == 30 for text in fit.coef_digits)
    assert fit.coef.tolist() == [float(text) for text in fit.coef_digits]


def test_a_coefficient_that_is_zero_is_zero():
    fit = ref.fit([[-1.0], [-1], [1], [1]], [0, 1, 0, 1])
    assert fit.coef.tolist() == [0.0, 0.0]


def test_weight_two_is_the_row_twice_and_weight_zero_no_row():
    weight = np.array([2, 1, 1, 3, 1])
    repeated = ref.fit(np.repeat(FIVE_X, weight, axis=0), np.repeat(FIVE_Y, weight), 30)
    X, y = np.vstack([FIVE_X, [[9.0, 9.0]]]), np.append(FIVE_Y, 1)
    weighted = ref.fit(X, y, 30, sample_weight=np.append(weight, 0))
    assert weighted.coef_digits == repeated.coef_digits
    assert weighted.std_error_digits == repeated.std_error_digits
    assert weighted.loglik_digits == repeated.loglik_digits


def test_counts_are_their_rows_and_the_binomial_constant():
    X = np.array([[0.0], [1.0], [2.5]])
    successes, trials = np.array([1, 2, 3]), np.array([4, 3, 4])
    counts = ref.fit(X, successes, 30, n_trials=trials)
    y = np.concatenate([[1] * s + [0] * (t - s) for s, t in zip(successes, trials, strict=True)])
    rows = ref.fit(np.repeat(X, trials, axis=0), y, 30)
    assert counts.coef_digits == rows.coef_digits
    assert counts.loglik - rows.loglik == pytest.approx(np.log(4 * 3 * 4), rel=1e-14)


def test_offset_carries_a_known_slope():
    fit = ref.fit(FIVE_X, FIVE_Y, 30)
    shifted = ref.fit(FIVE_X, FIVE_Y, 30, offset=0.5 * FIVE_X[:, 0] - 1)
    # offset = 0.5 x - 1 is rounded to doubles, so not exactly what the other fit has.
    assert shifted.coef + np.array([-1, 0.5, 0]) == pytest.approx(fit.coef, rel=1e-13)


def test_ridge_balances_the_gradient_in_raw_units():
    X = FIVE_X * [1.0, 1e-3]
    fit = ref.fit(X, FIVE_Y, l2=0.25)
    success, failure = ref.outcome_weights(FIVE_Y)
    slope = ref.gradient(np.column_stack([np.ones(5), X]), success, failure, fit.coef)
    assert slope == pytest.approx(0.25 * fit.coef * [0, 1, 1], abs=1e-13)


def test_ridge_makes_separated_and_dependent_data_finite():
    X = np.array([[0.0, 0], [1, 1], [2, 2], [3, 3]])
    fit = ref.fit(X, [0, 0, 1, 1], 20, l2=1.0)
    assert fit.coef_digits[1] == fit.coef_digits[2]


def test_without_intercept():
    fit = ref.fit([[1.0], [1], [1], [1]], [1, 1, 1, 0], fit_intercept=False)
    assert fit.names == ("x1",)
    assert fit.coef[0] == np.log(3)


def test_scales_and_offsets_of_columns_do_not_matter():
    base = ref.fit(FIVE_X, FIVE_Y, 40)
    scaled = ref.fit(FIVE_X * [2.0**40, 2.0**-40], FIVE_Y, 40)
    back = scaled.coef * [1, 2.0**40, 2.0**-40]
    assert back.tolist() == base.coef.tolist()


def test_the_callers_precision_is_left_alone():
    with mpmath.workdps(17):
        ref.fit(FIVE_X, FIVE_Y, 30)
        assert mpmath.mp.dps == 17


def test_complete_separation_is_proven():
    with pytest.raises(SeparationError, match="complete") as caught:
        ref.fit([[-1, 2], [-1, -2], [-2, -2], [2, 2]], [0, 1, 1, 1])
    assert caught.value.kind == "complete"
    X = np.array([[1, -1, 2], [1, -1, -2], [1, -2, -2], [1, 2, 2]])
    assert ((X @ caught.value.direction > 0) == [False, True, True, True]).all()


def test_quasi_complete_separation_is_not_called_a_maximum():
    X = [[0, 0], [0, 0], [1, 0], [1, 0], [0, 1], [0, 1]]
    with pytest.raises(SeparationError, match="quasi-complete") as caught:
        ref.fit(X, [0, 0, 0, 1, 0, 1], 20)
    assert caught.value.direction == pytest.approx([-1, 1, 1], rel=1e-12)


def test_dependent_columns_are_named():
    X = np.column_stack([FIVE_X, 2 * FIVE_X[:, 0], [5.0] * 5])
    with pytest.raises(SingularError, match="c, d") as caught:
        ref.fit(X, FIVE_Y, names=["a", "b", "c", "d"])
    assert caught.value.columns == ("c", "d")


@pytest.mark.parametrize(
    ("changes", "match"),
    [
        ({"X": [1.0, 2]}, "shape"),
        ({"X": [["a", "b"]] * 5}, "numbers"),
        ({"y": [0, 1, 0]}, "shape"),
        ({"y": [0, 1, 0, 2, 0]}, "row 3"),
        ({"y": [0, 1, 0, 0.5, 0]}, "row 3"),
        ({"y": [0, 0, 0, 0, 0]}, "one outcome"),
        ({"sample_weight": [1, 1, -1, 1, 1]}, "sample_weight"),
        ({"sample_weight": [1, 0, 1, 1, 1]}, "one outcome"),
        ({"sample_weight": [1, np.nan, 1, 1, 1]}, "row 1"),
        ({"offset": [0.0]}, "offset has shape"),
        ({"n_trials": [1, 0.5, 1, 1, 1]}, "row 1"),
        ({"l2": -1.0}, "l2"),
        ({"names": ["only one"]}, "names"),
        ({"digits": 5}, "digits"),
    ],
)
def test_bad_input_is_refused(changes, match):
    arguments = {"X": FIVE_X, "y": FIVE_Y} | changes
    with pytest.raises(DataError, match=match):
        ref.fit(arguments.pop("X"), arguments.pop("y"), **arguments)


def test_running_out_of_steps_is_not_an_answer():
    with pytest.raises(LogregError, match="step 1"):
        ref.fit(FIVE_X, FIVE_Y, max_iter=1)


def test_without_mpmath(monkeypatch):
    monkeypatch.setitem(sys.modules, "mpmath", None)
    with pytest.raises(MissingDependencyError, match=r"logreg-core\[peers\]"):
        ref.fit(FIVE_X, FIVE_Y)


# --- the suite ------------------------------------------------------------------------------------

INLINE = [name for name in suite.names() if name not in ("spector", "star98")]


def test_index_names_every_file_and_all_are_small():
    files = {path.stem for path in suite.FOLDER.glob("*.json")} - {"index"}
    assert files == set(suite.names())
    assert sum(path.stat().st_size for path in suite.FOLDER.iterdir()) < 2_000_000
    assert len(suite.families()) == 11


@pytest.mark.parametrize("name", INLINE)
def test_file_follows_the_schema(name):
    record = json.loads((suite.FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    problem = suite.load(name)  # checks schema and checksum
    n, m = problem.X.shape
    assert (record["n_rows"], record["n_features"]) == (n, m)
    assert record["certified"]["names"] == ["intercept", *problem.feature_names]
    assert len(problem.coef_digits) == len(problem.std_error_digits) == m + 1
    assert record["certified"]["gradient_norm"] < 1e-60
    assert record["certified"]["last_step"] <= 1e-50
    assert (problem.std_error > 0).all()
    trials = 1 if problem.n_trials is None else problem.n_trials
    assert ((problem.y >= 0) & (problem.y <= trials)).all()


@pytest.mark.parametrize("name", ["spector", "star98"])
def test_problems_whose_data_stay_elsewhere(name):
    pytest.importorskip("statsmodels")
    record = json.loads((suite.FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    assert set(record["data"]) == {"source", "sha256", "names"}
    problem = suite.load(name)
    assert problem.X.shape == (record["n_rows"], record["n_features"])


def test_star98_is_the_published_value():
    record = json.loads((suite.FOLDER / "star98.json").read_text(encoding="utf-8"))["certified"]
    assert record["loglik"].startswith("-2998.61255899390344")
    assert float(record["coef"][0]) == pytest.approx(2.9588779261863651, rel=1e-15)
    assert float(record["std_error"][0]) == pytest.approx(1.54671200175, rel=1e-11)


def test_changed_data_are_noticed(monkeypatch, tmp_path):
    record = json.loads((suite.FOLDER / "five_rows.json").read_text(encoding="utf-8"))
    record["data"]["X"]["x1"][0] += 1e-9
    (tmp_path / "five_rows.json").write_text(json.dumps(record), encoding="utf-8")
    suite.names()  # the index, before the folder changes
    monkeypatch.setattr(suite, "FOLDER", tmp_path)
    with pytest.raises(ValueError, match="not those that were certified"):
        suite.load("five_rows")


@pytest.mark.parametrize("name", [f"{f}_1" for f in suite.families()[:-1]] + ["five_rows"])
def test_certified_again_by_other_formulas(name):
    """Plain mpmath, raw columns, mu instead of eta: no line shared with the library."""
    p = suite.load(name)
    mp = mpmath.mp.clone()
    mp.dps = 220  # raw columns at 1e12 and 1 - mu at eta = 95 need no care at this precision
    rows = [[mp.one, *map(mp.mpf, row)] for row in p.X.tolist()]
    n, k = len(rows), len(p.coef)
    trials = [1.0] * n if p.n_trials is None else p.n_trials.tolist()
    weight = [1.0] * n if p.weight is None else p.weight.tolist()
    offset = [0.0] * n if p.offset is None else p.offset.tolist()
    beta = [mp.mpf(text) for text in p.coef_digits]
    slope, information, loglik = [mp.zero] * k, mp.zeros(k), mp.zero
    for row, y, t, w, o in zip(rows, p.y.tolist(), trials, weight, offset, strict=True):
        y, t, w = mp.mpf(y), mp.mpf(t), mp.mpf(w)
        mu = 1 / (1 + mp.exp(-(mp.fdot(row, beta) + mp.mpf(o))))
        loglik += w * (y * mp.log(mu) + (t - y) * mp.log(1 - mu) + mp.log(mp.binomial(t, y)))
        lean, bend = w * (y - t * mu), w * t * mu * (1 - mu)
        for i in range(k):
            slope[i] += lean * row[i]
            for j in range(k):
                information[i, j] += bend * row[i] * row[j]
    covariance = information**-1
    correction = covariance * mp.matrix(slope)
    for j in range(k):
        assert abs(correction[j] / beta[j]) < mp.mpf(10) ** -49
        # The 50th digit of collinear coefficients of 1e6 moves eta, hence these, by 1e-43.
        root = mp.sqrt(covariance[j, j])
        assert abs(root / mp.mpf(p.std_error_digits[j]) - 1) < mp.mpf(10) ** -40
    assert abs(loglik / mp.mpf(p.loglik_digits) - 1) < mp.mpf(10) ** -48


@pytest.mark.parametrize("name", ["collinear_3", "uncentred_1e6_4", "rare_4"])
def test_certified_again_at_sixty_digits(name):
    p = suite.load(name)
    fit = ref.fit(p.X, p.y, 60)
    for old, new in zip(p.coef_digits, fit.coef_digits, strict=True):
        assert abs(mpmath.mpf(old) / mpmath.mpf(new) - 1) < 1e-14
        assert new.startswith(old[:48])


# --- the score ------------------------------------------------------------------------------------


def test_lre():
    exact = ["1", "-2.5", "0", "3.0000000000000000000000001", "1e-300"]
    digits = suite.lre([1.001, -2.5, 1e-4, 3.0, 1.01e-300], exact)
    assert digits == pytest.approx([3, 15, 4, 15, 2], abs=0.001)
    assert suite.lre([np.nan, np.inf, 5.0], ["1", "1", "-1"]).tolist() == [0, 0, 0]
    assert suite.lre(1.0, "1").tolist() == [15]


def test_scores_have_digits_or_a_word():
    problem = suite.load("five_rows")

    def refuse(_):
        raise ZeroDivisionError("crash")

    def lack(_):
        raise NotImplementedError("no weights")

    perfect = Contender("perfect", lambda p: Answer(p.coef, p.std_error, p.loglik))
    wrong = Contender("wrong", lambda p: Answer(2 * p.coef))
    scores = [
        score(c, problem)
        for c in (perfect, wrong, Contender("crash", refuse), Contender("lack", lack))
    ]
    assert [cell([s], "coef") for s in scores] == [
        "15.0 (15.0)",
        "0.0 (0.0), silent",
        "ZeroDivisionError",
        "no weights",
    ]
    assert "wrong" not in table(scores, "std_error")


def test_accuracy_prints_its_table(capsys, tmp_path):
    pytest.importorskip("statsmodels")
    out = tmp_path / "scores.json"
    main(["--families", "rare", "--contenders", "statsmodels-logit", "--json", str(out)])
    assert "| rare | 1" in capsys.readouterr().out
    assert len(json.loads(out.read_text(encoding="utf-8"))["scores"]) == 5

"""One test for every bug ever found: each says what this used to do."""

from __future__ import annotations

import dataclasses
import os
import re
import subprocess
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from bad_input_cases import FIT, FRAME, TEXT, N, X, Y, agree, polars, refused, same_bits, spoilt

import logreg_core as lc
from logreg_core.errors import ConvergenceWarning, SeparationWarning, SingularWarning
from logreg_core.workers import Workers


def test_columns_named_x1_x2_in_another_order() -> None:
    """This used to score a frame's columns x2, x1 by place: another row's probability, unsaid."""
    frame = FRAME.set_axis(["x1", "x2", "x3"], axis=1)
    fit = lc.fit(frame, Y)
    assert np.array_equal(fit.probability(frame[["x3", "x1", "x2"]]), FIT.probability(X))


def test_nan_scored_as_negative_class() -> None:
    """This used to predict the negative class for NaN, and 0 or 1 for an infinity."""
    for value in (np.nan, np.inf, -np.inf):
        for score in (FIT.predict, FIT.probability, FIT.log_odds):
            refused(lambda score=score, value=value: score(spoilt(value)), column="x2", row=5)


def test_masked_values_fitted() -> None:
    """This used to fit what the mask hides."""
    refused(lambda: lc.fit(np.ma.array(X, mask=X[3, 1] == X), Y), row=3)


def test_missing_text_as_third_class() -> None:
    """NaN in a list of texts used to become the text "nan", NaT a class of its own."""
    error = refused(lambda: lc.fit(X, [*TEXT[1:].tolist(), np.nan]), row=N - 1)
    assert "nan" in error.found
    refused(lambda: lc.fit(X, pd.Series([pd.NaT, *[pd.Timestamp("2020-01-01")] * (N - 1)])))


@pytest.mark.parametrize("dtype", ["string", "boolean"])
def test_pandas_na_in_outcome(dtype: str) -> None:
    """This used to end in TypeError: boolean value of NA is ambiguous."""
    y = pd.Series(TEXT if dtype == "string" else Y == 1, dtype=dtype)
    y[6] = pd.NA
    refused(lambda: lc.fit(X, y), column="y", row=6)


def test_text_of_digits_among_objects() -> None:
    """An object column with the text "1.5" used to fit, as did one with a timedelta."""
    for value in ("1.5", np.timedelta64(3, "s"), np.datetime64("2020-01-01")):
        refused(lambda value=value: lc.fit(spoilt(value, dtype=object), Y), column="x2", row=5)


def test_object_columns_of_numbers() -> None:
    """A pandas column of objects that are numbers used to be refused, an array of them not."""
    same_bits(lc.fit(FRAME.astype(object), Y), FIT)


def test_series_as_matrix() -> None:
    """This used to end in TypeError: 'NoneType' object is not iterable."""
    refused(lambda: lc.fit(FRAME["a"], Y), shape=(N,))
    refused(lambda: lc.fit(polars({"a": X[:, 0]})["a"], Y), shape=(N,))


def test_tiny_column_called_constant() -> None:
    """Columns of size 1e-300 used to be dropped as `constant (0)`; at 1e300 the fit gave up."""
    for factor in (1e-300, 1e300):
        refused(lambda factor=factor: lc.fit(X * [1, factor, 1], Y), column="x2")


def test_rows_of_weight_zero_chose_the_scale() -> None:
    """What rows of weight 0 hold used to set the centre, and cost the others their digits."""
    weight = np.ones(N)
    weight[:20] = 0.0
    Z = X.copy()
    Z[:20] = 1e9
    agree(lc.fit(Z, Y, sample_weight=weight), lc.fit(X[20:], Y[20:]))


def test_weights_as_a_row() -> None:
    """A (1, n) array used to be taken for n weights."""
    refused(lambda: lc.fit(X, Y, sample_weight=np.ones((1, N))), shape=(1, N))


def test_fractions_of_trials() -> None:
    """y = 0.5 of one trial used to fit, with a binomial coefficient from the gamma function."""
    refused(lambda: lc.fit(X, Y * 0.5, n_trials=1), column="y")


@pytest.mark.parametrize(
    "options",
    [{"threads": 0}, {"threads": -1}, {"fit_intercept": "no"}, {"tol": np.inf}, {"max_iter": 2.5},
     {"l2": None}, {"start": "abc"}, {"callback": 3}],
    ids=str,
)  # fmt: skip
def test_option_taken_or_type_error(options: dict[str, object]) -> None:
    """These used to be taken for something else, or to end in a bare TypeError or ValueError."""
    refused(lambda: lc.fit(X, Y, **options), option=next(iter(options)))


def test_undetermined_coefficients_not_counted() -> None:
    """Coefficients that complete separation leaves open used to count as dropped columns."""
    with pytest.warns(SeparationWarning):
        fit = lc.fit([[-1.0], [1.0]], [0, 1])
    assert np.isnan(fit.coef[0])
    assert fit.n_parameters == 2
    assert fit.df_residual == 0
    assert "undetermined" in str(fit.summary())
    assert "dropped" not in str(fit.summary())


def test_warnings_point_at_the_user() -> None:
    """SingularWarning used to name the caller of the caller, ConvergenceWarning the library."""
    with pytest.warns(SingularWarning) as singular:
        lc.fit(X[:, [0, 0]], Y)
    with pytest.warns(ConvergenceWarning) as stopped:
        lc.fit(X, Y, max_iter=1)
    assert {singular[0].filename, stopped[0].filename} == {__file__}


def test_max_iter_zero_said_inf() -> None:
    """This used to read "a decrement of inf and a largest change of inf"."""
    with pytest.warns(ConvergenceWarning, match="before its first step"):
        lc.fit(X, Y, max_iter=0)


def test_names_in_notes_broke_the_summary() -> None:
    """Notes used to hold names as they are: tags in Markdown, line breaks in the text."""
    with pytest.warns(SingularWarning):
        fit = lc.fit(FRAME.assign(**{"<b>\n": X[:, 0]}), Y)
    assert "<b>" not in fit.summary().to_markdown()


def test_lazy_frame_warned_from_inside() -> None:
    """A polars LazyFrame used to be asked for its columns, which polars warns of."""
    frame = polars({"a": X[:, 0]})
    same_bits(lc.fit(frame.lazy(), Y), lc.fit(frame, Y))


def test_condition_number_hung_on_a_sample() -> None:
    """Weights used to give another condition number than the rows they stand for."""
    times = np.where(X[:, 0] > 1, 9, 1)
    weighted = lc.fit(X, Y, sample_weight=times)
    repeated = lc.fit(np.repeat(X, times, axis=0), np.repeat(Y, times))
    np.testing.assert_allclose(weighted.condition_number, repeated.condition_number, rtol=1e-11)


def test_spans_converted_all_at_once() -> None:
    """On threads, what had to be converted span by span used to be converted whole before."""
    drawn = []

    def items() -> Iterator[int]:
        for i in range(100):
            drawn.append(i)
            yield i

    with Workers(2, 10**9) as workers:
        results = workers.map(abs, items())
        assert next(results) == 0
        assert len(drawn) < 10
        assert list(results) == list(range(1, 100))


@pytest.mark.parametrize("extra", [{"l2": 10.0}, {"penalty": "firth"}, {"sample_weight": 1}])
def test_the_log_likelihood_was_asked_of_a_closed_pool(extra: dict[str, object]) -> None:
    """Penalised and nearly collinear fits of many rows used to end in a RuntimeError on threads."""
    rng = np.random.default_rng(2)
    many = rng.normal(size=(80_000, 6))
    many[:, 1] = many[:, 0] + 1e-7 * many[:, 1] if "sample_weight" in extra else many[:, 1]
    outcome = rng.random(80_000) < 0.4
    two, one = (lc.fit(many, outcome, threads=t, **extra) for t in (2, 1))  # type: ignore[arg-type]
    assert two.coef.tobytes() == one.coef.tobytes()
    assert two.loglik == one.loglik


@pytest.mark.parametrize("shift", [-100.0, -800.0, 400.0])
def test_a_start_where_every_row_is_saturated(shift: float) -> None:
    """An offset of -100 without an intercept used to stall: the first step was 1e43 log-odds."""
    columns = np.random.default_rng(0).normal(size=(60, 3))
    fit = lc.fit(columns, np.arange(60) % 2, offset=np.full(60, shift), fit_intercept=False)
    assert fit.converged
    assert np.abs(fit.coef).max() > 10.0


def test_large_offsets_in_the_reference() -> None:
    """The reference used to overflow from a start where every row is saturated."""
    rng = np.random.default_rng(1)
    columns, outcome = rng.normal(size=(60, 3)), (rng.random(60) < 0.4).astype(int)
    shift = 100.0 + rng.normal(size=60)
    exact = lc.reference.fit(columns, outcome, 20, offset=shift)
    np.testing.assert_allclose(lc.fit(columns, outcome, offset=shift).coef, exact.coef, rtol=1e-12)


def test_firth_on_few_rows_ran_out_of_steps() -> None:
    """Its climb used to be linear: 479 steps for these four rows, wrong in the second digit."""
    rng = np.random.default_rng(42)
    n, p = rng.integers(4, 12), rng.integers(1, 3)
    columns = rng.normal(size=(n, p)) * 10.0 ** rng.integers(-3, 4)
    fit = lc.fit(columns, rng.integers(0, 2, n), penalty="firth")
    assert fit.converged
    assert len(fit.steps) < 25


def test_firth_with_more_columns_than_rows() -> None:
    """This used to blame a finite value for an overflow that was none."""
    columns = np.random.default_rng(1).normal(size=(4, 5))
    with pytest.warns(SingularWarning):
        fit = lc.fit(columns, [0, 1, 0, 1], penalty="firth")
    assert fit.converged
    assert np.isnan(fit.coef).sum() == 2


def test_limits_were_taken_from_an_early_stop() -> None:
    """With max_iter=2 the finite coefficients of separated rows used to be unfinished."""
    columns, outcome = [[0.0, 3], [0, 1], [1, 2], [1, 4], [0, 2], [0, 9]], [0, 1, 1, 1, 0, 1]
    with pytest.warns(SeparationWarning):
        early = lc.fit(columns, outcome, max_iter=2)
    with pytest.warns(SeparationWarning):
        late = lc.fit(columns, outcome)
    np.testing.assert_allclose(early.coef[[0, 2]], late.coef[[0, 2]], rtol=1e-12)


def test_many_rows_in_another_order_of_columns() -> None:
    """From 256 rows on reordered columns were scored by place: whole packs were read in place."""
    rows = np.random.default_rng(0).normal(size=(3000, 3)).round(2)
    frame = pd.DataFrame(rows, columns=["x1", "x2", "x3"])
    fit = lc.fit(FRAME.set_axis(["x1", "x2", "x3"], axis=1), Y)
    assert np.array_equal(fit.probability(frame[["x3", "x1", "x2"]]), fit.probability(frame))


def test_the_penalised_log_likelihood_is_in_the_columns_own_units() -> None:
    """It was taken in scaled columns: off by ln 2 for every halving of a column's scale."""
    fit = lc.fit(X * [1.0, 8.0, 0.25], Y, penalty="firth")
    _, log_determinant = np.linalg.slogdet(fit.covariance)
    assert fit.penalised_loglik == pytest.approx(fit.loglik - 0.5 * log_determinant, rel=1e-12)


def test_an_offset_that_saturates_every_row_hid_the_columns() -> None:
    """Rank was judged where no row had any curvature: every column counted as constant."""
    rng = np.random.default_rng(0)
    columns, offset = rng.normal(size=(400, 2)), rng.choice([-1e4, 1e4], 400)
    y = (offset > 0) ^ (rng.random(400) < 0.02)
    with warnings.catch_warnings():
        warnings.simplefilter("error", SingularWarning)
        warnings.simplefilter("ignore", ConvergenceWarning)
        warnings.simplefilter("ignore", SeparationWarning)
        assert not lc.fit(columns, y, offset=offset).aliased


def test_a_link_test_with_an_offset_compares_like_with_like() -> None:
    """The fit, in which the offset's coefficient is 1, was taken for the model of eta alone."""
    rng = np.random.default_rng(3)
    columns, offset = rng.normal(size=(2000, 2)), rng.normal(size=2000)
    y = rng.random(2000) < 1 / (1 + np.exp(-columns[:, 0] - 0.5 * offset))
    found = lc.diagnostics.link_test(lc.fit(columns, y, offset=offset), columns, y, offset=offset)
    assert found.likelihood_ratio == pytest.approx(found.z**2, rel=0.1)


def test_columns_that_share_a_name_lost_one_of_their_tests() -> None:
    """drop1 gave one row for two columns of a name."""
    frame = pd.DataFrame(X[:, :2], columns=["a", "a"])
    fit = lc.fit(frame, Y)
    refused(lambda: lc.inference.drop1(fit, frame, Y), column="a")


def test_a_dropped_column_proved_no_digits_of_the_others() -> None:
    """The certificate said "Proven: at least 0.0" where a column was dropped."""
    columns = np.column_stack([X, X.sum(axis=1)])
    with pytest.warns(SingularWarning):
        fit = lc.fit(columns, Y)
    found = lc.certify(fit, columns, Y)
    assert found.proven
    assert np.isnan(found.proven_digits[-1])
    assert np.nanmin(found.proven_digits) > 12


def test_any_matrix_was_taken_for_a_covariance() -> None:
    """Negative variances gave a standard error of 0 and a p-value of 0, or NaN unsaid."""
    for wrong in (-np.eye(4), np.full((4, 4), np.nan), np.triu(np.ones((4, 4)))):
        refused(lambda wrong=wrong: lc.inference.wald(FIT, "x1", covariance=wrong))


def test_steps_on_separated_data_warned_from_inside_numpy() -> None:
    """0 times infinity, in a branch that is not taken."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert len(list(lc.newton_steps(X, X[:, 0] > 0))) > 3


def test_a_column_by_its_number_was_a_type_error() -> None:
    """It is no name, and is told so."""
    refused(lambda: lc.inference.wald(FIT, 1))


def test_a_fit_with_an_offset_said_nothing_of_it() -> None:
    """Its predictions are those of rows whose offset is 0, unless one is given."""
    fit = lc.fit(X, Y, offset=np.linspace(-1.0, 1.0, N))
    assert "offset" in str(fit.summary())
    assert "offset" not in str(FIT.summary())


def test_gaps_in_dictionary_columns_of_arrow_tables_were_filled_with_some_level() -> None:
    """In silence, by pandas.Series of a chunked array."""
    pa = pytest.importorskip("pyarrow")
    ward = pa.array(["a", None, "b", "a", "b", "a"]).dictionary_encode()
    table = pa.table({"ward": ward, "ill": [0, 1, 1, 0, 0, 1]})
    refused(lambda: lc.Design.from_frame(table, target="ill"))
    assert lc.Design.from_frame(table, target="ill", missing="drop").report.n_dropped == 1


def test_the_bits_of_a_fit_do_not_depend_on_who_compiled_it(tmp_path: Path) -> None:
    """The process that compiled the kernels linked other copies of their inner functions than one
    that loaded them from the cache: other last bits, and two answers on one cluster."""
    program = """
import hashlib, numpy as np, logreg_core as lc
random = np.random.default_rng(5)
X = random.normal(size=(60_000, 20)) * np.geomspace(1.0, 1e4, 20) + np.arange(20)
eta = -1.0 + X[:, 0] - 0.5 * (X[:, 19] - 19) / 1e4
y = random.random(60_000) < 1.0 / (1.0 + np.exp(-eta))
fit = lc.fit(X, y, threads=1)
print(hashlib.sha256(fit.coef.tobytes() + fit.covariance.tobytes()).hexdigest(), fit.loglik.hex())
"""
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)}
    said = [
        subprocess.run(
            [sys.executable, "-c", program], env=environment, check=True, capture_output=True,
            text=True,
        ).stdout
        for _ in range(2)
    ]  # fmt: skip
    assert said[0] == said[1] != ""


def test_words_of_a_certificate_never_claimed_more_than_it_found() -> None:
    """They said at least 15 digits of 14.7, and "not off by more than 1.0e-14" of 1.04e-14."""
    X = np.arange(12.0).reshape(-1, 1)
    y = np.array([0, 0, 1, 0, 1, 0, 1, 1, 0, 1, 1, 1])
    found = lc.certify(lc.fit(X, y), X, y)
    for digits in (14.97, 9.999, 12.0):
        said = dataclasses.replace(found, digits=np.full(2, digits), bound=1.04e-14).explain()
        assert float(re.findall(r"at least ([\d.]+) digits of", said)[0]) <= digits
        assert float(re.findall(r"by more than (\S+) standard", said)[0]) >= 1.04e-14


@pytest.mark.parametrize("seed", [1097, 1088])
def test_heavy_tailed_columns_in_the_fast_climb(seed: int) -> None:
    """Standard errors were off by 1e-7, and without them the last decrement was above tol: a
    sample that misses the extreme rows was asked how the information changes."""
    random = np.random.default_rng(seed)
    k = int(random.choice([60, 120, 200]))
    n = int(random.choice([3e6, 6e6])) // k
    X = random.standard_t(random.choice([2.5, 3, 4, 6]), (n, k))
    b = random.standard_normal(k) * random.choice([0.1, 0.3, 0.6]) / np.sqrt(k / 10)
    intercept = random.choice([0.0, -1.0, -3.0])
    y = random.random(n) < 1.0 / (1.0 + np.exp(-intercept - X @ b))
    whole = lc.fit(X, y, solver="newton")
    fits = [lc.fit(X, y, solver="fast", inference=inference) for inference in (True, False)]
    assert [fit.solver for fit in fits] == ["fast", "fast"]
    np.testing.assert_allclose(fits[0].std_error, whole.std_error, rtol=2e-10)
    np.testing.assert_allclose(fits[0].coef, whole.coef, rtol=1e-10)
    assert fits[0].trace.max_eta_change.iloc[-1] <= 4e-10
    off = fits[1].coef - whole.coef
    assert np.sqrt(off @ np.linalg.solve(whole.covariance, off) / n) <= 1e-10


def test_scores_that_float64_cannot_tell_apart_were_ties() -> None:
    """An AUC of 0.5 for 2^53 and 2^53 + 1, where scikit-learn finds 1."""
    far = np.array([2**53, 2**53 + 1])
    refused(lambda: lc.metrics.roc_auc_score([0, 1], far))
    ranks = np.unique(far, return_inverse=True)[1]
    assert lc.metrics.roc_auc_score([0, 1], ranks) == 1.0


def test_rows_without_any_weight_were_counted() -> None:
    """As a matrix of zeros and an F-score of 0; scikit-learn raises, as accuracy_score did."""
    for count in (lc.metrics.confusion_matrix, lc.metrics.f1_score, lc.metrics.accuracy_score):
        refused(lambda count=count: count([0, 1], [0, 1], sample_weight=[0, 0]))

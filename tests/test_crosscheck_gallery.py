"""The truths that the gallery states, against published or closed-form values and fifty digits of
mpmath: coefficients to 1e-12 where the data are well conditioned."""

from __future__ import annotations

import math
from pathlib import Path

import click.testing
import numpy as np
import pytest

import logreg_core as lc
from logreg_core.cli import main
from logreg_core.crosscheck import gallery
from logreg_core.crosscheck.exhibits import EXHIBITS
from logreg_core.errors import DataError


def shown(name):
    """An exhibit without any library."""
    return gallery.show(name, ())


@pytest.mark.parametrize("name", gallery.names())
def test_every_exhibit_has_data_and_words(name, monkeypatch):
    monkeypatch.delenv("LOGREG_DATA_DIR", raising=False)
    exhibit = gallery.exhibit(name)
    problem = exhibit.make()
    assert len(problem.X) == len(problem.y)
    assert problem.X.shape[1] == len(problem.names)
    assert np.isfinite(problem.X).all()
    assert len(np.unique(problem.y)) == 2
    again = exhibit.make()
    assert np.array_equal(problem.X, again.X)
    assert np.array_equal(problem.y, again.y)
    assert exhibit.truth.endswith(".")
    assert exhibit.why.endswith(".")


def test_unknown_names_are_refused():
    with pytest.raises(DataError, match="'nothing'"):
        gallery.exhibit("nothing")


def test_six_rows():
    found = shown("six-rows").comparison
    assert found.coef.tolist() == [-math.inf, math.inf, math.inf]
    assert found.loglik == pytest.approx(-4 * math.log(2), rel=1e-12)


def test_divergence_has_the_published_maximum():
    found = shown("divergence").comparison
    expected = [-0.055578732846457002, -0.34227739269563073, -0.011276948120196824]
    np.testing.assert_allclose(found.coef, expected, rtol=1e-12)
    assert found.loglik == pytest.approx(-1.5448649305812975, rel=1e-12)


def test_endometrial_is_quasi_complete_with_and_without_the_file(monkeypatch):
    monkeypatch.delenv("LOGREG_DATA_DIR", raising=False)
    found = shown("endometrial")
    assert found.comparison.coef[1] == math.inf
    assert np.isfinite(np.delete(found.comparison.coef, 1)).all()
    assert "made for this gallery" in found.problem.source


@pytest.mark.real_data
def test_endometrial_as_published(real_data_dir):
    if not (real_data_dir / "endometrial.csv").is_file():
        pytest.skip("no endometrial.csv beside the course file")
    found = shown("endometrial").comparison
    expected = [4.30451778305782, math.inf, -0.042183403256789973, -2.9026056137775759]
    np.testing.assert_allclose(found.coef, expected, rtol=1e-12)


def test_complete_separation_is_complete():
    problem = gallery.exhibit("complete-separation").make()
    assert lc.separation.detect(problem.X, problem.y).kind == "complete"
    assert "undetermined" in shown("complete-separation").maximum


def test_aliased_names_its_relation():
    found = shown("aliased").comparison
    assert found.aliased == ("total",)
    assert np.isnan(found.coef[3])


@pytest.mark.parametrize(
    ("name", "rtol"), [("scaled", 1e-13), ("uncentred", 1e-13), ("near-separation", 1e-13)]
)
def test_hard_columns_against_fifty_digits(name, rtol):
    problem = gallery.exhibit(name).make()
    expected = lc.reference.fit(problem.X, problem.y, digits=40).coef
    np.testing.assert_allclose(shown(name).comparison.coef, [float(b) for b in expected], rtol=rtol)


def test_near_separation_is_no_separation():
    problem = gallery.exhibit("near-separation").make()
    assert lc.separation.detect(problem.X, problem.y).kind == "none"
    assert np.abs(lc.fit(problem.X, problem.y).coef).max() > 10


def test_hauck_donner_in_closed_form():
    exhibit = gallery.exhibit("hauck-donner")
    problem = exhibit.make()
    fit = lc.fit(problem.X, problem.y)
    assert fit.coef[1] == pytest.approx(math.log(99 * 3), rel=1e-12)
    wald = fit.z[1] ** 2
    ratio = 2 * (fit.loglik - fit.null_loglik)
    assert f"{wald:.1f}" in exhibit.truth
    assert f"{ratio:.1f}" in exhibit.truth
    assert f"{math.log(297):.6f}" in exhibit.truth
    # and the paradox: a smaller effect in as many rows has the larger statistic
    y = np.concatenate([np.repeat([0, 1], [75, 25]), np.repeat([0, 1], [10, 90])])
    assert lc.fit(problem.X, y).z[1] ** 2 > wald


def test_tiktok_is_said_to_be_synthetic_without_the_file(monkeypatch):
    monkeypatch.delenv("LOGREG_DATA_DIR", raising=False)
    problem = gallery.exhibit("tiktok").make()
    assert "synthetic" in problem.source
    assert np.mean(problem.y) == 0.5


def test_the_command_lists_and_refuses():
    run = click.testing.CliRunner().invoke
    done = run(main, ["gallery"])
    assert done.exit_code == 0
    assert all(exhibit.name in done.stdout for exhibit in EXHIBITS)
    assert run(main, ["gallery", "nothing"]).exit_code == 2


def test_the_command_shows_one_exhibit():
    pytest.importorskip("statsmodels")
    done = click.testing.CliRunner().invoke(
        main, ["gallery", "divergence", "--against", "statsmodels-logit"]
    )
    assert done.exit_code == 0, done.output
    assert "True: -0.0555" in done.stdout
    assert "failed: LinAlgError" in " ".join(done.stdout.split())


def test_the_page_in_docs_shows_every_exhibit():
    text = (Path(__file__).parent.parent / "docs" / "gallery.md").read_text(encoding="utf-8")
    for exhibit in EXHIBITS:
        assert f"## {exhibit.title}" in text
        assert exhibit.truth in text
        assert exhibit.why in text

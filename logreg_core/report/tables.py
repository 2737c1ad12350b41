"""The files to compute with: metrics.json, coefficients.csv, predictions.csv."""

from __future__ import annotations

import platform
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import numpy as np

from .. import __version__
from .files import csv_text, json_text
from .quality import rates

if TYPE_CHECKING:
    from ..evaluation import AtThreshold
    from ..result import LogitFit
    from .document import Predictions, Report

__all__ = ["coefficients_csv", "metrics_json", "predictions_csv"]

_COEFFICIENTS = (
    "name", "coef", "std_error", "z", "p_value", "lower", "upper",
    "odds_ratio", "odds_ratio_lower", "odds_ratio_upper",
)  # fmt: skip


def coefficients_csv(fit: LogitFit, level: float) -> str:
    """Write a row a coefficient, all digits: log-odds per unit of the column, and odds ratios.

    lower and upper end the Wald interval of that level; fields are empty where a column was
    dropped or a coefficient has no interval.
    """
    odds = fit.odds_ratio(level)
    columns = [
        fit.coef, fit.std_error, fit.z, fit.p_value, *fit.conf_int(level).to_numpy().T,
        *odds.to_numpy().T,
    ]  # fmt: skip
    rows = zip(fit.names, *(column.tolist() for column in columns), strict=True)
    return csv_text(_COEFFICIENTS, rows)


def predictions_csv(predictions: Predictions) -> str:
    """Write a row a test row: number in the file, class, probability, predicted class."""
    return csv_text(
        ("row", "actual", "probability", "predicted"),
        zip(
            predictions.row.tolist(),
            predictions.actual,
            predictions.probability.tolist(),
            predictions.predicted,
            strict=True,
        ),
    )


def metrics_json(report: Report) -> str:
    """Write every number of the report that is no coefficient, as strict JSON."""
    data, judged, sure = report.source.design.report, report.evaluation, report.quality
    area, proof = sure.area, sure.certificate
    return json_text(
        {
            "schema": 2,
            "logreg_core": __version__,
            "python": platform.python_version(),
            "numpy": np.__version__,
            "numba": version("numba"),
            "data": {
                "source": str(report.source.path),
                "synthetic": report.source.synthetic,
                "rows": data.n_rows_total,
                "rows_used": data.n_rows,
                "rows_dropped": data.n_dropped,
                "missing": {str(name): count for name, count in data.missing},
                "outcome_rate": data.outcome_rate,
                "outcome_rate_of_dropped_rows": data.dropped_outcome_rate,
                "dropped_rows_p_value": data.dropped_p_value,
                "left_out": {column.name: column.reason for column in report.source.left_out},
            },
            "outcome": {
                "column": str(data.target),
                "negative": data.class_counts[0][0],
                "positive": data.positive,
            },
            "split": {"train_rows": report.n_train, "test_rows": report.n_test,
                      "stratified": True, "seed": report.seed},
            "fit": _fit(report.fit),
            "judged_fit": _fit(report.judged_fit),
            "columns": [
                {"name": term.name, "df": term.df, "likelihood_ratio": term.statistic,
                 "p_value": term.p_value, "p_holm": term.p_adjusted}
                for term in sure.terms
            ],
            "assumptions": [
                {"assumption": check.assumption, "check": check.check, "figure": check.figure,
                 "holds": check.holds, "verdict": check.verdict}
                for check in sure.assumptions.checks
            ],
            "certificate": None if proof is None else {
                "status": proof.status, "bound_std_errors": proof.bound,
                "fewest_digits": float(np.fmin.reduce(proof.digits)),  # NaN where nothing is known
            },
            "provenance": dict(report.provenance.facts),
            "test": {
                "rows": judged.n_rows,
                "positive_rows": judged.n_positive,
                "no_information_rate": judged.no_information_rate,
                "auc": judged.auc,
                "auc_interval": None if area is None else [area.lower, area.upper],
                "interval_level": report.level,
                "average_precision": judged.average_precision,
                "brier": judged.brier,
                "brier_of_base_rate": judged.base_brier,
                "log_loss": judged.log_loss,
                "log_loss_of_base_rate": judged.base_log_loss,
                "largest_probability": judged.largest_probability,
                "thresholds": [_at(at, report.level) for at in judged.at],
            },
        }
    )  # fmt: skip


def _fit(fit: LogitFit) -> dict[str, Any]:
    return {
        "rows": fit.n_rows,
        "status": fit.status.word,
        "converged": fit.converged,
        "steps": len(fit.steps),
        "solver": fit.solver,
        "log_likelihood": fit.loglik,
        "null_log_likelihood": fit.null_loglik,
        "aic": fit.aic,
        "bic": fit.bic,
        "pseudo_r2": fit.pseudo_r2,
        "condition_number": None if fit.root is None else fit.condition_number,
        "dropped_columns": [str(relation) for relation in fit.aliased],
    }


def _at(at: AtThreshold, level: float) -> dict[str, Any]:
    return {
        "threshold": at.threshold,
        "is_training_prevalence": at.is_prevalence,
        "tie_rule": "positive where probability >= threshold",
        "true_negative": at.true_negative,
        "false_positive": at.false_positive,
        "false_negative": at.false_negative,
        "true_positive": at.true_positive,
        "accuracy": at.accuracy,
        "precision": at.precision,
        "recall": at.recall,
        "specificity": at.specificity,
        "f1": at.f1,
        "intervals": {name: list(ends) for name, ends in rates(at, level).items()},
    }

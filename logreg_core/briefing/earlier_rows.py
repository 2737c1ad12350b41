"""The usual recipe for a report's own rows, where they are the case study's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..csv_files import read_csv
from ..errors import DataError
from .earlier import earlier_section

if TYPE_CHECKING:
    from ..report.document import Report
    from ..report.html import Section

__all__ = ["earlier_sections"]


def earlier_sections(report: Report) -> tuple[Section, ...]:
    """Why a report on the case study's columns differs from an earlier draft; none for other
    tables, or where the recipe's own columns (likes, transcript) are absent.

    Notes
    -----
    Reads the file again and runs scikit-learn's lbfgs to where it stops: a few seconds.
    """
    from ..datasets import VERIFIED_STATUS
    from ..verified_status.data_report import complete_rows
    from ..verified_status.usual import usual_recipe

    design = report.source.design
    names = {str(feature.name) for feature in design.encoding.features}
    same = names == set(VERIFIED_STATUS["features"])
    if not same or design.report.positive != VERIFIED_STATUS["positive"]:
        return ()
    try:
        frame = read_csv(report.source.path)
        rows = complete_rows(frame)
        if len(rows) != report.fit.n_rows or not report.fit.converged:
            return ()
        prevalence = design.report.outcome_rate
        usual = usual_recipe(frame.iloc[rows], prevalence)
    except (DataError, KeyError):
        return ()
    return (earlier_section(usual, prevalence, report.evaluation.at[-1]),)

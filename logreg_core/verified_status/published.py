"""The usual answer to this case as it was printed: figures to compare with, never to trust."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..evaluation import AtPrevalence, AtThreshold

__all__ = ["PUBLISHED", "Matrix", "Published", "matrix_of"]

Matrix = tuple[tuple[int, int], tuple[int, int]]


@dataclass(frozen=True)
class Published:
    """The usual answer as it was published, on the course file: figures at 0.5 on its test rows.

    matrix: ((tn, fp), (fn, tp)); coef: log-odds per unit by name. The intercept was not printed;
    with 0 in its place the coefficients give the published matrix to the row.
    """

    accuracy: float
    precision: float
    recall: float
    matrix: Matrix
    coef: dict[str, float] = field(hash=False)

    def at_prevalence(self, prevalence: float) -> AtPrevalence:
        """What its recall and specificity mean where another share of rows is verified."""
        (tn, fp), (fn, tp) = self.matrix
        return AtThreshold(0.5, "given", tn, fp, fn, tp).at_prevalence(prevalence)


PUBLISHED = Published(
    0.65, 0.61, 0.84, ((2044, 2415), (725, 3758)),
    {
        "video_duration_sec": 8.607893e-03,
        "video_view_count": -2.132079e-06,
        "video_share_count": 5.930971e-06,
        "video_download_count": -1.099775e-05,
        "video_comment_count": -6.404235e-04,
        "claim_status_opinion": 3.908384e-04,
        "author_ban_status_banned": -1.781741e-05,
        "author_ban_status_under review": -9.682447e-07,
    },
)  # fmt: skip


def matrix_of(at: AtThreshold) -> Matrix:
    """((tn, fp), (fn, tp)) as whole numbers.

    >>> matrix_of(AtThreshold(0.5, "given", 4, 3, 2, 1))
    ((4, 3), (2, 1))
    """
    return (
        (int(at.true_negative), int(at.false_positive)),
        (int(at.false_negative), int(at.true_positive)),
    )

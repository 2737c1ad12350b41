"""The data set that comes with the library, and what the case study uses of it."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from .columns import listed
from .csv_files import read_csv
from .errors import DataError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["VERIFIED_STATUS", "path", "verified_status"]

VERIFIED_STATUS: MappingProxyType[str, Any] = MappingProxyType(
    {
        "target": "verified_status",
        "positive": "verified",
        "features": (
            "video_duration_sec",
            "claim_status",
            "author_ban_status",
            "video_view_count",
            "video_share_count",
            "video_download_count",
            "video_comment_count",
        ),
    }
)
"""The case study's columns, as keyword arguments of ``Design.from_frame``.

Likes are left out: they are a share of the views, and the other counts a share of the likes.
"""

_FILES = {"verified_status": "verified_status_sample.csv"}


def path(name: str) -> Path:
    """Find the file of a bundled data set.

    Raises
    ------
    DataError
        When there is no data set of this name, or its file is not installed.

    Examples
    --------
    >>> path("verified_status").name
    'verified_status_sample.csv'
    """
    if name not in _FILES:
        raise DataError(
            f"there is no bundled data set {name!r}",
            f"one of {listed(_FILES)}",
            "the library brings no other data",
            "use one of these, or read your own file with read_csv",
            name=name,
        )
    here = Path(__file__).resolve().parent
    # In a wheel the file lies inside the package, in a checkout beside it.
    places = (here / "data" / _FILES[name], here.parent / "data" / _FILES[name])
    for place in places:
        if place.is_file():
            return place
    raise DataError(
        f"the file of data set {name!r} is missing",
        f"{places[0]} or {places[1]}",
        "the installation is not complete",
        "install the package again, or run data/make_sample.py in a checkout",
        name=name,
    )


def verified_status() -> pd.DataFrame:
    """Load the bundled sample of the case study: synthetic claims and opinions in short videos.

    Returns
    -------
    DataFrame of 19,382 rows, 298 of them incomplete, and the 12 columns of the course file;
    ``data/README.md`` says how it was made and what it may not be used for

    Raises
    ------
    DataError
        When the file is not installed.

    Examples
    --------
    >>> verified_status()["verified_status"].value_counts().to_dict()
    {'not verified': 18142, 'verified': 1240}
    """
    return read_csv(path("verified_status"))


def __dir__() -> list[str]:
    return sorted(__all__)

"""`load`: a fit from the file that `LogitFit.save` wrote."""

from __future__ import annotations

import os

from .model_file import read
from .result import LogitFit

__all__ = ["load"]


def load(path: str | os.PathLike[str]) -> LogitFit:
    """Which fit is in this file?

    Every number comes back with the bits it had (all NaN count as one), and a fit made from a
    `Design` with the rule that encodes raw frames.

    Parameters
    ----------
    path : a JSON file written by ``fit.save(path)``

    Raises
    ------
    DataError
        When the file cannot be read, or is anything but the whole, unchanged work of ``save`` in
        a schema this version knows. Nothing in a file is ever executed. The checksum tells
        damage, not malice: take models from whom you trust to fit them.

    Notes
    -----
    White space and the order of keys are immaterial; everything else is not.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import logreg_core as lc
    >>> fit = lc.fit([[1.0], [2.0], [3.0], [4.0]], [0, 1, 0, 1])
    >>> place = pathlib.Path(tempfile.mkdtemp()) / "model.json"
    >>> fit.save(place)
    >>> again = lc.load(place)
    >>> bool((again.coef == fit.coef).all()), again.status.word
    (True, 'converged')
    """
    return LogitFit(**read(path))

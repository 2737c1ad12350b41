"""Coefficients from other programs: read, matched by name, and brought to our parametrisation."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..csv_files import read_csv
from ..errors import DataError

__all__ = ["Aligned", "Foreign", "align", "read_coefficients"]

Floats = NDArray[np.float64]

_HEADERS = {
    "name": "name names term variable parameter coefficientname effect",
    "coef": "coefficient coefficients coef estimate beta b value",
    "std_error": "stderror standarderror stderr se stderrorofcoefficient bse",
}
_INTERCEPT = {"intercept", "const", "cons", "constant"}


@dataclass(frozen=True, eq=False)
class Foreign:
    """What another program printed: names, coefficients (log-odds per unit), standard errors.

    NaN stands for a coefficient that it left out.
    """

    title: str
    names: tuple[str, ...]
    coef: Floats
    std_error: Floats | None = None


@dataclass(frozen=True, eq=False)
class Aligned:
    """The same in our order and parametrisation.

    coef (k,); std_error (k,) or None: still of the program's own parametrisation, which
    transform (k, k), times our coefficients, gives; notes: what had to be done.
    """

    coef: Floats
    std_error: Floats | None
    transform: Floats
    notes: tuple[tuple[str, str], ...] = ()


def read_coefficients(path: str | os.PathLike[str]) -> Foreign:
    """Read a CSV file of name, coefficient and, if there is one, standard error.

    The header may use the words of R (``term``, ``estimate``, ``std.error``), SAS, Stata or
    statsmodels; other columns are passed over. An empty coefficient (R's ``NA``) is one that the
    program left out.

    Raises
    ------
    DataError
        For a file that `read_csv` refuses, without a column of names and one of coefficients,
        with a name twice, or with a coefficient that is no number.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "r.csv"
    >>> _ = file.write_text("term,estimate,std.error\\n(Intercept),-1.5,0.5\\nage,0.25,0.125\\n")
    >>> found = read_coefficients(file)
    >>> found.names, found.coef, found.std_error
    (('(Intercept)', 'age'), array([-1.5 ,  0.25]), array([0.5  , 0.125]))
    """
    frame = read_csv(path)
    columns = {
        role: next((c for c in frame.columns if _plain(c) in words.split()), None)
        for role, words in _HEADERS.items()
    }
    if columns["name"] is None or columns["coef"] is None:
        raise DataError(
            f"{path} has the columns {', '.join(map(str, frame.columns))}",
            "a column `name` and a column `coefficient`, and if there is one `std error`",
            "it is not clear which number belongs to which coefficient",
            "name the columns so",
            path=str(path),
        )
    names = tuple(map(str, frame[columns["name"]]))
    for name in names:
        if names.count(name) > 1:
            raise DataError(
                f"{path} names the coefficient {name!r} {names.count(name)} times",
                "each coefficient once",
                "it is not clear which of them is meant",
                "leave only the rows of one model",
                column=name,
            )
    given = [columns[role] for role in ("coef", "std_error")]
    coef, std_error = (None if c is None else _numbers(frame[c], str(c), path) for c in given)
    assert coef is not None
    return Foreign(Path(path).name, names, coef, std_error)


def _numbers(series: Any, name: str, path: Any) -> Floats:
    try:
        return np.asarray(series.to_numpy(dtype=np.float64, na_value=np.nan))
    except (TypeError, ValueError) as problem:
        raise DataError(
            f"column {name!r} of {path} holds something that is no number ({problem})",
            "numbers, or an empty field for a coefficient that was left out",
            "it cannot be compared",
            "take stars and units out of it",
            column=name,
        ) from problem


def _plain(name: Any) -> str:
    """A name as letters and digits: `C(ban)[T.under review]`, `banunder review` and
    `ban_under review` are one."""
    text = re.sub(r"^C\((.*?)\)(?=\[)", r"\1", str(name))
    text = re.sub(r"\[T\.(.*)\]$", r"\1", text)
    return re.sub(r"[\W_]+", "", text).casefold()


def align(
    foreign: Foreign, names: tuple[str, ...], levels: Mapping[str, tuple[str, ...]]
) -> Aligned:
    """Bring a program's coefficients to our names, order and baselines.

    Names are compared by their letters and digits, so those of R, SAS and statsmodels match;
    ``(Intercept)``, ``_cons`` and ``const`` are the intercept. Where a category has another
    baseline, b'_l = b_l - b_m with m theirs, and the intercept takes what is left.

    Raises
    ------
    DataError
        When a coefficient of ours is missing there, or one of theirs is unknown here.

    Examples
    --------
    >>> theirs = Foreign("SAS", ("Intercept", "ban active"), np.array([-2.0, 0.5]))
    >>> align(theirs, ("intercept", "ban_banned"), {"ban": ("active", "banned")}).coef
    array([-1.5, -0.5])
    """
    place = {_plain(name): j for j, name in enumerate(names)}
    if names[0] == "intercept":
        place |= dict.fromkeys(_INTERCEPT, 0)
    transform, notes = np.eye(len(names)), []
    for column, (base, *others) in levels.items():
        there = {_plain(f"{column}{level}"): level for level in (base, *others)}
        given = {there[_plain(n)] for n in foreign.names if _plain(n) in there}
        absent = [level for level in others if level not in given]
        if base in given and len(absent) == 1 and names[0] == "intercept":
            slot = place[_plain(f"{column}{absent[0]}")]
            place[_plain(f"{column}{base}")] = slot
            for level in others:
                row = place[_plain(f"{column}{level}")]
                transform[row, slot] = -1.0
            transform[0, slot] = 1.0
            notes.append(
                ("baseline", f"its baseline of {column} is {absent[0]} and ours {base}: converted")
            )
    found = [place.get(_plain(name)) for name in foreign.names]
    missing = [name for j, name in enumerate(names) if j not in found]
    unknown = [n for n, j in zip(foreign.names, found, strict=True) if j is None]
    if missing or unknown:
        raise DataError(
            f"{foreign.title} has no {', '.join(map(repr, missing)) or 'coefficient missing'}, and "
            f"{', '.join(map(repr, unknown)) or 'none'} that is not known here",
            f"one coefficient for each of {', '.join(map(repr, names))}",
            "it is another model, or its names differ",
            "name the coefficients so; a category's are named column_level",
            missing=tuple(missing),
            unknown=tuple(unknown),
        )
    coef, std_error = np.empty(len(names)), np.empty(len(names))
    where = [j for j in found if j is not None]
    coef[where] = foreign.coef
    if foreign.std_error is not None:
        std_error[where] = foreign.std_error
    ours = np.asarray(np.linalg.solve(transform, coef)) if notes else coef
    return Aligned(
        ours, std_error if foreign.std_error is not None else None, transform, tuple(notes)
    )

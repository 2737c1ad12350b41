"""Which coefficients are meant by a name, a list of names, or a category."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..design import Design
from ..errors import DataError
from ..result import LogitFit

__all__ = ["categories", "places_of", "term_places"]

Places = NDArray[np.intp]
SHOWN = 12


def categories(fit: LogitFit, X: Any = None) -> dict[str, tuple[str, ...]]:
    """Features that became other columns than one of their own name, from the Design of the fit.

    That of X where X is one, else that of the fit; for fits from arrays and frames, none.
    """
    encoding = X.encoding if isinstance(X, Design) else fit.encoding
    features = encoding.features if encoding is not None else ()
    return {str(feature.name): feature.columns for feature in features if feature.levels}


def places_of(
    columns: Any, names: Sequence[str], groups: Mapping[str, Sequence[str]] | None = None
) -> Places:
    """Places among the coefficients of a name, a group's name, or a list of either.

    Raises
    ------
    DataError
        A name that is no coefficient or stands for two; none at all.

    Examples
    --------
    >>> places_of("ban", ("intercept", "a", "ban_x", "ban_y"), {"ban": ["ban_x", "ban_y"]})
    array([2, 3])
    """
    known = dict(groups or {})
    one = isinstance(columns, str) or not isinstance(columns, Iterable)
    asked = (columns,) if one else tuple(columns)
    flat: list[str] = []
    for name in asked:
        flat += list(known[name]) if name in known and name not in names else [name]
    found = []
    for name in flat:
        times = list(names).count(name)
        if times != 1:
            shown = ", ".join(map(repr, [*names, *known][:SHOWN]))
            raise DataError(
                f"{name!r} names {times or 'no'} coefficients" if times != 1 else "",
                "names of coefficients, or of categories: " + shown,
                "it is not clear what to test",
                "rename columns that share a name" if times else "choose among these names",
                column=name,
            )
        found.append(list(names).index(name))
    if not found:
        raise DataError(
            "no column is named",
            "at least one coefficient",
            "there is nothing to test",
            "pass a name or a list of names",
        )
    return np.unique(np.array(found, dtype=np.intp))


def term_places(
    fit: LogitFit, groups: Mapping[str, Sequence[str]] | None, X: Any
) -> dict[str, Places]:
    """Every term of the model but the intercept, in the order of its first column.

    Groups given come before the categories of a Design; each other column is a term of its own.
    """
    twice = next((name for name in fit.names if list(fit.names).count(name) > 1), None)
    if twice is not None:
        raise DataError(
            f"{twice!r} names {list(fit.names).count(twice)} coefficients",
            "a name of its own for every column",
            "the terms of the model cannot be told apart",
            "rename columns that share a name, and fit again",
            column=twice,
        )
    chosen = {**categories(fit, X), **{str(k): tuple(v) for k, v in (groups or {}).items()}}
    own = {str(name): places_of(columns, fit.names) for name, columns in (groups or {}).items()}
    taken = [place for places in own.values() for place in places.tolist()]
    if len(taken) != len(set(taken)):
        repeated = next(place for place in taken if taken.count(place) > 1)
        raise DataError(
            f"column {fit.names[repeated]!r} is in two groups",
            "each column in one group",
            "the terms of the model would overlap",
            "make one call for each grouping",
            column=fit.names[repeated],
        )
    for name, columns in chosen.items():
        places = places_of(columns, fit.names)
        if name not in own and not set(places.tolist()) & set(taken):
            own[name] = places
            taken += places.tolist()
    for place, name in enumerate(fit.names):
        if place not in taken and not (fit.fit_intercept and place == 0):
            own[name] = np.array([place], dtype=np.intp)
    return dict(sorted(own.items(), key=lambda item: int(item[1][0])))

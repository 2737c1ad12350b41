"""Which columns are 0 or 1, and what changes when one of them does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..errors import DataError
from .rows import Rows
from .terms import categories, places_of

__all__ = ["Change", "changes", "is_dummy"]


class Change(NamedTuple):
    """coefficient: its place in the fit; place: among those kept; kind: "slope", "0 to 1" or
    "reference to level"; group: places, among those kept, that are 0 before the change."""

    coefficient: int
    place: int
    kind: str
    group: tuple[int, ...]


def is_dummy(rows: Rows) -> NDArray[np.bool_]:
    """(k',) whether a kept column holds the two values 0 and 1 and no other. One pass."""
    columns = rows.positions[rows.kept]
    inner = columns >= 0
    only, zero, one = np.ones((3, len(columns)), dtype=np.bool_)
    zero[:], one[:] = False, False
    for first in range(0, rows.n_rows, 1 << 13):
        part = rows.blocks.rows(slice(first, first + (1 << 13))).X[:, columns[inner]]
        low, high = part == 0.0, part == 1.0
        only[inner] &= (low | high).all(axis=0)
        zero[inner] |= low.any(axis=0)
        one[inner] |= high.any(axis=0)
        if not only[inner].any():
            break
    return np.asarray(only & zero & one & inner)


def changes(
    rows: Rows,
    X: Any,
    dummies: str | Sequence[str],
    groups: Mapping[str, Sequence[str]] | None,
) -> tuple[Change, ...]:
    """What a change of each kept column of X is, in the fit's order."""
    fit = rows.fit
    if isinstance(dummies, str) and dummies not in ("auto", "none"):
        raise DataError(
            f"dummies is {dummies!r:.60}",
            "'auto', 'none', or a list of names",
            "it is not clear which columns jump from 0 to 1",
            "for a single dummy pass a list of one name",
            option="dummies",
        )
    if isinstance(dummies, str):
        chosen = is_dummy(rows) if dummies == "auto" else np.zeros(len(rows.kept), np.bool_)
    else:
        named = places_of(dummies, fit.names) if len(dummies) else np.empty(0, np.intp)
        chosen = np.isin(rows.kept, named)
    known = {**categories(fit, X), **{str(k): tuple(v) for k, v in (groups or {}).items()}}
    member: dict[int, tuple[int, ...]] = {}
    for columns in known.values():
        found = places_of(columns, fit.names)
        places = tuple(np.flatnonzero(np.isin(rows.kept, found)).tolist())
        member |= dict.fromkeys(places, places)
    result = []
    for place, coefficient in enumerate(rows.kept.tolist()):
        if fit.fit_intercept and coefficient == 0:
            continue
        group = member.get(place, (place,))
        kind = "reference to level" if len(group) > 1 else "0 to 1"
        if not chosen[place]:
            kind, group = "slope", ()
        result.append(Change(coefficient, place, kind, group))
    return tuple(result)

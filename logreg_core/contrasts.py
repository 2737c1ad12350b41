"""From the terms of a formula to columns: their order, and which level each category leaves out.

Terms stand as patsy puts them: those without numbers first, then by their numbers, in each group
by their number of factors. A category has a column for every level but its reference, or for all of
them where nothing before it would make one redundant.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .columns import Table, is_categorical
from .errors import DataError
from .formula import Formula, Product, Variable
from .levels import choose_levels
from .terms import Factor, Term

__all__ = ["terms_of", "variables_of"]

Part = tuple[tuple[Variable, bool], ...]
"""A product of variables, each with: does it have a column for all of its levels?"""


def variables_of(formula: Formula) -> list[str]:
    """Names of the columns that the terms use, each once.

    >>> from logreg_core.formula import parse
    >>> variables_of(parse("y ~ a*b + log(a)"))
    ['a', 'b']
    """
    return list(dict.fromkeys(v.column for term in formula.terms for v in term))


def terms_of(
    formula: Formula, table: Table | Any, rows: NDArray[np.intp] | range
) -> tuple[Term, ...]:
    """The terms with their levels, those of the rows taken, in the order of the columns of X.

    Raises
    ------
    DataError
        Columns that are not there or of an unusable type, categories that are constant or look
        like an id, a function of a category.
    """
    known = {name: is_categorical(table.column(name)) for name in variables_of(formula)}
    levels = {}

    def settled(variable: Variable) -> Variable:
        if not (known[variable.column] or variable.category):
            return variable
        if variable.function:
            raise DataError(
                f"{variable} of a category, column {variable.column!r}",
                "a column of numbers",
                f"text has no {variable.function}",
                "name the column alone, or convert it",
                column=variable.column,
            )
        variable = variable._replace(category=True)
        if variable not in levels:
            levels[variable] = choose_levels(table, variable.column, rows, True, variable.reference)
        return variable

    terms = tuple(tuple(dict.fromkeys(map(settled, term))) for term in formula.terms)
    return tuple(
        Term(
            name,
            tuple(
                tuple(Factor(v.column, v.function, levels.get(v, ()), full) for v, full in part)
                for part in parts
            ),
        )
        for name, parts in coded(replace(formula, terms=terms))
    )


def coded(formula: Formula) -> list[tuple[str, tuple[Part, ...]]]:
    """In which order do the terms stand, and where does a category need all its levels?

    Redundant columns are avoided as in patsy: a term such as a:b stands for the products of all
    subsets of its categories without reference level, 1 + a + b + a:b; those that an earlier term
    of the same numbers has given are left out; pairs that differ by one category are joined to one
    product in which that category has all its levels.

    Returns
    -------
    For each term its name and its parts. Variables that are categories say so.
    """
    groups: dict[frozenset[Variable], list[Product]] = {frozenset(): []}
    for term in formula.terms:
        numeric = frozenset(v for v in term if not v.category)
        groups.setdefault(numeric, []).append(term)
    result = []
    for numeric, terms in groups.items():
        given: set[frozenset[Variable]] = set()
        if not numeric and formula.intercept:
            given.add(frozenset())
        for term in sorted(terms, key=len):
            nominal = [v for v in term if v not in numeric]
            subsets = [
                frozenset(chosen)
                for size in range(len(nominal) + 1)
                for chosen in combinations(nominal, size)
            ]
            new = [s for s in subsets if s not in given]
            given.update(new)
            parts = tuple(
                tuple((v, full.get(v, False)) for v in term if v in numeric or v in full)
                for full in _joined(new)
            )
            result.append((":".join(map(str, term)), parts))
    return result


def _joined(subsets: list[frozenset[Variable]]) -> list[dict[Variable, bool]]:
    """Products, category: has all its levels; two that differ by one category become one."""
    parts = [dict.fromkeys(subset, False) for subset in subsets]

    def join() -> bool:
        for i, short in enumerate(parts):
            for j in range(i + 1, len(parts)):
                extra = parts[j].keys() - short.keys()
                same = all(parts[j].get(v) == full for v, full in short.items())
                if len(extra) == 1 and same and not parts[j][next(iter(extra))]:
                    parts[j] = short | {next(iter(extra)): True}
                    del parts[i]
                    return True
        return False

    while join():
        pass
    return parts

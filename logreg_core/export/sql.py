"""A fit as one SELECT statement that scores the rows of a table where they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from ..columns import Level
from ..errors import DataError
from .rule import Category, Product, Rule, scoring_rule

if TYPE_CHECKING:
    from ..result import LogitFit
    from ..terms import Factor

__all__ = ["to_sql"]

# exp(-708) is the last power in float64's full precision, and PostgreSQL calls what underflows an
# error; above 40 a probability is 1 to the last bit. 1e300 stands for infinity, which no literal
# is: NaN and infinities meet no branch and give NULL, in whichever way a database orders NaN.
_LOW, _HIGH, _ALL = 700.0, 40.0, 1e300
# Outside its domain a function gives NULL, where some databases would stop. log1p by the quotient
# of Goldberg (1991, theorem 4, doi:10.1145/103162.103163), right to the last bits for small x.
_FUNCTIONS = {
    "": "{x}",
    "log": "CASE WHEN {x} > 0e0 THEN LN({x}) END",
    "log1p": "CASE WHEN 1e0 + {x} = 1e0 THEN {x} WHEN {x} > -1e0 "
    "THEN LN(1e0 + {x}) * {x} / ((1e0 + {x}) - 1e0) END",
    "sqrt": "CASE WHEN {x} >= 0e0 THEN SQRT({x}) END",
}
Levels: TypeAlias = Sequence[Level]


@dataclass(frozen=True)
class _Dialect:
    quote: str
    double: str
    backslash_escapes: bool  # inside text literals


_DIALECTS = {
    "standard": _Dialect('"', "DOUBLE PRECISION", False),
    "mysql": _Dialect("`", "DOUBLE", True),
}


def to_sql(
    fit: LogitFit,
    table: str | tuple[str, ...],
    *,
    log_odds: str = "log_odds",
    probability: str = "probability",
    encoded: bool = False,
    dialect: str = "standard",
) -> str:
    """One SELECT that gives every row of a table its log-odds and probability.

    log-odds = intercept + sum of slope * (column - centre) + what its level adds; the probability
    is e / (1 + e) with e = exp(-|log-odds|), or 1 / (1 + e), so that nothing overflows.

    Parameters
    ----------
    fit : any fit; one made from a `Design` scores raw columns, categories by CASE
    table : the table's name, or ("schema", "table")
    log_odds, probability : names of the two columns added to those of the table
    encoded : the table holds the columns of X (0/1 for levels) although the fit could encode
    dialect : "standard" (SQLite, DuckDB, PostgreSQL, Oracle, SQL Server) or "mysql" (back ticks,
        backslashes escaped: MySQL, MariaDB)

    Returns
    -------
    str, a statement without semicolon. A row gets NULL where a column it needs is NULL, NaN or
    infinite, or a level is one that the fit has not seen: never a guess.

    Raises
    ------
    DataError
        For names that no quoting can carry (empty, with NUL or half a surrogate pair), a name of
        the results that the model reads, an unknown dialect.

    Notes
    -----
    Names and levels are quoted, whatever they hold. Probabilities agree with ``fit.probability``
    to 1e-12, those below 1e-304 are 0. A fit with an offset is scored without it. SQLite needs its
    function exp (built in since 3.35 where compiled with it). Text is compared as the database
    compares: some take "rome" and "Rome" for one level.

    Examples
    --------
    >>> import logreg_core as lc
    >>> fit = lc.fit([[1.0], [2.0], [3.0], [4.0]], [0, 1, 0, 1])
    >>> print(fit.to_sql("videos"))  # doctest: +ELLIPSIS
    SELECT scored.*,
      CASE
        WHEN scored."log_odds" BETWEEN -700e0 AND 0e0
    ...
      FROM "videos" given
    ) scored
    """
    if dialect not in _DIALECTS:
        raise DataError(
            f"dialect is {dialect!r}",
            f"one of {', '.join(map(repr, _DIALECTS))}",
            "names and texts are quoted differently in each",
            "most databases read 'standard'",
            option="dialect",
            value=dialect,
        )
    writer = _Writer(_DIALECTS[dialect])
    rule = scoring_rule(fit, encoded)
    names = (table,) if isinstance(table, str) else table
    _check_results((log_odds, probability), rule)
    eta = f"scored.{writer.name(log_odds)}"
    return f"""\
SELECT scored.*,
  CASE
    WHEN {eta} BETWEEN {_number(-_LOW)} AND {_number(0.0)}
      THEN EXP({eta}) / (1e0 + EXP({eta}))
    WHEN {eta} BETWEEN {_number(0.0)} AND {_number(_HIGH)}
      THEN 1e0 / (1e0 + EXP(-{eta}))
    WHEN {eta} BETWEEN {_number(-_ALL)} AND {_number(-_LOW)} THEN 0e0
    WHEN {eta} BETWEEN {_number(_HIGH)} AND {_number(_ALL)} THEN 1e0
  END AS {writer.name(probability)}
FROM (
  SELECT given.*,
    {writer.predictor(rule)} AS {writer.name(log_odds)}
  FROM {".".join(map(writer.name, names))} given
) scored"""


def _check_results(results: tuple[str, str], rule: Rule) -> None:
    read = {str(column).lower() for column in rule.variables}
    for name in results:
        if name.lower() in read or results[0].lower() == results[1].lower():
            raise DataError(
                f"a column of the result would be named {name!r}, which is taken",
                "a name that neither the model reads nor the other result bears",
                "databases do not tell apart two columns of one name",
                "name them: to_sql(table, log_odds=..., probability=...)",
                column=name,
            )


def _number(value: float) -> str:
    """A float in full, with an exponent: without one it would be a decimal, not a double.

    >>> _number(0.1), _number(-7e-05), _number(700.0)
    ('0.1e0', '-7e-05', '700e0')
    """
    text = repr(value).removesuffix(".0")
    return text if "e" in text else text + "e0"


@dataclass(frozen=True)
class _Writer:
    """Names, literals and expressions in one dialect."""

    dialect: _Dialect

    def name(self, name: object) -> str:
        """A quoted identifier: its own quotes doubled."""
        quote = self.dialect.quote
        return quote + _carried(str(name)).replace(quote, 2 * quote) + quote

    def literal(self, level: Level) -> str:
        """A level as text, number or truth value."""
        if isinstance(level, bool):
            return "TRUE" if level else "FALSE"
        if isinstance(level, int):
            return str(level)
        if isinstance(level, float):
            return f"({_number(level)})"
        text = _carried(level, empty=True)
        if self.dialect.backslash_escapes:
            text = text.replace("\\", "\\\\")
        return "'" + text.replace("'", "''") + "'"

    def predictor(self, rule: Rule) -> str:
        """The log-odds of a row."""
        parts = [
            self.category(part) if isinstance(part, Category) else self.product(part)
            for part in rule.parts
        ]
        return "\n    + ".join([f"({_number(rule.intercept)})", *filter(None, parts)])

    def category(self, part: Category) -> str:
        """What a level adds; NULL for one that is not known."""
        return self.case(part.column, part.levels, part.values, "\n      ")

    def product(self, part: Product) -> str:
        """What a number, or a product of several columns, adds; empty where it was dropped."""
        if not part.slope:
            return ""
        value = " * ".join(self.factor(factor, level) for factor, level in part.factors)
        if part.center:
            value = f"({value} - ({_number(part.center)}))"
        return f"({_number(part.slope)}) * {value}"

    def factor(self, factor: Factor, level: Level | None) -> str:
        """A number, a function of it, or 1 at a level and 0 at the others."""
        if factor.levels:
            hits = tuple(float(other == level) for other in factor.levels)
            return self.case(factor.column, factor.levels, hits, " ")
        value = f"CAST(given.{self.name(factor.column)} AS {self.dialect.double})"
        return _FUNCTIONS[factor.function].format(x=value)

    def case(self, column: object, levels: Levels, values: Sequence[float], gap: str) -> str:
        """A number for each level of a column; NULL for others."""
        pairs = zip(levels, values, strict=True)
        cases = [f"WHEN {self.literal(lv)} THEN ({_number(value)})" for lv, value in pairs]
        return f"CASE given.{self.name(column)}{gap}{gap.join(cases)}{gap}END"


def _carried(text: str, *, empty: bool = False) -> str:
    """Text that can stand between quotes in any database."""
    bad = "\0" in text or any("\ud800" <= c <= "\udfff" for c in text) or not (text or empty)
    if bad:
        raise DataError(
            f"the name or level {text!r:.80} cannot be written in SQL",
            "text of at least one character, without NUL or half a surrogate pair",
            "no quoting carries it",
            "rename it",
            name=text,
        )
    return text

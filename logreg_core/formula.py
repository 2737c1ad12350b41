"""A formula as terms: read by a small grammar, and never run.

    formula  outcome ~ sum          sum      term + term - term ...
    term     a    a:b    a*b = a + b + a:b    (a + b):c    1    0
    a        name    `any name`    C(name)    C(name, ref="level")    log() log1p() sqrt() of a name

patsy and formulaic hand parts of a formula to Python's own evaluator, so a formula from elsewhere
is a program. Here it is cut into the tokens above (anything else is refused with its place); names
and texts are put aside; what is left, such as "v0+v1**v2", goes to `ast.parse` for the precedence
of its signs alone, and the tree is walked.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field
from typing import NamedTuple, NoReturn

from .columns import Level
from .errors import DataError
from .terms import FUNCTIONS

__all__ = ["Formula", "Product", "Variable", "parse"]

MOST_CHARACTERS, MOST_TERMS, MOST_FACTORS = 20_000, 2_000, 6

TOKEN = re.compile(
    r"""(?P<space>\s+) | `(?P<quoted>[^`]+)` | (?P<name>[^\W\d][\w.]*)
    | (?P<text>"[^"\\\n]*"|'[^'\\\n]*') | (?P<number>\d+(?:\.\d+)?(?![\w.]))
    | (?P<sign>[-+*:(),=])""",
    re.VERBOSE,
)


class Variable(NamedTuple):
    """A factor as the formula names it: which column, and how it enters."""

    column: str
    function: str = ""
    category: bool = False
    reference: Level | None = None

    def __str__(self) -> str:
        return f"{self.function}({self.column})" if self.function else self.column


Product = tuple[Variable, ...]
ONE: Product = ()  # the intercept: the product of nothing


@dataclass(frozen=True)
class Formula:
    """What a formula asks for.

    outcome : name of the outcome column, None where nothing stands before the "~"
    terms : products of variables, in the order written
    intercept : False after "0 +" or "- 1"
    """

    outcome: str | None
    terms: tuple[Product, ...]
    intercept: bool


def parse(text: str) -> Formula:
    """Which terms does a formula name?

    Raises
    ------
    DataError
        For whatever is outside the grammar, with ``place``, the position of its first character
        in ``text`` (from 0), and the text around it. Nothing is executed.

    Examples
    --------
    >>> found = parse("ill ~ age + C(city, ref='Rome') + `body mass`:log(dose)")
    >>> found.outcome, found.intercept, [[str(v) for v in term] for term in found.terms]
    ('ill', True, [['age'], ['city'], ['body mass', 'log(dose)']])
    >>> parse("ill ~ age + exec('x')")
    Traceback (most recent call last):
        ...
    logreg_core.errors.DataError: at position 12 of the formula: 'exec' is no function here: \
"age + >>>exec('x')". Expected: C, log, log1p or sqrt. This means: formulas are read, never run. \
What to do: make the column in the frame first, and name it here.
    """
    return _Reader(text).formula()


@dataclass
class _Reader:
    """One formula on its way to terms."""

    text: str
    names: dict[str, str] = field(default_factory=dict)  # placeholder: the name it stands for
    texts: dict[str, str] = field(default_factory=dict)
    places: list[int] = field(default_factory=list)  # character of the text, by that of the code

    def formula(self) -> Formula:
        if not isinstance(self.text, str) or len(self.text) > MOST_CHARACTERS:
            shown = "text" if isinstance(self.text, str) else type(self.text).__name__
            raise DataError(
                f"the formula is a {shown} of {len(str(self.text))} characters",
                f"text of at most {MOST_CHARACTERS}",
                "it is no formula",
                'write it like "outcome ~ a + b"',
            )
        outcome, start = self._outcome()
        code = self._code(start)
        if not code:
            self._refuse(len(self.text), "nothing stands here", "at least one term")
        try:
            terms = self._sum(self._tree(code))
        except (RecursionError, MemoryError):
            self._refuse(start, "the formula is nested too deep", "a sum of terms")
        products = tuple(term for term in terms if term)
        if len(products) > MOST_TERMS:
            self._refuse(start, f"{len(products)} terms", f"at most {MOST_TERMS}")
        return Formula(outcome, products, ONE in terms)

    def _outcome(self) -> tuple[str | None, int]:
        """What stands before the "~", and where the rest begins."""
        at, found = 0, []
        while at < len(self.text) and self.text[at] != "~":
            match = TOKEN.match(self.text, at)
            if match is None:
                self._refuse(at, f"{self.text[at]!r} has no meaning", "outcome ~ terms")
            if match.lastgroup != "space":
                found.append(match)
            at = match.end()
        if at == len(self.text):
            self._refuse(at, "there is no '~'", "outcome ~ terms")
        if not found:
            return None, at + 1
        wrong = [m for i, m in enumerate(found) if i or m.lastgroup not in ("name", "quoted")]
        if wrong:
            self._refuse(wrong[0].start(), f"{wrong[0].group()!r:.40} in the outcome", "one name")
        return found[0].group(found[0].lastgroup or 0), at + 1

    def _code(self, start: int) -> str:
        """The terms with every name, text and ":" replaced by what Python's grammar knows."""
        pieces: list[str] = []
        at, depth, before = start, 0, ""
        while at < len(self.text):
            match = TOKEN.match(self.text, at)
            if match is None:
                self._refuse(
                    at, f"{self.text[at]!r} has no meaning", "names and the signs + - * : ( )"
                )
            kind, token = match.lastgroup, match.group()
            piece = token
            if kind in ("name", "quoted"):
                piece = f"v{len(self.names)}"
                self.names[piece] = match.group(kind)
            elif kind == "text":
                piece = f"t{len(self.texts)}"
                self.texts[piece] = token[1:-1]
            elif kind == "sign":
                depth += (token == "(") - (token == ")")
                if depth < 0 or depth > 20:
                    self._refuse(at, f"{token!r} too many", "parentheses in pairs, at most 20 deep")
                if token in "+-*:" and before in ("+", "-", "*", ":"):
                    self._refuse(at, f"{token!r} after {before!r}", "a term between two signs")
                piece = "**" if token == ":" else token
            if kind != "space":
                pieces.append(piece)
                self.places += [at] * len(piece)
                before = token
            at = match.end()
        return "".join(pieces)

    def _tree(self, code: str) -> ast.expr:
        try:
            return ast.parse(code, mode="eval").body
        except SyntaxError as problem:
            self._refuse(
                self._place((problem.offset or 1) - 1), "this is no sum of terms", "a + b:c"
            )
        except ValueError:
            self._refuse(self._place(0), "a number of too many digits", "1 or 0")

    def _sum(self, node: ast.expr) -> list[Product]:
        """The terms of a sum, the intercept among them unless it is taken away."""
        steps: list[tuple[ast.operator, ast.expr]] = []
        while isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
            steps.append((node.op, node.right))  # not by recursion: sums are long
            node = node.left
        terms: dict[Product, None] = {ONE: None}
        steps.append((ast.Add(), node))
        for operator, part in reversed(steps):
            if isinstance(part, ast.UnaryOp) and isinstance(part.op, ast.USub | ast.UAdd):
                operator = ast.Sub() if isinstance(part.op, ast.USub) else operator
                part = part.operand
            number = self._number(part)
            if number is not None:
                if (number == 1) == isinstance(operator, ast.Add):
                    terms[ONE] = None
                else:
                    terms.pop(ONE, None)
                continue
            for term in self._terms(part):
                same = next((t for t in terms if set(t) == set(term)), None)
                if isinstance(operator, ast.Sub):
                    if same is None:
                        self._refuse_node(part, "this term is not there", "a term named before")
                    del terms[same]
                elif same is None:
                    terms[term] = None
        return list(terms)

    def _number(self, node: ast.expr) -> int | None:
        if not isinstance(node, ast.Constant):
            return None
        if type(node.value) is not int or node.value not in (0, 1):
            self._refuse_node(node, f"the number {node.value!r}", "1 or 0, for the intercept")
        return node.value

    def _terms(self, node: ast.expr) -> list[Product]:
        """The terms that a product, a parenthesis or a name stands for."""
        match node:
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return self._terms(left) + self._terms(right)
            case ast.BinOp(left=left, op=ast.Mult(), right=right):
                first, second = self._terms(left), self._terms(right)
                return first + second + self._products(node, first, second)
            case ast.BinOp(left=left, op=ast.Pow(), right=right):
                return self._products(node, self._terms(left), self._terms(right))
            case ast.Name(id=name) if name in self.names:
                return [(Variable(self.names[name]),)]
            case ast.Call(func=ast.Name(id=function), args=args, keywords=keywords):
                return [(self._call(node, self.names.get(function, ""), args, keywords),)]
            case ast.Constant():
                self._refuse_node(node, "a number inside a term", "names; 1 or 0 only as a summand")
        self._refuse_node(node, "this is no term", "name, C(name), log(name), a:b or a*b")

    def _products(
        self, node: ast.expr, first: list[Product], second: list[Product]
    ) -> list[Product]:
        found = [tuple(dict.fromkeys(a + b)) for a in first for b in second]
        if len(found) > MOST_TERMS or max(map(len, found)) > MOST_FACTORS:
            self._refuse_node(
                node, "a product too large", f"at most {MOST_FACTORS} names in a term"
            )
        return found

    def _call(
        self, node: ast.Call, function: str, args: list[ast.expr], keywords: list[ast.keyword]
    ) -> Variable:
        if function != "C" and function not in FUNCTIONS:
            expected = "C, log, log1p or sqrt"
            self._refuse_node(node, f"{function!r:.60} is no function here", expected)
        name = args[0].id if len(args) == 1 and isinstance(args[0], ast.Name) else ""
        if name not in self.names:
            self._refuse_node(node, f"{function}() of something else", "one name inside")
        column = self.names[name]
        if function != "C":
            if keywords:
                self._refuse_node(
                    keywords[0].value, f"an option of {function}()", "one name inside"
                )
            return Variable(column, function)
        if not keywords:
            return Variable(column, category=True)
        if len(keywords) > 1 or self.names.get(keywords[0].arg or "") != "ref":
            self._refuse_node(keywords[0].value, "an unknown option of C()", 'ref="level"')
        return Variable(column, category=True, reference=self._level(keywords[0].value))

    def _level(self, node: ast.expr) -> Level:
        sign = 1
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            sign, node = -1, node.operand
        if isinstance(node, ast.Constant) and type(node.value) in (int, float):
            return sign * node.value  # type: ignore[operator, return-value]
        if isinstance(node, ast.Name) and sign == 1:
            if node.id in self.texts:
                return self.texts[node.id]
            if self.names.get(node.id) in ("True", "False"):
                return self.names[node.id] == "True"
        self._refuse_node(node, "this is no level", 'a text in quotes or a number, as in ref="a"')

    def _place(self, offset: int) -> int:
        return self.places[offset] if 0 <= offset < len(self.places) else len(self.text)

    def _refuse_node(self, node: ast.expr, found: str, expected: str) -> NoReturn:
        self._refuse(self._place(node.col_offset), found, expected)

    def _refuse(self, place: int, found: str, expected: str) -> NoReturn:
        before, after = self.text[max(0, place - 6) : place], self.text[place : place + 24]
        raise DataError(
            f"at position {place} of the formula: {found}: {(before + '>>>' + after)!r}",
            expected,
            "formulas are read, never run",
            "make the column in the frame first, and name it here",
            formula=self.text,
            place=place,
        )

"""What of a fit goes into a model file, as plain values, and how each is checked on the way back.

Schema 1. A field added to `LogitFit` has to be added here: a test compares the two.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import __version__
from .ascent import Status, TraceRow
from .encoding import Encoding
from .errors import DataError
from .plain_values import (
    bits,
    fields,
    matrix,
    plain_bits,
    plain_number,
    plain_numbers,
    real,
    reals,
    text,
    texts,
    truth,
    whole,
    wholes,
)
from .rank import Relation

if TYPE_CHECKING:
    from .result import LogitFit
    from .separation import Separation

__all__ = ["SCHEMA", "fields_of", "plain"]

SCHEMA = 1
_KEYS = {
    "written_by", "names", "classes", "fit_intercept", "coef", "center", "centered_coef", "loglik",
    "null_loglik", "penalised_loglik", "n_rows", "weight_sum", "weighted", "status", "solver",
    "tol", "l2", "penalty", "aliased", "separation", "root", "covariance", "steps", "encoding",
    "with_offset",
}  # fmt: skip
_SEPARATION_KEYS = {
    "kind", "direction", "infinite", "proven", "undetermined", "names", "aliased", "n_rows",
    "n_separated", "separated_rows", "boundary_rows", "limit", "exact_direction", "boundary",
}  # fmt: skip


def plain(fit: LogitFit) -> dict[str, Any]:
    """Everything a fit holds, as lists, numbers and text.

    Raises
    ------
    ValueError
        When labels or column names are neither text nor numbers.
    """
    return {
        "written_by": f"logreg_core {__version__}",
        "names": list(fit.names),
        "classes": [_label(c) for c in fit.classes],
        "fit_intercept": fit.fit_intercept,
        "coef": plain_numbers(fit.coef),
        "center": plain_numbers(fit.center),
        "centered_coef": plain_numbers(fit.centered_coef),
        "loglik": plain_number(fit.loglik),
        "null_loglik": plain_number(fit.null_loglik),
        "penalised_loglik": _or_none(fit.penalised_loglik, plain_number),
        "n_rows": int(fit.n_rows),
        "weight_sum": plain_number(fit.weight_sum),
        "weighted": fit.weighted,
        "with_offset": fit.with_offset,
        "status": fit.status.name,
        "solver": fit.solver,
        "tol": plain_number(fit.tol),
        "l2": plain_number(fit.l2),
        "penalty": fit.penalty,
        "aliased": [_plain_relation(relation) for relation in fit.aliased],
        "separation": _or_none(fit.separation, _plain_separation),
        "root": _or_none(fit.root, plain_numbers),
        "covariance": _or_none(fit.covariance_or_none, plain_numbers),
        "steps": [_plain_step(step) for step in fit.steps],
        "encoding": _or_none(fit.encoding, Encoding.to_dict),
    }


def fields_of(content: dict[str, Any]) -> dict[str, Any]:
    """The arguments of `LogitFit` from what `plain` gave.

    Raises
    ------
    ValueError
        When anything is missing, superfluous, of another type or length, or contradicts the rest.
    """
    given = fields(content, _KEYS, "the model")
    names = texts(given["names"], "names")
    k, fit_intercept = len(names), truth(given["fit_intercept"], "fit_intercept")
    if not k or (fit_intercept and names[0] != "intercept"):
        raise ValueError("the first of its names is not the intercept")
    written_by = text(given["written_by"], "written_by")
    if not written_by.startswith("logreg_core "):
        raise ValueError(f"it was written by {written_by!r:.60}")
    return {
        "names": names,
        "classes": _classes(given["classes"]),
        "fit_intercept": fit_intercept,
        **{name: reals(given[name], name, k) for name in ("coef", "center", "centered_coef")},
        **{name: real(given[name], name) for name in ("loglik", "null_loglik", "weight_sum",
                                                      "tol", "l2")},
        "penalised_loglik": _or_none(
            given["penalised_loglik"], lambda v: real(v, "penalised_loglik")
        ),
        "n_rows": whole(given["n_rows"], "n_rows"),
        "weighted": truth(given["weighted"], "weighted"),
        "with_offset": truth(given["with_offset"], "with_offset"),
        "status": Status[text(given["status"], "status", tuple(Status.__members__))],
        "solver": text(given["solver"], "solver"),
        "penalty": _or_none(given["penalty"], lambda v: text(v, "penalty", ("firth",))),
        "aliased": tuple(_relation(part, names) for part in _listed(given["aliased"])),
        "separation": _or_none(given["separation"], lambda v: _separation(v, k)),
        "root": _or_none(given["root"], lambda v: matrix(v, "root", k)),
        "covariance_or_none": _or_none(
            given["covariance"], lambda v: matrix(v, "covariance", k, least=k)
        ),
        "steps": tuple(_step(part) for part in _listed(given["steps"])),
        "encoding": _or_none(
            given["encoding"],
            lambda v: _encoding(v, names[1:] if fit_intercept else names, given["classes"]),
        ),
    }  # fmt: skip


def _or_none(value: Any, convert: Any) -> Any:
    return None if value is None else convert(value)


def _listed(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise ValueError(f"{value!r:.60} stands where a list belongs")
    return value


def _label(value: Any) -> str | int | float | bool:
    if type(value) in (str, int, bool) or (type(value) is float and value - value == 0.0):
        return value  # type: ignore[no-any-return]
    raise ValueError(f"the label {value!r:.60} is neither a text nor a finite number")


def _classes(value: Any) -> tuple[Any, Any]:
    labels = tuple(_label(part) for part in _listed(value))
    if len(labels) != 2 or labels[0] == labels[1] or len({type(c) is str for c in labels}) != 1:
        raise ValueError(f"classes is {value!r:.60}, not two labels of one kind")
    return labels


def _plain_relation(relation: Relation) -> dict[str, Any]:
    terms = [[name, plain_number(factor)] for name, factor in relation.terms]
    return {"name": relation.name, "constant": plain_number(relation.constant), "terms": terms}


def _relation(content: Any, names: tuple[str, ...]) -> Relation:
    given = fields(content, {"name", "constant", "terms"}, "a dropped column")
    terms = []
    for part in _listed(given["terms"]):
        if len(_listed(part)) != 2:
            raise ValueError(f"{part!r:.60} is no column and its factor")
        terms.append((text(part[0], "a column", names), real(part[1], "a factor")))
    name = text(given["name"], "a dropped column", names)
    return Relation(name, real(given["constant"], "a constant"), tuple(terms))


def _plain_step(step: TraceRow) -> list[Any]:
    return [v if type(v) is int else plain_number(v) for v in step]


def _step(content: Any) -> TraceRow:
    row = _listed(content)
    if len(row) != len(TraceRow._fields):
        raise ValueError(f"a step has {len(row)} entries")
    values = [whole(v, "a step") if type(v) is int else real(v, "a step") for v in row]
    return TraceRow(*values)  # type: ignore[arg-type]


def _encoding(content: Any, features: tuple[str, ...], classes: list[Any]) -> Encoding:
    try:
        encoding = Encoding.from_dict(content)
    except (DataError, TypeError, OverflowError) as problem:
        raise ValueError(f"its encoding cannot be taken: {problem}") from problem
    if encoding.names != features:
        raise ValueError("the columns of its encoding are not those of its coefficients")
    if list(encoding.classes) != classes and classes != ["failure", "success"]:  # those of counts
        raise ValueError("the classes of its encoding are not its own")
    return encoding


def _plain_separation(found: Separation) -> dict[str, Any]:
    return {
        "kind": found.kind,
        "direction": plain_numbers(found.direction),
        "infinite": {name: plain_number(value) for name, value in found.infinite.items()},
        "proven": found.proven,
        "undetermined": list(found.undetermined),
        "names": list(found.names),
        "aliased": list(found.aliased),
        "n_rows": int(found.n_rows),
        "n_separated": int(found.n_separated),
        "separated_rows": list(map(int, found.separated_rows)),
        "boundary_rows": list(map(int, found.boundary_rows)),
        "limit": plain_numbers(found.limit),
        "exact_direction": list(map(hex, found.exact_direction)),  # decimals have a digit limit
        "boundary": plain_bits(found.boundary),
    }


def _separation(content: Any, k: int) -> Separation:
    from .separation import Separation  # only the separated pay for its import

    given = fields(content, _SEPARATION_KEYS, "separation")
    names = texts(given["names"], "separation names")
    exact = texts(given["exact_direction"], "exact_direction")
    if len(names) != k or len(exact) != k or not isinstance(given["infinite"], dict):
        raise ValueError(f"separation is not of {k} coefficients")
    kind = text(given["kind"], "kind", ("none", "quasi-complete", "complete"))
    return Separation(
        kind=kind,  # type: ignore[arg-type]
        direction=reals(given["direction"], "direction", k),
        infinite={
            text(name, "infinite", names): real(value, "infinite")
            for name, value in given["infinite"].items()
        },
        proven=truth(given["proven"], "proven"),
        undetermined=texts(given["undetermined"], "undetermined"),
        names=names,
        aliased=texts(given["aliased"], "aliased"),
        n_rows=whole(given["n_rows"], "n_rows"),
        n_separated=whole(given["n_separated"], "n_separated"),
        separated_rows=wholes(given["separated_rows"], "separated_rows"),
        boundary_rows=wholes(given["boundary_rows"], "boundary_rows"),
        limit=reals(given["limit"], "limit", k),
        exact_direction=tuple(int(part, 16) for part in exact),
        boundary=bits(given["boundary"], "boundary"),
    )

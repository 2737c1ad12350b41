"""A fit as an ONNX model in double precision, which any ONNX runtime can score."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from .. import __version__
from ..errors import DataError, MissingDependencyError
from .rule import Category, Product, Rule, scoring_rule

if TYPE_CHECKING:
    from ..columns import Level
    from ..result import LogitFit
    from ..terms import Factor

__all__ = ["to_onnx"]

# Old enough for runtimes of 2022 on, new enough for every operation used.
_OPSET, _ML_OPSET, _IR_VERSION = 17, 3, 8
_OUTPUTS = ("log_odds", "probability")


def to_onnx(fit: LogitFit, *, encoded: bool = False) -> Any:
    """The same model as an ONNX graph.

    Parameters
    ----------
    fit : any fit
    encoded : take the columns of X, although the fit could encode raw columns

    Returns
    -------
    onnx.ModelProto. Inputs: for a fit made from a `Design` one (n, 1) tensor a raw column, by its
    name, strings for categories of text and doubles for all others; else one tensor of doubles
    "X" (n, columns). Outputs: "log_odds" and "probability" of the positive class, (n,) doubles.
    ``metadata_props`` names the classes, the library and its version.

    Raises
    ------
    MissingDependencyError
        When the package onnx is not installed (extra "onnx").
    DataError
        For a raw column without name, or named like an output.

    Notes
    -----
    A level that the fit has not seen gives NaN, as do missing numbers: never a guess. A graph has
    no offset. Write it with ``pathlib.Path(...).write_bytes(model.SerializeToString())``.

    Examples
    --------
    >>> import logreg_core as lc
    >>> fit = lc.fit([[1.0], [2.0], [3.0], [4.0]], [0, 1, 0, 1])
    >>> model = fit.to_onnx()
    >>> [item.name for item in model.graph.input], [item.name for item in model.graph.output]
    (['X'], ['log_odds', 'probability'])
    """
    try:
        import onnx
    except ImportError as problem:
        raise MissingDependencyError(
            "the package onnx is not installed",
            "the extra 'onnx'",
            "no graph can be built",
            'pip install "logreg-core[onnx]"',
        ) from problem
    rule = scoring_rule(fit, encoded)
    graph = _Graph(onnx)
    if fit.encoding is None or encoded:
        total = _matrix_predictor(graph, rule)
    else:
        total = _raw_predictor(graph, rule)
    flat = graph.constant(np.array([-1], dtype=np.int64))
    graph.add("Reshape", total, flat, output=_OUTPUTS[0])
    graph.add("Sigmoid", _OUTPUTS[0], output=_OUTPUTS[1])
    return _model(onnx, graph, fit)


def _matrix_predictor(graph: _Graph, rule: Rule) -> str:
    """(n, 1) log-odds from one matrix of all columns."""
    parts = [part for part in rule.parts if isinstance(part, Product)]
    matrix = graph.input("X", len(parts))
    centered = graph.add("Sub", matrix, graph.constant([[part.center for part in parts]]))
    slopes = graph.constant([[part.slope] for part in parts])
    product = graph.add("MatMul", centered, slopes)
    return graph.add("Add", product, graph.constant([[rule.intercept]]))


def _raw_predictor(graph: _Graph, rule: Rule) -> str:
    """(n, 1) log-odds from raw columns, each an input of its own."""
    _check_names([str(column) for column in rule.variables])
    inputs = {
        column: graph.input(str(column), 1, text=bool(levels) and isinstance(levels[0], str))
        for column, levels in rule.variables.items()
    }
    total = graph.constant([[rule.intercept]])
    for part in rule.parts:
        if isinstance(part, Category):
            value = _level_values(graph, inputs[part.column], part.levels, part.values)
        else:
            factors = [_factor(graph, inputs[f.column], f, level) for f, level in part.factors]
            value = factors[0]
            for other in factors[1:]:
                value = graph.add("Mul", value, other)
            value = graph.add("Sub", value, graph.constant([[part.center]]))
            value = graph.add("Mul", value, graph.constant([[part.slope]]))
        total = graph.add("Add", total, value)
    return total


def _factor(graph: _Graph, given: str, factor: Factor, level: Level | None) -> str:
    """(n, 1): a number, a function of it (NaN outside its domain), or 1 at a level."""
    if factor.levels:
        hits = [float(other == level) for other in factor.levels]
        return _level_values(graph, given, factor.levels, hits)
    one, nan = graph.constant([[1.0]]), graph.constant([[np.nan]])
    match factor.function:
        case "sqrt":
            return graph.add("Sqrt", given)
        case "log":
            positive = graph.add("Greater", given, graph.constant([[0.0]]))
            return graph.add("Log", graph.add("Where", positive, given, nan))
        case "log1p":  # Goldberg (1991), theorem 4, doi:10.1145/103162.103163
            whole = graph.add("Add", one, given)
            inside = graph.add("Where", graph.add("Greater", given, graph.add("Neg", one)),
                               whole, nan)  # fmt: skip
            quotient = graph.add("Div", given, graph.add("Sub", whole, one))
            value = graph.add("Mul", graph.add("Log", inside), quotient)
            return graph.add("Where", graph.add("Equal", whole, one), given, value)
    return given


def _level_values(
    graph: _Graph, given: str, levels: Sequence[Level], values: Sequence[float]
) -> str:
    """(n, 1): the value of each row's level; NaN for an unknown one."""
    if isinstance(levels[0], str):
        place = graph.add(
            "LabelEncoder", given, domain="ai.onnx.ml", default_int64=len(levels),
            keys_strings=[str(level).encode() for level in levels],
            values_int64s=list(range(len(levels))),
        )  # fmt: skip
        return graph.add("Gather", graph.constant([*values, np.nan]), place)
    same = graph.add("Equal", given, graph.constant([[float(level) for level in levels]]))
    hits = graph.add("Cast", same, to=graph.double)
    found = graph.add("MatMul", hits, graph.constant([[1.0]] * len(levels)))
    value = graph.add("MatMul", hits, graph.constant([[value] for value in values]))
    return graph.add("Div", value, found)  # 0 / 0 where none is the row's level


def _check_names(names: list[str]) -> None:
    for name in names:
        if not name or name in _OUTPUTS:
            raise DataError(
                f"a raw column is named {name!r}",
                f"a name, and none of {', '.join(_OUTPUTS)}",
                "inputs and outputs of a graph are told apart by their names",
                "rename the column and fit again, or export with encoded=True",
                column=name,
            )


def _model(onnx: Any, graph: _Graph, fit: LogitFit) -> Any:
    helper = onnx.helper
    kind = onnx.TensorProto.DOUBLE
    outputs = [helper.make_tensor_value_info(name, kind, ["n"]) for name in _OUTPUTS]
    model = helper.make_model(
        helper.make_graph(graph.nodes, "logreg_core", graph.inputs, outputs, graph.constants),
        opset_imports=[
            helper.make_opsetid("", _OPSET),
            helper.make_opsetid("ai.onnx.ml", _ML_OPSET),
        ],
        producer_name="logreg_core",
        producer_version=__version__,
        ir_version=_IR_VERSION,
    )
    negative, positive = fit.classes
    helper.set_model_props(
        model,
        {"negative": json.dumps(negative), "positive": json.dumps(positive),
         "names": json.dumps(fit.names)},
    )  # fmt: skip
    onnx.checker.check_model(model)
    return model


@dataclass
class _Graph:
    """Nodes in the order they run; what they produce is named by number."""

    onnx: Any
    nodes: list[Any] = field(default_factory=list)
    inputs: list[Any] = field(default_factory=list)
    constants: list[Any] = field(default_factory=list)

    @property
    def double(self) -> int:
        """ONNX's number for float64."""
        return int(self.onnx.TensorProto.DOUBLE)

    def input(self, name: str, width: int, *, text: bool = False) -> str:
        """A tensor (n, width) that the user gives."""
        kind = self.onnx.TensorProto.STRING if text else self.double
        self.inputs.append(self.onnx.helper.make_tensor_value_info(name, kind, ["n", width]))
        return name

    def constant(self, values: Any) -> str:
        """An array that the model holds."""
        # \x1f: a control character keeps these apart from the names of columns
        name = f"constant\x1f{len(self.constants)}"
        self.constants.append(self.onnx.numpy_helper.from_array(np.asarray(values), name))
        return name

    def add(self, operation: str, *names: str, output: str = "", **options: Any) -> str:
        """One operation; returns the name of its result."""
        output = output or f"step\x1f{len(self.nodes)}"
        node = self.onnx.helper.make_node(operation, list(names), [output], **options)
        self.nodes.append(node)
        return output

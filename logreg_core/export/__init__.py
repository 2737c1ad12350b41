"""A fit in other tools' terms: scikit-learn, ONNX, SQL. Each imports its tool when it is called."""

from .onnx_model import to_onnx
from .scikit_learn import to_sklearn
from .sql import to_sql

__all__ = ["to_onnx", "to_sklearn", "to_sql"]

"""How an inner loop is written out for the vector unit, where the compiler's own choice is poor.

`written_out` keeps a plain Python function as the definition and replaces its compiled form by
code that an emitter builds instruction by instruction: vectors of a fixed length, sums in a fixed
order, so that the bits do not depend on what the optimiser thought best. With NUMBA_DISABLE_JIT
the definition itself runs, with LOGREG_BOUNDSCHECK it is compiled; the tests hold both against
the emitted code. It also compiles much faster: numba sees one statement.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any

from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic

from .jit_kernels import BOUNDSCHECK, DISABLE_JIT, inner

__all__ = ["Emitter", "written_out"]

build: Any = cgutils  # numba's own helpers carry no types

DOUBLE, SINGLE = ir.DoubleType(), ir.FloatType()
INT, SHORT, BYTE = ir.IntType(64), ir.IntType(32), ir.IntType(8)
VECTOR_BYTES = 32  # 4 doubles or 8 floats; wider units take two or four such vectors at a time
FUSED = ("contract",)  # a product and a sum may become one instruction


class Emitter:
    """The few instructions the inner loops are made of. Pointers and indices count elements."""

    def __init__(self, context: Any, builder: Any, types: Sequence[Any], values: Any) -> None:
        self.context, self.builder = context, builder
        self.types, self.arguments = types, values

    def data(self, i: int) -> Any:
        """Where the elements of array argument i begin."""
        return self._array(i).data

    def columns(self, i: int) -> Any:
        """The length of a row of array argument i."""
        return self.builder.extract_value(self._array(i).shape, 1)

    def _array(self, i: int) -> Any:
        make = self.context.make_array(self.types[i])
        return make(self.context, self.builder, self.arguments[i])

    def add(self, *terms: Any) -> Any:
        """Sum of indices, each a value or a number."""
        values = [INT(t) if isinstance(t, int) else t for t in terms]
        total = values[0]
        for value in values[1:]:
            total = self.builder.add(total, value)
        return total

    def times(self, a: Any, b: Any) -> Any:
        """Product of two indices."""
        return self.builder.mul(a, INT(b) if isinstance(b, int) else b)

    def least(self, a: Any, b: Any) -> Any:
        """The smaller of two indices."""
        return self.builder.select(self.builder.icmp_signed("<", a, b), a, b)

    def load(self, pointer: Any, index: Any, lanes: int = 1) -> Any:
        """``lanes`` neighbours as a vector."""
        size = 8 if pointer.type.pointee == DOUBLE else 4
        return self.builder.load(self._at(pointer, index, lanes), align=size)

    def store(self, value: Any, pointer: Any, index: Any, lanes: int = 1) -> None:
        """Write what `load` would read."""
        size = 8 if pointer.type.pointee == DOUBLE else 4
        self.builder.store(value, self._at(pointer, index, lanes), align=size)

    def _at(self, pointer: Any, index: Any, lanes: int) -> Any:
        place = self.builder.gep(pointer, [index])
        if lanes == 1:
            return place
        return self.builder.bitcast(place, vector(pointer.type.pointee, lanes).as_pointer())

    def splat(self, value: Any, lanes: int) -> Any:
        """A vector of one value."""
        if lanes == 1:
            return value
        nothing = ir.Constant(vector(value.type, lanes), ir.Undefined)
        first = self.builder.insert_element(nothing, value, SHORT(0))
        zeros = ir.Constant(ir.VectorType(SHORT, lanes), [0] * lanes)
        return self.builder.shuffle_vector(first, nothing, zeros)

    def fused(self, a: Any, b: Any, c: Any) -> Any:
        """a * b + c, in one rounding where the machine can."""
        return self.builder.fadd(self.builder.fmul(a, b, flags=FUSED), c, flags=FUSED)

    def variable(self, element: Any, lanes: int = 1) -> Any:
        """A register that starts at zero, for a running sum."""
        zero = ir.Constant(element, 0.0)
        start = zero if lanes == 1 else ir.Constant(vector(element, lanes), [zero] * lanes)
        return build.alloca_once_value(self.builder, start)

    def accumulate(self, register: Any, a: Any, b: Any) -> None:
        """register += a * b."""
        self.builder.store(self.fused(a, b, self.builder.load(register)), register)

    def across(self, value: Any, lanes: int) -> Any:
        """The sum of a vector's elements, by halves."""
        parts = [self.builder.extract_element(value, SHORT(i)) for i in range(lanes)]
        while len(parts) > 1:
            half = len(parts) // 2
            parts = [self.builder.fadd(parts[i], parts[i + half]) for i in range(half)]
        return parts[0]

    def loop(self, first: Any, last: Any, by: int, body: Callable[[Any], None]) -> None:
        """body(i) for i in range(first, last, by)."""
        ends = [INT(e) if isinstance(e, int) else e for e in (first, last)]
        with build.for_range_slice(self.builder, *ends, INT(by)) as (i, _):
            body(i)

    def elements(self, n: Any, body: Callable[[Any, int], None], lanes: int = 4) -> None:
        """body(j, lanes) for whole vectors of n elements, then body(j, 1) for what is left."""
        whole = self.builder.and_(n, INT(-lanes))
        self.loop(0, whole, lanes, lambda j: body(j, lanes))
        self.loop(whole, n, 1, lambda j: body(j, 1))

    def prefetch(self, pointer: Any, index: Any) -> None:
        """Ask for the cache line of an element; harmless where there is none."""
        place = self.builder.bitcast(self._at(pointer, index, 1), BYTE.as_pointer())
        kind = ir.FunctionType(ir.VoidType(), [place.type, SHORT, SHORT, SHORT])
        call = build.get_or_insert_function(self.builder.module, kind, "llvm.prefetch.p0")
        self.builder.call(call, [place, SHORT(0), SHORT(3), SHORT(1)])

    def polynomial(self, x: Any, coefficients: Sequence[float]) -> Any:
        """Horner's scheme, highest power first."""
        value = DOUBLE(coefficients[0])
        for c in coefficients[1:]:
            value = self.fused(value, x, DOUBLE(c))
        return value


def vector(element: Any, lanes: int) -> Any:
    """The type of ``lanes`` neighbours."""
    return ir.VectorType(element, lanes)


def written_out(emit: Callable[[Emitter], Any]) -> Callable[[Callable[..., Any]], Any]:
    """Compile a function as ``emit`` writes it: it returns a float's value, or None for none."""

    def decorate(definition: Callable[..., Any]) -> Any:
        if DISABLE_JIT:
            return definition
        if BOUNDSCHECK:
            return inner()(definition)
        gives = types.float64 if definition.__annotations__["return"] == "float" else types.void

        def typed(typing: Any, *arguments: Any) -> Any:
            def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
                result = emit(Emitter(context, builder, signature.args, values))
                return context.get_dummy_value() if gives is types.void else result

            return gives(*arguments), generate

        typed.__name__, typed.__doc__ = definition.__name__, definition.__doc__
        given = inspect.signature(definition).parameters.values()
        first = inspect.Parameter("typing", inspect.Parameter.POSITIONAL_OR_KEYWORD)
        typed.__signature__ = inspect.Signature([first, *given])  # type: ignore[attr-defined]
        return intrinsic(typed)

    return decorate

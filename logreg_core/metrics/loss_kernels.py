"""The sum of logarithms behind the log loss.

numba calls libm's log once per element. The scheme below (fdlibm's: exponent and a mantissa in
[sqrt(1/2), sqrt(2)), then a series in f / (2 + f)) is the same arithmetic in steps that each
vectorise; the exponent becomes a float64 by gluing it under 2**52, because AVX2 has no conversion
from 64-bit integers. A running product with one log a stretch is faster still and was rejected:
it loses the digits of probabilities near 1.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..jit_kernels import EXACT, VECTOR, kernel

__all__ = ["sum_log"]

_STRETCH = 1024  # four float64 scratch lines of this length stay in the first-level cache
_TO_ROOT = np.uint64(0x00095F6200000000)  # bits of 1 less bits of sqrt(1/2)
_ROOT = np.uint64(0x3FE6A09E00000000)
_MANTISSA = np.uint64(0x000FFFFFFFFFFFFF)
_GLUE = np.uint64(0x4330000000000000)  # bits of 2**52
_FIFTY_TWO = np.uint64(52)
_UNGLUE = 4503599627370496.0 + 1023.0
_LN2_HIGH, _LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10
_L1, _L2, _L3 = 6.666666666666735130e-01, 3.999999999940941908e-01, 2.857142874366239149e-01
_L4, _L5, _L6 = 2.222219843214978396e-01, 1.818357216161805012e-01, 1.531383769920937332e-01
_L7 = 1.479819860511658591e-01


@kernel(EXACT)  # reassociated, (exponent - 2**52) * ln 2 loses every digit
def _logs(value: Any, mantissa: Any, exponent: Any) -> None:
    """Replace every positive, normal value by its logarithm; two scratch lines as long."""
    n = value.shape[0]
    bits, mantissa_bits = value.view(np.uint64), mantissa.view(np.uint64)
    exponent_bits = exponent.view(np.uint64)
    for i in range(n):
        shifted = bits[i] + _TO_ROOT
        mantissa_bits[i] = (shifted & _MANTISSA) + _ROOT
        exponent_bits[i] = (shifted >> _FIFTY_TWO) | _GLUE
    for i in range(n):
        f = mantissa[i] - 1.0
        s = f / (2.0 + f)
        z = s * s
        series = z * (_L1 + z * (_L2 + z * (_L3 + z * (_L4 + z * (_L5 + z * (_L6 + z * _L7))))))
        half = 0.5 * f * f
        k = exponent[i] - _UNGLUE
        value[i] = k * _LN2_HIGH - ((half - (s * (half + series) + k * _LN2_LOW)) - f)


@kernel(VECTOR)
def sum_log(probability: Any, weight: Any, low: float, high: float) -> float:
    """Sum of weight * log(probability clipped to low..high); an empty weight counts rows once."""
    value, mantissa, exponent = np.empty(_STRETCH), np.empty(_STRETCH), np.empty(_STRETCH)
    total = 0.0
    for start in range(0, probability.shape[0], _STRETCH):
        some = probability[start : start + _STRETCH]
        n = some.shape[0]
        for i in range(n):
            value[i] = min(max(some[i], low), high)
        _logs(value[:n], mantissa[:n], exponent[:n])
        part = 0.0
        if weight.shape[0] == 0:
            for i in range(n):
                part += value[i]
        else:
            weights = weight[start : start + _STRETCH]
            for i in range(n):
                part += weights[i] * value[i]
        total += part
    return total

"""One BLAS thread for a while: the bits of a product must not depend on how many there are.

For the small products of a few thousand rows it is also faster: BLAS's threads wait for one another
by spinning, which on a busy machine costs more than the product.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

__all__ = ["one_blas_thread"]


def one_blas_thread() -> AbstractContextManager[Any]:
    """A context in which BLAS works on the calling thread alone.

    >>> with one_blas_thread():
    ...     pass
    """
    from threadpoolctl import threadpool_limits

    limits: AbstractContextManager[Any] = threadpool_limits(1, user_api="blas")
    return limits

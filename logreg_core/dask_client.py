"""A Dask cluster for a while: one on this machine, or one that runs already, by its address."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from .errors import DataError, MissingDependencyError

__all__ = ["client_of", "connected"]

PATIENCE = 30  # seconds for a scheduler to answer


def client_of(address: str) -> Any:
    """A `distributed.Client` of the scheduler at an address such as tcp://10.0.0.5:8786.

    tls:// addresses use the certificates that Dask is configured with
    (https://distributed.dask.org/en/stable/tls.html).

    Raises
    ------
    DataError
        Where nothing answers there.
    """
    kind = _distributed().Client
    client: Any = None
    try:
        _check_address(address)
        client = kind.__new__(kind)  # held, so that one that fails can be closed
        client.__init__(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError, TypeError) as problem:
        if client is not None:
            client.close(timeout=1)  # its loop would keep the process from ending
        way_out = "start one, or use 'local' for this machine's cores"
        if address.startswith("tls"):
            way_out += "; name your certificates under distributed.comm.tls in Dask's configuration"
        raise DataError(
            f"no Dask scheduler answers at {address!r}: {problem}",
            "the address that `dask scheduler` prints, such as tcp://10.0.0.5:8786",
            "there is nowhere to compute",
            way_out,
            address=address,
        ) from problem
    return client


def _check_address(address: str) -> None:
    """ValueError or TypeError for what is no scheme://host:port that Dask knows."""
    from distributed.comm.addressing import get_address_host_port, parse_address

    read: Any = get_address_host_port
    if parse_address(address)[0] != "inproc":  # which has no port
        read(address)


@contextmanager
def connected(where: str | None) -> Iterator[Any]:
    """A client of the cluster at an address, or of one made for the block: "local", a worker a
    core of this machine; None for none.

    Examples
    --------
    A cluster on this machine in one line, for a program that Dask may start anew::

        with connected("local") as client:
            fit = lc.fit(lc.DaskBlocks("data/*.parquet", target="ill", client=client))
    """
    if where is None:
        yield None
        return
    if where != "local":
        client = client_of(where)
        try:
            yield client
        finally:
            client.close()
        return
    distributed = _distributed()
    workers = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    with (
        distributed.LocalCluster(
            n_workers=workers, threads_per_worker=1, dashboard_address=None
        ) as cluster,
        distributed.Client(cluster, set_as_default=False) as client,
    ):
        yield client


def _distributed() -> Any:
    try:
        import distributed
    except ModuleNotFoundError as problem:
        raise MissingDependencyError(
            "Dask's scheduler is not installed",
            "dask and distributed",
            "they run the sums where the partitions lie",
            "pip install 'logreg-core[dask]'",
        ) from problem
    return distributed

"""The way to a cluster: addresses, encryption, and what does not answer."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

dask = pytest.importorskip("dask")
distributed = pytest.importorskip("distributed")

import logreg_core as lc  # noqa: E402
from logreg_core.dask_client import client_of  # noqa: E402
from logreg_core.errors import DataError  # noqa: E402

needs_openssl = pytest.mark.skipif(not shutil.which("openssl"), reason="openssl makes certificates")


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Dask's configuration of an encrypted cluster, with a certificate made for it."""
    key, cert = (str(tmp_path_factory.mktemp("tls") / name) for name in ("key.pem", "cert.pem"))
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
         "/CN=test", "-keyout", key, "-out", cert], check=True, capture_output=True,
    )  # fmt: skip
    files = {"key": key, "cert": cert}
    return {
        "distributed.comm.require-encryption": True,
        "distributed.comm.tls.ca-file": cert,
        **{f"distributed.comm.tls.{who}.{what}": path
           for who in ("scheduler", "worker", "client") for what, path in files.items()},
    }  # fmt: skip


@pytest.fixture(scope="module")
def encrypted(tls: dict[str, Any]) -> Iterator[str]:
    """The address of a cluster that speaks TLS only."""
    with dask.config.set(tls):
        cluster = distributed.LocalCluster(
            n_workers=1, threads_per_worker=1, protocol="tls", dashboard_address=None,
            security=distributed.Security(), silence_logs=50,
        )  # fmt: skip
    with cluster:
        yield cluster.scheduler_address


@needs_openssl
def test_an_encrypted_cluster_fits_from_the_command_line(
    encrypted: str, tls: dict[str, Any], tmp_path: Path
) -> None:
    from click.testing import CliRunner

    from logreg_core.cli import main

    rng = np.random.default_rng(3)
    frame = pd.DataFrame(rng.normal(size=(400, 2)), columns=["a", "b"])
    frame["ill"] = (rng.random(400) < 1.0 / (1.0 + np.exp(-frame.a))).astype(int)
    (tmp_path / "rows").mkdir()
    for part in range(2):
        frame[200 * part : 200 * part + 200].to_parquet(tmp_path / "rows" / f"part-{part}.parquet")
    asked = ["fit", str(tmp_path / "rows"), "--target", "ill", "--dask", encrypted]
    with dask.config.set(tls):
        done = CliRunner().invoke(main, [*asked, "--save", str(tmp_path / "model.json")])
    assert encrypted.startswith("tls://")
    assert done.exit_code == 0, done.output
    whole = lc.fit(lc.Design.from_frame(frame, target="ill"))
    np.testing.assert_allclose(lc.load(tmp_path / "model.json").coef, whole.coef, rtol=1e-12)


@needs_openssl
def test_an_encrypted_cluster_wants_certificates(encrypted: str) -> None:
    with pytest.raises(DataError, match=r"distributed\.comm\.tls") as caught:
        client_of(encrypted)
    assert "ssl_context" in str(caught.value)

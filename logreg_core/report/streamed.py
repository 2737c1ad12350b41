"""From the name of files and a choice of columns to a block source: what is not read whole."""

from __future__ import annotations

import glob
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..datasets import VERIFIED_STATUS
from ..file_lists import listed_files
from .source import Choice, LeftOut

if TYPE_CHECKING:
    from ..csv_blocks import CsvBlocks
    from ..dask_blocks import DaskBlocks
    from ..parquet_blocks import ParquetBlocks

__all__ = ["Streamed", "is_streamed", "load_stream"]

PARQUET = (".parquet", ".pq")


@dataclass(frozen=True)
class Streamed:
    """The rows a command works on, read anew in every pass."""

    description: str
    design: ParquetBlocks | CsvBlocks | DaskBlocks
    left_out: tuple[LeftOut, ...]


def is_streamed(data: Path) -> bool:
    """Whether a name stands for a folder, a pattern or a Parquet file.

    >>> is_streamed(Path("data/*.csv")), is_streamed(Path("a.parquet")), is_streamed(Path("a.csv"))
    (True, True, False)
    """
    pattern = glob.has_magic(str(data)) and not data.exists()
    return pattern or data.is_dir() or data.suffix in PARQUET


def load_stream(data: Path, choice: Choice, client: Any = None) -> Streamed:
    """Find the files and make a block source of them, by the rules of `source.load`.

    With a target and no features, every other column that can serve is used, judged by all
    rows. With a Dask client the files are read on its workers, a partition each.

    Raises
    ------
    DataError
        As the block sources, and where no column can serve.
    """
    ending = ".csv" if data.is_dir() and not any(data.rglob("*.parquet")) else ".parquet"
    files = [file.path for file in listed_files(data, ending, "a Parquet or CSV file")]
    kind, usable = _parquet() if _is_parquet(files[0]) else _csv()
    if client is not None:
        from ..dask_blocks import DaskBlocks

        kind = partial(DaskBlocks, client=client)
    features, left_out = choice.features, tuple[LeftOut, ...]()
    target, positive = choice.target or VERIFIED_STATUS["target"], choice.positive
    if choice.is_case_study:
        features = VERIFIED_STATUS["features"]
    elif features is None:
        features, left_out = usable(files, target, choice.categorical)
    if choice.target is None and positive is None:
        positive = VERIFIED_STATUS["positive"]
    blocks = kind(
        data, target=target, positive=positive, features=features,
        categorical=choice.categorical, missing=choice.missing,
    )  # fmt: skip
    return Streamed(str(data), blocks, left_out)


def _is_parquet(path: str) -> bool:
    with open(path, "rb") as stream:
        return stream.read(4) == b"PAR1" or path.endswith(PARQUET)


def _parquet() -> tuple[Any, Any]:
    from ..parquet_blocks import ParquetBlocks
    from .stream_choice import usable_in_parquet

    return ParquetBlocks, usable_in_parquet


def _csv() -> tuple[Any, Any]:
    from ..csv_blocks import CsvBlocks
    from .stream_choice import usable_in_csv

    return CsvBlocks, usable_in_csv

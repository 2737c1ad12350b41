"""Parquet files and Arrow streams as rows: a fit from disk is the fit in memory, to the last bit.

Tolerance: none. Coefficients, covariance and log-likelihood of the same rows are compared as
bytes, whatever files, row groups and threads they come through. The other half: each way in which
files can be wrong, with the words it is told in.
"""

from __future__ import annotations

import hashlib
import os
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import logreg_core as lc
from logreg_core import file_lists
from logreg_core.errors import DataChangedError, DataError, MissingDependencyError

pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")

SMALL, LARGE = 1_003, 90_003  # below and above what the fast climb takes, with 12 coefficients


def rows(n: int, seed: int = 3) -> pd.DataFrame:
    """Numbers of several types, a category and truth values, and an outcome that depends."""
    rng = np.random.default_rng(seed)
    numbers = {f"x{j}": rng.normal(size=n) for j in range(6)}
    frame = pd.DataFrame({
        **numbers,
        "age": rng.integers(18, 90, n).astype(np.int32),
        "score": rng.normal(size=n).astype(np.float32),
        "city": rng.choice(["Bern", "Oslo", "Rome"], n),
        "member": rng.random(n) < 0.3,
    })  # fmt: skip
    eta = frame["x0"] - 0.5 * frame["x1"] + 0.02 * (frame["age"] - 50) + (frame["city"] == "Rome")
    frame["ill"] = np.where(rng.random(n) < 1 / (1 + np.exp(-eta)), "yes", "no")
    return frame


def written(folder: Path, frame: pd.DataFrame, cuts: list[int], **options: Any) -> Path:
    """The frame in files that begin at these rows."""
    folder.mkdir(exist_ok=True)
    ends = [*cuts[1:], len(frame)]
    for number, (first, last) in enumerate(zip(cuts, ends, strict=True)):
        table = pa.Table.from_pandas(frame.iloc[first:last], preserve_index=False)
        pq.write_table(table, folder / f"part-{number}.parquet", **options)
    return folder


def digest(fit: lc.LogitFit) -> str:
    parts = fit.coef.tobytes(), fit.covariance.tobytes(), np.float64(fit.loglik).tobytes()
    return hashlib.sha256(b"".join(parts)).hexdigest()


def found(call: Any, kind: type[Exception] = DataError) -> Any:
    with pytest.raises(kind) as caught:
        call()
    return caught.value


@pytest.fixture
def few() -> pd.DataFrame:
    return rows(60)


# --- one hash ---


@pytest.mark.parametrize("n", [SMALL, LARGE])
def test_one_hash_for_memory_files_row_groups_and_threads(n: int, tmp_path: Path) -> None:
    frame = rows(n)
    design = lc.Design.from_frame(frame, target="ill")
    whole = lc.fit(design)
    assert whole.solver == ("newton" if n == SMALL else "fast")
    cuts = [0, 1, 17, n // 5, n // 3, n // 3 + 64, n - 7]
    seven = written(tmp_path / "seven", frame, cuts, row_group_size=n // 13 + 1)
    one = written(tmp_path / "one", frame, [0])
    hashes = {digest(whole)}
    for threads in (1, 2, 5):
        hashes.add(digest(lc.fit(lc.ParquetBlocks(one, design, threads=threads), threads=threads)))
        rows_of_seven = lc.ParquetBlocks(seven, target="ill", threads=threads)
        assert rows_of_seven.encoding == design.encoding
        hashes.add(digest(lc.fit(rows_of_seven, threads=threads)))
    table = pa.Table.from_pandas(frame, preserve_index=False)
    hashes.add(digest(lc.fit(lc.ArrowBlocks(lambda: table.to_reader(777), target="ill"))))
    assert len(hashes) == 1


def test_dropped_rows_and_their_report_are_those_of_a_frame(tmp_path: Path) -> None:
    frame = rows(5_000)
    rng = np.random.default_rng(5)
    for name in ("x2", "city", "member", "ill"):
        frame[name] = frame[name].astype(object).where(rng.random(len(frame)) > 0.03, None)
    frame["x2"] = frame["x2"].astype(float)
    frame.loc[frame["city"] == "Rome", "x3"] = np.nan  # no complete row is of Rome: no level
    folder = written(tmp_path / "gaps", frame, [0, 900, 901], row_group_size=333)
    design = lc.Design.from_frame(frame, target="ill", missing="drop")
    blocks = lc.ParquetBlocks(folder, target="ill", missing="drop")
    assert blocks.encoding == design.encoding
    assert str(blocks.report) == str(design.report)
    assert digest(lc.fit(blocks)) == digest(lc.fit(design))
    given = lc.ParquetBlocks(folder, design, missing="drop")
    assert digest(lc.fit(given)) == digest(lc.fit(design))
    table = pa.Table.from_pandas(frame, preserve_index=False)
    stream = lc.ArrowBlocks(lambda: table.to_reader(100), target="ill", missing="drop")
    assert str(stream.report) == str(design.report)
    assert digest(lc.fit(stream)) == digest(lc.fit(design))


def test_weights_and_offset_come_from_columns(few: pd.DataFrame, tmp_path: Path) -> None:
    few["w"], few["known"] = np.arange(60) % 4, few["x5"] / 8
    names = ["x0", "city"]
    folder = written(tmp_path / "w", few, [0, 31])
    design = lc.Design.from_frame(few, target="ill", features=names)
    whole = lc.fit(design.X, few["ill"], sample_weight=few["w"], offset=few["known"])
    blocks = lc.ParquetBlocks(folder, target="ill", features=names, weight="w", offset="known")
    assert digest(lc.fit(blocks)) == digest(whole)


def test_formulas_and_other_levels_are_those_of_a_design(few: pd.DataFrame, tmp_path: Path) -> None:
    folder = written(tmp_path / "f", few, [0, 20, 40])
    formula = "ill ~ city*member + log(age)"
    design = lc.Design.from_formula(formula, few)
    blocks = lc.ParquetBlocks(folder, formula)
    assert blocks.encoding == design.encoding
    assert digest(lc.fit(blocks)) == digest(lc.fit(design))
    options: dict[str, Any] = {"target": "ill", "features": ["age", "x0", "city"],
                               "reference": {"city": "Rome"}, "positive": "no"}  # fmt: skip
    few["age"] = few["age"] % 3
    folder = written(tmp_path / "g", few, [0, 20, 40])
    again = lc.Design.from_frame(few, categorical=["age"], **options)
    other = lc.ParquetBlocks(folder, categorical=["age"], **options)
    assert other.encoding == again.encoding
    assert digest(lc.fit(other)) == digest(lc.fit(again))


def test_columns_of_other_types_give_the_same_bits(few: pd.DataFrame, tmp_path: Path) -> None:
    design = lc.Design.from_frame(few, target="ill", features=["age", "city", "member"])
    plain = digest(lc.fit(design))
    table = pa.Table.from_pandas(few, preserve_index=False)
    city = table.column("city").combine_chunks()
    for kind, column in (
        ("large", city.cast(pa.large_string())),
        ("dictionary", city.dictionary_encode()),
        ("view", city.cast(pa.string_view())),
    ):
        other = table.set_column(table.schema.get_field_index("city"), "city", column)
        other = other.set_column(
            other.schema.get_field_index("age"), "age", other.column("age").cast(pa.float16())
        )
        blocks = lc.ArrowBlocks(other, target="ill", features=["age", "city", "member"])
        assert digest(lc.fit(blocks)) == plain, kind
        if kind != "view":
            folder = tmp_path / kind
            folder.mkdir()
            pq.write_table(other, folder / "a.parquet")
            blocks = lc.ParquetBlocks(folder, target="ill", features=["age", "city", "member"])
            assert digest(lc.fit(blocks)) == plain, kind


def test_files_come_in_natural_order(few: pd.DataFrame, tmp_path: Path) -> None:
    for i in range(12):
        table = pa.Table.from_pandas(few.iloc[5 * i : 5 * i + 5], preserve_index=False)
        pq.write_table(table, tmp_path / f"p{i}.parquet")
    (tmp_path / "_SUCCESS").write_text("")
    (tmp_path / "_metadata.parquet").write_text("no Parquet")
    design = lc.Design.from_frame(few, target="ill", features=["x0"])
    for paths in (tmp_path, tmp_path / "p*.parquet", str(tmp_path / "p*")):
        blocks = lc.ParquetBlocks(paths, design)
        X = np.concatenate([batch.span.X for batch in blocks.source.batches()])
        assert X.tobytes() == design.X.tobytes()
    last, first = (tmp_path / f"p{i}.parquet" for i in (11, 0))
    blocks = lc.ParquetBlocks([last, first], design)
    X = np.concatenate([batch.span.X for batch in blocks.source.batches()])
    assert X.tolist() == design.X[[55, 56, 57, 58, 59, 0, 1, 2, 3, 4]].tolist()


def test_empty_files_and_row_groups_are_passed_over(few: pd.DataFrame, tmp_path: Path) -> None:
    folder = written(tmp_path / "e", few, [0, 0, 30, 60])
    with pq.ParquetWriter(
        folder / "part-4.parquet", pq.read_schema(folder / "part-0.parquet")
    ) as w:
        empty = pq.read_table(folder / "part-0.parquet")
        w.write_table(empty)
    blocks = lc.ParquetBlocks(folder, target="ill")
    assert digest(lc.fit(blocks)) == digest(lc.fit(lc.Design.from_frame(few, target="ill")))
    for name in ("part-1.parquet", "part-2.parquet"):
        os.remove(folder / name)
    error = found(lambda: lc.ParquetBlocks(folder, target="ill"))
    assert "hold 0 rows" in error.found


def test_large_row_groups_are_read_in_portions(
    few: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from logreg_core import parquet_files

    monkeypatch.setattr(parquet_files, "MOST_ROWS", 7)
    folder = written(tmp_path / "l", few, [0, 20, 23, 27, 33])  # the middle ones are small
    whole = digest(lc.fit(lc.Design.from_frame(few, target="ill")))
    for threads in (1, 3):
        blocks = lc.ParquetBlocks(folder, target="ill", threads=threads)
        parts = [p.n_columns for p in blocks.source.rows.portions(threads)]
        assert sum(parts) == 5 * 11
        assert len(parts) == (5 if threads == 1 else 3 + 1 + 1 + 1 + 3)
        assert digest(lc.fit(blocks)) == whole


# --- what is refused ---


def test_paths_that_lead_nowhere(few: pd.DataFrame, tmp_path: Path) -> None:
    error = found(lambda: lc.ParquetBlocks(tmp_path / "*.parquet", target="ill"))
    assert "no file matches" in error.found
    error = found(lambda: lc.ParquetBlocks(tmp_path, target="ill"))
    assert "holds no file named *.parquet" in error.found
    error = found(lambda: lc.ParquetBlocks(tmp_path / "a.parquet", target="ill"))
    assert "does not exist" in error.found
    assert error.expected == "a Parquet file"
    error = found(lambda: lc.ParquetBlocks([], target="ill"))
    assert "empty list" in error.found
    file = written(tmp_path / "f", few, [0]) / "part-0.parquet"
    error = found(lambda: lc.ParquetBlocks([file, file], target="ill"))
    assert "listed 2 times" in error.found


def test_a_file_that_may_not_be_read(
    few: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = written(tmp_path / "p", few, [0])

    def refuse(*_: Any, **__: Any) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(file_lists, "open", refuse, raising=False)
    error = found(lambda: lc.ParquetBlocks(folder, target="ill"))
    assert "may not be read by this user" in error.found
    assert error.path.endswith("part-0.parquet")


@pytest.mark.parametrize("content", [b"", b"age,ill\n1,0\n", b"PAR1", None])
def test_files_that_are_no_whole_parquet_files(
    content: bytes | None, few: pd.DataFrame, tmp_path: Path
) -> None:
    folder = written(tmp_path / "t", few, [0, 30])
    file = folder / "part-1.parquet"
    file.write_bytes(file.read_bytes()[:-100] if content is None else content)
    error = found(lambda: lc.ParquetBlocks(folder, target="ill"))
    assert "part-1.parquet cannot be read as Parquet" in error.found
    assert error.path == str(file)


def test_damaged_pages_are_found_by_their_checksum(few: pd.DataFrame, tmp_path: Path) -> None:
    options = {"write_page_checksum": True, "compression": "none", "use_dictionary": False}
    folder = written(tmp_path / "d", few, [0, 30], **options)
    blocks = lc.ParquetBlocks(folder, target="ill")
    file = folder / "part-1.parquet"
    data, status = bytearray(file.read_bytes()), file.stat()
    place = data.find(few["x0"].to_numpy()[40:41].tobytes())
    data[place + 3] ^= 1  # another number, and nothing else would notice
    file.write_bytes(data)
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))
    error = found(lambda: lc.fit(blocks))
    assert "part-1.parquet, row group 0 cannot be decoded" in error.found
    assert "CRC" in error.found or "checksum" in error.found


def test_columns_absent_or_of_other_types_in_one_file(few: pd.DataFrame, tmp_path: Path) -> None:
    folder = written(tmp_path / "a", few, [0, 30])
    pq.write_table(
        pa.Table.from_pandas(few.drop(columns="x3"), preserve_index=False),
        folder / "part-1.parquet",
    )
    error = found(lambda: lc.ParquetBlocks(folder, target="ill"))
    assert "part-1.parquet has no column 'x3'" in error.found
    assert lc.ParquetBlocks(folder, target="ill", features=["x0"]).n_rows == 90  # not needed
    other = few.assign(x3=few["x3"].astype(str))
    pq.write_table(pa.Table.from_pandas(other, preserve_index=False), folder / "part-1.parquet")
    error = found(lambda: lc.ParquetBlocks(folder, target="ill"))
    assert "column 'x3' has type" in error.found
    assert "part-1.parquet" in error.found
    assert "double" in error.found


@pytest.mark.parametrize("how", ["touched", "grown", "removed", "rewritten", "cut"])
def test_files_that_change_between_passes(how: str, few: pd.DataFrame, tmp_path: Path) -> None:
    folder = written(tmp_path / "c", few, [0, 30])
    blocks = lc.ParquetBlocks(folder, target="ill")
    file = folder / "part-1.parquet"
    data, status = file.read_bytes(), file.stat()
    blocks.totals()  # the first reading
    if how == "touched":
        os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns + 1_000))
    elif how == "grown":
        file.write_bytes(data + b"PAR1")
    elif how == "removed":
        file.unlink()
    elif how == "cut":
        file.write_bytes(data[:-100])
    else:  # same size and time
        file.write_bytes(data.replace(b"ill", b"sad"))
        os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))
    error = found(lambda: lc.fit(blocks), DataChangedError)
    assert str(file) in error.found
    assert error.path == str(file)


@pytest.mark.parametrize("value", [np.nan, np.inf, None])
def test_a_bad_value_in_the_last_row_group_is_told_by_its_place(
    value: float | None, few: pd.DataFrame, tmp_path: Path
) -> None:
    column = few["x4"].astype(object)
    column[58] = value
    table = pa.Table.from_pandas(few.drop(columns="x4"), preserve_index=False)
    table = table.append_column("x4", pa.array(column.tolist(), pa.float64(), from_pandas=False))
    (tmp_path / "n").mkdir()
    pq.write_table(table[:30], tmp_path / "n" / "a.parquet")
    pq.write_table(table[30:], tmp_path / "n" / "b.parquet", row_group_size=8)
    error = found(lambda: lc.fit(lc.ParquetBlocks(tmp_path / "n", target="ill")))
    assert "b.parquet, row group 3, row 4: column 'x4'" in error.found
    assert (error.column, error.row_group, error.row) == ("x4", 3, 4)
    if value is None or value != value:
        dropped = lc.ParquetBlocks(tmp_path / "n", target="ill", missing="drop")
        assert dropped.n_rows == 59
        assert dropped.report.missing == (("x4", 1),)


def test_a_bad_value_behind_dropped_rows_keeps_its_place(few: pd.DataFrame, tmp_path: Path) -> None:
    few.loc[50, "x1"] = np.nan
    few.loc[55, "x4"] = np.inf
    folder = written(tmp_path / "n", few, [0, 48])
    error = found(lambda: lc.fit(lc.ParquetBlocks(folder, target="ill", missing="drop")))
    assert "part-1.parquet, row group 0, row 7: column 'x4' holds inf" in error.found


def test_an_unseen_category_in_the_last_file(few: pd.DataFrame, tmp_path: Path) -> None:
    design = lc.Design.from_frame(few, target="ill")
    few.loc[57, "city"] = "Atlantis"
    folder = written(tmp_path / "u", few, [0, 50])
    error = found(lambda: lc.fit(lc.ParquetBlocks(folder, design)))
    assert "part-1.parquet, row group 0, row 7: column 'city' holds 'Atlantis'" in error.found
    few.loc[57, ["city", "ill"]] = ["Rome", "maybe"]
    folder = written(tmp_path / "u", few, [0, 50])
    error = found(lambda: lc.fit(lc.ParquetBlocks(folder, design)))
    assert "row 7: column 'ill' holds 'maybe'" in error.found


def test_outcomes_of_one_class_or_three(few: pd.DataFrame, tmp_path: Path) -> None:
    design = lc.Design.from_frame(few, target="ill")
    folder = written(tmp_path / "o", few[few["ill"] == "no"], [0])
    error = found(lambda: lc.ParquetBlocks(folder, target="ill"))
    assert "'ill' is not binary: it has 1 different values" in error.found
    error = found(lambda: lc.fit(lc.ParquetBlocks(folder, design)))
    assert "every row that counts has the outcome no" in error.found
    few.loc[3, "ill"] = "maybe"
    error = found(lambda: lc.ParquetBlocks(written(tmp_path / "o", few, [0]), target="ill"))
    assert "has 3 different values" in error.found


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("timestamp", pd.Timestamp("2020-01-01")),
        ("decimal", Decimal("1.5")),
        ("list", [1.0]),
        ("struct", {"a": 1}),
        ("date", pd.Timestamp("2020-01-01").date()),
        ("id", None),
    ],
)
def test_columns_that_cannot_be_features(
    kind: str, values: Any, few: pd.DataFrame, tmp_path: Path
) -> None:
    few = rows(3_000)
    column = [values] * len(few) if kind != "id" else [f"id {i}" for i in range(len(few))]
    table = pa.Table.from_pandas(few, preserve_index=False).append_column("t", pa.array(column))
    pq.write_table(table, tmp_path / "a.parquet")
    memory = found(lambda: lc.Design.from_frame(table, target="ill"))
    stream = found(lambda: lc.ParquetBlocks(tmp_path / "a.parquet", target="ill"))
    assert stream.column == memory.column == "t"
    assert stream.expected == memory.expected


def test_nullable_columns_without_gaps_are_numbers(few: pd.DataFrame, tmp_path: Path) -> None:
    few["x0"], few["age"] = few["x0"].astype("Float64"), few["age"].astype("Int32")
    folder = written(tmp_path / "n", few, [0])
    design = lc.Design.from_frame(few, target="ill")
    assert digest(lc.fit(lc.ParquetBlocks(folder, target="ill"))) == digest(lc.fit(design))


def test_arguments_that_contradict_each_other(few: pd.DataFrame, tmp_path: Path) -> None:
    folder = written(tmp_path / "x", few, [0])
    design = lc.Design.from_frame(few, target="ill")
    for call, word in (
        (lambda: lc.ParquetBlocks(folder), "target None"),
        (lambda: lc.ParquetBlocks(folder, design, target="ill"), "and target"),
        (lambda: lc.ParquetBlocks(folder, design, positive="no"), "and positive"),
        (lambda: lc.ParquetBlocks(folder, target="ill", missing="skip"), "missing is 'skip'"),
        (lambda: lc.ParquetBlocks(folder, target="well"), "no column 'well'"),
        (lambda: lc.ParquetBlocks(folder, target="ill", weight="w"), "no column 'w'"),
        (lambda: lc.fit(lc.ParquetBlocks(folder, target="ill"), few["ill"]), "another y"),
        (lambda: lc.ParquetBlocks(folder, 7), "design is 7"),
    ):
        assert word in found(call).found


def test_without_pyarrow_it_says_what_to_install(
    few: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sys

    folder = written(tmp_path / "m", few, [0])
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    error = found(lambda: lc.ParquetBlocks(folder, target="ill"), MissingDependencyError)
    assert 'pip install "logreg-core[parquet]"' in error.remedy


def test_the_identity_tells_files_apart(few: pd.DataFrame, tmp_path: Path) -> None:
    folder = written(tmp_path / "i", few, [0, 30])
    first, second = (lc.ParquetBlocks(folder, target="ill").identity() for _ in range(2))
    assert first == second
    few.loc[3, "x0"] = 7.0
    assert lc.ParquetBlocks(written(folder, few, [0, 30]), target="ill").identity() != first


# --- Arrow streams ---


def test_streams_of_other_libraries(few: pd.DataFrame) -> None:
    polars, duckdb = pytest.importorskip("polars"), pytest.importorskip("duckdb")
    whole = lc.fit(lc.Design.from_frame(few, target="ill"))
    table = pa.Table.from_pandas(few, preserve_index=False)
    connection = duckdb.connect()
    connection.register("people", table)
    streams = {
        "table": table,
        "polars": polars.from_arrow(table),
        "duckdb": connection.sql("select * from people"),
        "duckdb reader": lambda: connection.sql("select * from people").to_arrow_reader(7),
        "function": lambda: table,
    }
    for name, stream in streams.items():
        assert digest(lc.fit(lc.ArrowBlocks(stream, target="ill"))) == digest(whole), name


def test_a_stream_that_can_be_read_once_is_refused(few: pd.DataFrame) -> None:
    table = pa.Table.from_pandas(few, preserve_index=False)
    reader = table.to_reader()
    for stream in (reader, lambda: reader):
        error = found(lambda stream=stream: lc.fit(lc.ArrowBlocks(stream, target="ill")))
        assert "read only once" in error.found
    error = found(lambda: lc.ArrowBlocks(lambda: [1, 2], target="ill"))
    assert "the stream is a list" in error.found


def test_a_stream_that_changes_is_noticed(few: pd.DataFrame) -> None:
    table = pa.Table.from_pandas(few, preserve_index=False)
    calls: list[int] = []

    def stream() -> Any:
        calls.append(1)
        return table.slice(0, 60 - (len(calls) > 3)).to_reader()

    found(lambda: lc.fit(lc.ArrowBlocks(stream, target="ill")), DataChangedError)
    assert len(calls) == 4


def test_errors_of_a_stream_name_batch_and_row(few: pd.DataFrame) -> None:
    few.loc[41, "city"] = None
    table = pa.Table.from_pandas(few, preserve_index=False)
    error = found(lambda: lc.ArrowBlocks(lambda: table.to_reader(20), target="ill"))
    assert error.row == 41
    assert "record batch 2" in error.found


@pytest.mark.parametrize("role", ["weight", "offset"])
def test_an_unsound_weight_is_told_by_its_column_and_row(
    role: str, few: pd.DataFrame, tmp_path: Path
) -> None:
    few["w"] = 1.0
    few.loc[50, "w"] = -2.0 if role == "weight" else -1e200
    path = written(tmp_path / "w", few, [0, 20, 60])
    options: Any = {role: "w"}
    blocks = lc.ParquetBlocks(path, target="member", features=["age"], **options)
    error = found(lambda: lc.fit(blocks))
    assert "row 30: column 'w' holds -" in error.found
    assert (error.column, error.row) == ("w", 30)


@pytest.mark.parametrize("paths", [3, None, ["a.parquet", 3]])
def test_paths_that_are_no_names(paths: Any) -> None:
    error = found(lambda: lc.ParquetBlocks(paths, target="ill"))
    assert error.found.startswith("paths ")
    assert "a folder or a pattern" in error.expected


@pytest.mark.parametrize("threads", ["2", 0, True])
def test_threads_are_a_whole_number(threads: Any, few: pd.DataFrame, tmp_path: Path) -> None:
    path = written(tmp_path / "t", few, [0, 60])
    error = found(lambda: lc.ParquetBlocks(path, target="member", threads=threads))
    assert error.option == "threads"


def test_a_third_class_is_told_by_its_row(few: pd.DataFrame, tmp_path: Path) -> None:
    few["ill"] = np.r_[np.arange(59) % 2, 2]
    path = written(tmp_path / "c", few, [0, 20, 60])
    error = found(lambda: lc.ParquetBlocks(path, target="ill", features=["age"]))
    assert "row 39: the outcome 'ill' is not binary" in error.found


def test_rows_announced_wrongly_are_the_callers(few: pd.DataFrame) -> None:
    table = pa.Table.from_pandas(few, preserve_index=False)
    design = lc.Design.from_frame(few, target="ill")
    for n_rows in (59, 61):
        blocks = lc.ArrowBlocks(table, design, n_rows=n_rows)
        error = found(lambda blocks=blocks: lc.fit(blocks))
        assert type(error) is DataError, "nothing was counted before, so nothing has changed"
        assert f"n_rows={n_rows} was given and the batches hold" in error.found
        assert error.n_rows == n_rows
        error = found(lambda n=n_rows: lc.ArrowBlocks(table, target="ill", n_rows=n))
        assert "the batches hold 60 rows" in error.found
        pairs = [(design.X, design.y)]
        again = lc.IterableBlocks(pairs, n_rows=n_rows, classes=(0, 1))
        assert type(found(lambda again=again: lc.fit(again))) is DataError
    assert "n_rows is -1" in found(lambda: lc.ArrowBlocks(table, design, n_rows=-1)).found
    right = lc.ArrowBlocks(table, design, n_rows=60)
    assert digest(lc.fit(right)) == digest(lc.fit(design))
    right.source._stream = table[:59]  # only now is another number a change
    assert found(lambda: lc.fit(right), DataChangedError).changed == "rows"


def test_an_unknown_argument_is_named_among_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match=r"unexpected argument 'colums': .* features, categorical"):
        lc.ParquetBlocks(tmp_path, target="y", colums=["a"])  # type: ignore[call-arg]

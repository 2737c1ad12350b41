"""CSV files as rows: the bits of `read_csv`, `Design.from_frame` and a fit in memory, and their
refusals, with the line of the file.

Tolerance: none. pyarrow's numbers are held against Python's own parser on 100,000 decimal strings.
"""

from __future__ import annotations

import io
import random
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from test_parquet_blocks import LARGE, SMALL, digest, few, found, rows

import logreg_core as lc
from logreg_core.csv_files import read_csv
from logreg_core.errors import DataChangedError, DataError

pa = pytest.importorskip("pyarrow")
csv = pytest.importorskip("pyarrow.csv")
__all__ = ["few"]


def file(folder: Path, text: str | bytes, name: str = "a.csv") -> Path:
    place = folder / name
    place.write_bytes(text if isinstance(text, bytes) else text.encode())
    return place


@pytest.mark.parametrize("n", [SMALL, LARGE])
def test_one_hash_for_memory_and_files(n: int, tmp_path: Path) -> None:
    frame = rows(n)
    cuts = [0, 1, 17, n // 5, n // 3, n // 3 + 64, n - 7, n]
    seven, one = tmp_path / "seven", tmp_path / "one.csv"
    seven.mkdir()
    for i in range(7):
        frame.iloc[cuts[i] : cuts[i + 1]].to_csv(seven / f"{i}.csv", index=False)
    frame.to_csv(one, index=False)
    design = lc.Design.from_frame(read_csv(one), target="ill")
    hashes = {digest(lc.fit(design))}
    for threads in (1, 5) if n == LARGE else (1, 2, 5):
        hashes.add(digest(lc.fit(lc.CsvBlocks(one, design), threads=threads)))
    blocks = lc.CsvBlocks(seven, target="ill")
    assert blocks.encoding == design.encoding
    hashes.add(digest(lc.fit(blocks)))
    hashes.add(digest(lc.fit(lc.CsvBlocks(seven / "*.csv", design))))
    assert len(hashes) == 1


def test_numbers_are_the_nearest_float64() -> None:
    """pyarrow's parser against Python's float, which is right to the last bit."""
    draw = random.Random(4)
    words = []
    for _ in range(25_000):
        double = struct.unpack("d", struct.pack("Q", draw.getrandbits(64)))[0]
        words += [
            repr(double),
            f"{draw.uniform(-1e3, 1e3):.{draw.randint(1, 25)}g}",
            f"{draw.randint(0, 10 ** draw.randint(1, 30))}.{draw.randint(0, 10**25)}",
            f"{draw.randint(0, 10**20)}e{draw.randint(-330, 300)}",
        ]
    words = [word for word in words if word not in ("nan", "inf", "-inf")]
    assert len(words) > 99_000
    data = pa.BufferReader(("a\n" + "\n".join(words) + "\n").encode())
    types = csv.ConvertOptions(column_types={"a": pa.float64()})
    read = csv.read_csv(data, convert_options=types)["a"].to_numpy()
    assert read.tobytes() == np.array([float(word) for word in words]).tobytes()


def test_missing_words_are_those_of_pandas(tmp_path: Path) -> None:
    from logreg_core.csv_types import MISSING_WORDS

    every = [*MISSING_WORDS, "-", "NIL", "none", "nil", "?", "na", "Nan", "-NAN", "NaT", "NULL "]
    read = pd.read_csv(io.StringIO("a,b\n" + "".join(f'"{word}",1\n' for word in every)))
    assert [w for w, gap in zip(every, read["a"].isna(), strict=True) if gap] == list(MISSING_WORDS)


@pytest.mark.parametrize("words", [["", "NA", '"NA"', "null"], ["None", "<NA>", "n/a", "nan"]])
def test_gaps_and_dropped_rows_are_those_of_a_frame(words: list[str], tmp_path: Path) -> None:
    frame = rows(400)
    draw = random.Random(7)
    for name in ("x2", "city", "member", "ill"):
        frame[name] = [draw.choice(words) if draw.random() < 0.04 else str(v) for v in frame[name]]
    text = ",".join(frame.columns) + "\n"
    text += "".join(",".join(map(str, row)) + "\n" for row in frame.itertuples(index=False))
    place = file(tmp_path, text)
    design = lc.Design.from_frame(read_csv(place), target="ill", missing="drop")
    blocks = lc.CsvBlocks(place, target="ill", missing="drop")
    assert blocks.encoding == design.encoding
    assert str(blocks.report) == str(design.report)
    assert digest(lc.fit(blocks)) == digest(lc.fit(design))
    given = lc.CsvBlocks(place, design, missing="drop")
    assert digest(lc.fit(given)) == digest(lc.fit(design))
    error = found(lambda: lc.CsvBlocks(place, target="ill"))
    assert "missing value" in error.found
    assert pd.isna(read_csv(place)[error.column][error.line - 2])


@pytest.mark.parametrize("rest", ["7.5\n", "x\n", "True\n"])
def test_a_column_that_turns_out_to_be_text_further_down(
    rest: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import logreg_core.csv_types as types

    real = types.read_texts
    monkeypatch.setattr(types, "read_texts", lambda *a, **k: real(*a, **{**k, "chunk_bytes": 500}))
    draw = random.Random(1)
    body = "".join(
        f"{draw.choice('ab')},{draw.gauss(0, 1)},{draw.choice(['7', '07', '8.0'])}\n"
        for _ in range(200)
    )
    place = file(tmp_path, "ill,age,code\n" + body + f"a,0.5,{rest}b,-0.5,{rest}b,0.7,{rest}")
    design = lc.Design.from_frame(read_csv(place), target="ill")
    blocks = lc.CsvBlocks(place, target="ill")
    assert blocks.encoding == design.encoding
    assert digest(lc.fit(blocks)) == digest(lc.fit(design))


def test_quotes_and_line_ends(few: pd.DataFrame, tmp_path: Path) -> None:
    few["city"] = few["city"].replace({"Rome": 'Ro"me, the\ncity'})
    for end, mark in (("\n", b""), ("\r\n", b"\xef\xbb\xbf")):
        text = few.to_csv(index=False, lineterminator=end).encode()
        place = file(tmp_path, mark + text + b"\n\n")
        design = lc.Design.from_frame(read_csv(place), target="ill")
        blocks = lc.CsvBlocks(place, target="ill")
        assert blocks.encoding == design.encoding
        assert digest(lc.fit(blocks)) == digest(lc.fit(design))


GOOD = "age,city,ill\n" + "".join(
    f"{a},{c},{y}\n" for a, c, y in zip(range(30, 42), "RORORORORORO", "nynnyynynyyn", strict=True)
)


@pytest.mark.parametrize(
    ("content", "line", "word"),
    [
        (GOOD + "41\n" + "50,R,y\n", 14, "the row has 1 field and the header 3"),
        (GOOD + "41,R,y,9\n", 14, "the row has 4 fields"),
        (GOOD + "\n41,R,y\n", 14, "the row has 1 field"),
        (GOOD.replace("city", "age", 1), 1, "more than once"),
        (GOOD.replace(",", ";"), 1, "semicolon"),
        (b"", 1, "is empty (0 bytes)"),
        ("age,city,ill\n", 1, "a header and no rows"),
        (GOOD.encode() + "41,Ö,y\n".encode("latin-1"), 14, "byte 0xd6, which is not UTF-8"),
        (GOOD + '41,"R,y\n', 14, "in the row that starts here"),
        (b"\x1f\x8b\x08" + GOOD.encode(), 1, "a gzip file"),
    ],
)
@pytest.mark.parametrize("given", [True, False])
def test_refusals_are_those_of_read_csv(
    content: str | bytes, line: int, word: str, given: bool, tmp_path: Path
) -> None:
    design = lc.Design.from_frame(read_csv(file(tmp_path, GOOD, "good.csv")), target="ill")
    place = file(tmp_path, content)
    memory = found(lambda: read_csv(place))
    call = (lambda: lc.CsvBlocks(place, design)) if given else (
        lambda: lc.CsvBlocks(place, target="ill")
    )  # fmt: skip
    stream = found(lambda: lc.fit(call()))
    assert str(stream) == str(memory)
    assert stream.line == memory.line == line
    assert word in str(stream)


@pytest.mark.parametrize(
    ("row", "word"),
    [
        ("inf,R,y", "column 'age' holds inf"),
        ("old,R,y", "column 'age' holds 'old'"),
        ("41,Q,y", "column 'city' holds 'Q'"),
        ("41,R,z", "column 'ill' holds 'z'"),
        (",R,y", "column 'age' has a missing value"),
        ("41,NA,y", "column 'city' has a missing value"),
    ],
)
def test_values_are_told_by_their_line(row: str, word: str, tmp_path: Path) -> None:
    design = lc.Design.from_frame(read_csv(file(tmp_path, GOOD, "good.csv")), target="ill")
    first, second = file(tmp_path, GOOD, "b1.csv"), file(tmp_path, f"{GOOD}{row}\n", "b2.csv")
    error = found(lambda: lc.fit(lc.CsvBlocks([first, second], design)))
    assert word in error.found
    assert "b2.csv, line 14: " in error.found
    assert error.line == 14


def test_a_file_that_lacks_a_column_or_changes(tmp_path: Path) -> None:
    first, second = file(tmp_path, GOOD, "b1.csv"), file(tmp_path, GOOD, "b2.csv")
    blocks = lc.CsvBlocks(tmp_path / "b*.csv", target="ill")
    assert blocks.n_rows == 24
    second.write_text(GOOD.replace("city", "town"))
    error = found(lambda: lc.fit(blocks), DataChangedError)
    assert str(second) in error.found
    error = found(lambda: lc.CsvBlocks([first, second], target="ill"))
    assert "b2.csv" in error.found
    assert "no column 'city'" in error.found
    error = found(lambda: lc.CsvBlocks(tmp_path / "c*.csv", target="ill"))
    assert "no file matches" in error.found


def test_weights_offset_formula_and_truth_values(few: pd.DataFrame, tmp_path: Path) -> None:
    few["w"], few["known"] = np.arange(60) % 4, few["x5"] / 8
    place = tmp_path / "w.csv"
    few.to_csv(place, index=False)
    frame = read_csv(place)
    formula = "member ~ city + log(age)"
    design = lc.Design.from_formula(formula, frame)
    whole = lc.fit(design.X, frame["member"], sample_weight=frame["w"], offset=frame["known"])
    for rule in (formula, design):
        blocks = lc.CsvBlocks(place, rule, weight="w", offset="known")
        assert blocks.encoding == design.encoding
        assert digest(lc.fit(blocks)) == digest(whole)


def test_a_source_is_refused_by_its_kind(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="holds no file"):
        lc.CsvBlocks(tmp_path, target="ill")
    values: Any = tmp_path / "none.csv"
    assert "does not exist" in found(lambda: lc.CsvBlocks(values, target="ill")).found


@pytest.mark.parametrize("n", [1500, 30])
def test_text_among_numbers_is_told_by_its_line(n: int, tmp_path: Path) -> None:
    values = "".join(f"{i}.5,{i % 2}\n" for i in range(n))
    file(tmp_path, f"a,ill\n{values}", "p0.csv")
    file(tmp_path, f"a,ill\n{values}oops,1\n", "p1.csv")
    for names in (["p0.csv", "p1.csv"], ["p1.csv", "p0.csv"]):
        paths = [tmp_path / name for name in names]
        error = found(lambda paths=paths: lc.CsvBlocks(paths, target="ill"))
        assert (
            error.found
            == f"{tmp_path / 'p1.csv'}, line {n + 2}: column 'a' holds 'oops' among numbers"
        )
        assert (error.column, error.value, error.line) == ("a", "oops", n + 2)
    words = "".join(f"w{i},{i % 2}\n" for i in range(n))  # not a number among them
    error = found(lambda: lc.CsvBlocks(file(tmp_path, f"a,ill\n{words}"), target="ill"))
    assert "different values" in error.found


def test_a_missing_value_says_nothing_of_other_pieces(tmp_path: Path) -> None:
    place = file(tmp_path, "a,ill\n1,0\n,1\n2,1\n,0\n3,0\n")
    encoding = lc.CsvBlocks(place, target="ill", missing="drop").encoding
    for design in (None, encoding):
        target = None if design else "ill"
        error = found(lambda d=design, t=target: lc.fit(lc.CsvBlocks(place, d, target=t)))
        assert error.found == f"{place}, line 3: column 'a' has a missing value"
        assert 'missing="drop"' in error.remedy


def test_a_negative_weight_is_told_by_its_column_and_line(tmp_path: Path) -> None:
    rows = "".join(f"{i % 7},{i % 2},1\n" for i in range(40))
    first = file(tmp_path, f"a,ill,w\n{rows}", "b1.csv")
    second = file(tmp_path, f"a,ill,w\n,1,-5\n{rows}3,1,-2\n", "b2.csv")
    blocks = lc.CsvBlocks([first, second], target="ill", weight="w", missing="drop")
    error = found(lambda: lc.fit(blocks))
    assert error.found == f"{second}, line 43: column 'w' holds -2"


def test_a_third_class_is_told_by_its_line(tmp_path: Path) -> None:
    rows = "".join(f"{i % 7},{i % 2}\n" for i in range(40))
    first = file(tmp_path, f"a,ill\n{rows}", "b1.csv")
    second = file(tmp_path, f"a,ill\n,5\n{rows}3,2\n4,3\n", "b2.csv")
    error = found(lambda: lc.CsvBlocks([first, second], target="ill", missing="drop"))
    assert error.found.startswith(f"{second}, line 43: the outcome 'ill' is not binary")
    alone = found(lambda: lc.CsvBlocks(second, target="ill", missing="drop"))
    assert alone.line == 43

"""csv_files and csv_rows: what pandas lets pass must be an error with its line.

No tolerances: values must be the very float64 that Python reads, counts and lines exact.
"""

from __future__ import annotations

import csv
import io
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from logreg_core import csv_rows
from logreg_core.csv_files import read_csv
from logreg_core.csv_rows import row_fields
from logreg_core.errors import DataError


@pytest.fixture
def write(tmp_path: Path):
    def write_bytes(content: bytes, name: str = "data.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return write_bytes


BAD = {
    "short row": (b"a,b\n1,2\n3\n4,5\n", 3, "the row has 1 field and the header 2"),
    "long row": (b"a,b\n1,2\n3,4,5\n", 3, "3 fields and the header 2"),
    "short and long row": (b"a,b,c\n1,2\n1,2,3,4\n", 2, "2 fields"),
    "every row long": (b"a,b\n1,2,3\n1,2,3\n", 2, "3 fields"),
    "trailing commas": (b"a,b\n1,2,\n3,4,\n", 2, "3 fields"),
    "short last row": (b"a,b\n1,2\n3", 3, "1 field"),
    "short row after quoted line ends": (b'a,b\n"x\ny\nz",2\n3\n', 5, "1 field"),
    "blank line inside": (b"a,b\n1,2\n\n3,4\n", 3, "1 field"),
    "blank first line": (b"\na,b\n1,2\n", 1, "blank"),
    "duplicate header": (b"a,b,a\n1,2,3\n", 1, "names 'a' more than once"),
    "duplicate quoted header": (b'"a",b,a\n1,2,3\n', 1, "names 'a' more than once"),
    "semicolons": (b"a;b\n1;2\n", 1, "1 semicolon"),
    "semicolons, decimal commas": (b"a;b;c\n1,5;2;3\n", 1, "2 semicolon"),
    "tabs": (b"a\tb\n1\t2\n", 1, "1 tab"),
    "bars": (b"a|b\n1|2\n", 1, "vertical bar"),
    "0 bytes": (b"", 1, "empty"),
    "white space": (b" \n\n", 1, "empty"),
    "only a BOM": (b"\xef\xbb\xbf", 1, "empty"),
    "header only": (b"a,b\n", 1, "no rows"),
    "header only, no line end": (b"a,b", 1, "no rows"),
    "header only, blank lines": (b"a,b\n\n\n", 1, "no rows"),
    "latin-1": ("a,b\n1,2\n3,café\n".encode("latin-1"), 3, "0xe9"),
    "latin-1 header": ("é,b\n1,2\n".encode("latin-1"), 1, "not UTF-8"),
    "UTF-8 cut short": ("a,b\n1,é".encode()[:-1], 2, "not UTF-8"),
    "UTF-16": ("a,b\n1,2\n".encode("utf-16"), 1, "UTF-16"),
    "NUL": (b"a,b\n1,2\n3,\x004\n", 3, "NUL"),
    "gzip": (b"\x1f\x8b\x08\x00abc", 1, "gzip"),
    "Excel": (b"PK\x03\x04abc", 1, "Excel"),
    "Parquet": (b"PAR1abc\nPAR1", 1, "Parquet"),
    "open quote": (b'a,b\n1,2\n3,"x\n5,6\n', 3, "unexpected end"),
    "open quote in the header": (b'a,"b\n1,2\n', 1, "unexpected end"),
    "text after a quote": (b'a,b\n"1"x,2\n', 2, "expected"),
    "quote after a space": (b'a,b\n1, "2,3"\n', 2, "3 fields"),
    "lone returns, short row": (b"a,b\r1,2\r3\r", 3, "1 field"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_structure_is_refused_with_its_line(case, write):
    content, line, found = BAD[case]
    with pytest.raises(DataError) as caught:
        read_csv(write(content))
    assert caught.value.line == line
    assert found in caught.value.found
    assert caught.value.expected
    assert caught.value.remedy
    assert "data.csv" in str(caught.value)


GOOD = {
    "plain": b"a,b\n1,x\n2,y\n",
    "no line end": b"a,b\n1,x\n2,y",
    "blank lines at the end": b"a,b\n1,x\n2,y\n\n\n",
    "CRLF": b"a,b\r\n1,x\r\n2,y\r\n",
    "CRLF, blank lines at the end": b"a,b\r\n1,x\r\n2,y\r\n\r\n",
    "lone returns": b"a,b\r1,x\r2,y\r",
    "BOM": b"\xef\xbb\xbfa,b\n1,x\n2,y\n",
    "BOM and quotes": b'\xef\xbb\xbf"a","b"\n1,"x"\n"2",y\n',
}


@pytest.mark.parametrize("case", GOOD)
def test_line_ends_and_byte_order_marks_make_no_difference(case, write):
    frame = read_csv(write(GOOD[case]))
    pd.testing.assert_frame_equal(frame, pd.DataFrame({"a": [1, 2], "b": ["x", "y"]}))


def test_quoted_commas_line_ends_and_quotes(write):
    texts = ["one, two", "line\nend", 'say ""hi""', "crlf\r\nhere", ",", '""', "plain", "5' 3\""]
    content = io.StringIO()
    writer = csv.writer(content, lineterminator="\n")
    writer.writerows([["n", "text"], *enumerate(texts)])
    frame = read_csv(write(content.getvalue().encode()))
    assert frame["text"].tolist() == texts
    assert frame["n"].tolist() == list(range(len(texts)))


def test_a_quote_inside_an_unquoted_field_is_text(write):
    frame = read_csv(write(b'a,b\n5" screen,1\n7" screen,2\n'))
    assert frame["a"].tolist() == ['5" screen', '7" screen']


def test_blank_lines_of_a_one_column_file_are_missing_values(write):
    assert read_csv(write(b"a\n1\n\n3\n"))["a"].isna().tolist() == [False, True, False]


def test_missing_markers_of_the_course_file(write):
    frame = read_csv(write(b"a,b\n,#N/A\n1,2\n"))
    assert frame.isna().to_numpy().tolist() == [[True, True], [False, False]]


def test_numbers_are_the_nearest_float64(write):
    rng = np.random.default_rng(3)
    values = rng.standard_normal(2000) * 10.0 ** rng.integers(-300, 300, 2000)
    frame = read_csv(write(("x\n" + "\n".join(map(repr, values.tolist()))).encode()))
    assert (frame["x"].to_numpy() == values).all()


def test_columns_are_read_in_the_order_asked(write):
    path = write(b"a,b,c\n1,2,3\n")
    assert list(read_csv(path, ["c", "a", "c"]).columns) == ["c", "a"]
    assert read_csv(path, ["c", "a"]).to_numpy().tolist() == [[3, 1]]


def test_no_columns_are_refused(write):
    with pytest.raises(DataError, match="names no column"):
        read_csv(write(b"a,b\n1,2\n"), [])


def test_an_absent_column_is_named_with_the_nearest(write):
    with pytest.raises(DataError, match="did you mean 'verified_status'") as caught:
        read_csv(write(b"verified_status,b\n1,2\n"), ["verified_stats"])
    assert caught.value.column == "verified_stats"
    assert "'verified_status', 'b'" in str(caught.value)


def test_structure_is_checked_in_columns_not_read(write):
    with pytest.raises(DataError, match="line 3"):
        read_csv(write(b"a,b\n1,2\n3\n"), ["a"])


def test_files_that_cannot_be_read(tmp_path, monkeypatch):
    with pytest.raises(DataError, match="does not exist"):
        read_csv(tmp_path / "absent.csv")
    with pytest.raises(DataError, match="is a folder"):
        read_csv(tmp_path)

    def refuse(self: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)  # root may read everything
    with pytest.raises(DataError, match="may not be read"):
        read_csv(tmp_path / "locked.csv")


fields = st.text(alphabet='ab,"\n\r é', max_size=6)


@settings(deadline=None, max_examples=150)
@given(st.lists(st.lists(fields, min_size=2, max_size=3), min_size=2, max_size=6), st.data())
def test_both_ways_of_counting_agree_with_what_was_written(rows, data):
    text = io.StringIO()
    # Python 3.11 writes a lone return without quotes, where it would end the row.
    quoting = csv.QUOTE_ALL if "\r" in "".join(map("".join, rows)) else csv.QUOTE_MINIMAL
    end = data.draw(st.sampled_from(["\n", "\r\n"]))
    csv.writer(text, lineterminator=end, quoting=quoting).writerows(rows)
    content = text.getvalue().encode()
    counted, line_of = row_fields("x", content)
    by_reader, line_by_reader = csv_rows._fields_by_reader("x", content)
    assert counted.tolist() == by_reader.tolist() == [len(row) for row in rows]
    if quoting == csv.QUOTE_MINIMAL:  # a lone return counts as a line in one only
        lines = range(len(rows))
        assert [line_of(i) for i in lines] == [line_by_reader(i) for i in lines]


@pytest.mark.parametrize("piece", [1, 2, 3, 7])
def test_pieces_do_not_change_the_count(piece, monkeypatch):
    content = b'a,b\n"x,\n""y""",2\n"",\n3,"4"\n'
    expected = csv_rows._fields_by_quotes(content)[0].tolist()
    monkeypatch.setattr(csv_rows, "_PIECE", piece)
    assert csv_rows._fields_by_quotes(content)[0].tolist() == expected == [2, 2, 2, 2]


def test_utf8_is_checked_across_pieces(write, monkeypatch):
    monkeypatch.setattr("logreg_core.csv_files._PIECE", 4)
    assert read_csv(write("a\ncafé\n日本\n".encode()))["a"].tolist() == ["café", "日本"]
    with pytest.raises(DataError, match="line 3") as caught:
        read_csv(write("a\ncafé\nnaïve\n".encode().replace("ï".encode(), b"\xef")))
    assert caught.value.line == 3


@pytest.mark.real_data
def test_the_real_file_reads_as_pandas_reads_it(real_data_dir):
    path = os.path.join(real_data_dir, "tiktok_dataset.csv")
    pd.testing.assert_frame_equal(read_csv(path), pd.read_csv(path))
    assert csv_rows._fields_by_quotes(Path(path).read_bytes()) is not None  # the fast way

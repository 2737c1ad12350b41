"""CSV files chunk by chunk. Tolerance: none: rows, texts, lines and errors are `read_csv`'s."""

from __future__ import annotations

import csv
import io
import tracemalloc

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from logreg_core import csv_chunks
from logreg_core.csv_chunks import read_chunks
from logreg_core.csv_files import read_csv
from logreg_core.csv_rows import complete_rows, first_row_end
from logreg_core.errors import DataError

SIZES = (1, 2, 3, 7, 16, 1 << 20)


def whole(path, size, columns=("a", "b"), **options):
    """All chunks as one frame of text, and where each began."""
    chunks = list(read_chunks(path, columns, as_text=columns, chunk_bytes=size, **options))
    firsts = [chunk.first_row for chunk in chunks]
    lengths = [len(chunk.frame) for chunk in chunks]
    assert firsts == [sum(lengths[:i]) for i in range(len(chunks))]
    assert all(lengths)
    return pd.concat([chunk.frame for chunk in chunks], ignore_index=True), chunks


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return tmp_path_factory.mktemp("chunks") / "a.csv"


# -- the same rows -------------------------------------------------------------------------------
fields = st.text(alphabet='ab1,"\n\r é', max_size=5)


@settings(max_examples=50, deadline=None)
@given(
    rows=st.lists(st.tuples(fields, fields), min_size=1, max_size=5),
    size=st.sampled_from(SIZES),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    tail=st.sampled_from(["", "end", "blank"]),
    bom=st.booleans(),
)
def test_chunks_stacked_are_what_was_written(place, rows, size, end, tail, bom):
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator=end, quoting=csv.QUOTE_ALL)
    writer.writerow(["a", "b"])
    writer.writerows(rows)
    text = stream.getvalue().removesuffix(end) + {"": "", "end": end, "blank": 3 * end}[tail]
    place.write_bytes(b"\xef\xbb\xbf" * bom + text.encode())
    _, chunks = whole(place, size, keep=("b", "a"))
    found = pd.concat([chunk.texts for chunk in chunks])
    assert list(found.columns) == ["b", "a"]
    assert list(zip(found["a"], found["b"], strict=True)) == rows


IRREGULAR = 'a,b\n5" screen,1\n6" x,"2"\nplain,3\n7",4\n"q,""q""\nr",5\n'


@pytest.mark.parametrize("size", [*SIZES, 5, 11])
@pytest.mark.parametrize("text", [IRREGULAR, IRREGULAR.replace("\n", "\r"), IRREGULAR[:-1]])
def test_quotes_inside_plain_fields_do_not_move_the_cuts(place, size, text):
    place.write_bytes(text.encode())
    frame, _ = whole(place, size)
    line_end = "\r" if "\r" in text else "\n"
    assert frame["a"].tolist() == ['5" screen', '6" x', "plain", '7"', f'q,"q"{line_end}r']
    assert frame["b"].tolist() == list("12345")


@pytest.mark.parametrize("size", SIZES)
def test_lines_are_those_of_the_file(place, size):
    place.write_text('a,b\n1,"x\ny"\n2,z\n3,"\n\n"\n4,w\n')
    _, chunks = whole(place, size)
    lines = [chunk.line(row) for chunk in chunks for row in range(len(chunk.frame))]
    assert lines == [2, 4, 5, 8]
    assert chunks[-1].share == 1.0


def test_types_are_the_chunks_own_unless_text_is_asked_for(place):
    place.write_text("a,b\n1,1\n2,2\nx,x\n")
    chunks = list(read_chunks(place, ["b", "a"], as_text=["b"], chunk_bytes=8))
    assert chunks[0].frame.to_numpy().tolist() == [["1", 1]]
    assert [len(chunk.frame) for chunk in chunks] == [1, 2]
    assert list(chunks[0].frame.columns) == ["b", "a"]


def test_memory_does_not_grow_with_the_file(place):
    peaks = []
    for n in (1_000, 40_000):
        place.write_text("a,b\n" + "12345,some text here\n" * n)
        tracemalloc.start()
        total = 0
        for chunk in read_chunks(place, ["a", "b"], chunk_bytes=1 << 14):
            total += len(chunk.frame)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert total == n
    assert peaks[1] < 2 * peaks[0] + 300_000  # the file itself is 0.9 MB


# -- the same errors -----------------------------------------------------------------------------
BAD = {
    "short": b"a,b\n1,2\n3,4\n5\n6,7\n",
    "long": b"a,b\n1,2\n3,4,5\n",
    "blank": b"a,b\n1,2\n\n3,4\n",
    "open quote": b'a,b\n1,2\n"3,4\n5,6\n',
    "after quote": b'a,b\n1,2\n"3"x,4\n5,6\n',
    "latin-1": b"a,b\n1,2\n3,na\xefve\n",
    "nul": b"a,b\n1,2\n3,\0\n",
    "empty": b"",
    "header only": b"a,b\n",
    "header alone": b"a,b",
    "doubled": b"a,a\n1,2\n",
    "semicolon": b"a;b\n1;2\n",
    "gzip": b"\x1f\x8b\x08",
    "utf-16": "a,b\n1,2\n".encode("utf-16"),
    "blank header": b"\na,b\n1,2\n",
    "no column": b"a,c\n1,2\n",
}


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", BAD)
def test_errors_are_those_of_read_csv(place, name, size):
    place.write_bytes(BAD[name])
    with pytest.raises(DataError) as expected:
        read_csv(place, ["a", "b"])
    with pytest.raises(DataError) as found:
        list(read_chunks(place, ["a", "b"], chunk_bytes=size))
    line = expected.value.evidence.get("line")
    assert found.value.evidence.get("line") == line
    # while a quote is open, what follows is not yet looked at, so the words may differ
    if name not in ("open quote", "gzip", "utf-16", "empty"):
        assert found.value.found == expected.value.found
    assert str(place) in str(found.value)


def test_a_file_that_is_not_there(tmp_path):
    for path, words in ((tmp_path / "no.csv", "does not exist"), (tmp_path, "is a folder")):
        with pytest.raises(DataError, match=words):
            next(read_chunks(path, ["a"]))


def test_a_quote_that_never_ends_does_not_take_all_memory(place, monkeypatch):
    monkeypatch.setattr(csv_chunks, "LONGEST", 1 << 12)
    place.write_text('a,b\n1,2\n"3,4\n' + "5,6\n" * 5_000)
    seen = []
    with pytest.raises(DataError, match="does not end within") as caught:
        seen += list(read_chunks(place, ["a"], chunk_bytes=512))
    assert caught.value.line == 3


# -- where rows end ------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("data", "end"),
    [
        (b"", 0),
        (b"1,2", 0),
        (b"1,2\n", 4),
        (b"1,2\n3", 4),
        (b'1,"2\n', 0),
        (b'1,"2\n"\n3', 7),
        (b'1,"2"\n"', 6),
        (b"1,2\r\n3\r", 5),
        (b"1\r2\r3", 4),
        (b'5" x\n6" y\n7" z\n', 10),  # by the reader: the last row is held back
    ],
)
def test_complete_rows(data, end):
    assert complete_rows("x.csv", data) == end


def test_the_first_row_may_take_several_lines():
    assert first_row_end("x.csv", b'"a\nb",c\r\n1,2\n') == 9

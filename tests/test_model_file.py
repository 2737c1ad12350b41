"""Models on disk. Tolerance: none. What is read back has the bits it had, or is a DataError."""

from __future__ import annotations

import dataclasses
import json
import math
import os
import pickle
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import logreg_core as lc
from logreg_core import model_file, model_schema, plain_values, sealed_json
from logreg_core.ascent import TraceRow
from logreg_core.atomic_files import replacing
from logreg_core.encoding import Encoding
from logreg_core.errors import DataError, LogregError
from logreg_core.rank import Relation
from logreg_core.separation import Separation
from logreg_core.terms import Factor, Term

RNG = np.random.default_rng(8)
X = RNG.standard_normal((120, 3)) * [1.0, 1e6, 1e-6] + [0.0, 1e7, 0.0]
Y = (RNG.random(120) < 1 / (1 + np.exp(-X[:, 0]))).astype(float)
FRAME = pd.DataFrame(
    {
        "age": RNG.integers(20, 80, 150),
        "city": RNG.choice(["Rome", "Oslo", "Łódź", "=1+1", 'a"b', "\n"], 150),
        "grade": RNG.choice([1, 2, 3], 150),
        "half": RNG.choice([0.5, 1.5], 150),
        "fit": RNG.random(150) < 0.5,
        "ill": RNG.choice(["no", "yes"], 150),
    }
)
SIX = ([[0, 0], [0, 0], [1, 0], [1, 0], [0, 1], [0, 1]], [0, 0, 0, 1, 0, 1])


def design() -> lc.Design:
    return lc.Design.from_frame(FRAME, target="ill", categorical=["grade", "half", "fit"])


def quietly(*arguments, **options) -> lc.LogitFit:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return lc.fit(*arguments, **options)


FITS = {
    "array": lambda: quietly(X, Y),
    "design": lambda: quietly(design()),
    "formula": lambda: quietly(
        lc.Design.from_formula("ill ~ age + log1p(age) + C(grade):half - 1", FRAME)
    ),
    "no intercept": lambda: quietly(X, Y, fit_intercept=False),
    "weights and offset": lambda: quietly(X, Y, sample_weight=1.0 + Y, offset=X[:, 0]),
    "ridge": lambda: quietly(X, Y, l2=1),
    "firth": lambda: quietly(X, Y, penalty="firth"),
    "no inference": lambda: quietly(X, Y, inference=False),
    "aliased": lambda: quietly(np.column_stack([X, X[:, 0] + 1, np.ones(120)]), Y),
    "quasi-complete": lambda: quietly(*SIX),
    "complete": lambda: quietly([[1.0], [2.0], [3.0], [4.0]], [0, 0, 1, 1]),
    "huge direction": lambda: quietly([[1e-99, 1e99], [2e-99, 3.0], [3e-99, 7.0]], [0, 0, 1]),
    "stopped": lambda: quietly(X, Y, max_iter=1),
    "irls": lambda: quietly(X, Y, solver="irls", tol=1),
    "counts": lambda: quietly(X, Y, n_trials=3),
    "text labels": lambda: quietly(X, np.where(Y > 0, "да", "\x00no")),
    "float labels": lambda: quietly(X, np.where(Y > 0, 0.1, -0.0)),
    "bool labels": lambda: quietly(X, Y > 0),
    "odd names": lambda: quietly(
        pd.DataFrame(X, columns=pd.Index(["<script>=1+1", "\udc80", "\n"], dtype=object)), Y
    ),
}


@pytest.fixture(scope="module", params=list(FITS))
def fit(request) -> lc.LogitFit:
    return FITS[request.param]()


@pytest.fixture
def place(tmp_path) -> Path:
    return tmp_path / "model.json"


def same(one, other) -> bool:
    """Equal in type and in every bit, but for the payload of NaN."""
    if type(one) is not type(other):
        return False
    if isinstance(one, np.ndarray):
        nan = np.isnan(one) if one.dtype.kind == "f" else np.zeros(one.shape, bool)
        return (
            one.dtype == other.dtype
            and one.shape == other.shape
            and bool((nan == (np.isnan(other) if one.dtype.kind == "f" else False)).all())
            and one[~nan].tobytes() == other[~nan].tobytes()
        )
    if isinstance(one, float):
        return (math.isnan(one) and math.isnan(other)) or one.hex() == other.hex()
    if isinstance(one, tuple | list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict):
        return list(one) == list(other) and same(list(one.values()), list(other.values()))
    if dataclasses.is_dataclass(one):
        return all(same(getattr(one, f.name), getattr(other, f.name)) for f in fields(one))
    return one == other


def fields(value):
    return dataclasses.fields(value)


# -- round trip ----------------------------------------------------------------------------------
def test_a_fit_comes_back_with_every_bit(fit, place):
    fit.save(place)
    again = lc.load(place)
    for field in fields(fit):
        one, other = getattr(fit, field.name), getattr(again, field.name)
        if field.name in ("tol", "l2"):  # a whole number comes back as the float it stands for
            one = float(one)
        assert same(one, other), field.name
    assert str(again.summary()) == str(fit.summary())
    assert model_file.model_text(again) == model_file.model_text(fit)
    rows = RNG.standard_normal((5, len(fit.names) - fit.fit_intercept))
    assert fit.probability(rows).tobytes() == again.probability(rows).tobytes()
    assert again.predict(rows).dtype == fit.predict(rows).dtype


def test_a_pickle_comes_back_too(fit):
    again = pickle.loads(pickle.dumps(fit))
    assert all(same(getattr(fit, f.name), getattr(again, f.name)) for f in fields(fit))


def test_the_file_is_plain_json_in_ascii_with_the_same_bytes_each_time(fit, place):
    fit.save(place)
    data = place.read_bytes()
    assert data.isascii()
    fit.save(place)
    assert place.read_bytes() == data
    content = json.loads(data, parse_constant=lambda name: pytest.fail(name))
    assert content["format"] == "logreg_core model"
    assert content["schema"] == model_schema.SCHEMA
    assert content["model"]["names"] == list(fit.names)


def test_every_field_travels():
    """A field added to one of these classes has to be added to the schema."""
    assert {f.name for f in fields(lc.LogitFit)} == (
        model_schema._KEYS - {"written_by", "covariance"} | {"covariance_or_none"}
    )
    assert {f.name for f in fields(Separation)} == model_schema._SEPARATION_KEYS
    assert {f.name for f in fields(Relation)} == {"name", "constant", "terms"}
    assert {f.name for f in fields(Encoding)} == {"features", "target", "classes", "intercept"}
    assert {f.name for f in fields(Term)} == {"name", "parts"}
    assert {f.name for f in fields(Factor)} == {"column", "function", "levels", "full"}
    assert len(TraceRow._fields) == 7


@given(st.floats(allow_nan=False))
@example(-0.0)
@example(5e-324)
@example(1.7976931348623157e308)
def test_every_float_comes_back_bit_by_bit(value):
    text = sealed_json.seal({"value": plain_values.plain_number(value)}, "kind", 1)
    back = sealed_json.unseal(text.encode(), "kind", 1, "text")["value"]
    assert plain_values.real(back, "value").hex() == value.hex()


@given(st.lists(st.booleans(), max_size=40))
def test_truth_values_come_back(values):
    array = np.array(values, dtype=np.bool_)
    assert plain_values.bits(plain_values.plain_bits(array), "it").tolist() == values


# -- the encoding goes along ---------------------------------------------------------------------
def test_a_loaded_model_scores_raw_frames(place):
    made = design()
    fit = lc.fit(made)
    fit.save(place)
    again = lc.load(place)
    expected = fit.probability(made.X).tobytes()
    turned = FRAME[FRAME.columns[::-1]]
    assert again.encoding == made.encoding
    as_category = turned.astype({"city": "category"})
    for rows in (made, FRAME, turned, FRAME.drop(columns="ill"), as_category):
        assert again.probability(rows).tobytes() == expected
    encoded = pd.DataFrame(made.X, columns=list(made.names))
    assert again.probability(encoded[encoded.columns[::-1]]).tobytes() == expected
    assert (again.predict(FRAME) == fit.predict(made.X)).all()


def test_raw_frames_are_checked_by_the_encoding():
    fit = lc.fit(design())
    with pytest.raises(DataError, match="holds 'Paris' in row 2"):
        fit.probability(FRAME.head(5).assign(city=["Rome", "Oslo", "Paris", "Rome", "Oslo"]))
    with pytest.raises(DataError, match="no column 'city'"):
        fit.probability(FRAME.drop(columns="city"))
    with pytest.raises(DataError, match="missing value in row 0"):
        fit.log_odds(FRAME.head(3).assign(age=[np.nan, 3, 4]))


def test_a_fit_of_an_array_has_no_encoding():
    assert lc.fit(X, Y).encoding is None


# -- what is refused -----------------------------------------------------------------------------
TEXT = model_file.model_text(FITS["design"]())
SEPARATED = model_file.model_text(FITS["quasi-complete"]())


def refused(place: Path, data: bytes | str, words: str = "model") -> DataError:
    place.write_bytes(data.encode() if isinstance(data, str) else data)
    with pytest.raises(DataError, match=words) as caught:
        lc.load(place)
    return caught.value


class _Bomb:
    def __reduce__(self):
        return os.mkdir, (str(Path(os.environ["BOMB"])),)


def test_a_pickle_is_refused_and_not_run(place, tmp_path, monkeypatch):
    monkeypatch.setenv("BOMB", str(tmp_path / "ran"))
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        refused(place, pickle.dumps(_Bomb(), protocol=protocol))
    refused(place, pickle.dumps(FITS["array"]()), "is a pickle")
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty"),
        (b" \n", "is empty"),
        (b"\xef\xbb\xbf" + TEXT.encode(), "byte-order mark"),
        (TEXT.encode("utf-16"), "no JSON"),
        (b"PK\x03\x04", "zip"),
        (b"[" * 200_000, "nest too deep|no JSON"),
        (b'{"a":' * 100_000, "nest too deep|no JSON"),
        (b"[" * 900 + b"]" * 900, "no logreg_core model"),
        (b'{"format": "logreg_core model", "schema": 1, "schema": 1}', "twice"),
        (b"NaN", "NaN is no number"),
        (b"9" * 10_000, "no JSON"),
        (b'{"format": "another"}', "no logreg_core model"),
        (b'{"format": "logreg_core model", "schema": true}', "schema True"),
        (b'{"format": "logreg_core model", "schema": 0}', "schema 0"),
        (b'{"format": "logreg_core model", "schema": 1}', "has the keys"),
        (TEXT[:-3], "no JSON"),
        (TEXT + "{}", "no JSON"),
        (TEXT.replace('"names": [', '"names": [ "x",', 1), "checksum"),
        (TEXT.replace('"sha256": "', '"sha256": "0', 1), "checksum"),
    ],
    ids=range(19),
)  # fmt: skip
def test_what_is_no_model_is_refused(place, data, words):
    refused(place, data, words)


def test_a_newer_schema_asks_for_an_upgrade(place):
    model = json.loads(TEXT)["model"]
    newer = sealed_json.seal(model | {"tomorrow": 1}, "logreg_core model", 2)
    assert "upgrade" in refused(place, newer, "has schema 2").remedy


def test_files_that_cannot_be_read(place, tmp_path):
    with pytest.raises(DataError, match="does not exist"):
        lc.load(place)
    with pytest.raises(DataError, match="is a folder"):
        lc.load(tmp_path)
    with pytest.raises(DataError, match="cannot be read"):
        lc.load("a\0b")


def mutate(data: bytearray, random: np.random.Generator) -> bytes:
    """One to three small accidents."""
    for _ in range(random.integers(1, 4)):
        at, length = int(random.integers(len(data))), int(random.integers(1, 30))
        match random.integers(7):
            case 0:
                data[at] ^= 1 << int(random.integers(8))
            case 1:
                del data[at : at + length]
            case 2:
                data[at:at] = random.bytes(length)
            case 3:
                data[at:at] = data[at : at + length]
            case 4:
                del data[at:]
            case 5:
                data[at : at + 1] = random.choice(list(b'0123456789.-e"{}[],: \n\\')).tobytes()[:1]
            case _:
                other = int(random.integers(len(data)))
                data[at : at + 5], data[other : other + 5] = (
                    data[other : other + 5],
                    data[at : at + 5],
                )
        if not data:
            break
    return bytes(data)


def test_500_damaged_files_end_in_data_error_or_in_the_same_model(place):
    """The same model: where the accident fell on white space or respelled a value."""
    random = np.random.default_rng(2026)
    unharmed = 0
    for i in range(500):
        text = (TEXT, SEPARATED)[i % 2]
        place.write_bytes(mutate(bytearray(text.encode()), random))
        try:
            again = lc.load(place)
        except DataError:
            continue
        assert model_file.model_text(again) == text
        unharmed += 1
    assert unharmed < 50


WRONG = (None, True, -1, 1 << 70, 1.5, "nan", "x", "", [], [[]], {}, {"a": 1}, [None], ["x", 1])


def paths(content, here=()):
    """Every place in nested lists and mappings; of a long list, the first two and the last."""
    yield here
    if isinstance(content, dict):
        for key in content:
            yield from paths(content[key], (*here, key))
    elif isinstance(content, list):
        for i in sorted({0, 1, len(content) - 1} & set(range(len(content)))):
            yield from paths(content[i], (*here, i))


def forged(text: str, random: np.random.Generator) -> tuple[str, str]:
    """A model with one value of the wrong type, missing, doubled or new, under a right checksum."""
    model = json.loads(text)["model"]
    everywhere = list(paths(model))[1:]
    path = everywhere[random.integers(len(everywhere))]
    inside = model
    for step in path[:-1]:
        inside = inside[step]
    old, key = inside[path[-1]], path[-1]
    kinds = [w for w in WRONG if type(w) is not type(old) and (w, type(old)) != ("nan", float)]
    match random.integers(4):
        case 0 if isinstance(inside, dict):
            del inside[key]
        case 1 if isinstance(inside, dict):
            inside[f"{key}_"] = old
        case 2 if isinstance(old, list) and key not in ("levels", "features", "aliased", "steps"):
            inside[key] = [old]
        case _:
            inside[key] = kinds[random.integers(len(kinds))]
    return sealed_json.seal(model, "logreg_core model", 1), f"{path}: {inside!r:.200}"


def test_500_forged_files_end_in_data_error_or_in_a_model_that_saves_as_it_is(place):
    """A checksum can be forged: then types, lengths and keys must still be right.

    Some forgeries are another model in good order (no root, another level, no separation); such
    a model has to write the very text it was read from.
    """
    random = np.random.default_rng(2027)
    whole = 0
    for i in range(500):
        text, what = forged((TEXT, SEPARATED)[i % 2], random)
        place.write_text(text)
        try:
            again = lc.load(place)
        except DataError:
            continue
        assert model_file.model_text(again) == text, what
        whole += 1
    assert whole < 100


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("status", "FINE"),
        ("penalty", "lasso"),
        ("coef", [0.0]),
        ("coef", [1]),
        ("covariance", [[0.0]]),
        ("covariance", [[0.0, 1.0], [0.0]]),
        ("root", []),
        ("classes", ["no"]),
        ("classes", ["no", "no"]),
        ("classes", ["no", None]),
        ("classes", ["no", True]),
        ("classes", ["no", "maybe"]),
        ("names", []),
        ("names", ["age"]),
        ("n_rows", 1.0),
        ("fit_intercept", 1),
        ("steps", [[1.0]]),
        ("aliased", [{"name": "nobody", "constant": 0.0, "terms": []}]),
        ("encoding", {"target": "ill", "classes": ["no", "yes"], "features": []}),
        ("encoding", {"target": ["ill"], "classes": ["no", "yes"], "features": []}),
        ("written_by", "somebody"),
    ],
)
def test_contradictions_under_a_right_checksum_are_refused(place, key, value):
    model = json.loads(TEXT)["model"]
    refused(place, sealed_json.seal(model | {key: value}, "logreg_core model", 1))


def test_white_space_and_the_order_of_keys_are_immaterial(place):
    content = json.loads(TEXT)
    content["model"] = dict(reversed(content["model"].items()))
    place.write_text(json.dumps(dict(reversed(content.items())), indent=3))
    assert model_file.model_text(lc.load(place)) == TEXT


# -- writing -------------------------------------------------------------------------------------
def test_names_that_are_no_text_cannot_be_saved(place):
    frame = FRAME[["age", "ill"]].set_axis([("a", 1), "ill"], axis=1)
    fit = lc.fit(lc.Design.from_frame(frame, target="ill"))
    with pytest.raises(DataError, match="cannot be saved"):
        fit.save(place)
    assert not place.exists()


def test_labels_that_are_no_text_cannot_be_saved(place):
    fit = dataclasses.replace(FITS["array"](), classes=(pd.Timestamp(0), pd.Timestamp(1)))
    with pytest.raises(DataError, match="label"):
        fit.save(place)
    assert list(place.parent.iterdir()) == []


def test_a_failed_save_leaves_what_was_there(place, monkeypatch):
    fit = FITS["array"]()
    fit.save(place)
    before = place.read_bytes()
    for target in ("fsync", "replace"):
        with monkeypatch.context() as patch:
            patch.setattr(os, target, lambda *_: (_ for _ in ()).throw(OSError(28, "No space")))
            with pytest.raises(LogregError, match="No space"):
                FITS["design"]().save(place)
        assert place.read_bytes() == before
        assert list(place.parent.iterdir()) == [place]


def test_places_that_cannot_be_written(tmp_path):
    fit = FITS["array"]()
    (tmp_path / "file").write_text("")
    for bad in (tmp_path, tmp_path / "no" / "model.json", tmp_path / "file" / "x", "/dev/null"):
        with pytest.raises(LogregError, match="cannot be written"):
            fit.save(bad)
    with pytest.raises(DataError, match="NUL"):
        fit.save("a\0b")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["file"]


def test_a_link_stays_a_link(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "real")
    FITS["array"]().save(tmp_path / "link")
    assert (tmp_path / "link").is_symlink()
    assert lc.load(tmp_path / "real").converged


def test_an_error_inside_the_block_leaves_nothing(tmp_path):
    with pytest.raises(KeyboardInterrupt), replacing(tmp_path / "a"):
        raise KeyboardInterrupt
    with pytest.raises(DataError, match="theirs"), replacing(tmp_path / "a"):
        raise DataError("theirs")
    assert list(tmp_path.iterdir()) == []

"""datasets and data/make_sample.py: the sample has the published shape, the same bytes each time.

No tolerances: counts are exact; ranges are those of the published summary.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from logreg_core import datasets
from logreg_core.csv_files import read_csv
from logreg_core.design import Design
from logreg_core.errors import DataError

SCRIPT = Path(__file__).parents[1] / "data" / "make_sample.py"
COUNTS = [f"video_{what}_count" for what in ("view", "like", "share", "download", "comment")]
CELLS = {
    ("claim", "active"): (6407, 159),
    ("claim", "banned"): (1417, 22),
    ("claim", "under review"): (1575, 28),
    ("opinion", "active"): (7898, 919),
    ("opinion", "banned"): (173, 23),
    ("opinion", "under review"): (414, 49),
}


@pytest.fixture(scope="module")
def sample():
    return datasets.verified_status()


def test_the_script_makes_the_bundled_bytes_again(tmp_path):
    bundled = datasets.path("verified_status")
    for hash_seed in ("1", "2"):  # set and dict order must not matter
        made = tmp_path / f"sample{hash_seed}.csv"
        subprocess.run(
            [sys.executable, str(SCRIPT), str(made)],
            check=True,
            capture_output=True,
            env={"PYTHONHASHSEED": hash_seed},
        )
        assert _sha256(made) == _sha256(bundled)


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_shape_and_cell_counts_are_the_published_ones(sample):
    assert sample.shape == (19382, 12)
    complete = sample.dropna()
    counts = complete.groupby(["claim_status", "author_ban_status", "verified_status"]).size()
    for (claim, ban), (others, verified) in CELLS.items():
        assert counts[claim, ban, "not verified"] == others
        assert counts[claim, ban, "verified"] == verified
    assert len(complete) == 19084
    assert (complete["verified_status"] == "verified").sum() == 1200


def test_incomplete_rows_lack_what_the_course_file_lacks(sample):
    incomplete = sample[sample["claim_status"].isna()]
    assert len(incomplete) == 298
    assert (incomplete["verified_status"] == "verified").sum() == 40
    lacking = ["claim_status", "video_transcription_text", *COUNTS]
    assert incomplete[lacking].isna().to_numpy().all()
    assert not incomplete.drop(columns=lacking).isna().to_numpy().any()
    assert not sample.drop(index=incomplete.index).isna().to_numpy().any()


def test_values_are_in_their_ranges(sample):
    assert sample["video_id"].is_unique
    assert sample["video_id"].between(10**9, 10**10 - 1).all()
    assert (sample["#"] == np.arange(1, 19383)).all()
    assert sample["video_duration_sec"].min() == 5
    assert sample["video_duration_sec"].max() == 60
    complete = sample.dropna()
    claim = complete["claim_status"] == "claim"
    assert complete.loc[claim, COUNTS[0]].between(1_000, 1_000_000).all()
    assert complete.loc[~claim, COUNTS[0]].between(20, 10_000).all()
    views, likes, shares, downloads, comments = COUNTS
    pairs = ((views, likes), (likes, shares), (likes, downloads), (downloads, comments))
    for larger, smaller in pairs:
        assert (complete[smaller] <= complete[larger]).all()
    lengths = complete["video_transcription_text"].str.len().groupby(claim).mean()
    assert lengths[True] > lengths[False]


def test_the_file_is_small():
    assert datasets.path("verified_status").stat().st_size < 3_000_000


def test_case_study_columns_build_a_design(sample):
    design = Design.from_frame(sample, **datasets.VERIFIED_STATUS, missing="drop")
    assert design.X.shape == (19084, 8)
    assert design.names[1] == "claim_status_opinion"
    assert design.y.sum() == 1200


def test_unknown_names_are_refused():
    with pytest.raises(DataError, match="'verified_status'") as caught:
        datasets.path("iris")
    assert caught.value.name == "iris"


def test_an_installed_package_finds_its_own_copy(tmp_path, monkeypatch):
    package = tmp_path / "logreg_core"
    (package / "data").mkdir(parents=True)
    monkeypatch.setattr(datasets, "__file__", str(package / "datasets.py"))
    with pytest.raises(DataError, match="missing"):
        datasets.path("verified_status")
    (package / "data" / "verified_status_sample.csv").write_text("a\n1\n")
    assert datasets.path("verified_status").parent == package / "data"


@pytest.mark.real_data
def test_nothing_of_the_course_file_is_in_the_sample(sample, real_frame):
    assert list(sample.columns) == list(real_frame.columns)
    assert (sample.dtypes == real_frame.dtypes).all()
    for column in ("video_transcription_text", "video_id"):
        shared = set(sample[column].dropna()) & set(real_frame[column].dropna())
        # Of 19,382 ids drawn from nine thousand million, 0.04 are expected in both by chance.
        assert not shared


@pytest.mark.real_data
def test_cell_counts_are_those_of_the_course_file(sample, real_frame):
    by = ["claim_status", "author_ban_status", "verified_status"]
    ours = sample.groupby(by, dropna=False).size()
    theirs = real_frame.groupby(by, dropna=False).size()
    assert sorted(map(str, ours.items())) == sorted(map(str, theirs.items()))


def test_read_csv_reads_the_sample_as_it_is(sample):
    again = read_csv(datasets.path("verified_status"), ["video_id", "verified_status"])
    assert again["video_id"].tolist() == sample["video_id"].tolist()

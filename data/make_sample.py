"""Make ``verified_status_sample.csv``: synthetic rows in the shape of the course file.

    python data/make_sample.py [OUTPUT]

Nothing here reads the course file. What is held exactly are the published cell counts (claim
status x ban status x verified); everything else is drawn, and is independent of
``verified_status`` within such a cell. Only the standard library is used, and of ``random`` only
``Random.random()``, whose sequence Python guarantees for a seed: the file has the same bytes on
every machine.
"""

from __future__ import annotations

import csv
import hashlib
import io
import sys
from collections.abc import Sequence
from pathlib import Path
from random import Random

SEED = 20240527
OUTPUT = Path(__file__).with_name("verified_status_sample.csv")

HEADER = (
    "#",
    "claim_status",
    "video_id",
    "video_duration_sec",
    "video_transcription_text",
    "verified_status",
    "author_ban_status",
    "video_view_count",
    "video_like_count",
    "video_share_count",
    "video_download_count",
    "video_comment_count",
)
N_COUNTS = 5
MISSING = "#N/A"  # what the course file writes for a missing count; missing text is empty

# Rows by claim status and ban status: (not verified, verified). The incomplete rows, whose claim
# status is empty, are verified twice as often as the others: they are not missing at random.
CELLS = {
    ("claim", "active"): (6407, 159),
    ("claim", "banned"): (1417, 22),
    ("claim", "under review"): (1575, 28),
    ("opinion", "active"): (7898, 919),
    ("opinion", "banned"): (173, 23),
    ("opinion", "under review"): (414, 49),
    ("", "active"): (244, 36),
    ("", "banned"): (3, 1),
    ("", "under review"): (11, 3),
}

# Views are uniform on (lowest, highest); likes are a uniform share of the views up to the first
# ceiling, shares and downloads of the likes up to the next two, comments of the downloads up to
# the last. Products of uniforms give the long right tails of the published quartiles.
VIEWS = {"claim": (1_000, 1_000_000), "opinion": (20, 10_000)}
CEILINGS = {"claim": (0.66, 0.40, 0.025, 0.66), "opinion": (0.44, 0.40, 0.025, 0.50)}
DURATION = (5, 60)

CLAIM_LEADS = (
    "i read that",
    "a neighbour says that",
    "a report states that",
    "word at work is that",
    "the radio said that",
    "we learned in class that",
    "they found out that",
    "it turns out, apparently, that",
)
CLAIM_SUBJECTS = (
    "the oldest lighthouse",
    "a common house spider",
    "every third bakery",
    "the longest tram line",
    "an average cloud",
    "the first paper map",
    "a single oak tree",
    "the deepest village well",
    "a grey heron",
    "the town clock",
    "a ripe pumpkin",
    "the smallest library",
)
CLAIM_PREDICATES = (
    "weighs more than {n} buses",
    "is older than {n} years",
    "was moved {n} times",
    "can hold {n} litres of rain",
    "costs {n} coins a day",
    "travels {n} miles each spring",
    "was counted {n} times, twice by night",
    "needs {n} people to paint it",
    "is seen by {n} visitors an hour",
    "was drawn {n} times",
)
OPINION_LEADS = (
    "i think",
    "i feel that",
    "to my mind",
    "we all agree that",
    "my friends and i believe",
    "honestly, i say",
)
OPINION_SUBJECTS = (
    "rainy sundays",
    "wooden spoons",
    "night trains",
    "blue bicycles",
    "long letters",
    "paper maps",
    "quiet cafes",
    "early breakfasts",
    "village fairs",
    "old radios",
)
OPINION_PREDICATES = (
    "are the best",
    "are overrated",
    "deserve more love",
    "are too loud",
    "make a day better",
    "should be free, always",
    "beat any screen",
    "get dull by noon",
)


def whole(rng: Random, lowest: int, highest: int) -> int:
    """Draw a whole number, each of ``lowest`` to ``highest`` equally likely."""
    return lowest + int(rng.random() * (highest - lowest + 1))


def pick(rng: Random, phrases: Sequence[str]) -> str:
    """Draw one of the phrases."""
    return phrases[whole(rng, 0, len(phrases) - 1)]


def transcript(rng: Random, claim_status: str) -> str:
    """Put a made-up sentence together; claims run longer than opinions."""
    if claim_status == "claim":
        predicate = pick(rng, CLAIM_PREDICATES).format(n=whole(rng, 3, 900))
        return f"{pick(rng, CLAIM_LEADS)} {pick(rng, CLAIM_SUBJECTS)} {predicate}"
    return " ".join(pick(rng, p) for p in (OPINION_LEADS, OPINION_SUBJECTS, OPINION_PREDICATES))


def engagement(rng: Random, claim_status: str) -> list[int]:
    """Draw views, likes, shares, downloads and comments of one video."""
    like, share, download, comment = CEILINGS[claim_status]
    views = whole(rng, *VIEWS[claim_status])
    likes = int(views * like * rng.random())
    shares = int(likes * share * rng.random())
    downloads = int(likes * download * rng.random())
    return [views, likes, shares, downloads, int(downloads * comment * rng.random())]


def video_ids(rng: Random, count: int) -> list[int]:
    """Draw different ids of ten digits."""
    ids: dict[int, None] = {}
    while len(ids) < count:
        ids[whole(rng, 1_000_000_000, 9_999_999_999)] = None
    return list(ids)


def videos(rng: Random) -> list[tuple[str, str, str]]:
    """List (claim status, ban status, verified) of every row: claims, opinions, incomplete."""
    rows = []
    for status in ("claim", "opinion", ""):
        part = [
            (status, ban, verified)
            for (cell_status, ban), counts in CELLS.items()
            if cell_status == status
            for verified, count in zip(("not verified", "verified"), counts, strict=True)
            for _ in range(count)
        ]
        # Sorting by drawn keys, not shuffle(): only random() is promised never to change.
        keys = [rng.random() for _ in part]
        rows += [part[i] for i in sorted(range(len(part)), key=keys.__getitem__)]
    return rows


def sample(seed: int = SEED) -> bytes:
    """Write the whole sample as CSV bytes (UTF-8, lines ended by a line feed)."""
    rng = Random(seed)
    rows = videos(rng)
    ids = video_ids(rng, len(rows))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADER)
    for number, ((status, ban, verified), video_id) in enumerate(
        zip(rows, ids, strict=True), start=1
    ):
        words = transcript(rng, status) if status else ""
        counts = engagement(rng, status) if status else [MISSING] * N_COUNTS
        duration = whole(rng, *DURATION)
        writer.writerow([number, status, video_id, duration, words, verified, ban, *counts])
    return text.getvalue().encode()


def main() -> None:
    """Write the file and say what it is."""
    output = Path(sys.argv[1]) if len(sys.argv) > 1 else OUTPUT
    content = sample()
    output.write_bytes(content)
    rows = content.count(b"\n") - 1
    print(f"{output}: {rows} synthetic rows, {len(content)} bytes, seed {SEED}")
    print(f"sha256 {hashlib.sha256(content).hexdigest()}")


if __name__ == "__main__":
    main()

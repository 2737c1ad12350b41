"""The case study's columns and the five models made of them."""

from __future__ import annotations

from ..datasets import VERIFIED_STATUS

__all__ = [
    "BAN",
    "CLAIM",
    "COUNTS",
    "DURATION",
    "FEATURES",
    "LABELS",
    "LIKES",
    "MODELS",
    "NUMBERS",
    "POSITIVE",
    "TARGET",
    "TEXT",
    "USED",
    "words",
]

TARGET: str = VERIFIED_STATUS["target"]
POSITIVE: str = VERIFIED_STATUS["positive"]
FEATURES: tuple[str, ...] = VERIFIED_STATUS["features"]
TEXT = "video_transcription_text"
CLAIM, BAN, DURATION = "claim_status", "author_ban_status", "video_duration_sec"
COUNTS = (
    "video_view_count", "video_like_count", "video_share_count", "video_download_count",
    "video_comment_count",
)  # fmt: skip
NUMBERS = (DURATION, *COUNTS)
USED = (CLAIM, BAN, TARGET, TEXT, *NUMBERS)
LIKES = "video_like_count"

LABELS = {
    TARGET: ("not verified", POSITIVE),
    CLAIM: ("claim", "opinion"),
    BAN: ("active", "banned", "under review"),
}

# model: (title, features, whether the counts enter as log(1 + count))
MODELS: dict[str, tuple[str, tuple[str, ...], bool]] = {
    "claim_only": ("claim status alone", (CLAIM,), False),
    "seven": ("the seven features", FEATURES, False),
    "without_claim": (
        "without claim status", tuple(name for name in FEATURES if name != CLAIM), False,
    ),
    "log1p": ("counts as log(1 + count)", FEATURES, True),
    "with_likes": ("with likes", (*FEATURES[:4], LIKES, *FEATURES[4:]), False),
}  # fmt: skip

_WORDS = {
    "claim_status": "claim status",
    "author_ban_status": "the author's ban status",
    "video_duration_sec": "duration (seconds)",
    "video_view_count": "views",
    "video_like_count": "likes",
    "video_share_count": "shares",
    "video_download_count": "downloads",
    "video_comment_count": "comments",
    "text_length": "transcript length (characters)",
}


def words(name: str) -> str:
    """A column in words for a reader; other names stay as they are.

    >>> words("video_view_count"), words("intercept")
    ('views', 'intercept')
    """
    return _WORDS.get(name, name)

"""The case study told to people: executive summary, PACE document, and why an earlier draft
differs.

Every sentence with a figure is made from a `CaseStudy`; change the data, and the words change.

    study = lc.verified_status.case_study(frame)
    summary = briefing.summarise(study, briefing.origin_of(file))    # plain text to lay out
"""

from __future__ import annotations

from .earlier import earlier_section
from .origin import Origin, origin_of
from .pace import Pace, pace
from .summary import Summary, summarise

__all__ = ["Origin", "Pace", "Summary", "earlier_section", "origin_of", "pace", "summarise"]


def __dir__() -> list[str]:
    return sorted(__all__)

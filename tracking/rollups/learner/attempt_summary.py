"""Summarise the attempts of one learner at one unit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from tracking.models import Attempt
from tracking.rollups.learner.states import AttemptFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptSummary:
    """The attempts of one learner at one unit. Shares are from 0 to 1; fields are empty if nothing was graded.

    ``is_passed_first`` is of the first submitted attempt: empty until that one is passed or failed.
    """

    facts: AttemptFacts = field(default_factory=AttemptFacts)
    first_share: float | None = None
    best_share: float | None = None
    last_share: float | None = None
    is_passed_first: bool | None = None
    first_at: datetime | None = None
    last_at: datetime | None = None


NONE = AttemptSummary()


def summarise_attempts(attempts: Sequence[Attempt]) -> AttemptSummary:
    """Return the summary of ``attempts``, which may be in any order."""
    submitted = sorted((each for each in attempts if each.submitted_at is not None), key=_order)
    # A score without a maximum is a result too: a survey without points has nothing to be graded.
    graded = [each for each in submitted if each.is_passed is not None or each.score is not None]
    shares = [each.share for each in graded if each.share is not None]
    passes = [each.is_passed for each in graded if each.is_passed is not None]
    moments = [each.submitted_at or each.started_at for each in attempts]
    return AttemptSummary(
        facts=AttemptFacts(
            started_count=len(attempts),
            submitted_count=len(submitted),
            is_passed=any(passes) if passes else None,
            is_graded=bool(graded),
        ),
        first_share=shares[0] if shares else None,
        best_share=max(shares, default=None),
        last_share=shares[-1] if shares else None,
        is_passed_first=submitted[0].is_passed if submitted else None,
        first_at=min((each.started_at for each in attempts), default=None),
        last_at=max(moments, default=None),
    )


def _order(attempt: Attempt) -> tuple[datetime, str]:
    # Order two submissions at the same moment by the host's own key, so that every rebuild gives the same result.
    return attempt.submitted_at or attempt.started_at, attempt.source_key

"""Purposes of this site with the learner's answer to each."""

from __future__ import annotations

from dataclasses import dataclass

from tracking.events import ConsentRequirement, LearnerId, Purpose
from tracking.privacy import consent, consent_requirements
from tracking.privacy.purpose_texts import WORDS, PurposeText


@dataclass(frozen=True, slots=True, kw_only=True)
class PurposeAnswer:
    """One purpose with the learner's answer. ``needs_answer`` is false if taking the course implies the purpose."""

    purpose: Purpose
    text: PurposeText
    needs_answer: bool
    is_answered: bool
    is_granted: bool
    may_answer: bool
    """Whether the learner may answer alone, without a parent or guardian."""
    is_recording: bool
    """Whether anything is recorded for it. Other purposes only use what is recorded already."""
    has_notice: bool
    """Whether it needs only a notice and applies until the learner objects, instead of needing consent."""


def purpose_answers(learner_id: LearnerId, *, has_opted_out: bool = False) -> list[PurposeAnswer]:
    """Return every purpose in use on this site, with the learner's answer."""
    return [
        PurposeAnswer(
            purpose=purpose,
            text=WORDS[purpose],
            needs_answer=purpose in consent.purposes_asked(),
            is_answered=consent.is_answered(learner_id, purpose),
            is_granted=consent.covers(learner_id, purpose, has_opted_out=has_opted_out),
            may_answer=consent.may_answer(learner_id, purpose),
            is_recording=purpose not in consent.SERVED_BY_PAGES,
            has_notice=consent_requirements.consent_requirement(purpose) is ConsentRequirement.NOTICE,
        )
        for purpose in consent.purposes_in_use()
    ]

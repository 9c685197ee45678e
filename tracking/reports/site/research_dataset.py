"""A data set for research: what was recorded, under pseudonyms, without any text that a person wrote.

A pseudonym is an HMAC-SHA256 of the learner's key under a key of the study, so that two studies cannot be joined, and
no one can recompute the pseudonyms without the key. The data are pseudonymous, not anonymous: a reader who knows when a
learner opened a lesson can find their line. Dates can be shifted, each learner's by the same number of days.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from tracking import disclosure, events
from tracking.events import LearnerId, Purpose
from tracking.models import Attempt, Enrolment, Event
from tracking.privacy import access_log, consent
from tracking.privacy.access_log import AccessChannel, AccessedResource

CHUNK = 2000
LETTERS = 20
"""Hex digits of a pseudonym: 80 bits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """The settings of one study. ``shift_days`` is the maximum by which a learner's dates move, either way."""

    course_keys: tuple[str, ...]
    key: bytes
    shift_days: int = 0


def research_lines(study: Study) -> Iterator[str]:
    """Yield one JSON object for each event and attempt of the enrolled learners who permit it.

    If fewer than ``MIN_GROUP_SIZE`` learners of a course permit a purpose, its data are left out: a reader who
    knows the class would know whose lines these are.
    """
    for course_key in study.course_keys:
        learner_ids = list(
            Enrolment.objects.filter(course_key=course_key).values_list("learner_id", flat=True)
        )
        permitted = {
            purpose: _unless_few(consent.learners_covered(learner_ids, purpose, course_key=course_key))
            for purpose in Purpose
        }
        included = set().union(*permitted.values()) & set(learner_ids)
        access_log.log_accesses(
            None, included, AccessedResource.RESEARCH, course_key=course_key, door=AccessChannel.COMMAND
        )
        yield from _events(study, course_key, permitted)
        yield from _attempts(study, course_key, permitted[Purpose.RECORD])


def pseudonym(study: Study, kind: str, value: object) -> str:
    """Return the pseudonym of ``value`` in the study."""
    return hmac.new(study.key, f"{kind}:{value}".encode(), sha256).hexdigest()[:LETTERS]


def _unless_few(learner_ids: set[LearnerId]) -> set[LearnerId]:
    return set() if disclosure.is_small(len(learner_ids)) else learner_ids


def _events(study: Study, course_key: str, permitted: Mapping[Purpose, set[LearnerId]]) -> Iterator[str]:
    for kind in events.all_kinds():
        rows = Event.objects.filter(
            course_key=course_key, kind=kind.name, learner_id__in=permitted[kind.purpose]
        )
        for event in rows.order_by("pk").iterator(CHUNK):
            yield json.dumps(
                {
                    "type": "event",
                    **_head(study, event.learner_id, course_key, event.unit_key),
                    "kind": kind.name,
                    "at": _moment(study, event.learner_id, event.happened_at),
                    "view": pseudonym(study, "view", event.view_id) if event.view_id else None,
                    "numbers": _numbers(event.payload),
                }
            )


def _attempts(study: Study, course_key: str, learner_ids: set[LearnerId]) -> Iterator[str]:
    rows = Attempt.objects.filter(course_key=course_key, learner_id__in=learner_ids)
    for attempt in rows.order_by("pk").prefetch_related("answers").iterator(CHUNK):
        yield json.dumps(
            {
                "type": "attempt",
                **_head(study, attempt.learner_id, course_key, attempt.unit_key),
                "started_at": _moment(study, attempt.learner_id, attempt.started_at),
                "submitted_at": _moment(study, attempt.learner_id, attempt.submitted_at),
                "share": attempt.share,
                "is_passed": attempt.is_passed,
                "answers": [
                    {"question": answer.question_key, "is_correct": answer.is_correct}
                    for answer in sorted(attempt.answers.all(), key=lambda each: each.question_key)
                ],
            }
        )


def _head(study: Study, learner_id: LearnerId, course_key: str, unit_key: str) -> dict[str, str]:
    return {"learner": pseudonym(study, "learner", learner_id), "course": course_key, "unit": unit_key}


def _numbers(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Return only the numbers of a payload: names are text that a person wrote."""
    return {name: value for name, value in payload.items() if _is_number(value)}


def _is_number(value: Any) -> bool:
    if isinstance(value, list):
        return all(map(_is_number, value))
    return isinstance(value, int | float)


def _moment(study: Study, learner_id: LearnerId, at: datetime | None) -> str | None:
    if at is None:
        return None
    return (at + timedelta(days=_shift(study, learner_id))).isoformat(timespec="seconds")


def _shift(study: Study, learner_id: LearnerId) -> int:
    if not study.shift_days:
        return 0
    chance = int(pseudonym(study, "shift", learner_id), 16)
    return chance % (2 * study.shift_days + 1) - study.shift_days

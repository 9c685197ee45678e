"""What a class's missed questions go together with: kept when its findings are made, so that a page need not count."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict

from django.db.models import Q

from tracking.findings.facts import QuestionLinkCounts
from tracking.models import QuestionLink
from tracking.rollups.engine.row_sync import sync_rows

COUNTS = ("missed_count", "missed_not_covered_count", "right_count", "right_not_covered_count")


def set_question_links(course_key: str, links: Iterable[QuestionLinkCounts]) -> None:
    """Set the links of one course. The caller holds the lock on its outline row."""
    sync_rows(
        QuestionLink,
        stored=QuestionLink.objects.filter(course_key=course_key),
        wanted=[QuestionLink(course_key=course_key, **asdict(link)) for link in links],
        key=["quiz_key", "question_key", "lesson_key"],
    )


def read_question_links(course_key: str, unit_key: str = "") -> list[QuestionLinkCounts]:
    """Return the links of a course, or those of one of its lessons or quizzes. One query."""
    rows = QuestionLink.objects.filter(course_key=course_key)
    if unit_key:
        rows = rows.filter(Q(lesson_key=unit_key) | Q(quiz_key=unit_key))
    names = ("quiz_key", "question_key", "lesson_key", *COUNTS)
    return [QuestionLinkCounts(**row) for row in rows.values(*names)]

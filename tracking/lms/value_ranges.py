"""Bring what an adapter answers into the ranges that can be stored and computed with. One bad value costs itself alone.

The values of a host are its own: a due date in the year 9999 or a title with a NUL character is no reason to lose a
course. A key cannot be corrected, so a unit with a key that cannot be stored is left out and logged.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from tracking.definitions import ranges
from tracking.lms.values import EnrolmentRecord, Outline, OutlineNode

TITLE_LENGTH = 300
URL_LENGTH = 500
ZONE_LENGTH = 60
MAX_EXPECTED_SECONDS = 365 * 24 * 3600
"""A unit takes a year at the most."""

logger = logging.getLogger("tracking.lms")


def fit_outline(outline: Outline) -> Outline:
    """Return ``outline`` with every value in its range: dates that mean *never* and unusable addresses are missing."""
    return replace(
        outline,
        title=_text(outline.title, TITLE_LENGTH),
        nodes=tuple(_nodes(outline)),
        starts_at=_moment(outline.starts_at),
        ends_at=_moment(outline.ends_at),
        time_zone=_text(outline.time_zone, ZONE_LENGTH),
    )


def fit_enrolments(course_key: str, enrolled: Iterable[EnrolmentRecord]) -> Iterator[EnrolmentRecord]:
    """Yield each of ``enrolled`` with every value in its range."""
    for each in enrolled:
        group_key = each.group_key if _is_key(each.group_key) else ""
        if group_key != each.group_key:
            logger.warning("The key of a group in course %r cannot be stored, so it is left out.", course_key)
        yield replace(
            each,
            group_key=group_key,
            group_title=_text(each.group_title, TITLE_LENGTH) if group_key else "",
            enrolled_at=_moment(each.enrolled_at),
            due_at={key: at for key, at in each.due_at.items() if _is_key(key) and _moment(at) is not None},
        )


def _nodes(outline: Outline) -> Iterator[OutlineNode]:
    for node in outline.nodes:
        if not node.key or not _is_key(node.key):
            logger.warning(
                "A unit of course %r is left out: %.60r cannot be stored as a key.",
                outline.course_key,
                node.key,
            )
            continue
        url = node.url if len(node.url) <= URL_LENGTH and ranges.is_storable_text(node.url) else ""
        yield replace(
            node,
            title=_text(node.title, TITLE_LENGTH),
            parent_key=node.parent_key if _is_key(node.parent_key) else "",
            url=url,
            expected_seconds=_expected(node.expected_seconds),
            due_at=_moment(node.due_at),
            skills=tuple(skill for skill in node.skills if ranges.is_storable_text(skill)),
        )


def _is_key(text: str) -> bool:
    return len(text) <= ranges.KEY_LENGTH and ranges.is_storable_text(text)


def _text(text: str, max_length: int) -> str:
    return text.replace("\0", "").encode(errors="replace").decode()[:max_length]


def _moment(at: datetime | None) -> datetime | None:
    return at if at is not None and ranges.is_in_range(at) else None


def _expected(seconds: int | None) -> int | None:
    return round(seconds) if seconds is not None and 0 < seconds <= MAX_EXPECTED_SECONDS else None

"""Who is in a figure about a class: one rule about its reader, for every page, file, answer and view.

A figure may include the people whom its reader may see one by one. All others are in it only as part of a group of at
least ``MIN_GROUP_SIZE``, also after subtraction.

- **Instructors** may open each learner who shares activity. So the figures of a class, stored and live, are over the
  enrolled learners who share, however few they are. A learner who does not share is in none of them.
- **Readers who may not see persons** get the same figures, and only those that ``tracking.disclosure`` lets through.
"""

from __future__ import annotations

from tracking.events import LearnerId, Purpose
from tracking.models import Enrolment
from tracking.privacy import consent


def learners_in_figures(course_key: str) -> set[LearnerId]:
    """Return the learners whom the figures of a course include: enrolled, and sharing activity. Two queries."""
    enrolled = Enrolment.objects.filter(course_key=course_key).values_list("learner_id", flat=True)
    return consent.learners_covered(set(enrolled), Purpose.ENGAGEMENT, course_key=course_key)

"""The words of xAPI that statements here are made of, as Open edX, cmi5 and the video profile use them."""

from __future__ import annotations

from collections.abc import Mapping

from tracking import events
from tracking.events import UnitKind

ADL = "http://adlnet.gov/expapi/verbs/"
ACTIVITIES = "http://adlnet.gov/expapi/activities/"
VIDEO = "https://w3id.org/xapi/video"
VIDEO_SESSION = f"{VIDEO}/extensions/session-id"
VIDEO_PROFILE = {
    "objectType": "Activity",
    "id": VIDEO,
    "definition": {"type": f"{ACTIVITIES}profile"},
}
SESSION = "https://w3id.org/xapi/cmi5/context/extensions/sessionid"

INITIALIZED = f"{ADL}initialized"
EXPERIENCED = f"{ADL}experienced"
COMPLETED = f"{ADL}completed"
PASSED = f"{ADL}passed"
FAILED = f"{ADL}failed"
SCORED = f"{ADL}scored"
ATTEMPTED = f"{ADL}attempted"
ANSWERED = f"{ADL}answered"
INTERACTED = f"{ADL}interacted"
ACCESSED = "https://w3id.org/xapi/netc/verbs/accessed"
PLAYED = f"{VIDEO}/verbs/played"
SUBMITTED = "http://activitystrea.ms/submit"
ABANDONED = "https://w3id.org/xapi/adl/verbs/abandoned"

VERBS: Mapping[str, str] = {
    events.PAGE_OPENED: INITIALIZED,
    events.PAGE_PROGRESS: EXPERIENCED,
    events.UNIT_ACCESSED: ACCESSED,
    events.UNIT_COMPLETED: COMPLETED,
    events.FEATURE_CLICKED: INTERACTED,
    events.MEDIA_PLAYED: PLAYED,
    events.FORM_STARTED: ATTEMPTED,
    events.FORM_SUBMITTED: SUBMITTED,
    events.FORM_ABANDONED: ABANDONED,
}
"""The verb of each kind of event. A kind of the host's own has a verb of its own."""

UNTOLD = frozenset({events.PAGE_DETAILS, events.SCRIPT_FAILED, events.FRICTION})
"""Kinds that are about the page and not about learning: nothing is said of them outside."""

TYPES: Mapping[str, str] = {
    UnitKind.MODULE: f"{ACTIVITIES}module",
    UnitKind.LESSON: f"{ACTIVITIES}lesson",
    UnitKind.QUIZ: f"{ACTIVITIES}assessment",
    UnitKind.OTHER: f"{ACTIVITIES}interaction",
}
COURSE_TYPE = f"{ACTIVITIES}course"
QUESTION_TYPE = f"{ACTIVITIES}question"
PART_TYPES: Mapping[str, str] = {
    "features": f"{ACTIVITIES}interaction",
    "forms": f"{ACTIVITIES}interaction",
    "quizzes": f"{ACTIVITIES}assessment",
    "videos": f"{VIDEO}/activity-type/video",
}
"""What the parts of a unit are."""


def verb_display(verb: str) -> str:
    """Return the last part of a verb's address, as people read it."""
    return verb.rstrip("/").rpartition("/")[2].replace("-", " ").replace(".", " ")

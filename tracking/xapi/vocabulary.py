"""The words of xAPI that statements here are made of, as Open edX, cmi5 and the video profile use them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tracking import events
from tracking.events import UnitKind
from tracking.xapi import identifiers

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


@dataclass(frozen=True, slots=True, kw_only=True)
class KindWords:
    """What one kind of event is outside. Without a verb it is about the page and not about learning: it is not sent."""

    verb: str = ""
    caliper: str = ""
    """The type of its Caliper event; empty where Caliper has no action for it."""


KINDS: Mapping[str, KindWords] = {
    events.PAGE_OPENED: KindWords(verb=INITIALIZED, caliper="ViewEvent"),
    events.PAGE_PROGRESS: KindWords(verb=EXPERIENCED, caliper="ToolUseEvent"),
    events.PAGE_DETAILS: KindWords(),
    events.UNIT_ACCESSED: KindWords(verb=ACCESSED, caliper="ViewEvent"),
    events.UNIT_COMPLETED: KindWords(verb=COMPLETED, caliper="Event"),
    events.FEATURE_CLICKED: KindWords(verb=INTERACTED, caliper="Event"),
    events.MEDIA_PLAYED: KindWords(verb=PLAYED, caliper="MediaEvent"),
    events.FORM_STARTED: KindWords(verb=ATTEMPTED),
    events.FORM_SUBMITTED: KindWords(verb=SUBMITTED),
    events.FORM_ABANDONED: KindWords(verb=ABANDONED),
    events.SCRIPT_FAILED: KindWords(),
    events.FRICTION: KindWords(),
}
"""Each kind of event of the core. A test fails for one that is not in it."""


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

CALIPER_TYPES: Mapping[str, str] = {
    UnitKind.MODULE: "Chapter",
    UnitKind.LESSON: "Page",
    UnitKind.QUIZ: "Assessment",
    UnitKind.OTHER: "DigitalResource",
}


def verb_display(verb: str) -> str:
    """Return the last part of a verb's address, as people read it."""
    return verb.rstrip("/").rpartition("/")[2].replace("-", " ").replace(".", " ")


def is_sent(kind: str) -> bool:
    """Return whether events of ``kind`` have a statement: those of a host's own kinds do."""
    return kind not in KINDS or bool(KINDS[kind].verb)


def kind_verb(kind: str) -> str:
    """Return the verb of a kind of event; a kind of the host's own has one below the address of the site."""
    known = KINDS.get(kind)
    return known.verb if known is not None else f"{identifiers.site_iri()}/xapi/verbs/{kind}"

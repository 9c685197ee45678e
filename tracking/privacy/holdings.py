"""Every table that holds something about learners: what it is, what for, and how a learner's rows are found.

The learner's pages, downloads, erasure and the record of processing all go by this list, so that none of them can leave
out what another has. A test fails where a model names a user and is not on it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db.models import Model, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tracking import models
from tracking.events import LearnerId, Purpose


class Origin(StrEnum):
    """Where rows come from."""

    TOLD = "told"
    """The learner, the browser or the host told it."""
    COUNTED = "counted"
    """Counted from what was told."""
    CONCLUDED = "concluded"
    """Concluded from what was counted."""
    HANDLED = "handled"
    """What was done with any of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """One table that holds something about learners."""

    name: str
    """In addresses and file names."""
    model: type[Model]
    origin: Origin
    title: str | Promise
    words: str | Promise
    """What one row is, with an example."""
    purposes: frozenset[Purpose]
    """What it serves; empty where it is about the handling itself."""
    moment: str
    """The field that orders rows."""
    learner: str = "learner"
    """The way from a row to its learner."""
    course: str = "course_key"
    """The way from a row to its course; empty where it has none."""
    others: tuple[str, ...] = ()
    """Fields that name somebody else."""
    unlisted: frozenset[str] = frozenset()
    """Fields that say nothing about the learner: how a job keeps its place, or the bytes of a file."""


ENGAGEMENT = frozenset({Purpose.ENGAGEMENT})
RECORD = frozenset({Purpose.RECORD})
BOTH = ENGAGEMENT | RECORD

HOLDINGS = (
    Holding(
        name="events",
        model=models.Event,
        origin=Origin.TOLD,
        title=_("Single events"),
        words=_("Each thing that a page told, such as “opened a lesson” or “in use for 40 s so far”."),
        purposes=frozenset(Purpose),
        moment="happened_at",
    ),
    Holding(
        name="attempts",
        model=models.Attempt,
        origin=Origin.TOLD,
        title=_("Attempts at quizzes"),
        words=_("Each attempt with its result, such as “7 of 10, passed”."),
        purposes=RECORD,
        moment="started_at",
    ),
    Holding(
        name="answers",
        model=models.Answer,
        origin=Origin.TOLD,
        title=_("Answers in quizzes"),
        words=_("Which options you chose and whether that was right. Never what you typed."),
        purposes=RECORD,
        moment="attempt__started_at",
        learner="attempt__learner",
        course="attempt__course_key",
    ),
    Holding(
        name="enrolments",
        model=models.Enrolment,
        origin=Origin.TOLD,
        title=_("Courses you are in"),
        words=_("A copy of what the platform says: the course, your group, and since when."),
        purposes=RECORD,
        moment="enrolled_at",
    ),
    Holding(
        name="statements",
        model=models.XapiStatement,
        origin=Origin.TOLD,
        title=_("Statements of learning content"),
        words=_(
            "What content that speaks xAPI said of you, word for word, such as “completed the exercise”."
        ),
        purposes=BOTH,
        moment="happened_at",
        course="",
    ),
    Holding(
        name="documents",
        model=models.XapiDocument,
        origin=Origin.TOLD,
        title=_("Notes of learning content"),
        words=_("What such content keeps to go on where you left off."),
        purposes=BOTH,
        moment="stored_at",
        course="",
    ),
    Holding(
        name="kept_apart",
        model=models.HeldRecord,
        origin=Origin.TOLD,
        title=_("Kept apart"),
        words=_(
            "Events and attempts that fit no lesson yet. They are in no figure, and deleted after a while."
        ),
        purposes=BOTH,
        moment="happened_at",
    ),
    Holding(
        name="views",
        model=models.View,
        origin=Origin.COUNTED,
        title=_("Openings of lessons"),
        words=_("Each time you had a lesson open: from when, how long in use, how far down."),
        purposes=ENGAGEMENT,
        moment="opened_at",
    ),
    Holding(
        name="lesson_days",
        model=models.LearnerUnitDay,
        origin=Origin.COUNTED,
        title=_("Lessons by day"),
        words=_("Your time in one lesson on one day, such as “12 min on 3 May”."),
        purposes=BOTH,
        moment="first_at",
    ),
    Holding(
        name="course_days",
        model=models.LearnerCourseDay,
        origin=Origin.COUNTED,
        title=_("Courses by day"),
        words=_("Your time in one course on one day. Two windows at once count once."),
        purposes=BOTH,
        moment="last_at",
    ),
    Holding(
        name="lessons",
        model=models.LearnerUnit,
        origin=Origin.COUNTED,
        title=_("Where you stand with each lesson and quiz"),
        words=_("Such as “completed”, “skimmed” or “not passed yet”, with your time and best result."),
        purposes=BOTH,
        moment="last_at",
    ),
    Holding(
        name="courses",
        model=models.LearnerCourse,
        origin=Origin.COUNTED,
        title=_("Where you stand with each course"),
        words=_("How much of it you have completed, and your time in all."),
        purposes=BOTH,
        moment="last_at",
    ),
    Holding(
        name="patterns",
        model=models.LearnerPattern,
        origin=Origin.COUNTED,
        title=_("When you are at work"),
        words=_("Your time by hour of the week, and from which lesson you went on to which."),
        purposes=ENGAGEMENT,
        moment="",
    ),
    Holding(
        name="skills",
        model=models.LearnerSkill,
        origin=Origin.CONCLUDED,
        title=_("What you can do, as far as answers tell"),
        words=_("For each skill how many answers were right, and how likely the next one is to be."),
        purposes=RECORD,
        moment="last_at",
    ),
    Holding(
        name="risks",
        model=models.LearnerRisk,
        origin=Origin.CONCLUDED,
        title=_("How likely you are to finish"),
        words=_("An estimate that your instructors see, with the parts that it is made of."),
        purposes=BOTH,
        moment="assessed_at",
    ),
    Holding(
        name="findings",
        model=models.Finding,
        origin=Origin.CONCLUDED,
        title=_("Areas to go back to"),
        words=_("Each with its reason and the numbers behind it, such as “3 attempts not passed in 7 days”."),
        purposes=BOTH,
        moment="opened_at",
    ),
    Holding(
        name="finding_handling",
        model=models.FindingHandling,
        origin=Origin.HANDLED,
        title=_("What was made of these areas"),
        words=_("Whether you or your instructors put one off, set it aside or called it useful."),
        purposes=BOTH,
        moment="seen_at",
        learner="finding__learner",
        course="finding__course_key",
    ),
    Holding(
        name="actions",
        model=models.Action,
        origin=Origin.HANDLED,
        title=_("What people did about you"),
        words=_("Notes, excuses, reviews that were assigned, and what you said about a finding yourself."),
        purposes=RECORD,
        moment="at",
        others=("actor",),
    ),
    Holding(
        name="nudges",
        model=models.Nudge,
        origin=Origin.HANDLED,
        title=_("Messages to you"),
        words=_(
            "When an instructor sent you a message, and when you put it away. Its words stand in what people did."
        ),
        purposes=frozenset({Purpose.NUDGES}),
        moment="sent_at",
    ),
    Holding(
        name="deliveries",
        model=models.Delivery,
        origin=Origin.HANDLED,
        title=_("On the way to other systems"),
        words=_("What the institution's other systems are told, such as “an attempt was graded”."),
        purposes=BOTH,
        moment="created_at",
        course="",
        unlisted=frozenset({"failed_count", "retry_at", "error"}),
    ),
    Holding(
        name="consent",
        model=models.Consent,
        origin=Origin.HANDLED,
        title=_("What you agreed to"),
        words=_("Each yes, no and “not now”, with when and where you said it."),
        purposes=frozenset(),
        moment="given_at",
        course="",
    ),
    Holding(
        name="looks",
        model=models.Look,
        origin=Origin.HANDLED,
        title=_("Who looked"),
        words=_("Who was shown something about you, when, and what it was."),
        purposes=frozenset(),
        moment="looked_at",
        others=("viewer",),
    ),
    Holding(
        name="downloads",
        model=models.Download,
        origin=Origin.HANDLED,
        title=_("Downloads you asked for"),
        words=_("When you asked for your data, and until when the file is kept."),
        purposes=frozenset(),
        moment="requested_at",
        course="",
    ),
    Holding(
        name="waiting",
        model=models.ChangeMark,
        origin=Origin.HANDLED,
        title=_("What waits to be counted"),
        words=_("A note that something of yours has changed and the figures follow in a moment."),
        purposes=frozenset(),
        moment="created_at",
        unlisted=frozenset({"failed_count", "retry_at", "error"}),
    ),
)
"""In the order of the pages; a row that hangs on another comes after it."""

DONE_BY: tuple[tuple[type[Model], str], ...] = ((models.RiskThreshold, "moved_by"),)
"""Fields of tables about a whole course that name whoever did it. Erasure empties them and leaves what was done."""

BY_NAME: Mapping[str, Holding] = {holding.name: holding for holding in HOLDINGS}


def rows(
    holding: Holding, learner_id: LearnerId, *, course_keys: Collection[str] | None = None
) -> QuerySet[Any]:
    """Return the rows about a learner, newest first; of some courses where they are named."""
    found = holding.model._default_manager.filter(**{holding.learner: learner_id})
    if course_keys is not None:
        found = found.filter(**{f"{holding.course}__in": course_keys}) if holding.course else found.none()
    order = [f"-{holding.moment}"] if holding.moment else []
    return found.order_by(*order, "-pk")


def fields(holding: Holding) -> list[Any]:
    """Return the fields of a row that a learner is shown and given: all but who it is about and its own number."""
    own = holding.learner.partition("__")[0]
    return [
        field
        for field in holding.model._meta.concrete_fields
        if field.name != own and not field.primary_key and field.name not in holding.unlisted
    ]


def course_keys_of(learner_id: LearnerId) -> set[str]:
    """Return the courses in which anything is held about a learner."""
    return {
        key
        for holding in HOLDINGS
        if holding.course
        for key in rows(holding, learner_id).order_by().values_list(holding.course, flat=True).distinct()
        if key
    }

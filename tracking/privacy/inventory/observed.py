"""What the learner, the browser or the host told, as it was told."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tracking import models
from tracking.events import Purpose
from tracking.privacy.inventory.tables import BOTH, RECORD, DataOrigin, PersonalDataTable

TOLD = (
    PersonalDataTable(
        name="events",
        model=models.Event,
        origin=DataOrigin.TOLD,
        title=_("Single events"),
        words=_("Each thing that a page told, such as “opened a lesson” or “in use for 40 s so far”."),
        purposes=frozenset(Purpose),
        moment="happened_at",
    ),
    PersonalDataTable(
        name="attempts",
        model=models.Attempt,
        origin=DataOrigin.TOLD,
        title=_("Attempts at quizzes"),
        words=_("Each attempt with its result, such as “7 of 10, passed”."),
        purposes=RECORD,
        moment="started_at",
    ),
    PersonalDataTable(
        name="answers",
        model=models.Answer,
        origin=DataOrigin.TOLD,
        title=_("Answers in quizzes"),
        words=_("Which options you chose and whether that was right. Never what you typed."),
        purposes=RECORD,
        moment="attempt__started_at",
        learner="attempt__learner",
        course="attempt__course_key",
    ),
    PersonalDataTable(
        name="enrolments",
        model=models.Enrolment,
        origin=DataOrigin.TOLD,
        title=_("Courses you are in"),
        words=_("A copy of what the platform says: the course, your group, and since when."),
        purposes=RECORD,
        moment="enrolled_at",
    ),
    PersonalDataTable(
        name="statements",
        model=models.XapiStatement,
        origin=DataOrigin.TOLD,
        title=_("Statements of learning content"),
        words=_(
            "What content that speaks xAPI said of you, word for word, such as “completed the exercise”."
        ),
        purposes=BOTH,
        moment="happened_at",
    ),
    PersonalDataTable(
        name="attachments",
        model=models.XapiAttachment,
        origin=DataOrigin.TOLD,
        title=_("Attachments of learning content"),
        words=_("What came with such a statement, such as a certificate."),
        purposes=BOTH,
        moment="statement__happened_at",
        learner="statement__learner",
        course="statement__course_key",
        unlisted=frozenset({"content"}),
    ),
    PersonalDataTable(
        name="documents",
        model=models.XapiDocument,
        origin=DataOrigin.TOLD,
        title=_("Notes of learning content"),
        words=_("What such content keeps to go on where you left off."),
        purposes=BOTH,
        moment="stored_at",
    ),
    PersonalDataTable(
        name="kept_apart",
        model=models.QuarantinedRecord,
        origin=DataOrigin.TOLD,
        title=_("Kept apart"),
        words=_(
            "Events and attempts that fit no lesson yet. They are in no figure, and deleted after a while."
        ),
        purposes=BOTH,
        moment="happened_at",
    ),
)

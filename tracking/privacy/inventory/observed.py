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
        origin=DataOrigin.OBSERVED,
        title=_("Individual events"),
        description=_("Everything a page reported, such as “opened a lesson” or “active for 40 s so far”."),
        purposes=frozenset(Purpose),
        time_field="happened_at",
    ),
    PersonalDataTable(
        name="attempts",
        model=models.Attempt,
        origin=DataOrigin.OBSERVED,
        title=_("Quiz attempts"),
        description=_("Each attempt with its result, such as “7 of 10, passed”."),
        purposes=RECORD,
        time_field="started_at",
    ),
    PersonalDataTable(
        name="answers",
        model=models.Answer,
        origin=DataOrigin.OBSERVED,
        title=_("Quiz answers"),
        description=_("Which options you chose and whether they were right. Never what you typed."),
        purposes=RECORD,
        time_field="attempt__started_at",
        learner="attempt__learner",
        course="attempt__course_key",
    ),
    PersonalDataTable(
        name="enrolments",
        model=models.Enrolment,
        origin=DataOrigin.OBSERVED,
        title=_("Your courses"),
        description=_("A copy of what the platform says: the course, your group, and when you joined."),
        purposes=RECORD,
        time_field="enrolled_at",
    ),
    PersonalDataTable(
        name="statements",
        model=models.XapiStatement,
        origin=DataOrigin.OBSERVED,
        title=_("Statements from learning content"),
        description=_(
            "What xAPI content reported about you, word for word, such as “completed the exercise”."
        ),
        purposes=BOTH,
        time_field="happened_at",
    ),
    PersonalDataTable(
        name="attachments",
        model=models.XapiAttachment,
        origin=DataOrigin.OBSERVED,
        title=_("Attachments from learning content"),
        description=_("Files that came with such a statement, such as a certificate."),
        purposes=BOTH,
        time_field="statement__happened_at",
        learner="statement__learner",
        course="statement__course_key",
        hidden_fields=frozenset({"content"}),
    ),
    PersonalDataTable(
        name="documents",
        model=models.XapiDocument,
        origin=DataOrigin.OBSERVED,
        title=_("Saved state of learning content"),
        description=_("What such content stores so that you can continue where you left off."),
        purposes=BOTH,
        time_field="stored_at",
    ),
    PersonalDataTable(
        name="quarantined",
        model=models.QuarantinedRecord,
        origin=DataOrigin.OBSERVED,
        title=_("Quarantined records"),
        description=_(
            "Events and attempts that do not match any lesson yet. They are not counted, and "
            "are deleted after a while."
        ),
        purposes=BOTH,
        time_field="happened_at",
    ),
)

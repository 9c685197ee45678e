"""Tables of observed data: what the learner, the browser or the host reported, unchanged."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tracking import models
from tracking.events import Purpose
from tracking.privacy import retention_texts
from tracking.privacy.inventory import row_rules
from tracking.privacy.inventory.tables import RECORD, DataOrigin, PersonalDataTable, Retention

OBSERVED = (
    PersonalDataTable(
        name="events",
        model=models.Event,
        origin=DataOrigin.OBSERVED,
        title=_("Individual events"),
        description=_("Everything a page reported, such as “opened a lesson” or “active for 40 s so far”."),
        purposes=frozenset(Purpose),
        time_field="happened_at",
        hidden_fields=frozenset({"is_detail"}),
        rows_to_erase=row_rules.rows_by_kind,
        retention=Retention(text=retention_texts.by_purpose),
    ),
    PersonalDataTable(
        name="attempts",
        model=models.Attempt,
        origin=DataOrigin.OBSERVED,
        title=_("Quiz attempts"),
        description=_("Each attempt with its result, such as “7 of 10, passed”."),
        purposes=RECORD,
        time_field="started_at",
        is_copied=True,
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
        is_copied=True,
    ),
    PersonalDataTable(
        name="enrolments",
        model=models.Enrolment,
        origin=DataOrigin.OBSERVED,
        title=_("Your courses"),
        description=_("A copy of what the platform says: the course, your group, and when you joined."),
        purposes=RECORD,
        time_field="enrolled_at",
        rows_to_erase=row_rules.no_rows,
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
        purposes=frozenset(Purpose),
        time_field="happened_at",
        key_field="learner_key",
        rows_to_erase=row_rules.rows_by_kind,
        retention=Retention(text=retention_texts.days_of("QUARANTINE_DAYS")),
    ),
)

"""What was done with any of it: by whom it was seen, what was agreed to, what is on its way."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tracking import models
from tracking.events import Purpose
from tracking.privacy.inventory.tables import BOTH, RECORD, DataOrigin, PersonalDataTable

HANDLING = (
    PersonalDataTable(
        name="finding_triage",
        model=models.FindingTriage,
        origin=DataOrigin.ADMINISTRATIVE,
        title=_("Responses to these areas"),
        description=_("Whether you or your instructors snoozed one, dismissed it or rated it useful."),
        purposes=BOTH,
        time_field="seen_at",
        learner="finding__learner",
        course="finding__course_key",
    ),
    PersonalDataTable(
        name="actions",
        model=models.Action,
        origin=DataOrigin.ADMINISTRATIVE,
        title=_("Actions about you"),
        description=_("Notes, excused lessons, assigned reviews, and your own comments on a finding."),
        purposes=RECORD,
        time_field="happened_at",
        related_user_fields=("actor",),
    ),
    PersonalDataTable(
        name="nudges",
        model=models.Nudge,
        origin=DataOrigin.ADMINISTRATIVE,
        title=_("Messages to you"),
        description=_(
            "When an instructor sent you a message, and when you closed it. The text is "
            "listed under “Actions about you”."
        ),
        purposes=frozenset({Purpose.NUDGES}),
        time_field="sent_at",
    ),
    PersonalDataTable(
        name="deliveries",
        model=models.Delivery,
        origin=DataOrigin.ADMINISTRATIVE,
        title=_("Waiting to be sent to other systems"),
        description=_("What is sent to the institution's other systems, such as “an attempt was graded”."),
        purposes=BOTH,
        time_field="created_at",
        course="",
        hidden_fields=frozenset({"failed_count", "retry_at", "error"}),
    ),
    PersonalDataTable(
        name="consent",
        model=models.Consent,
        origin=DataOrigin.ADMINISTRATIVE,
        title=_("Your consent history"),
        description=_("Each yes, no and “not now”, with when and where you gave it."),
        purposes=frozenset(),
        time_field="given_at",
        course="",
    ),
    PersonalDataTable(
        name="access_log",
        model=models.AccessLogEntry,
        origin=DataOrigin.ADMINISTRATIVE,
        title=_("Access log"),
        description=_("Who saw something about you, when, and what it was."),
        purposes=frozenset(),
        time_field="accessed_at",
        related_user_fields=("viewer",),
    ),
    PersonalDataTable(
        name="downloads",
        model=models.Download,
        origin=DataOrigin.ADMINISTRATIVE,
        title=_("Downloads you requested"),
        description=_("When you asked for your data, and how long the file is kept."),
        purposes=frozenset(),
        time_field="requested_at",
        course="",
    ),
    PersonalDataTable(
        name="pending_changes",
        model=models.PendingChange,
        origin=DataOrigin.ADMINISTRATIVE,
        title=_("Changes waiting to be processed"),
        description=_("A note that some of your data has changed. Your figures are updated shortly."),
        purposes=frozenset(),
        time_field="created_at",
        hidden_fields=frozenset({"failed_count", "retry_at", "error"}),
    ),
)

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
        title=_("What was made of these areas"),
        description=_("Whether you or your instructors put one off, set it aside or called it useful."),
        purposes=BOTH,
        time_field="seen_at",
        learner="finding__learner",
        course="finding__course_key",
    ),
    PersonalDataTable(
        name="actions",
        model=models.Action,
        origin=DataOrigin.ADMINISTRATIVE,
        title=_("What people did about you"),
        description=_(
            "Notes, excuses, reviews that were assigned, and what you said about a finding yourself."
        ),
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
            "When an instructor sent you a message, and when you put it away. Its words stand in what people did."
        ),
        purposes=frozenset({Purpose.NUDGES}),
        time_field="sent_at",
    ),
    PersonalDataTable(
        name="deliveries",
        model=models.Delivery,
        origin=DataOrigin.ADMINISTRATIVE,
        title=_("On the way to other systems"),
        description=_("What the institution's other systems are told, such as “an attempt was graded”."),
        purposes=BOTH,
        time_field="created_at",
        course="",
        hidden_fields=frozenset({"failed_count", "retry_at", "error"}),
    ),
    PersonalDataTable(
        name="consent",
        model=models.Consent,
        origin=DataOrigin.ADMINISTRATIVE,
        title=_("What you agreed to"),
        description=_("Each yes, no and “not now”, with when and where you said it."),
        purposes=frozenset(),
        time_field="given_at",
        course="",
    ),
    PersonalDataTable(
        name="access_log",
        model=models.AccessLogEntry,
        origin=DataOrigin.ADMINISTRATIVE,
        title=_("Who looked"),
        description=_("Who was shown something about you, when, and what it was."),
        purposes=frozenset(),
        time_field="accessed_at",
        related_user_fields=("viewer",),
    ),
    PersonalDataTable(
        name="downloads",
        model=models.Download,
        origin=DataOrigin.ADMINISTRATIVE,
        title=_("Downloads you asked for"),
        description=_("When you asked for your data, and until when the file is kept."),
        purposes=frozenset(),
        time_field="requested_at",
        course="",
    ),
    PersonalDataTable(
        name="pending_changes",
        model=models.PendingChange,
        origin=DataOrigin.ADMINISTRATIVE,
        title=_("What waits to be counted"),
        description=_("A note that something of yours has changed and the figures follow in a moment."),
        purposes=frozenset(),
        time_field="created_at",
        hidden_fields=frozenset({"failed_count", "retry_at", "error"}),
    ),
)

"""Tables about how the data was handled: access, consent, actions, and data waiting to be sent or processed."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from tracking import conf, models
from tracking.events import Purpose
from tracking.exports import deliveries
from tracking.privacy import access_log, retention, retention_texts
from tracking.privacy.inventory import row_rules
from tracking.privacy.inventory.tables import BOTH, RECORD, DataOrigin, PersonalDataTable, Retention


def _purge_deliveries(now: datetime) -> int:
    unsent_before = retention.retention_cutoffs(now).views_end
    return deliveries.purge_deliveries(now=now, unsent_before=unsent_before)


def _purge_access_log(now: datetime) -> int:
    days = conf.get_settings().ACCESS_LOG_DAYS
    return access_log.purge_access_log(before=now - timedelta(days=days)) if days else 0


ADMINISTRATIVE = (
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
        rows_to_erase=row_rules.all_rows,
        is_copied=True,
    ),
    PersonalDataTable(
        name="actions",
        model=models.Action,
        origin=DataOrigin.ADMINISTRATIVE,
        title=_("Actions about you"),
        description=_("Notes, excused lessons, assigned reviews, and your own comments on a finding."),
        purposes=RECORD | {Purpose.NUDGES},
        time_field="happened_at",
        related_user_fields=("actor",),
        rows_to_erase=row_rules.written_actions,
        is_copied=True,
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
        course="payload__data__course_key",
        hidden_fields=frozenset({"failed_count", "retry_at", "error"}),
        rows_to_erase=row_rules.all_rows,
        retention=Retention(text=retention_texts.days_of("RAW_EVENT_DAYS"), purge=_purge_deliveries),
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
        retention=Retention(text=retention_texts.days_of("ACCESS_LOG_DAYS"), purge=_purge_access_log),
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
        retention=Retention(text=retention_texts.download_hours),
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

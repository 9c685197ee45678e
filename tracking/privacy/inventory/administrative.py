"""What was done with any of it: by whom it was seen, what was agreed to, what is on its way."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tracking import models
from tracking.events import Purpose
from tracking.privacy.inventory.tables import BOTH, RECORD, DataOrigin, PersonalDataTable

HANDLING = (
    PersonalDataTable(
        name="finding_handling",
        model=models.FindingTriage,
        origin=DataOrigin.HANDLED,
        title=_("What was made of these areas"),
        words=_("Whether you or your instructors put one off, set it aside or called it useful."),
        purposes=BOTH,
        moment="seen_at",
        learner="finding__learner",
        course="finding__course_key",
    ),
    PersonalDataTable(
        name="actions",
        model=models.Action,
        origin=DataOrigin.HANDLED,
        title=_("What people did about you"),
        words=_("Notes, excuses, reviews that were assigned, and what you said about a finding yourself."),
        purposes=RECORD,
        moment="at",
        others=("actor",),
    ),
    PersonalDataTable(
        name="nudges",
        model=models.Nudge,
        origin=DataOrigin.HANDLED,
        title=_("Messages to you"),
        words=_(
            "When an instructor sent you a message, and when you put it away. Its words stand in what people did."
        ),
        purposes=frozenset({Purpose.NUDGES}),
        moment="sent_at",
    ),
    PersonalDataTable(
        name="deliveries",
        model=models.Delivery,
        origin=DataOrigin.HANDLED,
        title=_("On the way to other systems"),
        words=_("What the institution's other systems are told, such as “an attempt was graded”."),
        purposes=BOTH,
        moment="created_at",
        course="",
        unlisted=frozenset({"failed_count", "retry_at", "error"}),
    ),
    PersonalDataTable(
        name="consent",
        model=models.Consent,
        origin=DataOrigin.HANDLED,
        title=_("What you agreed to"),
        words=_("Each yes, no and “not now”, with when and where you said it."),
        purposes=frozenset(),
        moment="given_at",
        course="",
    ),
    PersonalDataTable(
        name="looks",
        model=models.AccessLogEntry,
        origin=DataOrigin.HANDLED,
        title=_("Who looked"),
        words=_("Who was shown something about you, when, and what it was."),
        purposes=frozenset(),
        moment="looked_at",
        others=("viewer",),
    ),
    PersonalDataTable(
        name="downloads",
        model=models.Download,
        origin=DataOrigin.HANDLED,
        title=_("Downloads you asked for"),
        words=_("When you asked for your data, and until when the file is kept."),
        purposes=frozenset(),
        moment="requested_at",
        course="",
    ),
    PersonalDataTable(
        name="waiting",
        model=models.PendingChange,
        origin=DataOrigin.HANDLED,
        title=_("What waits to be counted"),
        words=_("A note that something of yours has changed and the figures follow in a moment."),
        purposes=frozenset(),
        moment="created_at",
        unlisted=frozenset({"failed_count", "retry_at", "error"}),
    ),
)

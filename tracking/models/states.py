"""Where a learner stands with a unit."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class UnitState(models.TextChoices):
    """Where a learner stands with a unit; ``rollups.states`` says when each holds."""

    EXCUSED = "excused", _("excused")
    LOCKED = "locked", _("locked")
    COMPLETED = "completed", _("completed")
    SUBMITTED = "submitted", _("awaiting grading")
    FAILED = "failed", _("not passed yet")
    SKIMMED = "skimmed", _("skimmed")
    IN_PROGRESS = "in_progress", _("in progress")
    BOUNCED = "bounced", _("opened briefly")
    SKIPPED = "skipped", _("skipped")
    NOT_REACHED = "not_reached", _("not reached")

"""What learners consent to, and what has to happen before it may be served."""

from __future__ import annotations

from enum import IntEnum

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Purpose(TextChoices):
    """What a learner consents to, each apart from the others."""

    RECORD = "record", _("Your course record: attempts and completion")
    ENGAGEMENT = "engagement", _("How you work through the course: time, scrolling and clicks")
    NUDGES = "nudges", _("Messages about what to review")
    COMPARISON = "comparison", _("Comparison with the class")


PURPOSES_WITH_ROLLUPS = frozenset({Purpose.RECORD, Purpose.ENGAGEMENT})
"""The purposes whose events the rollups count. A host may register kinds that serve another."""


class ConsentRequirement(IntEnum):
    """What has to happen before a purpose may be served; the greater, the stricter."""

    NOTICE = 1
    """Learners get a notice; recording goes on until they object."""
    ASK = 2
    """It waits for a yes."""
    OFF = 3
    """It is not done at all."""

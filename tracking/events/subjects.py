"""Who and what events are about, and where they come from."""

from __future__ import annotations

from typing import Any, TypeAlias

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

LearnerId: TypeAlias = Any
"""A primary key of ``AUTH_USER_MODEL``: the host decides whether it is a number, a string or a UUID."""


class EventSource(TextChoices):
    """Where an event comes from."""

    BROWSER = "browser", _("the learner's browser")
    SERVER = "server", _("the learning platform")
    IMPORTED = "imported", _("an imported event log")
    SIMULATED = "simulated", _("a simulation")


class UnitKind(TextChoices):
    """What a unit of an outline is."""

    MODULE = "module", _("module")
    LESSON = "lesson", _("lesson")
    QUIZ = "quiz", _("quiz")
    OTHER = "other", _("other")

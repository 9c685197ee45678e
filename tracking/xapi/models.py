"""What the learning record store keeps for content that speaks xAPI: its statements and its documents."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tracking.events import Purpose
from tracking.models.keys import KEY_LENGTH
from tracking.models.rows import Row, WriterManager

NAME_LENGTH = 500
"""Of activities and agents."""


class XapiStatement(Row):
    """One statement as it was received. What it says of a learner and a unit has become an event or attempt besides."""

    id = models.UUIDField(primary_key=True)
    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,
        null=True,
        blank=True,
    )
    agent_key = models.CharField(max_length=NAME_LENGTH)
    verb = models.CharField(max_length=NAME_LENGTH)
    activity = models.CharField(max_length=NAME_LENGTH, blank=True)
    registration = models.UUIDField(null=True, blank=True)
    session = models.CharField(max_length=64, blank=True)
    """Of a film: what its statements prove together becomes one view for each sitting."""
    course_key = models.CharField(max_length=KEY_LENGTH, blank=True)
    """The course of the statement; empty if none is known."""
    purpose = models.CharField(max_length=20, choices=Purpose.choices, default=Purpose.ENGAGEMENT)
    happened_at = models.DateTimeField()
    stored_at = models.DateTimeField(default=timezone.now)
    is_voided = models.BooleanField(default=False)
    statement = models.JSONField(_("As received"))

    objects = WriterManager()

    class Meta:
        indexes = [
            # Statements are given back in the order in which they were stored.
            models.Index(fields=["stored_at", "id"], name="tracking_statement_stored"),
            # Content reads its own learner's statements; erasing a learner deletes them.
            models.Index(fields=["learner", "stored_at"], name="tracking_statement_learner"),
            # The views of a video session are recalculated with each of its statements.
            models.Index(fields=["session"], name="tracking_statement_session"),
            # A job deletes the oldest every day.
            models.Index(fields=["happened_at"], name="tracking_statement_age"),
        ]

    def __str__(self) -> str:
        return f"{self.verb} at {self.happened_at:%Y-%m-%d %H:%M:%S}"


class XapiMention(Row):
    """An agent or activity that a statement names, wherever in it."""

    statement = models.ForeignKey(XapiStatement, on_delete=models.CASCADE, related_name="mentions")
    kind = models.CharField(max_length=10)
    name = models.CharField(max_length=NAME_LENGTH)

    objects = WriterManager()

    class Meta:
        indexes = [
            # Content asks for the statements that are related to an activity or an agent.
            models.Index(fields=["kind", "name"], name="tracking_mention_name"),
        ]

    def __str__(self) -> str:
        return self.name


class XapiAttachment(Row):
    """A content that came with a statement: an essay, a certificate, a signature."""

    statement = models.ForeignKey(XapiStatement, on_delete=models.CASCADE, related_name="attached")
    sha2 = models.CharField(max_length=128)
    content_type = models.CharField(max_length=100)
    content = models.BinaryField()

    objects = WriterManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["statement", "sha2"], name="tracking_attachment_unique"),
        ]

    def __str__(self) -> str:
        return self.sha2


class DocumentKind(models.TextChoices):
    """Which of xAPI's document resources a document belongs to."""

    STATE = "state", "the state of an activity for an agent"
    ACTIVITY = "activity", "a profile of an activity"
    AGENT = "agent", "a profile of an agent"


class XapiDocument(Row):
    """A document that content keeps: where a learner left off, settings, scores of its own making.

    ``fingerprint`` stands for kind, activity, agent, registration and name, which are too long for an index together.
    """

    fingerprint = models.CharField(max_length=64, unique=True)
    kind = models.CharField(max_length=10, choices=DocumentKind.choices)
    activity = models.CharField(max_length=NAME_LENGTH, blank=True)
    agent_key = models.CharField(max_length=NAME_LENGTH, blank=True)
    registration = models.CharField(max_length=36, blank=True)
    name = models.CharField(max_length=KEY_LENGTH)
    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        null=True,
        blank=True,
    )
    course_key = models.CharField(max_length=KEY_LENGTH, blank=True)
    """The course of the activity; empty where nothing leads to one."""
    content_type = models.CharField(max_length=100)
    content = models.BinaryField()
    stored_at = models.DateTimeField(default=timezone.now)

    objects = WriterManager()

    class Meta:
        indexes = [
            # Content asks for the names of the documents of an activity.
            models.Index(fields=["kind", "activity"], name="tracking_document_activity"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"

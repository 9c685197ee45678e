"""What people did about findings and learners, as an append-only record, and the triage of findings."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tracking.definitions.reasons import Audience
from tracking.models.findings import Finding
from tracking.models.keys import KEY_LENGTH
from tracking.models.rows import Row, WriterManager


class ActionKind(models.TextChoices):
    """What was done."""

    SEEN = "seen", _("seen")
    SNOOZED = "snoozed", _("snoozed")
    DISMISSED = "dismissed", _("dismissed")
    USEFUL = "useful", _("rated useful")
    NOT_USEFUL = "not_useful", _("rated not useful")
    EXCUSED = "excused", _("excused")
    NOTED = "noted", _("note")
    REVIEW_ASSIGNED = "review_assigned", _("review assigned")
    NUDGED = "nudged", _("message sent")
    RESURFACED = "resurfaced", _("shown again because it got worse")
    REOPENED = "reopened", _("reopened soon after it was cleared")
    UNDONE = "undone", _("undone")


class DismissReason(models.TextChoices):
    """Why a finding was dismissed."""

    HANDLED = "handled", _("already being handled")
    INACCURATE = "inaccurate", _("not accurate")
    IRRELEVANT = "irrelevant", _("not relevant here")
    DONE_ELSEWHERE = "done_elsewhere", _("done elsewhere")
    OTHER = "other", _("other reason")


class ActionQuerySet(models.QuerySet["Action"]):
    """Queries of actions."""

    def in_effect(self) -> ActionQuerySet:
        """Return actions that were not undone."""
        return self.exclude(kind=ActionKind.UNDONE).filter(undone_by__isnull=True)


class Action(Row):
    """One thing that a person or a rule did about a finding or a learner; ``actor`` is empty if a rule did it.

    Rows are never changed. An undone action stays, and a row of the kind ``undone`` names it in ``undoes``.
    ``severity`` is how bad the finding was at that moment; see ``Finding.severity``.
    """

    kind = models.CharField(max_length=20, choices=ActionKind.choices)
    audience = models.CharField(max_length=10, choices=Audience.choices, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        related_name="+",
        db_index=False,
        null=True,
        blank=True,
    )
    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,
        null=True,
        blank=True,
    )
    course_key = models.CharField(max_length=KEY_LENGTH)
    unit_key = models.CharField(max_length=KEY_LENGTH, blank=True)
    finding = models.ForeignKey(
        Finding, on_delete=models.CASCADE, related_name="actions", db_index=False, null=True, blank=True
    )
    happened_at = models.DateTimeField(default=timezone.now)
    snoozed_until = models.DateTimeField(null=True, blank=True)
    dismiss_reason = models.CharField(max_length=20, choices=DismissReason.choices, blank=True)
    text = models.CharField(max_length=1000, blank=True)
    severity = models.FloatField(null=True, blank=True)
    undoes = models.OneToOneField(
        "self", on_delete=models.CASCADE, related_name="undone_by", null=True, blank=True
    )

    objects = WriterManager.from_queryset(ActionQuerySet)()

    class Meta:
        indexes = [
            # The rollup reads who is excused from what; pages read the notes and reviews of one learner.
            models.Index(fields=["course_key", "learner", "kind"], name="tracking_action_learner"),
            # The actions on one finding; deleting a finding.
            models.Index(fields=["finding"], name="tracking_action_finding"),
            # Deleting a user clears the actor of their actions; erasing a learner deletes the actions about them.
            models.Index(fields=["actor"], name="tracking_action_actor"),
            models.Index(fields=["learner"], name="tracking_action_erasure"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind=ActionKind.UNDONE, undoes__isnull=False)
                | (~models.Q(kind=ActionKind.UNDONE) & models.Q(undoes__isnull=True)),
                name="tracking_action_undoes_fits_kind",
            ),
            models.CheckConstraint(
                condition=~models.Q(kind=ActionKind.SNOOZED) | models.Q(snoozed_until__isnull=False),
                name="tracking_action_snoozed_until",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} in {self.course_key} at {self.happened_at:%Y-%m-%d %H:%M}"


class FindingTriage(Row):
    """What one audience has decided about one finding, recomputed from the actions in effect after each action.

    A finding is not in the audience's lists while it is dismissed, or snoozed until a time in the future.
    """

    finding = models.ForeignKey(Finding, on_delete=models.CASCADE, related_name="triages", db_index=False)
    audience = models.CharField(max_length=10, choices=Audience.choices)
    seen_at = models.DateTimeField(null=True, blank=True)
    snoozed_until = models.DateTimeField(null=True, blank=True)
    dismissed_at = models.DateTimeField(null=True, blank=True)
    dismiss_reason = models.CharField(max_length=20, choices=DismissReason.choices, blank=True)
    severity = models.FloatField(null=True, blank=True)
    is_useful = models.BooleanField(null=True, blank=True)

    objects = WriterManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["finding", "audience"], name="tracking_finding_triage_unique_audience"
            ),
        ]

    def __str__(self) -> str:
        return f"finding {self.finding_id} for the {self.audience}"

"""Attempts at quizzes and their answers, copied from the host and corrected when the host corrects them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from tracking.definitions import learners
from tracking.models.keys import KEY_LENGTH
from tracking.models.rows import Row, WriterManager


class AttemptQuerySet(models.QuerySet["Attempt"]):
    """Queries of attempts."""

    def submitted(self) -> AttemptQuerySet:
        """Return attempts that the learner has submitted, graded or not."""
        return self.filter(submitted_at__isnull=False)


class Attempt(Row):
    """One attempt of one learner at a quiz.

    ``source_label`` and ``source_key`` name the host's row, so that saving it again corrects this one. ``share`` is the
    score from 0 to 1, empty until it is graded; ``is_passed`` is empty if the quiz has no pass mark. ``received_at`` is
    when the host first reported the current grade.
    """

    source_label = models.CharField(max_length=100)
    source_key = models.CharField(max_length=KEY_LENGTH)
    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    course_key = models.CharField(max_length=KEY_LENGTH)
    unit_key = models.CharField(max_length=KEY_LENGTH)
    started_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    score = models.FloatField(null=True, blank=True)
    max_score = models.FloatField(null=True, blank=True)
    is_passed = models.BooleanField(null=True, blank=True)
    received_at = models.DateTimeField(default=timezone.now)

    objects = WriterManager.from_queryset(AttemptQuerySet)()

    class Meta:
        indexes = [
            # The rollup and the learner page read one learner's attempts in one course, oldest first.
            models.Index(fields=["learner", "course_key", "started_at"], name="tracking_attempt_learner"),
            # The class rollup reads all attempts at one quiz.
            models.Index(fields=["course_key", "unit_key"], name="tracking_attempt_unit"),
        ]
        constraints = [
            models.UniqueConstraint(
                # Several learners may share one source key.
                fields=["source_label", "source_key", "learner"],
                name="tracking_attempt_unique_source",
            ),
            models.CheckConstraint(
                condition=models.Q(max_score__isnull=True) | models.Q(max_score__gt=0),
                name="tracking_attempt_max_score_positive",
            ),
        ]

    def __str__(self) -> str:
        return f"attempt at {self.course_key}/{self.unit_key} on {self.started_at:%Y-%m-%d}"

    @property
    def share(self) -> float | None:
        """The score as a share of the maximum, from 0 to 1; ``None`` until it is graded."""
        return learners.result_share(self.score, self.max_score)


class Answer(Row):
    """The answer to one question in one attempt: the options chosen and whether it was right, never free text."""

    attempt = models.ForeignKey(Attempt, on_delete=models.CASCADE, related_name="answers", db_index=False)
    question_key = models.CharField(max_length=KEY_LENGTH)
    is_correct = models.BooleanField(null=True, blank=True)
    points = models.FloatField(null=True, blank=True)
    max_points = models.FloatField(null=True, blank=True)
    chosen = models.JSONField(default=list, blank=True)
    lesson_keys = models.JSONField(default=list, blank=True)
    skills = models.JSONField(default=list, blank=True)

    objects = WriterManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["attempt", "question_key"], name="tracking_answer_unique_question"
            ),
        ]

    def __str__(self) -> str:
        return f"answer to {self.question_key}"

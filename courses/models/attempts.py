"""Learners' work: quiz attempts with their answers, and completed lessons."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from courses.models.outline import Lesson, Quiz
from courses.models.questions import Question


class AttemptQuerySet(models.QuerySet["Attempt"]):
    """Queries for attempts."""

    def by(self, learner: User) -> AttemptQuerySet:
        """Return the attempts of ``learner``."""
        return self.filter(learner=learner)

    def submitted(self) -> AttemptQuerySet:
        """Return the submitted attempts."""
        return self.filter(submitted_at__isnull=False)

    def in_progress(self) -> AttemptQuerySet:
        """Return the attempts that were started and not submitted."""
        return self.filter(submitted_at__isnull=True)


class Attempt(models.Model):
    """One attempt of a learner at a quiz. Submitting it sets score, maximum and result."""

    quiz = models.ForeignKey(Quiz, verbose_name=_("quiz"), on_delete=models.CASCADE, related_name="attempts")
    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("learner"),
        on_delete=models.CASCADE,
        related_name="attempts",
    )
    number = models.PositiveSmallIntegerField(_("number"), help_text=_("1 for the learner's first attempt."))
    started_at = models.DateTimeField(_("started at"), default=timezone.now)
    submitted_at = models.DateTimeField(_("submitted at"), null=True, blank=True)
    score = models.DecimalField(_("score"), max_digits=7, decimal_places=2, null=True, blank=True)
    max_score = models.DecimalField(_("maximum score"), max_digits=7, decimal_places=2, null=True, blank=True)
    passed = models.BooleanField(_("passed"), null=True, blank=True)

    objects = AttemptQuerySet.as_manager()

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(
                fields=["quiz", "learner", "number"], name="courses_attempt_unique_number"
            ),
            models.UniqueConstraint(
                fields=["quiz", "learner"],
                condition=Q(submitted_at__isnull=True),
                name="courses_attempt_one_in_progress",
            ),
            models.CheckConstraint(
                condition=Q(
                    submitted_at__isnull=True, score__isnull=True, max_score__isnull=True, passed__isnull=True
                )
                | Q(
                    submitted_at__gte=F("started_at"),
                    score__gte=0,
                    max_score__gte=F("score"),
                    passed__isnull=False,
                ),
                name="courses_attempt_scored_when_submitted",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quiz}, {self.learner}, attempt {self.number}"

    def get_absolute_url(self) -> str:
        """Return the URL of the result, or of the questions while the attempt is in progress."""
        module = self.quiz.module
        return reverse(
            "courses:attempt" if self.submitted_at is None else "courses:result",
            kwargs={
                "course": module.course.slug,
                "module": module.slug,
                "quiz": self.quiz.slug,
                "number": self.number,
            },
        )

    @property
    def percent(self) -> int | None:
        """The share of the points, rounded down: 79.9 % must not look like a pass mark of 80 %."""
        if self.score is None or self.max_score is None:
            return None
        return int(100 * self.score / self.max_score) if self.max_score else 0


class Answer(models.Model):
    """A learner's answer to one question of an attempt. Submitting the attempt grades it."""

    attempt = models.ForeignKey(
        Attempt, verbose_name=_("attempt"), on_delete=models.CASCADE, related_name="answers"
    )
    # RESTRICT, not CASCADE: removing a question from a quiz must not delete learners' answers.
    question = models.ForeignKey(
        Question, verbose_name=_("question"), on_delete=models.RESTRICT, related_name="answers"
    )
    chosen = models.JSONField(_("chosen options"), default=list, blank=True, help_text=_("Keys of options."))
    text = models.CharField(_("typed text"), max_length=200, blank=True)
    number = models.DecimalField(_("number"), max_digits=14, decimal_places=4, null=True, blank=True)
    is_correct = models.BooleanField(pgettext_lazy("courses", "correct"), null=True, blank=True)
    points = models.DecimalField(_("points"), max_digits=7, decimal_places=2, null=True, blank=True)

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        ordering = ["question__position"]
        constraints = [
            models.UniqueConstraint(fields=["attempt", "question"], name="courses_answer_unique_question"),
        ]

    def __str__(self) -> str:
        return f"{self.attempt}: {self.question.key}"

    @property
    def plain_number(self) -> str:
        """The number without trailing zeros; empty if there is none."""
        return "" if self.number is None else f"{self.number.normalize():f}"


class LessonCompletion(models.Model):
    """A lesson that a learner marked as done."""

    lesson = models.ForeignKey(
        Lesson, verbose_name=_("lesson"), on_delete=models.CASCADE, related_name="completions"
    )
    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("learner"),
        on_delete=models.CASCADE,
        related_name="lesson_completions",
    )
    completed_at = models.DateTimeField(_("completed at"), default=timezone.now)

    class Meta:
        verbose_name = _("completed lesson")
        verbose_name_plural = _("completed lessons")
        constraints = [
            models.UniqueConstraint(
                fields=["lesson", "learner"], name="courses_lessoncompletion_unique_learner"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.learner}: {self.lesson}"

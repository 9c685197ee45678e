"""Enrolments in courses and their classes."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from courses.models.outline import Course


class Group(models.Model):
    """A class: learners who take a course together."""

    course = models.ForeignKey(
        Course, verbose_name=_("course"), on_delete=models.CASCADE, related_name="groups"
    )
    name = models.CharField(pgettext_lazy("courses", "name"), max_length=120)
    starts_on = models.DateField(_("starts on"))

    class Meta:
        verbose_name = _("class")
        verbose_name_plural = _("classes")
        ordering = ["starts_on", "name"]
        constraints = [
            models.UniqueConstraint(fields=["course", "name"], name="courses_group_unique_name"),
        ]

    def __str__(self) -> str:
        return self.name


class Enrolment(models.Model):
    """One learner in one course, and in one of its classes if it has any."""

    course = models.ForeignKey(
        Course, verbose_name=_("course"), on_delete=models.CASCADE, related_name="enrolments"
    )
    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("learner"),
        on_delete=models.CASCADE,
        related_name="enrolments",
    )
    group = models.ForeignKey(
        Group,
        verbose_name=_("class"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="enrolments",
    )
    enrolled_at = models.DateTimeField(_("enrolled at"), default=timezone.now)

    class Meta:
        verbose_name = _("enrolment")
        verbose_name_plural = _("enrolments")
        ordering = ["enrolled_at"]
        constraints = [
            models.UniqueConstraint(fields=["course", "learner"], name="courses_enrolment_unique_learner"),
        ]

    def __str__(self) -> str:
        return f"{self.learner} in {self.course}"

"""The questions of a quiz and their options."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from courses.models.outline import Lesson, Quiz


class Question(models.Model):
    """One question and its right answer."""

    class Kind(models.TextChoices):
        """How a question is answered."""

        SINGLE = "single", _("Choose one")
        MULTIPLE = "multiple", _("Choose all that apply")
        TRUE_FALSE = "true_false", _("True or false")
        NUMERIC = "numeric", _("Number")
        SHORT_TEXT = "short_text", _("Short answer")

    quiz = models.ForeignKey(Quiz, verbose_name=_("quiz"), on_delete=models.CASCADE, related_name="questions")
    key = models.SlugField(_("key"), max_length=80)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    prompt = models.TextField(_("prompt"), help_text=_("Markdown."))
    feedback = models.TextField(
        _("feedback"), blank=True, help_text=_("Markdown; shown once the learner may see the correct answer.")
    )
    position = models.PositiveSmallIntegerField(_("position"))
    points = models.PositiveSmallIntegerField(_("points"), default=1)
    lesson = models.ForeignKey(
        Lesson,
        verbose_name=_("related lesson"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="questions",
    )
    number = models.DecimalField(_("correct number"), max_digits=14, decimal_places=4, null=True, blank=True)
    tolerance = models.DecimalField(_("tolerance"), max_digits=14, decimal_places=4, default=0)
    number_unit = models.CharField(_("unit of measurement"), max_length=40, blank=True)
    accepted = models.JSONField(
        _("accepted answers"), default=list, blank=True, help_text=_("Each of them counts as correct.")
    )

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["quiz", "key"], name="courses_question_unique_key"),
            models.CheckConstraint(condition=Q(points__gt=0), name="courses_question_points_above_zero"),
            models.CheckConstraint(
                condition=Q(tolerance__gte=0), name="courses_question_tolerance_not_negative"
            ),
            models.CheckConstraint(
                condition=~Q(kind="numeric") | Q(number__isnull=False),
                name="courses_question_numeric_has_number",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quiz}: {self.key}"

    @property
    def plain_number(self) -> str:
        """The right number without trailing zeros; empty if there is none."""
        return "" if self.number is None else f"{self.number.normalize():f}"


class Option(models.Model):
    """One option that a learner may choose."""

    question = models.ForeignKey(
        Question, verbose_name=_("question"), on_delete=models.CASCADE, related_name="options"
    )
    key = models.SlugField(_("key"), max_length=80)
    text = models.TextField(_("text"))
    is_correct = models.BooleanField(pgettext_lazy("courses", "correct"), default=False)
    feedback = models.TextField(_("feedback"), blank=True, help_text=_("Shown to learners who chose it."))
    position = models.PositiveSmallIntegerField(_("position"))

    class Meta:
        verbose_name = _("option")
        verbose_name_plural = _("options")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["question", "key"], name="courses_option_unique_key"),
        ]

    def __str__(self) -> str:
        return self.text

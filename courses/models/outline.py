"""The outline of a course: modules, and in each module lessons and quizzes in one shared order."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class CourseQuerySet(models.QuerySet["Course"]):
    """Queries for courses."""

    def learned_by(self, learner: User | AnonymousUser) -> CourseQuerySet:
        """Return the courses in which ``learner`` is enrolled; none for an anonymous visitor."""
        # A filter for learner=None would match the courses that have no enrolments at all.
        if learner.is_anonymous:
            return self.none()
        return self.filter(enrolments__learner=learner)

    def taught_by(self, instructor: User) -> CourseQuerySet:
        """Return the courses that ``instructor`` teaches."""
        return self.filter(instructors=instructor)


class Course(models.Model):
    """A course with a first and a last day."""

    slug = models.SlugField(_("slug"), max_length=80, unique=True)
    title = models.CharField(pgettext_lazy("courses", "title"), max_length=200)
    summary = models.TextField(_("summary"), blank=True)
    language = models.CharField(_("language"), max_length=12, default="en")
    starts_on = models.DateField(_("starts on"))
    ends_on = models.DateField(_("ends on"))
    has_simulated_learners = models.BooleanField(
        _("simulated"),
        default=False,
        help_text=_("Some of its learners are simulated, to show how a class looks."),
    )
    instructors = models.ManyToManyField(
        settings.AUTH_USER_MODEL, verbose_name=_("instructors"), related_name="courses_taught", blank=True
    )
    learners = models.ManyToManyField(
        settings.AUTH_USER_MODEL,
        verbose_name=_("learners"),
        through="courses.Enrolment",
        related_name="courses_learned",
    )

    objects = CourseQuerySet.as_manager()

    class Meta:
        verbose_name = _("course")
        verbose_name_plural = _("courses")
        ordering = ["title"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="courses_course_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Return the URL of the course page."""
        return reverse("courses:course", kwargs={"course": self.slug})


class Module(models.Model):
    """A chapter of a course."""

    course = models.ForeignKey(
        Course, verbose_name=_("course"), on_delete=models.CASCADE, related_name="modules"
    )
    slug = models.SlugField(_("slug"), max_length=80)
    title = models.CharField(pgettext_lazy("courses", "title"), max_length=200)
    summary = models.TextField(_("summary"), blank=True)
    position = models.PositiveSmallIntegerField(_("position"))

    class Meta:
        verbose_name = _("module")
        verbose_name_plural = _("modules")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["course", "slug"], name="courses_module_unique_slug"),
            models.UniqueConstraint(fields=["course", "position"], name="courses_module_unique_position"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Return the URL of the module's section on the course page."""
        return f"{self.course.get_absolute_url()}#{self.slug}"


class Lesson(models.Model):
    """Something to read, to watch or to download."""

    class Kind(models.TextChoices):
        """What a learner mainly does in a lesson."""

        TEXT = "text", pgettext_lazy("courses", "Text")
        VIDEO = "video", _("Video")
        DOCUMENT = "document", _("Document")

    module = models.ForeignKey(
        Module, verbose_name=_("module"), on_delete=models.CASCADE, related_name="lessons"
    )
    slug = models.SlugField(_("slug"), max_length=80)
    title = models.CharField(pgettext_lazy("courses", "title"), max_length=200)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.TEXT)
    body = models.TextField(_("body"), blank=True, help_text=_("Markdown."))
    expected_minutes = models.PositiveSmallIntegerField(_("expected minutes"))
    media_file = models.CharField(
        _("video or document"), max_length=200, blank=True, help_text=_("Path below the static files.")
    )
    captions_file = models.CharField(_("captions"), max_length=200, blank=True)
    poster_file = models.CharField(_("poster"), max_length=200, blank=True)
    position = models.PositiveSmallIntegerField(_("position"))
    due_on = models.DateField(_("due on"), null=True, blank=True)
    is_optional = models.BooleanField(
        _("optional"),
        default=False,
        help_text=_("Learners who skip it miss nothing that the course requires."),
    )
    is_published = models.BooleanField(_("published"), default=True)

    class Meta:
        verbose_name = _("lesson")
        verbose_name_plural = _("lessons")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["module", "slug"], name="courses_lesson_unique_slug"),
            models.UniqueConstraint(fields=["module", "position"], name="courses_lesson_unique_position"),
            models.CheckConstraint(
                condition=Q(kind="text") | ~Q(media_file=""), name="courses_lesson_media_has_file"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Return the URL of the lesson page."""
        module = self.module
        return reverse(
            "courses:lesson",
            kwargs={"course": module.course.slug, "module": module.slug, "lesson": self.slug},
        )


class Quiz(models.Model):
    """Questions on the lessons of a module, with a pass mark."""

    module = models.ForeignKey(
        Module, verbose_name=_("module"), on_delete=models.CASCADE, related_name="quizzes"
    )
    slug = models.SlugField(_("slug"), max_length=80)
    title = models.CharField(pgettext_lazy("courses", "title"), max_length=200)
    position = models.PositiveSmallIntegerField(_("position"))
    pass_mark = models.PositiveSmallIntegerField(_("pass mark"), help_text=_("Percent of the points."))
    attempt_limit = models.PositiveSmallIntegerField(
        _("attempt limit"), null=True, blank=True, help_text=_("Empty for no limit.")
    )
    due_on = models.DateField(_("due on"), null=True, blank=True)
    is_published = models.BooleanField(_("published"), default=True)

    class Meta:
        verbose_name = _("quiz")
        verbose_name_plural = _("quizzes")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["module", "slug"], name="courses_quiz_unique_slug"),
            models.UniqueConstraint(fields=["module", "position"], name="courses_quiz_unique_position"),
            models.CheckConstraint(condition=Q(pass_mark__lte=100), name="courses_quiz_pass_mark_is_percent"),
            models.CheckConstraint(
                condition=Q(attempt_limit__isnull=True) | Q(attempt_limit__gt=0),
                name="courses_quiz_attempt_limit_above_zero",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Return the URL of the quiz page."""
        module = self.module
        return reverse(
            "courses:quiz", kwargs={"course": module.course.slug, "module": module.slug, "quiz": self.slug}
        )

"""Register the platform's models with Django's admin."""

from django.contrib import admin

from courses.models import Attempt, Course, Enrolment, Group, Lesson, Module, Question, Quiz


class ModuleInline(admin.TabularInline):  # type: ignore[type-arg]  # generic only in the stubs
    model = Module
    extra = 0
    fields = ("position", "slug", "title")


@admin.register(Course)
class CourseAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # generic only in the stubs
    list_display = ("title", "starts_on", "ends_on")
    filter_horizontal = ("instructors",)
    inlines = (ModuleInline,)


@admin.register(Lesson, Quiz)
class UnitAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # generic only in the stubs
    list_display = ("title", "module", "position", "due_on", "is_published")
    list_filter = ("module__course", "is_published")
    search_fields = ("title", "slug")
    list_select_related = ("module",)


@admin.register(Question)
class QuestionAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # generic only in the stubs
    list_display = ("key", "quiz", "kind", "points", "lesson")
    list_filter = ("quiz__module__course", "kind")
    search_fields = ("key", "prompt")
    list_select_related = ("quiz", "lesson")


@admin.register(Group)
class GroupAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # generic only in the stubs
    list_display = ("name", "course", "starts_on")
    list_filter = ("course",)


@admin.register(Enrolment)
class EnrolmentAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # generic only in the stubs
    list_display = ("learner", "course", "group", "enrolled_at")
    list_filter = ("course", "group")
    list_select_related = ("learner", "course", "group")
    raw_id_fields = ("learner",)


@admin.register(Attempt)
class AttemptAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # generic only in the stubs
    list_display = ("quiz", "learner", "number", "submitted_at", "score", "max_score", "passed")
    list_filter = ("quiz__module__course", "passed")
    list_select_related = ("quiz", "learner")
    raw_id_fields = ("learner",)

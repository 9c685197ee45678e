"""The lesson pages."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from courses import access, outline
from courses.access import MemberRequest, members_only
from courses.models import Course, Lesson, LessonCompletion


@members_only
def lesson(request: MemberRequest, course: Course, module: str, lesson: str) -> HttpResponse:
    """Show a lesson, with links to the previous and the next step."""
    found = _find(course, module, lesson)
    whole = outline.read(course, request.user)
    context = {
        "course": course,
        "lesson": found,
        "outline": whole,
        "section": whole.section_of(found),
        "previous": whole.before(found),
        "next": whole.after(found),
        "is_learner": access.learns(request.user, course),
        "is_done": found.completions.filter(learner=request.user).exists(),
    }
    return render(request, "courses/lesson.html", context)


@require_POST
@members_only
def complete(request: MemberRequest, course: Course, module: str, lesson: str) -> HttpResponse:
    """Mark the lesson as done and go to the next step, or undo that and stay."""
    found = _find(course, module, lesson)
    if not access.learns(request.user, course):
        return redirect(found)
    if "undo" in request.POST:
        found.completions.filter(learner=request.user).delete()
        return redirect(found)
    LessonCompletion.objects.get_or_create(lesson=found, learner=request.user)
    following = outline.read(course, request.user).after(found)
    return redirect(following.unit if following else course)


def _find(course: Course, module: str, lesson: str) -> Lesson:
    lessons = Lesson.objects.filter(is_published=True).select_related("module__course")
    return get_object_or_404(lessons, module__course=course, module__slug=module, slug=lesson)

"""Pages to find courses and enrol."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from courses import access, outline
from courses.access import MemberRequest
from courses.forms import EnrolForm
from courses.models import Course, Enrolment


def home(request: HttpRequest) -> HttpResponse:
    """Show the user's courses with their progress, then the other courses."""
    enrolled = Course.objects.learned_by(request.user)
    mine = [(course, outline.read(course, request.user)) for course in enrolled]
    others = Course.objects.exclude(pk__in=enrolled)
    return render(request, "courses/home.html", {"mine": mine, "others": others})


def course(request: HttpRequest, course: str) -> HttpResponse:
    """Show the outline of a course, with the user's progress or the form to enrol."""
    found = get_object_or_404(Course, slug=course)
    is_learner = access.learns(request.user, found)
    context = {
        "course": found,
        "outline": outline.read(found, request.user),
        "is_learner": is_learner,
        "is_instructor": access.teaches(request.user, found),
        "enrol_form": None if is_learner else EnrolForm(found),
    }
    return render(request, "courses/course.html", context)


@require_POST
@login_required
def enrol(request: MemberRequest, course: str) -> HttpResponse:
    """Enrol the user in the course and the chosen class."""
    found = get_object_or_404(Course, slug=course)
    form = EnrolForm(found, request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose one of the classes of this course."))
        return redirect(found)
    defaults = {"group": form.cleaned_data.get("group")}
    Enrolment.objects.get_or_create(course=found, learner=request.user, defaults=defaults)
    messages.success(request, _("You are enrolled. Start whenever you like."))
    return redirect(found)

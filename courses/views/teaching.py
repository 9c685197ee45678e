"""The pages of instructors: their courses and classes."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from courses.access import MemberRequest, instructors_only
from courses.forms import GroupForm
from courses.models import Course, Group


@login_required
def teaching(request: MemberRequest) -> HttpResponse:
    """Show the courses that the user teaches."""
    courses = Course.objects.taught_by(request.user).annotate(
        learner_count=Count("enrolments", distinct=True), group_count=Count("groups", distinct=True)
    )
    return render(request, "courses/teaching.html", {"courses": courses})


@instructors_only
def groups(request: MemberRequest, course: Course) -> HttpResponse:
    """Show the classes of a course, and add one."""
    form = GroupForm(request.POST or None, instance=Group(course=course))
    if form.is_valid():
        group = form.save()
        messages.success(request, _("The class %(name)s is open for enrolment.") % {"name": group.name})
        return redirect("courses:groups", course=course.slug)
    context = {
        "course": course,
        "groups": course.groups.annotate(learner_count=Count("enrolments")),
        "unassigned_count": course.enrolments.filter(group=None).count(),
        "form": form,
    }
    return render(request, "courses/groups.html", context)


@instructors_only
def group(request: MemberRequest, course: Course, group: int) -> HttpResponse:
    """Show the learners of a class."""
    found = get_object_or_404(course.groups, pk=group)
    enrolments = found.enrolments.select_related("learner").order_by(
        "learner__last_name", "learner__username"
    )
    return render(request, "courses/group.html", {"course": course, "group": found, "enrolments": enrolments})

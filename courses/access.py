"""Access to courses: learners open those in which they are enrolled, instructors those that they teach."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import AnonymousUser, User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from courses.models import Course

P = ParamSpec("P")


class MemberRequest(HttpRequest):
    """A request from a user who is logged in."""

    user: User


def teaches(user: User | AnonymousUser, course: Course) -> bool:
    """Return whether ``user`` may see ``course`` as its instructors do. Superusers may see every course."""
    if user.is_anonymous:
        return False
    return user.is_superuser or course.instructors.contains(user)


def learns(user: User | AnonymousUser, course: Course) -> bool:
    """Return whether ``user`` is enrolled in ``course``."""
    return not user.is_anonymous and course.enrolments.filter(learner=user).exists()


def members_only(
    view: Callable[Concatenate[MemberRequest, Course, P], HttpResponse],
) -> Callable[..., HttpResponse]:
    """Call ``view`` with the course instead of its slug if the user learns or teaches it.

    Redirects other users to the login page or to the course page, where they can enrol.
    """

    @login_required
    @wraps(view)
    def guarded(request: MemberRequest, course: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        found = get_object_or_404(Course, slug=course)
        if learns(request.user, found) or teaches(request.user, found):
            return view(request, found, *args, **kwargs)
        messages.info(request, _("Enrol in this course to open the page."))
        return redirect(found)

    return guarded


def instructors_only(
    view: Callable[Concatenate[MemberRequest, Course, P], HttpResponse],
) -> Callable[..., HttpResponse]:
    """Call ``view`` with the course instead of its slug. Raises ``Http404`` if the user does not teach it."""

    @login_required
    @wraps(view)
    def guarded(request: MemberRequest, course: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        taught = Course.objects.all() if request.user.is_superuser else Course.objects.taught_by(request.user)
        return view(request, get_object_or_404(taught, slug=course), *args, **kwargs)

    return guarded

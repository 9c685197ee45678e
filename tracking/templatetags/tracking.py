"""Template tags for hosts: links to the pages of tracking, and the snippet if it is placed by hand."""

from __future__ import annotations

from dataclasses import dataclass

from django import template
from django.template.context import Context
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from tracking import conf
from tracking.hooks import pages, roles
from tracking.hooks.boundary import guarded
from tracking.lms import UnitRef
from tracking.reports.learner import progress
from tracking.reports.learner.progress import ShownStep

register = template.Library()


@dataclass(frozen=True, slots=True, kw_only=True)
class NavigationLink:
    """A link for a host's own navigation."""

    title: str
    address: str
    is_current: bool
    """Whether the current page is at or below the link."""


@register.simple_tag(takes_context=True)
def tracking_links(context: Context) -> tuple[NavigationLink, ...]:
    """Return the links for the user, for the host to lay out. Instructors get one more.

    Use a loop: ``<a href="{{ link.address }}">{{ link.title }}</a>``, highlighted if ``link.is_current``.

    Empty if no one is logged in, or tracking is disabled. New instructors get their link within a minute. Needs
    ``request`` in the context.
    """
    request = context.get("request")
    links: list[NavigationLink] = []
    with guarded("Listing the links of tracking"):
        user = getattr(request, "user", None)
        if request is not None and user is not None and conf.get_settings().ENABLED and user.is_authenticated:
            links.append(_link(gettext("My progress"), reverse("tracking:my_courses"), request.path))
            if roles.is_any_course_instructor(user):
                links.append(_link(gettext("My classes"), reverse("tracking:classes"), request.path))
    return tuple(links)


@register.simple_tag(takes_context=True)
def tracking_script(context: Context, *, course_key: str = "", unit_key: str = "") -> SafeString:
    """Place the snippet (tracker, consent prompt or notice) here instead of before ``</body>``.

    Pass both keys to name the unit (default: the unit that the view map finds). Needs ``request`` in the context.
    """
    request = context.get("request")
    if request is None:
        return SafeString("")
    is_given = bool(course_key and unit_key)
    unit = UnitRef(course_key=str(course_key), unit_key=str(unit_key)) if is_given else None
    return pages.snippet_for_template(request, unit=unit)


@register.simple_tag(takes_context=True)
def tracking_next_step(context: Context, course_key: str) -> ShownStep | None:
    """Return what comes next for the learner in a course, as their progress page shows it.

    Use it as ``{% tracking_next_step course.slug as step %}`` and ``{% if step %}``: ``step.unit.title``,
    ``step.unit.url`` and ``step.reason.label``. ``None`` if nothing is left to do, no one is logged in, or the course
    is not known. About six queries. Needs ``request`` in the context.
    """
    user = getattr(context.get("request"), "user", None)
    step = None
    with guarded("Finding the next step of a learner"):
        if user is not None and conf.get_settings().ENABLED and user.is_authenticated:
            found = progress.find_learner_progress(user.pk, str(course_key), now=timezone.now())
            step = found.next_step if found is not None else None
    return step


def _link(title: str, address: str, path: str) -> NavigationLink:
    return NavigationLink(title=title, address=address, is_current=path.startswith(address))

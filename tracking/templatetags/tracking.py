"""The template tag for hosts that place the browser's part of a page themselves."""

from __future__ import annotations

from django import template
from django.template.context import Context
from django.utils.safestring import SafeString

from tracking.hooks import pages
from tracking.lms import UnitRef

register = template.Library()


@register.simple_tag(takes_context=True)
def tracking_script(context: Context, *, course_key: str = "", unit_key: str = "") -> SafeString:
    """Place the tracker, or the question for consent, here instead of before ``</body>``.

    The unit is the one that the view map says, unless both keys are given. Needs ``request`` in the context.
    """
    request = context.get("request")
    if request is None:
        return SafeString("")
    is_given = bool(course_key and unit_key)
    unit = UnitRef(course_key=str(course_key), unit_key=str(unit_key)) if is_given else None
    return pages.part_for(request, unit=unit)

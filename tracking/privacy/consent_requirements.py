"""What a purpose requires before it may be served: the rule of the site, and stricter rules of single courses."""

from __future__ import annotations

from collections.abc import Mapping

from tracking import conf, lms
from tracking.events import ConsentRequirement, Purpose
from tracking.storage.host_cache import cache

REMEMBERED_SECONDS = 10
"""How long the rules of a course stay cached, so that events do not query the host for them."""

TEXT_VERSIONS: Mapping[Purpose, int] = dict.fromkeys(Purpose, 1)
"""The version of our own text about each purpose. Increase it when the text changes: learners are then asked again."""


def consent_requirement(purpose: Purpose, course_key: str = "") -> ConsentRequirement:
    """Return what ``purpose`` requires in a course, or on the site if no course is given.

    A course can only be stricter than the site.
    """
    return max(_of_site(purpose), _of_course(course_key).get(purpose, ConsentRequirement.NOTICE))


def consent_text_version(purpose: Purpose) -> int:
    """Return the version of the text that learners see about ``purpose``: it rises with our text and the site's."""
    return TEXT_VERSIONS[purpose] + conf.get_settings().CONSENT_VERSION - 1


def _of_site(purpose: Purpose) -> ConsentRequirement:
    # The course record is the host's own data and part of taking a course, so it needs no question.
    if purpose is Purpose.RECORD or purpose in conf.get_settings().NOTICE_PURPOSES:
        return ConsentRequirement.NOTICE
    return ConsentRequirement.ASK


def _of_course(course_key: str) -> Mapping[Purpose, ConsentRequirement]:
    adapter = lms.get_adapter()
    if not course_key or not adapter.has_course_rules():
        return {}
    key = f"tracking:rules:{course_key}"
    found: Mapping[Purpose, ConsentRequirement] | None = cache.get(key)
    if found is None:
        found = dict(adapter.purpose_rules(course_key))
        cache.set(key, found, REMEMBERED_SECONDS)
    return found

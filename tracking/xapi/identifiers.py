"""How courses, units and learners are called outside: addresses below the site's own, the same for ever."""

from __future__ import annotations

from urllib.parse import quote, unquote, urljoin

from tracking import conf
from tracking.events import LearnerId
from tracking.lms.values import UnitRef

NOWHERE = "https://tracking.invalid"
"""What stands in for ``SITE_URL`` until it is given. The name is reserved (RFC 2606) and never leads anywhere."""


def site_iri() -> str:
    """Return the address that all names begin with, without a slash at its end."""
    return conf.get_settings().SITE_URL.rstrip("/") or NOWHERE


def course_iri(course_key: str) -> str:
    """Return the name of a course."""
    return f"{site_iri()}/xapi/courses/{_part(course_key)}"


def unit_iri(unit: UnitRef) -> str:
    """Return the name of a unit, or of its course where it names no unit."""
    name = course_iri(unit.course_key)
    return f"{name}/units/{_part(unit.unit_key)}" if unit.unit_key else name


def unit_part_iri(unit_name: str, kind: str, key: str) -> str:
    """Return the name of something within a unit, such as a question or a video."""
    return f"{unit_name}/{kind}/{_part(key)}"


def unit_of_iri(name: str) -> UnitRef | None:
    """Return the unit that ``name`` stands for, whichever site made it; ``None`` if it is none of these names."""
    _, found, rest = name.partition("/xapi/courses/")
    parts = rest.split("/")
    if not found or not parts[0]:
        return None
    unit_key = unquote(parts[2]) if len(parts) > 2 and parts[1] == "units" else ""
    return UnitRef(course_key=unquote(parts[0]), unit_key=unit_key)


def learner_iri(learner_id: LearnerId) -> str:
    """Return the name of a learner: the key alone, and nothing that says who it is."""
    return f"{site_iri()}/xapi/people/{_part(str(learner_id))}"


def absolute_url(url: str) -> str:
    """Return ``url`` as an absolute address."""
    return urljoin(f"{site_iri()}/", url)


def _part(key: str) -> str:
    return quote(key, safe="")

"""The register of reasons: what rows and pages have to know of a finding rule without knowing the rules.

``tracking.findings.rules`` fills it. A model's choices ask it each time, so that a new reason needs no migration.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Audience(TextChoices):
    """Who reads a finding. What one of them does about it changes nothing for the other."""

    LEARNER = "learner", _("learner")
    INSTRUCTOR = "instructor", _("instructor")


@dataclass(frozen=True, kw_only=True, eq=False)
class DeclaredReason:
    """Why an area needs reinforcement: its name, what instructors call it, and who reads of it."""

    reason: str
    label: Promise
    audiences: frozenset[Audience]


_reasons: dict[str, DeclaredReason] = {}


def declare_reason(declared: DeclaredReason) -> None:
    """Make a reason known to rows and pages; a later one of the same name replaces it."""
    _reasons[declared.reason] = declared


def reason_choices() -> list[tuple[str, Promise]]:
    """Return every reason with its label, in the order in which they were declared."""
    return [(name, declared.label) for name, declared in _reasons.items()]


def reasons_hidden_from(audience: Audience) -> list[str]:
    """Return the reasons of findings that ``audience`` does not read."""
    return [name for name, declared in _reasons.items() if audience not in declared.audiences]

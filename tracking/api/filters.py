"""Filters of list resources, in the query string."""

from __future__ import annotations

import django_filters

from tracking.api import access
from tracking.findings import rules
from tracking.models import Finding


class FindingFilter(django_filters.FilterSet):  # type: ignore[misc]  # django-filter has no types.
    """``reason`` (may be repeated), ``unit``, ``learner`` and ``about=learner|class``."""

    # Not a callable: the description of the API would leave the values out.
    reason = django_filters.MultipleChoiceFilter(
        choices=[(rule.reason, rule.label) for rule in rules.BY_REASON.values()]
    )
    unit = django_filters.CharFilter(field_name="unit_key")
    learner = django_filters.CharFilter(method="filter_learner")
    about = django_filters.ChoiceFilter(
        choices=[("learner", "learner"), ("class", "class")], method="filter_about"
    )

    class Meta:
        model = Finding
        fields: list[str] = []

    def filter_learner(self, findings, name, value):  # type: ignore[no-untyped-def]  # django-filter has no types.
        """Keep findings about the learner with this primary key. Raises ``Http404`` for a malformed key."""
        return findings.filter(learner_id=access.parse_learner_key(value))

    def filter_about(self, findings, name, value):  # type: ignore[no-untyped-def]  # django-filter has no types.
        """Keep findings about the class, or about single learners."""
        return findings.about_class() if value == "class" else findings.about_learners()

"""Admin classes for tables that are only read. No page gets slower as the table grows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from django.contrib import admin
from django.contrib.auth import get_user_model
from django.core.paginator import Paginator
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.timesince import timesince

from tracking.privacy import access_log
from tracking.privacy.access_log import AccessChannel, AccessedResource

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

F = TypeVar("F", bound=Callable[..., Any])

MAX_COUNTED_ROWS = 10_000
"""The most rows that a list counts and pages through. Use a filter or the search to find older ones."""


class BoundedPaginator(Paginator):  # type: ignore[type-arg]  # Generic in the stubs only.
    """Pages of the first ``MAX_COUNTED_ROWS`` rows, so that showing one page does not count millions of rows."""

    @cached_property
    def count(self) -> int:
        """The number of rows, at most ``MAX_COUNTED_ROWS``."""
        rows: Any = self.object_list
        return int(rows[:MAX_COUNTED_ROWS].count())


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # Generic in the stubs only.
    """A list and a page for each row, without a way to change anything."""

    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER  # Each facet counts the whole table.
    paginator = BoundedPaginator
    actions: Sequence[str] | None = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class LearnerDataAdmin(ReadOnlyAdmin):
    """A read-only admin for rows about learners: joined with the user, and found by the username.

    Every page is written to the access log before it is shown, so learners can read who saw their data.
    """

    resource: AccessedResource | None = AccessedResource.RECORDS
    """The resource in the access log; ``None`` if the rows contain no data about learners."""

    def get_list_select_related(self, request: HttpRequest) -> tuple[str, ...]:
        return ("learner",)

    def get_search_fields(self, request: HttpRequest) -> list[str]:
        # Match whole keys and names: no index serves a substring search, so it would read every row of a large table.
        names = [field.name for field in self.model._meta.concrete_fields if field.name.endswith("_key")]
        return [*(f"{name}__exact" for name in names), f"learner__{get_user_model().USERNAME_FIELD}__exact"]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        answer = super().changelist_view(request, extra_context)
        # An admin action answers with a redirect, which shows no rows and has no context.
        rows = getattr(answer, "context_data", {}).get("cl")
        self._log_access(request, rows.result_list if rows is not None else ())
        return answer

    def render_change_form(  # type: ignore[override]  # Django passes all of them by name.
        self, request: HttpRequest, context: Any, **options: Any
    ) -> HttpResponse:
        row = options.get("obj")
        self._log_access(request, [row], course_key=getattr(row, "course_key", ""))
        return super().render_change_form(request, context, **options)

    def _log_access(self, request: HttpRequest, rows: Iterable[Any], *, course_key: str = "") -> None:
        if self.resource is not None:
            learners = [row.learner_id for row in rows]
            access_log.log_accesses(
                request.user, learners, self.resource, course_key=course_key, door=AccessChannel.ADMIN
            )


def age_text(moment: datetime | None) -> str:
    """Return how long ago ``moment`` was, as text; a hyphen if it is ``None``."""
    return timesince(moment, timezone.now()) if moment is not None else "-"


def list_column(description: StrPromise, *, by: str | None = None) -> Callable[[F], F]:
    """Return a decorator for a list column with its heading and the field that it is sorted by."""
    return admin.display(description=description, ordering=by, empty_value="-")

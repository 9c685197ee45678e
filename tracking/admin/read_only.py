"""The admin of a table that is only read: nothing is changed, and no page costs more where the table is large."""

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
"""Rows that a list counts and offers pages for; older ones are found by filter or search."""


class BoundedPaginator(Paginator):  # type: ignore[type-arg]  # Generic in the stubs only.
    """Pages of the first ``MAX_COUNTED_ROWS`` rows, so that a list of millions is not counted to show a hundred."""

    @cached_property
    def count(self) -> int:
        """How many rows there are, up to the most that are counted."""
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
    """The same for rows about learners: joined with the user, and found by the user's log-in name.

    Each learner whose row is shown can read that it was, and to whom.
    """

    resource: AccessedResource | None = AccessedResource.RECORDS
    """What learners read of it; ``None`` where the rows say nothing about them."""

    def get_list_select_related(self, request: HttpRequest) -> tuple[str, ...]:
        return ("learner",)

    def get_search_fields(self, request: HttpRequest) -> list[str]:
        # Whole keys and names: a search inside them would read every row of a large table.
        names = [field.name for field in self.model._meta.concrete_fields if field.name.endswith("_key")]
        return [*(f"{name}__exact" for name in names), f"learner__{get_user_model().USERNAME_FIELD}__exact"]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        answer = super().changelist_view(request, extra_context)
        rows = getattr(answer, "context_data", {}).get("cl")
        self._note(request, rows.result_list if rows is not None else ())
        return answer

    def render_change_form(  # type: ignore[override]  # Django passes all of them by name.
        self, request: HttpRequest, context: Any, **options: Any
    ) -> HttpResponse:
        row = options.get("obj")
        self._note(request, [row], course_key=getattr(row, "course_key", ""))
        return super().render_change_form(request, context, **options)

    def _note(self, request: HttpRequest, rows: Iterable[Any], *, course_key: str = "") -> None:
        if self.resource is not None:
            learners = [row.learner_id for row in rows]
            access_log.log_accesses(
                request.user, learners, self.resource, course_key=course_key, door=AccessChannel.ADMIN
            )


def age_text(moment: datetime | None) -> str:
    """Return how long ago ``moment`` was, in words; a hyphen where there was none."""
    return timesince(moment, timezone.now()) if moment is not None else "-"


def list_column(description: StrPromise, *, by: str | None = None) -> Callable[[F], F]:
    """Return a decorator for a column of a list: its heading, and the field that it is ordered by."""
    return admin.display(description=description, ordering=by, empty_value="-")

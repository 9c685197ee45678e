"""Pages with all personal data of a learner: the rows of every table, the access log, downloads and comments."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from tracking import tasks
from tracking.dashboards import access, frame
from tracking.dashboards.access import login_required_uncached
from tracking.dashboards.privacy import purposes, record_rows
from tracking.dashboards.text_fields import LimitedTextField
from tracking.exceptions import ActionNotAllowed
from tracking.findings import actions
from tracking.findings.actions import ActionSubject, Actor
from tracking.hooks import deferred
from tracking.models import Audience, DismissReason, Finding
from tracking.privacy import access_log, downloads, inventory, retention
from tracking.privacy.inventory import INVENTORY, PersonalDataTable

ROWS_PER_PAGE = 50
ACCESSES_SHOWN = 5


class FindingCommentForm(forms.Form):
    """A learner's comment on a finding."""

    text = LimitedTextField(required=False)

    def __init__(self, data: QueryDict, *, needs_text: bool) -> None:
        super().__init__(data)
        self.fields["text"].required = needs_text


@require_safe
@login_required_uncached
def data_overview(request: HttpRequest) -> HttpResponse:
    """Show every table with personal data of the learner, and the last accesses."""
    learner_id, now = request.user.pk, timezone.now()
    log = access.get_or_404(inventory.find_table("access_log"))
    latest = list(access_log.accesses_of_learner(learner_id).select_related("viewer")[:ACCESSES_SHOWN])
    days_by_purpose = retention.days_kept()
    context = {
        "tables": [(table, _rows(table, learner_id).count()) for table in INVENTORY],
        "accesses": record_rows.describe_rows(log, latest),
        "retention_days": [
            (each.text.title, days_by_purpose[each.purpose]) for each in purposes.purpose_answers(learner_id)
        ],
        "download": downloads.find_download(learner_id, now=now),
        "has_asked": "asked" in request.GET,
    }
    return frame.render_page(request, "tracking/data.html", context)


@require_safe
@login_required_uncached
def data_records(request: HttpRequest, name: str) -> HttpResponse:
    """Show the rows of one table about the learner, newest first."""
    table = access.get_or_404(inventory.find_table(name))
    rows = inventory.with_related_users(table, _rows(table, request.user.pk))
    page = Paginator(rows, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "table": table,
        "page": page,
        "rows": record_rows.describe_rows(table, list(page.object_list)),
        "is_saved": "saved" in request.GET,
    }
    return frame.render_page(request, "tracking/data_records.html", context)


@require_POST
@login_required_uncached
def respond_to_finding(request: HttpRequest, finding_id: int) -> HttpResponse:
    """Record the learner's comment on a finding about them.

    ``answer=inaccurate`` dismisses the finding as wrong; any other answer saves ``text`` as a note. If this fails, the
    finding is shown again with the typed text and the reason.
    """
    finding = access.get_or_404(Finding.objects.filter(pk=finding_id, learner=request.user.pk).first())
    actor = Actor(user_id=request.user.pk, audience=Audience.LEARNER)
    is_inaccurate, now = request.POST.get("answer") == "inaccurate", timezone.now()
    form = FindingCommentForm(request.POST, needs_text=not is_inaccurate)
    if not form.is_valid():
        return _show_form_again(request, finding, form)
    text = form.cleaned_data["text"]
    try:
        if is_inaccurate:
            actions.dismiss(finding, actor, reason=DismissReason.INACCURATE, text=text, now=now)
        else:
            actions.add_note(_subject(finding), actor, text=text, now=now)
    except ActionNotAllowed:
        return _show_form_again(request, finding, form)
    return redirect(f"{request.path.rsplit('/', 2)[0]}/?saved")


@require_POST
@login_required_uncached
def request_download_view(request: HttpRequest) -> HttpResponse:
    """Request a file with everything that is recorded about the learner."""
    downloads.request_download(request.user.pk, now=timezone.now())
    # With Celery a worker makes the file at once, otherwise the scheduled job or cron does.
    deferred.defer(tasks.trigger_downloads)
    return redirect("tracking:data")


@require_safe
@login_required_uncached
def download_file(request: HttpRequest, download_id: Any) -> StreamingHttpResponse:
    """Stream the learner's own file until it expires. Raises ``Http404`` for any other user."""
    found = downloads.find_finished_download(request.user.pk, download_id, now=timezone.now())
    return downloads.download_response(access.get_or_404(found))


def _show_form_again(request: HttpRequest, finding: Finding, form: FindingCommentForm) -> HttpResponse:
    table = access.get_or_404(inventory.find_table("findings"))
    context = {
        "table": table,
        "page": Paginator([finding], 1).get_page(1),
        "rows": record_rows.describe_rows(table, [finding]),
        "comment_field": form["text"],
        "is_refused": form.is_valid(),
    }
    return frame.render_page(request, "tracking/data_records.html", context)


def _rows(table: PersonalDataTable, learner_id: Any) -> Any:
    # An access to a whole class has no learner in its row, but it is an access to this learner's data, too.
    return (
        access_log.accesses_of_learner(learner_id)
        if table.name == "access_log"
        else inventory.personal_rows(table, learner_id)
    )


def _subject(finding: Finding) -> ActionSubject:
    return ActionSubject(
        learner_id=finding.learner_id, course_key=finding.course_key, unit_key=finding.unit_key
    )

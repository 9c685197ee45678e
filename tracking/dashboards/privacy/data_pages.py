"""What is recorded about me: every table that holds anything, row by row, who looked, and what I may do about it."""

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
LOOKS_SHOWN = 5


class FindingCommentForm(forms.Form):
    """What a learner says to a finding."""

    text = LimitedTextField(required=False)

    def __init__(self, data: QueryDict, *, needs_words: bool) -> None:
        super().__init__(data)
        self.fields["text"].required = needs_words


@require_safe
@login_required_uncached
def data_overview(request: HttpRequest) -> HttpResponse:
    """Show everything that is held about the learner, table by table, and who looked last."""
    learner_id, now = request.user.pk, timezone.now()
    looks = access.get_or_404(inventory.find_table("access_log"))
    found = list(access_log.accesses_of_learner(learner_id).select_related("viewer")[:LOOKS_SHOWN])
    kept = retention.days_kept()
    context = {
        "tables": [(holding, _rows(holding, learner_id).count()) for holding in INVENTORY],
        "accesses": record_rows.describe_rows(looks, found),
        "kept": [(each.text.title, kept[each.purpose]) for each in purposes.purpose_answers(learner_id)],
        "download": downloads.find_download(learner_id, now=now),
        "has_asked": "asked" in request.GET,
    }
    return frame.render_page(request, "tracking/data.html", context)


@require_safe
@login_required_uncached
def data_records(request: HttpRequest, name: str) -> HttpResponse:
    """Show the rows of one table about the learner, newest first."""
    holding = access.get_or_404(inventory.find_table(name))
    rows = inventory.with_related_users(holding, _rows(holding, request.user.pk))
    page = Paginator(rows, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "table": holding,
        "page": page,
        "rows": record_rows.describe_rows(holding, list(page.object_list)),
        "is_saved": "saved" in request.GET,
    }
    return frame.render_page(request, "tracking/data_records.html", context)


@require_POST
@login_required_uncached
def respond_to_finding(request: HttpRequest, finding_id: int) -> HttpResponse:
    """Take down what the learner says to a finding about them: ``answer=wrong|remark`` with ``words``.

    What cannot be taken down is shown again with the finding, as it was typed, and why.
    """
    finding = access.get_or_404(Finding.objects.filter(pk=finding_id, learner=request.user.pk).first())
    actor = Actor(user_id=request.user.pk, audience=Audience.LEARNER)
    is_wrong, now = request.POST.get("answer") == "inaccurate", timezone.now()
    form = FindingCommentForm(request.POST, needs_words=not is_wrong)
    if not form.is_valid():
        return _show_again(request, finding, form)
    text = form.cleaned_data["text"]
    try:
        if is_wrong:
            actions.dismiss(finding, actor, reason=DismissReason.INACCURATE, text=text, now=now)
        else:
            actions.add_note(_place(finding), actor, text=text, now=now)
    except ActionNotAllowed:
        return _show_again(request, finding, form)
    return redirect(f"{request.path.rsplit('/', 2)[0]}/?saved")


@require_POST
@login_required_uncached
def request_download_view(request: HttpRequest) -> HttpResponse:
    """Have a file made with everything about the learner."""
    downloads.request_download(request.user.pk, now=timezone.now())
    # Celery's, where there is one; else the schedule or a cron job makes it.
    deferred.defer(tasks.trigger_downloads)
    return redirect("tracking:data")


@require_safe
@login_required_uncached
def download_file(request: HttpRequest, download_id: Any) -> StreamingHttpResponse:
    """Stream the learner's own file, as long as it is kept. To everybody else it does not exist."""
    found = downloads.find_finished_download(request.user.pk, download_id, now=timezone.now())
    return downloads.download_response(access.get_or_404(found))


def _show_again(request: HttpRequest, finding: Finding, form: FindingCommentForm) -> HttpResponse:
    holding = access.get_or_404(inventory.find_table("findings"))
    context = {
        "table": holding,
        "page": Paginator([finding], 1).get_page(1),
        "rows": record_rows.describe_rows(holding, [finding]),
        "comment_field": form["text"],
        "is_refused": form.is_valid(),
    }
    return frame.render_page(request, "tracking/data_records.html", context)


def _rows(holding: PersonalDataTable, learner_id: Any) -> Any:
    # Looks at a class are in no row of the learner's, and looks at them all the same.
    return (
        access_log.accesses_of_learner(learner_id)
        if holding.name == "access_log"
        else inventory.personal_rows(holding, learner_id)
    )


def _place(finding: Finding) -> ActionSubject:
    return ActionSubject(
        learner_id=finding.learner_id, course_key=finding.course_key, unit_key=finding.unit_key
    )

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
from tracking.dashboards import access, frame, purposes, record_rows
from tracking.dashboards.access import personal
from tracking.dashboards.written import WordsField
from tracking.exceptions import ActionRefused
from tracking.hooks import backlog
from tracking.insights import finding_actions
from tracking.insights.finding_actions import Actor, Place
from tracking.models import Audience, Dismissal, Finding
from tracking.privacy import access_log, downloads, holdings, retention
from tracking.privacy.holdings import HOLDINGS, Holding

ROWS_PER_PAGE = 50
LOOKS_SHOWN = 5


class RemarkForm(forms.Form):
    """What a learner says to a finding."""

    words = WordsField(required=False)

    def __init__(self, data: QueryDict, *, needs_words: bool) -> None:
        super().__init__(data)
        self.fields["words"].required = needs_words


@require_safe
@personal
def overview(request: HttpRequest) -> HttpResponse:
    """Show everything that is held about the learner, table by table, and who looked last."""
    learner_id, now = request.user.pk, timezone.now()
    looks = holdings.BY_NAME["looks"]
    found = list(access_log.looks_at(learner_id).select_related("viewer")[:LOOKS_SHOWN])
    kept = retention.days_kept()
    context = {
        "tables": [(holding, _rows(holding, learner_id).count()) for holding in HOLDINGS],
        "looks": record_rows.describe(looks, found),
        "kept": [(each.words.title, kept[each.purpose]) for each in purposes.answers_of(learner_id)],
        "download": downloads.find(learner_id, now=now),
        "has_asked": "asked" in request.GET,
    }
    return frame.render_page(request, "tracking/data.html", context)


@require_safe
@personal
def records(request: HttpRequest, name: str) -> HttpResponse:
    """Show the rows of one table about the learner, newest first."""
    holding = access.found(holdings.BY_NAME.get(name))
    rows = holdings.with_others(holding, _rows(holding, request.user.pk))
    page = Paginator(rows, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "holding": holding,
        "page": page,
        "rows": record_rows.describe(holding, list(page.object_list)),
        "is_saved": "saved" in request.GET,
    }
    return frame.render_page(request, "tracking/records.html", context)


@require_POST
@personal
def answer_finding(request: HttpRequest, finding_id: int) -> HttpResponse:
    """Take down what the learner says to a finding about them: ``answer=wrong|remark`` with ``words``.

    What cannot be taken down is shown again with the finding, as it was typed, and why.
    """
    finding = access.found(Finding.objects.filter(pk=finding_id, learner=request.user.pk).first())
    actor = Actor(user_id=request.user.pk, audience=Audience.LEARNER)
    is_wrong, now = request.POST.get("answer") == "wrong", timezone.now()
    form = RemarkForm(request.POST, needs_words=not is_wrong)
    if not form.is_valid():
        return _show_again(request, finding, form)
    words = form.cleaned_data["words"]
    try:
        if is_wrong:
            finding_actions.dismiss(finding, actor, because=Dismissal.WRONG, words=words, now=now)
        else:
            finding_actions.note(_place(finding), actor, words=words, now=now)
    except ActionRefused:
        return _show_again(request, finding, form)
    return redirect(f"{request.path.rsplit('/', 2)[0]}/?saved")


@require_POST
@personal
def ask_for_download(request: HttpRequest) -> HttpResponse:
    """Have a file made with everything about the learner."""
    downloads.request(request.user.pk, now=timezone.now())
    # Celery's, where there is one; else the schedule or a cron job makes it.
    backlog.ask(tasks.hint_downloads)
    return redirect("tracking:data")


@require_safe
@personal
def download_file(request: HttpRequest, download_id: Any) -> StreamingHttpResponse:
    """Stream the learner's own file, as long as it is kept. To everybody else it does not exist."""
    found = downloads.find_file(request.user.pk, download_id, now=timezone.now())
    return downloads.answer(access.found(found))


def _show_again(request: HttpRequest, finding: Finding, form: RemarkForm) -> HttpResponse:
    holding = holdings.BY_NAME["findings"]
    context = {
        "holding": holding,
        "page": Paginator([finding], 1).get_page(1),
        "rows": record_rows.describe(holding, [finding]),
        "remark": form["words"],
        "is_refused": form.is_valid(),
    }
    return frame.render_page(request, "tracking/records.html", context)


def _rows(holding: Holding, learner_id: Any) -> Any:
    # Looks at a class are in no row of the learner's, and looks at them all the same.
    return access_log.looks_at(learner_id) if holding.name == "looks" else holdings.rows(holding, learner_id)


def _place(finding: Finding) -> Place:
    return Place(learner_id=finding.learner_id, course_key=finding.course_key, unit_key=finding.unit_key)

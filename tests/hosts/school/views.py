from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from tests.hosts.school.models import Lesson, Quiz

PAGE = "<!doctype html><html><body><h1>%s</h1></body></html>"


@login_required
def lesson(request: HttpRequest, course: str, pk: int) -> HttpResponse:
    return HttpResponse(PAGE % get_object_or_404(Lesson, pk=pk, section__course__slug=course))


@login_required
def take(request: HttpRequest, quiz_id: int) -> HttpResponse:
    return HttpResponse(PAGE % get_object_or_404(Quiz, pk=quiz_id))

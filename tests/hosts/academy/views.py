from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views import View
from django.views.generic import DetailView

from tests.hosts.academy.models import Lesson, Sitting, Topic

PAGE = "<!doctype html><html><body><h1>%s</h1></body></html>"


class LessonPage(LoginRequiredMixin, DetailView):
    model = Lesson

    def get_queryset(self) -> Any:
        return Lesson.objects.filter(courses__slug=self.kwargs["course"])

    def render_to_response(self, context: dict[str, Any], **_: Any) -> HttpResponse:
        return HttpResponse(PAGE % context["lesson"])


class TopicPage(LoginRequiredMixin, DetailView):
    model = Topic

    def render_to_response(self, context: dict[str, Any], **_: Any) -> HttpResponse:
        return HttpResponse(PAGE % context["topic"])


class ExamPage(LoginRequiredMixin, View):
    """Scores an exam, shows the score, and keeps nothing."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        sitting = Sitting.objects.create(topic=get_object_or_404(Topic, pk=pk), member=request.user)
        sitting.points, sitting.complete = int(request.POST["points"]), True
        sitting.save()
        if sitting.points > 10:
            raise ValueError("There are 10 points.")
        sitting.delete()
        return HttpResponse(PAGE % f"{sitting.points} points")

"""The quiz pages."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from courses import access, attempts, outline, results
from courses.access import MemberRequest, members_only
from courses.attempts import AlreadySubmitted, NoAttemptLeft
from courses.forms import AttemptForm
from courses.models import Attempt, Course, Quiz


@members_only
def quiz(request: MemberRequest, course: Course, module: str, quiz: str) -> HttpResponse:
    """Show a quiz, the learner's attempts, and links to the previous and the next step."""
    found = _find(course, module, quiz)
    whole = outline.read(course, request.user)
    taken = list(found.attempts.by(request.user))
    context = {
        "course": course,
        "quiz": found,
        "questions": found.questions.prefetch_related("options"),
        "attempts": [attempt for attempt in taken if attempt.submitted_at],
        "current": next((attempt for attempt in taken if not attempt.submitted_at), None),
        "left_count": attempts.count_left(found, request.user),
        "section": whole.section_of(found),
        "outline": whole,
        "previous": whole.before(found),
        "next": whole.after(found),
        "is_learner": access.learns(request.user, course),
    }
    return render(request, "courses/quiz.html", context)


@require_POST
@members_only
def start(request: MemberRequest, course: Course, module: str, quiz: str) -> HttpResponse:
    """Start an attempt, or return to the one in progress."""
    found = _find(course, module, quiz)
    if not access.learns(request.user, course):
        return redirect(found)
    try:
        return redirect(attempts.start(found, request.user))
    except NoAttemptLeft:
        messages.error(request, _("You have used all attempts allowed for this quiz."))
        return redirect(found)


@members_only
def attempt(request: MemberRequest, course: Course, module: str, quiz: str, number: int) -> HttpResponse:
    """Show the questions of an attempt in progress, save the answers, and submit them."""
    current = _find_attempt(request, _find(course, module, quiz), number)
    if current.submitted_at:
        return redirect(current)
    form = AttemptForm(
        current.quiz.questions.prefetch_related("options"),
        answers=current.answers.all(),
        data=request.POST or None,
    )
    open_count = 0
    if form.is_valid():
        responses = form.responses()
        try:
            attempts.save_answers(current, responses)
        except AlreadySubmitted:
            return redirect(current)
        open_count = sum(response.is_empty for response in responses)
        if "keep" in request.POST:
            messages.success(request, _("Your answers are saved. Continue whenever you like."))
            return redirect(current.quiz)
        if not open_count or "anyway" in request.POST:
            return redirect(attempts.submit(current))
    context = {"course": course, "attempt": current, "form": form, "open_count": open_count}
    return render(request, "courses/attempt.html", context)


@members_only
def result(request: MemberRequest, course: Course, module: str, quiz: str, number: int) -> HttpResponse:
    """Show the score of an attempt, and for each question the answer, the feedback and the related lesson."""
    taken = _find_attempt(request, _find(course, module, quiz), number)
    if not taken.submitted_at:
        return redirect(taken)
    context = {
        "course": course,
        "attempt": taken,
        "results": list(results.read(taken)),
        "reveals_answers": attempts.reveals_answers(taken),
        "left_count": attempts.count_left(taken.quiz, request.user),
        "next": outline.read(course, request.user).after(taken.quiz),
    }
    return render(request, "courses/result.html", context)


def _find(course: Course, module: str, quiz: str) -> Quiz:
    quizzes = Quiz.objects.filter(is_published=True).select_related("module__course")
    return get_object_or_404(quizzes, module__course=course, module__slug=module, slug=quiz)


def _find_attempt(request: MemberRequest, quiz: Quiz, number: int) -> Attempt:
    attempts_at = quiz.attempts.by(request.user).select_related("quiz__module__course")
    return get_object_or_404(attempts_at, number=number)

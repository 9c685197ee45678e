"""The forms of learners and instructors."""

from collections.abc import Iterable, Iterator
from typing import Any

from django import forms
from django.contrib.auth.forms import UserCreationForm
from django.contrib.auth.models import User
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from courses.attempts import Response
from courses.models import Answer, Course, Group, Question


class SignUpForm(UserCreationForm):  # type: ignore[type-arg]  # generic only in the stubs
    """A new account."""

    class Meta:
        model = User
        fields = ("username", "first_name", "last_name")


class EnrolForm(forms.Form):
    """The choice of a class, if the course has any."""

    group = forms.ModelChoiceField(label=_("Class"), queryset=Group.objects.none(), empty_label=None)

    def __init__(self, course: Course, data: Any = None) -> None:
        super().__init__(data)
        groups = course.groups.all()
        if groups:
            self.fields["group"].queryset = groups  # type: ignore[attr-defined]  # fields are typed as plain Field
        else:
            del self.fields["group"]


class GroupForm(forms.ModelForm):  # type: ignore[type-arg]  # generic only in the stubs
    """A new class."""

    class Meta:
        model = Group
        fields = ("name", "starts_on")
        widgets = {"starts_on": forms.DateInput(attrs={"type": "date"})}

    def clean_name(self) -> str:
        # Django checks a constraint only if the form shows all of its fields, and course is not among them.
        # Without this check, a duplicate name would end in a server error.
        name: str = self.cleaned_data["name"]
        if self.instance.course.groups.filter(name=name).exists():
            raise forms.ValidationError(_("The course already has a class with this name."))
        return name


class AttemptForm(forms.Form):
    """The answers of an attempt: one optional field for each question."""

    def __init__(self, questions: Iterable[Question], *, answers: Iterable[Answer], data: Any = None) -> None:
        super().__init__(data)
        self._questions = list(questions)
        given = {answer.question_id: answer for answer in answers}
        for question in self._questions:
            field = _field(question)
            field.initial = _initial(question, given.get(question.pk))
            self.fields[_name(question)] = field

    def bound_questions(self) -> Iterator[tuple[Question, BoundField]]:
        """Yield each question with its field."""
        for question in self._questions:
            yield question, self[_name(question)]

    def responses(self) -> list[Response]:
        """Return the answers of a valid form."""
        return [_response(question, self.cleaned_data[_name(question)]) for question in self._questions]


def _name(question: Question) -> str:
    return f"question-{question.key}"


def _field(question: Question) -> forms.Field:
    choices = [(option.key, option.text) for option in question.options.all()]
    match question.kind:
        case Question.Kind.NUMERIC:
            return forms.DecimalField(
                required=False,
                max_digits=14,
                decimal_places=4,
                widget=forms.TextInput(attrs={"inputmode": "decimal"}),
            )
        case Question.Kind.SHORT_TEXT:
            return forms.CharField(required=False, max_length=200)
        case Question.Kind.MULTIPLE:
            return forms.MultipleChoiceField(
                required=False, choices=choices, widget=forms.CheckboxSelectMultiple
            )
        case _:
            return forms.ChoiceField(required=False, choices=choices, widget=forms.RadioSelect)


def _initial(question: Question, answer: Answer | None) -> Any:
    if answer is None:
        return None
    match question.kind:
        case Question.Kind.NUMERIC:
            return answer.plain_number
        case Question.Kind.SHORT_TEXT:
            return answer.text
        case Question.Kind.MULTIPLE:
            return answer.chosen
        case _:
            return answer.chosen[0] if answer.chosen else None


def _response(question: Question, value: Any) -> Response:
    match question.kind:
        case Question.Kind.NUMERIC:
            return Response(question=question, number=value)
        case Question.Kind.SHORT_TEXT:
            return Response(question=question, text=value)
        case Question.Kind.MULTIPLE:
            return Response(question=question, chosen=tuple(value))
        case _:
            return Response(question=question, chosen=(value,) if value else ())

"""Findings about learners and classes, and the actions on them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from tracking.api import access
from tracking.api.filters import FindingFilter
from tracking.api.resource import TrackingListView, TrackingView, figures_as_of
from tracking.api.serializers import AdviceSerializer
from tracking.api.value_serializers import Shape
from tracking.findings import actions, presentation
from tracking.findings.actions import MAX_TEXT_LENGTH, Actor
from tracking.models import Action, ActionKind, Audience, DismissReason, Finding, OutlineUnit
from tracking.privacy import access_log
from tracking.privacy.access_log import AccessChannel, AccessedResource

ON_FINDING = ("seen", "snooze", "dismiss", "useful", "not_useful", "undo")


class FindingActionRequestSerializer(Shape):
    """An action on a finding.

    ``snooze`` needs ``snoozed_until``, ``dismiss`` needs ``dismiss_reason``, and ``undo`` needs ``action_id``.
    """

    action = serializers.ChoiceField(choices=ON_FINDING)
    snoozed_until = serializers.DateTimeField(required=False)
    dismiss_reason = serializers.ChoiceField(choices=DismissReason.choices, required=False)
    action_id = serializers.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    text = serializers.CharField(required=False, allow_blank=True, max_length=MAX_TEXT_LENGTH)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        require_field(attrs, {"snooze": "snoozed_until", "dismiss": "dismiss_reason", "undo": "action_id"})
        return attrs


class ActionSerializer(Shape):
    """One recorded action. ``id`` is null for ``seen``, which does not return its action."""

    id = serializers.IntegerField(allow_null=True, source="pk")
    kind = serializers.ChoiceField(choices=ActionKind.choices)
    happened_at = serializers.DateTimeField()


class CourseFindingsView(TrackingListView):
    """The open findings of one course: instructors see all, learners their own."""

    serializer_class = AdviceSerializer
    filterset_class = FindingFilter
    queryset = Finding.objects.none()
    ordering = ("-weight", "pk")

    @extend_schema(responses=AdviceSerializer(many=True), filters=True)
    def get(self, request: Request, course_key: str) -> Response:
        """List the findings by weight, the highest first, worded for the learner or for instructors."""
        audience = _audience(request, course_key)
        units = {unit.unit_key: unit for unit in OutlineUnit.objects.filter(course_key=course_key)}
        explain = (
            presentation.present_to_instructor
            if audience == Audience.INSTRUCTOR
            else presentation.present_to_learner
        )

        def show(findings: Sequence[Finding]) -> Any:
            access_log.log_accesses(
                request.user,
                [finding.learner_id for finding in findings],
                AccessedResource.FINDINGS,
                course_key=course_key,
                door=AccessChannel.API,
            )
            return AdviceSerializer(explain(findings, units), many=True).data

        shown = Finding.objects.visible_to(audience, now=timezone.now()).filter(course_key=course_key)
        return self.page(_theirs(shown, request, audience), show, as_of=figures_as_of(course_key))


class FindingActionsView(TrackingView):
    """Actions on one finding."""

    @extend_schema(request=FindingActionRequestSerializer, responses={201: ActionSerializer})
    def post(self, request: Request, course_key: str, finding_id: int) -> Response:
        """Snooze, dismiss, rate or undo. It affects only the user's own audience: the learner, or the instructors."""
        audience = _audience(request, course_key)
        of_course = Finding.objects.filter(course_key=course_key, pk=finding_id)
        finding = access.get_or_404(_theirs(of_course, request, audience).first())
        given = FindingActionRequestSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        actor = Actor(user_id=request.user.pk, audience=audience)
        action = _act(finding, actor, given.validated_data)
        return Response(ActionSerializer(action).data, status=201)


def _audience(request: Request, course_key: str) -> Audience:
    """Return whether the user is an instructor or a learner of the course. Raises ``Http404`` if neither."""
    if access.is_instructor(request, course_key):
        return Audience.INSTRUCTOR
    access.require_learner(request.user.pk, course_key)
    return Audience.LEARNER


def _theirs(findings: QuerySet[Finding], request: Request, audience: Audience) -> QuerySet[Finding]:
    return findings if audience == Audience.INSTRUCTOR else findings.filter(learner_id=request.user.pk)


def _act(finding: Finding, actor: Actor, given: dict[str, Any]) -> Action:
    now, text = timezone.now(), given.get("text", "")
    requested = given["action"]
    if requested == "seen":
        actions.mark_seen([finding.pk], actor, now=now)
        return Action(kind=ActionKind.SEEN, happened_at=now)
    if requested == "snooze":
        return actions.snooze(finding, actor, until=given["snoozed_until"], text=text, now=now)
    if requested == "dismiss":
        return actions.dismiss(finding, actor, reason=given["dismiss_reason"], text=text, now=now)
    if requested == "undo":
        done = finding.actions.filter(pk=given["action_id"], audience=actor.audience)
        return actions.undo(access.get_or_404(done.first()), actor, text=text, now=now)
    return actions.rate(finding, actor, is_useful=requested == "useful", text=text, now=now)


def require_field(given: dict[str, Any], needed: dict[str, str]) -> None:
    """Raise ``ValidationError`` if ``given`` lacks the field that its ``action`` needs."""
    name = needed.get(given["action"])
    if name is not None and given.get(name) in (None, ""):
        raise serializers.ValidationError(
            {name: [f"This field is required if do is {given['action']!r}."]}, code="required"
        )

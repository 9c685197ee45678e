"""The learner's own messages from instructors."""

from __future__ import annotations

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from tracking.api import access
from tracking.api.resource import TrackingView
from tracking.api.value_serializers import Shape, serializer_for
from tracking.outreach import messages
from tracking.outreach.messages import Message


class MessagesSerializer(Shape):
    """The messages that a learner has not closed, newest first."""

    as_of = serializers.DateTimeField()
    messages = serializer_for(Message)(many=True)


class MyMessagesView(TrackingView):
    """Messages from instructors to the learner."""

    @extend_schema(responses=MessagesSerializer)
    def get(self, request: Request, course_key: str) -> Response:
        """Return the open messages; none without consent to messages."""
        learner = access.require_learner(request.user.pk, course_key)
        payload = {"as_of": timezone.now(), "messages": messages.open_messages(learner, course_key)}
        return Response(MessagesSerializer(payload).data)


class MyMessageView(TrackingView):
    """One message from an instructor to the learner."""

    @extend_schema(responses={204: None})
    def delete(self, request: Request, course_key: str, nudge_id: int) -> Response:
        """Close the message."""
        learner = access.require_learner(request.user.pk, course_key)
        access.get_or_404(messages.close_message(nudge_id, learner, now=timezone.now()) or None)
        return Response(status=204)

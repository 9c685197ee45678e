from typing import Any

from django.db import transaction
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import ModelSerializer
from rest_framework.viewsets import ReadOnlyModelViewSet

from tests.hosts.headless.models import Step, Work


class StepData(ModelSerializer):
    class Meta:
        model = Step
        fields = ["id", "text"]


class Steps(ReadOnlyModelViewSet):
    queryset = Step.objects.all()
    serializer_class = StepData

    def get_queryset(self) -> Any:
        return super().get_queryset().filter(program__members=self.request.user)

    @action(detail=True, methods=["POST"])
    def hand_in(self, request: Request, pk: str) -> Response:
        with transaction.atomic():
            work = Work.objects.create(step=self.get_object())
            work.group.set([request.user, *request.data["with"]])
        return Response({"id": work.pk}, status=201)

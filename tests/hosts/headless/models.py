import uuid

from django.contrib.auth.models import User
from django.db import models


class Program(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    members = models.ManyToManyField(User)

    class Meta:
        permissions = [("coach", "Can see how everybody is getting on")]


class Step(models.Model):
    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="steps")
    text = models.TextField()
    is_task = models.BooleanField(default=False)


class Work(models.Model):
    """What a group hands in for a step that is a task."""

    step = models.ForeignKey(Step, on_delete=models.CASCADE)
    group = models.ManyToManyField(User)
    is_accepted = models.BooleanField(null=True)
    sent_at = models.DateTimeField(auto_now_add=True)

from django.contrib.auth.models import AbstractUser
from django.db import models


class Member(AbstractUser):
    @property
    def get_full_name(self) -> str:  # type: ignore[override]
        return f"{self.last_name}, {self.first_name}"


class Course(models.Model):
    slug = models.SlugField(unique=True)
    students = models.ManyToManyField(Member, related_name="+")
    staff = models.ManyToManyField(Member, related_name="+")

    def __str__(self) -> str:
        return self.slug

    def is_taught_by(self, member: Member) -> bool:
        return self.staff.filter(pk=member.pk).exists()


class Topic(models.Model):
    """A branch of a course's tree, however deep."""

    course = models.ForeignKey(Course, on_delete=models.CASCADE)
    parent = models.ForeignKey("self", on_delete=models.CASCADE, null=True)
    title = models.CharField(max_length=100)
    place = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["place"]

    def __str__(self) -> str:
        return self.title


class Lesson(models.Model):
    courses = models.ManyToManyField(Course)
    slug = models.SlugField(unique=True)

    def __str__(self) -> str:
        return self.slug

    def get_absolute_url(self) -> str:
        return f"/lessons/{self.slug}/"


class Sitting(models.Model):
    """An exam on a topic while it is sat."""

    topic = models.ForeignKey(Topic, on_delete=models.CASCADE)
    member = models.ForeignKey(Member, on_delete=models.CASCADE)
    points = models.PositiveIntegerField(default=0)
    complete = models.BooleanField(default=False)

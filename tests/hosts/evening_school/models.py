import uuid

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models


class PersonManager(BaseUserManager["Person"]):
    def create_user(self, email: str) -> "Person":
        return self.create(email=email)


class Person(AbstractBaseUser):
    """Somebody who is known by an address alone."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    email = models.EmailField(unique=True)
    objects = PersonManager()
    USERNAME_FIELD = "email"


class Course(models.Model):
    code = models.SlugField(unique=True)
    name = models.CharField(max_length=100)
    teacher = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")

    def __str__(self) -> str:
        return self.name


class Place(models.Model):
    course = models.ForeignKey(Course, on_delete=models.CASCADE)
    person = models.ForeignKey(Person, on_delete=models.CASCADE)
    has_left = models.BooleanField(default=False)


class Evening(models.Model):
    """A lesson."""

    course = models.ForeignKey(Course, on_delete=models.CASCADE)
    number = models.PositiveIntegerField()
    topic = models.CharField(max_length=100)
    is_locked = models.BooleanField(default=False)


class Paper(models.Model):
    """What is handed in at the end of a course and marked by hand, days later."""

    course = models.ForeignKey(Course, on_delete=models.CASCADE)
    question = models.CharField(max_length=100)


class HandIn(models.Model):
    paper = models.ForeignKey(Paper, on_delete=models.CASCADE)
    author = models.ForeignKey(Person, on_delete=models.CASCADE)
    handed_in_at = models.DateTimeField(auto_now_add=True)
    mark = models.PositiveIntegerField(null=True)

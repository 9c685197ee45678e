from django.contrib.auth.models import User
from django.db import models


class Course(models.Model):
    slug = models.SlugField(unique=True)
    title = models.CharField(max_length=100)
    students = models.ManyToManyField(User, related_name="courses")
    teacher = models.ForeignKey(User, on_delete=models.CASCADE, related_name="taught")

    def __str__(self) -> str:
        return self.title


class Section(models.Model):
    course = models.ForeignKey(Course, on_delete=models.CASCADE)
    title = models.CharField(max_length=100)
    position = models.PositiveIntegerField()

    def __str__(self) -> str:
        return self.title


class Lesson(models.Model):
    section = models.ForeignKey(Section, on_delete=models.CASCADE)
    title = models.CharField(max_length=100)
    position = models.PositiveIntegerField()
    minutes = models.PositiveIntegerField(default=10)

    def __str__(self) -> str:
        return self.title


class Quiz(models.Model):
    section = models.ForeignKey(Section, on_delete=models.CASCADE)
    title = models.CharField(max_length=100)
    position = models.PositiveIntegerField()

    def __str__(self) -> str:
        return self.title


class Sitting(models.Model):
    user = models.ForeignKey(User, on_delete=models.CASCADE)
    quiz = models.ForeignKey(Quiz, on_delete=models.CASCADE)
    began = models.DateTimeField(auto_now_add=True)
    ended = models.DateTimeField(null=True)
    points = models.PositiveIntegerField(null=True)

from django.contrib.auth.models import User
from django.db import models


class Volume(models.Model):
    readers = models.ManyToManyField(User, through="Subscription")
    year = models.PositiveIntegerField(unique=True)


class Subscription(models.Model):
    volume = models.ForeignKey(Volume, on_delete=models.CASCADE)
    reader = models.ForeignKey(User, on_delete=models.CASCADE)


class Issue(models.Model):
    volume = models.ForeignKey(Volume, on_delete=models.CASCADE)
    number = models.PositiveIntegerField()


class Article(models.Model):
    issue = models.ForeignKey(Issue, on_delete=models.CASCADE)
    slug = models.SlugField()
    text = models.TextField()


class Bookmark(models.Model):
    article = models.ForeignKey(Article, on_delete=models.CASCADE)
    reader = models.ForeignKey(User, on_delete=models.CASCADE)
    is_at_end = models.BooleanField(default=False)

"""The tiny course of the demo's platform."""

from tests.courses.conftest import attempt, course, learner, quiz

__all__ = ["attempt", "course", "learner", "quiz"]

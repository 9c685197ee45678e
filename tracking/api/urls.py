"""Routes of version 1 of the API. The ``key`` converter is registered by ``tracking.urls``."""

from django.urls import path
from drf_spectacular.views import SpectacularAPIView

from tracking.api import front_ends, views

urlpatterns = [
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("consent/", front_ends.Answers.as_view(), name="answers"),
    path("courses/<key:course_key>/tracker/", front_ends.TrackerOf.as_view(), name="tracker"),
    path("courses/<key:course_key>/progress/", views.MyProgress.as_view(), name="my_progress"),
    path("courses/<key:course_key>/class/", views.ClassOverviewOf.as_view(), name="class_overview"),
    path("courses/<key:course_key>/findings/", views.FindingsOf.as_view(), name="findings"),
    path(
        "courses/<key:course_key>/learners/<str:learner_id>/progress/",
        views.LearnerProgressOf.as_view(),
        name="learner_progress",
    ),
]

from django.urls import include, path

from tests.hosts.school import views

urlpatterns = [
    path("c/<slug:course>/lessons/<int:pk>/", views.lesson, name="lesson-detail"),
    path("quiz/<int:quiz_id>/", views.take, name="take-quiz"),
    path("tracking/", include("tracking.urls")),
]

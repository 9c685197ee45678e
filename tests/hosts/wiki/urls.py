from django.urls import include, path

from tests.hosts.wiki import views

urlpatterns = [
    path("tracking/", include("tracking.urls")),
    path("<path:address>", views.page, name="page"),
]

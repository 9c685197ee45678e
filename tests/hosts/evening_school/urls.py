from django.urls import include, path

from tests.hosts.evening_school import views

urlpatterns = [
    path("<slug:code>/evenings/<int:number>/", views.evening, name="evening"),
    path("papers/<int:pk>/", views.paper, name="paper"),
    path("tracking/", include("tracking.urls")),
]

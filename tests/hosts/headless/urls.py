from django.urls import include, path

from tests.hosts.headless.views import Steps

urlpatterns = [
    path("api/steps/", Steps.as_view({"get": "list"})),
    path("api/steps/<int:pk>/", Steps.as_view({"get": "retrieve"})),
    path("api/steps/<int:pk>/work/", Steps.as_view({"post": "hand_in"})),
    path("tracking/", include("tracking.urls")),
]

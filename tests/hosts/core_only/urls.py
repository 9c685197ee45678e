from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("tracking/", include("tracking.urls")),
    path("", include("courses.urls")),
]

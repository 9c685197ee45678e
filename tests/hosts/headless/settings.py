from tests.hosts.plain import *  # noqa: F403
from tests.hosts.plain import INSTALLED_APPS, MIDDLEWARE, NEEDED

INSTALLED_APPS += ["rest_framework", "tests.hosts.headless"]
ROOT_URLCONF = "tests.hosts.headless.urls"
# Nobody is known before a view asks for it.
MIDDLEWARE.remove("django.contrib.auth.middleware.AuthenticationMiddleware")
MIDDLEWARE.remove("django.contrib.sessions.middleware.SessionMiddleware")
MIDDLEWARE.remove("django.contrib.messages.middleware.MessageMiddleware")
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["tests.hosts.headless.tokens.SignedToken"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
}

# Added for tracking:
INSTALLED_APPS += [name for name in NEEDED if name not in INSTALLED_APPS] + ["tracking"]
MIDDLEWARE += ["tracking.middleware.TrackingMiddleware"]

from tests.hosts.plain import *  # noqa: F403
from tests.hosts.plain import DATABASES, INSTALLED_APPS, MIDDLEWARE, NEEDED

INSTALLED_APPS += ["tests.hosts.academy"]
MIDDLEWARE.insert(2, "django.middleware.locale.LocaleMiddleware")
AUTH_USER_MODEL = "academy.Member"
ROOT_URLCONF = "tests.hosts.academy.urls"
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
DATABASES["default"]["ATOMIC_REQUESTS"] = True

# Added for tracking:
INSTALLED_APPS += [*NEEDED, "tracking"]
MIDDLEWARE += ["tracking.middleware.TrackingMiddleware"]

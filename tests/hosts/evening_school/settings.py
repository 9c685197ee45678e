from tests.hosts.plain import *  # noqa: F403
from tests.hosts.plain import INSTALLED_APPS, MIDDLEWARE, NEEDED

INSTALLED_APPS += ["tests.hosts.evening_school"]
MIDDLEWARE += ["tests.hosts.evening_school.views.act_as_another"]
AUTH_USER_MODEL = "evening_school.Person"
ROOT_URLCONF = "tests.hosts.evening_school.urls"
CSRF_USE_SESSIONS = True
CSRF_COOKIE_NAME = "school-csrf"
CSRF_HEADER_NAME = "HTTP_X_SCHOOL_CSRF"

# Added for tracking:
INSTALLED_APPS += [*NEEDED, "tracking"]
MIDDLEWARE += ["tracking.middleware.TrackingMiddleware"]

from tests.hosts.plain import *  # noqa: F403
from tests.hosts.plain import INSTALLED_APPS, MIDDLEWARE, NEEDED

INSTALLED_APPS += ["tests.hosts.school"]
ROOT_URLCONF = "tests.hosts.school.urls"

# Added for tracking:
INSTALLED_APPS += [*NEEDED, "tracking"]
MIDDLEWARE += ["tracking.middleware.TrackingMiddleware"]

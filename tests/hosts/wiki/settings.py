from tests.hosts.plain import *  # noqa: F403
from tests.hosts.plain import INSTALLED_APPS, MIDDLEWARE, NEEDED

INSTALLED_APPS += ["tests.hosts.wiki"]
MIDDLEWARE.insert(0, "django.middleware.cache.UpdateCacheMiddleware")
MIDDLEWARE += ["django.middleware.cache.FetchFromCacheMiddleware"]
ROOT_URLCONF = "tests.hosts.wiki.urls"

# Added for tracking; above the site-wide cache, which is to keep the page as the host made it:
INSTALLED_APPS += [*NEEDED, "tracking"]
MIDDLEWARE.insert(0, "tracking.middleware.TrackingMiddleware")
